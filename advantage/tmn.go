package advantage

import (
	"math"

	"github.com/golongrl/golongrl/internal/portable"
)

// TMN divides by a scale that all prompts of a task share:
//
//	A_i     = (r_i - mu) / (sigma_T + delta)
//	sigma_T = sqrt( mean over the prompts u of task T of sigma_u² )
//
// sigma_T is the root mean square of the prompts' standard deviations, so that a
// prompt counts once whatever its number of rollouts; it is neither their mean
// nor the deviation of all rewards of the task. With EpsInside the denominator is
// sqrt(sigma_T² + delta), as in equation (16).
//
// Special cases: groups of equal rewards lower sigma_T, unless DropConstant is
// set as in the released recipe. A single rollout gives 0 and does not count;
// with SingleReference it has mean 0, and 1 enters the mean of the variances.
//
// Spelling: tmn(ddof=1,drop_constant=false,eps=1e-06,eps_inside=false,single=zero).
//
// Source: GoLongRL, arXiv 2605.19577, section 4.2, equation (5), and appendix A.
type TMN struct {
	DDoF      int     // of the prompts' variances
	Eps       float64 // delta
	EpsInside bool    // add delta to the variance
	Rules
}

func (e *TMN) options() []option {
	return append(scaleOptions(&e.DDoF, &e.Eps, &e.EpsInside), e.Rules.options()...)
}

func (e TMN) String() string { return spell("tmn", e) }

// Needs returns Tasks.
func (e TMN) Needs() Field { return Tasks }

// Advantages implements [Estimator].
func (e TMN) Advantages(dst []float64, b *Batch) error {
	return TMNReweight{DDoF: e.DDoF, Eps: e.Eps, EpsInside: e.EpsInside, Scale: true, Rules: e.Rules}.Advantages(dst, b)
}

// TaskMean says what the average reward of a task is where its prompts have
// different numbers of rollouts.
type TaskMean uint8

const (
	MeanOfPrompts  TaskMean = iota // every prompt counts once, as released
	MeanOfRollouts                 // every rollout counts once
)

// TMNReweight is TMN with weights for the difficulty of the prompt:
//
//	Ahat_i = (r_i - mu) / (sigma_T + delta)                      step 1, [TMN]
//	t      = alpha mu + (1 - alpha) mu_T                         step 2
//	p      = (number of r_i > t) / n
//	A_i    = Ahat_i exp( gamma (0.5 - p))   if Ahat_i > 0        step 3
//	A_i    = Ahat_i exp(-gamma (0.5 - p))   otherwise
//
// mu_T is the mean of the means of the task's prompts. Weights lie between
// exp(-gamma/2) and exp(gamma/2); the group no longer sums to 0. alpha 1 compares
// with the prompt alone, alpha 0 with the task alone; for rewards that are only 0
// and 1 alpha has no effect. The paper has alpha 0.8 and no gamma, that is 1.
//
// A reward within 2^-50 of t, relative to the numbers that t is made of, equals
// t: which of 0.1, 0.2 and 0.3 exceed their mean must not depend on how 0.2 is
// rounded.
//
// Special cases: a group of equal rewards gives 0 and counts in sigma_T and mu_T
// unless DropConstant is set. A single rollout gives 0 and counts in neither; with
// SingleReference it has mu 0, variance 1 and t = mu_T, and all of that counts.
//
// Spelling: tmn_reweight(alpha=0.8,ddof=1,drop_constant=false,eps=1e-06,
// eps_inside=false,gamma=1,reweight=true,scale=true,single=zero,task_mean=prompts).
//
// Source: GoLongRL, arXiv 2605.19577, section 4.3, equations (5) to (8);
// released code compute_tmn_grpo_outcome_advantage.
type TMNReweight struct {
	Alpha     float64  // in [0, 1]: how much of the threshold is the prompt's own mean
	Gamma     float64  // strength of the weights
	DDoF      int      // of the prompts' variances
	Eps       float64  // delta
	EpsInside bool     // add delta to the variance
	TaskMean  TaskMean // what mu_T is
	Scale     bool     // step 1: divide by sigma_T + delta
	Reweight  bool     // steps 2 and 3
	Rules
}

func (e *TMNReweight) options() []option {
	return append(append(scaleOptions(&e.DDoF, &e.Eps, &e.EpsInside), e.Rules.options()...),
		float("alpha", &e.Alpha, 0.8, 0, 1, "threshold of success: alpha times the mean of the prompt plus 1-alpha times that of the task"),
		float("gamma", &e.Gamma, 1, 0, 100, "strength of the difficulty weights exp(±gamma(0.5-p))"),
		choice("task_mean", &e.TaskMean, []string{"prompts", "rollouts"}, "the mean of a task counts every prompt or every rollout once"),
		flag("scale", &e.Scale, true, "step 1: divide by the scale of the task"),
		flag("reweight", &e.Reweight, true, "steps 2 and 3: weigh by difficulty"),
	)
}

func (e TMNReweight) String() string { return spell("tmn_reweight", e) }

// Needs returns Tasks.
func (e TMNReweight) Needs() Field { return Tasks }

// Advantages implements [Estimator].
func (e TMNReweight) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, Tasks, e.Rules)
	if err != nil {
		return err
	}
	w.taskScales(e.DDoF)
	if e.Reweight {
		w.taskMeans(e.TaskMean)
	}
	for t := range w.task {
		w.task[t].scale = denominator(w.task[t].scale, e.Eps, e.EpsInside)
	}
	var known weights
	for g := range w.group {
		m := &w.group[g]
		if m.kind != plain && m.kind != single {
			w.center(g)
			continue
		}
		t := &w.task[w.ix.task[g]]
		pos, neg := 1.0, 1.0
		if e.Reweight {
			pos = known.of(e.Gamma, w.successes(g, e.Alpha, t.mean), w.ix.Size(g))
			neg = 1 / pos
		}
		if e.Scale {
			f := 1 / t.scale
			if !(minSafe < f && f < maxSafe) {
				divide(w.center(g), t.scale)
				w.weigh(g, pos, neg)
				continue
			}
			pos, neg = float64(pos*f), float64(neg*f)
		}
		from, to := w.ix.start[g], w.ix.start[g+1]
		x, out := w.x[from:to], w.out[from:to]
		hi, lo := m.hi, m.lo
		sign := [2]float64{pos, neg}
		for i := range out {
			// The sign bit chooses the factor: a branch would be taken at random.
			d := (x[i] - hi) - lo
			out[i] = float64(d * sign[math.Float64bits(d)>>63])
		}
	}
	return w.end(dst)
}

// weigh multiplies the positive advantages of a group by pos, the others by neg.
func (w *work) weigh(g int, pos, neg float64) {
	out := w.out[w.ix.start[g]:w.ix.start[g+1]]
	for i, a := range out {
		if a > 0 {
			out[i] = float64(a * pos)
		} else {
			out[i] = float64(a * neg)
		}
	}
}

// successes is the number of rewards of group g above its smoothed threshold.
func (w *work) successes(g int, alpha, taskMean float64) int {
	m := &w.group[g]
	threshold := taskMean
	var spread float64
	if m.kind != single {
		threshold += float64(alpha * ((m.hi - taskMean) + m.lo))
		if spread = math.Sqrt(m.ss); !m.safe {
			spread = w.deviation(g, 0)
		}
	}
	threshold += float64(tie * (math.Abs(m.hi) + math.Abs(taskMean) + spread))
	n := 0
	for _, r := range w.x[w.ix.start[g]:w.ix.start[g+1]] {
		n += int(math.Float64bits(threshold-r) >> 63) // 1 if r > threshold
	}
	return n
}

// weights remembers exp(gamma(0.5 - k/n)) for the k of one n: groups of a batch
// mostly have the same size.
type weights struct {
	n    int
	have uint64
	w    [64]float64
}

func (k *weights) of(gamma float64, successes, n int) float64 {
	exponent := float64(gamma * (0.5 - float64(successes)/float64(n)))
	if n >= len(k.w) {
		return portable.Exp(exponent)
	}
	if n != k.n {
		k.n, k.have = n, 0
	}
	if k.have&(1<<successes) == 0 {
		k.have |= 1 << successes
		k.w[successes] = portable.Exp(exponent)
	}
	return k.w[successes]
}

// tie is the relative distance below which a reward equals a threshold: a few
// times the rounding error of rewards, means and their mixture.
const tie = 0x1p-50

// taskScales computes prompts and scale of every task.
func (w *work) taskScales(ddof int) {
	w.resetTasks()
	for g := range w.group {
		m := &w.group[g]
		t := &w.task[w.ix.task[g]]
		switch m.kind {
		case plain:
			t.prompts++
			t.unsafe = t.unsafe || !m.safe
			t.sum += m.ss / float64(int(w.ix.start[g+1]-w.ix.start[g])-ddof)
		case constant:
			t.prompts++
		case single:
			t.prompts++
			t.sum++
		}
	}
	for t := range w.task {
		k := &w.task[t]
		switch {
		case k.prompts == 0:
		case k.unsafe || k.sum > maxSafe:
			k.scale = w.rootMeanSquare(t, ddof)
		default:
			k.scale = math.Sqrt(k.sum / float64(k.prompts))
		}
	}
}

func (w *work) rootMeanSquare(task, ddof int) float64 {
	var r rootSum
	for g := range w.group {
		if int(w.ix.task[g]) == task && w.group[g].kind.counts() {
			r.add(w.deviation(g, ddof))
		}
	}
	return r.root(float64(w.task[task].prompts))
}

// taskMeans computes the mean of every task, after taskScales.
func (w *work) taskMeans(of TaskMean) {
	// A running mean cannot overflow; the second pass takes its rounding errors
	// away.
	for t := range w.task {
		w.task[t].sum, w.task[t].mean = 0, 0
	}
	for g := range w.group {
		if m := &w.group[g]; m.kind.counts() {
			t := &w.task[w.ix.task[g]]
			n := w.weight(g, of)
			t.sum += n
			t.mean += float64((m.hi - t.mean) * (n / t.sum))
		}
	}
	for t := range w.task {
		w.task[t].rest = 0
	}
	for g := range w.group {
		if m := &w.group[g]; m.kind.counts() {
			t := &w.task[w.ix.task[g]]
			t.rest += float64(((m.hi - t.mean) + m.lo) * (w.weight(g, of) / t.sum))
		}
	}
	for t := range w.task {
		w.task[t].mean += w.task[t].rest
	}
}

func (w *work) weight(g int, of TaskMean) float64 {
	if of == MeanOfRollouts {
		return float64(w.ix.start[g+1] - w.ix.start[g])
	}
	return 1
}

func (w *work) resetTasks() {
	if n := len(w.ix.names); cap(w.task) < n {
		w.task = make([]taskMoments, n)
	} else {
		w.task = w.task[:n]
	}
	clear(w.task)
}
