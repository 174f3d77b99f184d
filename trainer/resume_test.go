package trainer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

func resumeConfig() Config {
	c := toyConfig()
	c.Steps, c.SaveEvery, c.EvalEvery, c.EvalSamples = 24, 3, 4, 2
	c.MiniBatches, c.Estimator, c.HADWWindow, c.HADWEta = 2, "ha_dw", 3, 1
	return c
}

// toyRun runs or resumes in a folder, as the command does.
func toyRun(t testing.TB, dir string, change func(*Options, *Trainer)) error {
	o := toyOptions(t, toyPolicy(t, 1, 2))
	o.Dir, o.SaveRollouts = dir, true
	if change != nil {
		change(&o, nil)
	}
	tr, err := New(resumeConfig(), o)
	if err != nil {
		return err
	}
	begun, err := tr.Resume()
	if err != nil {
		return err
	}
	step := -1
	if begun {
		step = tr.State().Step
	}
	m, err := watch.NewMetrics(filepath.Join(dir, "metrics.jsonl"), step)
	if err != nil {
		return err
	}
	defer m.Close()
	tr.Observe(m)
	if change != nil {
		change(nil, tr)
	}
	return tr.Run(context.Background())
}

// files are what a run leaves but for timings, by name.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "timings.jsonl" {
			return err
		}
		text, err := os.ReadFile(p)
		name, _ := filepath.Rel(dir, p)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sameFiles(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s differs from an uninterrupted run's (%d and %d bytes)", name, len(got[name]), len(text))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is left over", name)
		}
	}
}

// TestKill kills a run with signal 9 again and again, wherever it is, and resumes
// it: in the end metrics, rollouts and checkpoints are those of a run that was
// never killed, byte for byte.
func TestKill(t *testing.T) {
	if dir := os.Getenv("GOLONGRL_TEST_KILL"); dir != "" {
		err := toyRun(t, dir, func(o *Options, tr *Trainer) {
			if tr != nil {
				tr.Observe(printer{})
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("done\n")
		return
	}
	if testing.Short() {
		t.Skip("many processes")
	}
	whole, killed := t.TempDir(), t.TempDir()
	if err := toyRun(t, whole, nil); err != nil {
		t.Fatal(err)
	}
	kills := 0
	for run := 0; ; run++ {
		if run > 60 {
			t.Fatal("60 runs did not come to an end")
		}
		cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), "GOLONGRL_TEST_KILL="+killed)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Each run lives for some more steps than the one before, so that some die
		// before their first checkpoint and all in other places.
		done := false
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			if done = lines.Text() == "done"; done {
				break
			}
			if n == 1+run*3/2 {
				cmd.Process.Kill()
			}
		}
		err = cmd.Wait()
		if done {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if err == nil {
			t.Fatal("a run ended without saying so")
		}
		kills++
	}
	if kills < 4 {
		t.Errorf("only %d kills", kills)
	}
	sameFiles(t, files(t, killed), files(t, whole))
	t.Logf("%d kills", kills)
}

type printer struct{}

func (printer) Step(s *watch.Step) error {
	_, err := os.Stdout.WriteString(strconv.Itoa(s.Step) + "\n")
	return err
}
func (printer) Close() error { return nil }

// TestInterrupt: a run that is cancelled between tokens saves where it is.
func TestInterrupt(t *testing.T) {
	whole, cut := t.TempDir(), t.TempDir()
	if err := toyRun(t, whole, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o := toyOptions(t, toyPolicy(t, 1, 2))
	o.Dir, o.SaveRollouts = cut, true
	o.Source = &brokenSource{Source: o.Source, spoil: func(call int, _ *rollouts.Sample) bool {
		if call == 10 {
			cancel()
		}
		return true
	}}
	tr, err := New(resumeConfig(), o)
	if err != nil {
		t.Fatal(err)
	}
	m, err := watch.NewMetrics(filepath.Join(cut, "metrics.jsonl"), -1)
	if err != nil {
		t.Fatal(err)
	}
	tr.Observe(m)
	if err := tr.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled run ended with %v", err)
	}
	m.Close()
	steps, err := checkpoint.Steps(filepath.Join(cut, "checkpoints"))
	if err != nil || len(steps) == 0 || steps[0] != tr.State().Step || steps[0]%resumeConfig().SaveEvery == 0 {
		t.Errorf("checkpoints %v, %v; the run was at %d", steps, err, tr.State().Step)
	}
	if err := toyRun(t, cut, nil); err != nil {
		t.Fatal(err)
	}
	sameFiles(t, files(t, cut), files(t, whole))
}

// TestResumeErrors: what does not fit is refused with what differs, and the
// checkpoint stays.
func TestResumeErrors(t *testing.T) {
	dir := t.TempDir()
	cfg := resumeConfig()
	cfg.Steps = 3
	run := func(cfg Config, change func(*Options)) error {
		o := toyOptions(t, toyPolicy(t, 9, 1))
		o.Dir = dir
		if change != nil {
			change(&o)
		}
		tr, err := New(cfg, o)
		if err != nil {
			return err
		}
		if _, err := tr.Resume(); err != nil {
			return err
		}
		return tr.Run(context.Background())
	}
	if err := run(cfg, nil); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)

	other := cfg
	other.LR, other.Samples = 1, 2
	err := run(other, nil)
	var mismatch *checkpoint.MismatchError
	if !errors.As(err, &mismatch) || len(mismatch.Fields) != 2 {
		t.Errorf("another configuration: %v", err)
	}
	if err := run(cfg, func(o *Options) { o.Train[0].Tokens = []int32{2, toyLetters + 1} }); err == nil || !strings.Contains(err.Error(), "other prompts") {
		t.Errorf("other data: %v", err)
	}
	sameFiles(t, files(t, dir), before)

	more := cfg
	more.Steps, more.EvalEvery, more.SaveEvery = 4, 0, 2
	if err := run(more, nil); err != nil {
		t.Errorf("a longer run: %v", err)
	}

	newest := filepath.Join(dir, "checkpoints", "step-000004", "optimizer.safetensors")
	text, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(newest, bytes.ToUpper(text), 0o666); err != nil {
		t.Fatal(err)
	}
	notes := ""
	if err := run(more, func(o *Options) { o.Note = func(s string) { notes += s } }); err != nil || !strings.Contains(notes, "step-000004") {
		t.Errorf("a damaged checkpoint: %v, notes %q", err, notes)
	}
}

// TestResumeOfAnother: what decides the numbers beside configuration and data is
// compared too, and named.
func TestResumeOfAnother(t *testing.T) {
	dir := t.TempDir()
	cfg := toyConfig()
	cfg.Steps, cfg.SaveEvery, cfg.KLCoef = 2, 1, 0.1
	open := func(change func(*Options)) *Trainer {
		return newToy(t, cfg, func(o *Options) {
			o.Dir, o.Reference, o.Fingerprint = dir, toyPolicy(t, 1, 1), map[string]string{"metric": "em", "source": "policy"}
			o.Note = func(s string) { t.Error(s) }
			change(o)
		})
	}
	same := func(*Options) {}
	if err := open(same).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	for _, c := range []struct {
		change func(*Options)
		fields []string
	}{
		{func(o *Options) { o.Stop = []int32{5} }, []string{"stop_tokens"}},
		{func(o *Options) { o.Reference = toyPolicy(t, 2, 1) }, []string{"reference_policy"}},
		{func(o *Options) { o.Fingerprint["metric"] = "f1" }, []string{"fingerprint.metric"}},
		{func(o *Options) { delete(o.Fingerprint, "source"); o.Stop = nil }, []string{"fingerprint.source", "stop_tokens"}},
		{func(o *Options) { o.Fingerprint["profile"] = "strict" }, []string{"fingerprint.profile"}},
	} {
		tr := open(c.change)
		start := weights(t, tr.o.Policy)
		_, err := tr.Resume()
		var mismatch *checkpoint.MismatchError
		if !errors.As(err, &mismatch) {
			t.Errorf("%v: %v", c.fields, err)
			continue
		}
		var fields []string
		for _, d := range mismatch.Fields {
			fields = append(fields, d.Field)
		}
		if !slices.Equal(fields, c.fields) || !strings.Contains(err.Error(), c.fields[0]) {
			t.Errorf("%v: %v", c.fields, err)
		}
		if tr.State().Step != 0 || !slices.Equal(start, weights(t, tr.o.Policy)) {
			t.Errorf("%v: refused, and the policy has changed", c.fields)
		}
	}
	sameFiles(t, files(t, dir), before)
	tr := open(same)
	if ok, err := tr.Resume(); !ok || err != nil || tr.State().Step != 2 {
		t.Errorf("the same again: %v, %v, step %d", ok, err, tr.State().Step)
	}
}

// TestUnrepeatable: the rollouts of the update that a killed run was at are used and
// not asked for again.
func TestUnrepeatable(t *testing.T) {
	dir := t.TempDir()
	asked := 0
	cfg := resumeConfig()
	cfg.EvalEvery = 0
	make := func() *Trainer {
		o := toyOptions(t, toyPolicy(t, 1, 1))
		o.Dir, o.SaveRollouts, o.Unrepeatable = dir, true, true
		o.Source = &brokenSource{Source: o.Source, spoil: func(int, *rollouts.Sample) bool { asked++; return true }}
		tr, err := New(cfg, o)
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	a := make()
	for range 3 {
		if err := a.Step(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Save(); err != nil {
		t.Fatal(err)
	}
	if err := a.Step(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := weights(t, a.o.Policy)

	asked = 0
	b := make()
	if ok, err := b.Resume(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := b.Step(context.Background()); err != nil {
		t.Fatal(err)
	}
	if asked != 0 {
		t.Errorf("%d samples were asked for again", asked)
	}
	got := weights(t, b.o.Policy)
	for i := range want {
		if got[i] != want[i] {
			t.Fatal("the recorded rollouts teach something else")
		}
	}
	if err := b.Step(context.Background()); err != nil || asked == 0 {
		t.Errorf("the update behind it: %v, %d samples asked for", err, asked)
	}
}
