package loss_test

import (
	"math/rand/v2"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
)

// mismatchedTokens is a batch of sequences of n tokens, a tenth of them masked.
func mismatchedTokens(sequences, n int) *loss.Batch {
	rng := rand.New(rand.NewPCG(1, 2))
	b := &loss.Batch{Start: []int{0}}
	for range sequences {
		for range n {
			rollout := -2 * rng.Float64()
			b.LogPRollout = append(b.LogPRollout, rollout)
			b.LogPOld = append(b.LogPOld, rollout+0.3*rng.NormFloat64())
			b.Mask = append(b.Mask, rng.IntN(10) > 0)
		}
		b.Start = append(b.Start, len(b.LogPOld))
	}
	b.LogP = b.LogPOld
	return b
}

var benchCorrections = []string{"none", "icepop(veto=0.0001)", "tis(level=sequence)", "icepop(reject=seq_max_k2:42.4)", "tis(normalize=true,reject=token_k1:0.2_2)"}

func BenchmarkCorrection(b *testing.B) {
	batch := mismatchedTokens(16, 4096)
	dst, keep := make([]float64, batch.Tokens()), make([]bool, batch.Tokens())
	for _, name := range benchCorrections {
		c := loss.MustParseCorrection(name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Weights(dst, keep, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(dst)), "ns/token")
		})
	}
}

func TestWeightsAllocate(t *testing.T) {
	batch := mismatchedTokens(3, 50)
	dst, keep := make([]float64, batch.Tokens()), make([]bool, batch.Tokens())
	for _, info := range loss.Corrections() {
		c := loss.MustParseCorrection(info.Spelling)
		if n := testing.AllocsPerRun(20, func() { c.Weights(dst, keep, batch) }); n != 0 {
			t.Errorf("%s: %v allocations", info.Spelling, n)
		}
	}
}
