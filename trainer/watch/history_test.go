package watch

import (
	"math"
	"testing"
)

// The newest step is always there, the first too, and those between are evenly
// spread, updates and evaluations each by themselves.
func TestHistoryThins(t *testing.T) {
	const limit = 8
	h := newHistory(limit)
	var newest [2]int
	for i := range 300 {
		s := Step{Step: i, Metrics: []Metric{{"a", float64(i)}}, Timings: []Metric{{"t", -float64(i)}}}
		if i%10 == 0 {
			s = Step{Step: i, Metrics: []Metric{{EvalReward, float64(i)}}}
		}
		h.add(&s)
		newest[min(i%10, 1)] = i
		if i == 0 {
			continue
		}
		for k, kind := range []*thinned{&h.kinds[1], &h.kinds[0]} {
			e := kind.entries
			if len(e) > limit || len(e) == 0 || e[len(e)-1].step != newest[k] || e[0].step != k {
				t.Fatalf("step %d, kind %d: %d entries, %v", i, k, len(e), e)
			}
			for j := 0; j+1 < len(e); j++ {
				if e[j].turn != j*kind.stride {
					t.Fatalf("step %d: turn %d at %d, stride %d", i, e[j].turn, j, kind.stride)
				}
				if j*2 < limit && len(e) <= limit/2 && kind.stride > 1 {
					t.Fatalf("step %d: only %d entries", i, len(e))
				}
			}
			for _, e := range e {
				if e.values[0] != float64(e.step) || e.metrics != 1 {
					t.Fatalf("step %d has %v", e.step, e.values)
				}
			}
		}
	}
	if h.gen == 0 {
		t.Error("generation did not grow")
	}
	last := -1
	for _, s := range h.steps() {
		if s.Step <= last {
			t.Errorf("step %d after %d", s.Step, last)
		}
		last = s.Step
		if len(s.Timings) > 0 && s.Timings[0] != (Metric{"t", -float64(s.Step)}) {
			t.Errorf("timings %v", s.Timings)
		}
	}
	if last != 299 {
		t.Errorf("ends with %d", last)
	}
}

func TestHistoryPages(t *testing.T) {
	h := newHistory(100)
	for i := range 9 {
		m := Metric{"a", 1}
		if i%2 == 1 {
			m.Name = EvalReward
		}
		h.add(&Step{Step: 10 + i, Metrics: []Metric{m}})
	}
	for seq := range 11 {
		got := h.since(seq, 4)
		if len(got) != max(0, min(4, 9-seq)) {
			t.Fatalf("since %d: %d entries", seq, len(got))
		}
		for i, e := range got {
			if e.seq != seq+i || e.step != 10+seq+i {
				t.Errorf("since %d: %+v", seq, e)
			}
		}
	}
	// What a reader holds does not change with what comes after.
	held := h.since(0, 9)
	for i := range 300 {
		h.add(&Step{Step: 100 + i, Metrics: []Metric{{"a", math.Inf(1)}}})
	}
	for i, e := range held {
		if e.step != 10+i || e.values[0] != 1 {
			t.Errorf("entry %d became %+v", i, e)
		}
	}
}

func TestGallery(t *testing.T) {
	g := newGallery(2)
	sample := func(task string, i int, eval bool) Sample { return Sample{Task: task, Index: i, Eval: eval} }
	g.add(&Step{Step: 0, Samples: []Sample{sample("b", 1, true), sample("b", 2, true), sample("b", 3, true), sample("a", 1, true)}})
	for i := range 5 {
		g.add(&Step{Step: 1 + i, Samples: []Sample{sample("a", i, false)}})
	}
	g.add(&Step{Step: 6, Samples: []Sample{sample("b", 4, true), sample("b", 5, true), sample("b", 6, true)}})
	index := func(list []shown) (out []int) {
		for _, s := range list {
			out = append(out, s.Index)
		}
		return out
	}
	s := g.shelves()
	for i, want := range [][]int{{1}, {1}, {3, 4}, {1, 2}, {4, 5}, nil} {
		list := [][]shown{s[0].before, s[0].eval, s[0].train, s[1].before, s[1].eval, s[1].train}[i]
		if got := index(list); len(got) != len(want) || len(got) > 0 && got[0] != want[0] || len(got) > 1 && got[1] != want[1] {
			t.Errorf("list %d holds %v, want %v", i, got, want)
		}
	}
	if s[0].name != "a" || s[1].name != "b" || len(s) != 2 {
		t.Errorf("tasks %v", s)
	}
	for i := range 2 * galleryTasks {
		g.add(&Step{Step: 7, Samples: []Sample{sample("task "+itoa(i), 0, false)}})
	}
	if len(g.tasks) != galleryTasks {
		t.Errorf("%d tasks", len(g.tasks))
	}
}

func TestRecorder(t *testing.T) {
	r := NewRecorder([]Step{{Step: 0, Metrics: []Metric{{"a", 1}}}}, 1)
	r.Step(&Step{Step: 1, Metrics: []Metric{{EvalReward, 0.5}}, Samples: []Sample{{Task: "a", Response: "first", Eval: true}}})
	if b, a := r.Before(), r.After(); len(b) != 1 || len(a) != 0 {
		t.Errorf("one evaluation: %v, %v", b, a)
	}
	r.Step(&Step{Step: 2, Metrics: []Metric{{EvalReward, 0.6}}, Samples: []Sample{{Task: "a", Response: "second", Eval: true}}})
	if b, a := r.Before(), r.After(); len(b) != 1 || len(a) != 1 || b[0].Response != "first" || a[0].Response != "second" {
		t.Errorf("two evaluations: %v, %v", b, a)
	}
	if s := r.Steps(); len(s) != 3 || s[2].Step != 2 || len(s[2].Samples) != 0 {
		t.Errorf("steps %v", s)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
