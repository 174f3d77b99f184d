package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/trainer"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/watch"
)

func runCommand() *cobra.Command {
	var file, out string
	var resume bool
	c := &cobra.Command{
		Use:   "run --config FILE",
		Short: "Train a model",
		Long: `Train a Qwen3 model on rows with reference answers, by rollouts from the model
itself, from a model server, or from a recording. golongrl-train config prints a
configuration with all defaults, which are those of the paper.

Interrupted, the run saves a checkpoint and ends with status 130; with --resume it
goes on from the newest checkpoint.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := readConfig(file)
			if err != nil {
				return err
			}
			if out != "" {
				cfg.Out = out
			}
			return runTrain(c.Context(), cfg, resume, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	fs := c.Flags()
	fs.StringVarP(&file, "config", "c", "", "configuration (YAML)")
	fs.StringVar(&out, "out", "", "folder instead of the configuration's")
	fs.BoolVar(&resume, "resume", false, "go on from the newest checkpoint in the folder")
	c.MarkFlagRequired("config")
	return c
}

func runTrain(ctx context.Context, cfg fileConfig, resume bool, stdout, stderr io.Writer) (err error) {
	note := func(text string) { fmt.Fprintln(stderr, "note:", text) }
	metricsFile := filepath.Join(cfg.Out, "metrics.jsonl")
	if _, err := os.Stat(metricsFile); err == nil && !resume {
		return usageError{fmt.Errorf("%s holds a run: go on with --resume, or give another folder with --out", cfg.Out)}
	}
	s, err := setUp(ctx, cfg, note)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	t, err := trainer.New(cfg.Train, s.options)
	if err != nil {
		return err
	}
	begun := false
	if resume {
		if begun, err = t.Resume(); err != nil {
			return err
		}
	}
	step, past := -1, []watch.Step(nil)
	if begun {
		step = t.State().Step
		note(fmt.Sprintf("going on after update %d", step))
	} else if resume {
		note("there is no checkpoint yet: beginning anew")
	}
	if err := os.MkdirAll(cfg.Out, 0o777); err != nil {
		return err
	}
	metrics, err := watch.NewMetrics(metricsFile, step)
	if err != nil {
		return err
	}
	s.observe(metrics)
	if begun {
		if past, err = watch.ReadSteps(metricsFile); err != nil {
			return err
		}
	}
	if cfg.Watch.TensorBoard {
		board, err := watch.NewTensorBoard(filepath.Join(cfg.Out, "tensorboard"), step)
		if err != nil {
			return err
		}
		s.observe(board)
	}
	title := "golongrl: " + filepath.Base(cfg.Model.Path)
	if cfg.Watch.HTTP != "" {
		live, err := watch.NewLive(cfg.Watch.HTTP, watch.LiveOptions{Title: title, Past: past})
		if err != nil {
			return usageError{fmt.Errorf("watch.http: %w", err)}
		}
		fmt.Fprintln(stderr, "live page:", live.URL())
		s.observe(live)
	}
	recorder := watch.NewRecorder(past, 3)
	s.observe(recorder)
	s.observe(watch.Terminal(stderr, t.Steps()))
	for _, o := range s.observers {
		t.Observe(o)
	}
	start := time.Now()
	if err := t.Run(ctx); err != nil {
		return err
	}
	report := filepath.Join(cfg.Out, "report.html")
	r := watch.Report{Title: title, Config: s.describe(cfg), Tasks: evaluated(recorder.Steps(), cfg), Steps: recorder.Steps(), Before: recorder.Before(), After: recorder.After()}
	if err := checkpoint.AtomicFile(report, func(w io.Writer) error { return watch.WriteReport(w, r) }); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d updates, %s\n", t.State().Step, time.Since(start).Round(time.Second))
	if len(r.Tasks) > 0 {
		_, err = io.WriteString(stdout, evalTable(r.Tasks))
	}
	fmt.Fprintf(stdout, "checkpoint: %s\nreport: %s\n", filepath.Join(cfg.Out, "checkpoints", fmt.Sprintf("step-%06d", t.State().Step)), report)
	return err
}
