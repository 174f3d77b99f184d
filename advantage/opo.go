package advantage

// OPO subtracts the mean of the group weighted by length, which approximates the
// baseline of least variance:
//
//	A_i = r_i - sum_j l_j r_j / sum_j l_j
//
// l_j is the length of response j; without lengths the baseline is mu.
//
// Special cases: a group of equal rewards gives 0; a single rollout gives 0, or r
// with SingleReference, as verl has it.
//
// Spelling: opo(drop_constant=false,single=zero).
//
// Source: Hao et al., arXiv 2505.23585, section 3; verl,
// compute_opo_outcome_advantage.
type OPO struct{ Rules }

func (e *OPO) options() []option { return e.Rules.options() }

func (e OPO) String() string { return spell("opo", e) }

// Needs returns Lengths.
func (e OPO) Needs() Field { return Lengths }

// Advantages implements [Estimator].
func (e OPO) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, Lengths, e.Rules)
	if err != nil {
		return err
	}
	weight := w.weights(b.Lengths)
	for g := range w.group {
		out := w.center(g)
		if w.group[g].kind != plain || weight == nil {
			continue
		}
		l := weight[w.ix.start[g]:w.ix.start[g+1]]
		var sum float64
		for _, k := range l {
			sum += k
		}
		// The baseline around mu. The centres sum to 0, so that only what the
		// lengths differ by matters.
		var shift float64
		for i, c := range out {
			shift += float64(c * ((l[i] - l[0]) / sum))
		}
		for i := range out {
			out[i] -= shift
		}
	}
	return w.end(dst)
}
