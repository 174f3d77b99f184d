package advantage_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/advantage"
)

const lawSeed = 20260519

// law runs check on seeds of batches until it says what is wrong.
func law(t *testing.T, name string, check func(seed uint64) string) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Logf("seed %d", lawSeed)
		p := gopter.DefaultTestParametersWithSeed(lawSeed)
		p.MinSuccessfulTests = 200
		ps := gopter.NewProperties(p)
		ps.Property(name, prop.ForAll(check, gen.UInt64()))
		ps.TestingRun(t)
	})
}

func rngOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, lawSeed)) }

func estimators(t *testing.T, specs ...string) (list []advantage.Estimator) {
	t.Helper()
	for _, s := range specs {
		est, err := advantage.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, est)
	}
	return list
}

// TestLawGroupSums: what is centred on the mean of the group sums to 0 over it.
func TestLawGroupSums(t *testing.T) {
	ests := estimators(t, "grpo", "grpo(ddof=0,eps=0)", "grpo(eps=0.01,eps_inside=true)", "dr_grpo", "tmn", "tmn(drop_constant=true)", "rloo", "gpg", "maxrl", "batch_std", "qwenlong(center=group)",
		"tmn_reweight(reweight=false)", "tmn_reweight(gamma=0)", "f_grpo")
	law(t, "advantages of a group sum to 0", func(seed uint64) string {
		d := draw(seed, ordinary)
		for _, e := range ests {
			a := mustRun(e, d)
			for g, rows := range d.byGroup() {
				var sum, size float64
				for _, i := range rows {
					sum += a[i]
					size += math.Abs(a[i])
				}
				if math.Abs(sum) > 1e-14*size {
					return fmt.Sprintf("%s: group %d sums to %v of %v", e, g, sum, size)
				}
			}
		}
		return ""
	})
	law(t, "opo: the sum weighted by lengths is 0", func(seed uint64) string {
		d := draw(seed, ordinary)
		a := mustRun(advantage.MustParse("opo"), d)
		for g, rows := range d.byGroup() {
			var sum, size float64
			for _, i := range rows {
				l := 1.0
				if d.lengths != nil {
					l = float64(d.lengths[i])
				}
				sum += l * a[i]
				size += l * math.Abs(a[i])
			}
			if math.Abs(sum) > 1e-14*size {
				return fmt.Sprintf("group %d sums to %v of %v", g, sum, size)
			}
		}
		return ""
	})
}

// TestLawShift: adding an exact constant to all rewards changes nothing.
func TestLawShift(t *testing.T) {
	ests := estimators(t, "grpo", "dr_grpo", "tmn", "tmn_reweight", "tmn_reweight(alpha=0.3,task_mean=rollouts)", "rloo", "opo", "reinforce_pp", "reinforce_pp_baseline", "passk", "batch_std", "qwenlong", "qwenlong(center=task)")
	law(t, "shift", func(seed uint64) string {
		d := draw(seed, shape{prompts: 12, rollouts: 16, styles: []string{"binary", "graded", "constant", "offset"}})
		c := float64(int64(seed%4096) - 2048) // with multiples of 1/64 all sums are exact
		moved := d.pick(order(d.rows()))
		for i := range moved.rewards {
			moved.rewards[i] += c
		}
		for _, e := range ests {
			if s := differ(mustRun(e, moved), mustRun(e, d), 1e-12); s != "" {
				return fmt.Sprintf("%s, shift %v: %s", e, c, s)
			}
		}
		return ""
	})
}

// TestLawScale: scaling by a power of two loses nothing, wherever it leads.
func TestLawScale(t *testing.T) {
	scaleFree := estimators(t, "grpo(eps=0)", "tmn(eps=0)", "tmn_reweight(eps=0)", "tmn_reweight(alpha=0,eps=0,task_mean=rollouts)", "maxrl", "passk(eps=0)", "batch_std(eps=0)",
		"qwenlong(eps=0)", "qwenlong(center=task,eps=0)", "reinforce_pp(eps=0)", "reinforce_pp_baseline(eps=0)")
	homogeneous := estimators(t, "dr_grpo", "rloo", "opo", "gpg", "tmn_reweight(scale=false)", "passk(std=false)", "remax")
	positive := shape{prompts: 12, rollouts: 16, styles: anyStyle}
	for _, k := range []int{-960, -700, -511, -340, -9, 0, 20, 340, 511, 700, 1000} {
		law(t, fmt.Sprintf("scale 2^%d", k), func(seed uint64) string {
			d := draw(seed, positive)
			big := d.pick(order(d.rows()))
			for i := range big.rewards {
				big.rewards[i] = math.Ldexp(d.rewards[i], k)
				big.baselines[i] = math.Ldexp(d.baselines[i], k)
			}
			for _, e := range scaleFree {
				if s := differ(mustRun(e, big), mustRun(e, d), 1e-13); s != "" {
					return fmt.Sprintf("%s: %s", e, s)
				}
			}
			for _, e := range homogeneous {
				want := mustRun(e, d)
				for i := range want {
					want[i] = math.Ldexp(want[i], k)
				}
				if s := differ(mustRun(e, big), want, 1e-13); s != "" {
					return fmt.Sprintf("%s: %s", e, s)
				}
			}
			return ""
		})
	}
	odd := estimators(t, "grpo", "dr_grpo", "tmn", "rloo", "opo", "batch_std", "qwenlong", "reinforce_pp", "reinforce_pp_baseline")
	law(t, "mirror", func(seed uint64) string {
		d := draw(seed, ordinary)
		m := d.pick(order(d.rows()))
		for i := range m.rewards {
			m.rewards[i] = -m.rewards[i]
		}
		for _, e := range odd {
			want := mustRun(e, d)
			for i := range want {
				want[i] = -want[i]
			}
			if s := differ(mustRun(e, m), want, 1e-13); s != "" {
				return fmt.Sprintf("%s: %s", e, s)
			}
		}
		return ""
	})
}

func order(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// TestLawPermutation: rows in another order get the same advantages, with all
// options of all estimators.
func TestLawPermutation(t *testing.T) {
	for _, name := range advantage.Names() {
		law(t, name, func(seed uint64) string {
			rng := rngOf(seed)
			d := draw(seed, ordinary)
			est := advantage.MustParse(drawSpelling(t, rng, name, 0))
			a := mustRun(est, d)
			rows := rng.Perm(d.rows())
			want := make([]float64, len(rows))
			for j, i := range rows {
				want[j] = a[i]
			}
			if s := differ(mustRun(est, d.pick(rows)), want, 1e-12); s != "" {
				return fmt.Sprintf("%s: %s", est, s)
			}
			return ""
		})
	}
}

// TestLawMemory: dst may be the rewards, the batch stays as it is, estimators
// may be used at once, and nothing is allocated once memory is warm.
func TestLawMemory(t *testing.T) {
	for _, name := range advantage.Names() {
		law(t, name+": dst may be the rewards", func(seed uint64) string {
			d := draw(seed, ordinary)
			est := advantage.MustParse(drawSpelling(t, rngOf(seed), name, 0))
			b, before := d.batch(), d.batch()
			want := make([]float64, d.rows())
			if err := est.Advantages(want, b); err != nil {
				return fmt.Sprintf("%s: %v", est, err)
			}
			if !slices.Equal(b.Rewards, before.Rewards) || !slices.Equal(b.Baselines, before.Baselines) || !slices.Equal(b.Lengths, before.Lengths) ||
				!slices.Equal(b.Components[0], before.Components[0]) || !slices.Equal(b.Components[1], before.Components[1]) {
				return est.String() + " changed the batch"
			}
			if err := est.Advantages(b.Rewards, b); err != nil {
				return fmt.Sprintf("%s: %v", est, err)
			}
			if !slices.Equal(b.Rewards, want) {
				return fmt.Sprintf("%s: %s", est, differ(b.Rewards, want, 0))
			}
			return ""
		})
		t.Run(name+": no allocation", func(t *testing.T) {
			if raceEnabled {
				t.Skip("the race detector drops pooled memory at random")
			}
			for seed := range uint64(20) {
				d := draw(seed, ordinary)
				spec := drawSpelling(t, rngOf(seed), name, 0)
				est, b, dst := advantage.MustParse(spec), d.batch(), make([]float64, d.rows())
				if n := testing.AllocsPerRun(20, func() {
					if err := est.Advantages(dst, b); err != nil {
						t.Fatal(err)
					}
				}); n != 0 {
					t.Errorf("%s, seed %d: %v allocations", spec, seed, n)
				}
			}
		})
		t.Run(name+": concurrent use", func(t *testing.T) {
			t.Parallel()
			est := advantage.MustParse(name)
			done := make(chan string)
			for w := range uint64(4) {
				go func() {
					for seed := range uint64(10) {
						d := draw(seed, ordinary)
						if s := differ(mustRun(est, d), mustRun(advantage.MustParse(name), d), 0); s != "" {
							done <- fmt.Sprintf("worker %d: %s", w, s)
							return
						}
					}
					done <- ""
				}()
			}
			for range 4 {
				if s := <-done; s != "" {
					t.Error(s)
				}
			}
		})
	}
}

// TestLawSpelling: what String writes, Parse reads back to an equal value.
func TestLawSpelling(t *testing.T) {
	for _, name := range advantage.Names() {
		law(t, name, func(seed uint64) string {
			spec := drawSpelling(t, rngOf(seed), name, 0)
			est, err := advantage.Parse(spec)
			if err != nil {
				return fmt.Sprintf("%s: %v", spec, err)
			}
			again, err := advantage.Parse(est.String())
			if err != nil {
				return fmt.Sprintf("%s, written as %s: %v", spec, est, err)
			}
			if est != again || est.String() != again.String() {
				return fmt.Sprintf("%s is written as %s, which is %s", spec, est, again)
			}
			return ""
		})
	}
}

// TestLawFinite: finite rewards give finite advantages or an error that names a
// row, at the ends of the range of float64 too.
func TestLawFinite(t *testing.T) {
	awkward := []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1e-300, 5e-324, -5e-324, 1e200, -1e200, math.MaxFloat64, -math.MaxFloat64, 1e308, 2.2250738585072014e-308, 1e-200, 1 + 0x1p-52, 1e16}
	for _, name := range advantage.Names() {
		law(t, name, func(seed uint64) string {
			rng := rngOf(seed)
			d := draw(seed, ordinary)
			few := 1 + rng.IntN(len(awkward))
			from := rng.IntN(len(awkward))
			for i := range d.rewards {
				d.rewards[i] = awkward[(from+rng.IntN(few))%len(awkward)]
				d.baselines[i] = awkward[(from+rng.IntN(few))%len(awkward)]
				d.parts[0][i] = awkward[(from+rng.IntN(few))%len(awkward)]
			}
			spec := drawSpelling(t, rng, name, 0)
			a, err := run(advantage.MustParse(spec), d)
			if err != nil {
				if !strings.Contains(err.Error(), "row ") {
					return fmt.Sprintf("%s: %v names no row", spec, err)
				}
				return ""
			}
			for i, v := range a {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					return fmt.Sprintf("%s: row %d is %v for rewards %v, groups %v", spec, i, v, d.rewards, d.groups)
				}
			}
			return ""
		})
	}
}

// TestLawRelatives: estimators that are others in disguise.
func TestLawRelatives(t *testing.T) {
	est := advantage.MustParse
	law(t, "Dr. GRPO = GRPO times sigma + eps", func(seed uint64) string {
		d := draw(seed, ordinary)
		a, want := mustRun(est("grpo(eps=0.001)"), d), mustRun(est("dr_grpo"), d)
		for _, rows := range d.byGroup() {
			if len(rows) == 1 {
				continue
			}
			var mean, ss float64
			for _, i := range rows {
				mean += d.rewards[i] / float64(len(rows))
			}
			for _, i := range rows {
				ss += (d.rewards[i] - mean) * (d.rewards[i] - mean)
			}
			for _, i := range rows {
				a[i] *= math.Sqrt(ss/float64(len(rows)-1)) + 0.001
			}
		}
		return differ(a, want, 1e-11)
	})
	law(t, "RLOO = n/(n-1) Dr. GRPO = r - mean of the others", func(seed uint64) string {
		d := draw(seed, ordinary)
		a, centred := mustRun(est("rloo"), d), mustRun(est("dr_grpo"), d)
		others := make([]float64, d.rows())
		for _, rows := range d.byGroup() {
			n := float64(len(rows))
			for _, i := range rows {
				if n > 1 {
					var sum float64
					for _, j := range rows {
						if j != i {
							sum += d.rewards[j]
						}
					}
					others[i] = d.rewards[i] - sum/(n-1)
					centred[i] *= n / (n - 1)
				}
			}
		}
		return differ(a, centred, 1e-14) + differ(a, others, 1e-12)
	})
	law(t, "TMN with one prompt per task = GRPO", func(seed uint64) string {
		d := draw(seed, ordinary)
		for i, g := range d.groups {
			d.tasks[i] = fmt.Sprint(g)
		}
		for _, opts := range []string{"", "(ddof=0)", "(eps=0.1,eps_inside=true)", "(single=reference)", "(drop_constant=true)"} {
			if s := differ(mustRun(est("tmn"+opts), d), mustRun(est("grpo"+opts), d), 1e-14); s != "" {
				return opts + ": " + s
			}
		}
		return ""
	})
	law(t, "qwenlong(center=group) with one prompt per task = GRPO", func(seed uint64) string {
		d := draw(seed, ordinary)
		for i, g := range d.groups {
			d.tasks[i] = fmt.Sprint(g)
		}
		return differ(mustRun(est("qwenlong(center=group)"), d), mustRun(est("grpo"), d), 1e-13)
	})
	law(t, "batch_std with one group = GRPO", func(seed uint64) string {
		d := draw(seed, shape{prompts: 1, rollouts: 16, styles: anyStyle})
		return differ(mustRun(est("batch_std"), d), mustRun(est("grpo"), d), 1e-13)
	})
	law(t, "OPO with equal lengths = Dr. GRPO", func(seed uint64) string {
		d := draw(seed, shape{prompts: 12, rollouts: 16, styles: anyStyle, equalLengths: true})
		s := differ(mustRun(est("opo"), d), mustRun(est("dr_grpo"), d), 1e-13)
		d.lengths = make([]int, d.rows())
		for i := range d.lengths {
			d.lengths[i] = 7
		}
		return s + differ(mustRun(est("opo"), d), mustRun(est("dr_grpo"), d), 1e-13)
	})
	law(t, "remax with the mean as baseline = Dr. GRPO", func(seed uint64) string {
		d := draw(seed, shape{prompts: 12, rollouts: 8, styles: []string{"binary", "graded"}, noSingles: true})
		for _, rows := range d.byGroup() {
			var sum float64
			for _, i := range rows {
				sum += d.rewards[i]
			}
			for _, i := range rows {
				d.baselines[i] = sum / float64(len(rows))
			}
		}
		return differ(mustRun(est("remax"), d), mustRun(est("dr_grpo"), d), 1e-13)
	})
	law(t, "f_grpo with gamma 0 = its base", func(seed uint64) string {
		d := draw(seed, ordinary)
		for _, base := range []string{"grpo", "tmn_reweight", "dr_grpo"} {
			if s := differ(mustRun(est("f_grpo(base="+base+",gamma=0)"), d), mustRun(est(base), d), 0); s != "" {
				return base + ": " + s
			}
		}
		return ""
	})
	law(t, "passk rewards one sample of a group, the best", func(seed uint64) string {
		d := draw(seed, ordinary)
		a := mustRun(est("passk"), d)
		for g, rows := range d.byGroup() {
			best, second, at := math.Inf(-1), math.Inf(-1), -1
			for _, i := range rows {
				if r := d.rewards[i]; r > best {
					best, second, at = r, best, i
				} else {
					second = max(second, r)
				}
			}
			for _, i := range rows {
				if (a[i] > 0) != (i == at && best > second && len(rows) > 1) || a[i] < 0 {
					return fmt.Sprintf("group %d of %v: row %d has %v", g, rows, i, a[i])
				}
			}
		}
		return ""
	})
}
