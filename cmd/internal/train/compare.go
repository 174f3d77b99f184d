package train

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/demo"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/watch"
)

func (p *program) compareCommand() *cobra.Command {
	var f demoFlags
	var estimators []string
	var seeds int
	c := &cobra.Command{
		Use:   "compare",
		Short: "Run the demo with several estimators over several seeds",
		Long: `Run the demo with every estimator on the same seeds, which give the same weights
and the same warm-up, and print means with 95 % confidence intervals (Student's t
over seeds; differences are paired by seed). Finished runs are kept in
compare.jsonl and not repeated: an interrupted comparison goes on where it was.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if seeds < 2 {
				return usage("--seeds is %d, but a confidence interval needs at least 2", seeds)
			}
			for i, e := range estimators {
				if slices.Contains(estimators[:i], e) {
					return usage("--estimator %s is given twice", e)
				}
			}
			return p.runCompare(c, f, estimators, seeds)
		},
	}
	fs := c.Flags()
	fs.StringVar(&f.out, "out", "golongrl-compare", "folder for compare.jsonl")
	fs.StringArrayVarP(&estimators, "estimator", "e", []string{"grpo", "tmn_reweight"}, "estimator of advantages; the first is what the others are compared with")
	fs.IntVar(&seeds, "seeds", 8, "number of seeds, from --seed on")
	fs.Uint64Var(&f.seed, "seed", 1, "first seed")
	f.commonFlags(fs, p.home())
	return c
}

// compared is a line of compare.jsonl: a finished run. demo.json has the same
// form.
type compared struct {
	Estimator string          `json:"estimator"`
	Seed      uint64          `json:"seed"`
	Settings  json.RawMessage `json:"settings"` // of which, with the seed, the run is a function
	Build     string          `json:"build,omitempty"`
	Backend   string          `json:"backend,omitempty"` // empty: the CPU
	Tasks     []string        `json:"tasks,omitempty"`
	Before    []float64       `json:"before,omitempty"` // per task, sampled
	After     []float64       `json:"after,omitempty"`
	Greedy    [][]float64     `json:"greedy,omitempty"` // before, after
	Seconds   float64         `json:"seconds,omitempty"`
}

// fill puts in what has come out.
func (r *compared) fill(out *demo.Outcome, took time.Duration) {
	r.Seconds = math.Round(10*took.Seconds()) / 10
	r.Greedy = make([][]float64, 2)
	for i, t := range out.Before.Tasks {
		r.Tasks = append(r.Tasks, t.Task)
		r.Before = append(r.Before, t.Mean)
		r.After = append(r.After, out.After.Tasks[i].Mean)
		r.Greedy[0] = append(r.Greedy[0], out.GreedyBefore.Tasks[i].Mean)
		r.Greedy[1] = append(r.Greedy[1], out.GreedyAfter.Tasks[i].Mean)
	}
}

// check finds lines that fill did not write.
func (r *compared) check(first *compared) error {
	n := len(r.Tasks)
	switch {
	case n == 0 || len(r.Before) != n || len(r.After) != n || len(r.Greedy) != 2 || len(r.Greedy[0]) != n || len(r.Greedy[1]) != n:
		return errors.New("not a reward before and after for every task")
	case !slices.Equal(r.Tasks, first.Tasks):
		return errors.New("other tasks than in line 1")
	}
	return nil
}

// build tells programs apart: the revision that this one was made from, if it is
// known.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	revision := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			revision += "+"
		}
	}
	return revision
}

func (p *program) runCompare(c *cobra.Command, f demoFlags, estimators []string, seeds int) error {
	open, err := p.backend("--backend", f.backend)
	if err != nil {
		return err
	}
	if open == nil {
		return p.work(c)
	}
	device := f.backend
	if device == "cpu" {
		device = "" // as in files of before there was another
	}
	stderr := c.ErrOrStderr()
	runs := make([]compared, 0, seeds*len(estimators))
	settings := map[string]demo.Settings{} // by estimator
	for s := range seeds {
		for _, e := range estimators {
			f.estimator = e
			set, err := f.settings()
			if err != nil {
				return err
			}
			text, err := json.Marshal(set)
			if err != nil {
				return err
			}
			settings[e] = set
			runs = append(runs, compared{Estimator: e, Seed: f.seed + uint64(s), Settings: text, Build: build(), Backend: device})
		}
	}
	free, err := take(f.out)
	if err != nil {
		return err
	}
	defer free()
	path := filepath.Join(f.out, "compare.jsonl")
	done, err := readCompared(path)
	if err != nil {
		return err
	}
	others := 0
	for i := range runs {
		r := &runs[i]
		if k := slices.IndexFunc(done, func(d compared) bool {
			return d.Seed == r.Seed && d.Backend == r.Backend && string(d.Settings) == string(r.Settings)
		}); k >= 0 {
			if done[k].Build != r.Build {
				others++
			}
			*r = done[k]
			continue
		}
		fmt.Fprintf(stderr, "%s, seed %d (run %d of %d)\n", r.Estimator, r.Seed, i+1, len(runs))
		if err := r.run(c.Context(), settings[r.Estimator], f.opener(open, nil), stderr); err != nil {
			if c.Context().Err() != nil {
				return stopped{fmt.Sprintf("%d of %d runs are in %s; the same command goes on behind them", i, len(runs), path)}
			}
			return fmt.Errorf("%s, seed %d: %w", r.Estimator, r.Seed, err)
		}
		done = append(done, *r)
		if err := writeCompared(path, done); err != nil {
			return err
		}
	}
	if others > 0 {
		fmt.Fprintf(stderr, "note: %d of %d runs in %s were made by another build of this program: move the file away to have all from one\n", others, len(runs), path)
	}
	_, err = io.WriteString(c.OutOrStdout(), compareTable(runs, estimators))
	return err
}

func (r *compared) run(ctx context.Context, s demo.Settings, open func(model.Config) (backend.Policy, error), stderr io.Writer) error {
	progress := watch.Terminal(stderr, s.WarmupSteps+s.Train.Steps)
	defer progress.Close()
	start := time.Now()
	out, err := demo.Run(ctx, s, demo.Options{Seed: r.Seed, Open: open, Observers: []watch.Observer{progress}})
	if err != nil {
		return err
	}
	r.fill(out, time.Since(start))
	return out.Policy.Close()
}

func readCompared(path string) (rows []compared, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var r compared
		err := json.Unmarshal(lines.Bytes(), &r)
		if rows = append(rows, r); err == nil {
			err = r.check(&rows[0])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: line %d is no finished run (%w): take it out, or move the file away to begin anew", path, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rows, nil
}

func writeCompared(path string, rows []compared) error {
	return checkpoint.AtomicFile(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		for _, r := range rows {
			if err := e.Encode(r); err != nil {
				return err
			}
		}
		return nil
	})
}
