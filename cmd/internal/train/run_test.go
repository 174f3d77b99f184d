package train

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/golongrl/golongrl/internal/filelock"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/watch"
)

// TestRun trains by rollouts of the policy itself.
func TestRun(t *testing.T) {
	b := newBench(t)
	stdout, stderr := mustCall(t, "run", "--config", b.config("out", knobs{steps: 3}))
	contains(t, "stdout", stdout, "held-out ", "SubEM ", "mean ", "checkpoint: "+b.path("out/checkpoints/step-000003"), "report: "+b.path("out/report.html"))
	contains(t, "stderr", stderr, "parameters on ", "step 3/3", "3 updates")

	steps, err := watch.ReadSteps(b.path("out/metrics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int
	for _, s := range steps {
		numbers = append(numbers, s.Step)
	}
	if got := fmt.Sprint(numbers); got != "[0 1 2 2 3 3]" { // with evaluations
		t.Errorf("metrics of %s", got)
	}
	contains(t, "the report", read(t, b.path("out/report.html")), "<svg", "SubEM", "tmn_reweight")

	dir := b.path("out/checkpoints/step-000003/policy")
	file, err := model.OpenConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, moved := map[int][]float32{}, false
	each := func(dir string, f func(i int, data []float32)) {
		err := model.Load(dir, file.Config, func(i int, data []float32) error { f(i, data); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	each(b.path("model"), func(i int, data []float32) { first[i] = append([]float32(nil), data...) })
	each(dir, func(i int, data []float32) {
		for j, v := range data {
			moved = moved || v != first[i][j]
		}
	})
	if !moved {
		t.Error("the weights are those of the beginning")
	}
	if stop, err := model.StopTokens(dir); err != nil || len(stop) != 1 || stop[0] != int32(stopID) {
		t.Errorf("the checkpoint's eos_token_id: %v, %v", stop, err)
	}
	if read(t, filepath.Join(dir, "tokenizer.json")) != read(t, b.path("model/tokenizer.json")) {
		t.Error("the checkpoint's tokenizer is another one")
	}
	for step := 1; step <= 3; step++ {
		sameRewards(t, fmt.Sprintf("%s/step-%06d.jsonl", b.path("out/rollouts"), step), 24)
	}
}

// sameRewards scores a file of rollouts as golongrl-score does, and wants the
// rewards that training gave.
func sameRewards(t *testing.T, name string, want int) {
	t.Helper()
	scorer, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range rollout.Lines(strings.NewReader(read(t, name)), 1<<20) {
		var r struct {
			Reward *float64
			Status string
		}
		if err := json.Unmarshal(line.Data, &r); err != nil || r.Reward == nil {
			t.Fatalf("%s:%d: no reward: %v", name, line.N, err)
		}
		for _, row := range rollout.Decode(nil, line, &rollout.Options{}) {
			n++
			if row.Err != nil {
				t.Fatalf("%s: %v", name, row.Err)
			}
			got := scorer.Score(context.Background(), &row.Record)
			if r.Status == "undecided" && got.Status == scoring.Undecided && *r.Reward == 0 { // the demo says what these are worth
				continue
			}
			if !got.Scored() || got.Value != *r.Reward {
				t.Errorf("%s:%d: score %v (%v), and training's reward was %v", name, line.N, got.Value, got.Err, *r.Reward)
			}
		}
	}
	if n != want {
		t.Errorf("%s has %d rollouts, want %d", name, n, want)
	}
}

// TestRunReleased trains on rows of the GoLongRL schema with the chat template,
// from random weights, with a reference policy.
func TestRunReleased(t *testing.T) {
	b := newBench(t)
	write(t, b.path("train.jsonl"), releasedRows)
	_, stderr := mustCall(t, "run", "--config", b.config("out", knobs{
		steps: 2, model: "  weights: random\n", data: fmt.Sprintf("  train: %q\n", b.path("train.jsonl")), train: "  kl_loss_coef: 0.1\n  mini_batches: 2\n",
	}))
	contains(t, "stderr", stderr, "4 prompts are asked for at a time, and the data have 2: a prompt comes up to 2 times in an update's batch", "note: reference policy: ")
	text := read(t, b.path("out/rollouts/step-000002.jsonl"))
	contains(t, "the rollouts", text, `"data_source":"longbench_pro"`, `"prompt_tokens":[`)
	contains(t, "the metrics", read(t, b.path("out/metrics.jsonl")), "actor/kl_loss")
}

// TestResume: a finished run goes on to more steps and ends as one that had them
// from the beginning.
func TestResume(t *testing.T) {
	b := newBench(t)
	keep := knobs{steps: 6, top: "keep: 1\n"}
	mustCall(t, "run", "--config", b.config("whole", keep))
	keep.steps = 4
	config := b.config("cut", keep)
	mustCall(t, "run", "--config", config, "--resume") // of nothing

	before := tree(t, b.path("cut"))
	status, _, stderr := call("run", "--config", config)
	if status != exitUsage {
		t.Errorf("a folder with a run: status %d", status)
	}
	contains(t, "stderr", stderr, b.path("cut")+" holds a run: go on with --resume, or give another folder with --out", "See golongrl-train run --help.")
	_, stderr = mustCall(t, "run", "--config", config, "--resume")
	contains(t, "stderr", stderr, "going on behind update 4", "the run was at its end: raise train.steps or train.epochs")
	sameTree(t, tree(t, b.path("cut")), before)

	other := knobs{steps: 6, train: "  entropy_coeff: 0.5\n"}
	status, _, stderr = call("run", "--config", b.config("cut", other), "--resume")
	if status != exitFailed {
		t.Errorf("another configuration: status %d", status)
	}
	contains(t, "stderr", stderr, "entropy_coeff")
	sameTree(t, tree(t, b.path("cut")), before)

	keep.steps = 6
	mustCall(t, "run", "--config", b.config("cut", keep), "--resume")
	sameTree(t, tree(t, b.path("cut")), tree(t, b.path("whole")))
}

// TestReplay: recorded rollouts teach what they taught when they were sampled.
func TestReplay(t *testing.T) {
	b := newBench(t)
	mustCall(t, "run", "--config", b.config("out", knobs{steps: 3, train: "  weight_decay: 0.0\n"}))
	recorded := ""
	for step := 1; step <= 3; step++ {
		recorded += read(t, fmt.Sprintf("%s/step-%06d.jsonl", b.path("out/rollouts"), step))
	}
	write(t, b.path("recorded.jsonl"), recorded)
	replay := knobs{
		steps: 3, train: "  weight_decay: 0.0\n", data: fmt.Sprintf("  train: %q\n  template: none\n", b.path("train.jsonl")),
		rollouts: fmt.Sprintf("  source: replay\n  replay:\n    file: %q\n", b.path("recorded.jsonl")),
	}
	mustCall(t, "run", "--config", b.config("again", replay))
	updates := func(name string) (out []string) {
		for line := range strings.Lines(read(t, name)) {
			if strings.Contains(line, `"training/global_step"`) {
				out = append(out, line)
			}
		}
		return out
	}
	got, want := updates(b.path("again/metrics.jsonl")), updates(b.path("out/metrics.jsonl"))
	if len(want) != 3 || strings.Join(got, "") != strings.Join(want, "") {
		t.Errorf("metrics of the replay\n%sand of the run\n%s", strings.Join(got, ""), strings.Join(want, ""))
	}
	policy := "checkpoints/step-000003/policy/model.safetensors"
	if read(t, b.path("again/"+policy)) != read(t, b.path("out/"+policy)) {
		t.Error("the replay ends with other weights")
	}

	// Prompts of the recording itself.
	replay.data, replay.steps = "  template: none\n", 1
	mustCall(t, "run", "--config", b.config("alone", replay))
	// A recording cannot answer for more than it has.
	replay.train = "  n: 7\n"
	b.config("more", replay)
	text := strings.Replace(read(t, b.path("more.yaml")), "  n: 6\n", "", 1)
	status, _, stderr := call("run", "--config", write(t, b.path("more.yaml"), text))
	if status != exitFailed {
		t.Errorf("7 of 6 samples: status %d", status)
	}
	contains(t, "stderr", stderr, "6 recorded samples where 7 are asked for")
}

// TestFolders: results go nowhere else, to no folder that is taken, and a folder
// that was made for nothing goes away.
func TestFolders(t *testing.T) {
	b := newBench(t)
	config := b.config("out", knobs{steps: 1})
	for _, args := range [][]string{{"run", "--config", config, "--out"}, {"demo", "--out"}, {"compare", "--seeds", "2", "--out"}} {
		taken := t.TempDir()
		unlock, err := filelock.Dir(taken)
		if err != nil {
			t.Fatal(err)
		}
		inUse(t, append(args, taken)...)
		unlock()
		status, _, stderr := call(append(args, filepath.Join(config, "below"))...)
		if status != exitFailed {
			t.Errorf("%s below a file: status %d", args[0], status)
		}
		contains(t, "stderr", stderr, "the folder for results: ", config)
		if status, _, stderr = call(append(args, "")...); status != exitUsage {
			t.Errorf("%s into no folder: status %d, %s", args[0], status, stderr)
		}
	}
	left := tree(t, b.dir)
	delete(left, "out.yaml")
	write(t, b.path("train.jsonl"), "{}\n")
	if status, _, _ := call("run", "--config", config); status == 0 {
		t.Error("a run on bad rows succeeded")
	}
	write(t, b.path("train.jsonl"), tinyRows)
	now := tree(t, b.dir)
	delete(now, "out.yaml")
	sameTree(t, now, left)
}

// inUse wants a command to find its folder taken.
func inUse(t *testing.T, args ...string) {
	t.Helper()
	status, _, stderr := call(args...)
	if status != exitFailed {
		t.Errorf("%s into a folder in use: status %d", args[0], status)
	}
	contains(t, "stderr", stderr, " is in use by another run", "(process ")
}

// TestLivePage: an address in use is found before anything else, and a free one
// is told.
func TestLivePage(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := newBench(t)
	demo := t.TempDir()
	mustCall(t, "demo", "--out", demo, "--steps", "1")
	before := tree(t, demo)
	for _, addr := range []string{l.Addr().String(), "0.0.0.0:0", "8080"} {
		for _, args := range [][]string{
			{"run", "--config", b.config("out", knobs{steps: 1, top: "watch:\n  http: " + addr + "\n"})},
			{"demo", "--out", demo, "--http", addr},
		} {
			status, _, stderr := call(args...)
			if status != exitUsage {
				t.Errorf("%s: %s: status %d", args[0], addr, status)
			}
			contains(t, "stderr", stderr, "http: ", addr)
		}
	}
	sameTree(t, tree(t, demo), before)
}

// TestLivePageResumed: the page of a run that goes on has the steps before.
func TestLivePageResumed(t *testing.T) {
	b := newBench(t)
	mustCall(t, "run", "--config", b.config("out", knobs{steps: 2}))
	config := b.config("out", knobs{steps: 3, top: "watch:\n  http: 127.0.0.1:0\n"})
	stderr := &trigger{at: "step 3/3"}
	stderr.f = func() {
		_, rest, _ := strings.Cut(stderr.String(), "live page: ")
		page, _, _ := strings.Cut(rest, "\n")
		reply, err := http.Get(page + "api/steps?from=0")
		if err != nil {
			t.Error(err)
			return
		}
		defer reply.Body.Close()
		text, err := io.ReadAll(reply.Body)
		if err != nil {
			t.Error(err)
		}
		contains(t, "the page", string(text), `{"step":1,`, `{"step":2,`, `{"step":3,`)
	}
	if status := execute(context.Background(), []string{"run", "--config", config, "--resume"}, io.Discard, stderr); status != 0 || stderr.f != nil {
		t.Errorf("status %d\n%s", status, stderr)
	}
}

// TestCheckpointLost: without its newest checkpoint a run goes on from the one
// before and says so; without any it does not begin anew in silence.
func TestCheckpointLost(t *testing.T) {
	b := newBench(t)
	config := b.config("out", knobs{steps: 4})
	mustCall(t, "run", "--config", config)
	want := tree(t, b.path("out"))
	damage := func(step int) {
		write(t, filepath.Join(checkpointPath(fileConfig{Out: b.path("out")}, step), "trainer.json"), "{}")
	}
	damage(4)
	_, stderr := mustCall(t, "run", "--config", config, "--resume")
	contains(t, "stderr", stderr, "step-000004/trainer.json is damaged", "going on behind update 2")
	got := tree(t, b.path("out"))
	for name := range got { // the damaged one is kept for whoever wants to look
		if strings.HasPrefix(name, "checkpoints/aside-") {
			delete(got, name)
		}
	}
	sameTree(t, got, want)
	damage(4)
	damage(2)
	status, _, stderr := call("run", "--config", config, "--resume")
	if status != exitFailed {
		t.Errorf("no whole checkpoint: status %d", status)
	}
	contains(t, "stderr", stderr, "damaged")
	if steps, err := checkpoint.Steps(b.path("out/checkpoints")); err != nil || len(steps) != 2 {
		t.Errorf("checkpoints %v, %v", steps, err)
	}
}

// TestCheckpointsGone: a run is not begun anew over what is left of one that had
// checkpoints. One that was killed before its first begins anew, and says so.
func TestCheckpointsGone(t *testing.T) {
	b := newBench(t)
	config := b.config("out", knobs{steps: 4})
	mustCall(t, "run", "--config", config)
	whole := tree(t, b.path("out"))
	if err := os.RemoveAll(b.path("out/checkpoints")); err != nil {
		t.Fatal(err)
	}
	before := tree(t, b.path("out"))
	gone := func() {
		t.Helper()
		status, _, stderr := call("run", "--config", config, "--resume")
		if status != exitFailed {
			t.Errorf("no checkpoint: status %d", status)
		}
		contains(t, "stderr", stderr, "the checkpoints of this run are gone: metrics.jsonl ends with update 4, and there is none in "+b.path("out/checkpoints"))
		sameTree(t, tree(t, b.path("out")), before)
	}
	gone() // it has metrics behind its first checkpoint
	config = b.config("out", knobs{steps: 4, save: 100})
	gone() // it has a report
	if err := os.Remove(b.path("out/report.html")); err != nil {
		t.Fatal(err)
	}
	config = b.config("out", knobs{steps: 4})
	name := b.path("out/metrics.jsonl")
	var early []string // as of a run killed before its first checkpoint
	for line := range strings.Lines(read(t, name)) {
		if strings.Contains(line, `"step":3`) {
			break
		}
		early = append(early, line)
	}
	if len(early) == 0 || strings.Join(early, "") == read(t, name) {
		t.Fatalf("%d lines", len(early))
	}
	write(t, name, strings.Join(early, ""))
	_, stderr := mustCall(t, "run", "--config", config, "--resume")
	contains(t, "stderr", stderr, "there is no checkpoint yet: beginning anew")
	sameTree(t, tree(t, b.path("out")), whole)

	write(t, name, "")
	_, stderr = mustCall(t, "run", "--config", config, "--resume")
	contains(t, "stderr", stderr, "metrics.jsonl ends with update 0, and the checkpoint is of update 4")
}

// TestInterrupted: in this process, for the messages.
func TestInterrupted(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var stdout bytes.Buffer
	stderr := &trigger{at: "held-out reward", f: func() { cancel(signalled{syscall.SIGINT}) }}
	if status := execute(ctx, []string{"run", "--config", b.config("out", knobs{steps: 3})}, &stdout, stderr); status != 130 {
		t.Errorf("status %d", status)
	}
	contains(t, "stderr", stderr.String(), "golongrl-train: interrupt: update 0 is saved in "+b.path("out/checkpoints/step-000000")+"; --resume goes on from there\n")
	if stdout.Len() > 0 {
		t.Errorf("stdout: %s", &stdout)
	}
	mustCall(t, "run", "--config", b.config("out", knobs{steps: 3}), "--resume")
	mustCall(t, "run", "--config", b.config("whole", knobs{steps: 3}))
	sameTree(t, tree(t, b.path("out")), tree(t, b.path("whole")))
}

// A trigger calls f when a text is first written to it.
type trigger struct {
	bytes.Buffer
	at string
	f  func()
}

func (w *trigger) Write(p []byte) (int, error) {
	w.Buffer.Write(p)
	if w.f != nil && strings.Contains(w.Buffer.String(), w.at) {
		f := w.f
		w.f = nil
		f()
	}
	return len(p), nil
}
