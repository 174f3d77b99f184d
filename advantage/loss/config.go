package loss

import (
	"errors"
	"fmt"
	"math"
	"sync"
)

// A Config is a loss: a surrogate, what corrects it and how tokens add up. Plain
// values make it up, so it is comparable and safe for concurrent use.
//
// The zero value is the loss of the released recipe without rollout correction:
// [PPO] with bounds 0.2 and 0.28 and a dual clip of 3, the mean over tokens, no
// penalty and no bonus.
type Config struct {
	Surrogate   Surrogate // nil: ppo with the bounds of the recipe
	Rollout     Correction
	Aggregation Aggregation
	KL          KL
	// EntropyCoef times the aggregated Entropy is subtracted from the loss.
	EntropyCoef float64
}

// A Result is the loss of a batch and what there is to log about it. Shares and
// means are over the tokens that count; all are 0 if there are none.
type Result struct {
	Loss float64 // Policy + KL coefficient KL - entropy coefficient Entropy

	Policy  float64 // aggregated surrogate, with rollout weights
	KL      float64 // aggregated estimates; 0 without LogPRef
	Entropy float64 // aggregated; 0 without Entropy

	Tokens    int // that count: not masked, not rejected
	Sequences int // with such tokens

	Clipped      float64 // share of tokens whose ratio is clipped (verl: pg_clipfrac)
	ClippedLower float64 // share bounded by the dual clip (verl: pg_clipfrac_lower)
	Dropped      float64 // share without gradient for another reason

	PPOKL     float64 // mean of clamp(logp_old - logp, ±20) (verl: ppo_kl)
	MeanRatio float64 // mean of the importance ratios of the surrogate

	Rollout CorrectionStats // zero if the correction does nothing
}

// What a batch may lack.
var (
	ErrNoAdvantages = errors.New("loss: the batch has no advantages")
	ErrNoReference  = errors.New("loss: the KL penalty needs the log-probabilities of the reference model, and the batch has none")
	ErrNoBonus      = errors.New("loss: the entropy bonus needs the entropies of the policy, and the batch has none")
)

// work is the scratch memory of a call.
type work struct {
	batch      Batch
	valid      []int     // tokens that count, of every sequence
	coef       []float64 // of the tokens of every sequence
	tokens     int
	sequences  int // with tokens that count
	longest    int // sequence, masked tokens included
	loss, grad []float64
	weights    []float64
	keep       []bool
}

var pool = sync.Pool{New: func() any { return new(work) }}

func grown[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}

// Eval computes the loss of b and, if grad is not nil, its derivative with
// respect to the log-probability of every token, 0 for tokens that do not count.
// weights gets the weights of the rollout correction: 1 for valid tokens if there
// is none, 0 for masked ones; it may be nil. With c_t the coefficient of the
// aggregation and w_t the weight,
//
//	loss   = sum_t c_t (w_t surrogate_t + KL.Coef kl_t - EntropyCoef H_t)
//	grad_t = c_t (w_t d surrogate_t / d logp_t + KL.Coef d kl_t / d logp_t)
//
// Advantages, weights, logp_old, logp_ref and entropies are constants for it. The
// gradient with respect to the entropies is -EntropyCoef c_t
// ([Aggregation.Coefficients]). The c_t may be given ([Batch.Coef]).
//
// Special cases: a batch in which nothing is valid has loss 0, gradient 0 and
// Tokens 0. Where the correction takes tokens out of the mask, they are as if
// masked.
//
// A value that is NaN or infinite, or a loss or gradient beyond the range of
// float64, is an error of type [*TokenError]; missing slices are ErrNo… errors.
// On error the contents of grad and weights are undefined. Eval panics if the
// lengths of slices do not fit. It does not allocate in the steady state.
func (c Config) Eval(grad, weights []float64, b *Batch) (Result, error) {
	b.check()
	if grad != nil && len(grad) != b.Tokens() || weights != nil && len(weights) != b.Tokens() {
		panic(fmt.Sprintf("loss: %d tokens, but places for %d gradients and %d weights", b.Tokens(), len(grad), len(weights)))
	}
	if c.Surrogate == nil {
		c.Surrogate = defaultSurrogate
	}
	if err := c.check(b); err != nil {
		return Result{}, err
	}
	w := pool.Get().(*work)
	w.batch = *b
	r, err := c.eval(w, grad, weights)
	w.batch = Batch{}
	pool.Put(w)
	if err != nil {
		return Result{}, err
	}
	return r, nil
}

// check reports what is wrong with the settings or missing in b, and valid tokens
// without finite values.
func (c *Config) check(b *Batch) error {
	for _, v := range [...]float64{c.KL.Coef, c.EntropyCoef} {
		if v-v != 0 {
			return fmt.Errorf("loss: coefficients of KL %v and entropy %v must be finite", c.KL.Coef, c.EntropyCoef)
		}
	}
	if int(c.KL.Kind) >= len(klNames) {
		return fmt.Errorf("loss: there is no kind of KL %d", c.KL.Kind)
	}
	if b.Tokens() > 0 {
		switch {
		case b.Advantages == nil:
			return ErrNoAdvantages
		case c.KL.Coef != 0 && b.LogPRef == nil:
			return ErrNoReference
		case c.EntropyCoef != 0 && b.Entropy == nil:
			return ErrNoBonus
		}
	}
	for _, f := range [...]struct {
		name string
		x    []float64
	}{{"logp", b.LogP}, {"logp_old", b.LogPOld}, {"logp_ref", b.LogPRef}, {"entropy", b.Entropy}, {"advantages", b.Advantages}, {"coef", b.Coef}} {
		if err := b.finite(f.name, f.x); err != nil {
			return err
		}
	}
	return c.Surrogate.Check(b)
}

func (c *Config) eval(w *work, grad, weights []float64) (r Result, err error) {
	b := &w.batch
	if c.Rollout.idle() {
		if weights != nil {
			unweighted(weights, nil, b)
			weights = nil
		}
	} else {
		if weights == nil {
			w.weights = grown(w.weights, b.Tokens())
			weights = w.weights
		}
		w.keep = grown(w.keep, b.Tokens())
		if r.Rollout, err = c.Rollout.Weights(weights, w.keep, b); err != nil {
			return r, err
		}
		b.Mask = w.keep
	}
	if err := w.aggregate(c.Aggregation, b); err != nil {
		return r, err
	}
	w.loss, w.grad = grown(w.loss, w.longest), grown(w.grad, w.longest)
	t := totals{weights: weights, gradient: grad}
	for s := range b.Sequences() {
		if w.valid[s] == 0 {
			if grad != nil {
				clear(grad[b.Start[s]:b.Start[s+1]])
			}
			continue
		}
		if err := t.add(c, w, s); err != nil {
			return r, err
		}
	}
	r.Tokens, r.Sequences = w.tokens, w.sequences
	if r.Tokens == 0 {
		return r, nil
	}
	n := float64(r.Tokens)
	r.Policy, r.KL, r.Entropy = t.policy.sum()+0, t.kl.sum()+0, t.entropy.sum()+0
	r.Loss = r.Policy
	if c.KL.Coef != 0 {
		r.Loss += float64(c.KL.Coef * r.KL)
	}
	if c.EntropyCoef != 0 {
		r.Loss -= float64(c.EntropyCoef * r.Entropy)
	}
	if r.Loss-r.Loss != 0 {
		return r, errors.New("loss: the loss leaves the range of float64; scale the coefficients down")
	}
	r.Clipped, r.ClippedLower, r.Dropped = float64(t.n.Clipped)/n, float64(t.n.Lower)/n, float64(t.n.Dropped)/n
	r.PPOKL, r.MeanRatio = t.ppoKL/n+0, t.n.Ratio/n
	return r, nil
}

// totals are what sequences add up to.
type totals struct {
	weights, gradient   []float64 // may be nil
	policy, kl, entropy compensated
	ppoKL               float64
	n                   Tally
}

// add adds sequence s, which has valid tokens, and writes its gradient.
func (t *totals) add(c *Config, w *work, s int) error {
	b, coef := &w.batch, w.coef[s]
	from, to := b.Start[s], b.Start[s+1]
	loss, grad := w.loss[:to-from], w.grad[:to-from]
	n := c.Surrogate.Sequence(loss, grad, b, s)
	t.n.Clipped += n.Clipped
	t.n.Lower += n.Lower
	t.n.Dropped += n.Dropped
	t.n.Ratio += n.Ratio
	for i := range loss {
		k := from + i
		if !b.valid(k) {
			if t.gradient != nil {
				t.gradient[k] = 0
			}
			continue
		}
		l, g := loss[i], grad[i]
		if b.Coef != nil {
			coef = b.Coef[k]
		}
		if t.weights != nil {
			l, g = float64(l*t.weights[k]), float64(g*t.weights[k])
		}
		t.policy.add(float64(l * coef))
		g = float64(g * coef)
		if b.LogPOld != nil {
			t.ppoKL -= min(max(b.LogP[k]-b.LogPOld[k], -maxLogRatio), maxLogRatio)
		}
		if b.LogPRef != nil {
			v, dv := c.KL.Kind.Token(b.LogP[k], b.LogPRef[k])
			if v-v != 0 {
				return b.tokenError(k, "logp_ref", "gives a KL estimate beyond the range of float64")
			}
			t.kl.add(float64(v * coef))
			g += float64(float64(c.KL.Coef*dv) * coef)
		}
		if b.Entropy != nil {
			t.entropy.add(float64(b.Entropy[k] * coef))
		}
		if l-l != 0 || g-g != 0 {
			return b.tokenError(k, "loss", "leaves the range of float64; scale the advantages down")
		}
		if t.gradient != nil {
			t.gradient[k] = g + 0 // -0 is 0
		}
	}
	if sum := t.policy.sum() + t.kl.sum() + t.entropy.sum(); math.IsNaN(sum) || math.IsInf(sum, 0) {
		return b.tokenError(to-1, "loss", "makes the sum leave the range of float64; scale the advantages down")
	}
	return nil
}
