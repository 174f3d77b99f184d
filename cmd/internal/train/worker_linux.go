package train

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// work hands the command line to a worker and waits for it.
func (p *program) work(c *cobra.Command) error {
	path, err := findWorker()
	if err != nil {
		return err
	}
	ready, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ready.Close()
	cmd := exec.Command(path, p.args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, c.OutOrStdout(), c.ErrOrStderr()
	cmd.ExtraFiles = []*os.File{w}
	cmd.Env = append(os.Environ(), readyEnv+"=3")
	// A group of its own: an interrupt from the terminal reaches the worker once,
	// through us. It ends with us, that is, with this thread.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err = cmd.Start()
	w.Close()
	if err != nil {
		return neverBegan(path, nil, err)
	}
	p.handed.Store(true)
	ended := make(chan struct{})
	defer close(ended)
	go forward(c.Context(), ended, cmd.Process)

	theirs, _ := bufio.NewReader(ready).ReadString('\n')
	if theirs = strings.TrimSpace(theirs); theirs != "" && theirs != version() {
		fmt.Fprintf(c.ErrOrStderr(), "note: %s is %s, and this is %s: build both from the same source\n", path, theirs, version())
	}
	err = cmd.Wait()
	if theirs == "" {
		return neverBegan(path, cmd.ProcessState, err)
	}
	if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		fmt.Fprintf(c.ErrOrStderr(), "golongrl-train: %s was ended by a signal: %s\n", path, s.Signal())
		return workerEnded(exitSignal + int(s.Signal()))
	}
	if status := cmd.ProcessState.ExitCode(); status != 0 {
		return workerEnded(status)
	}
	return err
}

// forward passes the signal that ended ctx on.
func forward(ctx context.Context, ended <-chan struct{}, to *os.Process) {
	select {
	case <-ctx.Done():
		sig := syscall.SIGTERM
		var by signalled
		if errors.As(context.Cause(ctx), &by) {
			sig = by.Signal
		}
		to.Signal(sig)
	case <-ended:
	}
}
