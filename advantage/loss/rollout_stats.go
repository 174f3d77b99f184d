package loss

import (
	"math"

	"github.com/golongrl/golongrl/internal/portable"
)

// CorrectionStats says what a [Correction] did to a batch. Shares are of the valid
// tokens, or of the sequences that have any, and 0 if there are none.
//
// Mean to EffectiveSize describe the weights behind bounds and veto, before
// Normalize and Reject, those that are 0 among them. They are what verl calls
// rollout_is_mean, _max, _min, _std and, times Tokens, _eff_sample_size.
type CorrectionStats struct {
	Tokens    int // valid tokens
	Sequences int // sequences with a valid token

	Mean, Min, Max float64
	Std            float64 // population standard deviation
	EffectiveSize  float64 // (sum w)² / sum w², in tokens; 0 if all weights are 0

	High, Low float64 // tokens whose ratio of the level is above Upper, below Lower
	Truncated float64 // tokens whose weight became a bound
	Zeroed    float64 // tokens with weight 0

	Vetoed       float64 // sequences with a ratio below Veto
	Catastrophic float64 // tokens with a ratio below Veto

	Rejected          float64 // tokens that Reject and VetoMask take out of the loss
	RejectedSequences float64 // sequences that lose a token

	Norm float64 // what Normalize divided by; 1 if it did not

	// Mismatch compares the policies; 0 for the zero Correction.
	Mismatch Mismatch
}

// summarize fills in the moments of the weights.
func (st *CorrectionStats) summarize(w []float64, b *Batch) {
	if st.Tokens == 0 {
		return
	}
	st.Min = math.Inf(1)
	for t, v := range w {
		if b.valid(t) {
			st.Min, st.Max = min(st.Min, v), max(st.Max, v)
		}
	}
	if st.Max == 0 {
		return
	}
	scale := rescale(st.Max)
	var sum compensated
	var squares, deviations float64
	for t, v := range w {
		if b.valid(t) {
			v *= scale
			sum.add(v)
			squares += float64(v * v)
		}
	}
	n := float64(st.Tokens)
	mean := sum.sum() / n
	for t, v := range w {
		if b.valid(t) {
			d := float64(v*scale) - mean
			deviations += float64(d * d)
		}
	}
	st.Mean = mean / scale
	st.Std = math.Sqrt(deviations/n) / scale
	st.EffectiveSize = sum.sum() * sum.sum() / squares
}

// rescale is a factor that keeps sums and squares of weights up to largest within
// float64.
func rescale(largest float64) float64 {
	if largest > 0x1p+400 {
		return 0x1p-800
	}
	if largest < 0x1p-400 {
		return 0x1p+600
	}
	return 1
}

// Mismatch compares the policy that the trainer computes with the one that the
// inference engine sampled from. With l_t the log-ratio of token t, n_s the number
// of valid tokens of sequence s and means over the sequences that have any,
//
//	KL            mean over tokens of -l, an estimate of KL(rollout, trainer)
//	K3            mean over tokens of exp(l) - 1 - l, another with less variance
//	LogPPL        mean over sequences of -(1/n_s) sum of logp_old
//	PPL           mean over sequences of exp(-(1/n_s) sum of logp_old)
//	LogPPLDiff    mean over sequences of d_s = -(1/n_s) sum of l
//	PPLRatio      mean over sequences of exp(d_s)
//	Chi2Token     mean over tokens of exp(2 l) - 1
//	Chi2Sequence  mean over sequences of exp(2 sum of l) - 1
//
// with l, or its sum, clamped to [-20, 20] in the last two. Nothing is NaN; PPL,
// PPLRatio and K3 are +Inf where float64 ends. All fields are 0 for a batch
// without valid tokens.
//
// verl divides by the number of tokens plus 1e-8 and lets sequences without valid
// tokens count as sequences of perplexity 1.
//
// Source: verl, compute_offpolicy_metrics.
type Mismatch struct {
	KL, K3                    float64
	LogPPL, PPL               float64 // trainer
	RolloutLogPPL, RolloutPPL float64
	LogPPLDiff, LogPPLAbsDiff float64
	LogPPLDiffMin             float64
	LogPPLDiffMax             float64
	PPLRatio                  float64
	Chi2Token, Chi2Sequence   float64
}

// Mismatch compares LogPOld, or LogP without it, with LogPRollout. It returns
// [ErrNoRollout] for a batch without the latter, and a [*TokenError] for a
// log-probability that is NaN or infinite.
func (b *Batch) Mismatch() (Mismatch, error) {
	b.check()
	r, err := ratiosOf(b)
	if err != nil {
		return Mismatch{}, err
	}
	return r.mismatch(nil), nil
}

// mismatch also writes exp(l) of every valid token to dst, which may be nil.
func (r *ratios) mismatch(dst []float64) (m Mismatch) {
	m.LogPPLDiffMin, m.LogPPLDiffMax = math.Inf(1), math.Inf(-1)
	tokens, sequences := 0, 0
	var kl compensated
	for s := range r.Sequences() {
		n := 0
		var sum compensated
		var logp, rollout float64
		for t := r.Start[s]; t < r.Start[s+1]; t++ {
			if !r.valid(t) {
				continue
			}
			n++
			l := r.at(t)
			sum.add(l)
			logp += saturate(r.old[t])
			rollout += saturate(r.LogPRollout[t])
			w := portable.Exp(l)
			if dst != nil {
				dst[t] = w
			}
			m.K3 += k3Of(l, w)
			if w > maxWeight {
				w = maxWeight
			}
			m.Chi2Token += float64(w * w)
		}
		if n == 0 {
			continue
		}
		sequences++
		tokens += n
		size := float64(n)
		d := -sum.sum() / size
		kl.add(-sum.sum())
		m.LogPPLDiff += d
		m.LogPPLAbsDiff += math.Abs(d)
		m.LogPPLDiffMin, m.LogPPLDiffMax = min(m.LogPPLDiffMin, d), max(m.LogPPLDiffMax, d)
		m.PPLRatio += portable.Exp(d)
		m.LogPPL -= logp / size
		m.PPL += portable.Exp(-logp / size)
		m.RolloutLogPPL -= rollout / size
		m.RolloutPPL += portable.Exp(-rollout / size)
		m.Chi2Sequence += portable.Exp(2 * within(sum.sum(), maxLogRatio))
	}
	if tokens == 0 {
		return Mismatch{}
	}
	n, k := float64(sequences), float64(tokens)
	m.KL = kl.sum() / k
	m.K3 /= k
	m.Chi2Token = m.Chi2Token/k - 1
	m.LogPPL /= n
	m.RolloutLogPPL /= n
	m.LogPPLDiff /= n
	m.LogPPLAbsDiff /= n
	m.PPL /= n
	m.RolloutPPL /= n
	m.PPLRatio /= n
	m.Chi2Sequence = m.Chi2Sequence/n - 1
	return m
}

// maxWeight is the weight of the largest clamped log-ratio.
var maxWeight = portable.Exp(maxLogRatio)

// k3Of is w - 1 - l for w = exp(l), from its series where the difference cancels.
func k3Of(l, w float64) float64 {
	if math.Abs(l) < 1e-3 {
		return float64(l*l) * (1.0/2 + float64(l*(1.0/6+float64(l*(1.0/24+float64(l*(1.0/120)))))))
	}
	return w - 1 - l
}
