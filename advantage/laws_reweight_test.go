package advantage_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/golongrl/golongrl/advantage"
)

// TestLawReweight: what steps 2 and 3 of TMN-Reweight may do to TMN.
func TestLawReweight(t *testing.T) {
	est := advantage.MustParse
	law(t, "gamma 0 and reweight=false are TMN", func(seed uint64) string {
		d := draw(seed, ordinary)
		want := mustRun(est("tmn"), d)
		return differ(mustRun(est("tmn_reweight(gamma=0)"), d), want, 0) + differ(mustRun(est("tmn_reweight(reweight=false)"), d), want, 0)
	})
	law(t, "signs stay, and weights lie within exp(±gamma/2)", func(seed uint64) string {
		rng := rngOf(seed)
		d := draw(seed, ordinary)
		gamma := []float64{0.5, 1, 3}[rng.IntN(3)]
		a := mustRun(est(fmt.Sprintf("tmn_reweight(alpha=%v,gamma=%v)", rng.Float64(), gamma)), d)
		bound := math.Exp(gamma/2) * (1 + 1e-14)
		for i, v := range mustRun(est("tmn"), d) {
			if (a[i] > 0) != (v > 0) || (a[i] < 0) != (v < 0) {
				return fmt.Sprintf("row %d: %v became %v", i, v, a[i])
			}
			if v != 0 && !(a[i]/v <= bound && v/a[i] <= bound) {
				return fmt.Sprintf("row %d: weight %v with gamma %v", i, a[i]/v, gamma)
			}
		}
		return ""
	})
	law(t, "binary rewards: alpha has no effect", func(seed uint64) string {
		d := draw(seed, shape{prompts: 12, rollouts: 16, styles: []string{"binary"}, noSingles: true})
		alpha := rngOf(seed).Float64()
		for _, e := range []string{"0", "0.5", "1"} {
			if s := differ(mustRun(est(fmt.Sprintf("tmn_reweight(alpha=%v)", alpha)), d), mustRun(est("tmn_reweight(alpha="+e+")"), d), 0); s != "" {
				return fmt.Sprintf("alpha %v and %s: %s", alpha, e, s)
			}
		}
		return ""
	})
	// The thresholds of equation (6) with exact rationals, on rewards that float64
	// cannot hold: what equals its threshold is no success. Small batches of few
	// values have many such rewards.
	for _, s := range []shape{{prompts: 12, rollouts: 16, noSingles: true}, {prompts: 3, rollouts: 4, noSingles: true}} {
		s.styles = []string{"binary"}
		law(t, fmt.Sprintf("success is decided as with exact numbers, up to %d x %d", s.prompts, s.rollouts), func(seed uint64) string {
			rng := rngOf(seed)
			for range 20 {
				if msg := exactSuccess(rng, draw(rng.Uint64(), s)); msg != "" {
					return msg
				}
			}
			return ""
		})
	}
}

func exactSuccess(rng *rand.Rand, d *drawn) string {
	den := []int64{2, 3, 7, 10, 12, 60}[rng.IntN(6)]
	num := make([]int64, d.rows())
	levels := rng.Int64N(min(den, 10)) + 1
	for i := range num {
		num[i] = rng.Int64N(levels + 1)
		d.rewards[i] = float64(num[i]) / float64(den)
	}
	k := rng.Int64N(11)
	for _, byRollouts := range []bool{false, true} {
		spec := fmt.Sprintf("tmn_reweight(alpha=%v)", float64(k)/10)
		if byRollouts {
			spec = fmt.Sprintf("tmn_reweight(alpha=%v,task_mean=rollouts)", float64(k)/10)
		}
		a, plain := mustRun(advantage.MustParse(spec), d), mustRun(advantage.MustParse("tmn"), d)
		passed := exactPassRates(d, num, den, k, byRollouts)
		for i, v := range plain {
			w := math.Exp(0.5 - passed[d.groups[i]])
			if v <= 0 {
				w = 1 / w
			}
			if math.Abs(a[i]-v*w) > 1e-14*math.Abs(v) {
				return fmt.Sprintf("%s: row %d: %v, want %v times %v; rewards %v/%d of groups %v, tasks %v", spec, i, a[i], v, w, num, den, d.groups, d.tasks)
			}
		}
	}
	return ""
}

// TestTies: in large groups and tasks too, a reward that equals the mean of its
// group and of its task is no success, however its sum is rounded.
func TestTies(t *testing.T) {
	for _, n := range []int{3, 30, 999, 30_000} {
		for _, den := range []float64{3, 7, 10, 60} {
			for _, prompts := range []int{1, 2, 9} {
				d := &drawn{}
				for i := range n * prompts {
					d.groups, d.tasks = append(d.groups, i/n), append(d.tasks, "")
					d.rewards = append(d.rewards, float64(1+i%3)/den)
				}
				d.baselines, d.parts = d.rewards, [2][]float64{d.rewards, d.rewards}
				plain := mustRun(advantage.MustParse("tmn"), d)
				for _, alpha := range []string{"0", "0.3", "0.8", "1"} {
					a := mustRun(advantage.MustParse("tmn_reweight(alpha="+alpha+")"), d)
					for i := 2; i < len(a); i += n {
						if w := a[i] / plain[i]; math.Abs(w-math.Exp(0.5-1.0/3)) > 1e-12 {
							t.Fatalf("%d prompts of %d, rewards k/%v, alpha %s: row %d: success rate %v, want 1/3", prompts, n, den, alpha, i, 0.5-math.Log(w))
						}
					}
				}
			}
		}
	}
}

// exactPassRates are the shares of rewards above alpha mu + (1-alpha) mu_T, with
// alpha k/10 and rewards num/den, by group.
func exactPassRates(d *drawn, num []int64, den, k int64, byRollouts bool) map[int]float64 {
	means, taskSum, taskN, task := map[int]*big.Rat{}, map[string]*big.Rat{}, map[string]int64{}, map[int]string{}
	for g, rows := range d.byGroup() {
		var sum int64
		for _, i := range rows {
			sum += num[i]
		}
		n := int64(len(rows))
		means[g], task[g] = big.NewRat(sum, n*den), d.tasks[rows[0]]
		weight := int64(1)
		if byRollouts {
			weight = n
		}
		if taskSum[task[g]] == nil {
			taskSum[task[g]] = new(big.Rat)
		}
		taskSum[task[g]].Add(taskSum[task[g]], new(big.Rat).Mul(means[g], big.NewRat(weight, 1)))
		taskN[task[g]] += weight
	}
	passed := map[int]float64{}
	for g, rows := range d.byGroup() {
		mean := new(big.Rat).Mul(taskSum[task[g]], big.NewRat(1, taskN[task[g]]))
		t := new(big.Rat).Mul(big.NewRat(k, 10), means[g])
		t.Add(t, mean.Mul(mean, big.NewRat(10-k, 10)))
		for _, i := range rows {
			if big.NewRat(num[i], den).Cmp(t) > 0 {
				passed[g] += 1 / float64(len(rows))
			}
		}
	}
	return passed
}
