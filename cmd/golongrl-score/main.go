// Command golongrl-score scores rollouts: lines of JSON or rows of Parquet that
// hold responses of a model and reference answers.
//
//	golongrl-score score rollouts.jsonl            one JSON result per response on stdout
//	golongrl-score explain rollouts.jsonl --id 7   why a response got its score
//	golongrl-score advantage -e grpo scores.jsonl  advantages from rewards
//	golongrl-score advantage compare scores.jsonl  what estimators make of a batch
//	golongrl-score verify '1/2' '\boxed{0.5}'       whether a mathematical answer is right
//	golongrl-score loss batches.jsonl              the policy loss of micro-batches and its gradient
//	golongrl-score bench run --bench mrcr …        a benchmark on a model server
//	golongrl-score serve                           all of that for other programs, over HTTP and sockets
//	golongrl-score metrics                         what can be scored
//
// The exit status is 0 if every response got a score, 1 if one did not or
// something failed, and 2 if the command line is wrong; verify adds 3.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// The exit statuses besides 0.
const (
	exitNoScore = 1 // also for what failed while running
	exitUsage   = 2
	exitSignal  = 128 // plus the number of the signal
)

func main() {
	tuneMemory()
	os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// tuneMemory lets garbage grow to a few times what is in use, which is little:
// with the default a third of the time goes into collecting it. Near the limit,
// which only huge lines can reach, it is collected as eagerly as ever.
func tuneMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(2 << 30)
	}
}

// streams are where a command reads and writes.
type streams struct {
	in       *os.File
	out, err io.Writer
}

// exitError ends a command with a status. Without a message it does so quietly.
type exitError struct {
	code int
	msg  string
}

func (e *exitError) Error() string { return e.msg }

func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Sprintf(format, args...)}
}

func run(args []string, s streams) int {
	root := &cobra.Command{
		Use:           "golongrl-score",
		Short:         "Score the responses of a language model",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetArgs(args)
	root.AddCommand(scoreCommand(s), explainCommand(s), verifyCommand(s), advantageCommand(s), lossCommand(s), benchCommand(s), serveCommand(s), metricsCommand(s), versionCommand(s))
	cmd, err := root.ExecuteC()
	if err == nil {
		return 0
	}
	// What cobra reports itself is about the command line.
	e := &exitError{exitUsage, err.Error()}
	errors.As(err, &e)
	if e.msg != "" {
		fmt.Fprintf(s.err, "golongrl-score: %s\n", e.msg)
		if e.code == exitUsage {
			fmt.Fprintf(s.err, "See %s --help.\n", cmd.CommandPath())
		}
	}
	return e.code
}
