package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// benchRows makes n rows with responses of about size bytes: thinking in lines
// of prose with the escapes that model output has, and an answer.
func benchRows(n, size int) []byte {
	prose := "Let me check the \"second\" table again: the total is 4,312.50 and so the share is 12%.\n\n" +
		"Wait, 第三部分 says otherwise, so part \\frac{1}{2} remains — about 0.5 of it.\n"
	var b []byte
	for i := range n {
		text := "<think>\n" + strings.Repeat(prose, size/len(prose)) + "</think>\n[Answer]\n42"
		b = fmt.Appendf(b, `{"id":%d,"data_source":"EM","prompt":[{"role":"user","content":"q"}],"reward_model":{"style":"rule","ground_truth":{"golden_label":"42"}},"extra_info":{"index":%d},"response":`, i, i)
		b = py.AppendJSONString(b, text)
		b = append(b, "}\n"...)
	}
	return b
}

// BenchmarkPipeline is all that the score command does with JSON lines but the
// system calls, on one worker.
func BenchmarkPipeline(b *testing.B) {
	for _, size := range []int{2 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			data := benchRows(max(4, 8<<20/size), size)
			scorer, err := scoring.New()
			if err != nil {
				b.Fatal(err)
			}
			p := &pipeline{scorer: scorer, options: &rollout.Options{}, workers: 1}
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				out := &sink{w: io.Discard}
				lines := func(yield func(placed) bool) {
					for l := range rollout.Lines(&tied{bytes.NewReader(data), out, nil}, 64<<20) {
						if !yield(placed{"bench", l}) {
							return
						}
					}
				}
				sum := newSummary()
				err := p.run(lines, func(batch *batch) error {
					sum.add(batch.stats)
					return out.write(batch.out, len(batch.stats))
				})
				if err != nil || sum.unscored() > 0 {
					b.Fatal(err, sum.unscored())
				}
			}
		})
	}
}
