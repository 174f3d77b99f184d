package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/advantage"
)

// compareJob is one run of the advantage compare command.
type compareJob struct {
	streams
	files      []string
	estimators string
	html       string
	asJSON     bool
	maxLine    byteSize
	quiet      bool
}

func compareCommand(s streams) *cobra.Command {
	job := &compareJob{streams: s, maxLine: 64 << 20}
	c := &cobra.Command{
		Use:   "compare [FILE ...]",
		Short: "Show what estimators make of a batch",
		Long: `Compare reads the same rows as advantage and prints, for each estimator, how
strongly every task pulls at the policy and how evenly: the mean |A| of each task
divided by the mean over tasks, which is Figure 5 of the paper, and its
coefficient of variation (CV); each task's share of the gradient; the shares of
rows with A > 0 among those with A != 0, with A = 0, and with the sign opposite
to r - mu (flipped); the effective sample size (sum |A|)² / sum A² (ESS); and the
range of |A| / |r - mu| relative to its mean (weights). What is likely to be a
mistake in the batch comes last, as warnings.

Task and length are read if all rows have them, and are an error if only some
have. Without tasks all rows are one task.

Exit status: 0, or 1 if a row cannot be used or something fails, 2 for a wrong
command line.`,
		Example: `  golongrl-score advantage compare rollouts.jsonl
  golongrl-score advantage compare --estimators 'grpo,tmn,tmn_reweight(alpha=0.5)' rollouts.jsonl --html report.html`,
		RunE: func(c *cobra.Command, args []string) error {
			job.files = args
			if c.Flags().Changed("html") && job.html == "" {
				return usage("--html is empty: give the name of a file")
			}
			return job.run()
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&job.estimators, "estimators", "e", "dr_grpo,grpo,tmn,tmn_reweight", "estimators, separated by commas")
	f.StringVar(&job.html, "html", "", "write a page with charts to `file`; it needs no network")
	f.BoolVar(&job.asJSON, "json", false, "print one JSON object instead of tables")
	f.Var(&job.maxLine, "max-line", "longest line to read")
	f.BoolVarP(&job.quiet, "quiet", "q", false, "print no progress on standard error")
	return c
}

func (j *compareJob) run() error {
	ests, err := parseEstimators(j.estimators)
	if err != nil {
		return err
	}
	in := &input{names: j.files, stdin: j.in, maxLine: int(j.maxLine)}
	size, err := in.check()
	if err != nil {
		return err
	}
	if name := in.sameAs(j.html); name != "" {
		return usage("--html: %s is the input: give another name", name)
	}
	var needs advantage.Field
	for _, e := range ests {
		needs |= e.Needs()
	}
	rows := newRewardRows(needs, advantage.Tasks|advantage.Lengths, false)
	var text []byte
	o := &output{streams: j.streams, name: j.html, flag: "--html", quiet: j.quiet}
	err = o.run(size, func(out *sink, wrap func(io.Reader) io.Reader) error {
		in.wrap = wrap
		if err := rows.read(in.lines); err != nil {
			return err
		}
		c, err := compare(rows, ests)
		if err != nil {
			return rows.explain(err)
		}
		if text = c.text(); j.asJSON {
			if text, err = c.json(); err != nil {
				return &exitError{exitNoScore, "--json: " + err.Error()}
			}
		}
		if j.html == "" {
			return out.write(text, 0)
		}
		page, err := c.page(in.names)
		if err != nil {
			return &exitError{exitNoScore, "--html: " + err.Error()}
		}
		return out.write(page, 0)
	})
	if err != nil || j.html == "" {
		return err
	}
	if _, err := j.out.Write(text); err != nil {
		return &exitError{exitNoScore, "standard output: " + err.Error()}
	}
	return nil
}

// sameAs returns the input that is the file of that name, or "".
func (in *input) sameAs(file string) string {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	for _, name := range in.names {
		if other, err := os.Stat(name); err == nil && name != "-" && os.SameFile(info, other) {
			return name
		}
	}
	return ""
}

// parseEstimators reads spellings separated by commas outside parentheses.
func parseEstimators(specs string) ([]advantage.Estimator, error) {
	const flag = "--estimators"
	var ests []advantage.Estimator
	seen := map[string]bool{}
	for _, spec := range splitOutside(specs) {
		if strings.TrimSpace(spec) == "" {
			return nil, usage("%s %q: a name is missing beside a comma, or altogether", flag, specs)
		}
		est, err := parseEstimator(flag, spec)
		if err != nil {
			return nil, err
		}
		if seen[est.String()] {
			return nil, usage("%s: %s is given twice", flag, est)
		}
		seen[est.String()] = true
		ests = append(ests, est)
	}
	return ests, nil
}

// splitOutside splits at commas outside parentheses.
func splitOutside(s string) []string {
	var parts []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth <= 0 {
				parts = append(parts, s[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, s[from:])
}

// comparison is a batch with what estimators make of it.
type comparison struct {
	*advantage.Report
	batch   *advantage.Batch
	leftOut int // rows whose reward is null
}

func compare(rows *rewardRows, ests []advantage.Estimator) (*comparison, error) {
	b, err := rows.batch()
	if err != nil {
		return nil, err
	}
	r, err := advantage.Diagnose(b, ests...)
	if err != nil {
		return nil, err
	}
	return &comparison{r, b, len(rows.null) - len(rows.rewards)}, nil
}

// summary says in a sentence what the batch is.
func (c *comparison) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s", count(int64(c.Rows), "row"), count(int64(c.Groups), "prompt"))
	if n := c.batch.Index.Tasks(); n > 0 {
		fmt.Fprintf(&b, ", %s", count(int64(n), "task"))
	}
	if c.ZeroVariance > 0 {
		fmt.Fprintf(&b, "; %s of equal rewards", count(int64(c.ZeroVariance), "prompt"))
	}
	if c.Singles > 0 {
		fmt.Fprintf(&b, "; %s of one rollout", count(int64(c.Singles), "prompt"))
	}
	if c.leftOut > 0 {
		fmt.Fprintf(&b, "; %s without a reward left out", count(int64(c.leftOut), "row"))
	}
	return b.String()
}

// taskLabel is what the task is called on a screen.
func (c *comparison) taskLabel(t int) string {
	switch name := c.Tasks[t].Name; {
	case c.batch.Index.Tasks() == 0:
		return "all"
	case strings.TrimSpace(name) == "":
		return quoted(name)
	default:
		return printable(name, 40)
	}
}
