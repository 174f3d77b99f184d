package ndcg

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

const lawSeed = 20260202

func laws(t *testing.T) *gopter.Properties {
	t.Logf("seed %d", lawSeed)
	params := gopter.DefaultTestParametersWithSeed(lawSeed)
	params.MinSuccessfulTests = 300
	return gopter.NewProperties(params)
}

func shuffled[T any](s []T, seed uint64) []T {
	s = slices.Clone(s)
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

func TestLaws(t *testing.T) {
	p := laws(t)
	gains := gen.SliceOf(gen.IntRange(-2, 6).Map(func(i int) float64 { return float64(i) }))
	ids := gen.SliceOf(gen.IntRange(0, 12).Map(func(i int) string { return fmt.Sprint("id", i) }))
	cut := gen.IntRange(1, 20)

	p.Property("At: a reordered run stays in [0, 1]", prop.ForAll(
		func(gold []float64, k int, seed uint64) bool {
			s := At(k, shuffled(gold, seed), gold)
			return s >= 0 && s <= 1+1e-15
		}, gains, cut, gen.UInt64()))
	p.Property("At: the order of gold is irrelevant", prop.ForAll(
		func(run, gold []float64, k int, seed uint64) bool {
			return At(k, run, gold) == At(k, run, shuffled(gold, seed))
		}, gains, gains, cut, gen.UInt64()))
	p.Property("At: the best order scores 1", prop.ForAll(
		func(gold []float64, k int) bool {
			run := slices.Clone(gold)
			slices.SortFunc(run, func(a, b float64) int { return int(b - a) })
			want := 0.0
			if len(run) > 0 && run[0] > 0 {
				want = 1
			}
			return At(k, run, gold) == want
		}, gains, cut))
	p.Property("At: a better item never hurts", prop.ForAll(
		func(gold []float64, k int, seed uint64) bool {
			run := shuffled(gold, seed)
			before := At(k, run, gold)
			for i := 1; i < len(run); i++ {
				if run[i] > run[i-1] {
					run[i], run[i-1] = run[i-1], run[i]
					return At(k, run, gold) >= before-1e-15
				}
			}
			return true
		}, gains, cut, gen.UInt64()))
	for name, score := range map[string]func(int, []string, []string) float64{"Ranked": Ranked, "Distinct": Distinct} {
		p.Property(name+": in [0, 1]", prop.ForAll(
			func(gold, pred []string, k int) bool {
				s := score(k, gold, pred)
				return s >= 0 && s <= 1
			}, ids, ids, cut))
		p.Property(name+": gold itself scores 1", prop.ForAll(
			func(gold []string) bool {
				uniq := slices.Compact(slices.Sorted(slices.Values(gold)))
				return len(uniq) == 0 || score(len(uniq), uniq, uniq) == 1
			}, ids))
		p.Property(name+": new lines below k are free", prop.ForAll(
			func(gold []string, k int) bool {
				uniq := slices.Compact(slices.Sorted(slices.Values(gold)))
				if len(uniq) < k {
					return true
				}
				return score(k, uniq, append(slices.Clone(uniq), "new", "newer")) == score(k, uniq, uniq)
			}, ids, cut))
		p.Property(name+": equals At on gains", prop.ForAll(
			func(gold, pred []string, k int) bool {
				g := slices.Compact(slices.Sorted(slices.Values(gold)))
				q := slices.Compact(slices.Sorted(slices.Values(pred)))
				run := make([]float64, len(q))
				best := make([]float64, len(g))
				for i, id := range g {
					best[i] = float64(len(g) - i)
					if j := slices.Index(q, id); j >= 0 {
						run[j] = best[i]
					}
				}
				return score(k, g, q) == At(k, run, best)
			}, ids, ids, cut))
	}
	p.Property("Distinct: repeating changes nothing", prop.ForAll(
		func(gold, pred []string, k int) bool {
			return Distinct(k, append(slices.Clone(gold), gold...), append(slices.Clone(pred), pred...)) == Distinct(k, gold, pred)
		}, ids, ids, cut))
	p.TestingRun(t)
}

// TestConcurrent grows the discount table from many goroutines.
func TestConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			gold := sequence("id", 100*(i+1))
			if got := Ranked(len(gold), gold, gold); got != 1 {
				t.Errorf("%d lines: %v, want 1", len(gold), got)
			}
		}()
	}
	wg.Wait()
}
