//go:build !cuda

// With the tag this test itself would need a GPU.

package cuinit

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOrder builds a program that imports this package behind gorgonia.org/cu and
// runs it without a GPU: the message must be ours.
func TestOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program with cgo")
	}
	program := filepath.Join(t.TempDir(), "order")
	build := exec.Command("go", "build", "-tags", "cuda", "-o", program, "./testdata/order")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		for _, missing := range []string{"cuda.h: No such file", "cannot find -lcuda", "C compiler", "gcc"} {
			if bytes.Contains(out, []byte(missing)) {
				t.Skipf("CUDA's headers or a C compiler are missing (scripts/cuda-setup installs them): %s", missing)
			}
		}
		t.Fatalf("%v\n%s", err, out)
	}
	run := exec.Command(program)
	run.Env = append(os.Environ(), "CUDA_VISIBLE_DEVICES=", "GOLONGRL_FAKE_CUDA=none")
	var stdout, stderr bytes.Buffer
	run.Stdout, run.Stderr = &stdout, &stderr
	err := run.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("%v, output %q: a GPU was found where none should be visible", err, &stdout)
	}
	if exit.ExitCode() == 127 {
		t.Skipf("no driver's library: %s", &stderr)
	}
	if exit.ExitCode() != ExitStatus || stdout.Len() > 0 {
		t.Errorf("status %d, output %q: gorgonia.org/cu was initialised first", exit.ExitCode(), &stdout)
	}
	if text := stderr.String(); !strings.HasPrefix(text, "golongrl: no CUDA: ") || !strings.Contains(text, "nvidia-smi") {
		t.Errorf("message %q", text)
	}
}
