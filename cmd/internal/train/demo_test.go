package train

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/golongrl/golongrl/trainer/demo"
)

// TestDemo: the table has nine tasks and the mean and is the end of the output;
// the files are there; the same seed gives the same.
func TestDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	stdout, stderr := mustCall(t, "demo", "--out", dir)
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	if len(lines) > 14 || len(lines) != 1+len(demo.Tasks())+2 {
		t.Errorf("%d lines on stdout", len(lines))
	}
	for i, task := range demo.Tasks() {
		contains(t, "the table", stdout, "\n"+task.Name+" ")
		if len(lines) > i && len(lines[i]) > 100 {
			t.Errorf("a line of %d characters", len(lines[i]))
		}
	}
	contains(t, "the table", stdout, "\nmean ", "greedy after", "\nreport: "+filepath.Join(dir, "report.html")+"\n")
	contains(t, "stderr", stderr, "3 supervised steps, then 2 updates by tmn_reweight", "instead of", "step 5/5", "5 steps in ")
	for _, name := range []string{"report.html", "metrics.jsonl", "timings.jsonl", "tensorboard", "checkpoints/step-000002/policy/model.safetensors", "rollouts/step-000001.jsonl"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	sameRewards(t, filepath.Join(dir, "rollouts/step-000001.jsonl"), 18*4)

	var row compared
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, demoName))), &row); err != nil {
		t.Fatal(err)
	}
	if err := row.check(&row); err != nil || row.Estimator != "tmn_reweight" || row.Seed != 1 {
		t.Errorf("%s: %+v, %v", demoName, row, err)
	}

	before := tree(t, dir)
	delete(before, demoName) // which has a duration in it
	write(t, filepath.Join(dir, "failed-step-000001.jsonl"), "old")
	again, _ := mustCall(t, "demo", "--out", dir)
	if again != stdout {
		t.Errorf("the second demo printed\n%s, the first\n%s", again, stdout)
	}
	after := tree(t, dir)
	delete(after, demoName)
	sameTree(t, after, before)

	other, stderr := mustCall(t, "demo", "--out", dir, "--seed", "2", "--estimator", "grpo", "--steps", "1", "--workers", "1")
	contains(t, "stderr", stderr, "then 1 updates by grpo", "estimator: grpo instead of tmn_reweight")
	if other == stdout {
		t.Error("another seed gives the same table")
	}
}

// TestDemoSpares: the demo replaces only demos.
func TestDemoSpares(t *testing.T) {
	b := newBench(t)
	mustCall(t, "run", "--config", b.config("out", knobs{steps: 1}))
	for what, dir := range map[string]string{"holds a run and not a demo": b.path("out"), "which is not of a demo": b.path("model")} {
		before := tree(t, dir)
		status, _, stderr := call("demo", "--out", dir)
		if status != exitUsage {
			t.Errorf("%s: status %d", dir, status)
		}
		contains(t, "stderr", stderr, dir, what, "give another folder with --out")
		sameTree(t, tree(t, dir), before)
	}
}

func TestDemoInterrupted(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	stderr := &trigger{at: "held-out", f: func() {
		inUse(t, "demo", "--out", dir)
		cancel(signalled{syscall.SIGTERM})
	}}
	if status := execute(ctx, []string{"demo", "--out", dir}, stderr, stderr); status != 128+15 {
		t.Errorf("status %d", status)
	}
	contains(t, "stderr", stderr.String(), "\ngolongrl-train: terminated: the demo is not finished; what there is of it is in "+dir+", and the next one begins anew\n")
	mustCall(t, "demo", "--out", dir)
}

// TestCompare: an interrupted comparison goes on behind its finished runs and
// prints what an uninterrupted one does.
func TestCompare(t *testing.T) {
	args := func(dir string) []string {
		return []string{"compare", "--seeds", "2", "--steps", "1", "--seed", "5", "--out", dir}
	}
	whole, cut := t.TempDir(), t.TempDir()
	want, _ := mustCall(t, args(whole)...)

	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	stderr := &trigger{at: "run 3 of 4", f: func() {
		inUse(t, args(cut)...)
		cancel(signalled{syscall.SIGINT})
	}}
	if status := execute(ctx, args(cut), stderr, stderr); status != 130 {
		t.Errorf("status %d", status)
	}
	contains(t, "stderr", stderr.String(), "interrupt: 2 of 4 runs are in "+filepath.Join(cut, "compare.jsonl")+"; the same command goes on behind them")
	got, text := mustCall(t, args(cut)...)
	if strings.Contains(text, "run 2 of 4") || !strings.Contains(text, "grpo, seed 6 (run 3 of 4)") || !strings.Contains(text, "tmn_reweight, seed 6 (run 4 of 4)") {
		t.Errorf("the second call says\n%s", text)
	}
	if got != want {
		t.Errorf("the second call prints\n%s, an uninterrupted one\n%s", got, want)
	}
	contains(t, "the table", want, "over 2 seeds\n", "tmn_reweight - grpo", "\nmean ")
	if got, text := mustCall(t, args(cut)...); got != want || strings.Contains(text, "run ") {
		t.Errorf("when all is done: %s\n%s", got, text)
	}

	// Other settings are other runs: a control is none of these.
	if _, text := mustCall(t, append(args(cut), "--permute-rewards")...); strings.Count(text, " of 4)") != 4 {
		t.Errorf("a control run used other runs:\n%s", text)
	}

	path := filepath.Join(cut, "compare.jsonl")
	lines := strings.SplitAfter(read(t, path), "\n")
	for _, c := range []struct{ line, want string }{
		{`{"estimator":"grpo"` + "\n", "line 2 is no finished run (unexpected end of JSON input)"},
		{"\n", "line 2 is no finished run"},
		{strings.Replace(lines[1], `"before":[`, `"before":[0,`, 1), "line 2 is no finished run (not a reward before and after for every task)"},
		{strings.Replace(lines[1], `"em"`, `"en"`, 1), "line 2 is no finished run (other tasks than in line 1)"},
		{"{}\n", "not a reward before and after for every task"},
	} {
		text := lines[0] + c.line + lines[2]
		write(t, path, text)
		status, _, stderr := call(args(cut)...)
		if status != exitFailed {
			t.Errorf("%q: status %d", c.line, status)
		}
		contains(t, "stderr", stderr, path+": line ", c.want, "take it out, or move the file away")
		if read(t, path) != text {
			t.Errorf("%q: the file was changed", c.line)
		}
	}
	write(t, path, strings.Replace(lines[0], `"settings"`, `"build":"other","settings"`, 1)+strings.Join(lines[1:], ""))
	_, text = mustCall(t, args(cut)...)
	contains(t, "stderr", text, "note: 1 of 4 runs in "+path+" were made by another build")
}

// TestCompareTable has values by hand. With three seeds t is 4.303; the half-width
// of 1, 2, 6 is 4.303 sqrt(7/3) = 6.573, of 0, 0, 3 it is 4.303, and of the means
// 1, 1.5, 5 it is 4.303 sqrt(4.75/3) = 5.414.
func TestCompareTable(t *testing.T) {
	row := func(estimator string, seed uint64, before, a, b float64) compared {
		return compared{Estimator: estimator, Seed: seed, Tasks: []string{"em", "f1"}, Before: []float64{before, before}, After: []float64{a, b}}
	}
	got := compareTable([]compared{
		row("grpo", 1, 1, 1, 0), row("x", 1, 1, 2, 0), row("grpo", 2, 1, 2, 0), row("x", 2, 1, 3, 0), row("grpo", 3, 1, 6, 0), row("x", 3, 1, 7, 3),
	}, []string{"grpo", "x"})
	const want = `mean held-out reward at temperature 1 and 95 % confidence interval over 3 seeds
task        warm-up           grpo              x        x - grpo
em    1.000 ± 0.000  3.000 ± 6.573  4.000 ± 6.573  +1.000 ± 0.000
f1    1.000 ± 0.000  0.000 ± 0.000  1.000 ± 4.303  +1.000 ± 4.303
mean  1.000 ± 0.000  1.500 ± 3.286  2.500 ± 5.414  +1.000 ± 2.151
`
	if got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
	if got := compareTable(nil, nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	if m := reward([]float64{0.5}, 1); m != 0.5 {
		t.Errorf("the mean of one task: %v", m)
	}
}

// TestStudent: quantiles of published tables, and beyond them no jump.
func TestStudent(t *testing.T) {
	for df, want := range map[int]float64{1: 12.706, 2: 4.303, 7: 2.365, 30: 2.042, 40: 2.021, 60: 2.000, 120: 1.980, 1e6: 1.960} {
		if got := student(df); math.Abs(got-want) > 6e-4 {
			t.Errorf("t of %d degrees is %v, want %v", df, got, want)
		}
	}
	for df := 2; df < 200; df++ {
		if student(df) >= student(df-1) {
			t.Errorf("t of %d degrees is not below that of %d", df, df-1)
		}
	}
}

// TestFresh: of a folder of the demo, the mark by which it is known goes last.
func TestFresh(t *testing.T) {
	dir := t.TempDir()
	if err := fresh(dir); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	write(t, filepath.Join(dir, metricsName), "")
	if err := fresh(dir); !errors.As(err, new(usageError)) {
		t.Errorf("without the mark: %v", err)
	}
	write(t, filepath.Join(dir, demoName), "")
	if err := fresh(dir); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if err := fresh(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
