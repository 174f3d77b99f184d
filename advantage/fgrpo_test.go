package advantage

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

const statefulSeed = 20260206

// statefulLaw runs check on 200 seeds of batches until it returns false.
func statefulLaw(t *testing.T, name string, check func(seed uint64) bool) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Logf("seed %d", statefulSeed)
		p := gopter.DefaultTestParametersWithSeed(statefulSeed)
		p.MinSuccessfulTests = 200
		laws := gopter.NewProperties(p)
		laws.Property(name, prop.ForAll(check, gen.UInt64()))
		laws.TestingRun(t)
	})
}

// lettered is a batch whose groups and tasks have one letter each; without tasks
// all groups are of one.
func lettered(t testing.TB, groups, tasks string, rewards ...float64) *Batch {
	t.Helper()
	if tasks == "" {
		for range groups {
			tasks += "T"
		}
	}
	ix, err := NewIndex([]byte(groups), g(tasks))
	if err != nil {
		t.Fatal(err)
	}
	return &Batch{Index: ix, Rewards: rewards}
}

// randomBatch has up to 10 groups of 1 to 9 rows in any order over three tasks.
func randomBatch(seed uint64) *Batch {
	rng := rand.New(rand.NewPCG(seed, 9))
	var groups []int
	for k := range 1 + rng.IntN(10) {
		for range 1 + rng.IntN(9) {
			groups = append(groups, k)
		}
	}
	rng.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	b := &Batch{Rewards: make([]float64, len(groups))}
	tasks := make([]string, len(groups))
	for i, k := range groups {
		tasks[i] = string(rune('A' + k%3))
		switch k % 4 {
		case 0:
			b.Rewards[i] = float64(rng.IntN(2))
		case 1:
			b.Rewards[i] = rng.Float64()*3 - 1
		case 2:
			b.Rewards[i] = float64(rng.IntN(11)) / 10
		case 3:
			b.Rewards[i] = 0.3
		}
	}
	b.Index, _ = NewIndex(groups, tasks)
	return b
}

func advantages(t testing.TB, spec string, b *Batch) []float64 {
	t.Helper()
	got := make([]float64, len(b.Rewards))
	if err := MustParse(spec).Advantages(got, b); err != nil {
		t.Fatalf("%s: %v", spec, err)
	}
	return got
}

func allNear(a, b []float64, tolerance float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) <= tolerance*max(1, math.Abs(y)) })
}

func TestFGRPO(t *testing.T) {
	tests := []struct {
		name, spec, groups, tasks string
		rewards                   []float64
		want                      []float64 // by hand, from (12) and (13)
	}{
		{"hard", "f_grpo(base=grpo(eps=0))", "aaaa", "", []float64{1, 0, 0, 0}, []float64{0.75 * 1.5, -0.375, -0.375, -0.375}},
		{"easy", "f_grpo(base=grpo(eps=0))", "aaaa", "", []float64{1, 1, 1, 0}, []float64{0.125, 0.125, 0.125, -0.375}},
		{"gamma 0.5", "f_grpo(base=grpo(eps=0),gamma=0.5)", "aaaa", "", []float64{1, 1, 1, 0}, []float64{0.25, 0.25, 0.25, -0.75}},
		{"gamma 2", "f_grpo(base=dr_grpo,gamma=2)", "aaaa", "", []float64{1, 0, 1, 0}, []float64{0.125, -0.125, 0.125, -0.125}},
		{"gamma 1.25", "f_grpo(base=dr_grpo,gamma=1.25)", "aa", "", []float64{1, 0}, []float64{0.2102241038134287, -0.2102241038134287}},
		{"wrong is -1", "f_grpo(base=dr_grpo,wrong=-1)", "aaaa", "", []float64{1, -1, -1, -1}, []float64{0.75 * 1.5, -0.375, -0.375, -0.375}},
		{"half way from -1 to 1", "f_grpo(base=dr_grpo,wrong=-1)", "aa", "", []float64{0, 1}, []float64{-0.125, 0.125}},
		{"correct is 10", "f_grpo(base=dr_grpo,correct=10)", "aa", "", []float64{10, 0}, []float64{2.5, -2.5}},
		{"graded", "f_grpo(base=dr_grpo)", "aa", "", []float64{0.25, 0.75}, []float64{-0.125, 0.125}},
		{"graded, threshold reached", "f_grpo(base=dr_grpo,success=threshold)", "aaaa", "", []float64{0.5, 0.5, 0.5, 0}, []float64{0.03125, 0.03125, 0.03125, -0.09375}},
		{"threshold 1", "f_grpo(base=dr_grpo,success=threshold,threshold=1)", "aa", "", []float64{0.75, 0.25}, []float64{0.25, -0.25}},
		{"beyond the bounds, one by one", "f_grpo(base=dr_grpo)", "aa", "", []float64{3, -3}, []float64{1.5, -1.5}},
		{"all correct, though different", "f_grpo(base=dr_grpo)", "aa", "", []float64{1, 2}, []float64{0, 0}},
		{"gamma 0 with all correct", "f_grpo(base=dr_grpo,gamma=0)", "aa", "", []float64{1, 2}, []float64{-0.5, 0.5}},
		{"constant and single", "f_grpo(base=dr_grpo)", "abaa", "", []float64{0.3, 0.9, 0.3, 0.3}, []float64{0, 0, 0, 0}},
		{"single as the base has it", "f_grpo(base=dr_grpo(single=reference))", "a", "", []float64{0.25}, []float64{0.1875}},
		{"groups apart", "f_grpo(base=dr_grpo)", "abab", "", []float64{1, 2, 0, 1}, []float64{0.25, 0, -0.25, 0}},
		{"the base sees all groups", "f_grpo(base=tmn(eps=0))", "aabb", "", []float64{1, 0, 3, 1}, []float64{
			0.5 * 0.5 / math.Sqrt(1.25), -0.5 * 0.5 / math.Sqrt(1.25), 0, 0}},
		{"nested", "f_grpo(base=f_grpo(base=dr_grpo))", "aa", "", []float64{1, 0}, []float64{0.125, -0.125}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			b := lettered(t, c.groups, c.tasks, c.rewards...)
			if got := advantages(t, c.spec, b); !allNear(got, c.want, 1e-15) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			inPlace := slices.Clone(c.rewards)
			b.Rewards = inPlace
			if err := MustParse(c.spec).Advantages(inPlace, b); err != nil || !allNear(inPlace, c.want, 1e-15) {
				t.Errorf("in place: got %v, %v, want %v", inPlace, err, c.want)
			}
		})
	}
}

func TestFGRPOErrors(t *testing.T) {
	b := lettered(t, "aab", "", 1, 0, 1)
	dst := make([]float64, 3)
	for _, spec := range []string{"f_grpo(correct=0)", "f_grpo(wrong=2)"} {
		if err := MustParse(spec).Advantages(dst, b); err == nil {
			t.Errorf("%s: no error", spec)
		}
	}
	for _, e := range []FGRPO{{Correct: 1, Gamma: math.NaN()}, {Correct: 1, Gamma: -1}, {Correct: math.Inf(1)}, {Correct: math.NaN()}} {
		if err := e.Advantages(dst, b); err == nil {
			t.Errorf("%+v: no error", e)
		}
	}
	if err := MustParse("f_grpo(correct=0,success=threshold)").Advantages(dst, b); err != nil {
		t.Errorf("bounds that do not matter: %v", err)
	}
	var row *RowError
	b.Rewards[1] = math.NaN()
	if err := MustParse("f_grpo").Advantages(dst, b); !errors.As(err, &row) || row.Row != 1 {
		t.Errorf("NaN: %v", err)
	}
	ix, _ := NewIndex([]int{1, 1}, nil)
	if err := MustParse("f_grpo(base=tmn)").Advantages(dst[:2], &Batch{Index: ix, Rewards: dst[:2]}); !errors.Is(err, ErrNoTasks) {
		t.Errorf("base without tasks: %v", err)
	}
	if got := MustParse("f_grpo(base=tmn)").Needs(); got != Tasks {
		t.Errorf("needs %v", got)
	}
}

func TestDefaultBase(t *testing.T) {
	if MustParse("grpo") != defaultBase {
		t.Errorf("the base of none is %#v, grpo is %#v", defaultBase, MustParse("grpo"))
	}
	b := lettered(t, "aaaa", "", 1, 0, 0, 1)
	for _, e := range []Estimator{FGRPO{Correct: 1, Gamma: 1}, AEPO{}} {
		got := make([]float64, 4)
		if err := e.Advantages(got, b); err != nil || got[0] == 0 {
			t.Errorf("%T without base: %v, %v", e, got, err)
		}
		if e.Needs() != 0 || e.String() == "" {
			t.Errorf("%T without base: needs %v, spelled %s", e, e.Needs(), e)
		}
	}
}

// TestPower compares with the assembly and the series of package math.
func TestPower(t *testing.T) {
	t.Logf("seed %d", statefulSeed)
	rng := rand.New(rand.NewPCG(statefulSeed, 1))
	for i := range 20000 {
		x, y := rng.Float64(), rng.Float64()*3
		switch i % 4 {
		case 0:
			x, y = float64(rng.IntN(17))/16, float64(rng.IntN(201))/8
		case 1:
			x, y = math.Nextafter(1, 0)-x*1e-9, rng.Float64()*100
		case 2:
			x, y = 0.01+0.99*x, rng.Float64()*100
		}
		got, want := power(x, y), math.Pow(x, y)
		if math.Abs(got-want) > 1e-13*want {
			t.Fatalf("%v^%v = %v, want %v", x, y, got, want)
		}
	}
	for _, c := range [][3]float64{{0, 0, 1}, {1, 100, 1}, {0, 0.5, 0}, {0.25, 0.5, 0.5}, {0.3, 1, 0.3}, {0.5, 100, 0x1p-100}} {
		if got := power(c[0], c[1]); got != c[2] {
			t.Errorf("%v^%v = %v, want %v", c[0], c[1], got, c[2])
		}
	}
}

func TestFGRPOLaws(t *testing.T) {
	statefulLaw(t, "every group is the base times one weight", func(seed uint64) bool {
		b := randomBatch(seed)
		gamma := float64(seed%5) / 2
		e := FGRPO{Base: MustParse("tmn_reweight"), Gamma: gamma, Correct: 1}
		got := make([]float64, len(b.Rewards))
		if e.Advantages(got, b) != nil {
			return false
		}
		want := advantages(t, "tmn_reweight", b)
		for k := range b.Index.Groups() {
			var p float64
			for j := range b.Index.Size(k) {
				p += min(1, max(0, b.Rewards[b.Index.Row(k, j)]))
			}
			p /= float64(b.Index.Size(k))
			for j := range b.Index.Size(k) {
				want[b.Index.Row(k, j)] *= math.Pow(max(0, 1-p), gamma)
			}
		}
		return allNear(got, want, 1e-7) // 1-p loses digits here where p is close to 1
	})
	statefulLaw(t, "a larger gamma never gives a larger advantage", func(seed uint64) bool {
		b := randomBatch(seed)
		weak, strong := advantages(t, "f_grpo(gamma=0.5)", b), advantages(t, "f_grpo(gamma=1.5)", b)
		for i := range weak {
			if math.Abs(strong[i]) > math.Abs(weak[i]) || strong[i]*weak[i] < 0 {
				return false
			}
		}
		return true
	})
}
