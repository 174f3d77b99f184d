//go:build unix

package train

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/watch"
)

// A process is the command as a process of its own, which dies with the test.
type process struct {
	*exec.Cmd
	stderr bytes.Buffer // to be read when it has ended
	ended  chan struct{}
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: command(args...), ended: make(chan struct{})}
	p.Stderr = &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.Wait()
		close(p.ended)
	}()
	timer := time.AfterFunc(time.Minute, func() { p.Process.Kill() })
	t.Cleanup(func() {
		timer.Stop()
		p.Process.Kill()
		<-p.ended
	})
	return p
}

// until waits for a file to have n lines, or for the process to end, and reports
// whether it has them.
func (p *process) until(t *testing.T, name string, n int) bool {
	t.Helper()
	for {
		text, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Count(text, []byte("\n")) >= n {
			return true
		}
		select {
		case <-p.ended:
			return false
		case <-time.After(time.Millisecond):
		}
	}
}

// status waits for the end.
func (p *process) status() int {
	<-p.ended
	return p.ProcessState.ExitCode()
}

// TestKill kills a run with signal 9 at several places and resumes it: it ends
// as a run that was never killed, byte for byte.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("two seconds")
	}
	b := newBench(t)
	k := knobs{steps: 40, train: "  mini_batches: 2\n"}
	mustCall(t, "run", "--config", b.config("whole", k))
	config := b.config("killed", k)
	kills := 0
	for _, lines := range []int{2, 12, 28} {
		p := start(t, "run", "--config", config, "--resume")
		if p.until(t, b.path("killed/metrics.jsonl"), lines) {
			p.Process.Kill()
		}
		if p.status() == -1 {
			kills++
		}
		if strings.Contains(p.stderr.String(), "golongrl-train:") {
			t.Fatalf("it failed by itself:\n%s", &p.stderr)
		}
	}
	if kills == 0 {
		t.Error("no run was killed")
	}
	t.Logf("%d kills", kills)
	status, _, stderr := call("run", "--config", config)
	if status != exitUsage {
		t.Errorf("without --resume: status %d", status)
	}
	contains(t, "stderr", stderr, "holds a run")
	mustCall(t, "run", "--config", config, "--resume")
	sameTree(t, tree(t, b.path("killed")), tree(t, b.path("whole")))
}

// TestKillServer kills a run between an update and the one before it in a
// checkpoint: its rollouts are on the disk and are not asked for again.
func TestKillServer(t *testing.T) {
	b := newBench(t)
	v := newVLLM(t, b.path("model"))
	config := b.config("out", v.knobs(b, 4))
	killed := make(chan *process, 1)
	v.set(func(dir string) {
		if dir == "policy-3" {
			p := <-killed
			p.Process.Kill()
			<-p.ended
		}
	})
	p := start(t, "run", "--config", config)
	killed <- p
	if status := p.status(); status != -1 {
		t.Fatalf("status %d:\n%s", status, &p.stderr)
	}
	recorded := read(t, b.path("out/rollouts/step-000003.jsonl"))
	v.set(nil)
	_, stderr := mustCall(t, "run", "--config", config, "--resume")
	contains(t, "stderr", stderr, "going on behind update 2")
	if got := fmt.Sprint(v.loaded, v.samples); got != "[policy-2 policy-3 policy-4] [1 0 24 0]" {
		t.Errorf("loads and the samples between them: %s", got)
	}
	if read(t, b.path("out/rollouts/step-000003.jsonl")) != recorded {
		t.Error("the recorded rollouts were changed")
	}
	contains(t, "the metrics", read(t, b.path("out/metrics.jsonl")), `{"step":3,`, `{"step":4,`)
}

// TestServerGone: an update whose policy the server does not take is kept.
func TestServerGone(t *testing.T) {
	b := newBench(t)
	v := newVLLM(t, b.path("model"))
	k := v.knobs(b, 5)
	k.save = 100
	config := b.config("out", k)
	text := strings.Replace(read(t, config), "reload: vllm", `command: [sh, -c, "test {version} != 3"]`, 1)
	status, _, stderr := call("run", "--config", write(t, b.path("broken.yaml"), text))
	if status != exitFailed {
		t.Errorf("status %d", status)
	}
	contains(t, "stderr", stderr, "sh: exit status 1", "the last checkpoint is "+b.path("out/checkpoints/step-000003")+"; --resume goes on from there")
	mustCall(t, "run", "--config", config, "--resume")
	if got := strings.Join(v.loaded, " "); got != "policy-3 policy-4 policy-5" {
		t.Errorf("loaded %s", got)
	}
}

// TestSignals: a run that is told to stop saves where it is, and says so.
func TestSignals(t *testing.T) {
	b := newBench(t)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		out := sig.String()
		p := start(t, "run", "--config", b.config(out, knobs{steps: 1e6, save: 1e6, rollouts: "  source: policy\n  save: false\n"}))
		if !p.until(t, b.path(out+"/metrics.jsonl"), 4) {
			t.Fatalf("it ended by itself:\n%s", &p.stderr)
		}
		// While it runs, nobody else runs there.
		status, _, stderr := call("run", "--config", b.path(out+".yaml"), "--resume")
		if status != exitFailed {
			t.Errorf("a second process: status %d", status)
		}
		contains(t, "stderr", stderr, "is in use by another run")

		if err := p.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if status := p.status(); status != 128+int(sig) {
			t.Errorf("%v: status %d", sig, status)
		}
		past, err := watch.ReadSteps(b.path(out + "/metrics.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		steps, err := checkpoint.Steps(b.path(out + "/checkpoints"))
		if err != nil || len(steps) != 1 || steps[0] != past[len(past)-1].Step {
			t.Errorf("%v: checkpoints %v, %v, and metrics up to %d", sig, steps, err, past[len(past)-1].Step)
		}
		contains(t, "stderr", p.stderr.String(), "golongrl-train: "+sig.String()+": update ", " is saved in "+b.path(out+"/checkpoints/step-"), "--resume goes on from there")
	}
}

// TestSecondSignal: the second one ends a process that does not come to its end.
func TestSecondSignal(t *testing.T) {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), asMain+"=signals")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = c.Stdout
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(20*time.Second, func() { c.Process.Kill() })
	defer timer.Stop()
	lines := bufio.NewReader(out)
	for _, want := range []string{"ready\n", "golongrl-train: interrupt: finishing the update and saving; another signal ends this at once\n"} {
		if line, err := lines.ReadString('\n'); line != want {
			t.Errorf("%q, %v; want %q", line, err, want)
		}
		c.Process.Signal(os.Interrupt)
	}
	c.Wait()
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v", c.ProcessState)
	}
}
