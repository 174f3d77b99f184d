package watch

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/random"
)

var keep = flag.String("keep", "", "write the report of TestReport to this file")

const hostile = `</pre></script><script>alert(1)</script><img src=x onerror=alert(2)>"'` + "`{{.Title}}\x00\xff"

// sampleRun is a run of nine tasks with 10 steps of warm-up and 100 updates.
func sampleRun() Report {
	key, draw := random.NewKey(1), uint64(0)
	normal := func() float64 { draw++; return key.Normal(draw) }
	r := Report{
		Title:  "Demo: nine tasks, TMN-Reweight, seed 1",
		Notes:  []string{"From 0.41 to 0.68 in 100 updates."},
		Config: [][2]string{{"estimator", "tmn_reweight"}, {"learning rate", "0.001"}, {"layers", "2"}, {"hidden size", "96"}, {"prompts per step", "36"}, {"rollouts per prompt", "8"}, {"seed", "1"}, {"clip", "0.2, 0.28, 3.0"}},
		Marks:  []Mark{{10, "reinforcement learning begins"}},
	}
	names := []string{"accuracy", "ndcg", "pairwise accuracy", "f1", "sub_em", "rouge", "iou", "math", hostile}
	for i, n := range names {
		r.Tasks = append(r.Tasks, TaskRow{Name: n, Metric: "f1", Before: Estimate{0.3 + 0.02*float64(i), 0.03}, After: Estimate{0.55 + 0.03*float64(i), 0.02}, GreedyBefore: Missing, GreedyAfter: Estimate{0.7, math.NaN()}})
		for _, list := range []*[]Sample{&r.Before, &r.After} {
			*list = append(*list, Sample{ID: `"7"`, Task: n, Prompt: "sort b a c\n" + hostile, Response: hostile, Reference: "a b c", Reward: 0.5, Tokens: 12, Eval: true, Stopped: i%2 == 0,
				Result: scoring.Result{Value: 0.5, Status: scoring.Judged, Metric: "f1", Answer: hostile, Err: errors.New(hostile),
					Parts: []scoring.Part{{Name: hostile, Result: scoring.Result{Value: math.NaN(), Answer: hostile}}}, Why: []scoring.Step{{Rule: hostile, Note: hostile}}}})
		}
	}
	for s := range 111 {
		step := Step{Step: s}
		add := func(name string, v float64) { step.Metrics = append(step.Metrics, Metric{name, v}) }
		if s < 10 {
			add(SupervisedLoss, 3*math.Exp(-float64(s)/4))
			r.Steps = append(r.Steps, step)
			continue
		}
		p := 1 - math.Exp(-float64(s-10)/40)
		add(RewardMean, 0.4+0.3*p+0.03*normal())
		add(PolicyLoss, 0.02*normal())
		add(Entropy, 1.2-0.6*p)
		add(GradNorm, 0.5+0.1*math.Abs(normal()))
		add(ResponseLength, 9+normal())
		add(ResponseClipped, 0.1*p)
		add(LearningRate, 1e-3)
		for i, n := range names {
			add(TaskMetric(n, TaskReward), 0.3+0.02*float64(i)+0.3*p+0.08*normal())
			add(TaskMetric(n, TaskAbsAdvantage), 0.6+0.05*float64(i))
		}
		step.Timings = []Metric{{Throughput, 9000 + 300*normal()}}
		r.Steps = append(r.Steps, step)
		if s%25 == 10 {
			eval := Step{Step: s, Metrics: []Metric{{EvalReward, 0.4 + 0.28*p}, {"val/greedy/mean", 0.45 + 0.28*p}}}
			for i, n := range names {
				eval.Metrics = append(eval.Metrics, Metric{EvalMetric(n, 4), 0.3 + 0.02*float64(i) + 0.3*p})
			}
			r.Steps = append(r.Steps, eval)
		}
	}
	return r
}

// checkHostile looks for what hostile texts would have to break out with.
func checkHostile(t *testing.T, page string) {
	t.Helper()
	for _, bad := range []string{"<script>alert", "<img", "onerror=alert(2)>\"", "</pre></script>"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(page, "&lt;script&gt;alert(1)") {
		t.Error("the page does not show the hostile text")
	}
}

func TestReport(t *testing.T) {
	var b strings.Builder
	r := sampleRun()
	if err := WriteReport(&b, r); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	checkHostile(t, page)
	for _, want := range []string{
		"<title>Demo: nine tasks", "From 0.41 to 0.68", "tmn_reweight", "0.300 ± 0.030", "&#43;0.250 ± 0.036", // hypot(0.03, 0.02)
		"0.380 ± 0.010", "0.670 ± 0.007", // means of the rows; 0.03/3 and 0.02/3
		"reinforcement learning begins", "coefficient of variation", "Supervised loss", "Tokens per second", "Gradient norm", "Entropy",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if n := strings.Count(page, "<svg"); n != 1+9+1+8 {
		t.Errorf("%d charts", n)
	}
	for _, bad := range []string{"http://", "https://", "url(", "@import", "ZgotmplZ", "NaN", "<script"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	var again strings.Builder
	if err := WriteReport(&again, r); err != nil || again.String() != page {
		t.Errorf("a second report differs: %v", err)
	}
	if *keep != "" {
		if err := os.WriteFile(*keep, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReportOfNothing(t *testing.T) {
	var b strings.Builder
	if err := WriteReport(&b, Report{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "<h2>") || strings.Contains(b.String(), "<svg") {
		t.Errorf("empty parts are shown:\n%s", b.String())
	}
	want := errors.New("disk full")
	if err := WriteReport(failing{want}, Report{}); !errors.Is(err, want) {
		t.Errorf("error %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestEstimate(t *testing.T) {
	for _, c := range []struct {
		e    Estimate
		want string
	}{{Estimate{0.5125, 0.0306}, "0.512 ± 0.031"}, {Estimate{1, math.NaN()}, "1.000"}, {Missing, "–"}, {Estimate{math.NaN(), 1}, "–"}} {
		if got := fmt.Sprint(c.e); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	if m := MeanOf([]Estimate{{1, 3}, {2, 4}}); m != (Estimate{1.5, 2.5}) {
		t.Errorf("mean %v", m)
	}
	if m := MeanOf(nil); !math.IsNaN(m.Mean) {
		t.Errorf("mean of none %v", m)
	}
}
