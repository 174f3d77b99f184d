package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/demo"
	"github.com/golongrl/golongrl/trainer/watch"
)

func compareCommand() *cobra.Command {
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
				return usageError{fmt.Errorf("--seeds is %d, but a confidence interval needs at least 2", seeds)}
			}
			return runCompare(c, f, estimators, seeds)
		},
	}
	fs := c.Flags()
	fs.StringVar(&f.out, "out", "golongrl-compare", "folder for compare.jsonl")
	fs.StringArrayVarP(&estimators, "estimator", "e", []string{"grpo", "tmn_reweight"}, "estimator of advantages; the first is what the others are compared with")
	fs.IntVar(&seeds, "seeds", 8, "number of seeds, from --seed on")
	fs.Uint64Var(&f.seed, "seed", 1, "first seed")
	fs.IntVar(&f.workers, "workers", 0, "goroutines that compute; 0: one per processor. They change no number")
	fs.IntVar(&f.steps, "steps", demo.Default().Train.Steps, "updates")
	fs.BoolVar(&f.permute, "permute-rewards", false, "control: deal the rewards out at random inside every group")
	return c
}

// compared is a line of compare.jsonl: a finished run.
type compared struct {
	Estimator string          `json:"estimator"`
	Seed      uint64          `json:"seed"`
	Settings  json.RawMessage `json:"settings"` // of which the run is a function
	Tasks     []string        `json:"tasks"`
	Before    []float64       `json:"before"` // per task, sampled
	After     []float64       `json:"after"`
	Greedy    [2][]float64    `json:"greedy"` // before, after
	Seconds   float64         `json:"seconds"`
}

func runCompare(c *cobra.Command, f demoFlags, estimators []string, seeds int) error {
	stderr := c.ErrOrStderr()
	path := filepath.Join(f.out, "compare.jsonl")
	if err := os.MkdirAll(f.out, 0o777); err != nil {
		return err
	}
	done, err := readCompared(path)
	if err != nil {
		return err
	}
	var rows []compared
	for s := range seeds {
		for _, e := range estimators {
			f := f
			f.estimator, f.seed = e, f.seed+uint64(s)
			settings, err := f.settings()
			if err != nil {
				return err
			}
			text, err := json.Marshal(settings)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(done, func(d compared) bool { return d.Seed == f.seed && string(d.Settings) == string(text) }); i >= 0 {
				rows = append(rows, done[i])
				continue
			}
			fmt.Fprintf(stderr, "%s, seed %d (run %d of %d)\n", e, f.seed, len(rows)+1, seeds*len(estimators))
			progress := watch.Terminal(stderr, settings.WarmupSteps+settings.Train.Steps)
			start := time.Now()
			out, err := demo.Run(c.Context(), settings, demo.Options{Seed: f.seed, Workers: f.workers, Observers: []watch.Observer{progress}})
			progress.Close()
			if err != nil {
				return err
			}
			row := compared{Estimator: e, Seed: f.seed, Settings: text, Seconds: math.Round(10*time.Since(start).Seconds()) / 10}
			for i, t := range out.Before.Tasks {
				row.Tasks = append(row.Tasks, t.Task)
				row.Before = append(row.Before, t.Mean)
				row.After = append(row.After, out.After.Tasks[i].Mean)
				row.Greedy[0] = append(row.Greedy[0], out.GreedyBefore.Tasks[i].Mean)
				row.Greedy[1] = append(row.Greedy[1], out.GreedyAfter.Tasks[i].Mean)
			}
			rows, done = append(rows, row), append(done, row)
			if err := writeCompared(path, done); err != nil {
				return err
			}
		}
	}
	_, err = io.WriteString(c.OutOrStdout(), compareTable(rows, estimators))
	return err
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
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w: move the file away to begin anew", path, n, err)
		}
		rows = append(rows, r)
	}
	return rows, lines.Err()
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

// compareTable has a line per task and one for their mean, and for every estimator
// its reward at the end; for all but the first also the paired difference.
func compareTable(rows []compared, estimators []string) string {
	if len(rows) == 0 {
		return ""
	}
	tasks := append(slices.Clone(rows[0].Tasks), "mean")
	value := func(x []float64, task int) float64 {
		if task < len(x) {
			return x[task]
		}
		sum := 0.0
		for _, v := range x {
			sum += v
		}
		return sum / float64(len(x))
	}
	of := func(estimator string, task int, get func(compared) []float64) (x []float64) {
		for _, r := range rows {
			if r.Estimator == estimator {
				x = append(x, value(get(r), task))
			}
		}
		return x
	}
	before := func(r compared) []float64 { return r.Before }
	after := func(r compared) []float64 { return r.After }
	var b strings.Builder
	n := len(rows) / len(estimators)
	fmt.Fprintf(&b, "mean held-out reward at temperature 1 and 95 %% confidence interval over %d seeds\n", n)
	fmt.Fprintf(&b, "%-12s %16s", "task", "warm-up")
	for _, e := range estimators {
		fmt.Fprintf(&b, " %18s", e)
	}
	for _, e := range estimators[1:] {
		fmt.Fprintf(&b, " %24s", e+" - "+estimators[0])
	}
	b.WriteByte('\n')
	for i, t := range tasks {
		fmt.Fprintf(&b, "%-12s %16s", t, interval(of(estimators[0], i, before)))
		for _, e := range estimators {
			fmt.Fprintf(&b, " %18s", interval(of(e, i, after)))
		}
		base := of(estimators[0], i, after)
		for _, e := range estimators[1:] {
			d := of(e, i, after)
			for k := range d {
				d[k] -= base[k]
			}
			fmt.Fprintf(&b, " %24s", signed(d))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func interval(x []float64) string {
	m, h := meanInterval(x)
	return fmt.Sprintf("%.3f ± %.3f", m, h)
}

func signed(x []float64) string {
	m, h := meanInterval(x)
	return fmt.Sprintf("%+.3f ± %.3f", m, h)
}

// meanInterval returns the mean of x and half the width of its 95 % confidence
// interval, t s/sqrt(n).
func meanInterval(x []float64) (mean, half float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	var s float64
	for _, v := range x {
		s += (v - mean) * (v - mean)
	}
	return mean, student(len(x)-1) * math.Sqrt(s/(n-1)/n)
}

// student returns the 97.5 % quantile of Student's t distribution with df degrees
// of freedom.
//
// Source: Abramowitz and Stegun, table 26.10; beyond it equation 26.7.5.
func student(df int) float64 {
	table := []float64{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
		2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042}
	if df <= len(table) {
		return table[df-1]
	}
	const z = 1.959964
	n := float64(df)
	return z + (z*z*z+z)/(4*n) + (5*math.Pow(z, 5)+16*z*z*z+3*z)/(96*n*n)
}
