package watch

import (
	"html/template"
	"strings"
)

// panels are the charts of a run, for the live page and the report.
type panels struct {
	Mean    template.HTML
	Tasks   []template.HTML
	Health  []template.HTML
	Balance template.HTML
}

// health lists the charts below those of rewards. Those without a value are left
// out.
var health = []struct {
	title   string
	name    string
	zero    bool
	unit    bool
	timings bool
}{
	{title: "Policy loss", name: PolicyLoss},
	{title: "Entropy, nats", name: Entropy, zero: true},
	{title: "Gradient norm", name: GradNorm, zero: true},
	{title: "Response length, tokens", name: ResponseLength, zero: true},
	{title: "Responses cut at the limit", name: ResponseClipped, unit: true},
	{title: "Mean pass rate", name: PassRate, unit: true},
	{title: "Variation of mean absolute advantage over tasks", name: AdvantageCV, zero: true},
	{title: "Supervised loss, nats", name: SupervisedLoss, zero: true},
	{title: "Sampler against trainer: k3 divergence", name: "rollout_corr/k3_kl", zero: true},
	{title: "Clipped tokens", name: "actor/pg_clipfrac", zero: true},
	{title: "Learning rate", name: LearningRate, zero: true},
	{title: "Tokens per second", name: Throughput, zero: true, timings: true},
}

// draw makes the charts of steps. steps are those since the beginning that are
// still known.
func draw(steps []Step, marks []Mark) panels {
	metrics, timings := curvesOf(steps, false), curvesOf(steps, true)
	var p panels

	mean := chart{title: "Mean reward", size: [2]float64{1060, 300}, unit: true, marks: marks, smoothed: true, legend: true}
	if c := metrics.of(RewardMean); c != nil {
		c.label = "training, sampled"
		mean.curves = append(mean.curves, *c)
	}
	if c := metrics.of(EvalReward); c != nil {
		c.label, c.class, c.dots = "held-out prompts, sampled", 1, true
		mean.curves = append(mean.curves, *c)
	}
	if c := metrics.of(EvalGreedy); c != nil {
		c.label, c.class, c.dots = "held-out prompts, greedy", 2, true
		mean.curves = append(mean.curves, *c)
	}
	p.Mean, _ = mean.svg()

	tasks, byTask := []string{}, map[string]*chart{}
	for _, name := range metrics.names {
		c, dots := *metrics.of(name), false
		task, metric, ok := taskOf(name)
		if ok = ok && metric == TaskReward; !ok {
			task, ok = strings.CutPrefix(name, evalPrefix)
			i := strings.LastIndex(task, "/reward/mean@")
			if !ok || i < 0 {
				continue
			}
			task, dots, c.class = task[:i], true, 1
		}
		g := byTask[task]
		if g == nil {
			g = &chart{title: task, size: [2]float64{340, 170}, unit: true, marks: marks, smoothed: true}
			byTask[task] = g
			tasks = append(tasks, task)
		}
		c.dots = dots
		if dots {
			g.curves = append(g.curves, c)
		} else {
			g.curves = append([]curve{c}, g.curves...)
		}
	}
	for _, t := range tasks {
		if svg, ok := byTask[t].svg(); ok {
			p.Tasks = append(p.Tasks, svg)
		}
	}

	for _, d := range health {
		g := chart{title: d.title, size: [2]float64{340, 170}, zero: d.zero, unit: d.unit, marks: marks, smoothed: true}
		from := metrics
		if d.timings {
			from = timings
		}
		if c := from.of(d.name); c != nil {
			g.curves = append(g.curves, *c)
		}
		if svg, ok := g.svg(); ok {
			p.Health = append(p.Health, svg)
		}
	}
	p.Balance, _ = balanceSVG(absAdvantages(steps))
	return p
}

// curveSet holds a curve for every name, names in the order of first appearance.
type curveSet struct {
	names  []string
	byName map[string]*curve
}

func (s curveSet) of(name string) *curve { return s.byName[name] }

func curvesOf(steps []Step, timings bool) curveSet {
	s := curveSet{byName: map[string]*curve{}}
	for i := range steps {
		metrics := steps[i].Metrics
		if timings {
			metrics = steps[i].Timings
		}
		for _, m := range metrics {
			c := s.byName[m.Name]
			if c == nil {
				c = new(curve)
				s.byName[m.Name] = c
				s.names = append(s.names, m.Name)
			}
			c.x, c.y = append(c.x, float64(steps[i].Step)), append(c.y, m.Value)
		}
	}
	return s
}
