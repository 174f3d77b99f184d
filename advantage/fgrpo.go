package advantage

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// SuccessRule says how the success rate of a group is read from its rewards.
type SuccessRule uint8

const (
	// SuccessMean takes a reward as partial success: 0 at Wrong and below, 1 at
	// Correct and above, linear between.
	SuccessMean SuccessRule = iota
	// SuccessThreshold takes a reward of at least Threshold as success and any
	// other as failure.
	SuccessThreshold
)

// FGRPO scales the advantages of another estimator down where a prompt is often
// solved:
//
//	A_i = (1 - p)^gamma Abase_i
//	p   = (mean of the group's rewards - R_w) / (R_c - R_w)
//
// R_c and R_w are the rewards of a correct and of a wrong response, and p is the
// share of correct ones. The paper has binary rewards and gamma 0.5 or 1. Rewards
// outside [R_w, R_c] count as the nearer bound, one by one; with SuccessThreshold
// p is the share of rewards r_i >= Threshold. The rewards are those of the batch,
// whatever the base does with them, and the comparison is exact.
//
// Special cases: gamma 0 gives the base, also for p = 1. With p = 1 and gamma > 0
// the group has advantage 0. Groups of equal rewards and single rollouts are what
// the base makes of them, times the weight of their rewards.
//
// Errors: those of the base; Correct must exceed Wrong with SuccessMean.
//
// Spelling: f_grpo(base=grpo,correct=1,gamma=1,success=mean,threshold=0.5,wrong=0).
//
// Source: Plyusov et al., arXiv 2602.06717, section 4, equations (11) to (13).
// Graded rewards are not in the paper.
type FGRPO struct {
	Base      Estimator // nil: grpo
	Gamma     float64   // in [0, 100]
	Success   SuccessRule
	Wrong     float64 // R_w, with SuccessMean
	Correct   float64 // R_c, with SuccessMean
	Threshold float64 // with SuccessThreshold
}

func (e *FGRPO) options() []option {
	return []option{
		baseOption(&e.Base),
		float("gamma", &e.Gamma, 1, 0, 100, "the exponent of (1-p)^gamma, p being the success rate of the group"),
		choice("success", &e.Success, []string{"mean", "threshold"}, "the success rate is the mean of the rewards between wrong and correct, or the share that reaches the threshold"),
		// Their difference must stay in the range of float64.
		float("wrong", &e.Wrong, 0, -1e300, 1e300, "the reward of a wrong response, for success=mean"),
		float("correct", &e.Correct, 1, -1e300, 1e300, "the reward of a correct response, for success=mean"),
		float("threshold", &e.Threshold, 0.5, -inf, inf, "the least reward of a success, for success=threshold"),
	}
}

// baseOption is an estimator inside an estimator, grpo if there is none.
func baseOption(p *Estimator) option {
	o := nested("base", p, "grpo", "the estimator whose advantages are changed")
	get := o.Get
	o.Get = func() string {
		if *p == nil {
			return o.Default
		}
		return get()
	}
	return o
}

// defaultBase stands for a base of nil. It is what grpo spells.
var defaultBase Estimator = GRPO{DDoF: 1, Eps: 1e-6}

func orDefault(base Estimator) Estimator {
	if base == nil {
		return defaultBase
	}
	return base
}

func (e FGRPO) String() string { return spell("f_grpo", e) }

// Needs returns what the base needs.
func (e FGRPO) Needs() Field { return orDefault(e.Base).Needs() }

var weightPool = sync.Pool{New: func() any { return new([]float64) }}

// Advantages implements [Estimator].
func (e FGRPO) Advantages(dst []float64, b *Batch) error {
	if err := e.check(); err != nil {
		return err
	}
	if err := b.check(dst, 0); err != nil {
		return err
	}
	// The base may overwrite the rewards, so the weights come first.
	buf := weightPool.Get().(*[]float64)
	defer weightPool.Put(buf)
	ix := b.Index
	*buf = slices.Grow((*buf)[:0], ix.Groups())[:ix.Groups()]
	weight := *buf
	for g := range weight {
		var failed float64
		if from, to := ix.start[g], ix.start[g+1]; ix.order == nil {
			for _, r := range b.Rewards[from:to] {
				failed += e.failure(r)
			}
		} else {
			for _, i := range ix.order[from:to] {
				failed += e.failure(b.Rewards[i])
			}
		}
		weight[g] = power(failed/float64(ix.Size(g)), e.Gamma)
	}
	if err := orDefault(e.Base).Advantages(dst, b); err != nil {
		return err
	}
	for g, f := range weight {
		from, to := ix.start[g], ix.start[g+1]
		switch {
		case f == 1:
		case ix.order == nil:
			for i, a := range dst[from:to] {
				dst[int(from)+i] = float64(a*f) + 0 // no -0
			}
		default:
			for _, i := range ix.order[from:to] {
				dst[i] = float64(dst[i]*f) + 0
			}
		}
	}
	return nil
}

func (e *FGRPO) check() error {
	if !(0 <= e.Gamma && e.Gamma <= 100) {
		return fmt.Errorf("advantage: f_grpo: gamma is %v; it must lie from 0 to 100", e.Gamma)
	}
	if width := e.Correct - e.Wrong; e.Success == SuccessMean && !(width > 0 && width <= math.MaxFloat64) {
		return fmt.Errorf("advantage: f_grpo: the reward of a correct response, %v, must exceed that of a wrong one, %v", e.Correct, e.Wrong)
	}
	return nil
}

// failure is 1 minus the success of a reward. Failures are what is summed, since
// 1 - p loses digits where p is close to 1.
func (e *FGRPO) failure(r float64) float64 {
	switch {
	case e.Success == SuccessThreshold:
		if r >= e.Threshold {
			return 0
		}
		return 1
	case r >= e.Correct:
		return 0
	case r <= e.Wrong:
		return 1
	}
	return (e.Correct - r) / (e.Correct - e.Wrong)
}

// power is x^y for 0 <= x <= 1 and 0 <= y <= 100 by squarings and square roots,
// which are the same on every machine. The relative error is below 1e-13 where
// the result is normal. 0^0 is 1.
func power(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case x == 0 || y == 1:
		return x
	}
	whole := math.Floor(y)
	result := 1.0
	for n, sq := uint(whole), x; n > 0; n, sq = n>>1, float64(sq*sq) {
		if n&1 != 0 {
			result *= sq
		}
	}
	root := x
	for f := y - whole; f > 0; {
		root = math.Sqrt(root)
		if f += f; f >= 1 {
			result *= root
			f--
		}
	}
	return result
}
