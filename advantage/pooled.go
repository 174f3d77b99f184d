package advantage

import "math"

// pooled is the mean and the deviation of the rewards of a batch or of a task,
// each counted weight times.
//
// Everything but n and the bounds is in units of 1/scale. The scale is a power of
// two, so that scaling is exact, and keeps squares far from the limits of float64.
// hi + lo is the mean to about twice the precision of float64, as in [moments].
type pooled struct {
	n        float64 // sum of the weights
	low, top float64 // bounds of the values
	scale    float64
	sum      float64 // of weight times value, then of weight times deviation
	hi, lo   float64
	ss       float64 // sum of weight times squared deviation
}

// pool measures values that lie like w.x, of the groups that count: one set
// for the batch, or one for every task. No weights means that all are 1.
//
// The values of groups with several rows may be known to sum to 0 (centred).
// Computed sums of such values are rounding errors, which would move the zeros of
// constant groups; so they are left out.
func (w *work) pool(x, weight []float64, byTask, centred bool) []pooled {
	sets := w.resetSets(byTask)
	set := func(g int) *pooled {
		if byTask {
			return &sets[w.ix.task[g]]
		}
		return &sets[0]
	}
	for g := range w.group {
		if v, wt := w.part(g, x, weight); v != nil {
			set(g).bound(v, wt)
		}
	}
	for i := range sets {
		sets[i].choose()
	}
	for g := range w.group {
		if v, wt := w.part(g, x, weight); v != nil {
			s := set(g)
			s.sum += s.total(v, wt, centred && w.group[g].kind == plain)
		}
	}
	for i := range sets {
		sets[i].hi = sets[i].sum / sets[i].n
	}
	if w.deviate(x, weight, set, sets, centred) {
		for i := range sets {
			sets[i].hi += sets[i].lo
		}
		w.deviate(x, weight, set, sets, centred)
	}
	return sets
}

// deviate computes lo and ss. It reports whether hi is so far from a mean, after
// sums of very many values that differ little, that ss has lost digits.
func (w *work) deviate(x, weight []float64, set func(int) *pooled, sets []pooled, centred bool) (far bool) {
	for i := range sets {
		sets[i].sum, sets[i].ss = 0, 0
	}
	for g := range w.group {
		if v, wt := w.part(g, x, weight); v != nil {
			set(g).deviate(v, wt, centred && w.group[g].kind == plain)
		}
	}
	for i := range sets {
		s := &sets[i]
		s.lo = s.sum / s.n
		// Squares around hi exceed those around the mean by n lo².
		excess := float64(s.n * float64(s.lo*s.lo))
		far = far || excess > s.ss/64
		s.ss -= excess
	}
	return far
}

func (w *work) resetSets(byTask bool) []pooled {
	n := 1
	if byTask {
		n = len(w.ix.names)
	}
	if cap(w.sets) < n {
		w.sets = make([]pooled, n)
	}
	w.sets = w.sets[:n]
	for i := range w.sets {
		w.sets[i] = pooled{low: math.Inf(1), top: math.Inf(-1)}
	}
	return w.sets
}

// part is the values and weights of group g, nil if it does not count.
func (w *work) part(g int, x, weight []float64) (v, wt []float64) {
	if !w.group[g].kind.counts() {
		return nil, nil
	}
	from, to := w.ix.start[g], w.ix.start[g+1]
	if weight != nil {
		wt = weight[from:to]
	}
	return x[from:to], wt
}

func (s *pooled) bound(v, wt []float64) {
	low, top := s.low, s.top
	for _, x := range v {
		if x < low {
			low = x
		}
		if x > top {
			top = x
		}
	}
	s.low, s.top = low, top
	if wt == nil {
		s.n += float64(len(v))
	}
	for _, k := range wt {
		s.n += k
	}
}

// choose takes a scale that leaves the middle of the range of float64 alone.
func (s *pooled) choose() {
	switch size := max(s.top, -s.low); {
	case size > 0x1p+400:
		s.scale = 0x1p-700
	case size < 0x1p-400:
		s.scale = 0x1p+700
	default:
		s.scale = 1
	}
}

// total is the sum of weight times value. If the values sum to 0 themselves, only
// what the weights differ by adds to it.
func (s *pooled) total(v, wt []float64, centred bool) (sum float64) {
	switch {
	case wt == nil && centred:
		return 0
	case wt == nil:
		var odd float64
		i := 0
		for ; i+2 <= len(v); i += 2 {
			sum += float64(v[i] * s.scale)
			odd += float64(v[i+1] * s.scale)
		}
		if i < len(v) {
			sum += float64(v[i] * s.scale)
		}
		return sum + odd
	}
	base := 0.0
	if centred {
		base = wt[0]
	}
	for i, x := range v {
		sum += float64(float64(x*s.scale) * (wt[i] - base))
	}
	return sum
}

// deviate adds the deviations from hi and their squares.
func (s *pooled) deviate(v, wt []float64, centred bool) {
	var sum, squares, n float64
	if wt == nil {
		n = float64(len(v))
		for _, x := range v {
			d := float64(x*s.scale) - s.hi
			sum += d
			squares += float64(d * d)
		}
	} else {
		for i, x := range v {
			d := float64(x*s.scale) - s.hi
			n += wt[i]
			sum += float64(d * wt[i])
			squares += float64(float64(d*d) * wt[i])
		}
	}
	if centred {
		sum = s.total(v, wt, true) - float64(n*s.hi)
	}
	s.sum += sum
	s.ss += squares
}

// constant reports whether there are no two different values. Values that are not
// finite are not constant: they leave a NaN in ss.
func (s *pooled) constant() bool { return s.n == 0 || s.low >= s.top && s.ss-s.ss == 0 }

// factor is scale/(sigma + eps) or, with eps inside the root, scale/sqrt(sigma² +
// eps), to be multiplied with scaled values; sigma² divides by n - ddof. It is 0
// for values that are all equal and NaN for values that are not finite.
func (s *pooled) factor(ddof int, eps float64, inside bool) float64 {
	if s.constant() {
		return 0
	}
	sigma := math.Sqrt(s.ss / (s.n - float64(ddof)))
	if !inside {
		return 1 / (sigma + float64(eps*s.scale))
	}
	// sqrt(sigma² + eps scale²), whose squares may leave the range.
	a, b := sigma, float64(math.Sqrt(eps)*s.scale)
	if a < b {
		a, b = b, a
	}
	q := b / a
	return 1 / float64(a*math.Sqrt(1+float64(q*q)))
}

// whiten writes (x - mean)/(sigma + eps) over the whole batch to w.out, which may
// be x. Rows that do not count get 0.
func (w *work) whiten(x, weight []float64, centred bool, ddof int, eps float64, inside bool) {
	s := w.pool(x, weight, false, centred)[0]
	f := s.factor(ddof, eps, inside)
	for g := range w.group {
		w.place(g, x, &s, f)
	}
}

// place writes (x - mean of s) times the factor f of s for group g to w.out, 0 if
// the group does not count.
func (w *work) place(g int, x []float64, s *pooled, f float64) {
	out := w.out[w.ix.start[g]:w.ix.start[g+1]]
	v, _ := w.part(g, x, nil)
	if v == nil || f == 0 {
		clear(out)
		return
	}
	for i, r := range v {
		out[i] = float64(((float64(r*s.scale) - s.hi) - s.lo) * f)
	}
}

// rescale multiplies out, which is not scaled, by a factor of s.
func (s *pooled) rescale(out []float64, f float64) {
	if f == 0 {
		clear(out)
		return
	}
	for i, a := range out {
		out[i] = float64(float64(a*s.scale) * f)
	}
}

// weights is lengths in the order of the groups, nil if there are none.
func (w *work) weights(lengths []int) []float64 {
	if lengths == nil {
		return nil
	}
	wt := w.scratch(2)
	if w.ix.order == nil {
		for i, l := range lengths {
			wt[i] = float64(l)
		}
		return wt
	}
	for j, row := range w.ix.order {
		wt[j] = float64(lengths[row])
	}
	return wt
}
