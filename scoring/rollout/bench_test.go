package rollout_test

import (
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring/rollout"
)

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		name string
		size int
	}{{"2KiB", 2 << 10}, {"64KiB", 64 << 10}} {
		b.Run(c.name, func(b *testing.B) {
			const prose = `Let me check the \"second\" table again: the total is 4,312.50.\n\n第三部分 says otherwise.\n`
			line := rollout.Line{N: 1, Data: []byte(`{"data_source":"EM","reward_model":{"style":"rule","ground_truth":{"golden_label":"42"}},"extra_info":{"index":5},"response":"` +
				strings.Repeat(prose, c.size/len(prose)) + `"}`)}
			var rows []rollout.Row
			b.SetBytes(int64(len(line.Data)))
			b.ReportAllocs()
			for b.Loop() {
				rows = rollout.Decode(rows[:0], line, nil)
			}
			if rows[0].Err != nil {
				b.Fatal(rows[0].Err)
			}
		})
	}
}

func BenchmarkLines(b *testing.B) {
	text := strings.Repeat(strings.Repeat("x", 2000)+"\n", 1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for l := range rollout.Lines(strings.NewReader(text), 1<<20) {
			l.Release()
		}
	}
}
