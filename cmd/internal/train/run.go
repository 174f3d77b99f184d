package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/trainer"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/watch"
)

func (p *program) runCommand() *cobra.Command {
	var file, out, name string
	var resume bool
	c := &cobra.Command{
		Use:   "run --config FILE",
		Short: "Train a model",
		Long: `Train a Qwen3 model on rows with reference answers, by rollouts from the model
itself, from a model server, or from a recording. golongrl-train config prints a
configuration with all defaults, which are those of the paper.

Interrupted, the run saves a checkpoint and ends with status 130; a second interrupt
ends it at once. With --resume it goes on from the newest checkpoint, and begins
anew if the run ended before its first one.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := readConfig(file, p.home())
			if err != nil {
				return err
			}
			if c.Flags().Changed("out") {
				cfg.Out = out
			}
			where := "backend.name"
			if c.Flags().Changed("backend") {
				where, cfg.Backend.Name = "--backend", name
			}
			open, err := p.backend(where, cfg.Backend.Name)
			if err != nil {
				return err
			}
			if open == nil {
				return p.work(c)
			}
			return runTrain(c.Context(), cfg, open, resume, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	fs := c.Flags()
	fs.StringVarP(&file, "config", "c", "", "configuration (YAML)")
	fs.StringVar(&out, "out", "", "folder instead of the configuration's")
	fs.StringVar(&name, "backend", "", "cpu or cuda, instead of the configuration's")
	fs.BoolVar(&resume, "resume", false, "go on from the newest checkpoint in the folder")
	c.MarkFlagRequired("config")
	return c
}

func runTrain(ctx context.Context, cfg fileConfig, open Open, resume bool, stdout, stderr io.Writer) (err error) {
	note := func(text string) { fmt.Fprintln(stderr, "note:", text) }
	free, err := take(cfg.Out)
	if err != nil {
		return err
	}
	defer free()
	if holds, err := holdsRun(cfg.Out); err != nil {
		return err
	} else if holds && !resume {
		return usage("%s holds a run: go on with --resume, or give another folder with --out", cfg.Out)
	}
	title := "golongrl: " + filepath.Base(filepath.Clean(cfg.Model.Path))
	var live *watch.Live
	if cfg.Watch.HTTP != "" { // before a large model is read
		if live, err = watch.NewLive(cfg.Watch.HTTP, watch.LiveOptions{Title: title}); err != nil {
			return usage("watch.http: %w", err)
		}
		defer func() { err = errors.Join(err, live.Close()) }()
		fmt.Fprintln(stderr, "live page:", live.URL())
	}
	s, err := setUp(ctx, cfg, open, note)
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
		if err := lost(cfg); err != nil {
			return err
		}
		if begun, err = t.Resume(); err != nil {
			return err
		}
	}
	step := -1
	if begun {
		step = t.State().Step
		note(fmt.Sprintf("going on behind update %d", step))
	} else if resume {
		note("there is no checkpoint yet: beginning anew")
	}
	past, err := s.files(cfg, step)
	if err != nil {
		return err
	}
	if live != nil {
		for i := range past {
			live.Step(&past[i])
		}
		s.observers = append(s.observers, live)
	}
	recorder := watch.NewRecorder(past, 3)
	s.observe(recorder)
	progress := watch.Terminal(stderr, t.Steps())
	s.observe(progress)
	notes := &noter{note: note}
	notes.of(s.policy)
	s.observe(notes)
	for _, o := range s.observers {
		t.Observe(o)
	}
	start := time.Now()
	if err := t.Run(ctx); err != nil {
		return s.ended(ctx, cfg, t, err)
	}
	progress.Close() // which ends its line
	if begun && t.State().Step == step {
		note(fmt.Sprintf("the run was at its end: raise train.steps or train.epochs to go on behind update %d", step))
	}
	rows := evaluated(recorder.Steps(), cfg)
	report, err := writeReport(cfg.Out, watch.Report{Title: title, Config: s.describe(cfg), Tasks: rows, Steps: recorder.Steps(), Before: recorder.Before(), After: recorder.After()})
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d updates, %s\n", t.State().Step, time.Since(start).Round(time.Second))
	text := ""
	if len(rows) > 0 {
		text = evalTable(rows)
	}
	_, err = fmt.Fprintf(stdout, "%scheckpoint: %s\nreport: %s\n", text, checkpointPath(cfg, t.State().Step), report)
	return err
}

// files opens metrics and TensorBoard events of a run that goes on behind a step,
// or begins if that is negative, and returns the steps before.
func (s *setup) files(cfg fileConfig, step int) (past []watch.Step, err error) {
	name := filepath.Join(cfg.Out, metricsName)
	metrics, err := watch.NewMetrics(name, step)
	if err != nil {
		return nil, err
	}
	s.observe(metrics)
	if step >= 0 {
		if past, err = watch.ReadSteps(name); err != nil {
			return nil, err
		}
		if last := lastStep(past); last < step {
			s.options.Note(fmt.Sprintf("%s ends with update %d, and the checkpoint is of update %d: what lies between is not in the report", name, last, step))
		}
	}
	if !cfg.Watch.TensorBoard {
		return past, nil
	}
	board, err := watch.NewTensorBoard(filepath.Join(cfg.Out, tensorBoardName), step)
	if err != nil {
		return nil, err
	}
	s.observe(board)
	return past, nil
}

func checkpointPath(cfg fileConfig, step int) string {
	return filepath.Join(cfg.Out, checkpointsName, fmt.Sprintf("step-%06d", step))
}

// ended says what is left of a run that came to no good end.
func (s *setup) ended(ctx context.Context, cfg fileConfig, t *trainer.Trainer, err error) error {
	step := t.State().Step
	steps, e := checkpoint.Steps(filepath.Join(cfg.Out, checkpointsName))
	switch {
	case ctx.Err() == nil && (e != nil || len(steps) == 0):
		return err
	case ctx.Err() == nil:
		return fmt.Errorf("%w\nthe last checkpoint is %s; --resume goes on from there", err, checkpointPath(cfg, steps[0]))
	case e == nil && len(steps) > 0 && steps[0] == step:
		return stopped{fmt.Sprintf("update %d is saved in %s; --resume goes on from there", step, checkpointPath(cfg, step))}
	}
	return fmt.Errorf("update %d is not saved: %w", step, err) // which is joined with why
}
