package ndcg

import "strings"

// Ranked returns NDCG at cutoff k of ranked ids, with the released GoLongRL
// reward's treatment of duplicates.
//
// gold lists the relevant ids from the best to the least: the id at index i has
// gain len(gold)-i. pred lists the predicted ids in rank order. Both pass
// through a map in the reference, so
//
//   - an id that gold repeats keeps its last, smallest gain;
//   - an id that pred repeats keeps its last position, and the ranks close up.
//
// The reference passes k = len(gold), duplicates counted.
//
// Ids are C strings in trec_eval: what follows a NUL byte is lost. When that
// makes two distinct ids of one side equal, trec_eval refuses the query and
// the score is 0. An empty id is an id like any other. An empty gold or pred,
// or k <= 0, scores 0. Up to 1,024 lines on both sides together cost no
// allocation; longer lists cost a few, and time stays linear.
//
// The result is trec_eval's to the last bit up to rank 1,619. At rank 1,620 and
// at a few beyond, the C library's log2 is not correctly rounded and the result
// can differ in the last bit.
//
// Ids are compared byte by byte. The reference cannot evaluate a line that
// holds a lone surrogate; see [Crashes].
//
// Source: GoLongRL, reward_score/long_bench_pro.py (NDCG), over
// pytrec-eval-terrier 0.5.11.
func Ranked(k int, gold, pred []string) float64 {
	if k <= 0 || len(gold) == 0 || len(pred) == 0 {
		return 0
	}
	s := getScratch()
	defer s.release()
	seen := s.lines(len(gold) + len(pred))
	for i, g := range gold {
		p := seen[g]
		p.gold = i + 1
		seen[g] = p
	}
	for i, id := range pred {
		p := seen[id]
		p.pred = i + 1
		seen[id] = p
	}
	if hasNUL(gold) || hasNUL(pred) {
		if !s.cut(seen, gold, pred) {
			return 0
		}
		return ratio(k, s.run, s.ideal)
	}
	for i, g := range gold {
		if seen[g].gold == i+1 {
			s.ideal = append(s.ideal, float64(len(gold)-i))
		}
	}
	for i, id := range pred {
		if p := seen[id]; p.pred == i+1 {
			if len(s.run) == k {
				break
			}
			s.run = append(s.run, gain(p.gold, len(gold)))
		}
	}
	return ratio(k, s.run, s.ideal)
}

// Distinct returns NDCG at cutoff k of ranked ids when of duplicates the first
// counts, on both sides.
//
// With g the distinct ids of gold in order, the id at index i of g has gain
// len(g)-i. Repeating an id, in gold or in pred, changes nothing. Ids are
// compared whole, NUL bytes included. An empty gold or pred, or k <= 0, scores
// 0, and the result is in [0, 1]. Allocation is as for [Ranked].
func Distinct(k int, gold, pred []string) float64 {
	if k <= 0 || len(gold) == 0 || len(pred) == 0 {
		return 0
	}
	s := getScratch()
	defer s.release()
	seen := s.lines(len(gold) + len(pred))
	n := 0
	for _, g := range gold {
		if _, dup := seen[g]; !dup {
			n++
			seen[g] = place{gold: n}
		}
	}
	for i := range n {
		s.ideal = append(s.ideal, float64(n-i))
	}
	for i, id := range pred {
		if len(s.run) == k {
			break
		}
		p := seen[id]
		if p.pred != 0 {
			continue
		}
		p.pred = i + 1
		seen[id] = p
		s.run = append(s.run, gain(p.gold, n))
	}
	// Rounding in sums of 10⁵ terms can leave a near-perfect run one unit
	// in the last place above its ideal.
	return min(ratio(k, s.run, s.ideal), 1)
}

// Crashes reports whether the reference fails on these lines instead of scoring
// them: a line that holds a lone surrogate (stored as ED A0..BF xx, its
// generalized UTF-8) has no UTF-8 form, and the native evaluator dereferences
// the null pointer it gets for one. A caller that reproduces the reference
// reports a status instead of a score.
func Crashes(gold, pred []string) bool {
	return hasSurrogate(gold) || hasSurrogate(pred)
}

// gain is the gain of the gold line at position pos (from 1; 0 is no gold
// line) out of n.
func gain(pos, n int) float64 {
	if pos == 0 {
		return 0
	}
	return float64(n - pos + 1)
}

// cut is the tail of Ranked for lines with NUL bytes: it fills ideal and run by
// ids cut at their first NUL, and reports false when a cut merges two ids that
// seen holds apart.
func (s *scratch) cut(seen map[string]place, gold, pred []string) bool {
	short := make(map[string]place, len(seen))
	for i, g := range gold {
		if seen[g].gold != i+1 {
			continue
		}
		id := upToNUL(g)
		if _, dup := short[id]; dup {
			return false
		}
		short[id] = place{gold: i + 1}
		s.ideal = append(s.ideal, float64(len(gold)-i))
	}
	for i, line := range pred {
		if seen[line].pred != i+1 {
			continue
		}
		id := upToNUL(line)
		p := short[id]
		if p.pred != 0 {
			return false
		}
		p.pred = i + 1
		short[id] = p
		s.run = append(s.run, gain(p.gold, len(gold)))
	}
	return true
}

func upToNUL(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return s[:i]
	}
	return s
}

func hasNUL(lines []string) bool {
	for _, s := range lines {
		if strings.IndexByte(s, 0) >= 0 {
			return true
		}
	}
	return false
}

func hasSurrogate(lines []string) bool {
	for _, s := range lines {
		for {
			i := strings.IndexByte(s, 0xED)
			if i < 0 || i+2 >= len(s) {
				break
			}
			if s[i+1]&0xE0 == 0xA0 && s[i+2]&0xC0 == 0x80 {
				return true
			}
			s = s[i+1:]
		}
	}
	return false
}
