package advantage

import "fmt"

// Whiten says how [GDPO] normalises over the batch.
type Whiten uint8

const (
	WhitenVerl Whiten = iota // over tokens, 1e-8 added to the variance
	WhitenTRL                // over rows, eps added to the deviation
	WhitenNeMo               // over rows, nothing added
	WhitenNone               // not at all
)

// whitenVerlEps is what verl's masked_whiten adds to the variance.
const whitenVerlEps = 1e-8

// GDPO normalises every part of the reward for itself, so that none drowns the
// others, and whitens the sum:
//
//	s_i = sum_k w_k (r_ik - mu_k) / (sigma_k + delta)
//	A_i = (s_i - m) / sqrt(v + 1e-8)      WhitenVerl
//	A_i = (s_i - m) / (sqrt(v) + delta)   WhitenTRL
//	A_i = (s_i - m) / sqrt(v)             WhitenNeMo
//	A_i = s_i                             WhitenNone
//
// r_ik is part k of the reward of row i ([Batch.Components]), mu_k and sigma_k are
// its mean and deviation in the group. With Std false parts are only centred. m
// and v are mean and variance of s over the batch: over all tokens with
// WhitenVerl, else over rows; v divides by their number minus 1 whatever DDoF is.
// With EpsInside delta is added to sigma_k²; it does not change the whitening.
//
// Without components the reward is the only part, called reward.
//
// Weights are all 1 by default. If they are given, as accuracy:1+format:0.5, they
// must name every part. Names cannot contain white space or any of + : , = ( ).
//
// Special cases: a part that is constant in a group adds 0 there. A batch whose s
// are all equal gives 0. A single rollout gives 0 and is out of m and v. With
// SingleReference it counts, with mu_k 0 and sigma_k 1 as in verl, or, with
// WhitenTRL and WhitenNeMo, with s = 0 as there. DropConstant looks at
// [Batch.Rewards] and takes the rows of constant groups out of m and v.
//
// Errors: weights that do not fit to the parts.
//
// Spelling: gdpo(ddof=1,drop_constant=false,eps=1e-06,eps_inside=false,
// single=zero,std=true,weights=,whiten=verl).
//
// Source: Liu et al., arXiv 2601.05242, section 3; verl,
// compute_gdpo_outcome_advantage; TRL, multi_objective_aggregation
// normalize_then_sum; NeMo-RL, GDPOAdvantageEstimator.
type GDPO struct {
	Weights   string  // name:weight joined by +; empty: all are 1
	DDoF      int     // of the parts' variances
	Eps       float64 // delta
	EpsInside bool    // add delta to the parts' variances
	Std       bool    // divide by sigma_k + delta
	Whiten    Whiten
	Rules
}

func (e *GDPO) options() []option {
	return append(append(scaleOptions(&e.DDoF, &e.Eps, &e.EpsInside), e.Rules.options()...),
		stdOption(&e.Std),
		weightsOption(&e.Weights),
		choice("whiten", &e.Whiten, []string{"verl", "trl", "nemo", "none"}, "normalise over the batch as this stack does"))
}

func (e GDPO) String() string { return spell("gdpo", e) }

// Needs returns Components, and Lengths with WhitenVerl.
func (e GDPO) Needs() Field {
	if e.Whiten == WhitenVerl {
		return Components | Lengths
	}
	return Components
}

// onlyPart is what the reward is called where it is the only part.
var onlyPart = []string{"reward"}

// Advantages implements [Estimator].
func (e GDPO) Advantages(dst []float64, b *Batch) error {
	names := b.Names
	if len(b.Components) == 0 {
		names = onlyPart
	} else if len(names) != len(b.Components) {
		panic(fmt.Sprintf("advantage: %d components, %d names", len(b.Components), len(names)))
	}
	if err := fitWeights(e.Weights, names); err != nil {
		return err
	}
	w, err := begin(dst, b, e.Needs(), e.Rules)
	if err != nil {
		return err
	}
	// dst may be the rewards, and they may be a component too.
	out := w.out
	w.out = w.scratch(1)
	sum := w.scratch(3)
	clear(sum)
	if len(b.Components) == 0 {
		e.add(w, sum, e.weight(onlyPart[0]))
	}
	for k, c := range b.Components {
		w.x = w.gather(2, c)
		w.measureAgain()
		e.add(w, sum, e.weight(names[k]))
	}
	w.out = out
	// Every part sums to 0 over a group. That is all whiten wants to know of the
	// kinds, which are now those of the last part.
	for g := range w.group {
		if w.group[g].kind == constant {
			w.group[g].kind = plain
		}
	}
	switch e.Whiten {
	case WhitenVerl:
		w.whiten(sum, w.weights(b.Lengths), true, 1, whitenVerlEps, true)
	case WhitenTRL:
		w.whiten(sum, nil, true, 1, e.Eps, false)
	case WhitenNeMo:
		w.whiten(sum, nil, true, 1, 0, false)
	default:
		copy(w.out, sum)
	}
	return w.end(dst)
}

// measureAgain computes the moments of the groups that differed or were constant,
// of other values.
func (w *work) measureAgain() {
	for g := range w.group {
		if m := &w.group[g]; m.kind == plain || m.kind == constant {
			m.of(w.x[w.ix.start[g]:w.ix.start[g+1]])
		}
	}
}

// add adds the advantages of the part that w.x holds to sum.
func (e GDPO) add(w *work, sum []float64, weight float64) {
	for g := range w.group {
		switch w.group[g].kind {
		case plain:
		case single:
			if e.Whiten == WhitenTRL || e.Whiten == WhitenNeMo {
				continue
			}
		default:
			continue
		}
		out := w.center(g)
		if e.Std {
			divide(out, denominator(w.deviation(g, e.DDoF), e.Eps, e.EpsInside))
		}
		for i, s := 0, sum[w.ix.start[g]:w.ix.start[g+1]]; i < len(s); i++ {
			s[i] += float64(weight * out[i])
		}
	}
}
