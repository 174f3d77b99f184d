package advantage

import (
	"fmt"
	"math"
	"strings"
)

// A Report says what a batch looks like and what estimators make of it.
type Report struct {
	Rows, Groups int

	// Singles are the prompts with one rollout, ZeroVariance those with several
	// rollouts of equal rewards. Neither carries a signal within their group.
	Singles, ZeroVariance int

	Tasks      []TaskReport      // in the order of the index
	Estimators []EstimatorReport // in the order of the call
	Warnings   []Warning         // batch first, then task by task
}

// TaskReport describes the rewards of one task. Of an index without tasks there
// is one report, with an empty name.
type TaskReport struct {
	Name string

	Prompts, Rows         int
	Singles, ZeroVariance int // as in [Report]

	// MeanReward, MinReward and MaxReward are over the rows of the task.
	MeanReward, MinReward, MaxReward float64

	// Std is the root mean square of the prompts' standard deviations (n-1 in
	// the denominator) over prompts of two and more rollouts, those of zero
	// variance included: sigma_T of [TMN]. 0 if there is no such prompt.
	Std float64

	// MeanLength is the mean number of tokens of a response, 0 if the batch has
	// no lengths.
	MeanLength float64
}

// EstimatorReport describes the advantages of one estimator. Slices that are
// said to be per task have one element for each of [Report.Tasks].
//
// Nothing in it is NaN: what would be 0/0 is 0.
type EstimatorReport struct {
	Spelling string
	Formula  string // as in [Info]; empty for estimators that are not of this package

	Values []float64 // the advantages, row by row

	// MeanAbs is per task the mean of |A| over all rows of the task, those with
	// advantage 0 included.
	MeanAbs []float64
	// Relative is MeanAbs divided by the mean of MeanAbs over tasks: 1 for a
	// task that moves the policy as much per rollout as the average task does.
	// This is Figure 5 of the paper.
	Relative []float64
	// CV is the coefficient of variation of MeanAbs over tasks: their standard
	// deviation, with the number of tasks in the denominator, divided by their
	// mean. It is 0 if all tasks have the same weight, and with K tasks at most
	// sqrt(K-1), when only one task has any.
	CV float64

	// GradientShare is per task its share of the sum of |A_i| over all tokens:
	// sum of |A_i| length_i, or of |A_i| if the batch has no lengths. Under the
	// aggregation token-mean the gradient is a sum of A_i grad log pi over
	// tokens; this is the share of each task if all tokens have gradients of the
	// same size.
	GradientShare []float64
	// SquareShare is per task its share of the sum of A_i² over rows: the share
	// of the variance of the gradient, which is what equations (9) to (12) of
	// the paper bound.
	SquareShare []float64

	// Positive is the share of rows with A > 0 among those with A != 0, Zero that
	// of rows with A = 0. Flipped is the share of rows whose advantage has the sign
	// opposite to r - mu, among rows with r != mu: not 0 where the baseline is not
	// the mean of the prompt.
	//
	// A reward that equals mu up to rounding errors counts as mu, and what an
	// estimator makes of the rounding errors as 0: the 0.2 of 0.1, 0.2 and 0.3.
	Positive, Zero, Flipped float64

	// ESS is the effective sample size (sum |A|)² / sum A²: the number of rows
	// of equal |A| that would weigh as these do.
	ESS float64

	// MinWeight and MaxWeight are the range of
	//
	//	w_i = |A_i| / |r_i - mu|, divided by its mean
	//
	// over the rows of groups with r_i != mu, the mean being weighted by
	// |r_i - mu|: sum |A_i| / sum |r_i - mu|. They say how much more or less a
	// row counts than under plain centring: 1 and 1 for dr_grpo, 0 where a row
	// is masked.
	MinWeight, MaxWeight float64
}

// Diagnose describes b and what each of ests makes of it: how strongly each task
// pulls at the policy, how evenly, and what in the batch is likely to be a
// mistake.
//
// Advantages are those of [Estimator.Advantages]. Rows that an estimator leaves
// out of its statistics (zero variance under drop_constant, single rollouts)
// have advantage 0 and count as such; to see the batch that is left after
// dynamic sampling, leave these groups out of b.
//
// An index without tasks is treated as one task, and estimators that need tasks
// return [ErrNoTasks]. An empty batch gives zeros. Rewards may be anywhere in
// the range of float64 as long as the advantages are. An error of an estimator
// is wrapped with its spelling.
//
// Source: GoLongRL, arXiv 2605.19577, section 4 and Figure 5, which does not say
// how it estimates the standard deviation; with K-1 in the denominator every
// coefficient is sqrt(K/(K-1)) times as large, 1.06 times for nine tasks.
func Diagnose(b *Batch, ests ...Estimator) (*Report, error) {
	centred := make([]float64, len(b.Rewards))
	d := diagnosis{b: b, centred: centred}
	if err := d.batch(); err != nil {
		return nil, err
	}
	for _, e := range ests {
		if err := d.estimator(e); err != nil {
			return nil, fmt.Errorf("%s: %w", e, err)
		}
	}
	d.warn(ests)
	return &d.report, nil
}

// diagnosis is a report in the making.
type diagnosis struct {
	b       *Batch
	report  Report
	centred []float64 // r - mu of every row, 0 in groups of one
	task    []int     // of every row
	outside []int     // rows of every task with rewards outside [0, 1]
	noisy   int       // prompts whose rewards differ by rounding errors
}

// batch fills the part of the report that does not depend on estimators.
func (d *diagnosis) batch() error {
	needs := Field(0)
	if d.b.Lengths != nil {
		needs |= Lengths
	}
	w, err := begin(d.centred, d.b, needs, Rules{})
	if err != nil {
		return err
	}
	ix := d.b.Index
	r := &d.report
	r.Rows, r.Groups = ix.Rows(), ix.Groups()
	switch {
	case ix.Tasks() > 0:
		r.Tasks = make([]TaskReport, ix.Tasks())
		for t := range r.Tasks {
			r.Tasks[t].Name = ix.Task(t)
		}
	case r.Rows > 0:
		r.Tasks = make([]TaskReport, 1)
	}
	d.task = make([]int, r.Rows)
	d.outside = make([]int, len(r.Tasks))
	spread := make([]rootSum, len(r.Tasks))
	rewards, lengths := make([]average, len(r.Tasks)), make([]average, len(r.Tasks))
	for g := range w.group {
		ti := max(0, ix.TaskOf(g))
		t := &r.Tasks[ti]
		switch w.group[g].kind {
		case ignored:
			t.Singles++
		case constant:
			t.ZeroVariance++
		case plain:
			s := w.deviation(g, 1)
			spread[ti].add(s)
			if s <= noise*math.Abs(w.group[g].hi) {
				d.noisy++
			}
		}
		t.Prompts++
		w.level(w.center(g), g)
		for j := range ix.Size(g) {
			i := ix.Row(g, j)
			d.task[i] = ti
			v := d.b.Rewards[i]
			if t.Rows++; t.Rows == 1 {
				t.MinReward, t.MaxReward = v, v
			}
			t.MinReward, t.MaxReward = min(t.MinReward, v), max(t.MaxReward, v)
			rewards[ti].add(v)
			if v < 0 || v > 1 {
				d.outside[ti]++
			}
			if d.b.Lengths != nil {
				lengths[ti].add(float64(d.b.Lengths[i]))
			}
		}
	}
	for i := range r.Tasks {
		t := &r.Tasks[i]
		if n := t.Prompts - t.Singles; n > 0 {
			t.Std = min(spread[i].root(float64(n)), math.MaxFloat64)
		}
		t.MeanReward, t.MeanLength = rewards[i].mean(), lengths[i].mean()
		r.Singles += t.Singles
		r.ZeroVariance += t.ZeroVariance
	}
	return w.end(d.centred)
}

// level sets to 0 the differences from the mean of group g that are no more than
// rounding errors, as of 0.2 among 0.1, 0.2 and 0.3.
func (w *work) level(out []float64, g int) {
	m := &w.group[g]
	if m.kind != plain {
		return
	}
	least := float64(tie * (math.Abs(m.hi) + w.deviation(g, 0)))
	for i, c := range out {
		if math.Abs(c) <= least {
			out[i] = 0
		}
	}
}

// noise is the standard deviation, relative to the mean, below which the rewards
// of a group are taken to differ by the rounding errors of their computation.
const noise = 1e-9

// levelled is the advantage, relative to the largest of its group, up to which
// that of a reward at the mean is taken for a rounding error.
const levelled = 1e-6

// estimator adds the report of e.
func (d *diagnosis) estimator(e Estimator) error {
	a := make([]float64, len(d.centred))
	if err := e.Advantages(a, d.b); err != nil {
		return err
	}
	tasks := len(d.report.Tasks)
	r := EstimatorReport{Spelling: e.String(), Formula: formulaOf(e), Values: a,
		MeanAbs: make([]float64, tasks), Relative: make([]float64, tasks),
		GradientShare: make([]float64, tasks), SquareShare: make([]float64, tasks)}

	var largest float64
	means := make([]average, tasks)
	var positive, negative, moved, flipped int
	for g := range d.b.Index.Groups() {
		var most float64
		for j := range d.b.Index.Size(g) {
			most = max(most, math.Abs(a[d.b.Index.Row(g, j)]))
		}
		largest = max(largest, most)
		for j := range d.b.Index.Size(g) {
			i := d.b.Index.Row(g, j)
			v, c := a[i], d.centred[i]
			means[d.task[i]].add(math.Abs(v))
			if c == 0 && math.Abs(v) <= float64(most*levelled) {
				v = 0
			}
			switch {
			case v > 0:
				positive++
			case v < 0:
				negative++
			}
			if c != 0 {
				moved++
				if c > 0 && v < 0 || c < 0 && v > 0 {
					flipped++
				}
			}
		}
	}
	r.Positive = ratio(positive, positive+negative)
	r.Zero = ratio(len(a)-positive-negative, len(a))
	r.Flipped = ratio(flipped, moved)

	var cross average
	for t := range means {
		r.MeanAbs[t] = means[t].mean()
		cross.add(r.MeanAbs[t])
	}
	if m := cross.mean(); m > 0 {
		var squares float64
		for t, v := range r.MeanAbs {
			r.Relative[t] = v / m
			squares += float64((r.Relative[t] - 1) * (r.Relative[t] - 1))
		}
		r.CV = math.Sqrt(squares / float64(tasks))
	}
	if largest > 0 {
		d.shares(&r, a, largest)
		r.MinWeight, r.MaxWeight = d.weights(a)
	}
	d.report.Estimators = append(d.report.Estimators, r)
	return nil
}

// shares fills what depends on sums over advantages, in units of the largest.
func (d *diagnosis) shares(r *EstimatorReport, a []float64, largest float64) {
	var sum, squares, mass float64
	for i, v := range a {
		v = math.Abs(v) / largest
		s := float64(v * v)
		sum += v
		squares += s
		r.SquareShare[d.task[i]] += s
		if d.b.Lengths != nil {
			v = float64(v * float64(d.b.Lengths[i]))
		}
		mass += v
		r.GradientShare[d.task[i]] += v
	}
	for t := range r.GradientShare {
		r.GradientShare[t] /= mass
		r.SquareShare[t] /= squares
	}
	r.ESS = sum / squares * sum
}

// weights is the range of |A| / |r - mu|, divided by its mean.
func (d *diagnosis) weights(a []float64) (lo, hi float64) {
	var size, base average
	for i, c := range d.centred {
		if c != 0 {
			size.add(math.Abs(a[i]))
			base.add(math.Abs(c))
		}
	}
	sm, bm := size.mean(), base.mean()
	if sm == 0 {
		return 0, 0
	}
	lo = math.MaxFloat64
	for i, c := range d.centred {
		if c != 0 {
			w := quotient(math.Abs(a[i]), math.Abs(c), sm, bm)
			lo, hi = min(lo, w), max(hi, w)
		}
	}
	return lo, hi
}

// quotient is (a/b)/(c/d), whatever the range of its parts; at most
// math.MaxFloat64.
func quotient(a, b, c, d float64) float64 {
	am, ae := math.Frexp(a)
	bm, be := math.Frexp(b)
	cm, ce := math.Frexp(c)
	dm, de := math.Frexp(d)
	return min(math.Ldexp((am/bm)/(cm/dm), ae-be-ce+de), math.MaxFloat64)
}

// formulaOf is the formula of e in the catalogue, if e is in it.
func formulaOf(e Estimator) string {
	name, _, _ := strings.Cut(e.String(), "(")
	info, _ := Describe(name)
	return info.Formula
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// average is a mean whose sum cannot overflow.
type average struct {
	n   int
	sum float64
	far float64 // sum of the values beyond maxSafe, in units of maxSafe
}

func (m *average) add(v float64) {
	m.n++
	if math.Abs(v) > maxSafe {
		m.far += v / maxSafe
	} else {
		m.sum += v
	}
}

// mean is 0 without values.
func (m *average) mean() float64 {
	if m.n == 0 {
		return 0
	}
	n := float64(m.n)
	return float64(m.far/n*maxSafe) + m.sum/n
}
