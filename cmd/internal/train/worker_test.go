//go:build linux

package train

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golongrl/golongrl/trainer/model"
)

func init() { fakeWorker = beWorker }

// beWorker is what the test binary does as a worker: FAKE_WORKER says what.
func beWorker() {
	switch os.Getenv("FAKE_WORKER") {
	case "train": // a worker whose GPU is the CPU
		Main(Backend{"cuda", func(cfg model.Config, o Options) (Policy, error) {
			fmt.Fprintf(os.Stderr, "opened on device %d, float32 %v\n", o.Device, o.Float32)
			return openCPU(cfg, o)
		}})
	case "no GPU":
		fmt.Fprintln(os.Stderr, "the driver says no")
		os.Exit(3)
	case "ourselves": // a worker that is no worker
		Main()
	case "crash":
		announce()
		os.Exit(2) // as a panic does
	case "babble":
		fmt.Fprintln(os.NewFile(3, ""), "\x1b[31mready")
		os.Exit(1)
	case "torn":
		fmt.Fprint(os.NewFile(3, ""), "rea")
		os.Exit(1)
	case "leaves":
		c := exec.Command("sleep", "5")
		c.ExtraFiles = []*os.File{os.NewFile(3, "")}
		c.Start()
		os.Exit(1)
	case "slow":
		fmt.Println("begun")
		time.Sleep(time.Minute)
	case "loader":
		os.Exit(127)
	case "killed":
		announce()
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "signals":
		patience = time.Minute
		ctx := new(program).interruptible()
		announce()
		fmt.Println("begun")
		<-ctx.Done()
		fmt.Println(context.Cause(ctx))
		time.Sleep(2 * echo / 3) // the signal comes once more, and is not heard
		os.Exit(42)
	}
	os.Exit(1)
}

func asWorker(t *testing.T, kind string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(workerEnv, self)
	t.Setenv(asMain, "worker")
	t.Setenv("FAKE_WORKER", kind)
}

func TestWorkerTrains(t *testing.T) {
	dir := t.TempDir()
	here, _ := mustCall(t, "demo", "--out", filepath.Join(dir, "here"))
	asWorker(t, "train")
	there, stderr := mustCall(t, "demo", "--out", filepath.Join(dir, "there"), "--backend", "cuda")
	contains(t, "stderr", stderr, "opened on device 0, float32 true")
	table := func(text string) string { return text[:strings.Index(text, "report:")] }
	if table(here) != table(there) {
		t.Errorf("the worker's table is\n%s\nand not\n%s", there, here)
	}
	// What the worker says of mistakes and its status come through.
	status, _, stderr := call("run", "--backend", "cuda", "--config", filepath.Join(dir, "none.yaml"))
	if status != exitUsage || !strings.Contains(stderr, "none.yaml") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

func TestWorkerCannotBegin(t *testing.T) {
	for kind, want := range map[string]string{
		"no GPU":  "the driver says no\ngolongrl-train: there is no GPU that can be used, see above; --backend cpu needs none\n",
		"loader":  "needs libcuda.so.1, which comes with the NVIDIA driver",
		"nothing": "ended before it began: exit status 1",
		"babble":  "ended before it began: exit status 1",
		"torn":    "ended before it began: exit status 1",
		"leaves":  "ended before it began: exit status 1",
		"crash":   "crashed, see above",
		// Not a chain of processes.
		"ourselves": "this program, which was started to compute on a GPU, was built without: it is no golongrl-train-cuda",
	} {
		t.Run(kind, func(t *testing.T) {
			asWorker(t, kind)
			status, stdout, stderr := call("demo", "--backend", "cuda", "--out", t.TempDir())
			if status != exitFailed || stdout != "" || !strings.Contains(stderr, want) {
				t.Errorf("status %d, stdout %q, stderr %q; want %q", status, stdout, stderr, want)
			}
		})
	}
	t.Run("interrupted", func(t *testing.T) {
		asWorker(t, "slow")
		c := exec.Command(os.Args[0], "demo", "--backend", "cuda", "--out", t.TempDir())
		c.Env = append(os.Environ(), asMain+"=parent")
		var stderr bytes.Buffer
		began := &trigger{at: "begun", f: func() { c.Process.Signal(os.Interrupt) }}
		c.Stdout, c.Stderr = struct{ io.Writer }{began}, &stderr
		if c.Run(); c.ProcessState.ExitCode() != 130 || !strings.Contains(stderr.String(), "interrupt: the worker had not begun") {
			t.Errorf("%v: %s", c.ProcessState, stderr.String())
		}
	})
	t.Run("killed", func(t *testing.T) {
		asWorker(t, "killed")
		status, _, stderr := call("compare", "--backend", "cuda", "--out", t.TempDir())
		if status != 128+9 || !strings.Contains(stderr, "was ended by a signal: killed") {
			t.Errorf("status %d, stderr %q", status, stderr)
		}
	})
	t.Run("no such file", func(t *testing.T) {
		asWorker(t, "train")
		t.Setenv(workerEnv, filepath.Join(t.TempDir(), "none"))
		status, _, stderr := call("demo", "--backend", "cuda", "--out", t.TempDir())
		if status != exitUsage || !strings.Contains(stderr, workerEnv) {
			t.Errorf("status %d, stderr %q", status, stderr)
		}
	})
	t.Run("not on the path", func(t *testing.T) {
		asWorker(t, "train")
		t.Setenv(workerEnv, "")
		t.Setenv("PATH", t.TempDir())
		status, _, stderr := call("demo", "--backend", "cuda", "--out", t.TempDir())
		if status != exitUsage || !strings.Contains(stderr, "go build -tags cuda ./cmd/golongrl-train-cuda") {
			t.Errorf("status %d, stderr %q", status, stderr)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		if status, _, stderr := call("demo", "--backend", "tpu", "--out", t.TempDir()); status != exitUsage || !strings.Contains(stderr, "cpu or cuda") {
			t.Errorf("status %d, stderr %q", status, stderr)
		}
	})
}

// TestWorkerSignals: an interrupt that the terminal sends to all processes of the
// group, and one that is for us alone, end the worker in order, whose status is ours.
func TestWorkerSignals(t *testing.T) {
	asWorker(t, "signals")
	for i, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGINT} {
		c := exec.Command(os.Args[0], "demo", "--backend", "cuda", "--out", t.TempDir())
		c.Env = append(os.Environ(), asMain+"=parent")
		var out bytes.Buffer
		began := &trigger{at: "begun", f: func() {
			to := -c.Process.Pid
			if i > 1 {
				to = c.Process.Pid
			}
			syscall.Kill(to, sig)
		}}
		c.Stdout, c.Stderr = struct{ io.Writer }{began}, &out
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		timer := time.AfterFunc(20*time.Second, func() { c.Process.Kill() })
		err := c.Run()
		timer.Stop()
		if c.ProcessState.ExitCode() != 42 || !strings.HasSuffix(began.String(), "begun\n"+sig.String()+"\n") || out.Len() > 0 {
			t.Errorf("%v: %v; stdout %q, stderr %q", sig, err, began, out.String())
		}
	}
}

// TestWorkerDiesWithUs: nobody is left behind by a kill -9.
func TestWorkerDiesWithUs(t *testing.T) {
	asWorker(t, "signals")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0], "demo", "--backend", "cuda", "--out", t.TempDir())
	c.Env = append(os.Environ(), asMain+"=parent")
	began := &trigger{at: "begun", f: func() { c.Process.Kill() }}
	c.Stdout = struct{ io.Writer }{began} // not its ReadFrom
	c.Run()                               // until the worker closes stdout too
	if ctx.Err() != nil || !strings.Contains(began.String(), "begun\nterminated") {
		t.Errorf("%v: stdout %q", ctx.Err(), began)
	}
}
