package loss_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/advantage/loss"
)

const lawSeed = 20260520

// law runs check on seeds until it says what is wrong.
func law(t *testing.T, name string, check func(rng *rand.Rand) string) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Logf("seed %d", lawSeed)
		p := gopter.DefaultTestParametersWithSeed(lawSeed)
		p.MinSuccessfulTests = 400
		ps := gopter.NewProperties(p)
		ps.Property(name, prop.ForAll(func(seed uint64) string { return check(rand.New(rand.NewPCG(seed, lawSeed))) }, gen.UInt64()))
		ps.TestingRun(t)
	})
}

// spreads are sizes of log-ratios: none, usual, far and beyond the clamp.
var spreads = []float64{0, 0.1, 1, 15}

// total is the loss from its definition, with gradients stopped at b.LogP and
// log-probabilities lp.
func total(c loss.Config, b *loss.Batch, weights, lp []float64) (sum, size float64) {
	for t, f := range factors(c.Aggregation, b) {
		if !b.Mask[t] {
			continue
		}
		x := weights[t] * frozen(c.Surrogate, lp[t], b.LogP[t], b.LogPOld[t], b.Advantages[t])
		d := lp[t] - b.LogPRef[t]
		d0 := b.LogP[t] - b.LogPRef[t]
		kl := map[loss.KLKind]float64{
			loss.K1: d, loss.K2: d * d / 2, loss.K3: math.Min(math.Expm1(-d)+d, 10), loss.KLAbs: math.Abs(d),
			loss.K1Plus: d0 + d*d/2 - d0*d0/2, loss.K2Plus: d * d / 2, loss.K3Plus: math.Min(math.Expm1(-d0)+d0, 10) + d*d/2 - d0*d0/2, loss.KLAbsPlus: math.Abs(d0) + d*d/2 - d0*d0/2,
		}[c.KL.Kind]
		x += c.KL.Coef*kl - c.EntropyCoef*b.Entropy[t]
		sum += f * x
		size += math.Abs(f * x)
	}
	return sum, size
}

// TestGradients compares value and gradient with the definition and its central
// differences, away from kinks.
func TestGradients(t *testing.T) {
	compared := map[string]int{}
	law(t, "gradients are derivatives", func(rng *rand.Rand) string {
		spread := spreads[rng.IntN(3)]
		b, c := drawBatch(rng, spread), drawConfig(rng)
		if _, ok := c.Surrogate.(loss.GSPO); ok {
			return "" // see TestGSPO
		}
		r, grad, weights, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		want, size := total(c, b, weights, b.LogP)
		if math.Abs(r.Loss-want) > 1e-12*size {
			return fmt.Sprintf("%+v: loss %v, want %v", c, r.Loss, want)
		}
		lp := slices.Clone(b.LogP)
		const h = 1e-5
	tokens:
		for i := range lp {
			for _, k := range kinks(c.Surrogate) {
				if math.Abs(lp[i]-b.LogPOld[i]-k) < 10*h {
					continue tokens
				}
			}
			if d := lp[i] - b.LogPRef[i]; math.Abs(d) < 10*h || math.Abs(math.Expm1(-d)+d-10) < 1e-3 {
				continue // kinks of abs and of k3
			}
			lp[i] = b.LogP[i] + h
			up, _ := total(c, b, weights, lp)
			lp[i] = b.LogP[i] - h
			down, _ := total(c, b, weights, lp)
			lp[i] = b.LogP[i]
			if d := (up - down) / (2 * h); math.Abs(d-grad[i]) > 1e-6*math.Abs(d)+1e-9*size+1e-9 {
				return fmt.Sprintf("%+v: token %d: gradient %v, difference quotient %v", c, i, grad[i], d)
			}
			compared[fmt.Sprintf("%T", c.Surrogate)]++
		}
		return ""
	})
	for _, s := range []loss.Surrogate{loss.PPO{}, loss.REINFORCE{}, loss.CISPO{}, loss.GPPO{}, loss.CEGPPO{}, loss.ASPO{}, loss.SAPO{}} {
		if n := compared[fmt.Sprintf("%T", s)]; n < 100 {
			t.Errorf("%T: %d tokens compared", s, n)
		}
	}
}

// TestGSPO: the gradient of a sequence adds up to the derivative for a shift of
// all its log-probabilities, and is the derivative itself where advantages are
// equal.
func TestGSPO(t *testing.T) {
	moved := 0
	law(t, "gspo", func(rng *rand.Rand) string {
		b := drawBatch(rng, 0.3)
		equal := rng.IntN(2) == 0
		if equal {
			for i := range b.Advantages {
				b.Advantages[i] = 1.5
			}
		}
		s := loss.GSPO{ClipLow: 0.1, ClipHigh: 0.2}
		c := loss.Config{Surrogate: s, Aggregation: loss.Aggregation{Mode: loss.SequenceMeanTokenMean}}
		_, grad, _, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		const h = 1e-6
		slope := func(tokens ...int) float64 {
			var v [2]float64
			for i, by := range []float64{-h, h} {
				at := *b
				at.LogP = slices.Clone(b.LogP)
				for _, t := range tokens {
					at.LogP[t] += by
				}
				r, err := c.Eval(nil, nil, &at)
				if err != nil {
					panic(err)
				}
				v[i] = r.Loss
			}
			return (v[1] - v[0]) / (2 * h)
		}
		for q := range b.Sequences() {
			var all []int
			var sum, mean float64
			for t := b.Start[q]; t < b.Start[q+1]; t++ {
				if b.Mask[t] {
					all = append(all, t)
					sum += grad[t]
					mean += b.LogP[t] - b.LogPOld[t]
				}
			}
			if len(all) == 0 {
				continue
			}
			mean /= float64(len(all))
			if math.Abs(mean-math.Log(0.9)) < 1e-4 || math.Abs(mean-math.Log(1.2)) < 1e-4 {
				continue
			}
			moved++
			if d := slope(all...); math.Abs(d-sum) > 1e-7*(1+math.Abs(d)) {
				return fmt.Sprintf("sequence %d: gradients add up to %v, difference quotient %v", q, sum, d)
			}
			if d := slope(all[0]); equal && math.Abs(d-grad[all[0]]) > 1e-7*(1+math.Abs(d)) {
				return fmt.Sprintf("sequence %d: gradient %v, difference quotient %v", q, grad[all[0]], d)
			}
		}
		return ""
	})
	if moved < 500 {
		t.Errorf("%d sequences compared", moved)
	}
}

func TestLaws(t *testing.T) {
	law(t, "the gradient at ratio 1 is that of reinforce", func(rng *rand.Rand) string {
		b, c := drawBatch(rng, 0), drawConfig(rng)
		if rng.IntN(2) == 0 {
			b.LogPOld = nil
		}
		if p, ok := c.Surrogate.(loss.CEGPPO); ok && p.ClipC != 0 {
			p.ClipC = 3
			c.Surrogate = p
		}
		_, grad, _, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		c.Surrogate = loss.REINFORCE{}
		_, want, _, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		for i := range grad {
			if math.Abs(grad[i]-want[i]) > 1e-15*math.Abs(want[i]) {
				return fmt.Sprintf("token %d: %v, reinforce %v", i, grad[i], want[i])
			}
		}
		return ""
	})
	law(t, "clipping never increases the objective and the dual clip never decreases it", func(rng *rand.Rand) string {
		b := drawBatch(rng, spreads[rng.IntN(4)])
		low, high, dual := rng.Float64(), rng.Float64(), 1.01+3*rng.Float64()
		value := func(p loss.PPO) float64 {
			r, err := loss.Config{Surrogate: p, Aggregation: loss.Aggregation{Mode: loss.TokenSum}}.Eval(nil, nil, b)
			if err != nil {
				panic(err)
			}
			return -r.Loss
		}
		free := value(loss.PPO{ClipLow: 1, ClipHigh: 1e9})
		wide := value(loss.PPO{ClipLow: low, ClipHigh: high})
		narrow := value(loss.PPO{ClipLow: low / 2, ClipHigh: high / 2})
		bounded := value(loss.PPO{ClipLow: low, ClipHigh: high, ClipC: dual})
		if tiny := 1e-9 * math.Abs(wide); wide > free+tiny || narrow > wide+tiny || bounded < wide-tiny {
			return fmt.Sprintf("free %v, clipped %v, more %v, dual %v", free, wide, narrow, bounded)
		}
		return ""
	})
	law(t, "masked tokens may hold anything, and padding changes nothing", func(rng *rand.Rand) string {
		b, c := drawBatch(rng, spreads[rng.IntN(4)]), drawConfig(rng)
		if rng.IntN(4) == 0 {
			c.Surrogate = loss.ERC{Base: c.Surrogate, Lower: 0.95, Upper: 1.05}
		}
		c.Aggregation.Length = 7 + rng.IntN(5)
		r, grad, weights, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		padded := &loss.Batch{Start: []int{0}, Groups: b.Groups}
		var from []int
		for s := range b.Sequences() {
			for t := b.Start[s]; t < b.Start[s+1]; t++ {
				from = append(from, t)
			}
			for range rng.IntN(3) {
				from = append(from, -1)
			}
			padded.Start = append(padded.Start, len(from))
		}
		bad := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e308}
		for _, x := range []struct{ to, of *[]float64 }{{&padded.LogP, &b.LogP}, {&padded.LogPOld, &b.LogPOld}, {&padded.LogPRollout, &b.LogPRollout}, {&padded.LogPRef, &b.LogPRef},
			{&padded.Entropy, &b.Entropy}, {&padded.EntropyOld, &b.EntropyOld}, {&padded.Advantages, &b.Advantages}} {
			*x.to = make([]float64, len(from))
			for i, t := range from {
				if (*x.to)[i] = bad[rng.IntN(4)]; t >= 0 && b.Mask[t] {
					(*x.to)[i] = (*x.of)[t]
				}
			}
		}
		for _, t := range from {
			padded.Mask = append(padded.Mask, t >= 0 && b.Mask[t])
		}
		r2, grad2, weights2, err := eval(c, padded)
		if err != nil {
			return err.Error()
		}
		for i, t := range from {
			if t >= 0 && (grad2[i] != grad[t] || weights2[i] != weights[t]) || t < 0 && (grad2[i] != 0 || weights2[i] != 0) {
				return fmt.Sprintf("token %d of %d: gradient %v, weight %v", i, t, grad2[i], weights2[i])
			}
		}
		if r != r2 {
			return fmt.Sprintf("%+v\nwith padding %+v", r, r2)
		}
		return ""
	})
	law(t, "the order of sequences does not matter", func(rng *rand.Rand) string {
		b, c := drawBatch(rng, spreads[rng.IntN(4)]), drawConfig(rng)
		for i := range b.Groups { // groups of one can move
			b.Groups[i] = 1
		}
		for len(b.Groups) < b.Sequences() {
			b.Groups = append(b.Groups, 1)
		}
		r, grad, _, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		turned := &loss.Batch{Start: []int{0}, Mask: []bool{}, Groups: b.Groups}
		var from []int
		for _, s := range rng.Perm(b.Sequences()) {
			for t := b.Start[s]; t < b.Start[s+1]; t++ {
				from = append(from, t)
			}
			turned.Start = append(turned.Start, len(from))
		}
		for _, t := range from {
			turned.LogP = append(turned.LogP, b.LogP[t])
			turned.LogPOld = append(turned.LogPOld, b.LogPOld[t])
			turned.LogPRollout = append(turned.LogPRollout, b.LogPRollout[t])
			turned.LogPRef = append(turned.LogPRef, b.LogPRef[t])
			turned.Entropy = append(turned.Entropy, b.Entropy[t])
			turned.Advantages = append(turned.Advantages, b.Advantages[t])
			turned.Mask = append(turned.Mask, b.Mask[t])
		}
		r2, grad2, _, err := eval(c, turned)
		if err != nil {
			return err.Error()
		}
		var size float64
		for i, t := range from {
			size += math.Abs(grad[t]) * (1 + math.Abs(b.LogP[t]))
			if grad2[i] != grad[t] {
				return fmt.Sprintf("token %d: gradient %v, was %v", i, grad2[i], grad[t])
			}
		}
		if math.Abs(r.Loss-r2.Loss) > 1e-12*max(size, math.Abs(r.Loss)) || r.Clipped != r2.Clipped || r.Tokens != r2.Tokens {
			return fmt.Sprintf("%+v\nturned %+v", r, r2)
		}
		return ""
	})
	law(t, "parts with the totals of the whole add up to it", func(rng *rand.Rand) string {
		b := drawBatch(rng, 0.3)
		whole := b.Sequences()
		c := loss.Config{Aggregation: loss.Aggregation{Mode: loss.Mode(rng.IntN(6)), Length: 9}}
		r, grad, _, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		c.Aggregation.Total = r.Tokens
		if c.Aggregation.Mode != loss.TokenMean {
			c.Aggregation.Total = r.Sequences
		}
		cut := rng.IntN(whole + 1)
		var sum float64
		for _, part := range [][2]int{{0, cut}, {cut, whole}} {
			from, to := b.Start[part[0]], b.Start[part[1]]
			p := &loss.Batch{LogP: b.LogP[from:to], LogPOld: b.LogPOld[from:to], Advantages: b.Advantages[from:to], Mask: b.Mask[from:to]}
			for s := part[0]; s <= part[1]; s++ {
				p.Start = append(p.Start, b.Start[s]-from)
			}
			r, g, _, err := eval(c, p)
			if err != nil {
				return err.Error()
			}
			sum += r.Loss
			if !slices.Equal(g, grad[from:to]) {
				return fmt.Sprintf("%v: gradient %v, of the whole %v", part, g, grad[from:to])
			}
		}
		if math.Abs(sum-r.Loss) > 1e-12*float64(1+b.Tokens()) {
			return fmt.Sprintf("parts %v, whole %v", sum, r.Loss)
		}
		return ""
	})
	law(t, "parts with the coefficients of the whole add up to it, wherever it is cut", func(rng *rand.Rand) string {
		b, c := drawBatch(rng, 0.3), drawConfig(rng)
		c.Surrogate, c.Rollout = loss.PPO{ClipLow: 0.2, ClipHigh: 0.28, ClipC: 3}, loss.Correction{}
		r, grad, _, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		coef := make([]float64, b.Tokens())
		if err := c.Aggregation.Coefficients(coef, b); err != nil {
			return err.Error()
		}
		cut := rng.IntN(b.Tokens() + 1)
		var sum float64
		for _, part := range [][2]int{{0, cut}, {cut, b.Tokens()}} {
			from, to := part[0], part[1]
			p := &loss.Batch{Start: []int{0}, LogP: b.LogP[from:to], LogPOld: b.LogPOld[from:to], LogPRef: b.LogPRef[from:to], Entropy: b.Entropy[from:to],
				Advantages: b.Advantages[from:to], Mask: b.Mask[from:to], Coef: coef[from:to]}
			for _, s := range b.Start {
				if from < s && s < to {
					p.Start = append(p.Start, s-from)
				}
			}
			p.Start = append(p.Start, to-from)
			r, g, _, err := eval(c, p)
			if err != nil {
				return err.Error()
			}
			sum += r.Loss
			if !slices.Equal(g, grad[from:to]) {
				return fmt.Sprintf("%v: gradient %v, of the whole %v", part, g, grad[from:to])
			}
			again := make([]float64, to-from)
			if err := c.Aggregation.Coefficients(again, p); err != nil || !slices.Equal(again, coef[from:to]) {
				return fmt.Sprintf("%v: coefficients %v, of the whole %v: %v", part, again, coef[from:to], err)
			}
		}
		if math.Abs(sum-r.Loss) > 1e-12*float64(1+b.Tokens()) {
			return fmt.Sprintf("parts %v, whole %v", sum, r.Loss)
		}
		return ""
	})
	law(t, "coefficients are the factors of the definition", func(rng *rand.Rand) string {
		b, c := drawBatch(rng, 1), drawConfig(rng)
		got := make([]float64, b.Tokens())
		if err := c.Aggregation.Coefficients(got, b); err != nil {
			return err.Error()
		}
		for i, want := range factors(c.Aggregation, b) {
			if math.Abs(got[i]-want) > 4e-16*want {
				return fmt.Sprintf("%s: token %d: %v, want %v", c.Aggregation, i, got[i], want)
			}
		}
		return ""
	})
	law(t, "erc keeps the loss and removes gradients of entropies that changed", func(rng *rand.Rand) string {
		b, c := drawBatch(rng, 0.5), drawConfig(rng)
		c.KL = loss.KL{}
		r, grad, _, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		c.Surrogate = loss.ERC{Base: c.Surrogate, Lower: 0.95, Upper: 1.05}
		r2, grad2, _, err := eval(c, b)
		if err != nil {
			return err.Error()
		}
		dropped := 0
		for i := range grad {
			want := grad[i]
			if q := (b.Entropy[i] + 1e-8) / (b.EntropyOld[i] + 1e-8); b.Mask[i] && (q <= 0.95 || q >= 1.05) {
				want = 0
				dropped++
			}
			if grad2[i] != want {
				return fmt.Sprintf("token %d: %v, want %v", i, grad2[i], want)
			}
		}
		if r.Loss != r2.Loss || r.Clipped != r2.Clipped || math.Abs(r2.Dropped*float64(r2.Tokens)-float64(dropped)) > 1e-9 {
			return fmt.Sprintf("%d dropped: %+v\n%+v", dropped, r, r2)
		}
		return ""
	})
	law(t, "spellings read back", func(rng *rand.Rand) string {
		s := drawSurrogate(rng)
		if rng.IntN(3) == 0 {
			s = loss.ERC{Base: s, Lower: rng.Float64(), Upper: 1 + rng.Float64()}
		}
		back, err := loss.ParseSurrogate(s.String())
		if err != nil {
			return err.Error()
		}
		if back != s {
			return fmt.Sprintf("%s is %#v, was %#v", s, back, s)
		}
		return ""
	})
}
