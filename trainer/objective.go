package trainer

import (
	"errors"
	"slices"
	"sort"

	"github.com/golongrl/golongrl/advantage/loss"
	"github.com/golongrl/golongrl/trainer/backend"
)

// pack lays the prompts and responses of rows behind one another. Rows of the
// batch are the tokens of the responses; those of rollout i are starts[i] to
// starts[i+1].
func pack(rows []*rollout, temperature float64) (b *backend.Batch, starts []int) {
	tokens, responses := 0, 0
	for _, r := range rows {
		tokens += len(r.prompt.Tokens) + len(r.Tokens)
		responses += len(r.Tokens)
	}
	b = &backend.Batch{Tokens: make([]int32, 0, tokens), Start: []int{0}, Rows: make([]int, 0, responses), Temperature: temperature}
	starts = []int{0}
	for _, r := range rows {
		b.Tokens = append(b.Tokens, r.prompt.Tokens...)
		for _, token := range r.Tokens {
			b.Rows = append(b.Rows, len(b.Tokens))
			b.Tokens = append(b.Tokens, token)
		}
		b.Start = append(b.Start, len(b.Tokens))
		starts = append(starts, len(b.Rows))
	}
	return b, starts
}

// A policyLoss is the loss of package loss as a backend asks for it: in pieces.
type policyLoss struct {
	cfg     loss.Config
	batch   loss.Batch // all but LogP and Entropy
	own     []bool     // rows whose sampler gave no log-probability; nil: none
	needs   backend.Scope
	weights []float64
	keep    []bool
}

// newPolicyLoss returns the objective of a batch. Denominators are those of the
// batch, in every piece.
func newPolicyLoss(c loss.Config, b loss.Batch, own []bool) *policyLoss {
	o := &policyLoss{cfg: c, batch: b, own: own, needs: scopeOf(&c)}
	if o.batch.Coef = coefficients(&c, b, own); o.batch.Coef == nil {
		o.needs = backend.WholeBatch
	}
	return o
}

// Needs implements [backend.Objective].
func (o *policyLoss) Needs() backend.Scope { return o.needs }

// Derivatives implements [backend.Objective].
func (o *policyLoss) Derivatives(lo, hi int, logp, entropy, dlogp, dentropy []float64) error {
	b := o.piece(lo, hi)
	b.LogP, b.Entropy = logp, entropy
	if o.own != nil {
		b.LogPRollout = standIn(&b, o.own[lo:hi])
	}
	if _, err := o.cfg.Eval(dlogp, nil, &b); err != nil {
		var at *loss.TokenError
		if errors.As(err, &at) { // counted in the batch, and not in the piece
			row := lo + b.Start[at.Sequence] + at.Token
			at.Sequence = sort.SearchInts(o.batch.Start, row+1) - 1
			at.Token = row - o.batch.Start[at.Sequence]
		}
		return err
	}
	if o.cfg.EntropyCoef == 0 {
		return nil
	}
	if o.cfg.Rollout.Reject != (loss.Rejections{}) || o.cfg.Rollout.VetoMask {
		o.keep = append(o.keep[:0], make([]bool, hi-lo)...)
		o.weights = append(o.weights[:0], make([]float64, hi-lo)...)
		if _, err := o.cfg.Rollout.Weights(o.weights, o.keep, &b); err != nil {
			return err
		}
		b.Mask = o.keep
	}
	if err := o.cfg.Aggregation.Coefficients(dentropy, &b); err != nil {
		return err
	}
	for i, c := range dentropy {
		dentropy[i] = -o.cfg.EntropyCoef * c
	}
	return nil
}

// piece is rows lo to hi of the batch. Sequences that lie across its ends are cut.
func (o *policyLoss) piece(lo, hi int) loss.Batch {
	b := o.batch
	if lo == 0 && hi == b.Start[len(b.Start)-1] {
		return b
	}
	start := []int{0}
	for _, s := range b.Start {
		if s > lo && s < hi {
			start = append(start, s-lo)
		}
	}
	b.Start = append(start, hi-lo)
	b.Groups = nil
	for _, x := range []*[]float64{&b.LogPOld, &b.LogPRollout, &b.LogPRef, &b.EntropyOld, &b.Advantages, &b.Coef} {
		if *x != nil {
			*x = (*x)[lo:hi]
		}
	}
	return b
}

// standIn returns the log-probabilities of the sampler, and where it gave none
// those of the policy before the update, so that nothing is corrected there.
func standIn(b *loss.Batch, own []bool) []float64 {
	out := slices.Clone(b.LogPRollout)
	from := b.LogPOld
	if from == nil {
		from = b.LogP
	}
	for i, o := range own {
		if o {
			out[i] = from[i]
		}
	}
	return out
}

// Likelihood is the objective of supervised learning: the negative
// log-likelihood of all rows, averaged over Rows of them.
//
//	L = -(1/Rows) sum_r logp_r
type Likelihood struct{ Rows int }

// Needs implements [backend.Objective].
func (Likelihood) Needs() backend.Scope { return backend.AnyRows }

// Derivatives implements [backend.Objective].
func (l Likelihood) Derivatives(_, _ int, _, _, dlogp, _ []float64) error {
	for i := range dlogp {
		dlogp[i] = -1 / float64(l.Rows)
	}
	return nil
}
