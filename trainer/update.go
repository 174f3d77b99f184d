package trainer

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/advantage/loss"
	"github.com/golongrl/golongrl/trainer/backend"
)

// advantages fills the advantage of every rollout that trains.
func (t *Trainer) advantages(ctx context.Context, b *batch) error {
	b.after = t.state
	est := t.p.estimator
	switch e := est.(type) {
	case advantage.HADW:
		if t.cfg.HADWWindow > 0 {
			var all []float64
			for _, r := range b.seen {
				if reward, ok := r.reward(); ok {
					all = append(all, reward)
				}
			}
			h := advantage.HADWHistory{Estimator: e, Window: t.cfg.HADWWindow, Eta: t.cfg.HADWEta, State: t.state.HADW}
			anchored, err := h.Step(all)
			if err != nil {
				return fmt.Errorf("trainer: update %d: %w", t.state.Step+1, err)
			}
			est, b.after.HADW = anchored, h.State
		}
	case advantage.AEPO:
		if len(b.rows) > 0 && (e.High != 0 || e.Low != 0) {
			packed, _ := pack(b.rows, t.cfg.Sampling.Temperature)
			out := newRows(packed)
			if err := t.o.Policy.LogProbs(ctx, packed, out); err != nil {
				return fmt.Errorf("trainer: update %d: %w", t.state.Step+1, err)
			}
			entropy, err := advantage.BatchEntropy(out.Entropy, b.rewards.Lengths)
			if err != nil {
				return fmt.Errorf("trainer: update %d: %w", t.state.Step+1, err)
			}
			e.Entropy, e.Masked = entropy, t.state.Masked
			est, b.after.Masked = e, e.Masks()
		}
	}
	if len(b.rows) == 0 {
		return nil
	}
	adv := make([]float64, len(b.rows))
	if err := est.Advantages(adv, &b.rewards); err != nil {
		return fmt.Errorf("trainer: update %d: %w", t.state.Step+1, err)
	}
	for i, r := range b.rows {
		r.advantage = adv[i]
	}
	return nil
}

// updated is what an update did, averaged over its steps of AdamW.
type updated struct {
	loss.Result
	gradNorm  float64
	effective float64 // sample size of the rollout weights, as a share of the tokens
	rate      float64
	steps     int
	tokens    int // that were trained on, prompts included
}

// update teaches the policy.
func (t *Trainer) update(ctx context.Context, b *batch) (*updated, error) {
	u := &updated{rate: t.rate()}
	if len(b.rows) == 0 {
		return u, nil
	}
	all, starts := pack(b.rows, t.cfg.Sampling.Temperature)
	u.tokens = len(all.Tokens)
	lb, own := lossBatch(b, starts)
	if own != nil && !t.toldOwn {
		t.toldOwn = true
		t.o.Note("some rollouts have no log-probabilities of the engine that sampled them: the policy's own stand in, and nothing is corrected there")
	}
	// With one step per batch the old policy is the policy, every ratio is 1, and
	// the log-probabilities of the forward pass serve for both.
	if t.cfg.MiniBatches > 1 || t.cfg.PPOEpochs > 1 {
		old := newRows(all)
		if err := t.o.Policy.LogProbs(ctx, all, old); err != nil {
			return nil, err
		}
		lb.LogPOld, lb.EntropyOld = old.LogP, old.Entropy
	}
	if t.cfg.KLCoef != 0 {
		ref := newRows(all)
		if err := t.o.Reference.LogProbs(ctx, all, ref); err != nil {
			return nil, fmt.Errorf("reference policy: %w", err)
		}
		lb.LogPRef = ref.LogP
	}
	for range t.cfg.PPOEpochs {
		for m := range t.cfg.MiniBatches {
			lo, hi := m*len(b.sizes)/t.cfg.MiniBatches, (m+1)*len(b.sizes)/t.cfg.MiniBatches
			if lo == hi {
				continue
			}
			if err := t.miniBatch(ctx, u, b, all, lb, own, starts, lo, hi); err != nil {
				return nil, err
			}
		}
	}
	u.mean()
	return u, nil
}

// miniBatch takes one step of AdamW on prompts lo to hi of the batch.
func (t *Trainer) miniBatch(ctx context.Context, u *updated, b *batch, packed *backend.Batch, all loss.Batch, own []bool, starts []int, lo, hi int) error {
	first, last := 0, 0
	for g, n := range b.sizes[:hi] {
		if g < lo {
			first += n
		}
		last += n
	}
	if last-first < len(b.rows) {
		packed, _ = pack(b.rows[first:last], t.cfg.Sampling.Temperature)
	}
	o := &policyLoss{batch: all}
	part := o.piece(starts[first], starts[last])
	part.Groups = b.sizes[lo:hi]
	part.Start = nil
	for _, s := range starts[first : last+1] {
		part.Start = append(part.Start, s-starts[first])
	}
	if own != nil {
		own = own[starts[first]:starts[last]]
	}
	out := newRows(packed)
	if err := t.o.Policy.Accumulate(ctx, packed, newPolicyLoss(t.p.loss, part, own), out); err != nil {
		var at *loss.TokenError
		if errors.As(err, &at) {
			r := b.rows[first+at.Sequence]
			err = fmt.Errorf("prompt %s, sample %d, token %d: %w", r.prompt.ID, r.Index, at.Token, err)
		}
		return err
	}
	part.LogP, part.Entropy = out.LogP, out.Entropy
	if own != nil {
		part.LogPRollout = standIn(&part, own)
	}
	result, err := t.p.loss.Eval(nil, nil, &part)
	if err != nil {
		return err
	}
	c := t.cfg
	did, err := t.o.Policy.Update(backend.Update{
		LR: u.rate, Beta1: c.Beta1, Beta2: c.Beta2, Eps: c.AdamEps, Decay: c.Decay, MaxNorm: c.GradClip, Step: t.state.Optimizer + 1,
	})
	if err != nil {
		return err
	}
	t.state.Optimizer++
	u.add(result, did.GradNorm)
	return nil
}

// lossBatch is what the loss needs to know of the rollouts, but for what the
// policy computes. own marks tokens that came without log-probabilities; nil if
// none did.
func lossBatch(b *batch, starts []int) (lb loss.Batch, own []bool) {
	n := starts[len(starts)-1]
	lb = loss.Batch{Start: starts, Advantages: make([]float64, n), LogPRollout: make([]float64, n), Groups: b.sizes}
	for k, r := range b.rows {
		for i := range r.Tokens {
			at := starts[k] + i
			lb.Advantages[at] = r.advantage
			switch {
			case r.LogP != nil:
				lb.LogPRollout[at] = float64(r.LogP[i])
			case own == nil:
				own = make([]bool, n)
				fallthrough
			default:
				own[at] = true
			}
		}
	}
	return lb, own
}

func newRows(b *backend.Batch) *backend.Rows {
	return &backend.Rows{LogP: make([]float64, len(b.Rows)), Entropy: make([]float64, len(b.Rows))}
}

func (u *updated) add(r loss.Result, norm float64) {
	u.steps++
	u.gradNorm += norm
	for _, p := range u.means(&r) {
		*p.sum += p.value
	}
	if u.steps == 1 {
		u.Rollout.Min, u.Rollout.Max = r.Rollout.Min, r.Rollout.Max
	}
	u.Rollout.Min = math.Min(u.Rollout.Min, r.Rollout.Min)
	u.Rollout.Max = math.Max(u.Rollout.Max, r.Rollout.Max)
	u.Rollout.Tokens += r.Rollout.Tokens
	if n := r.Rollout.Tokens; n > 0 {
		u.effective += r.Rollout.EffectiveSize / float64(n)
	}
}

type meanOf struct {
	sum   *float64
	value float64
}

// means pairs the sums of u with the values of r that are averaged over steps.
func (u *updated) means(r *loss.Result) []meanOf {
	return []meanOf{
		{&u.Loss, r.Loss}, {&u.Policy, r.Policy}, {&u.KL, r.KL}, {&u.Entropy, r.Entropy},
		{&u.Clipped, r.Clipped}, {&u.ClippedLower, r.ClippedLower}, {&u.Dropped, r.Dropped}, {&u.PPOKL, r.PPOKL}, {&u.MeanRatio, r.MeanRatio},
		{&u.Rollout.Mean, r.Rollout.Mean}, {&u.Rollout.Std, r.Rollout.Std}, {&u.Rollout.High, r.Rollout.High}, {&u.Rollout.Low, r.Rollout.Low},
		{&u.Rollout.Vetoed, r.Rollout.Vetoed}, {&u.Rollout.Catastrophic, r.Rollout.Catastrophic},
		{&u.Rollout.Mismatch.KL, r.Rollout.Mismatch.KL}, {&u.Rollout.Mismatch.K3, r.Rollout.Mismatch.K3},
		{&u.Rollout.Mismatch.PPL, r.Rollout.Mismatch.PPL}, {&u.Rollout.Mismatch.RolloutPPL, r.Rollout.Mismatch.RolloutPPL},
		{&u.Rollout.Mismatch.PPLRatio, r.Rollout.Mismatch.PPLRatio}, {&u.Rollout.Mismatch.LogPPLAbsDiff, r.Rollout.Mismatch.LogPPLAbsDiff},
		{&u.Rollout.Mismatch.Chi2Token, r.Rollout.Mismatch.Chi2Token}, {&u.Rollout.Mismatch.Chi2Sequence, r.Rollout.Mismatch.Chi2Sequence},
	}
}

func (u *updated) mean() {
	n := float64(max(1, u.steps))
	u.gradNorm /= n
	u.effective /= n
	for _, p := range u.means(&loss.Result{}) {
		*p.sum /= n
	}
}
