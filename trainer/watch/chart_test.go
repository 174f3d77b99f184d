package watch

import (
	"encoding/xml"
	"html/template"
	"math"
	"strings"
	"testing"
)

// wellFormed checks that a picture is XML with numbers that are numbers.
func wellFormed(t *testing.T, svg template.HTML) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		tok, err := d.Token()
		if tok == nil {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if e, ok := tok.(xml.StartElement); ok {
			if e.Name.Local == "script" {
				t.Fatalf("script in %s", svg)
			}
			for _, a := range e.Attr {
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Fatalf("%s is %s in %s", a.Name.Local, a.Value, svg)
				}
			}
		}
	}
}

func TestChart(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		x, y []float64
		want string // in the picture; empty if there is none
	}{
		{"none", nil, nil, ""},
		{"no number", []float64{1, 2}, []float64{nan, inf}, ""},
		{"one", []float64{5}, []float64{0.5}, "<circle"},
		// The span of x is 0 to 4 on 46 to 330, that of y is -1.2 to 3.2 (a
		// twentieth more at each end) on 148 to 24.
		{"line", []float64{0, 2, 4}, []float64{-1, 1, 3}, `d="M46.0 142.4h0L188.0 86.0L330.0 29.6"`},
		{"gap", []float64{0, 1, 2, 3}, []float64{0, nan, 1, 2}, `d="M46.0 148.0h0M235.3 `},
		{"constant", []float64{0, 1}, []float64{7, 7}, `<path`},
		{"zeros", []float64{0, 1}, []float64{0, 0}, `<path`},
		{"huge", []float64{0, 1}, []float64{-math.MaxFloat64, math.MaxFloat64}, `<path`},
		{"tiny", []float64{0, 1}, []float64{5e-324, 1e-323}, `<path`},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := chart{title: `a <script> & "b"`, size: [2]float64{340, 170}, curves: []curve{{label: "<i>", x: c.x, y: c.y}}, marks: []Mark{{1, "<mark>"}}}
			for _, legend := range []bool{false, true} {
				for _, unit := range []bool{false, true} {
					g.legend, g.unit, g.smoothed = legend, unit, true
					svg, ok := g.svg()
					if ok != (c.want != "") {
						t.Fatalf("drawn: %v", ok)
					}
					wellFormed(t, svg)
					if !legend && !unit && !strings.Contains(string(svg), c.want) {
						t.Errorf("no %s in %s", c.want, svg)
					}
				}
			}
		})
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		n      int
		want   []float64
	}{
		{0, 1, 4, []float64{0, 0.5, 1}},
		{0, 1, 5, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
		{-3, 7, 5, []float64{-2, 0, 2, 4, 6}},
		{0, 150, 3, []float64{0, 50, 100, 150}},
		{1e-9, 3e-9, 2, []float64{1e-9, 2e-9, 3e-9}},
	} {
		got := ticks(c.lo, c.hi, c.n)
		if len(got) != len(c.want) {
			t.Errorf("ticks(%v, %v, %d) = %v, want %v", c.lo, c.hi, c.n, got, c.want)
			continue
		}
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-12*math.Abs(c.want[i]) {
				t.Errorf("ticks(%v, %v, %d) = %v, want %v", c.lo, c.hi, c.n, got, c.want)
			}
		}
	}
}

func TestNumber(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.5: "0.5", -0.25: "−0.25", 0.123456: "0.1235", 12345: "12345", 1e-5: "1e−05", 2e9: "2e+09", 100: "100", 0.30000000000000004: "0.3"} {
		if got := number(x); got != want {
			t.Errorf("number(%v) = %s, want %s", x, got, want)
		}
	}
	if got := number(math.NaN()); got != "–" {
		t.Error(got)
	}
}

func TestMovingMean(t *testing.T) {
	got := movingMean([]float64{1, 4, 7, math.NaN(), 3, 5}, 1)
	for i, want := range []float64{2.5, 4, 5.5, 5, 4, 4} {
		if got[i] != want {
			t.Errorf("%v, want %v at %d", got, want, i)
		}
	}
	x, y := condense([]float64{1, 2, 3, 4, 5}, []float64{1, 3, math.NaN(), 5, 9}, 3)
	for i, want := range [][2]float64{{2, 2}, {4, 5}, {5, 9}} {
		if x[i] != want[0] || y[i] != want[1] {
			t.Errorf("condensed to %v, %v", x, y)
		}
	}
}

func TestBalance(t *testing.T) {
	// Mean 2, relative 0.5, 1, 1.5: deviations 0.5, 0, 0.5, whose mean square is
	// 1/6.
	r, cv := Balance([]float64{1, 2, 3})
	if r[0] != 0.5 || r[1] != 1 || r[2] != 1.5 || math.Abs(cv-math.Sqrt(1.0/6)) > 1e-15 {
		t.Errorf("%v, %v", r, cv)
	}
	if r, cv := Balance([]float64{4}); r[0] != 1 || cv != 0 {
		t.Errorf("one task: %v, %v", r, cv)
	}
	for _, a := range [][]float64{nil, {0, 0}, {1, math.NaN()}} {
		if r, cv := Balance(a); !math.IsNaN(cv) || len(r) != len(a) {
			t.Errorf("%v: %v, %v", a, r, cv)
		}
	}
	steps := []Step{
		{Metrics: []Metric{{TaskMetric("a.b c", TaskAbsAdvantage), 1}, {TaskMetric("a.b c", TaskRollouts), 3}, {TaskMetric("d", TaskAbsAdvantage), math.NaN()}}},
		{Metrics: []Metric{{TaskMetric("a.b c", TaskAbsAdvantage), 5}, {TaskMetric("a.b c", TaskRollouts), 1}, {TaskMetric("d", TaskAbsAdvantage), 6}}},
	}
	tasks, means := absAdvantages(steps)
	if len(tasks) != 2 || tasks[0] != "a-b_c" || tasks[1] != "d" || means[0] != 2 || means[1] != 6 {
		t.Errorf("%v %v", tasks, means)
	}
	svg, ok := balanceSVG([]string{"<script>", strings.Repeat("ü", 99)}, means)
	wellFormed(t, svg)
	if !ok || !strings.Contains(string(svg), "0.500; band") {
		t.Errorf("no coefficient 0.5 in %s", svg)
	}
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range Names() {
		if seen[n.Name] || n.Meaning == "" || n.Name == "" {
			t.Errorf("name %+v", n)
		}
		seen[n.Name] = true
		if timing := strings.HasPrefix(n.Name, "timing_") || n.Name == Throughput || n.Name == TimePerStep; timing != n.Timing {
			t.Errorf("%s is a timing: %v", n.Name, n.Timing)
		}
	}
	for _, n := range []string{
		RewardMean, PolicyLoss, Entropy, GradNorm, LearningRate, ResponseLength, ResponseClipped, PassRate, GlobalStep, Throughput,
		TimePerStep, SupervisedLoss, EvalReward, EvalGreedy, AdvantageCV, GreedyMetric("<task>"), TaskMetric("<task>", TaskReward),
		TaskMetric("<task>", TaskRollouts), TaskMetric("<task>", TaskAbsAdvantage), strings.Replace(EvalMetric("<task>", 4), "@4", "@<n>", 1),
	} {
		if !seen[n] {
			t.Errorf("%s is not in the list", n)
		}
	}
	for _, h := range health {
		if !seen[h.name] {
			t.Errorf("a chart of %s, which is not in the list", h.name)
		}
	}
	if task, metric, ok := taskOf(TaskMetric("a/b", "x")); !ok || task != "a/b" || metric != "x" {
		t.Errorf("%q, %q, %v", task, metric, ok)
	}
}
