package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"testing"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// benchRewards makes rows like those of the score command.
func benchRewards(prompts, rollouts int) []byte {
	var b []byte
	for p := range prompts {
		for i := range rollouts {
			b = fmt.Appendf(b, `{"id":"%d-%d","sample":%d,"group":"prompt-%d","task":"task %d","metric":"f1","score":%s,"status":"judged"}`+"\n",
				p, i, i, p, p%9, strconv.FormatFloat(float64((p*7919+i*104729)%1000)/1000, 'g', -1, 64))
		}
	}
	return b
}

// BenchmarkAdvantage is all that the advantage command does with a file but the
// system calls.
func BenchmarkAdvantage(b *testing.B) {
	const prompts, rollouts = 4096, 16
	data := benchRewards(prompts, rollouts)
	est := advantage.MustParse("tmn_reweight")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		rows := newRewardRows(est.Needs(), 0, true)
		lines := func(yield func(placed) bool) {
			for l := range rollout.Lines(bytes.NewReader(data), 64<<20) {
				if !yield(placed{"bench", l}) {
					return
				}
			}
		}
		if err := rows.read(lines); err != nil {
			b.Fatal(err)
		}
		batch, err := rows.batch()
		if err != nil {
			b.Fatal(err)
		}
		if err := est.Advantages(batch.Rewards, batch); err != nil {
			b.Fatal(err)
		}
		if err := writeAdvantages(&sink{w: io.Discard}, rows, batch.Rewards); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*prompts*rollouts/b.Elapsed().Seconds(), "rows/s")
}
