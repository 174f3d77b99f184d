package loss

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Statistic is a number by which [Rejections] judge a token or a sequence. l is
// the log-ratio of a token, clamped to [-20, 20] unless the correction is
// Unclamped. Sums, means and maxima run over the valid tokens of a sequence.
type Statistic uint8

const (
	TokenRatio     Statistic = iota // exp(l): token_ratio
	SequenceRatio                   // exp(clamp(sum of unclamped l)): sequence_ratio
	GeometricRatio                  // exp(clamp(mean of unclamped l)): geometric_ratio
	AllRatios                       // exp(l) of every token of the sequence: all_ratios
	TokenK1                         // -l, against the logarithms of the bounds: token_k1
	TokenK2                         // l²/2: token_k2
	TokenK3                         // exp(l) - 1 - l: token_k3
	SeqSumK1                        // sum of k1, against the logarithms of the bounds: seq_sum_k1
	SeqSumK2                        // seq_sum_k2
	SeqSumK3                        // seq_sum_k3
	SeqMeanK1                       // mean of k1, against the logarithms of the bounds: seq_mean_k1
	SeqMeanK2                       // seq_mean_k2
	SeqMeanK3                       // seq_mean_k3
	SeqMaxK2                        // seq_max_k2
	SeqMaxK3                        // seq_max_k3

	statistics = iota
)

var statisticNames = [statistics]string{
	"token_ratio", "sequence_ratio", "geometric_ratio", "all_ratios", "token_k1", "token_k2", "token_k3", "seq_sum_k1", "seq_sum_k2", "seq_sum_k3",
	"seq_mean_k1", "seq_mean_k2", "seq_mean_k3", "seq_max_k2", "seq_max_k3",
}

// String is the name of the statistic in spellings, which for k1 to k3 is that of
// verl's rollout_rs.
func (s Statistic) String() string {
	if int(s) < len(statisticNames) {
		return statisticNames[s]
	}
	return fmt.Sprintf("Statistic(%d)", uint8(s))
}

// twoSided reports whether the statistic has a lower bound.
func (s Statistic) twoSided() bool { return s <= AllRatios || s.isK1() }

func (s Statistic) isK1() bool { return s == TokenK1 || s == SeqSumK1 || s == SeqMeanK1 }

func (s Statistic) ofToken() bool { return s == TokenRatio || TokenK1 <= s && s <= TokenK3 }

// A Bounds is an interval, both ends included. The zero value is no bound.
type Bounds struct{ Lower, Upper float64 }

// Rejections are bounds on statistics, indexed by [Statistic]. A token stays in
// the loss if all statistics of the token and of its sequence lie within their
// bounds.
//
// A trap of verl's names: the bounds of k1 are ratios, but k1 is minus the
// log-ratio. token_k1 with bounds 0.2 and 2 keeps ratios from 0.5 to 5, and
// token_ratio with bounds 0.5 and 5 says the same.
//
// Source: verl, compute_rollout_rejection_mask, for k1 to k3 as of #4544, for
// token_ratio, sequence_ratio and geometric_ratio as of #3984; SkyRL,
// compute_outlier_token_mask, for all_ratios.
type Rejections [statistics]Bounds

func (r *Rejections) check() error {
	for i, b := range r {
		s := Statistic(i)
		switch {
		case b == (Bounds{}):
		case !(b.Lower >= 0 && b.Lower <= b.Upper && b.Upper <= vast):
			return fmt.Errorf("loss: correction: bounds %v and %v of %s must be finite, not below 0 and in order", b.Lower, b.Upper, s)
		case s.isK1() && b.Lower == 0:
			return fmt.Errorf("loss: correction: the lower bound of %s is a ratio and must be above 0", s)
		case !s.twoSided() && b.Lower != 0:
			return fmt.Errorf("loss: correction: %s has an upper bound only", s)
		}
	}
	return nil
}

// String writes the bounds as [ParseCorrection] reads them in the option reject,
// such as token_ratio:0.5_5+seq_max_k2:42.4, and none for no bounds.
func (r Rejections) String() string {
	var parts []string
	for i, b := range r {
		if b == (Bounds{}) {
			continue
		}
		s := Statistic(i)
		text := s.String() + ":"
		if s.twoSided() {
			text += strconv.FormatFloat(b.Lower, 'g', -1, 64) + "_"
		}
		parts = append(parts, text+strconv.FormatFloat(b.Upper, 'g', -1, 64))
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, "+")
}

// parseRejections reads what String writes. A single bound of a two-sided
// statistic is the upper one, and its reciprocal the lower, as in verl.
func parseRejections(text string) (r Rejections, err error) {
	if text == "none" {
		return r, nil
	}
	// A + also begins exponents: 1e+06. Statistics begin with letters.
	for text != "" {
		name, rest, ok := strings.Cut(text, ":")
		i := slices.Index(statisticNames[:], name)
		if !ok || i < 0 {
			return r, fmt.Errorf("expected none or statistic:bounds, joined by +, with the statistics %s", strings.Join(statisticNames[:], " "))
		}
		end := len(rest)
		for k := 1; k+1 < len(rest); k++ {
			if rest[k] == '+' && 'a' <= rest[k+1] && rest[k+1] <= 'z' {
				end = k
				break
			}
		}
		var b Bounds
		if b, err = parseBounds(Statistic(i), rest[:end]); err != nil {
			return r, err
		}
		if r[i] != (Bounds{}) {
			return r, fmt.Errorf("%s is given twice", name)
		}
		r[i] = b
		if text = ""; end < len(rest) {
			text = rest[end+1:]
		}
	}
	return r, nil
}

func parseBounds(s Statistic, text string) (b Bounds, err error) {
	lower, upper, both := strings.Cut(text, "_")
	if !both {
		upper = text
	}
	number := func(text string) (float64, bool) {
		v, err := strconv.ParseFloat(text, 64)
		return v, err == nil && v >= 0 && v <= vast && !strings.ContainsAny(text, "xX_")
	}
	var ok bool
	switch b.Upper, ok = number(upper); {
	case !ok || b.Upper == 0:
		return b, fmt.Errorf("%s: expected an upper bound above 0", s)
	case both && !s.twoSided():
		return b, fmt.Errorf("%s has an upper bound only", s)
	case both:
		if b.Lower, ok = number(lower); !ok || b.Lower > b.Upper || s.isK1() && b.Lower == 0 {
			return b, fmt.Errorf("%s: expected a lower bound up to the upper, such as %s:0.5_5", s, s)
		}
	case s.twoSided():
		if b.Lower = 1 / b.Upper; b.Lower > b.Upper {
			return b, fmt.Errorf("%s: the lower bound is the reciprocal of the upper, which must be 1 or more, unless both are written, such as %s:0.2_0.5", s, s)
		}
	}
	b.Lower += 0 // -0 is 0
	return b, nil
}

// reject fills in keep, sets the weights of what leaves the loss to 0 and counts
// it.
func (c *Correction) reject(dst []float64, keep []bool, r ratios, st *CorrectionStats) {
	if c.Reject == (Rejections{}) && !(c.Veto > 0 && c.VetoMask) {
		for t := range keep { // none if keep is nil
			keep[t] = r.valid(t)
		}
		return
	}
	bounds := c.Reject
	tokenwise, sequencewise := false, false
	for i := range bounds {
		s := Statistic(i)
		if bounds[i] == (Bounds{}) {
			continue
		}
		if s.isK1() {
			bounds[i] = Bounds{logOf(bounds[i].Lower), logOf(bounds[i].Upper)}
		}
		tokenwise = tokenwise || s.ofToken()
		sequencewise = sequencewise || !s.ofToken()
	}
	logVeto := logOf(c.Veto)
	tokens, sequences := 0, 0
	for s := range r.Sequences() {
		out := c.VetoMask && c.Veto > 0 && r.below(s, logVeto) > 0 || sequencewise && !c.keepsSequence(&bounds, &r, s)
		lost := 0
		for t := r.Start[s]; t < r.Start[s+1]; t++ {
			valid := r.valid(t)
			stays := valid && !out && (!tokenwise || c.keepsToken(&bounds, r.at(t)))
			if valid && !stays {
				dst[t] = 0
				lost++
			}
			if keep != nil {
				keep[t] = stays
			}
		}
		if lost > 0 {
			tokens += lost
			sequences++
		}
	}
	if st.Tokens > 0 {
		st.Rejected = float64(tokens) / float64(st.Tokens)
		st.RejectedSequences = float64(sequences) / float64(st.Sequences)
	}
}

func (b Bounds) holds(x float64) bool { return b == (Bounds{}) || x >= b.Lower && x <= b.Upper }

// keepsToken judges a token by its log-ratio. In bounds, those of k1 are
// logarithms.
func (c *Correction) keepsToken(bounds *Rejections, l float64) bool {
	l = c.clamp(l)
	if c.Reject[TokenK1] != (Bounds{}) && !(-l >= bounds[TokenK1].Lower && -l <= bounds[TokenK1].Upper) {
		return false
	}
	if !bounds[TokenK2].holds(k2Of(l)) {
		return false
	}
	if bounds[TokenRatio] == (Bounds{}) && bounds[TokenK3] == (Bounds{}) {
		return true
	}
	w := expNear(l, bounds[TokenRatio])
	return bounds[TokenRatio].holds(w) && bounds[TokenK3].holds(k3Of(l, w))
}

func k2Of(l float64) float64 { return 0.5 * float64(l*l) }

// keepsSequence judges sequence s.
func (c *Correction) keepsSequence(bounds *Rejections, r *ratios, s int) bool {
	var sum, sum1, sum2, sum3 compensated
	var max2, max3 float64
	lo, hi := math.Inf(1), 0.0
	n := 0
	for t := r.Start[s]; t < r.Start[s+1]; t++ {
		if !r.valid(t) {
			continue
		}
		n++
		l := r.at(t)
		sum.add(l)
		l = c.clamp(l)
		sum1.add(-l)
		w := expNear(l, bounds[AllRatios])
		a, b := min(k2Of(l), vast), min(k3Of(l, w), vast)
		sum2.add(a)
		sum3.add(b)
		max2, max3 = max(max2, a), max(max3, b)
		lo, hi = min(lo, w), max(hi, w)
	}
	if n == 0 {
		return true
	}
	k := float64(n) + c.Eps
	values := [statistics]float64{SequenceRatio: c.near(sum.sum(), bounds[SequenceRatio]), GeometricRatio: c.near(sum.sum()/k, bounds[GeometricRatio]),
		SeqSumK1: sum1.sum(), SeqSumK2: sum2.sum(), SeqSumK3: sum3.sum(), SeqMeanK1: sum1.sum() / k, SeqMeanK2: sum2.sum() / k, SeqMeanK3: sum3.sum() / k,
		SeqMaxK2: max2, SeqMaxK3: max3}
	for i, x := range values {
		if st := Statistic(i); c.Reject[i] == (Bounds{}) || st.ofToken() || st == AllRatios {
			continue
		}
		if !(x >= bounds[i].Lower && x <= bounds[i].Upper) {
			return false
		}
	}
	return bounds[AllRatios].holds(lo) && bounds[AllRatios].holds(hi)
}
