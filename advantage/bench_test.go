package advantage

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// nine is a batch of prompts x n rewards over nine tasks, of which a third are
// binary.
func nine(prompts, n int, shuffled bool) *Batch {
	rng := rand.New(rand.NewPCG(1, 2))
	b := &Batch{Rewards: make([]float64, prompts*n)}
	groups, tasks := make([]int, prompts*n), make([]string, prompts*n)
	for i := range b.Rewards {
		groups[i] = i / n
	}
	if shuffled {
		rng.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	}
	for i := range b.Rewards {
		tasks[i] = fmt.Sprint("T", groups[i]%9)
		if b.Rewards[i] = rng.Float64(); groups[i]%3 == 0 {
			b.Rewards[i] = float64(rng.IntN(2))
		}
	}
	b.Index, _ = NewIndex(groups, tasks)
	return b
}

func BenchmarkAdvantages(b *testing.B) {
	for _, size := range [][2]int{{128, 16}, {1 << 16, 16}} {
		for _, shuffled := range []bool{false, true} {
			batch := nine(size[0], size[1], shuffled)
			dst := make([]float64, len(batch.Rewards))
			for _, name := range Names() {
				est := MustParse(name)
				if est.Needs()&Baselines != 0 {
					batch.Baselines = batch.Rewards
				}
				b.Run(fmt.Sprintf("%s/%dx%d/shuffled=%v", name, size[0], size[1], shuffled), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if err := est.Advantages(dst, batch); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(dst)), "ns/reward")
				})
			}
		}
	}
}
