package train

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

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
	// It ends with us, that is, with this thread. It is of our group, so that ^Z and
	// the terminal are for both; an interrupt from there is passed on nevertheless,
	// since it may have been for us alone, and the second of two is not heard.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
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

	said := make(chan string, 1)
	go func() {
		theirs := announced(ready)
		if theirs != "" && theirs != version() {
			fmt.Fprintf(c.ErrOrStderr(), "note: %s is %s, and this is %s: build both from the same source\n", path, theirs, version())
		}
		said <- theirs
	}()
	err = cmd.Wait()
	// What it said is in the pipe; another process may hold the other end.
	ready.SetReadDeadline(time.Now().Add(time.Second))
	if <-said == "" {
		if c.Context().Err() != nil {
			return stopped{"the worker had not begun"}
		}
		return neverBegan(path, cmd.ProcessState, err)
	}
	if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		fmt.Fprintf(c.ErrOrStderr(), "golongrl-train: %s was ended by a signal: %s\n", path, s.Signal())
		return workerEnded(exitSignal + int(s.Signal()))
	}
	switch status := cmd.ProcessState.ExitCode(); status {
	case 0:
	case workerUsage:
		return workerEnded(exitUsage)
	case exitUsage:
		fmt.Fprintf(c.ErrOrStderr(), "golongrl-train: %s crashed, see above\n", path)
		return workerEnded(exitFailed)
	default:
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
