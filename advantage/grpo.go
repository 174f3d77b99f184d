package advantage

// GRPO normalises every group by its own mean and standard deviation:
//
//	A_i   = (r_i - mu) / (sigma + delta)
//	sigma = sqrt( sum_j (r_j - mu)² / (n - ddof) )
//
// or, with EpsInside, A_i = (r_i - mu) / sqrt(sigma² + delta).
//
// With BaselineOthers mu and sigma are those of the other rollouts of the group, a
// pair for every row. Where the others are all equal, as 0 0 0 beside a 1, there
// is nothing to divide by and the row keeps A_i = r_i - mu; so it does in a group
// of two. Such groups do not sum to 0, and the only success of a hard prompt is
// worth 1 whatever n is.
//
// Special cases: a group of equal rewards gives 0; a single rollout gives 0, or
// r/(1+delta) with SingleReference, as verl has it.
//
// Spelling: grpo(baseline=mean,ddof=1,drop_constant=false,eps=1e-06,
// eps_inside=false,single=zero).
//
// Source: GoLongRL, section 4.1, equation (1); Shao et al., DeepSeekMath,
// arXiv 2402.03300, section 4.1.2, with ddof 1 as in all stacks but open-instruct;
// BaselineOthers is NeMo-RL, calculate_baseline_and_std_per_prompt.
type GRPO struct {
	Baseline  Baseline
	DDoF      int     // 1: divide by n-1, 0: by n
	Eps       float64 // delta
	EpsInside bool    // add delta to the variance
	Rules
}

// Baseline says whose mean and deviation a rollout is compared with.
type Baseline uint8

const (
	BaselineMean   Baseline = iota // those of the whole group
	BaselineOthers                 // those of the other rollouts of the group
)

func (e *GRPO) options() []option {
	return append(append(scaleOptions(&e.DDoF, &e.Eps, &e.EpsInside), e.Rules.options()...),
		choice("baseline", &e.Baseline, []string{"mean", "loo"}, "compare with the whole group or, leave-one-out, with the other rollouts"))
}

func scaleOptions(ddof *int, eps *float64, inside *bool) []option {
	return []option{
		integer("ddof", ddof, 1, 0, 1, "variances divide by the number of values minus ddof"),
		float("eps", eps, 1e-6, 0, inf, "delta, the small number in the denominator"),
		flag("eps_inside", inside, false, "add eps to the variance instead of the deviation"),
	}
}

func (e GRPO) String() string { return spell("grpo", e) }

// Needs returns 0: nothing but rewards and groups.
func (e GRPO) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e GRPO) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, 0, e.Rules)
	if err != nil {
		return err
	}
	for g := range w.group {
		switch k := w.group[g].kind; {
		case k == plain && e.Baseline == BaselineOthers:
			e.compareWithOthers(w, g)
		case k == plain || k == single:
			// The deviation comes first: dst may be the rewards.
			d := denominator(w.deviation(g, e.DDoF), e.Eps, e.EpsInside)
			divide(w.center(g), d)
		default:
			w.center(g)
		}
	}
	return w.end(dst)
}

// DrGRPO centres every group and leaves its scale alone:
//
//	A_i = r_i - mu
//
// Its loss is summed over tokens and divided by a constant length, which is not
// this package's part.
//
// Special cases: a single rollout gives 0, or r with SingleReference.
//
// Spelling: dr_grpo(drop_constant=false,single=zero).
//
// Source: GoLongRL, section 4.1, equation (3); Liu et al., arXiv 2503.20783.
type DrGRPO struct{ Rules }

func (e *DrGRPO) options() []option { return e.Rules.options() }

func (e DrGRPO) String() string { return spell("dr_grpo", e) }

// Needs returns 0: nothing but rewards and groups.
func (e DrGRPO) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e DrGRPO) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, 0, e.Rules)
	if err != nil {
		return err
	}
	for g := range w.group {
		w.center(g)
	}
	return w.end(dst)
}
