package loss_test

import (
	"math/rand/v2"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
)

// longBatch is 8 sequences of n tokens with everything that losses read.
func longBatch(n int) *loss.Batch {
	rng := rand.New(rand.NewPCG(1, 1))
	b := &loss.Batch{Start: []int{0}, Groups: []int{8}}
	for range 8 {
		for range n {
			old := -rng.ExpFloat64()
			b.LogPOld = append(b.LogPOld, old)
			b.LogP = append(b.LogP, old+0.1*rng.NormFloat64())
			b.LogPRollout = append(b.LogPRollout, old+0.05*rng.NormFloat64())
			b.LogPRef = append(b.LogPRef, old+0.3*rng.NormFloat64())
			h := rng.ExpFloat64()
			b.EntropyOld, b.Entropy = append(b.EntropyOld, h), append(b.Entropy, h*(1+0.05*rng.NormFloat64()))
			b.Advantages = append(b.Advantages, rng.NormFloat64())
			b.Mask = append(b.Mask, rng.IntN(10) > 0)
		}
		b.Start = append(b.Start, len(b.LogP))
	}
	return b
}

func configs() map[string]loss.Config {
	list := map[string]loss.Config{"recipe+icepop": {Rollout: loss.MustParseCorrection("icepop(veto=0.0001)")},
		"recipe+reject": {Rollout: loss.MustParseCorrection("none(reject=token_ratio:0.5_2)")},
		"recipe+kl":     {KL: loss.KL{Kind: loss.K3, Coef: 0.1}}, "recipe+groups": {Aggregation: loss.Aggregation{Mode: loss.GroupTokenMean}}}
	for _, name := range loss.Surrogates() {
		list[name] = loss.Config{Surrogate: loss.MustParseSurrogate(name)}
	}
	return list
}

func BenchmarkEval(b *testing.B) {
	for name, c := range configs() {
		b.Run(name, func(b *testing.B) {
			batch := longBatch(4096)
			if name != "recipe+kl" {
				batch.LogPRef = nil
			}
			grad := make([]float64, batch.Tokens())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Eval(grad, nil, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(batch.Tokens())/b.Elapsed().Seconds()/1e6, "Mtokens/s")
		})
	}
}

func TestEvalAllocates(t *testing.T) {
	b := longBatch(64)
	grad, weights := make([]float64, b.Tokens()), make([]float64, b.Tokens())
	for name, c := range configs() {
		for _, w := range [][]float64{weights, nil} {
			n := testing.AllocsPerRun(50, func() {
				if _, err := c.Eval(grad, w, b); err != nil {
					t.Fatal(err)
				}
				if err := c.Aggregation.Coefficients(grad, b); err != nil {
					t.Fatal(err)
				}
			})
			if n != 0 && !raceEnabled {
				t.Errorf("%s: %v allocations", name, n)
			}
		}
	}
}
