package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// explainJob is one run of the explain command.
type explainJob struct {
	*judging
	streams
	file                string
	line, sample        int
	id                  string
	reference, response string
	direct              bool // judge the reference and response given
	byID                bool

	strict, released *scoring.Scorer
}

func explainCommand(s streams) *cobra.Command {
	job := &explainJob{judging: newJudging(), streams: s}
	c := &cobra.Command{
		Use:   "explain [FILE]",
		Short: "Show why responses get their scores, under both profiles",
		Long: `Explain shows for rows of FILE what was extracted, how it was compared under
the strict and under the reference profile, and where answer and reference
differ: [-only in the reference-] {+only in the answer+}.

Without FILE it judges the response of the flags --response, --reference and
--metric.

Exit status: 0 if every row shown has a score under the strict profile, 1 if
one has not or there is no such row, 2 for a wrong command line.`,
		Example: `  golongrl-score explain rollouts.jsonl --line 17
  golongrl-score explain rollouts.jsonl --id q-7 --sample 2
  golongrl-score explain --metric math_verify --reference 1/2 --response 'so \boxed{0.5}'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			f := c.Flags()
			if err := job.check(f); err != nil {
				return err
			}
			job.direct = f.Changed("response") || f.Changed("reference")
			job.byID = f.Changed("id")
			switch {
			case job.direct && len(args) > 0:
				return usage("give a FILE, or --response and --reference, not both")
			case job.direct && job.metric == "":
				return usage("--response needs --metric: name what is to judge it")
			case job.direct && !f.Changed("response"):
				return usage("--reference needs --response: give the text to judge")
			case job.direct:
				return job.run()
			case len(args) == 0:
				return usage("give a FILE, or --metric, --reference and --response")
			case f.Changed("line") && job.line < 1:
				return usage("--line %d: lines are counted from 1", job.line)
			case f.Changed("sample") && job.sample < 0:
				return usage("--sample %d: samples are counted from 0", job.sample)
			}
			job.file = args[0]
			return job.run()
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.IntVar(&job.line, "line", 0, "only the row on this line")
	f.StringVar(&job.id, "id", "", "only rows of this id")
	f.IntVar(&job.sample, "sample", -1, "only this response of responses")
	f.StringVarP(&job.metric, "metric", "m", "", "metric or `expression` for rows that name none")
	f.BoolVar(&job.force, "force", false, "judge every row by --metric, whatever the row names")
	f.StringVar(&job.reference, "reference", "", "reference `answer`: a text, or a list or object in JSON")
	f.StringVar(&job.response, "response", "", "`text` of the model")
	job.readFlags(f)
	return c
}

func (j *explainJob) run() (err error) {
	if j.strict, err = j.scorer(scoring.Strict, scoring.WithExplain()); err != nil {
		return err
	}
	if j.released, err = j.scorer(scoring.Reference, scoring.WithExplain()); err != nil {
		// An option of the strict profile alone; the other column says so.
		j.released, err = nil, nil
	}
	if j.direct {
		row := &rollout.Row{Record: scoring.Record{Response: j.response, Gold: referenceOf(j.reference, scoring.TaskName(j.metric))}}
		return j.finish(1, j.show("", row))
	}
	in := &input{
		names: []string{j.file}, stdin: j.in, maxLine: int(j.maxLine),
		options: j.rolloutOptions(j.strict), wrap: func(r io.Reader) io.Reader { return r },
	}
	if _, err := in.check(); err != nil {
		return err
	}
	shown, failed := 0, error(nil)
	var rows []rollout.Row
	for l := range in.lines {
		if j.line == 0 || l.line.N == j.line {
			rows = rollout.Decode(rows[:0], l.line, in.options)
			for i := range rows {
				row := &rows[i]
				if j.byID && j.id != row.Record.ID && j.id != row.ID || j.sample >= 0 && j.sample != row.Sample {
					continue
				}
				err := j.show(fmt.Sprintf("%s:%d", l.file, row.Line), row)
				if e, ok := err.(*exitError); err != nil && (!ok || e.msg != "") {
					return err
				} else if err != nil {
					failed = err
				}
				shown++
			}
		}
		l.line.Release()
		if j.line > 0 && l.line.N >= j.line {
			break
		}
	}
	return j.finish(shown, failed)
}

func (j *explainJob) finish(shown int, err error) error {
	if shown == 0 {
		return &exitError{exitNoScore, "no such row in " + j.file}
	}
	return err
}

// referenceOf reads a reference answer of the command line: lists and objects
// are JSON, and so are the numbers and bools of docmath; all else is text.
func referenceOf(s, metric string) scoring.Gold {
	if t := strings.TrimSpace(s); strings.HasPrefix(t, "[") || strings.HasPrefix(t, "{") || metric == "docmath" {
		if g, err := scoring.JSON(t); err == nil {
			return g
		}
	}
	return scoring.Text(s)
}

var errUnscored = &exitError{code: exitNoScore}

// show prints one row; place is "" for one of the command line. The error is
// errUnscored if it has no score.
func (j *explainJob) show(place string, row *rollout.Row) error {
	var b bytes.Buffer
	if place != "" {
		fmt.Fprintf(&b, "%s  id %s  sample %d  group %s\n", place, printable(row.ID, 80), row.Sample, printable(row.Group, 80))
	}
	scored := row.Err == nil
	if row.Err != nil {
		view{&b}.line("error", rollout.ErrorText(row.Err))
	} else {
		rec := &row.Record
		strict := j.strict.Score(context.Background(), rec)
		v := view{&b}
		v.line("task", strict.Task)
		v.line("response", middle(rec.Response, 400))
		v.line("reference", middle(rec.Gold.String(), 400))
		b.WriteByte('\n')
		left := describe(&strict)
		right := []field{{"score", "-"}, {"error", "the reference profile does not know this spelling"}}
		scored = strict.Scored()
		if j.released != nil {
			released := j.released.Score(context.Background(), rec)
			right = describe(&released)
		}
		v.columns([]field{{"profile", "strict"}}, []field{{"profile", "reference"}})
		v.columns(left, right)
	}
	b.WriteByte('\n')
	if _, err := j.out.Write(b.Bytes()); err != nil {
		return &exitError{exitNoScore, "standard output: " + err.Error()}
	}
	if !scored {
		return errUnscored
	}
	return nil
}

// describe lists what a judgement consists of.
func describe(r *scoring.Result) []field {
	score := "none"
	if r.Scored() {
		score = string(rollout.AppendNumber(nil, r.Value))
		if r.OutOfRange() {
			score += " (outside [0, 1])"
		}
	}
	fields := []field{{"metric", r.Metric}, {"score", score}, {"status", r.Status.String()}, {"answer", middle(r.Answer, 400)}}
	for i, s := range r.Why {
		label := ""
		if i == 0 {
			label = "why"
		}
		fields = append(fields, field{label, s.Rule + ": " + s.Note})
	}
	if r.Err != nil {
		fields = append(fields, field{"error", r.Err.Error()})
	}
	return fields
}
