package iou

import "sync"

// Rows returns the multiset intersection over union of two lists of row keys:
//
//	m    = Σ_r min(count of r in gold, count of r in pred)
//	Rows = m / (len(gold) + len(pred) - m)
//
// Two empty lists score 0, as in the released reward; see [Tables] for the
// strict rule. Rows is symmetric, and its result is in [0, 1]. It does not
// allocate for up to 1,024 gold rows once its scratch is warm, and is linear in
// the total length of the keys.
//
// Source: GoLongRL, reward_score/multitableqa.py.
func Rows(gold, pred []string) float64 {
	if len(gold) == 0 || len(pred) == 0 {
		return 0
	}
	return overUnion(matches(gold, pred), len(gold), len(pred))
}

// overUnion divides m matching rows by the size of the union.
func overUnion(m, gold, pred int) float64 {
	union := gold + pred - m
	if union == 0 {
		return 0
	}
	return float64(m) / float64(union)
}

// fewRows and manyRows are the sizes of the pooled maps. There are two because
// clearing a map costs time in proportion to its size, and short tables are the
// usual ones.
const fewRows, manyRows = 64, 1024

// counters is the working memory of one call.
type counters struct{ few, many map[string]int }

var pool = sync.Pool{New: func() any {
	return &counters{few: make(map[string]int, fewRows), many: make(map[string]int, manyRows)}
}}

// release empties the maps, so that the pool keeps no row alive.
func (c *counters) release() {
	clear(c.few)
	clear(c.many)
	pool.Put(c)
}

// matches returns the size of the multiset intersection.
func matches(gold, pred []string) int {
	c := pool.Get().(*counters)
	defer c.release()
	count := c.few
	switch {
	case len(gold) > manyRows:
		count = make(map[string]int, len(gold))
	case len(gold) > fewRows:
		count = c.many
	}
	for _, row := range gold {
		count[row]++
	}
	m := 0
	for _, row := range pred {
		if n, ok := count[row]; ok && n > 0 {
			count[row] = n - 1
			m++
		}
	}
	return m
}
