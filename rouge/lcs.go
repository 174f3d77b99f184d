package rouge

// L returns ROUGE-L of two token sequences, by the length of their longest
// common subsequence, in which a repeated token counts as often as it occurs:
//
//	P  = LCS(ref, hyp) / len(hyp)
//	R  = LCS(ref, hyp) / len(ref)
//	F1 = 2·P·R / (P + R)
//
// An empty side, or no common token, gives zeros. Equal sequences give ones.
// L has no step budget; see LBudget.
//
// Source: C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries",
// 2004, section 3.1 with β = 1; PyPI rouge-score 0.1.2, rougeL.
func L(ref, hyp []string) Score {
	s, _ := lcsScore(ref, hyp, nil)
	return s
}

// LBudget is L within a budget of steps, 0 for DefaultBudget. It returns
// ErrBudget when the budget is spent, and panics if it is negative.
func LBudget(ref, hyp []string, steps int64) (Score, error) {
	left := newBudget(steps)
	return lcsScore(ref, hyp, &left)
}

// lcsScore computes L. A nil budget does not end.
func lcsScore(ref, hyp []string, left *budget) (Score, error) {
	m, n := len(ref), len(hyp)
	same := 0
	for len(ref) > 0 && len(hyp) > 0 && ref[0] == hyp[0] {
		ref, hyp = ref[1:], hyp[1:]
		same++
	}
	for len(ref) > 0 && len(hyp) > 0 && ref[len(ref)-1] == hyp[len(hyp)-1] {
		ref, hyp = ref[:len(ref)-1], hyp[:len(hyp)-1]
		same++
	}
	if len(ref) > len(hyp) {
		ref, hyp = hyp, ref
	}
	if len(ref) == 0 {
		return ratioScore(same, m, n), nil
	}
	sc := getScratch()
	defer sc.release()
	for _, w := range ref {
		sc.ref.words = append(sc.ref.words, sc.vocab.add(w))
	}
	sc.rows.grow(sc.vocab.len())
	sc.rows.build(sc.ref.words)
	sc.table.start(len(ref))
	for _, w := range hyp {
		id := sc.vocab.find(w)
		if id < 0 {
			continue
		}
		looked := advance(sc.table.v, sc.rows.of(id))
		if left != nil && !left.spend(looked) {
			return Score{}, ErrBudget
		}
	}
	return ratioScore(same+sc.table.length(), m, n), nil
}
