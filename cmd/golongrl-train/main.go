// Command golongrl-train trains language models with reinforcement learning.
//
//	golongrl-train demo                          a small policy on nine miniature tasks, from nothing
//	golongrl-train compare                       the demo with several estimators over several seeds
//	golongrl-train config > my.yaml              a configuration with all defaults
//	golongrl-train run --config my.yaml          a real model on real rows
//	golongrl-train run --config my.yaml --resume
//
// Results go to stdout, progress and errors to stderr. The exit status is 0 if all
// went well, 1 if something failed, 2 if the command line or the configuration is
// wrong, and 128 plus the number of the signal, 130 for an interrupt, if a signal
// ended the run. The first signal lets it save what it has come to; the second
// ends it at once.
//
// With --backend cuda it starts golongrl-train-cuda, which must be beside it or on
// the path, and hands it the command line.
package main

import "github.com/golongrl/golongrl/cmd/internal/train"

func main() { train.Main() }
