package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/scoring/rollout"
)

// lossJob is one run of the loss command.
type lossJob struct {
	streams
	files   []string
	out     string
	maxLine byteSize
	quiet   bool
}

func lossCommand(s streams) *cobra.Command {
	job := &lossJob{streams: s, maxLine: 64 << 20}
	c := &cobra.Command{
		Use:   "loss [FILE ...]",
		Short: "Evaluate the policy loss and its gradient",
		Long: `Loss reads micro-batches, one JSON object per line, and writes the policy loss
of each with its gradient, one JSON object per line.

FILE is JSON lines, plain or compressed with gzip or zstd. "-" or no FILE is
standard input. Values of tokens are lists of rows, one row per sequence; rows
may differ in length:

  {"config": {"clip_low": 0.2, "clip_high": 0.28, "clip_c": 3, "rollout_is": null},
   "logp": [[-0.5, -1]], "logp_old": [[-0.6, -1]], "logp_rollout": [[-0.6, -0.9]],
   "advantages": [[1, 1]], "mask": [[1, 1]]}

  logp          log-probabilities of the sampled tokens under the policy
  logp_old      the same before the update
  logp_rollout  the same from the inference engine; may be missing without
                rollout_is
  advantages    rows, or one number per sequence
  mask          1 or true for tokens of the response, 0 or false for others
  config        what the loss is; every key has a default:
    clip_low, clip_high, clip_c   0.2, 0.28 and 3: the bounds of the clipped
                  surrogate and of its dual clip; a clip_c of 0 is no dual clip
    rollout_is    null: no correction. An object with lower, upper and veto, each
                  optional: tokens have the weight exp(logp_old - logp_rollout),
                  the difference clamped to +-20 as in verl, and 0 where the weight
                  is not in [lower, upper] and in sequences with a token below veto
                  (IcePop). A bound or veto left out does not apply; the recipe has
                  0.5, 5 and 0.0001. Or the spelling of a correction, such as
                  "icepop(veto=0.0001)" or "tis(upper=2)"
    loss          spelling of another surrogate, such as "gspo" or
                  "ce_gppo(beta1=0.5)", with its own clip_low, clip_high, clip_c
    aggregation   token-mean, or token-sum, seq-mean-token-mean,
                  seq-mean-token-sum, seq-mean-token-sum-norm, token-sum-norm,
                  group-token-mean; (length=8192) behind it sets a constant length
    kl, kl_coef   k1, k2, k3 or abs, + behind it for the straight-through form, and
                  its coefficient, 0: penalty against logp_ref
    entropy_coef  0: what the entropy is worth
  logp_ref, entropy, entropy_old, groups
                  for kl, entropy_coef, the surrogate erc, and group-token-mean:
                  rows, and the numbers of sequences of the groups

The result has loss, grad_logp (rows: the derivative of the loss with respect to
logp), is_weights (rows: 1 without rollout_is, 0 on masked tokens), frac_clipped
and frac_clipped_lower (shares of the tokens whose ratio is clipped, and that the
dual clip bounds), n_tokens, and, where logp_ref or entropy is given, kl and
entropy. Numbers are written with all digits that float64 has.

A line that cannot be used ends the run with a message that names it.

Exit status: 0 if all lines are evaluated, 1 if one cannot be or something
fails, 2 for a wrong command line.`,
		Example: `  golongrl-score loss batches.jsonl
  golongrl-score loss -o losses.jsonl batches.jsonl.zst`,
		RunE: func(c *cobra.Command, args []string) error {
			job.files = args
			if c.Flags().Changed("out") && job.out == "" {
				return usage("--out is empty: give the name of a file")
			}
			return job.run()
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&job.out, "out", "o", "", "write to `file`, which appears only when it is complete")
	f.Var(&job.maxLine, "max-line", "longest line to read")
	f.BoolVarP(&job.quiet, "quiet", "q", false, "print no progress on standard error")
	return c
}

func (j *lossJob) run() error {
	in := &input{names: j.files, stdin: j.in, maxLine: int(j.maxLine)}
	if j.out == "" {
		in.stdout = j.streams.out
	}
	size, err := in.check()
	if err != nil {
		return err
	}
	o := &output{streams: j.streams, name: j.out, flag: "--out", quiet: j.quiet}
	return o.run(size, func(out *sink, wrap func(io.Reader) io.Reader) (err error) {
		in.wrap = wrap
		var r lossReader
		var buf []byte
		for l := range in.lines {
			n := l.line.N
			buf, err = r.evaluate(buf[:0], &l.line)
			l.line.Release()
			if err != nil {
				return &exitError{exitNoScore, fmt.Sprintf("%s:%d: %s", l.file, n, rollout.ErrorText(err))}
			}
			if err := out.write(buf, 1); err != nil {
				return err
			}
		}
		return nil
	})
}
