package trainer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/golongrl/golongrl/advantage/loss"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// rolloutFile is where the rollouts of an update go.
func (t *Trainer) rolloutFile(step int) string {
	return filepath.Join(t.o.Dir, "rollouts", fmt.Sprintf("step-%06d.jsonl", step))
}

// record writes the rollouts of the next update, before the policy learns from
// them: what cannot be sampled again is on the disk first.
func (t *Trainer) record(b *batch) error {
	if t.o.Dir == "" || !t.o.SaveRollouts || b.replayed {
		return nil
	}
	return t.writeRollouts(t.rolloutFile(t.state.Step+1), b)
}

func (t *Trainer) writeRollouts(path string, b *batch) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("trainer: %w", err)
	}
	err := checkpoint.AtomicFile(path, func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 1<<16)
		lines := rollouts.NewWriter(out)
		lines.Prompts = true
		for _, r := range b.seen {
			x := rollouts.Rollout{Step: t.state.Step + 1, Batch: r.batch, Prompt: r.prompt, Sample: r.Sample, Result: r.result, Reward: math.NaN(), Advantage: math.NaN()}
			if reward, ok := r.reward(); ok {
				x.Reward = reward
			}
			if r.trains {
				x.Advantage = r.advantage
			}
			if err := lines.Write(&x); err != nil {
				return err
			}
		}
		return out.Flush()
	})
	if err != nil {
		return fmt.Errorf("trainer: rollouts of update %d: %w", t.state.Step+1, err)
	}
	return nil
}

// postMortem explains why an update failed. Where the numbers are at fault, the
// batch is kept for whoever has to find out.
func (t *Trainer) postMortem(b *batch, err error) error {
	err = fmt.Errorf("trainer: update %d: %w", t.state.Step+1, err)
	var gradient *backend.NotFiniteError
	var token *loss.TokenError
	if t.o.Dir == "" || !errors.As(err, &gradient) && !errors.As(err, &token) {
		return err
	}
	for _, r := range b.seen { // JSON has no such numbers, and the error names the first
		if slices.ContainsFunc(r.LogP, func(lp float32) bool { return lp-lp != 0 }) {
			r.LogP = nil
		}
	}
	path := filepath.Join(t.o.Dir, fmt.Sprintf("failed-step-%06d.jsonl", t.state.Step+1))
	if e := t.writeRollouts(path, b); e != nil {
		return errors.Join(err, e)
	}
	return fmt.Errorf("%w; its rollouts are in %s, and the last checkpoint is as it was: begin another run from its policy with a lower lr", err, path)
}

// publish hands the new weights to a source that does not share the policy.
func (t *Trainer) publish(ctx context.Context) error {
	if t.o.Export == nil {
		return nil
	}
	if err := t.o.Source.Publish(ctx, t.state.Step, t.o.Export); err != nil {
		return fmt.Errorf("trainer: policy %d to %s: %w", t.state.Step, t.o.Source, err)
	}
	return nil
}
