package watch

import (
	"slices"
	"sort"
)

// historySteps is how many updates, and how many evaluations, a history holds
// before it drops every second one.
const historySteps = 5000

// A history keeps the numbers of steps in bounded memory. Updates and evaluations
// are thinned apart, as there may be one evaluation to a hundred updates. It is not
// safe for concurrent use.
type history struct {
	limit int
	kinds [2]thinned // updates, evaluations
	names []string   // of the step before: most steps have the same
	seq   int        // of the next step
	gen   int        // how often steps were dropped
}

type thinned struct {
	entries []entry
	stride  int // every how many steps one is kept
	count   int // steps so far
}

// An entry is a step. Values are those of metrics, then those of timings.
type entry struct {
	seq, step int
	turn      int // number of the step among those of its kind
	names     []string
	metrics   int // how many of names are metrics
	values    []float64
}

func newHistory(limit int) *history {
	return &history{limit: limit, kinds: [2]thinned{{stride: 1}, {stride: 1}}}
}

// add keeps a copy of the numbers of s.
func (h *history) add(s *Step) {
	e := entry{seq: h.seq, step: s.Step, metrics: len(s.Metrics)}
	h.seq++
	all := len(s.Metrics) + len(s.Timings)
	e.values = make([]float64, 0, all)
	same := all == len(h.names)
	for _, l := range [2][]Metric{s.Metrics, s.Timings} {
		for _, m := range l {
			same = same && m.Name == h.names[len(e.values)]
			e.values = append(e.values, m.Value)
		}
	}
	if !same {
		h.names = make([]string, 0, all)
		for _, l := range [2][]Metric{s.Metrics, s.Timings} {
			for _, m := range l {
				h.names = append(h.names, m.Name)
			}
		}
	}
	e.names = h.names

	kind := &h.kinds[0]
	if ofEvaluation(s.Metrics) {
		kind = &h.kinds[1]
	}
	kind.add(e)
	if len(kind.entries) > h.limit {
		kind.thin()
		h.gen++
	}
}

// add appends a step. The newest is always there; it makes room for its successor
// if its turn was not to stay.
func (k *thinned) add(e entry) {
	if n := len(k.entries); n > 0 && k.entries[n-1].turn%k.stride != 0 {
		k.entries = k.entries[:n-1]
	}
	e.turn = k.count
	k.count++
	k.entries = append(k.entries, e)
}

// thin drops every second entry.
func (k *thinned) thin() {
	k.stride *= 2
	newest := k.count - 1
	k.entries = slices.DeleteFunc(k.entries, func(e entry) bool { return e.turn%k.stride != 0 && e.turn != newest })
}

// since returns at most n entries from number seq on, in the order of arrival. They
// stay as they are.
func (h *history) since(seq, n int) []entry {
	var out []entry
	a, b := from(h.kinds[0].entries, seq), from(h.kinds[1].entries, seq)
	for len(out) < n && len(a)+len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0].seq < b[0].seq {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return out
}

func from(entries []entry, seq int) []entry {
	return entries[sort.Search(len(entries), func(i int) bool { return entries[i].seq >= seq }):]
}

// steps returns all entries as steps.
func (h *history) steps() []Step {
	entries := h.since(0, h.seq)
	steps := make([]Step, len(entries))
	for i, e := range entries {
		steps[i] = e.restore()
	}
	return steps
}

func (e *entry) restore() Step {
	pairs := make([]Metric, len(e.values))
	for i, v := range e.values {
		pairs[i] = Metric{e.names[i], v}
	}
	return Step{Step: e.step, Metrics: slices.Clip(pairs[:e.metrics]), Timings: pairs[e.metrics:]}
}
