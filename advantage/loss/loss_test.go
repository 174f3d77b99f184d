package loss_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
)

// one is a batch of one token with a log-ratio d against a logp_old of -8.
func one(d, a float64) *loss.Batch {
	return &loss.Batch{Start: []int{0, 1}, LogP: []float64{d - 8}, LogPOld: []float64{-8}, Advantages: []float64{a}}
}

// TestKinks pins the one-sided rules of torch at kinks, by hand; the goldens hold
// the clamps and the ties as torch differentiates them.
func TestKinks(t *testing.T) {
	e20 := 485165195.4097903
	for _, c := range []struct {
		surrogate                      string
		d, a, loss, grad, clipped, low float64
	}{
		// At the edges of the interval the gradient is that of the inside.
		{"ppo(clip_low=0)", 0, -1, 1, 1, 0, 0},
		{"ppo(clip_low=0)", 0, 1, -1, -1, 0, 0},
		{"ppo(clip_high=0)", 0, 2, -2, -2, 0, 0},
		{"ppo(clip_low=0,clip_high=0)", 0, -2, 2, 2, 0, 0},
		// At a log-ratio of 20 the gradient is that of the inside, beyond it 0.
		{"ppo(clip_c=0)", 20, -1, e20, e20, 0, 0},
		{"ppo(clip_c=0)", 20.5, -1, e20, 0, 0, 0},
		{"ppo(clip_low=1)", -20, 1, -2.061153622438558e-09, -2.061153622438558e-09, 0, 0},
		{"ppo(clip_low=1)", -21, 1, -2.061153622438558e-09, 0, 0, 0},
		// Where the dual clip meets the loss, half of the gradient.
		{"ppo(clip_c=485165195.4097903)", 20, -1, e20, e20 / 2, 0, 0},
		{"ppo(clip_c=485165195)", 20, -1, 485165195, 0, 0, 1},
		{"gppo(clip_c=485165195.4097903)", 20, -1, e20, e20 / 2, 0, 0},
		// A = 0 has no loss and no gradient, and is never clipped.
		{"ppo", 3, 0, 0, 0, 0, 0},
		{"ppo", -3, 0, 0, 0, 0, 0},
		// Clipped from above with A > 0 and from below with A < 0 only.
		{"ppo", 3, 1, -1.28, 0, 1, 0},
		{"ppo", -3, -1, 0.8, 0, 1, 0},
		{"ppo", 3, -1, 3, 0, 0, 1},
		{"gppo", 3, 1, -1.28, -1.28, 1, 0},
		{"gppo", -3, -1, 0.8, 0.8, 1, 0},
		{"gppo(clip_high=0)", 21, 1, -1, 0, 1, 0},
		{"ce_gppo(beta1=0.5)", -3, -1, 0.4, 0.4, 1, 0},
		{"ce_gppo(beta2=0.5)", 3, 1, -0.64, -0.64, 1, 0},
		{"ce_gppo(beta1=10)", -3, -1, 3, 0, 1, 1},
		{"cispo", 3, 1, 6.4, -1.28, 1, 0},
		{"cispo", 25, 1, -1.28 * 17, -1.28, 1, 0},
		{"aspo", -3, 1, 33, -3, 0, 1},
		{"aspo", 3, 1, -1 / 1.2, 0, 1, 0},
		{"aspo", 3, -1, -15, 3, 0, 1},
		{"aspo", -3, -1, 0.8, 0, 1, 0},
		{"aspo(clip_high=0)", 0, 1, -1, -1, 0, 0},
		{"sapo", 0, 1, -2, -1, 0, 0},
		{"sapo", 0, -2, 4 / 1.05, 2, 0, 0},
		{"gspo(clip_high=1e9)", 10, 1, -22026.465794806718, -22026.465794806718, 0, 0},
		{"gspo(clip_high=1e9)", 10.5, 1, -22026.465794806718, 0, 0, 0},
		{"reinforce", 3, 2, 10, -2, 0, 0},
	} {
		r, grad, _, err := eval(loss.Config{Surrogate: loss.MustParseSurrogate(c.surrogate)}, one(c.d, c.a))
		if err != nil {
			t.Fatal(err)
		}
		if !near(r.Loss, c.loss) || !near(grad[0], c.grad) || r.Clipped != c.clipped || r.ClippedLower != c.low {
			t.Errorf("%s, log-ratio %v, A %v: loss %v, gradient %v, clipped %v, lower %v, want %v %v %v %v", c.surrogate, c.d, c.a, r.Loss, grad[0], r.Clipped, r.ClippedLower, c.loss, c.grad, c.clipped, c.low)
		}
	}
}

func TestZeroConfigIsTheRecipe(t *testing.T) {
	b := &loss.Batch{Start: []int{0, 2, 3}, LogP: []float64{-0.5, -1, -2}, LogPOld: []float64{-0.6, -1.5, -0.2}, LogPRollout: []float64{-0.6, -0.5, -0.3}, Advantages: []float64{1, 1, -1}}
	r, grad, weights, err := eval(loss.Config{}, b)
	if err != nil {
		t.Fatal(err)
	}
	// r = e^0.1, e^0.5, e^-1.8
	if want := (-math.Exp(0.1) - 1.28 + 0.8) / 3; !near(r.Loss, want) || !near(r.Policy, want) {
		t.Errorf("loss %v, want %v", r.Loss, want)
	}
	if !near(grad[0], -math.Exp(0.1)/3) || grad[1] != 0 || grad[2] != 0 || weights[0] != 1 || weights[2] != 1 {
		t.Errorf("gradient %v, weights %v", grad, weights)
	}
	if r.Tokens != 3 || r.Sequences != 2 || !near(r.Clipped, 2./3) || r.ClippedLower != 0 || !near(r.PPOKL, 1.2/3) || !near(r.MeanRatio, (math.Exp(0.1)+math.Exp(0.5)+math.Exp(-1.8))/3) {
		t.Errorf("%+v", r)
	}
	for _, same := range []loss.Config{{Surrogate: loss.MustParseSurrogate("ppo")}, {Surrogate: loss.PPO{ClipLow: 0.2, ClipHigh: 0.28, ClipC: 3}}, {Rollout: loss.MustParseCorrection("none")}} {
		if r2, err := same.Eval(nil, nil, b); err != nil || r2 != r {
			t.Errorf("%+v: %+v %v", same, r2, err)
		}
	}
}

// TestRollout: weights multiply the policy part, rejection shrinks the mask.
func TestRollout(t *testing.T) {
	b := &loss.Batch{Start: []int{0, 2, 3}, LogP: []float64{-1, -1, -1}, LogPRollout: []float64{-1, -1 - math.Log(4), -1 - math.Log(2)}, LogPRef: []float64{-2, -2, -2}, Advantages: []float64{1, 1, 1}}
	r, grad, weights, err := eval(loss.Config{Rollout: loss.MustParseCorrection("icepop(lower=0.5,upper=3)"), KL: loss.KL{Kind: loss.K1, Coef: 3}}, b)
	if err != nil {
		t.Fatal(err)
	}
	if !near(r.Policy, -1) || r.KL != 1 || !near(r.Loss, 2) || r.Tokens != 3 || !near(r.Rollout.Zeroed, 1./3) {
		t.Errorf("%+v", r)
	}
	for i, want := range []float64{1, 0, 2} {
		if !near(weights[i], want) || !near(grad[i], 1-want/3) {
			t.Errorf("token %d: weight %v, gradient %v", i, weights[i], grad[i])
		}
	}
	r, grad, _, err = eval(loss.Config{Rollout: loss.MustParseCorrection("none(reject=token_ratio:0.5_3)")}, b)
	if err != nil {
		t.Fatal(err)
	}
	if r.Tokens != 2 || r.Loss != -1 || grad[0] != -0.5 || grad[1] != 0 || grad[2] != -0.5 {
		t.Errorf("%+v %v", r, grad)
	}
}

func TestNothing(t *testing.T) {
	full := &loss.Batch{Start: []int{0, 2, 2}, LogP: []float64{1, 2}, LogPOld: []float64{math.NaN(), 2}, LogPRef: []float64{1, 2}, Entropy: []float64{1, math.Inf(1)}, EntropyOld: []float64{1, 1},
		LogPRollout: []float64{1, 2}, Advantages: []float64{1, 1}, Mask: []bool{false, false}, Groups: []int{2}}
	for i, b := range []*loss.Batch{{}, {Start: []int{0}}, {Start: []int{0, 0, 0}, Groups: []int{1, 1}}, full} {
		for _, name := range loss.Surrogates() {
			for _, mode := range loss.Modes() {
				a, err := loss.ParseAggregation(mode)
				if err != nil {
					t.Fatal(err)
				}
				c := loss.Config{Surrogate: loss.MustParseSurrogate(name), Aggregation: a, KL: loss.KL{Coef: 1}, EntropyCoef: 1, Rollout: loss.MustParseCorrection("icepop")}
				grad, weights := []float64{7, 7}[:b.Tokens()], []float64{7, 7}[:b.Tokens()]
				r, err := c.Eval(grad, weights, b)
				if mode == "group-token-mean" && b.Groups == nil && b.Sequences() > 0 {
					continue
				}
				if err != nil || r.Loss != 0 || r.Tokens != 0 || r.Clipped != 0 || r.PPOKL != 0 || r.MeanRatio != 0 {
					t.Errorf("batch %d, %s, %s: %+v %v", i, name, mode, r, err)
				}
				for j := range grad {
					if grad[j] != 0 || weights[j] != 0 {
						t.Errorf("batch %d, %s, %s: gradient %v, weights %v", i, name, mode, grad, weights)
					}
				}
			}
		}
	}
}

func TestEvalErrors(t *testing.T) {
	b := func(change func(b *loss.Batch)) *loss.Batch {
		b := &loss.Batch{Start: []int{0, 1, 3}, LogP: []float64{-1, -1, -1}, LogPOld: []float64{-1, -1, -1}, Advantages: []float64{1, 1, 1}}
		change(b)
		return b
	}
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		config loss.Config
		batch  *loss.Batch
		want   string
	}{
		{loss.Config{}, b(func(b *loss.Batch) { b.LogP[2] = nan }), "loss: sequence 1, token 1: logp is NaN"},
		{loss.Config{}, b(func(b *loss.Batch) { b.LogPOld[1] = inf }), "loss: sequence 1, token 0: logp_old is +Inf; mask tokens without a finite value"},
		{loss.Config{}, b(func(b *loss.Batch) { b.Advantages[0] = -inf }), "loss: sequence 0, token 0: advantages is -Inf; mask tokens without a finite value"},
		{loss.Config{}, b(func(b *loss.Batch) { b.Coef = []float64{1, inf, 1} }), "loss: sequence 1, token 0: coef is +Inf"},
		{loss.Config{}, b(func(b *loss.Batch) { b.LogPRef = []float64{0, 0, nan} }), "loss: sequence 1, token 1: logp_ref is NaN"},
		{loss.Config{}, b(func(b *loss.Batch) { b.Entropy = []float64{0, nan, 0} }), "loss: sequence 1, token 0: entropy is NaN"},
		{loss.Config{Surrogate: loss.ERC{Upper: 1}}, b(func(b *loss.Batch) { b.Entropy, b.EntropyOld = []float64{0, 0, 0}, []float64{0, nan, 0} }), "loss: sequence 1, token 0: entropy_old is NaN"},
		{loss.Config{}, b(func(b *loss.Batch) { b.Advantages = nil }), loss.ErrNoAdvantages.Error()},
		{loss.Config{KL: loss.KL{Coef: 1}}, b(func(b *loss.Batch) {}), loss.ErrNoReference.Error()},
		{loss.Config{EntropyCoef: 1}, b(func(b *loss.Batch) {}), loss.ErrNoBonus.Error()},
		{loss.Config{Surrogate: loss.ERC{Upper: 1}}, b(func(b *loss.Batch) {}), loss.ErrNoEntropy.Error()},
		{loss.Config{Rollout: loss.MustParseCorrection("is")}, b(func(b *loss.Batch) {}), loss.ErrNoRollout.Error()},
		{loss.Config{Aggregation: loss.Aggregation{Mode: loss.GroupTokenMean}}, b(func(b *loss.Batch) {}), loss.ErrNoGroups.Error()},
		{loss.Config{Aggregation: loss.Aggregation{Mode: 77}}, b(func(b *loss.Batch) {}), "no aggregation Mode(77)"},
		{loss.Config{Aggregation: loss.Aggregation{Total: -1}}, b(func(b *loss.Batch) {}), "no aggregation token-mean(length=0,total=-1)"},
		{loss.Config{KL: loss.KL{Kind: 77}}, b(func(b *loss.Batch) {}), "no kind of KL"},
		{loss.Config{KL: loss.KL{Coef: nan}}, b(func(b *loss.Batch) {}), "must be finite"},
		{loss.Config{Surrogate: loss.PPO{ClipLow: -1}}, b(func(b *loss.Batch) {}), "loss: ppo: the interval [1--1, 1+0] does not hold 1"},
		{loss.Config{Surrogate: loss.PPO{ClipC: 0.5}}, b(func(b *loss.Batch) {}), "loss: ppo: a dual clip of 0.5"},
		{loss.Config{Surrogate: loss.GPPO{ClipHigh: nan}}, b(func(b *loss.Batch) {}), "gppo"},
		{loss.Config{Surrogate: loss.CEGPPO{Beta1: inf}}, b(func(b *loss.Batch) {}), "ce_gppo"},
		{loss.Config{Surrogate: loss.GSPO{ClipHigh: inf}}, b(func(b *loss.Batch) {}), "gspo"},
		{loss.Config{Surrogate: loss.CISPO{ClipLow: inf}}, b(func(b *loss.Batch) {}), "cispo"},
		{loss.Config{Surrogate: loss.ASPO{ClipCPos: 1}}, b(func(b *loss.Batch) {}), "aspo"},
		{loss.Config{Surrogate: loss.SAPO{TauPos: 1}}, b(func(b *loss.Batch) {}), "sapo"},
		{loss.Config{Surrogate: loss.ERC{Lower: 2, Upper: 1}}, b(func(b *loss.Batch) { b.Entropy, b.EntropyOld = b.LogP, b.LogP }), "above the upper bound"},
		{loss.Config{Surrogate: loss.ERC{Base: loss.PPO{ClipC: 0.5}, Upper: 1}}, b(func(b *loss.Batch) { b.Entropy, b.EntropyOld = b.LogP, b.LogP }), "dual clip"},
		// Beyond the range of float64.
		{loss.Config{Surrogate: loss.PPO{ClipHigh: 9}}, b(func(b *loss.Batch) { b.Advantages[2], b.LogP[2] = 1e308, 1 }), "loss: sequence 1, token 1: loss leaves the range of float64"},
		{loss.Config{Aggregation: loss.Aggregation{Mode: loss.TokenSum}}, b(func(b *loss.Batch) { b.Advantages = []float64{1e308, 0, 1e308} }), "loss: sequence 1, token 1: loss makes the sum leave the range"},
		{loss.Config{KL: loss.KL{Kind: loss.K2, Coef: 1}}, b(func(b *loss.Batch) { b.LogPRef = []float64{0, 1e200, 0} }), "loss: sequence 1, token 0: logp_ref gives a KL estimate beyond the range"},
		{loss.Config{KL: loss.KL{Kind: loss.K1, Coef: 1e308}}, b(func(b *loss.Batch) { b.LogPRef = []float64{-9, -9, -9} }), "scale the coefficients down"},
	} {
		_, _, _, err := eval(c.config, c.batch)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.config, err, c.want)
		}
		var token *loss.TokenError
		if strings.HasPrefix(c.want, "loss: sequence") != errors.As(err, &token) {
			t.Errorf("%+v: %T", c.config, err)
		}
	}
}

func TestPanics(t *testing.T) {
	three := []float64{0, 0, 0}
	for want, f := range map[string]func(){
		"but places for 2 gradients": func() {
			loss.Config{}.Eval(three[:2], nil, &loss.Batch{Start: []int{0, 3}, LogP: three, Advantages: three})
		},
		"and 1 weights": func() {
			loss.Config{}.Eval(nil, three[:1], &loss.Batch{Start: []int{0, 3}, LogP: three, Advantages: three})
		},
		"but 2 of coef": func() {
			loss.Config{}.Eval(nil, nil, &loss.Batch{Start: []int{0, 3}, LogP: three, Advantages: three, Coef: three[:2]})
		},
		"but 2 of advantages": func() {
			loss.Config{}.Eval(nil, nil, &loss.Batch{Start: []int{0, 3}, LogP: three, Advantages: three[:2]})
		},
		"but a mask of 0":        func() { loss.Config{}.Eval(nil, nil, &loss.Batch{Start: []int{0, 3}, LogP: three, Mask: []bool{}}) },
		"without the starts":     func() { loss.Config{}.Eval(nil, nil, &loss.Batch{LogP: three}) },
		"sequences from 0 to 2":  func() { loss.Config{}.Eval(nil, nil, &loss.Batch{Start: []int{0, 2}, LogP: three}) },
		"sequences from 1 to 3":  func() { loss.Config{}.Eval(nil, nil, &loss.Batch{Start: []int{1, 3}, LogP: three}) },
		"sequence 1 ends before": func() { loss.Config{}.Eval(nil, nil, &loss.Batch{Start: []int{0, 2, 1, 3}, LogP: three}) },
		"but groups of 2":        func() { loss.Config{}.Eval(nil, nil, &loss.Batch{Start: []int{0, 3}, LogP: three, Groups: []int{2}}) },
		"group 1 has 0 sequences": func() {
			loss.Config{}.Eval(nil, nil, &loss.Batch{Start: []int{0, 3}, LogP: three, Groups: []int{1, 0}})
		},
		"places for 1 coefficients": func() { loss.Aggregation{}.Coefficients(three[:1], &loss.Batch{Start: []int{0, 3}, LogP: three}) },
	} {
		func() {
			defer func() {
				if msg, _ := recover().(string); !strings.HasPrefix(msg, "loss: ") || !strings.Contains(msg, want) {
					t.Errorf("%q, want %q", msg, want)
				}
			}()
			f()
		}()
	}
}

// TestKL: values by hand; k3 of small differences keeps its relative precision.
func TestKL(t *testing.T) {
	for _, c := range []struct {
		kind               string
		d, value, gradient float64
	}{
		{"k1", -3, -3, 1}, {"kl", 2, 2, 1}, {"k2", -3, 4.5, -3}, {"mse", 2, 2, 2}, {"abs", -3, 3, -1}, {"abs", 3, 3, 1}, {"abs", 0, 0, 0},
		{"k3", 0, 0, 0}, {"k3", 1, math.Exp(-1), 1 - math.Exp(-1)}, {"low_var_kl", -1, math.E - 2, 1 - math.E},
		{"k3", 1e-9, 4.9999999983333333e-19, 9.999999995e-10}, {"k3", -1e-150, 5e-301, -1e-150}, {"k3", -0.25, math.Expm1(0.25) - 0.25, -math.Expm1(0.25)}, {"k3", 0.2, math.Expm1(-0.2) + 0.2, -math.Expm1(-0.2)},
		{"k3", -3, 10, 0}, {"k3", 5, math.Exp(-5) + 4, 1 - math.Exp(-5)}, {"k3", 30, 10, 0}, {"k3", -1e308, 10, 0},
		{"k1+", -3, -3, -3}, {"k2+", -3, 4.5, -3}, {"k3+", -3, 10, -3}, {"abs+", -3, 3, -3}, {"low_var_kl+", 0, 0, 0},
	} {
		kind, err := loss.ParseKLKind(c.kind)
		if err != nil {
			t.Fatal(err)
		}
		v, g := kind.Token(c.d, 0)
		if math.Abs(v-c.value) > 1e-14*math.Abs(c.value) || math.Abs(g-c.gradient) > 1e-14*math.Abs(c.gradient) {
			t.Errorf("%s(%v) = %v, gradient %v, want %v, %v", c.kind, c.d, v, g, c.value, c.gradient)
		}
	}
	for _, k := range []loss.KLKind{loss.K1, loss.K2, loss.K3, loss.KLAbs, loss.K1Plus, loss.K2Plus, loss.K3Plus, loss.KLAbsPlus} {
		if back, err := loss.ParseKLKind(k.String()); back != k || err != nil {
			t.Errorf("%s is %s, %v", k, back, err)
		}
	}
	for _, bad := range []string{"", "k4", "+", "K1", "k1++"} {
		if _, err := loss.ParseKLKind(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
	if s := loss.KLKind(99).String(); s != "KLKind(99)" {
		t.Error(s)
	}
}

func TestParseSurrogate(t *testing.T) {
	for spelling, want := range map[string]loss.Surrogate{
		"ppo": loss.PPO{ClipLow: 0.2, ClipHigh: 0.28, ClipC: 3},
		" ppo ( clip_low = 0.1 , clip_high=0.1, clip_c=0 )": loss.PPO{ClipLow: 0.1, ClipHigh: 0.1},
		"gspo": loss.GSPO{ClipLow: 3e-4, ClipHigh: 4e-4},
		"erc(base=gppo(clip_c=10),lower=0.8,upper=1.2)": loss.ERC{Base: loss.GPPO{ClipLow: 0.2, ClipHigh: 0.28, ClipC: 10}, Lower: 0.8, Upper: 1.2},
		"erc": loss.ERC{Base: loss.PPO{ClipLow: 0.2, ClipHigh: 0.28, ClipC: 3}, Lower: 0.95, Upper: 1.05},
	} {
		s, err := loss.ParseSurrogate(spelling)
		if err != nil || s != want {
			t.Errorf("%s is %#v, %v", spelling, s, err)
		}
	}
	for spelling, want := range map[string]string{
		"":                         "expected the name of a surrogate",
		"pppo":                     `unknown surrogate "pppo", did you mean ppo?`,
		"ppo(clip=1)":              "ppo has no option clip, did you mean clip_c?; it has clip_c clip_high clip_low",
		"ppo(clip_c=1)":            "clip_c: expected a number above 1, or 0 for none",
		"ppo(clip_c=x)":            "clip_c: expected a number",
		"ppo(clip_low=-1)":         "clip_low: expected a number from 0",
		"ppo) ":                    "nothing may follow the surrogate",
		"ppo(clip_low=1":           "expected , or )",
		"reinforce(x=1)":           "reinforce has no options",
		"erc(base=ppo(clip_c=.5))": "expected a number above 1",
		"erc(base=erc(base=nope))": "unknown surrogate",
		"sapo(tau_pos=0)":          "tau_pos: expected a number",
	} {
		_, err := loss.ParseSurrogate(spelling)
		var s *loss.SpellingError
		if !errors.As(err, &s) || !strings.Contains(err.Error(), want) || s.Text == "" && spelling != "" {
			t.Errorf("%q: %v, want %s", spelling, err, want)
		}
	}
	for _, name := range loss.Surrogates() {
		info, ok := loss.DescribeSurrogate(name)
		s := loss.MustParseSurrogate(name)
		if !ok || info.Name != name || info.Formula == "" || s.String() != name {
			t.Errorf("%s: %+v, spelled %s", name, info, s)
		}
		for _, o := range info.Options { // defaults that are written out change nothing
			if again := loss.MustParseSurrogate(name + "(" + o.Name + "=" + o.Default + ")"); again != s || o.Help == "" {
				t.Errorf("%s with its default %s=%s is %s", name, o.Name, o.Default, again)
			}
		}
	}
	if _, ok := loss.DescribeSurrogate("nope"); ok {
		t.Error("nope is described")
	}
	defer func() {
		if recover() == nil {
			t.Error("MustParseSurrogate does not panic")
		}
	}()
	loss.MustParseSurrogate("nope")
}

func TestParseAggregation(t *testing.T) {
	for text, want := range map[string]loss.Aggregation{
		"token-mean": {},
		"seq_mean_token_sum_norm ( length=8192 )": {Mode: loss.SequenceMeanTokenSumNorm, Length: 8192},
		"group-token-mean(total=4)":               {Mode: loss.GroupTokenMean, Total: 4},
	} {
		a, err := loss.ParseAggregation(text)
		if err != nil || a != want {
			t.Errorf("%s is %#v, %v", text, a, err)
		}
		if back, err := loss.ParseAggregation(a.String()); back != a || err != nil {
			t.Errorf("%s reads back as %s, %v", a, back, err)
		}
	}
	for text, want := range map[string]string{
		"":                      "unknown aggregation",
		"token-means":           "did you mean token-mean?",
		"token-mean(length=-1)": "length: expected a whole number",
		"token-mean(width=1)":   "token-mean has no option width",
		"token-mean token-mean": "nothing may follow the aggregation",
		"token-mean(total=1.5)": "total: expected a whole number",
		"token-mean(total=1,)":  "expected an option",
	} {
		if _, err := loss.ParseAggregation(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestAggregations: three sequences of 2, 1 and 0 valid tokens with losses 1, 2
// and 6; the longest has three places.
func TestAggregations(t *testing.T) {
	b := &loss.Batch{Start: []int{0, 3, 4, 5}, LogP: []float64{-1, -1, -2, -6, -9}, Advantages: []float64{1, 9, 1, 1, 9}, Mask: []bool{true, false, true, true, false}, Groups: []int{1, 2}}
	for text, want := range map[string]float64{
		"token-mean": 3, "token-sum": 9, "seq-mean-token-mean": (1.5 + 6) / 2, "seq-mean-token-sum": 4.5, "seq-mean-token-sum-norm": 1.5,
		"seq-mean-token-sum-norm(length=9)": 0.5, "token-sum-norm": 3, "token-sum-norm(length=18)": 0.5, "group-token-mean": (1.5 + 6) / 2,
		"token-mean(total=90)": 0.1, "seq-mean-token-mean(total=5)": 1.5, "seq-mean-token-sum(total=3)": 3, "group-token-mean(total=3)": 2.5,
	} {
		a, err := loss.ParseAggregation(text)
		if err != nil {
			t.Fatal(err)
		}
		r, err := loss.Config{Surrogate: loss.REINFORCE{}, Aggregation: a}.Eval(nil, nil, b)
		if err != nil || !near(r.Loss, want) {
			t.Errorf("%s: %v, want %v, %v", text, r.Loss, want, err)
		}
	}
	b.Groups = []int{2, 1} // one group of three valid tokens, one of none
	r, err := loss.Config{Surrogate: loss.REINFORCE{}, Aggregation: loss.Aggregation{Mode: loss.GroupTokenMean}}.Eval(nil, nil, b)
	if err != nil || !near(r.Loss, 3) {
		t.Errorf("group-token-mean: %v, want 3, %v", r.Loss, err)
	}
}
