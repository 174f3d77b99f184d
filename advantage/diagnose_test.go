package advantage

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

// twoTasks is a task of a hard prompt and one that is always solved, and a task
// of one graded prompt; rows alternate.
func twoTasks(t *testing.T) *Batch {
	t.Helper()
	ix, err := NewIndex(g("acacbcbcaabb"), []string{"x", "y", "x", "y", "x", "y", "x", "y", "x", "x", "x", "x"})
	if err != nil {
		t.Fatal(err)
	}
	return &Batch{Index: ix, Rewards: []float64{1, 0.2, 0, 0.4, 1, 0.6, 1, 0.8, 0, 0, 1, 1}}
}

func expect(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-12*max(1, math.Abs(want))) {
		t.Errorf("%s is %.17g, want %.17g", what, got, want)
	}
}

func TestDiagnose(t *testing.T) {
	b := twoTasks(t)
	r, err := Diagnose(b, MustParse("dr_grpo"), MustParse("grpo(eps=0)"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 12 || r.Groups != 3 || r.Singles != 0 || r.ZeroVariance != 1 || len(r.Tasks) != 2 || len(r.Estimators) != 2 {
		t.Fatalf("%+v", r)
	}
	x, y := r.Tasks[0], r.Tasks[1]
	if x.Name != "x" || x.Prompts != 2 || x.Rows != 8 || x.ZeroVariance != 1 || y.Name != "y" || y.Prompts != 1 || y.Rows != 4 || x.MeanLength != 0 {
		t.Errorf("%+v", r.Tasks)
	}
	expect(t, "mean of x", x.MeanReward, 5.0/8)
	expect(t, "mean of y", y.MeanReward, 0.5)
	expect(t, "deviation of x", x.Std, math.Sqrt(0.25/2)) // variances 1/4 and 0
	expect(t, "deviation of y", y.Std, math.Sqrt(0.2/3))
	if x.MinReward != 0 || x.MaxReward != 1 || y.MinReward != 0.2 || y.MaxReward != 0.8 {
		t.Errorf("%+v", r.Tasks)
	}

	// |r - mu| is 3/4 and three times 1/4 in a; 0.3, 0.1, 0.1, 0.3 in c.
	dr := r.Estimators[0]
	if dr.Spelling != "dr_grpo" || dr.Formula != "r - mu" {
		t.Errorf("%q %q", dr.Spelling, dr.Formula)
	}
	expect(t, "mean |A| of x", dr.MeanAbs[0], 1.5/8)
	expect(t, "mean |A| of y", dr.MeanAbs[1], 0.8/4)
	expect(t, "x relative", dr.Relative[0], 0.1875/0.19375)
	expect(t, "y relative", dr.Relative[1], 0.2/0.19375)
	expect(t, "CV", dr.CV, 0.00625/0.19375)
	expect(t, "share of x", dr.GradientShare[0], 1.5/2.3)
	expect(t, "square share of x", dr.SquareShare[0], 0.75/0.95)
	expect(t, "positive", dr.Positive, 3.0/8)
	expect(t, "zero", dr.Zero, 4.0/12)
	expect(t, "flipped", dr.Flipped, 0)
	expect(t, "ESS", dr.ESS, 2.3*2.3/0.95)
	if dr.MinWeight != 1 || dr.MaxWeight != 1 {
		t.Errorf("weights of dr_grpo from %v to %v, want 1 and 1", dr.MinWeight, dr.MaxWeight)
	}
	expect(t, "first value", dr.Values[0], 0.75)
	expect(t, "second value", dr.Values[1], -0.3)

	// a is divided by 1/2, c by sqrt(0.2/3).
	c := 1 / math.Sqrt(0.2/3)
	grpo := r.Estimators[1]
	expect(t, "grpo: mean |A| of x", grpo.MeanAbs[0], 3.0/8)
	expect(t, "grpo: mean |A| of y", grpo.MeanAbs[1], 0.2*c)
	expect(t, "grpo: share of y", grpo.GradientShare[1], 0.8*c/(3+0.8*c))
	mean := (3 + 0.8*c) / 2.3
	expect(t, "grpo: least weight", grpo.MinWeight, 2/mean)
	expect(t, "grpo: greatest weight", grpo.MaxWeight, c/mean)
}

func TestDiagnoseLengths(t *testing.T) {
	b := twoTasks(t)
	b.Lengths = []int{10, 100, 20, 100, 7, 100, 7, 100, 20, 20, 7, 7}
	r, err := Diagnose(b, MustParse("dr_grpo"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "length in x", r.Tasks[0].MeanLength, 98.0/8)
	expect(t, "length in y", r.Tasks[1].MeanLength, 100)
	// 0.75*10 + 3*0.25*20 against 0.8*100.
	expect(t, "share of x", r.Estimators[0].GradientShare[0], 22.5/102.5)
	expect(t, "square share of x", r.Estimators[0].SquareShare[0], 0.75/0.95)

	b.Lengths[3] = 0
	var row *RowError
	if _, err := Diagnose(b); !errors.As(err, &row) || row.Row != 3 || row.Field != "length" {
		t.Errorf("length 0: %v", err)
	}
}

// ownBaseline is an estimator of another package: r - 0.5, and 0 for the first row.
type ownBaseline struct{}

func (ownBaseline) Needs() Field   { return Lengths | Components }
func (ownBaseline) String() string { return "mine(x=1)" }
func (ownBaseline) Advantages(dst []float64, b *Batch) error {
	for i, r := range b.Rewards {
		dst[i] = r - 0.5
	}
	if len(dst) > 0 {
		dst[0] = 0
	}
	return nil
}

func TestDiagnoseOwnEstimator(t *testing.T) {
	r, err := Diagnose(twoTasks(t), ownBaseline{})
	if err != nil {
		t.Fatal(err)
	}
	e := r.Estimators[0]
	if e.Spelling != "mine(x=1)" || e.Formula != "" {
		t.Errorf("%q %q", e.Spelling, e.Formula)
	}
	// mu is 1/4 in a and 1/2 in c: no sign differs; the first row is masked.
	expect(t, "flipped", e.Flipped, 0)
	expect(t, "least weight", e.MinWeight, 0)
	expect(t, "zero", e.Zero, 1.0/12)

	// mu is 2/3: of -1/3 and 1/3 … the row with 0.6 is below mu and above 0.5.
	ix, _ := NewIndex(g("aaa"), nil)
	r, err = Diagnose(&Batch{Index: ix, Rewards: []float64{0.4, 0.6, 1}}, ownBaseline{})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "flipped", r.Estimators[0].Flipped, 1.0/3)
}

// TestDiagnoseLevel: a reward at the mean has advantage 0, whatever its rounding.
func TestDiagnoseLevel(t *testing.T) {
	for _, rewards := range [][]float64{{0.1, 0.2, 0.3}, {0.3, 0.2, 0.1}, {1e6 + 0.1, 1e6 + 0.2, 1e6 + 0.3}} {
		ix, _ := NewIndex(g("aaa"), nil)
		r, err := Diagnose(&Batch{Index: ix, Rewards: rewards}, MustParse("dr_grpo"), MustParse("grpo"), ownBaseline{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range r.Estimators[:2] {
			expect(t, e.Spelling+": positive", e.Positive, 0.5)
			expect(t, e.Spelling+": zero", e.Zero, 1.0/3)
		}
		// With another baseline such a row is like any other: -0.4, -0.3, -0.2 and the
		// like, the first of which ownBaseline masks.
		expect(t, "other baseline: zero", r.Estimators[2].Zero, 1.0/3)
	}
}

// TestDiagnoseEmpty: nothing is NaN where there is nothing to divide by.
func TestDiagnoseEmpty(t *testing.T) {
	empty, _ := NewIndex([]int{}, nil)
	one, _ := NewIndex([]int{1}, []string{"x"})
	flat, _ := NewIndex([]int{1, 1, 2, 2}, []string{"x", "x", "y", "y"})
	for name, b := range map[string]*Batch{
		"empty":       {Index: empty, Rewards: []float64{}},
		"one rollout": {Index: one, Rewards: []float64{0.5}},
		"constant":    {Index: flat, Rewards: []float64{1, 1, 0.1, 0.1}},
	} {
		r, err := Diagnose(b, MustParse("dr_grpo"), MustParse("grpo(eps=0)"))
		if err != nil {
			t.Fatal(name, err)
		}
		for _, e := range r.Estimators {
			if e.CV != 0 || e.ESS != 0 || e.Positive != 0 || e.MinWeight != 0 || e.MaxWeight != 0 || e.Flipped != 0 {
				t.Errorf("%s: %+v", name, e)
			}
			for _, s := range [][]float64{e.MeanAbs, e.Relative, e.GradientShare, e.SquareShare} {
				for _, v := range s {
					if v != 0 {
						t.Errorf("%s: %+v", name, e)
					}
				}
			}
		}
		if name == "empty" && (len(r.Tasks) != 0 || len(r.Warnings) != 0) {
			t.Errorf("%+v", r)
		}
	}
}

// TestDiagnoseScale: what is relative does not depend on the scale of the rewards.
func TestDiagnoseScale(t *testing.T) {
	base := simulate(1, func(simulatedTask) int { return 4 }, 8, false)
	ests := []Estimator{MustParse("dr_grpo"), MustParse("grpo(eps=0)"), MustParse("tmn(eps=0)")}
	want, err := Diagnose(base, ests...)
	if err != nil {
		t.Fatal(err)
	}
	for _, scale := range []float64{0x1p-900, 0x1p-500, 0x1p500, 0x1p1020} {
		b := &Batch{Index: base.Index, Rewards: make([]float64, len(base.Rewards))}
		for i, v := range base.Rewards {
			b.Rewards[i] = v * scale
		}
		got, err := Diagnose(b, ests...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got.Tasks {
			expect(t, "mean", got.Tasks[i].MeanReward/scale, want.Tasks[i].MeanReward)
			expect(t, "deviation", got.Tasks[i].Std/scale, want.Tasks[i].Std)
		}
		for k := range got.Estimators {
			g, w := got.Estimators[k], want.Estimators[k]
			expect(t, "CV", g.CV, w.CV)
			expect(t, "ESS", g.ESS, w.ESS)
			expect(t, "least weight", g.MinWeight, w.MinWeight)
			expect(t, "greatest weight", g.MaxWeight, w.MaxWeight)
			for i := range g.Relative {
				expect(t, "relative", g.Relative[i], w.Relative[i])
				expect(t, "share", g.GradientShare[i], w.GradientShare[i])
			}
		}
	}
}

// TestDiagnoseMixedScales: one prompt has rewards near the least number there
// is, another near the largest; weights are those of the formula.
func TestDiagnoseMixedScales(t *testing.T) {
	ix, _ := NewIndex(g("aabb"), nil)
	r, err := Diagnose(&Batch{Index: ix, Rewards: []float64{1e-300, 0, 1e300, 0}}, MustParse("dr_grpo"), MustParse("grpo(eps=0)"))
	if err != nil {
		t.Fatal(err)
	}
	if e := r.Estimators[0]; e.MinWeight != 1 || e.MaxWeight != 1 {
		t.Errorf("dr_grpo: weights from %v to %v", e.MinWeight, e.MaxWeight)
	}
	// All |A| are 1/sqrt(2); Σ|A|/Σ|r-mu| is 4/sqrt(2)/1e300.
	e := r.Estimators[1]
	expect(t, "grpo: least weight", e.MinWeight, 0.5)
	if e.MaxWeight != math.MaxFloat64 {
		t.Errorf("grpo: greatest weight %v", e.MaxWeight)
	}
}

// TestDiagnoseExtreme: rewards at both ends of float64 are an error where the
// advantages are out of reach, and never NaN or 0.
func TestDiagnoseExtreme(t *testing.T) {
	ix, _ := NewIndex([]int{1, 1}, nil)
	b := &Batch{Index: ix, Rewards: []float64{1.5e308, -1.5e308}}
	r, err := Diagnose(b, MustParse("dr_grpo"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Tasks[0].Std != math.MaxFloat64 || r.Tasks[0].MeanReward != 0 || r.Estimators[0].MeanAbs[0] != 1.5e308 || r.Estimators[0].ESS != 2 {
		t.Errorf("%+v", r)
	}
	var row *RowError
	if _, err := Diagnose(b, MustParse("grpo")); !errors.As(err, &row) || !strings.HasPrefix(err.Error(), "grpo: advantage: row 0: reward") {
		t.Errorf("a deviation beyond the range gives %v", err)
	}
}

func TestDiagnoseErrors(t *testing.T) {
	ix, _ := NewIndex(g("aab"), nil)
	b := &Batch{Index: ix, Rewards: []float64{1, 0, 1}}
	if _, err := Diagnose(b, MustParse("tmn")); !errors.Is(err, ErrNoTasks) || !strings.HasPrefix(err.Error(), "tmn: ") {
		t.Errorf("without tasks: %v", err)
	}
	b.Rewards[2] = math.NaN()
	var row *RowError
	if _, err := Diagnose(b); !errors.As(err, &row) || row.Row != 2 {
		t.Errorf("NaN: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	type warning struct {
		kind  WarningKind
		task  string
		count int
	}
	tests := []struct {
		name    string
		groups  string
		tasks   []string
		rewards []float64
		want    []warning
	}{
		{"nothing to say", "aabb", nil, []float64{0, 1, 0.5, 1}, nil},
		{"a group without variance is normal", "aabb", nil, []float64{1, 1, 0, 1}, nil},
		{"single", "aaabbbc", nil, []float64{0, 1, 0, 0, 0, 1, 1}, []warning{{WarnSingles, "", 1}, {WarnSizes, "", 1}}},
		{"all single", "abc", nil, []float64{0, 1, 0}, []warning{{WarnSingles, "", 3}}},
		{"sizes", "aaabb", nil, []float64{0, 1, 0, 0, 1}, []warning{{WarnSizes, "", 1}}},
		{"no variance", "aabb", nil, []float64{1, 1, 0, 0}, []warning{{WarnConstant, "", 2}}},
		{"no variance, single", "aab", nil, []float64{1, 1, 0}, []warning{{WarnSingles, "", 1}, {WarnSizes, "", 1}, {WarnConstant, "", 1}}},
		{"rounding", "aabb", nil, []float64{0.1 + 0.2 - 1e-16, 0.3, 0, 1}, []warning{{WarnNoise, "", 1}}},
		{"range", "aabb", nil, []float64{-1, 1, 2, 0}, []warning{{WarnRange, "", 2}}},
		{"bounds are in range", "aa", nil, []float64{0, 1}, nil},
		{"empty task", "aabbcc", []string{"", "", "", "", "", ""}, []float64{0, 1, 0, 1, 0, 1}, []warning{{WarnEmptyTask, "", 3}}},
		{"one prompt", "aabbcc", []string{"x", "x", "x", "x", "y", "y"}, []float64{0, 1, 0, 1, 0, 1}, []warning{{WarnOnePrompt, "y", 1}}},
		{"task without variance", "aabbccdd", []string{"x", "x", "x", "x", "y", "y", "y", "y"}, []float64{0, 1, 0, 1, 1, 1, 0, 0}, []warning{{WarnConstant, "y", 2}}},
		{"range of a task", "aabbccdd", []string{"x", "x", "x", "x", "y", "y", "y", "y"}, []float64{0, 1, 0, 1, 1, 7, 0, 1}, []warning{{WarnRange, "y", 1}}},
		{"alike", "aabbccdd", []string{"F1", "F1", "F1", "F1", " f1", " f1", " f1", " f1"}, []float64{0, 1, 0, 1, 1, 0, 0, 1}, []warning{{WarnAlikeTasks, " f1", 1}}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			ix, err := NewIndex(g(c.groups), c.tasks)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Diagnose(&Batch{Index: ix, Rewards: c.rewards}, MustParse("grpo"))
			if err != nil {
				t.Fatal(err)
			}
			var got []warning
			for _, w := range r.Warnings {
				got = append(got, warning{w.Kind, w.Task, w.Count})
				if w.Message == "" || strings.HasSuffix(w.Message, ".") || strings.Contains(w.Message, "%!") {
					t.Errorf("message %q", w.Message)
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", r.Warnings, c.want)
			}
		})
	}
}

// TestWarningsFields: estimators that read what the batch lacks.
func TestWarningsFields(t *testing.T) {
	r, err := Diagnose(twoTasks(t), MustParse("grpo"), ownBaseline{}, ownBaseline{})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []WarningKind
	for _, w := range r.Warnings {
		kinds = append(kinds, w.Kind)
		if w.Kind != WarnOnePrompt && (w.Count != 2 || !strings.HasSuffix(w.Message, "in mine(x=1) and mine(x=1)")) {
			t.Errorf("%+v", w)
		}
	}
	if want := []WarningKind{WarnLengths, WarnComponents, WarnOnePrompt}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("got %v, want %v", kinds, want)
	}
}
