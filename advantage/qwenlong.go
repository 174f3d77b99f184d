package advantage

// Center says what QwenLong subtracts.
type Center uint8

const (
	CenterGroup Center = iota // the mean of the prompt, as in the paper
	CenterTask                // the mean of the task, as in the GoLongRL release
)

// QwenLong divides by the deviation of all rewards of the task in the batch:
//
//	A_i     = (r_i - mu)   / (sigma_T + delta)    CenterGroup
//	A_i     = (r_i - mu_T) / (sigma_T + delta)    CenterTask
//	sigma_T = sqrt( sum over the rewards of task T of (r_i - mu_T)² / (N_T - ddof) )
//
// mu_T is the mean of the N_T rewards. Unlike the scale of [TMN], sigma_T grows
// with the differences between the means of the task's prompts. With EpsInside the
// denominator is sqrt(sigma_T² + delta).
//
// With CenterTask prompts do not matter: a single rollout is a row like any other,
// whatever Single says, and a group of equal rewards gets what its reward is worth
// in the task. DropConstant takes such groups out and gives them 0.
//
// Special cases: a task whose rewards are all equal, or that has one, gives 0.
// With CenterGroup a group of equal rewards gives 0 and counts in sigma_T unless
// DropConstant is set; a single rollout gives 0 and does not count, with
// SingleReference it has mu 0 and counts.
//
// Spelling: qwenlong(center=group,ddof=1,drop_constant=false,eps=1e-06,
// eps_inside=false,single=zero).
//
// Source: QwenLong-L1.5, arXiv 2512.12967, equation (7); GoLongRL release,
// compute_qwenlong_task_advantage, whose docstring claims that equation.
type QwenLong struct {
	Center    Center
	DDoF      int     // 1: divide by N_T-1, 0: by N_T
	Eps       float64 // delta
	EpsInside bool    // add delta to the variance
	Rules
}

func (e *QwenLong) options() []option {
	return append(append(scaleOptions(&e.DDoF, &e.Eps, &e.EpsInside), e.Rules.options()...),
		choice("center", &e.Center, []string{"group", "task"}, "subtract the mean of the prompt, as in the paper, or of the task, as released"))
}

func (e QwenLong) String() string { return spell("qwenlong", e) }

// Needs returns Tasks.
func (e QwenLong) Needs() Field { return Tasks }

// Advantages implements [Estimator].
func (e QwenLong) Advantages(dst []float64, b *Batch) error {
	rules := e.Rules
	if e.Center == CenterTask {
		rules.Single = SingleReference
	}
	w, err := begin(dst, b, Tasks, rules)
	if err != nil {
		return err
	}
	sets := w.pool(w.x, nil, true, false)
	for g := range w.group {
		s := &sets[w.ix.task[g]]
		f := s.factor(e.DDoF, e.Eps, e.EpsInside)
		if e.Center == CenterTask {
			w.place(g, w.x, s, f)
		} else {
			s.rescale(w.center(g), f)
		}
	}
	return w.end(dst)
}
