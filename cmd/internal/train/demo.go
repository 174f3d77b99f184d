package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/trainer"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/demo"
	"github.com/golongrl/golongrl/trainer/watch"
)

// demoFlags are the flags of demo; compare has some of them.
type demoFlags struct {
	out       string
	estimator string
	seed      uint64
	workers   int
	backend   string
	steps     int
	permute   bool
	http      string
}

func (p *program) demoCommand() *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Train a small policy from random weights on nine miniature tasks",
		Long: `Train a small Qwen3-shaped policy from random weights on nine miniature
long-context tasks, one per reward: a supervised warm-up that imitates a teacher
with right and wrong rules, and then reinforcement learning. Nothing is
downloaded. The table on stdout has the rewards of held-out prompts before and
after; report.html beside the checkpoint has the curves.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.runDemo(c, f) },
	}
	fs := c.Flags()
	fs.StringVar(&f.out, "out", "golongrl-demo", "folder for report, metrics and checkpoint; what an earlier demo left there is replaced")
	fs.StringVarP(&f.estimator, "estimator", "e", "tmn_reweight", "estimator of advantages, such as grpo; golongrl-score advantage --list has all")
	fs.Uint64Var(&f.seed, "seed", 1, "of weights, data and samples")
	f.commonFlags(fs, p.home())
	fs.StringVar(&f.http, "http", "", "serve a live page at this address, such as 127.0.0.1:8080")
	return c
}

// demoDefaults are the settings that flags change. Tests have a smaller demo.
var demoDefaults = demo.Default

// settings are those of the demo as the flags have it.
func (f *demoFlags) settings() (demo.Settings, error) {
	s := demoDefaults()
	if _, err := advantage.Parse(f.estimator); err != nil {
		return s, usage("--estimator: %w", err)
	}
	if f.steps < 1 {
		return s, usage("--steps is %d, but must be at least 1", f.steps)
	}
	if f.workers < 0 {
		return s, usage("--workers is %d, but must not be negative", f.workers)
	}
	s.Train.Estimator, s.Train.Steps, s.Train.Permute = f.estimator, f.steps, f.permute
	if err := s.Train.Check(); err != nil {
		return s, usageError{err}
	}
	return s, nil
}

// commonFlags are those of demo and compare.
func (f *demoFlags) commonFlags(fs *pflag.FlagSet, home string) {
	fs.IntVar(&f.workers, "workers", 0, "goroutines that compute; 0: one per processor. They change no number")
	fs.StringVar(&f.backend, "backend", home, "where to compute: cpu or cuda")
	fs.IntVar(&f.steps, "steps", demoDefaults().Train.Steps, "updates")
	fs.BoolVar(&f.permute, "permute-rewards", false, "control: deal the rewards out at random inside every group")
}

func (p *program) runDemo(c *cobra.Command, f demoFlags) (err error) {
	s, err := f.settings()
	if err != nil {
		return err
	}
	open, err := p.backend("--backend", f.backend)
	if err != nil {
		return err
	}
	if open == nil {
		return p.work(c)
	}
	stderr := c.ErrOrStderr()
	free, err := take(f.out)
	if err != nil {
		return err
	}
	defer free()
	marks := []watch.Mark{{Step: s.WarmupSteps, Label: "reinforcement learning"}}
	recorder := watch.NewRecorder(nil, 3)
	observers := []watch.Observer{recorder}
	defer func() { err = errors.Join(err, watch.Multi(observers...).Close()) }()
	if f.http != "" { // first: what is wrong with the address must cost nothing
		live, err := watch.NewLive(f.http, watch.LiveOptions{Title: "golongrl demo", Marks: marks})
		if err != nil {
			return usage("--http: %w", err)
		}
		fmt.Fprintf(stderr, "live page: %s\n", live.URL())
		observers = append(observers, live)
	}
	if err := fresh(f.out); err != nil {
		return err
	}
	result := compared{Estimator: f.estimator, Seed: f.seed, Build: build()}
	if result.Settings, err = json.Marshal(s); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(f.out, demoName), result); err != nil {
		return err
	}
	metrics, err := watch.NewMetrics(filepath.Join(f.out, metricsName), -1)
	if err != nil {
		return err
	}
	observers = append(observers, metrics)
	board, err := watch.NewTensorBoard(filepath.Join(f.out, tensorBoardName), -1)
	if err != nil {
		return err
	}
	progress := watch.Terminal(stderr, s.WarmupSteps+s.Train.Steps)
	notes := &noter{note: func(text string) { fmt.Fprintln(stderr, "note:", text) }}
	observers = append(observers, board, progress, notes)
	fmt.Fprintf(stderr, "a policy of %d parameters; %d supervised steps, then %d updates by %s\n", s.Model.Size(), s.WarmupSteps, s.Train.Steps, s.Train.Estimator)
	for _, o := range s.Overrides() {
		fmt.Fprintf(stderr, "  %s\n", o)
	}
	start := time.Now()
	out, err := demo.Run(c.Context(), s, demo.Options{Seed: f.seed, Open: f.opener(open, notes), Dir: f.out, Observers: observers})
	if err != nil {
		if c.Context().Err() != nil {
			return stopped{fmt.Sprintf("the demo is not finished; what there is of it is in %s, and the next one begins anew", f.out)}
		}
		return err
	}
	defer out.Policy.Close()
	took := time.Since(start)
	progress.Close()
	result.fill(out, took)
	if err := writeJSON(filepath.Join(f.out, demoName), result); err != nil {
		return err
	}
	rows := taskRows(out)
	report, err := writeReport(f.out, watch.Report{
		Title: "golongrl demo: " + s.Train.Estimator, Config: settingsTable(s, f.seed, out), Tasks: rows, Marks: marks,
		Steps: recorder.Steps(), Before: recorder.Before(), After: recorder.After(),
		Notes: []string{fmt.Sprintf("Rewards of %d held-out prompts per task, %d samples each at temperature 1; greedy: one. Before is behind the supervised warm-up.", s.HeldOut, s.HeldOutSamples)},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d steps in %s\n", s.WarmupSteps+s.Train.Steps, took.Round(100*time.Millisecond))
	_, err = io.WriteString(c.OutOrStdout(), demoTable(rows, report))
	return err
}

func writeJSON(path string, v any) error {
	return checkpoint.AtomicFile(path, func(w io.Writer) error { return json.NewEncoder(w).Encode(v) })
}

func taskRows(out *demo.Outcome) []watch.TaskRow {
	rows := make([]watch.TaskRow, len(out.Before.Tasks))
	estimate := func(e *trainer.Evaluation, i int) watch.Estimate {
		return watch.Estimate{Mean: e.Tasks[i].Mean, SE: e.Tasks[i].SE}
	}
	for i, t := range out.Before.Tasks {
		rows[i] = watch.TaskRow{
			Name: t.Task, Metric: t.Task, Before: estimate(out.Before, i), After: estimate(out.After, i),
			GreedyBefore: estimate(out.GreedyBefore, i), GreedyAfter: estimate(out.GreedyAfter, i),
		}
	}
	return rows
}

// demoTable is what the demo prints: at most 14 lines.
func demoTable(rows []watch.TaskRow, report string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-12s %15s %15s %8s %15s %15s\n", "held-out", "before", "after", "gain", "greedy before", "greedy after")
	for _, r := range append(rows, watch.MeanRow(rows)) {
		fmt.Fprintf(&b, "%-12s %15s %15s %+8.3f %15s %15s\n", r.Name, r.Before, r.After, r.After.Mean-r.Before.Mean, r.GreedyBefore, r.GreedyAfter)
	}
	fmt.Fprintf(&b, "report: %s\n", report)
	return b.String()
}

func settingsTable(s demo.Settings, seed uint64, out *demo.Outcome) [][2]string {
	c := s.Train
	m := s.Model
	info := out.Policy.Info()
	return [][2]string{
		{"policy", fmt.Sprintf("%d parameters: %d layers, hidden %d, %d heads of %d (%d key-value), MLP %d, vocabulary %d", m.Size(), m.Layers, m.Hidden, m.Heads, m.HeadDim, m.KVHeads, m.MLP, m.Vocab)},
		{"device", info.Device},
		{"seed", strconv.FormatUint(seed, 10)},
		{"warm-up", fmt.Sprintf("%d steps of %d answers of the teacher, AdamW %g", s.WarmupSteps, s.WarmupBatch, s.WarmupLR)},
		{"updates", fmt.Sprintf("%d of %d prompts x %d rollouts", c.Steps, c.TrainBatch, c.Samples)},
		{"estimator", c.Estimator},
		{"loss", fmt.Sprintf("%s, %s, %s", c.Surrogate, c.Correction, c.Aggregation)},
		{"AdamW", fmt.Sprintf("%g, warm-up %d, decay %g, clip %g", c.LR, c.Warmup, c.Decay, c.GradClip)},
	}
}
