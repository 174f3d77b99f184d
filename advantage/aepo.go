package advantage

import (
	"errors"
	"fmt"
	"math"
)

// AEPO takes the negative advantages of another estimator away while the policy
// is too random:
//
//	A_i = 0        if Abase_i < 0 and negatives are masked
//	A_i = Abase_i  otherwise
//
//	negatives are masked      from the batch on whose entropy H > High
//	negatives are let back in from the batch on whose entropy H < Low
//
// Between the bounds, and on them, it stays as it was: Masked is the state before
// the batch, and an [AEPOFilter] carries it along. Masked responses keep their
// place in the denominator of the loss, as in equation (8) of the paper. H is the
// batch's mean entropy per response ([BatchEntropy]); with Entropy, High and Low
// of 0, the defaults, the state decides alone. The paper prints no bounds; in its
// figure 11 the entropy moves between 0.10 and 0.30.
//
// Errors: those of the base; Low must not exceed High.
//
// Spelling: aepo(base=grpo,entropy=0,high=0,low=0,masked=false).
//
// Source: QwenLong-L1.5, arXiv 2512.12967, section 4.4. There is no public code.
type AEPO struct {
	Base    Estimator // nil: grpo
	Entropy float64   // H, in nats
	High    float64
	Low     float64
	Masked  bool // state before this batch
}

func (e *AEPO) options() []option {
	return []option{
		baseOption(&e.Base),
		float("entropy", &e.Entropy, 0, 0, inf, "entropy of the batch, in nats"),
		float("high", &e.High, 0, 0, inf, "negative advantages become 0 when the entropy exceeds this"),
		float("low", &e.Low, 0, 0, inf, "they come back when the entropy falls below this"),
		flag("masked", &e.Masked, false, "whether negative advantages were 0 in the batch before"),
	}
}

func (e AEPO) String() string { return spell("aepo", e) }

// Needs returns what the base needs.
func (e AEPO) Needs() Field { return orDefault(e.Base).Needs() }

// Masks reports whether the batch loses its negative advantages, which is the
// state before the next one.
func (e AEPO) Masks() bool {
	return e.Entropy > e.High || e.Masked && !(e.Entropy < e.Low)
}

func (e AEPO) check() error {
	if !(e.Low <= e.High) {
		return fmt.Errorf("advantage: aepo: lower bound %v above upper bound %v", e.Low, e.High)
	}
	if math.IsNaN(e.Entropy) || math.IsInf(e.Entropy, 0) {
		return fmt.Errorf("advantage: aepo: entropy is %v", e.Entropy)
	}
	return nil
}

// Advantages implements [Estimator].
func (e AEPO) Advantages(dst []float64, b *Batch) error {
	if err := e.check(); err != nil {
		return err
	}
	if err := orDefault(e.Base).Advantages(dst, b); err != nil {
		return err
	}
	if e.Masks() {
		dropNegatives(dst)
	}
	return nil
}

func dropNegatives(a []float64) {
	for i, v := range a {
		if v < 0 {
			a[i] = 0
		}
	}
}

// AEPOFilter is the switch of [AEPO] over a training run. It is a plain value:
// store it with a checkpoint. It is not safe for concurrent use.
//
//	f := advantage.AEPOFilter{High: 0.2, Low: 0.15}
//	err := f.Update(entropy)               // of this batch
//	err = f.Estimator(nil).Advantages(dst, batch)
type AEPOFilter struct {
	High, Low float64 // bounds of the entropy, in nats
	Masked    bool    // negative advantages are 0 since the last Update
}

// Update takes the entropy of a batch and sets Masked for that batch. Bounds in
// the wrong order and an entropy that is not finite are errors and change nothing.
func (f *AEPOFilter) Update(entropy float64) error {
	e := AEPO{Entropy: entropy, High: f.High, Low: f.Low, Masked: f.Masked}
	if err := e.check(); err != nil {
		return err
	}
	f.Masked = e.Masks()
	return nil
}

// Apply sets the negative advantages of a batch to 0 if they are masked.
func (f *AEPOFilter) Apply(advantages []float64) {
	if f.Masked {
		dropNegatives(advantages)
	}
}

// Estimator is the filter as it stands behind a base, nil for grpo.
func (f *AEPOFilter) Estimator(base Estimator) AEPO {
	// An entropy on the upper bound leaves the state alone.
	return AEPO{Base: orDefault(base), Entropy: f.High, High: f.High, Low: f.Low, Masked: f.Masked}
}

// BatchEntropy is the entropy of a batch that [AEPO] looks at: the mean over the
// responses of the mean over their tokens.
//
//	H = 1/|B| sum_i 1/|y_i| sum_t H_it
//
// tokens holds the entropies H_it of the next-token distributions, response
// after response, and lengths the numbers of tokens. It is not the mean over all
// tokens that trainers often log: a short response counts as much as a long one.
//
// A length below 1 and an entropy that is not finite are of type [*RowError]; the
// row is that of the response. A batch without responses is an error.
// BatchEntropy panics if the lengths do not sum to the number of tokens.
//
// Source: arXiv 2512.12967, equation (11).
func BatchEntropy(tokens []float64, lengths []int) (float64, error) {
	var total int
	for i, n := range lengths {
		if n < 1 {
			return 0, &RowError{i, "length", fmt.Sprintf("is %d; a response has at least one token", n)}
		}
		if total += n; total > len(tokens) {
			break
		}
	}
	if total != len(tokens) {
		panic(fmt.Sprintf("advantage: %d entropies for responses of other lengths", len(tokens)))
	}
	if len(lengths) == 0 {
		return 0, errors.New("advantage: a batch without responses has no entropy")
	}
	var sum float64
	for i, n := range lengths {
		for t, v := range tokens[:n] {
			if v-v != 0 {
				return 0, &RowError{i, "entropy", fmt.Sprintf("is %v at token %d", v, t)}
			}
		}
		h, _ := spread(tokens[:n])
		sum += h / float64(len(lengths)) // a sum of h could overflow
		tokens = tokens[n:]
	}
	return sum, nil
}

// ClipNegatives sets the negative advantages to 0 where the entropy exceeds tau
// and returns how many there were:
//
//	A_i = 0  if A_i < 0 and H_i > tau
//
// The elements are responses, with their mean entropies, or tokens, with the
// advantages of their responses: the two levels of the paper's negative gradient
// clipping, from which [AEPO] is made.
//
// An entropy that is not finite is a [*RowError] and changes nothing.
// ClipNegatives panics if the lengths differ.
//
// Source: arXiv 2512.12967, section 4.3, equations (8) to (10).
func ClipNegatives(advantages, entropy []float64, tau float64) (int, error) {
	if len(advantages) != len(entropy) {
		panic(fmt.Sprintf("advantage: %d advantages, %d entropies", len(advantages), len(entropy)))
	}
	if math.IsNaN(tau) {
		return 0, errors.New("advantage: the entropy above which negatives are clipped is NaN")
	}
	if err := finite(entropy, "entropy"); err != nil {
		return 0, err
	}
	n := 0
	for i, h := range entropy {
		if h > tau && advantages[i] < 0 {
			advantages[i] = 0
			n++
		}
	}
	return n, nil
}
