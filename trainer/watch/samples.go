package watch

import (
	"cmp"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/scoring"
)

// Bounds of what a gallery keeps of a sample: rollouts of a real run have 100,000
// tokens, and any number of tasks.
const (
	galleryPrompt   = 8 << 10
	galleryResponse = 32 << 10
	galleryText     = 4 << 10
	galleryLines    = 64
	galleryTasks    = 200
)

// A gallery keeps the latest samples of every task in bounded memory, those of
// training and of evaluations apart, and those of the first evaluation.
type gallery struct {
	limit   int // samples of a task and a kind
	tasks   map[string]*shelf
	first   int // step of the first evaluation with samples, -1 before it
	version int // grows with every change
}

type shelf struct {
	name                string
	before, eval, train []shown // the newest last
}

// A shown sample is a Sample with the step it is of, negative where it is not told.
type shown struct {
	Step int
	Sample
}

func newGallery(limit int) *gallery {
	return &gallery{limit: limit, tasks: map[string]*shelf{}, first: -1}
}

func (g *gallery) add(s *Step) {
	began := map[string]bool{}
	for i := range s.Samples {
		x := &s.Samples[i]
		t := g.tasks[x.Task]
		if t == nil {
			if len(g.tasks) >= galleryTasks {
				continue
			}
			t = &shelf{name: strings.Clone(x.Task)}
			g.tasks[t.name] = t
		}
		g.version++
		c := shown{s.Step, shorten(x)}
		switch {
		case !x.Eval:
			t.train = push(t.train, c, g.limit)
			continue
		case g.first < 0:
			g.first = s.Step
		}
		if s.Step == g.first && len(t.before) < g.limit {
			t.before = append(t.before, c)
		}
		// Of an evaluation the first samples are shown: the same prompts as
		// those of the first one, as evaluations ask them in order.
		if !began[x.Task] {
			began[x.Task], t.eval = true, nil
		}
		if len(t.eval) < g.limit {
			t.eval = append(t.eval, c)
		}
	}
}

// later returns the samples of the latest evaluation, none if that is the first.
func (s *shelf) later() []shown {
	if len(s.eval) > 0 && len(s.before) > 0 && s.eval[0].Step == s.before[0].Step {
		return nil
	}
	return s.eval
}

// push appends c and lets the oldest go.
func push(list []shown, c shown, limit int) []shown {
	if len(list) >= limit {
		copy(list, list[1:])
		list = list[:len(list)-1]
	}
	return append(list, c)
}

// shelves returns the tasks in the order of their names. What it returns stays as
// it is.
func (g *gallery) shelves() []shelf {
	out := make([]shelf, 0, len(g.tasks))
	for _, t := range g.tasks {
		out = append(out, shelf{t.name, slices.Clone(t.before), slices.Clone(t.eval), slices.Clone(t.train)})
	}
	slices.SortFunc(out, func(a, b shelf) int { return cmp.Compare(a.name, b.name) })
	return out
}

// shorten copies a sample and cuts what is long.
func shorten(s *Sample) Sample {
	c := *s
	c.ID = short(s.ID, 256)
	c.Task = strings.Clone(s.Task)
	c.Prompt = short(s.Prompt, galleryPrompt)
	c.Response = short(s.Response, galleryResponse)
	c.Reference = short(s.Reference, galleryText)
	c.Result = shortenResult(s.Result, 0)
	return c
}

func shortenResult(r scoring.Result, depth int) scoring.Result {
	r.Metric, r.Task = short(r.Metric, 256), short(r.Task, 256)
	r.Answer = short(r.Answer, galleryText)
	parts := r.Parts
	r.Parts = nil
	if depth < 3 {
		for _, p := range parts[:min(len(parts), galleryLines)] {
			r.Parts = append(r.Parts, scoring.Part{Name: short(p.Name, 256), Result: shortenResult(p.Result, depth+1)})
		}
	}
	why := r.Why
	r.Why = nil
	for _, w := range why[:min(len(why), galleryLines)] {
		r.Why = append(r.Why, scoring.Step{Rule: short(w.Rule, 256), Note: short(w.Note, galleryText)})
	}
	if r.Err != nil {
		r.Err = message(short(r.Err.Error(), galleryText))
	}
	return r
}

// short is a copy, so that a kept answer does not hold its whole response.
func short(s string, n int) string { return strings.Clone(cutMiddle(s, n)) }

// A message is an error cut to its text, which lets go of what the error held.
type message string

func (m message) Error() string { return string(m) }
