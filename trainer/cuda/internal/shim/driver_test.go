package shim

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDriver runs testdata/driver.cc on the driver.
func TestDriver(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a library and a program")
	}
	dir := t.TempDir()
	err := buildDriver(dir, Options{only: []string{"testdata/kernels.cu", "testdata/faults.cu"}})
	if errors.Is(err, ErrNoCompiler) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "program")
	out, err := exec.Command("g++", "-o", program, "testdata/driver.cc", "-L"+dir, "-l:libcuda.so.1").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := func(kind string, args ...string) (string, error) {
		c := exec.Command(program, args...)
		c.Env = append(os.Environ(), "LD_LIBRARY_PATH="+dir, "GOLONGRL_FAKE_CUDA="+kind)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	text, err := run("cpu")
	if err != nil || !strings.Contains(text, "shim: kernel fault_deadlock, block (0, 0, 0), thread ") || strings.Count(text, "\n") != 1 {
		t.Errorf("%v\n%s", err, text)
	}
	_, err = run("none", "only cuInit")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 100 {
		t.Errorf("without a device: %v", err)
	}
}
