package advantage

import (
	"math"
	"sync"
)

// kind says how a group takes part.
type kind uint8

const (
	plain    kind = iota // rewards differ
	constant             // two or more rewards, all equal: advantage 0
	dropped              // constant, and out of all statistics
	single               // one reward, SingleReference
	ignored              // one reward, SingleZero
)

// counts reports whether the group is part of statistics over prompts.
func (k kind) counts() bool { return k != dropped && k != ignored }

// work is the scratch memory of one call: the rewards with the rows of every
// group together, and what is known of the groups.
type work struct {
	ix    *Index
	rules Rules
	x     []float64 // rewards, group by group; b.Rewards itself if they lie so
	out   []float64 // advantages in the same order; dst itself if they lie so
	group []moments
	task  []taskMoments
	sets  []pooled
	buf   [4][]float64
}

// moments are the mean and the deviations of a group.
//
// hi + lo is the mean to about twice the precision of float64, so that
// (x-hi)-lo keeps its relative precision where the mean is far from 0. For a
// single reward they are 0 and sigma is 1, as SingleReference has it.
type moments struct {
	hi, lo float64
	ss     float64 // sum of squared deviations; only if safe
	kind   kind
	safe   bool // ss neither overflowed nor lost digits to underflow
}

// taskMoments are the statistics of a task over the prompts that count.
type taskMoments struct {
	prompts int
	sum     float64 // of the prompts' variances, then of their weights in mean
	unsafe  bool    // a variance left the safe range
	scale   float64 // root mean square of the prompts' deviations
	mean    float64 // mean of the prompts' means
	rest    float64 // rounding error of mean
}

var pool = sync.Pool{New: func() any { return new(work) }}

// begin checks b and computes the moments of all groups of its rewards.
// The caller must call end if there is no error.
func begin(dst []float64, b *Batch, needs Field, rules Rules) (*work, error) {
	if err := b.check(dst, needs); err != nil {
		return nil, err
	}
	w := pool.Get().(*work)
	w.ix, w.rules = b.Index, rules
	w.x = w.gather(0, b.Rewards)
	w.out = dst
	if b.Index.order != nil {
		w.out = w.scratch(1)
	}
	if err := w.measure(b.Rewards); err != nil {
		w.free()
		return nil, err
	}
	return w, nil
}

// scratch is buffer i with one element per row.
func (w *work) scratch(i int) []float64 {
	if cap(w.buf[i]) < w.ix.rows {
		w.buf[i] = make([]float64, w.ix.rows)
	}
	return w.buf[i][:w.ix.rows]
}

// gather is x in the order of the groups, in buffer i unless x lies so already.
func (w *work) gather(i int, x []float64) []float64 {
	if w.ix.order == nil {
		return x
	}
	g := w.scratch(i)
	for j, row := range w.ix.order {
		g[j] = x[row]
	}
	return g
}

// end brings the advantages into the order of the batch and gives the scratch
// memory back. An advantage that left the range of float64 is an error.
func (w *work) end(dst []float64) error {
	if w.ix.order != nil {
		for j, row := range w.ix.order {
			dst[row] = w.out[j]
		}
	}
	w.free()
	var probe float64
	for _, a := range dst {
		probe += a * 0 // NaN for what is not finite, else ±0
	}
	if probe == 0 {
		return nil
	}
	for i, a := range dst {
		if math.IsInf(a, 0) || math.IsNaN(a) {
			return &RowError{i, "reward", "gives an advantage beyond the range of float64; scale the rewards down"}
		}
	}
	return nil
}

func (w *work) free() {
	w.ix, w.x, w.out = nil, nil, nil
	pool.Put(w)
}

// measure computes the moments of all groups.
func (w *work) measure(rewards []float64) error {
	groups := w.ix.Groups()
	if cap(w.group) < groups {
		w.group = make([]moments, groups)
	}
	w.group = w.group[:groups]
	for g := range w.group {
		x := w.x[w.ix.start[g]:w.ix.start[g+1]]
		m := &w.group[g]
		if len(x) == 1 {
			*m = moments{kind: ignored, safe: true}
			if w.rules.Single == SingleReference {
				m.kind = single
			}
			if x[0]-x[0] != 0 {
				return w.notFinite(rewards)
			}
			continue
		}
		if !m.of(x) {
			return w.notFinite(rewards)
		}
		if m.kind == constant && w.rules.DropConstant {
			m.kind = dropped
		}
	}
	return nil
}

func (w *work) notFinite(rewards []float64) error {
	err := finite(rewards, "reward")
	if err == nil {
		panic("advantage: statistics of finite rewards are not finite")
	}
	return err
}

// of computes the moments of two or more values. It reports whether all of them
// are finite.
func (m *moments) of(x []float64) bool {
	first := math.Float64bits(x[0])
	var s0, s1, s2, s3 float64
	var differ uint64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		q := x[i : i+4 : i+4]
		s0 += q[0]
		s1 += q[1]
		s2 += q[2]
		s3 += q[3]
		differ |= (math.Float64bits(q[0]) ^ first) | (math.Float64bits(q[1]) ^ first) | (math.Float64bits(q[2]) ^ first) | (math.Float64bits(q[3]) ^ first)
	}
	for ; i < len(x); i++ {
		s0 += x[i]
		differ |= math.Float64bits(x[i]) ^ first
	}
	if differ == 0 {
		*m = moments{hi: x[0], kind: constant, safe: true}
		return x[0]-x[0] == 0
	}
	n := float64(len(x))
	hi := ((s0 + s1) + (s2 + s3)) / n
	if hi-hi != 0 {
		return m.scaled(x)
	}
	var c0, c1, q0, q1 float64
	i = 0
	for ; i+2 <= len(x); i += 2 {
		d0, d1 := x[i]-hi, x[i+1]-hi
		c0 += d0
		c1 += d1
		q0 += float64(d0 * d0)
		q1 += float64(d1 * d1)
	}
	if i < len(x) {
		d := x[i] - hi
		c0 += d
		q0 += float64(d * d)
	}
	lo := (c0 + c1) / n
	// Squares around hi exceed those around the mean by n lo².
	ss := (q0 + q1) - float64(n*float64(lo*lo))
	*m = moments{hi: hi, lo: lo, ss: ss, safe: minSafe < ss && ss < maxSafe}
	if ss == 0 || ss-ss != 0 {
		return m.scaled(x) // 0 and -0, or squares that leave the range
	}
	return true
}

// Sums of squares between these bounds have all their digits.
const (
	minSafe = 0x1p-900
	maxSafe = 0x1p+900
)

// scaled is of for values whose sum or squares leave the range of float64. It
// leaves ss to deviation.
func (m *moments) scaled(x []float64) bool {
	lo, hi := x[0], x[0]
	for _, v := range x {
		if v-v != 0 {
			return false
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	if lo == hi { // 0 and -0
		*m = moments{kind: constant, safe: true}
		return true
	}
	// Scaling large values down cannot hurt: what underflows is far below half a
	// unit in the last place of the mean.
	scale, back := 1.0, 1.0
	if max(hi, -lo) > 0x1p+900 {
		scale, back = 0x1p-200, 0x1p+200
	}
	n := float64(len(x))
	var sum float64
	for _, v := range x {
		sum += float64(v * scale)
	}
	mean := sum / n
	var c float64
	for _, v := range x {
		c += float64(v*scale) - mean
	}
	*m = moments{hi: mean * back, lo: c / n * back}
	return true
}

// deviation is sqrt(sum of squared deviations / (n - ddof)) of group g.
func (w *work) deviation(g, ddof int) float64 {
	m := &w.group[g]
	switch m.kind {
	case constant, dropped:
		return 0
	case single, ignored:
		return 1
	}
	n := int(w.ix.start[g+1] - w.ix.start[g])
	if m.safe {
		return math.Sqrt(m.ss / float64(n-ddof))
	}
	var r rootSum
	for _, v := range w.x[w.ix.start[g]:w.ix.start[g+1]] {
		r.add((v - m.hi) - m.lo)
	}
	return r.root(float64(n - ddof))
}

// rootSum is a sum of squares that neither overflows nor underflows.
type rootSum struct{ scale, sum float64 }

func (r *rootSum) add(v float64) {
	v = math.Abs(v)
	switch {
	case v == 0:
	case v > r.scale:
		q := r.scale / v
		r.sum = 1 + float64(r.sum*float64(q*q))
		r.scale = v
	default:
		q := v / r.scale
		r.sum += float64(q * q)
	}
}

// root is the square root of the sum over n.
func (r *rootSum) root(n float64) float64 { return r.scale * math.Sqrt(r.sum/n) }

// center writes r - mean of group g to out.
func (w *work) center(g int) []float64 {
	from, to := w.ix.start[g], w.ix.start[g+1]
	m := &w.group[g]
	x, out := w.x[from:to], w.out[from:to]
	switch m.kind {
	case constant, dropped, ignored:
		clear(out)
	default:
		for i, v := range x {
			out[i] = (v - m.hi) - m.lo
		}
	}
	return out
}

// divide divides every element by d. A d of 0 comes only with eps 0 and centres of 0.
// A d beyond the range of float64 makes the elements NaN, so that end reports them.
func divide(out []float64, d float64) {
	if d == 0 {
		clear(out)
		return
	}
	if math.IsInf(d, 1) {
		for i := range out {
			out[i] = math.NaN()
		}
		return
	}
	if f := 1 / d; minSafe < f && f < maxSafe {
		for i := range out {
			out[i] *= f
		}
		return
	}
	for i := range out {
		out[i] /= d
	}
}

// denominator is scale + eps or, with eps inside the root, sqrt(scale² + eps).
func denominator(scale, eps float64, inside bool) float64 {
	if !inside {
		return scale + eps
	}
	if s := float64(scale * scale); s < math.MaxFloat64 && (s > minSafe || scale == 0) {
		return math.Sqrt(s + eps)
	}
	var r rootSum // math.Hypot is assembly on some platforms
	r.add(scale)
	r.add(math.Sqrt(eps))
	return r.root(1)
}
