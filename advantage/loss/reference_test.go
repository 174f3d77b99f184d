package loss_test

import (
	"math"
	"math/rand/v2"

	"github.com/golongrl/golongrl/advantage/loss"
)

// frozen is the loss of a token as its definition has it, with lp where the
// gradient flows and lp0 where it is stopped, written without the package.
func frozen(s loss.Surrogate, lp, lp0, old, a float64) float64 {
	clamp := func(x, lo, hi float64) float64 { return math.Min(math.Max(x, lo), hi) }
	ratio := func(lp float64) float64 { return math.Exp(clamp(lp-old, -20, 20)) }
	r, r0 := ratio(lp), ratio(lp0)
	dual := func(c, l float64) float64 {
		if a < 0 && c > 0 {
			return math.Min(l, -a*c)
		}
		return l
	}
	switch s := s.(type) {
	case loss.PPO:
		return dual(s.ClipC, math.Max(-a*r, -a*clamp(r, 1-s.ClipLow, 1+s.ClipHigh)))
	case loss.REINFORCE:
		return -a * lp
	case loss.CISPO:
		return -clamp(r0, 1-s.ClipLow, 1+s.ClipHigh) * a * lp
	case loss.GPPO:
		return dual(s.ClipC, math.Max(-a*r, -a*clamp(r, (1-s.ClipLow)*r/r0, (1+s.ClipHigh)*r/r0)))
	case loss.CEGPPO:
		k := r
		if a < 0 && r0 < 1-s.ClipLow {
			k = s.Beta1 * (1 - s.ClipLow) * r / r0
		} else if a > 0 && r0 > 1+s.ClipHigh {
			k = s.Beta2 * (1 + s.ClipHigh) * r / r0
		}
		return dual(s.ClipC, -a*k)
	case loss.ASPO:
		if a < 0 {
			if q := math.Max(r, 1-s.ClipLow); q <= s.ClipC || s.ClipC == 0 {
				return -a * q
			}
			return -a * s.ClipC * lp
		}
		q, q0 := math.Min(r, 1+s.ClipHigh), math.Min(r0, 1+s.ClipHigh)
		if 1/q0 <= s.ClipCPos || s.ClipCPos == 0 {
			return -a * q / (q0 * q0)
		}
		return -a * s.ClipCPos * lp
	case loss.SAPO:
		tau := s.TauNeg
		if a > 0 {
			tau = s.TauPos
		}
		return -a * 4 / tau / (1 + math.Exp(-tau*(r-1)))
	}
	panic("no definition of " + s.String())
}

// kinks are the log-ratios where the derivative of a token's loss may jump.
func kinks(s loss.Surrogate) []float64 {
	at := []float64{-20, 20}
	add := func(low, high float64, more ...float64) {
		for _, x := range append(more, 1-low, 1+high) {
			if x > 0 {
				at = append(at, math.Log(x))
			}
		}
	}
	switch s := s.(type) {
	case loss.PPO:
		add(s.ClipLow, s.ClipHigh, s.ClipC)
	case loss.GPPO:
		add(s.ClipLow, s.ClipHigh, s.ClipC)
	case loss.CEGPPO:
		add(s.ClipLow, s.ClipHigh, s.ClipC)
	case loss.CISPO:
		add(s.ClipLow, s.ClipHigh)
	case loss.ASPO:
		add(s.ClipLow, s.ClipHigh, s.ClipC)
		if s.ClipCPos > 0 {
			at = append(at, -math.Log(s.ClipCPos))
		}
	}
	return at
}

// factors are the coefficients of tokens, from the definition of the mode.
func factors(a loss.Aggregation, b *loss.Batch) []float64 {
	n := make([]int, b.Sequences())
	tokens, sequences, longest := 0, 0, a.Length
	for s := range n {
		for t := b.Start[s]; t < b.Start[s+1]; t++ {
			if b.Mask == nil || b.Mask[t] {
				n[s]++
			}
		}
		tokens += n[s]
		if n[s] > 0 {
			sequences++
		}
		if a.Length == 0 {
			longest = max(longest, b.Start[s+1]-b.Start[s])
		}
	}
	inGroup, groups := make([]int, len(n)), 0
	s := 0
	for _, size := range b.Groups {
		sum := 0
		for i := range size {
			sum += n[s+i]
		}
		for i := range size {
			inGroup[s+i] = sum
		}
		if sum > 0 {
			groups++
		}
		s += size
	}
	if a.Total > 0 {
		tokens, sequences, groups = a.Total, a.Total, a.Total
	}
	c := make([]float64, b.Tokens())
	for s := range n {
		for t := b.Start[s]; t < b.Start[s+1]; t++ {
			if b.Mask != nil && !b.Mask[t] {
				continue
			}
			switch a.Mode {
			case loss.TokenMean:
				c[t] = 1 / float64(tokens)
			case loss.TokenSum:
				c[t] = 1
			case loss.SequenceMeanTokenMean:
				c[t] = 1 / float64(sequences) / float64(n[s])
			case loss.SequenceMeanTokenSum:
				c[t] = 1 / float64(sequences)
			case loss.SequenceMeanTokenSumNorm:
				c[t] = 1 / float64(sequences) / float64(longest)
			case loss.TokenSumNorm:
				c[t] = 1 / float64(longest)
			case loss.GroupTokenMean:
				c[t] = 1 / float64(groups) / float64(inGroup[s])
			}
		}
	}
	return c
}

// drawBatch is a random batch with masked tokens, empty sequences, groups and
// everything that losses read. spread is the size of log-ratios.
func drawBatch(rng *rand.Rand, spread float64) *loss.Batch {
	b := &loss.Batch{Start: []int{0}, Mask: []bool{}}
	n := 1 + rng.IntN(6)
	for range n {
		gone := rng.IntN(6) == 0
		a := rng.NormFloat64()
		for range rng.IntN(8) {
			old := -4 * rng.Float64()
			lp := old + spread*rng.NormFloat64()
			b.LogPOld = append(b.LogPOld, old)
			b.LogP = append(b.LogP, lp)
			b.LogPRollout = append(b.LogPRollout, old+0.5*rng.NormFloat64())
			b.LogPRef = append(b.LogPRef, lp+rng.NormFloat64())
			h := rng.ExpFloat64()
			b.EntropyOld = append(b.EntropyOld, h)
			b.Entropy = append(b.Entropy, h*(1+0.1*rng.NormFloat64()))
			if rng.IntN(2) == 0 {
				a = rng.NormFloat64()
			}
			b.Advantages = append(b.Advantages, a)
			b.Mask = append(b.Mask, !gone && rng.IntN(5) > 0)
		}
		b.Start = append(b.Start, len(b.LogP))
	}
	for n > 0 {
		size := 1 + rng.IntN(n)
		b.Groups = append(b.Groups, size)
		n -= size
	}
	return b
}

// drawSurrogate is one of the surrogates that frozen knows, and GSPO.
func drawSurrogate(rng *rand.Rand) loss.Surrogate {
	low, high := rng.Float64(), 2*rng.Float64()
	c := []float64{0, 1.2, 3, 10}[rng.IntN(4)]
	return []loss.Surrogate{
		loss.PPO{ClipLow: low, ClipHigh: high, ClipC: c}, loss.GPPO{ClipLow: low, ClipHigh: high, ClipC: c},
		loss.CEGPPO{Beta1: rng.Float64(), Beta2: 2 * rng.Float64(), ClipLow: low, ClipHigh: high, ClipC: c},
		loss.CISPO{ClipLow: low, ClipHigh: high}, loss.ASPO{ClipLow: low, ClipHigh: high, ClipC: c, ClipCPos: []float64{0, 1.5, 3}[rng.IntN(3)]},
		loss.SAPO{TauPos: 0.1 + rng.Float64(), TauNeg: 0.1 + 2*rng.Float64()}, loss.REINFORCE{}, loss.GSPO{ClipLow: low, ClipHigh: high},
	}[rng.IntN(8)]
}

func drawConfig(rng *rand.Rand) loss.Config {
	c := loss.Config{Surrogate: drawSurrogate(rng)}
	c.Aggregation.Mode = loss.Mode(rng.IntN(len(loss.Modes())))
	if rng.IntN(2) == 0 {
		c.Aggregation.Length = 1 + rng.IntN(20)
	}
	if rng.IntN(3) == 0 {
		c.Aggregation.Total = 1 + rng.IntN(50)
	}
	if rng.IntN(2) == 0 {
		c.KL = loss.KL{Kind: loss.KLKind(rng.IntN(8)), Coef: rng.Float64()}
	}
	if rng.IntN(2) == 0 {
		c.EntropyCoef = rng.Float64()
	}
	if rng.IntN(2) == 0 {
		c.Rollout = loss.Correction{Form: loss.FormIcePop, Lower: 0.5, Upper: 2}
	}
	return c
}

// eval is Eval with its gradient and weights.
func eval(c loss.Config, b *loss.Batch) (r loss.Result, grad, weights []float64, err error) {
	grad, weights = make([]float64, b.Tokens()), make([]float64, b.Tokens())
	r, err = c.Eval(grad, weights, b)
	return r, grad, weights, err
}
