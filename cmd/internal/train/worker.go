package train

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
)

// workerName is the program that computes on a GPU. A process of its own has the
// CUDA driver, which ends programs that find no GPU before they begin.
const workerName = "golongrl-train-cuda"

// The environment of a worker and of those who look for one.
const (
	workerEnv = "GOLONGRL_TRAIN_CUDA"       // path of the worker, if it is elsewhere
	readyEnv  = "GOLONGRL_TRAIN_CUDA_READY" // number of the file that a worker says on that it has begun
)

// workerUsage is a worker's status for exitUsage, which is also that of a Go program
// that crashes.
const workerUsage = 64

// workerEnded is the exit status of a worker that had begun.
type workerEnded int

func (e workerEnded) Error() string {
	return fmt.Sprintf("%s ended with status %d", workerName, int(e))
}

// announce tells the process that started this one, if it asks for it, that it has
// come as far as main: the driver is there. It reports whether it was asked.
func announce() bool {
	fd, err := strconv.Atoi(os.Getenv(readyEnv))
	os.Unsetenv(readyEnv) // children are not asked
	if err != nil || fd < 3 {
		return false
	}
	f := os.NewFile(uintptr(fd), "ready")
	fmt.Fprintln(f, version())
	f.Close()
	return true
}

// announced reads what a worker announces: a line of printable text, not a long one.
func announced(r io.Reader) string {
	line, err := bufio.NewReader(io.LimitReader(r, 256)).ReadString('\n')
	line = strings.TrimSuffix(line, "\n")
	if err != nil || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return line
}

// findWorker looks for the worker where the environment says, beside this program,
// and on the path.
func findWorker() (string, error) {
	if path := os.Getenv(workerEnv); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", usage("%s: %w", workerEnv, err)
		}
		return filepath.Abs(path)
	}
	if self, err := os.Executable(); err == nil {
		path := filepath.Join(filepath.Dir(self), workerName)
		if s, err := os.Stat(path); err == nil && s.Mode().IsRegular() {
			return path, nil
		}
	}
	path, err := exec.LookPath(workerName)
	if err != nil { // ErrDot too: what lies in the working folder is not meant
		return "", usage(`the backend cuda needs %s beside golongrl-train or on the path. Build it on Linux with a C compiler:
    scripts/cuda-setup && go build -tags cuda ./cmd/%s
or say in %s where it is`, workerName, workerName, workerEnv)
	}
	return filepath.Abs(path)
}

// neverBegan says why a worker ended before its main.
func neverBegan(path string, state *os.ProcessState, err error) error {
	switch {
	case state == nil:
		return fmt.Errorf("%s cannot be started: %w", path, err)
	case state.ExitCode() == 3:
		return errors.New("there is no GPU that can be used, see above; --backend cpu needs none")
	case state.ExitCode() == 127:
		return fmt.Errorf("the system could not load %s, see above: it needs libcuda.so.1, which comes with the NVIDIA driver; --backend cpu needs none", path)
	}
	return fmt.Errorf("%s ended before it began: %s; --backend cpu does without it", path, state)
}
