// Package train is the command golongrl-train, for its two programs: the one that
// people call, and the worker that it starts for a GPU.
package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// The exit statuses besides 0.
const (
	exitFailed = 1
	exitUsage  = 2
	exitSignal = 128 // plus the number of the signal
)

// Main runs the command line and ends the process. Beside the CPU it knows the
// backends that it is given.
func Main(backends ...Backend) {
	p := &program{args: os.Args[1:], backends: backends, worker: announce()}
	status := p.run(p.interruptible(), os.Stdout, os.Stderr)
	if p.worker && status == exitUsage {
		status = workerUsage
	}
	os.Exit(status)
}

// A program is a command line and what there is to run it.
type program struct {
	args     []string
	backends []Backend   // beside the CPU
	worker   bool        // started by another one of these
	handed   atomic.Bool // to a worker, which talks to the user from then on
}

// A signalled is why a context ended.
type signalled struct{ syscall.Signal }

func (s signalled) Error() string { return s.String() }

// echo is how long a signal may come again and still be the same one: terminals and
// coreutils' timeout send it to a process and to its group.
const echo = 500 * time.Millisecond

// patience is when a person is told why the process still runs behind a signal.
var patience = 2 * time.Second

// interruptible returns a context that ends with the first signal to stop. The
// second finds the process as if it had never asked for signals.
func (p *program) interruptible() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		n, _ := s.(syscall.Signal)
		cancel(signalled{n})
		for same := time.After(echo); same != nil; {
			select {
			case <-signals:
			case <-same:
				same = nil
			}
		}
		signal.Stop(signals)
		time.Sleep(patience - echo)
		if p.handed.Load() {
			return
		}
		fmt.Fprintf(os.Stderr, "golongrl-train: %s: finishing the update and saving; another signal ends this at once\n", s)
	}()
	return ctx
}

// usageError is a mistake in the command line or in a configuration file.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func (p *program) run(ctx context.Context, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "golongrl-train",
		Short:         "Train language models with reinforcement learning",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetArgs(p.args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.Version = version()
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(p.demoCommand(), p.compareCommand(), p.runCommand(), p.configCommand())
	begun := false
	for _, c := range root.Commands() {
		inner := c.RunE
		c.RunE = func(c *cobra.Command, args []string) error {
			begun = true
			return inner(c, args)
		}
	}
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	var ended workerEnded
	if errors.As(err, &ended) {
		return int(ended) // it has said why
	}
	var by signalled
	if errors.Is(err, context.Canceled) && errors.As(context.Cause(ctx), &by) {
		var left stopped
		if errors.As(err, &left) {
			err = left
		}
		fmt.Fprintf(stderr, "golongrl-train: %s: %v\n", by, err)
		return exitSignal + int(by.Signal)
	}
	fmt.Fprintln(stderr, "golongrl-train:", err)
	// What comes before a command begins is about the command line.
	if !begun || errors.As(err, new(usageError)) {
		fmt.Fprintf(stderr, "See %s --help.\n", c.CommandPath())
		return exitUsage
	}
	return exitFailed
}

// version names the module's version, the revision if it is known, and what the
// program was made with.
func version() string {
	v := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = info.Main.Version
	}
	if r := build(); r != "" {
		v += " " + r
	}
	return fmt.Sprintf("%s %s %s/%s", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// stopped says what is left of a run that a signal ended.
type stopped struct{ text string }

func (e stopped) Error() string { return e.text }

// Unwrap makes it known for what it is.
func (e stopped) Unwrap() error { return context.Canceled }
