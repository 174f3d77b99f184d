//go:build linux

package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// TestMain is gpuverify itself, on a device that does nothing, where it is called so:
// run.sh does that below.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "gpuverify" {
		os.Exit(m.Run())
	}
	how := os.Getenv("GPUVERIFY_TEST")
	fine := func() (float64, error) { return 0, nil }
	ctx, cancel := stoppable()
	size := cases(fine, func() (float64, error) {
		switch how {
		case "wait":
			<-ctx.Done()
		case "hang":
			select {}
		case "crash":
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return 0, nil
	}, fine)
	size.grace = 50 * time.Millisecond
	open := func(int) (gpu.Device, error) { return &fake{name: "fake"}, nil }
	os.Exit(run(ctx, os.Args[1:], output{os.Stdout, cancel}, output{os.Stderr, cancel}, open, size))
}

// folder is what scripts/gpu-verify makes, with this program in it.
func folder(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	dir := filepath.Join(t.TempDir(), "a folder")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../../scripts/gpu-verify-files/run.sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(exe, filepath.Join(dir, "gpuverify")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "run.sh"), text, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start runs run.sh of a folder in a process group of its own.
func start(t *testing.T, dir, how string, stdout io.Writer) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "bash", filepath.Join(dir, "run.sh"), "kernels")
	cmd.Env = append(os.Environ(), "GPUVERIFY_TEST="+how)
	cmd.Stdout, cmd.Stderr = stdout, stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// states waits until the results hold n pieces, and returns their states.
func states(t *testing.T, dir string, n int) string {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(5 * time.Millisecond) {
		r, err := read(filepath.Join(dir, "results.json"))
		if err != nil {
			t.Fatal(err)
		}
		if r != nil && len(r.Pieces) == n {
			var out []string
			for _, p := range r.Pieces {
				out = append(out, string(p.State))
			}
			return strings.Join(out, " ")
		}
	}
	t.Fatalf("there are no %d pieces", n)
	return ""
}

// Signals stop run.sh, whomever they are for and whatever the piece does, and fail
// nothing; what ends the program by itself fails the piece.
func TestRunStops(t *testing.T) {
	for _, c := range []struct {
		how   string
		whole bool // the process group, as a terminal does
		sig   syscall.Signal
	}{
		{"wait", true, syscall.SIGINT}, {"wait", false, syscall.SIGTERM}, {"hang", true, syscall.SIGTERM}, {"hang", false, syscall.SIGHUP},
	} {
		t.Run(c.how+" "+c.sig.String(), func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			var out bytes.Buffer
			cmd := start(t, dir, c.how, &out)
			if s := states(t, dir, 2); s != "ok running" {
				t.Errorf("states %s", s)
			}
			pid := cmd.Process.Pid
			if c.whole {
				pid = -pid
			}
			if err := syscall.Kill(pid, c.sig); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != 128+int(c.sig) {
				t.Errorf("status %d\n%s", got, &out)
			}
			if s := states(t, dir, 1); s != "ok" {
				t.Errorf("states %s", s)
			}
			out.Reset()
			cmd = start(t, dir, "", &out)
			if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), "3 ok, 0 failed") || strings.Count(out.String(), "build ") != 1 {
				t.Errorf("the next run: %v\n%s", err, &out)
			}
		})
	}
}

func TestRunCrash(t *testing.T) {
	var out bytes.Buffer
	cmd := start(t, folder(t), "crash", &out)
	cmd.Wait()
	for _, want := range []string{"ended with status 137", "op/1: the process ended with status 137 while this ran", "2 ok, 1 failed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	if got := cmd.ProcessState.ExitCode(); got != exitFailed {
		t.Errorf("status %d", got)
	}
}

// Who reads the output may go: the piece under way is not a failure.
func TestRunOutputCloses(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	cmd := start(t, folder(t), "", w)
	w.Close()
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 128+int(syscall.SIGPIPE) {
		t.Errorf("status %d", got)
	}
}
