package advantage

import (
	"errors"
	"fmt"
	"math"

	"github.com/golongrl/golongrl/internal/portable"
)

// HADWForm says whose HA-DW is meant: the paper and the code of its authors
// differ in how the anchor moves ([HADWHistory]) and in what happens without
// division by the deviation.
type HADWForm uint8

const (
	HADWPaper HADWForm = iota // arXiv 2601.08521
	HADWCode                  // yangfengkai/HA-DW at 8b08794
)

// HADW weighs the advantages of GRPO by how hard the prompt is compared with what
// the model could do in earlier batches:
//
//	Ahat_i = (r_i - mu) / (sigma + delta)
//	A_i    = Ahat_i lambda exp(-sgn(Ahat_i) (mu - C))
//
// C is the anchor, the average reward that the model is believed to reach. Rare
// successes on hard prompts (mu < C) and rare failures on easy ones (mu > C) gain
// weight. The group no longer sums to 0. Without Scale, Ahat_i is r_i - mu; the
// authors' code has no weights then, not even lambda.
//
// With the anchor batch C is the mean of the rewards of the batch, every rollout
// counting once; the authors' code has it so when there is no history. A
// [HADWHistory] gives the anchor of a training run.
//
// The code has lambda 1.5. The paper finds 1.3 and 1.5 best (table 7); the row of
// GRPO on Qwen3-4B in its table 1 is that of 1.3.
//
// Special cases: a group of equal rewards gives 0; it counts in the mean of the
// batch unless DropConstant is set. A single rollout gives 0 and does not count;
// with SingleReference it has mu 0 and sigma 1, as coded, and its reward counts.
//
// Spelling: ha_dw(anchor=batch,ddof=1,drop_constant=false,eps=1e-06,
// eps_inside=false,form=paper,lambda=1.5,scale=true,single=zero). anchor is
// batch or a number.
//
// Source: Yang et al., arXiv 2601.08521, section 3.2, equations (13) to (17) and
// (24); authors' code compute_ha_dw_outcome_advantage.
type HADW struct {
	Form      HADWForm
	Fixed     bool    // the anchor is Anchor and not the mean of the batch
	Anchor    float64 // C, if Fixed
	Lambda    float64 // scale of all weights
	Scale     bool    // divide by the deviation
	DDoF      int     // of the deviation
	Eps       float64 // delta
	EpsInside bool    // add delta to the variance
	Rules
}

func (e *HADW) options() []option {
	return append(append(scaleOptions(&e.DDoF, &e.Eps, &e.EpsInside), e.Rules.options()...),
		e.anchor(),
		choice("form", &e.Form, []string{"paper", "code"}, "as published, or as the authors' code has it"),
		float("lambda", &e.Lambda, 1.5, 0, 100, "scale of all weights"),
		flag("scale", &e.Scale, true, "divide by the deviation of the group"),
	)
}

func (e *HADW) anchor() option {
	const batch = "batch"
	o := float("anchor", &e.Anchor, 0, -inf, inf, "C, the reward that prompts are compared with: a number, or batch for the mean of the batch")
	get, set := o.Get, o.Set
	o.Default = batch
	o.Get = func() string {
		if !e.Fixed {
			return batch
		}
		return get()
	}
	o.Set = func(s string) error {
		if e.Fixed = s != batch; !e.Fixed {
			e.Anchor = 0
			return nil
		}
		if set(s) != nil {
			return errors.New("expected a number or batch")
		}
		return nil
	}
	return o
}

func (e HADW) String() string { return spell("ha_dw", e) }

// Needs returns 0: nothing but rewards and groups.
func (e HADW) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e HADW) Advantages(dst []float64, b *Batch) error {
	if bad := e.Anchor*0 + e.Lambda*0; bad != 0 { // NaN
		return fmt.Errorf("advantage: ha_dw: anchor %v and lambda %v; both must be finite", e.Anchor, e.Lambda)
	}
	w, err := begin(dst, b, 0, e.Rules)
	if err != nil {
		return err
	}
	anchor, rest := e.Anchor, 0.0
	if !e.Fixed {
		anchor, rest = w.batchMean()
	}
	for g := range w.group {
		m := &w.group[g]
		sigma := w.deviation(g, e.DDoF) // before dst, which may be the rewards
		out := w.center(g)
		if m.kind != plain && m.kind != single {
			continue
		}
		if e.Scale {
			divide(out, denominator(sigma, e.Eps, e.EpsInside))
		} else if e.Form == HADWCode {
			continue
		}
		easier := (m.hi - anchor) + (m.lo - rest)
		pos, neg := float64(e.Lambda*portable.Exp(-easier)), float64(e.Lambda*portable.Exp(easier))
		for i, a := range out {
			switch { // 0 stays 0, however large the weight
			case a > 0:
				out[i] = float64(a * pos)
			case a < 0:
				out[i] = float64(a * neg)
			}
		}
	}
	return w.end(dst)
}

// batchMean is the mean of the rewards of the groups that count and its rounding
// error.
func (w *work) batchMean() (mean, rest float64) {
	reward := func(g int) (hi, lo float64) {
		if m := &w.group[g]; m.kind != single {
			return m.hi, m.lo
		}
		return w.x[w.ix.start[g]], 0 // its moments have mean 0
	}
	var n float64
	for g := range w.group {
		if w.group[g].kind.counts() {
			hi, _ := reward(g)
			size := float64(w.ix.start[g+1] - w.ix.start[g])
			n += size
			mean += float64((hi - mean) * (size / n))
		}
	}
	for g := range w.group {
		if w.group[g].kind.counts() {
			hi, lo := reward(g)
			size := float64(w.ix.start[g+1] - w.ix.start[g])
			rest += float64(((hi - mean) + lo) * (size / n))
		}
	}
	return mean, rest
}

// HADWHistory moves the anchor of [HADW] from batch to batch. For every batch of
// a training run, in order, [HADWHistory.Step] gives the estimator:
//
//	h := advantage.HADWHistory{Estimator: est, Window: 10, Eta: 1}
//	e, err := h.Step(rewards)        // of all rollouts
//	err = e.Advantages(dst, batch)   // of those that train
//
// It is a plain value: store it, or its State alone, with a checkpoint and go on
// with it. It is not safe for concurrent use.
//
// Form paper. y_t is the mean reward of batch t, C_t- the belief before it and
// C_t+ the belief after it, which is the one before the next batch:
//
//	C_t+    = (1 - eta_t) C_t- + eta_t y_t,  eta_t = min(1, eta sigma_t)
//	sigma_t = population deviation of the last m beliefs
//
// and batch t is compared with C_t-. The paper leaves open where it starts. Here
// the first batch is compared with its own mean, and until there are m beliefs,
// each is the mean of the y so far (the hard update of appendix F): with one
// belief alone sigma would be 0, and the anchor would never move. For the same
// reason it stands still, as published, once the last m beliefs are equal.
//
// Form code. The anchor of batch t is the mean of y_(t-k+1) to y_t, so it knows
// batch t already; eta is not used. The published scripts have k 10.
//
// Source: arXiv 2601.08521, section 3.1, equations (7) to (12), and appendix F;
// authors' code RayPPOTrainer.fit, reward_window_k.
type HADWHistory struct {
	Estimator HADW    // Fixed and Anchor are set by Step
	Window    int     // m or k: at least 2 for the paper, 1 for the code
	Eta       float64 // eta > 0, for the paper
	State     HADWState
}

// HADWState is what a [HADWHistory] remembers.
type HADWState struct {
	Batches int       // seen so far
	Recent  []float64 // last beliefs (paper) or batch means (code), oldest first
}

// Step takes the rewards of all rollouts of a batch into the history and returns
// the estimator for that batch.
//
// It is an error, and changes nothing, if there are no rewards, if one is not
// finite, if Window or Eta is too small, or if the State is not one of Step's.
func (h *HADWHistory) Step(rewards []float64) (HADW, error) {
	e := h.Estimator
	if err := h.check(); err != nil {
		return e, err
	}
	if len(rewards) == 0 {
		return e, errors.New("advantage: ha_dw: a batch without rewards says nothing about the model")
	}
	if err := finite(rewards, "reward"); err != nil {
		return e, err
	}
	y, _ := spread(rewards)
	s := &h.State
	e.Fixed = true
	if e.Form == HADWCode {
		s.push(y, h.Window)
		e.Anchor, _ = spread(s.Recent)
		return e, nil
	}
	if s.Batches == 0 {
		e.Anchor = y
		s.push(y, h.Window)
		return e, nil
	}
	e.Anchor = s.Recent[len(s.Recent)-1]
	eta := 1 / float64(s.Batches+1)
	if s.Batches >= h.Window {
		_, sigma := spread(s.Recent)
		eta = min(1, float64(h.Eta*sigma))
	}
	s.push(float64((1-eta)*e.Anchor)+float64(eta*y), h.Window)
	return e, nil
}

func (h *HADWHistory) check() error {
	least := 1
	if h.Estimator.Form == HADWPaper {
		least = 2
		if !(h.Eta > 0) || math.IsInf(h.Eta, 1) {
			return fmt.Errorf("advantage: ha_dw: eta is %v; it must be positive and finite", h.Eta)
		}
	}
	if h.Window < least {
		return fmt.Errorf("advantage: ha_dw: window of %d batches; at least %d are needed", h.Window, least)
	}
	if len(h.State.Recent) != min(h.State.Batches, h.Window) {
		return fmt.Errorf("advantage: ha_dw: state of %d batches with %d values in a window of %d", h.State.Batches, len(h.State.Recent), h.Window)
	}
	for _, v := range h.State.Recent {
		if v-v != 0 {
			return fmt.Errorf("advantage: ha_dw: state with the value %v", v)
		}
	}
	return nil
}

func (s *HADWState) push(v float64, window int) {
	s.Batches++
	if len(s.Recent) == window {
		// A new slice: copies of the state share the old one.
		s.Recent = append(append(make([]float64, 0, window), s.Recent[1:]...), v)
		return
	}
	s.Recent = append(s.Recent[:len(s.Recent):len(s.Recent)], v)
}

// spread is the mean and the population deviation of finite values.
func spread(x []float64) (mean, sigma float64) {
	var m moments
	m.of(x)
	switch {
	case m.kind == constant:
		return m.hi, 0
	case m.safe:
		return m.hi + m.lo, math.Sqrt(m.ss / float64(len(x)))
	}
	var r rootSum
	for _, v := range x {
		r.add((v - m.hi) - m.lo)
	}
	return m.hi + m.lo, r.root(float64(len(x)))
}
