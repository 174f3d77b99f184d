package advantage

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// rows is a batch of the groups that the letters name. Groups a to m are of task
// x, those from n on of task y.
func rows(t *testing.T, letters string, rewards ...float64) *Batch {
	t.Helper()
	tasks := make([]string, len(letters))
	for i, c := range letters {
		if tasks[i] = "x"; c >= 'n' {
			tasks[i] = "y"
		}
	}
	ix, err := NewIndex(g(letters), tasks)
	if err != nil {
		t.Fatal(err)
	}
	return &Batch{Index: ix, Rewards: rewards}
}

func (b *Batch) with(change func(*Batch)) *Batch {
	change(b)
	return b
}

// TestRivals are values computed by hand from the formulas of the doc comments.
func TestRivals(t *testing.T) {
	lengths := func(l ...int) func(*Batch) { return func(b *Batch) { b.Lengths = l } }
	greedy := func(r ...float64) func(*Batch) { return func(b *Batch) { b.Baselines = r } }
	parts := func(accuracy, format []float64) func(*Batch) {
		return func(b *Batch) {
			b.Components, b.Names = [][]float64{accuracy, format}, []string{"accuracy", "format"}
		}
	}
	none := func(*Batch) {}
	root := math.Sqrt
	pair := root(0.5) // the deviation of 1 and 0
	unit := 0.5 / (pair + 1e-6)
	fair := parts([]float64{1, 0}, []float64{0, 0})
	clash := parts([]float64{1, 0}, []float64{0, 1})
	uneven := root(0.125 + 1e-8)

	for _, c := range []struct {
		spec, groups string
		rewards      []float64
		fields       func(*Batch)
		want         []float64
	}{
		{"rloo", "aaab", []float64{1, 0, 0, 7}, none, []float64{1, -0.5, -0.5, 0}},
		{"rloo(single=reference)", "aaab", []float64{1, 0, 0, 7}, none, []float64{1, -0.5, -0.5, 7}},

		{"reinforce_pp", "ab", []float64{1, 0}, lengths(1, 3), []float64{0.75 / root(0.25+1e-8), -0.25 / root(0.25+1e-8)}},
		{"reinforce_pp", "ab", []float64{1, 0}, none, []float64{0.5 / root(0.5+1e-8), -0.5 / root(0.5+1e-8)}},
		{"reinforce_pp(ddof=0,eps=0.1,eps_inside=false)", "ab", []float64{1, 0}, none, []float64{0.5 / 0.6, -0.5 / 0.6}},
		{"reinforce_pp(ddof=0,eps=0)", "aabb", []float64{1, 1, 0, 0}, none, []float64{1, 1, -1, -1}},
		{"reinforce_pp(ddof=0,drop_constant=true,eps=0)", "aabbc", []float64{9, 9, 1, 0, 0.5}, none, []float64{0, 0, root(1.5), -root(1.5), 0}},
		{"reinforce_pp", "abc", []float64{0.3, 0.3, 0.3}, lengths(1, 2, 5), []float64{0, 0, 0}},
		{"reinforce_pp", "a", []float64{0.3}, lengths(1), []float64{0}},
		{"reinforce_pp", "a", []float64{0.3}, lengths(4), []float64{0}},
		{"reinforce_pp", "", nil, none, nil},

		{"reinforce_pp_baseline", "aabb", []float64{1, 0, 0.5, 0.5}, lengths(1, 3, 2, 2), []float64{0.625 / uneven, -0.375 / uneven, 0.125 / uneven, 0.125 / uneven}},
		{"reinforce_pp_baseline(drop_constant=true,eps=0)", "aabb", []float64{1, 0, 0.5, 0.5}, lengths(1, 3, 2, 2), []float64{1.5, -0.5, 0, 0}},
		{"reinforce_pp_baseline(ddof=0,eps=0)", "aabbc", []float64{1, 0, 2, 0, 9}, none, []float64{0.5 / root(0.625), -0.5 / root(0.625), 1 / root(0.625), -1 / root(0.625), 0}},
		{"reinforce_pp_baseline(ddof=0,eps=0,single=reference)", "aab", []float64{1, 0, 0.75}, none, []float64{0.25 / root(0.875/3), -0.75 / root(0.875/3), 0.5 / root(0.875/3)}},
		{"reinforce_pp_baseline", "aab", []float64{3, 3, 5}, lengths(1, 2, 3), []float64{0, 0, 0}},

		{"remax", "abb", []float64{1, 0.5, 0.5}, greedy(0.25, 1, 0), []float64{0.75, -0.5, 0.5}},
		{"remax(drop_constant=true)", "abb", []float64{1, 0.5, 0.5}, greedy(0.25, 1, 0), []float64{0.75, 0, 0}},

		{"gpg", "aabbc", []float64{1, 0, 0, 0, 5}, none, []float64{2, -2, 0, 0, 0}},
		{"gpg(f_norm=2)", "aabb", []float64{1, 0, 0, 0}, none, []float64{1, -1, 0, 0}},
		{"gpg(drop_constant=true)", "aabb", []float64{1, 0, 0, 0}, none, []float64{1, -1, 0, 0}},
		{"gpg(single=reference)", "aab", []float64{1, 0, 3}, none, []float64{0.75, -0.75, 4.5}},
		{"gpg", "aabb", []float64{0, 0, 0, 0}, none, []float64{0, 0, 0, 0}},

		{"opo", "aabb", []float64{1, 0, 1, 0}, lengths(1, 3, 3, 1), []float64{0.75, -0.25, 0.25, -0.75}},
		{"opo", "aab", []float64{1, 0, 6}, none, []float64{0.5, -0.5, 0}},
		{"opo(single=reference)", "aab", []float64{1, 0, 6}, lengths(2, 2, 9), []float64{0.5, -0.5, 6}},

		{"passk", "aaab", []float64{0.2, 0.9, 0.5, 7}, none, []float64{0, 0.4 / (root(0.37/3) + 1e-6), 0, 0}},
		{"passk(std=false)", "aaabb", []float64{0.9, 0.5, 0.2, 1, 3}, none, []float64{0.4, 0, 0, 0, 2}},
		{"passk(ddof=0,eps=0.5)", "aa", []float64{1, 0}, none, []float64{1, 0}},
		{"passk", "aaa", []float64{1, 0, 1}, none, []float64{0, 0, 0}},

		{"gdpo(whiten=none)", "aa", []float64{1, 0}, fair, []float64{unit, -unit}},
		{"gdpo(whiten=none)", "aa", []float64{1, 0}, none, []float64{unit, -unit}},
		{"gdpo(weights=reward:3,whiten=none)", "aa", []float64{1, 0}, none, []float64{3 * unit, -3 * unit}},
		{"gdpo(whiten=nemo)", "aa", []float64{1, 0}, fair, []float64{pair, -pair}},
		{"gdpo(whiten=trl)", "aa", []float64{1, 0}, fair, []float64{unit / (root(2)*unit + 1e-6), -unit / (root(2)*unit + 1e-6)}},
		{"gdpo", "aa", []float64{1, 0}, fair, []float64{unit / root(2*unit*unit+1e-8), -unit / root(2*unit*unit+1e-8)}},
		{"gdpo", "aa", []float64{1, 0}, clash, []float64{0, 0}},
		{"gdpo(std=false,weights=accuracy:1+format:0.5,whiten=none)", "aa", []float64{1, 0}, clash, []float64{0.25, -0.25}},
		{"gdpo(std=false,weights=format:-2+accuracy:0,whiten=none)", "aa", []float64{1, 0}, clash, []float64{1, -1}},
		{"gdpo(single=reference,std=false,whiten=none)", "ab", []float64{1, 0}, parts([]float64{1, 3}, []float64{2, 0}), []float64{3, 3}},
		{"gdpo(eps=1,single=reference,whiten=none)", "ab", []float64{1, 0}, parts([]float64{1, 3}, []float64{2, 0}), []float64{1.5, 1.5}},
		{"gdpo(std=false,single=reference,whiten=nemo)", "aab", []float64{1, 0, 5}, none, []float64{1, -1, 0}},
		{"gdpo(std=false,whiten=nemo)", "aab", []float64{1, 0, 5}, none, []float64{pair, -pair, 0}},
		// The reward of group b is constant, its parts are not.
		{"gdpo(std=false,whiten=nemo)", "aabb", []float64{1, 0, 1, 1}, parts([]float64{1, 0, 1, 0}, []float64{0, 0, 1, 0}), []float64{0.5 / root(2.5/3), -0.5 / root(2.5/3), 1 / root(2.5/3), -1 / root(2.5/3)}},
		{"gdpo(drop_constant=true,std=false,whiten=nemo)", "aabb", []float64{1, 0, 1, 1}, parts([]float64{1, 0, 1, 0}, []float64{0, 0, 1, 0}), []float64{pair, -pair, 0, 0}},
		// Tokens: m = (0.5 - 1.5)/4 = -1/4, v = (9/16 + 3/16)/3.
		{"gdpo(std=false)", "aa", []float64{1, 0}, func(b *Batch) { fair(b); b.Lengths = []int{1, 3} }, []float64{0.75 / root(0.25+1e-8), -0.25 / root(0.25+1e-8)}},

		{"maxrl", "aaaab", []float64{1, 0, 0, 0, 1}, none, []float64{3, -1, -1, -1, 0}},
		{"maxrl(eps=0.25,single=reference)", "aaaab", []float64{1, 0, 0, 0, 2}, none, []float64{1.5, -0.5, -0.5, -0.5, 2}},
		{"maxrl", "aabb", []float64{-1, 0, -1, 1}, none, []float64{0, 0, 0, 0}},
		{"maxrl", "aaa", []float64{0.1, 0.2, -0.3}, none, []float64{0, 0, 0}}, // sums to 3e-17 in float64
		{"maxrl", "aa", []float64{3, -1}, none, []float64{2, -2}},

		{"batch_std", "aabbc", []float64{1, 0, 1, 1, 8}, none, []float64{0.5 / (0.5 + 1e-6), -0.5 / (0.5 + 1e-6), 0, 0, 0}},
		{"batch_std(drop_constant=true,eps=0)", "aabb", []float64{1, 0, 1, 1}, none, []float64{pair, -pair, 0, 0}},
		{"batch_std(ddof=0,eps=0,single=reference)", "aab", []float64{1, 0, 2}, none, []float64{0.5 / root(2./3), -0.5 / root(2./3), 0}},
		{"batch_std(eps=0.75,eps_inside=true)", "aabb", []float64{1, 0, 1, 1}, none, []float64{0.5, -0.5, 0, 0}},
		{"batch_std", "a", []float64{4}, none, []float64{0}},

		{"qwenlong(eps=0)", "aabbnn", []float64{1, 0, 1, 1, 4, 0}, none, []float64{1, -1, 0, 0, pair, -pair}},
		{"qwenlong(center=task,eps=0)", "aabbnn", []float64{1, 0, 1, 1, 4, 0}, none, []float64{0.5, -1.5, 0.5, 0.5, pair, -pair}},
		{"qwenlong(center=task)", "aabb", []float64{1, 0, 1, 1}, none, []float64{0.25 / (0.5 + 1e-6), -0.75 / (0.5 + 1e-6), 0.25 / (0.5 + 1e-6), 0.25 / (0.5 + 1e-6)}},
		{"qwenlong(center=task,eps=0)", "abcn", []float64{1, 2, 3, 9}, none, []float64{-1, 0, 1, 0}},
		{"qwenlong(center=task,drop_constant=true,eps=0)", "aabb", []float64{1, 0, 1, 1}, none, []float64{pair, -pair, 0, 0}},
		{"qwenlong(eps=0)", "aab", []float64{1, 0, 9}, none, []float64{pair, -pair, 0}},
		{"qwenlong(ddof=0,eps=0,single=reference)", "aabn", []float64{1, 0, 2, 5}, none, []float64{0.5 / root(2./3), -0.5 / root(2./3), 2 / root(2./3), 0}},
	} {
		t.Run(c.spec+"/"+c.groups, func(t *testing.T) {
			b := rows(t, c.groups, c.rewards...).with(c.fields)
			got := make([]float64, len(b.Rewards))
			est := MustParse(c.spec)
			if err := est.Advantages(got, b); err != nil {
				t.Fatal(err)
			}
			for i, want := range c.want {
				if !(math.Abs(got[i]-want) <= 1e-14*math.Abs(want)) || got[i] == 0 && math.Signbit(got[i]) {
					t.Errorf("row %d: %v, want %v", i, got[i], want)
				}
			}
			// In place, and with a component that is the reward.
			if err := est.Advantages(b.Rewards, b); err != nil || !slices.Equal(b.Rewards, got) {
				t.Errorf("in place: %v, %v; want %v", b.Rewards, err, got)
			}
		})
	}
}

// TestGDPOInPlace writes over the reward while it is also a component.
func TestGDPOInPlace(t *testing.T) {
	est := MustParse("gdpo")
	b := rows(t, "aabbaa", 1, 0, 2, 5, 0.5, 0.25)
	format := []float64{0, 1, 1, 0, 1, 1}
	b.Names, b.Components = []string{"reward", "format"}, [][]float64{slices.Clone(b.Rewards), format}
	want := make([]float64, 6)
	if err := est.Advantages(want, b); err != nil {
		t.Fatal(err)
	}
	b.Components[0] = b.Rewards
	if err := est.Advantages(b.Rewards, b); err != nil || !slices.Equal(b.Rewards, want) {
		t.Errorf("%v, %v; want %v", b.Rewards, err, want)
	}
}

// TestCentredZeros: what is exactly 0 stays so although means of the batch are
// subtracted, and rounding errors of thirds do not move it.
func TestCentredZeros(t *testing.T) {
	for _, spec := range []string{"reinforce_pp_baseline", "gdpo", "gdpo(whiten=trl)", "gdpo(whiten=nemo)", "batch_std", "qwenlong"} {
		b := rows(t, "aaabbbcc", 1./3, 2./3, 0.1, 0.7, 0.7, 0.7, 0.1, 0.3)
		b.Lengths = []int{3, 3, 3, 7, 7, 7, 2, 2}
		got := make([]float64, 8)
		if err := MustParse(spec).Advantages(got, b); err != nil {
			t.Fatal(err)
		}
		if got[3] != 0 || got[4] != 0 || got[5] != 0 {
			t.Errorf("%s: %v", spec, got)
		}
	}
}

// TestPooledRange checks that scales far from 1 change nothing but the scale, and
// that eps counts in rewards and not in scaled units.
func TestPooledRange(t *testing.T) {
	base := []float64{1, 0, 0.5, 0.25, -1, 3}
	for _, spec := range []string{"reinforce_pp(eps=0)", "reinforce_pp_baseline(eps=0)", "batch_std(eps=0)", "qwenlong(eps=0)", "qwenlong(center=task,eps=0)", "gdpo(eps=0,std=false,whiten=trl)"} {
		want := make([]float64, 6)
		est := MustParse(spec)
		if err := est.Advantages(want, rows(t, "aabbbb", base...)); err != nil {
			t.Fatal(err)
		}
		for _, k := range []int{1020, 700, 401, 399, -399, -401, -700, -1070} {
			r := slices.Clone(base)
			for i := range r {
				r[i] = math.Ldexp(r[i], k)
			}
			got := make([]float64, 6)
			if err := est.Advantages(got, rows(t, "aabbbb", r...)); err != nil {
				t.Fatalf("%s, 2^%d: %v", spec, k, err)
			}
			for i := range got {
				if math.Abs(got[i]-want[i]) > 1e-14 {
					t.Errorf("%s, 2^%d: %v, want %v", spec, k, got, want)
					break
				}
			}
		}
	}
	// Rewards far below eps are divided by eps, or by its root.
	for spec, want := range map[string]float64{"reinforce_pp": 0.5e-296, "batch_std": 0.5e-294, "qwenlong(eps=4,eps_inside=true)": 0.25e-300} {
		got := make([]float64, 2)
		if err := MustParse(spec).Advantages(got, rows(t, "aa", 1e-300, 0)); err != nil {
			t.Fatal(err)
		}
		if math.Abs(got[0]-want) > 1e-15*want || got[1] != -got[0] {
			t.Errorf("%s: %v, want ±%v", spec, got, want)
		}
	}
}

// TestPooledManyRows: the first mean of very many rewards far from 0 is off by
// more than they differ. With a share p of ones above the offset, the advantages
// are (1-p)/s and -p/s, s² = p(1-p) N/(N-1).
func TestPooledManyRows(t *testing.T) {
	const groups, n = 1 << 13, 37
	sizes := slices.Repeat([]int{n}, groups)
	ix, err := NewIndexSizes(sizes, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &Batch{Index: ix}
	ones := 0
	for i := range groups * n {
		r := 1e6 + 1./3
		if i%7 < 2 {
			r += 0x1p-32
			ones++
		}
		b.Rewards = append(b.Rewards, r)
	}
	got := make([]float64, len(b.Rewards))
	if err := MustParse("reinforce_pp(eps=0)").Advantages(got, b); err != nil {
		t.Fatal(err)
	}
	total := float64(len(got))
	p := float64(ones) / total
	s := math.Sqrt(p * (1 - p) * total / (total - 1))
	for i, a := range got {
		want := -p / s
		if i%7 < 2 {
			want = (1 - p) / s
		}
		if math.Abs(a-want) > 1e-11 {
			t.Fatalf("row %d: %v, want %v", i, a, want)
		}
	}
}

func TestRivalErrors(t *testing.T) {
	two := func(b *Batch) {
		b.Components, b.Names = [][]float64{{1, 0}, {0, 2}}, []string{"accuracy", "format"}
	}
	for _, c := range []struct {
		est    Estimator
		fields func(*Batch)
		want   string
	}{
		{MustParse("gdpo(weights=accuracy:1)"), two, `advantage: gdpo: weights "accuracy:1" leave "format" out; they must name every part`},
		{MustParse("gdpo(weights=accuracy:1+format:1+style:2)"), two, `advantage: gdpo: weights name "style"; the parts of the reward are accuracy format`},
		{MustParse("gdpo(weights=accuracy:1)"), func(*Batch) {}, `advantage: gdpo: weights name "accuracy"; the parts of the reward are reward`},
		{GDPO{Weights: "accuracy"}, two, `advantage: gdpo: weights "accuracy": expected weights such as accuracy:1+format:0.5`},
		{MustParse("gdpo(weights=accuracy:1e308+format:-1e308,std=false,whiten=trl)"), func(b *Batch) {
			b.Components, b.Names = [][]float64{{1e10, 0}, {1e10, 2}}, []string{"accuracy", "format"}
		}, "advantage: row 0: reward gives an advantage beyond the range of float64; scale the rewards down"},
		{MustParse("gdpo"), func(b *Batch) {
			b.Components, b.Names = [][]float64{{1, math.NaN()}}, []string{"accuracy"}
		}, "advantage: row 1: accuracy is NaN; leave rows without a value out of the batch"},
		{GPG{}, func(*Batch) {}, "advantage: gpg: f_norm is 0; it must be positive"},
		{MustParse("remax"), func(*Batch) {}, "advantage: the estimator needs the rewards of the greedy responses, and the batch has no baselines"},
		{MustParse("remax"), func(b *Batch) { b.Baselines = []float64{0, math.Inf(1)} }, "advantage: row 1: baseline is +Inf; leave rows without a value out of the batch"},
		{MustParse("remax"), func(b *Batch) {
			b.Rewards, b.Baselines = []float64{1e308, 0}, []float64{-1e308, 0}
		}, "advantage: row 0: reward gives an advantage beyond the range of float64; scale the rewards down"},
		{MustParse("rloo"), func(b *Batch) { b.Rewards = []float64{math.MaxFloat64, -math.MaxFloat64} }, "advantage: row 0: reward gives an advantage beyond the range of float64; scale the rewards down"},
		{MustParse("opo"), func(b *Batch) { b.Lengths = []int{1, 0} }, "advantage: row 1: length is 0; a response has at least one token"},
		{MustParse("reinforce_pp"), func(b *Batch) { b.Rewards[1] = math.NaN() }, "advantage: row 1: reward is NaN; leave rows without a value out of the batch"},
		{MustParse("qwenlong"), func(b *Batch) { b.Index, _ = NewIndexSizes([]int{2}, nil) }, ErrNoTasks.Error()},
	} {
		b := rows(t, "aa", 1, 0).with(c.fields)
		if err := c.est.Advantages(make([]float64, 2), b); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.est, err, c.want)
		}
	}
}

func TestWeightsSpelling(t *testing.T) {
	for text, want := range map[string]string{
		"accuracy:1+format:0.50":         "gdpo(weights=accuracy:1+format:0.5)",
		"b:1e+20+a:-0":                   "gdpo(weights=b:1e+20+a:0)",
		"reward/format:-.5":              "gdpo(weights=reward/format:-0.5)",
		"é:2":                            "gdpo(weights=é:2)",
		"a:1+e:1E+2+f:+3":                "gdpo(weights=a:1+e:100+f:3)",
		"accuracy:1000000000000000000e9": "gdpo(weights=accuracy:1e+27)",
	} {
		e, err := Parse("gdpo(weights=" + text + ")")
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if again, err := Parse(e.String()); e.String() != want || err != nil || again != e {
			t.Errorf("%s: %s, and read back %v, %v; want %s", text, e, again, err, want)
		}
	}
	for text, want := range map[string]string{
		"accuracy":        "expected weights such as",
		"accuracy:":       "expected weights such as",
		"accuracy:x":      "expected weights such as",
		"accuracy:inf":    "expected weights such as",
		"accuracy:0x1p3":  "expected weights such as",
		"accuracy:1+":     "expected weights such as",
		"accuracy:1++b:2": "expected weights such as",
		":1":              "expected weights such as",
		"a b:1":           "expected weights such as",
		"a:1+b:2+a:3":     "a has two weights",
	} {
		var bad *SpellingError
		if e, err := Parse("gdpo(weights=" + text + ")"); !errors.As(err, &bad) || !strings.Contains(bad.Msg, want) {
			t.Errorf("%s: %v, %v; want %s", text, e, err, want)
		}
	}
}
