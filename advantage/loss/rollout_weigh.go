package loss

import "math"

// ratios are the log-ratios of a batch whose log-probabilities are finite.
type ratios struct {
	*Batch
	old []float64
}

func ratiosOf(b *Batch) (ratios, error) {
	r := ratios{b, b.LogPOld}
	field := "logp_old"
	if r.old == nil {
		r.old, field = b.LogP, "logp"
	}
	if b.LogPRollout == nil && b.Tokens() > 0 {
		return r, ErrNoRollout
	}
	if err := b.finite(field, r.old); err != nil {
		return r, err
	}
	return r, b.finite("logp_rollout", b.LogPRollout)
}

// vast bounds differences of finite numbers, so that sums of them stay finite.
const vast = 1e290

func saturate(x float64) float64 { return within(x, vast) }

// within is x if |x| <= bound, else ±bound.
func within(x, bound float64) float64 {
	if x > bound {
		return bound
	}
	if x < -bound {
		return -bound
	}
	return x
}

// at is the log-ratio of a valid token.
func (r *ratios) at(t int) float64 { return saturate(r.old[t] - r.LogPRollout[t]) }

// count is the number of valid tokens of sequence s.
func (r *ratios) count(s int) int {
	if r.Mask == nil {
		return r.Start[s+1] - r.Start[s]
	}
	n := 0
	for _, m := range r.Mask[r.Start[s]:r.Start[s+1]] {
		if m {
			n++
		}
	}
	return n
}

// sum is the sum of the log-ratios of the valid tokens of sequence s.
func (r *ratios) sum(s int) float64 {
	var acc compensated
	for t := r.Start[s]; t < r.Start[s+1]; t++ {
		if r.valid(t) {
			acc.add(r.at(t))
		}
	}
	return acc.sum()
}

// compensated is a sum with its rounding error: near a bound, the sum of thousands
// of log-ratios decides over a whole sequence.
type compensated struct{ hi, lo float64 }

func (c *compensated) add(x float64) {
	s := c.hi + x
	b := s - c.hi
	c.lo += (c.hi - (s - b)) + (x - b)
	c.hi = s
}

func (c *compensated) sum() float64 { return c.hi + c.lo }

// level is the log-ratio of a sequence of n > 0 valid tokens.
func (c *Correction) level(sum float64, n int) float64 {
	if c.Level == LevelGeometric {
		return sum / (float64(n) + c.Eps)
	}
	return sum
}

// weigh writes the bounded weights, with those of vetoed sequences 0 unless
// VetoMask is set, and counts what it does. It finds exp(l) of every valid token
// in dst.
func (c *Correction) weigh(dst []float64, r ratios, st *CorrectionStats) error {
	logVeto, bounds := logOf(c.Veto), Bounds{c.Lower, c.Upper}
	var high, low, cut, zeroed, catastrophic, vetoed int
	for s := range r.Sequences() {
		n := r.count(s)
		if n == 0 {
			clear(dst[r.Start[s]:r.Start[s+1]])
			continue
		}
		st.Sequences++
		st.Tokens += n
		below := 0
		if c.Veto > 0 {
			if below = r.below(s, logVeto); below > 0 {
				vetoed++
				catastrophic += below
			}
		}
		ratio := 1.0 // of the level
		if c.Level != LevelToken {
			ratio = c.weight(c.level(r.sum(s), n))
		}
		for t := r.Start[s]; t < r.Start[s+1]; t++ {
			if !r.valid(t) {
				dst[t] = 0
				continue
			}
			own := dst[t]
			if l := r.at(t); !c.Unclamped && (l > maxLogRatio || l < -maxLogRatio) {
				own = c.weight(l)
			} else {
				own = refine(own, l, bounds)
			}
			if c.Level == LevelToken && c.Form != FormNone {
				ratio = own
			}
			if ratio < c.Lower {
				low++
			} else if c.Upper > 0 && ratio > c.Upper {
				high++
			}
			w := c.bound(ratio)
			switch {
			case below > 0 && !c.VetoMask:
				w = 0
			case c.Form == FormTIS && w != ratio:
				cut++
			case c.Form == FormSequenceMask && c.Level != LevelToken && w != 0:
				w = own
			}
			if math.IsInf(w, 1) {
				return r.tokenError(t, "logp_rollout", "gives a weight beyond the range of float64; set a bound or let log-ratios be clamped")
			}
			if w == 0 {
				zeroed++
			}
			dst[t] = w
		}
	}
	if st.Tokens > 0 {
		share := func(k int) float64 { return float64(k) / float64(st.Tokens) }
		st.High, st.Low, st.Truncated = share(high), share(low), share(cut)
		st.Zeroed, st.Catastrophic = share(zeroed), share(catastrophic)
		st.Vetoed = float64(vetoed) / float64(st.Sequences)
	}
	return nil
}

// below counts the valid tokens of sequence s with a log-ratio below bound.
func (r *ratios) below(s int, bound float64) (n int) {
	for t := r.Start[s]; t < r.Start[s+1]; t++ {
		if r.valid(t) && r.at(t) < bound {
			n++
		}
	}
	return n
}

// normalize divides the weights by their mean.
func (c *Correction) normalize(dst []float64, r ratios, st *CorrectionStats) {
	if !c.Normalize || c.Form == FormNone || st.Max == 0 {
		return
	}
	scale := rescale(st.Max)
	var total compensated
	bySequence := c.Level != LevelToken && c.Form != FormSequenceMask
	for s := range r.Sequences() {
		var sum compensated
		n := 0
		for t := r.Start[s]; t < r.Start[s+1]; t++ {
			if r.valid(t) {
				n++
				sum.add(dst[t] * scale)
			}
		}
		if bySequence && n > 0 {
			total.add(sum.sum() / (float64(n) + c.Eps))
		} else {
			total.add(sum.sum())
		}
	}
	mean := total.sum() / (float64(st.Tokens) + c.Eps)
	if bySequence {
		mean = total.sum() / float64(st.Sequences)
	}
	if mean /= scale; mean <= 1e-8 {
		return
	}
	st.Norm = mean
	for t := range dst {
		dst[t] /= mean
	}
}
