// Command golongrl-train trains language models with reinforcement learning.
//
//	golongrl-train demo                 nine small tasks, from nothing, on this machine
//	golongrl-train compare              estimators on these tasks, over several seeds
//	golongrl-train run --config FILE    a model, data, and rollouts from it or a server
//	golongrl-train config               a configuration file with all defaults
//
// Progress and remarks go to stderr, results to stdout. The exit status is 0 if
// all went well, 1 if something failed, 2 if the command line or the
// configuration is wrong, and 130 if it was interrupted; a run that was
// interrupted goes on with --resume.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit statuses besides 0.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// usageError is a mistake in the command line or in a configuration file.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "golongrl-train",
		Short:         "Train language models with reinforcement learning",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(demoCommand(), compareCommand(), runCommand(), configCommand())
	for _, c := range root.Commands() {
		inner := c.Args
		c.Args = func(c *cobra.Command, args []string) error {
			if err := inner(c, args); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "golongrl-train:", err)
	var usage usageError
	switch {
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &usage) || root.Runnable() == false && len(args) > 0 && unknown(root, args):
		return exitUsage
	}
	return exitFailed
}

// unknown reports whether args name no command.
func unknown(root *cobra.Command, args []string) bool {
	c, _, err := root.Find(args)
	return err != nil || c == root
}
