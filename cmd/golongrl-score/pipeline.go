package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
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
		b.stats = append(b.stats, rowStat{o.task, o.r.Status, o.score, o.scored() && o.r.OutOfRange(), took})
	}
	return b
}

// judge scores one row.
func (p *pipeline) judge(file string, row *rollout.Row) (outcome, time.Duration) {
	o := outcome{row: row, file: file, score: math.NaN()}
	if row.Err != nil {
		o.r = scoring.Result{Status: scoring.Error, Value: math.NaN(), Err: row.Err}
		p.name(&o)
		return o, 0
	}
	start := time.Now()
	o.r = p.score(&row.Record)
	took := time.Since(start)
	nameField(&o)
	o.task = o.r.Task
	if p.released {
		o.task = row.TaskKey
	}
	if o.score = o.r.Value; math.IsInf(o.score, 0) {
		o.score = math.NaN()
		o.r.Status = scoring.Error
		o.r.Err = errors.New("the score is infinite: guard the division or the power")
	}
	if !o.scored() && o.r.Err == nil {
		o.r.Err = errors.New("the metric gave no score and no reason")
	}
	return o, took
}

// name gives an error row the task and the metric that are readable all the
// same, so that it counts among its task.
func (p *pipeline) name(o *outcome) {
	if rec := &o.row.Record; rec.Metric != "" || rec.Task != "" {
		if m, task, err := p.scorer.Metric(rec); err == nil {
			o.task, o.r.Metric = task, m.String()
		}
	}
	if p.released && o.row.TaskKey != "" {
		o.task = o.row.TaskKey
	}
}

// nameField says in which field the row names a metric that there is not.
func nameField(o *outcome) {
	rec := &o.row.Record
	if o.r.Metric != "" || o.r.Err == nil {
		return
	}
	field := "task"
	switch {
	case rec.Metric != "":
		field = "metric"
	case rec.TaskErr != nil:
		field = "data_source"
	}
	msg := strings.TrimPrefix(o.r.Err.Error(), field+" ")
	o.r.Err = &rollout.FieldError{Line: o.row.Line, Field: field, Msg: msg, Err: o.r.Err}
}

// score judges rec. A panic would be a defect of a metric; it must not cost the
// rows of all other responses, so it becomes the error of its own row.
func (p *pipeline) score(rec *scoring.Record) (r scoring.Result) {
	defer func() {
		if v := recover(); v != nil {
			r = scoring.Result{
				Status: scoring.Error, Value: math.NaN(),
				Err: fmt.Errorf("internal error: %v: please report it with this row", v),
			}
			if m, task, err := p.scorer.Metric(rec); err == nil {
				r.Metric, r.Task = m.String(), task
			}
		}
	}()
	return p.scorer.Score(context.Background(), rec)
}
