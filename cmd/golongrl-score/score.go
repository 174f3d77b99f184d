package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/scoring"
)

// scoreJob is one run of the score command.
type scoreJob struct {
	*judging
	streams
	files   []string
	out     string
	format  oneOf
	taskKey oneOf
	explain bool
	quiet   bool
}

func scoreCommand(s streams) *cobra.Command {
	job := &scoreJob{
		judging: newJudging(), streams: s,
		format: choice("jsonl", "table"), taskKey: choice("metric", "released"),
	}
	c := &cobra.Command{
		Use:   "score [FILE ...]",
		Short: "Score rollouts and print one JSON result per response",
		Long: `Score reads rollouts and prints one JSON result per response on standard
output, in input order and the same for any number of workers. A table per
task follows on standard error.

FILE is JSON lines, plain or compressed with gzip or zstd, or Parquet. "-" or
no FILE is standard input. A row is in the simple schema

  {"id": 1, "task": "em", "response": "[Answer] 4", "reference": "4"}

or in that of GoLongRL and verl (data_source, reward_model.ground_truth,
extra_info) with a field response, or responses for several at once. Fields of
other layouts are found by --response-path and the like.

A row that cannot be scored gets the score null and an error that says where
and what to do, and the rest is scored all the same.

Exit status: 0 if every row has a score, 1 if not, 2 for a wrong command line.`,
		Example: `  golongrl-score score rollouts.jsonl
  zcat rollouts.jsonl.gz | golongrl-score score --metric rouge_l --out scores.jsonl
  golongrl-score score --metric '0.9*task + 0.1*format' --force rollouts.parquet
  golongrl-score score --response-path choices.0.message.content --reference-path answer log.jsonl`,
		RunE: func(c *cobra.Command, args []string) error {
			job.files = args
			if err := job.check(c.Flags()); err != nil {
				return err
			}
			if c.Flags().Changed("out") && job.out == "" {
				return usage("--out is empty: give the name of a file")
			}
			return job.run()
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&job.metric, "metric", "m", "", "metric or `expression` for rows that name none; see golongrl-score metrics")
	f.Var(&job.profile, "profile", "what bare metric names mean")
	f.BoolVar(&job.force, "force", false, "judge every row by --metric, whatever the row names")
	f.IntVar(&job.workers, "workers", job.workers, "rows to score at a time")
	f.StringVarP(&job.out, "out", "o", "", "write to `file`, which appears only when it is complete")
	f.Var(&job.format, "format", "format of the output")
	f.BoolVar(&job.explain, "explain", false, "add the extracted answer, the reasons and the components")
	f.Var(&job.taskKey, "task-key", "what task is in the output: the metric's name, or the key of the released trainer")
	f.BoolVarP(&job.quiet, "quiet", "q", false, "print no table and no progress on standard error")
	job.readFlags(f)
	return c
}

// run scores all files.
func (j *scoreJob) run() error {
	var options []scoring.Option
	if j.explain {
		options = append(options, scoring.WithExplain())
	}
	scorer, err := j.scorer(j.profileValue(), options...)
	if err != nil {
		return err
	}
	in := &input{names: j.files, stdin: j.in, maxLine: int(j.maxLine), options: j.rolloutOptions(scorer)}
	if j.out == "" {
		in.stdout = j.streams.out
	}
	size, err := in.check()
	if err != nil {
		return err
	}
	p := &pipeline{
		scorer: scorer, options: in.options, workers: j.workers, explain: j.explain,
		released: j.taskKey.value == "released", table: j.format.value == "table",
	}
	sum := newSummary()
	o := &output{streams: j.streams, name: j.out, flag: "--out", quiet: j.quiet}
	err = o.run(size, func(out *sink, wrap func(io.Reader) io.Reader) error {
		in.wrap = wrap
		if p.table {
			out.write(tableHeader(j.explain), 0)
		}
		return p.run(in.lines, func(b *batch) error {
			sum.add(b.stats)
			return out.write(b.out, len(b.stats))
		})
	})
	if err != nil {
		return err
	}
	if !j.quiet {
		sum.write(j.err) // if nobody reads it, the rows count all the same
	}
	if sum.unscored() > 0 {
		return &exitError{code: exitNoScore}
	}
	return nil
}
