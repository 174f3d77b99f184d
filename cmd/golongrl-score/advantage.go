package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// advantageJob is one run of the advantage command.
type advantageJob struct {
	streams
	files     []string
	estimator string
	out       string
	maxLine   byteSize
	quiet     bool
	list      bool
}

func advantageCommand(s streams) *cobra.Command {
	job := &advantageJob{streams: s, maxLine: 64 << 20}
	c := &cobra.Command{
		Use:   "advantage [FILE ...]",
		Short: "Turn rewards into advantages",
		Long: `Advantage reads rows with rewards and writes them again, in order and otherwise
unchanged, with the key advantage at the end. All rows of all files are one
batch.

FILE is JSON lines, plain or compressed with gzip or zstd. "-" or no FILE is
standard input. A row is one rollout:

  {"group": "prompt 1", "task": "em", "reward": 1}

  group     names the prompt, which the rollouts of the same prompt share: a
            string, a number or a bool. Equal values are equal groups: 7 is 7.0 and
            not "7".
  task      a string. "" is a task of its own. Estimators that do not use tasks
            do without, but a group never has two.
  reward    a number, or score if there is no reward; the output of the score
            command can be read as it is. null keeps the row out of everything
            and gives it the advantage null.
  length    number of tokens, for opo, reinforce_pp, reinforce_pp_baseline and
            gdpo. If no row has it, all are equally long.
  rewards   the parts of the reward, an object of numbers, for gdpo. If no row
            has it, the reward is the only part.
  baseline  the reward of the greedy response, for remax.

Other keys are copied. An advantage that a row has already is replaced. Numbers
are written with all digits that float64 has.

A row that cannot be used ends the run with a message that names it, and nothing
is written: one reward less would change the advantages of others.

SPEC is the name of an estimator with options that differ from their defaults,
such as tmn_reweight(alpha=0.5) or grpo(stack=trl); --list lists them.

Exit status: 0 if all rows are written, 1 if a row cannot be used or something
fails, 2 for a wrong command line.`,
		Example: `  golongrl-score advantage --estimator grpo rollouts.jsonl
  golongrl-score score rollouts.jsonl | golongrl-score advantage --estimator 'tmn_reweight(alpha=0.8)' -o out.jsonl -
  golongrl-score advantage --estimator 'gdpo(weights=accuracy:1+format:0.5)' parts.jsonl.gz
  golongrl-score advantage --list`,
		RunE: func(c *cobra.Command, args []string) error {
			job.files = args
			if job.list {
				return job.writeList()
			}
			if c.Flags().Changed("out") && job.out == "" {
				return usage("--out is empty: give the name of a file")
			}
			return job.run()
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&job.estimator, "estimator", "e", "", "estimator with its options, `SPEC`")
	f.StringVarP(&job.out, "out", "o", "", "write to `file`, which appears only when it is complete")
	f.Var(&job.maxLine, "max-line", "longest line to read")
	f.BoolVar(&job.list, "list", false, "list estimators with their formulas and options, and stop")
	f.BoolVarP(&job.quiet, "quiet", "q", false, "print no warnings and no progress on standard error")
	c.AddCommand(compareCommand(s))
	return c
}

func (j *advantageJob) run() error {
	est, err := parseEstimator("--estimator", j.estimator)
	if err != nil {
		return err
	}
	in := &input{names: j.files, stdin: j.in, maxLine: int(j.maxLine)}
	if j.out == "" {
		in.stdout = j.streams.out
	}
	size, err := in.check()
	if err != nil {
		return err
	}
	rows := newRewardRows(est.Needs(), 0, true)
	o := &output{streams: j.streams, name: j.out, flag: "--out", quiet: j.quiet}
	err = o.run(size, func(out *sink, wrap func(io.Reader) io.Reader) error {
		in.wrap = wrap
		if err := rows.read(in.lines); err != nil {
			return err
		}
		b, err := rows.batch()
		if err == nil {
			err = est.Advantages(b.Rewards, b)
		}
		if err != nil {
			return rows.explain(err)
		}
		return writeAdvantages(out, rows, b.Rewards)
	})
	if err != nil {
		return err
	}
	if !j.quiet {
		for _, w := range rows.warnings(est.String()) {
			fmt.Fprintf(j.err, "golongrl-score: warning: %s\n", w)
		}
	}
	return nil
}

func parseEstimator(flag, spec string) (advantage.Estimator, error) {
	if strings.TrimSpace(spec) == "" {
		return nil, usage("%s is missing: name an estimator; golongrl-score advantage --list lists them", flag)
	}
	est, err := advantage.Parse(spec)
	if err != nil {
		return nil, usage("%s: %v", flag, err)
	}
	return est, nil
}

// writeAdvantages writes the rows; a has the advantages of those with a reward.
func writeAdvantages(out *sink, rows *rewardRows, a []float64) error {
	var buf []byte
	n, pending := 0, 0
	flush := func() error {
		err := out.write(buf, pending)
		buf, pending = buf[:0], 0
		return err
	}
	err := rows.text.each(func(line []byte) error {
		buf = append(append(buf, line...), `,"advantage":`...)
		if rows.null[n] {
			buf = append(buf, "null"...)
		} else {
			buf = rollout.AppendNumber(buf, a[0]+0) // -0 is 0
			a = a[1:]
		}
		buf = append(buf, '}', '\n')
		n++
		if pending++; len(buf) < 1<<16 {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// warnings are about what was assumed in the rows for lack of fields.
func (r *rewardRows) warnings(who string) []string {
	var list []string
	if len(r.rewards) == 0 {
		return nil
	}
	if r.numEmpty > 0 {
		list = append(list, fmt.Sprintf("%s: task: \"\" in %s: they form a task of their own", r.empty, count(int64(r.numEmpty), "row")))
	}
	if r.needs&advantage.Lengths != 0 && r.lengths == nil {
		list = append(list, "length: in no row: all responses count as equally long in "+who)
	}
	if r.needs&advantage.Components != 0 && r.names == nil {
		list = append(list, "rewards: in no row: the reward is its only part in "+who)
	}
	return list
}

// writeList describes the estimators.
func (j *advantageJob) writeList() error {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, name := range advantage.Names() {
		info, _ := advantage.Describe(name)
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s\t%s\n", info.Name, info.Formula)
		for _, o := range info.Options {
			fmt.Fprintf(w, "  %s=%s\t%s\n", o.Name, o.Default, o.Help)
		}
		w.Flush()
	}
	fmt.Fprintf(&b, "\nEvery estimator of a training stack takes stack=NAME, which sets its options as\nthat stack has them: %s.\n", strings.Join(advantage.Stacks(), " "))
	if _, err := io.WriteString(j.streams.out, b.String()); err != nil {
		return &exitError{exitNoScore, "standard output: " + err.Error()}
	}
	return nil
}
