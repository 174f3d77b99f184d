package main

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/golongrl/golongrl/internal/ordered"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// inFlight bounds the bytes of the lines that are being scored at a time.
const inFlight = 256 << 20

// pipeline scores lines: one goroutine reads, workers decode, score and encode
// whole lines, and the caller's goroutine takes the rows in input order.
type pipeline struct {
	scorer   *scoring.Scorer
	options  *rollout.Options
	workers  int
	explain  bool
	released bool // print the released trainer's task keys
	table    bool
}

// placed is a line with the name of its file.
type placed struct {
	file string
	line rollout.Line
}

// batch is what becomes of a line.
type batch struct {
	line  rollout.Line // in memory as long as tasks are
	rows  []rollout.Row
	out   []byte
	stats []rowStat
}

// rowStat is what the summary needs to know of a row.
type rowStat struct {
	task       string
	status     scoring.Status
	score      float64
	outOfRange bool
	took       time.Duration
}

var batches = sync.Pool{New: func() any { return new(batch) }}

func (b *batch) release() {
	const keep = 1 << 20
	clear(b.rows)
	clear(b.stats)
	b.line.Release()
	b.line = rollout.Line{}
	if cap(b.out) <= keep && cap(b.rows) <= keep/256 {
		batches.Put(b)
	}
}

// run scores all lines and hands every batch to take, which keeps nothing of
// it. It stops at take's first error and returns it.
func (p *pipeline) run(lines iter.Seq[placed], take func(*batch) error) error {
	weight := func(l placed) int64 { return int64(len(l.line.Data)) }
	for b := range ordered.Map(context.Background(), p.workers, inFlight, weight, lines, p.line) {
		err := take(b)
		b.release()
		if err != nil {
			return err
		}
	}
	return nil
}

// line is the work of one worker on one line.
func (p *pipeline) line(l placed) *batch {
	b := batches.Get().(*batch)
	b.line = l.line
	b.rows = rollout.Decode(b.rows[:0], l.line, p.options)
	b.out, b.stats = b.out[:0], b.stats[:0]
	for i := range b.rows {
		o, took := p.judge(l.file, &b.rows[i])
		if p.table {
			b.out = appendTableRow(b.out, &o, p.explain)
		} else {
			b.out = appendRow(b.out, &o, p.explain)
		}
		b.stats = append(b.stats, rowStat{o.r.Task, o.r.Status, o.r.Value, o.r.Scored() && o.r.OutOfRange(), took})
	}
	return b
}

// judge scores one row.
func (p *pipeline) judge(file string, row *rollout.Row) (outcome, time.Duration) {
	start := time.Now()
	o := outcome{row, file, rollout.Judge(context.Background(), p.scorer, row)}
	took := time.Since(start)
	if row.Err != nil {
		took = 0
	}
	if p.released && (row.Err == nil || row.TaskKey != "") {
		o.r.Task = row.TaskKey
	}
	return o, took
}
