package loss

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/internal/spelling"
)

// A Mode says how the losses of tokens become one number. N is the number of
// valid tokens, n that of a sequence, S the number of sequences with n > 0, and L
// a constant length.
type Mode uint8

const (
	// TokenMean is the sum over tokens divided by N.
	TokenMean Mode = iota
	// TokenSum is the sum over tokens.
	TokenSum
	// SequenceMeanTokenMean is the mean over sequences of the mean over their
	// tokens: a token of a long sequence counts less.
	SequenceMeanTokenMean
	// SequenceMeanTokenSum is the mean over sequences of the sum over their tokens.
	SequenceMeanTokenSum
	// SequenceMeanTokenSumNorm is SequenceMeanTokenSum divided by L, as Dr. GRPO
	// has it and verl since 2025-11.
	SequenceMeanTokenSumNorm
	// TokenSumNorm is the sum over tokens divided by L, whatever the number of
	// sequences: what the released code and verl up to 0.7 call
	// seq-mean-token-sum-norm.
	TokenSumNorm
	// GroupTokenMean is the mean over groups of the mean over all tokens of the
	// group (GoLongRL, equation (4)). It needs [Batch.Groups]. A group without
	// valid tokens does not count.
	GroupTokenMean
)

var modeNames = []string{"token-mean", "token-sum", "seq-mean-token-mean", "seq-mean-token-sum", "seq-mean-token-sum-norm", "token-sum-norm", "group-token-mean"}

func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("Mode(%d)", m)
}

// An Aggregation makes one number of the losses of tokens. The zero value is the
// mean over the tokens of the batch.
//
// Sequences without valid tokens count nowhere. Where nothing is valid, the
// result is 0.
type Aggregation struct {
	Mode Mode

	// Length is the L of the modes that have one. 0 is the length of the longest
	// sequence of the batch, masked tokens included, which is the width of a
	// padded tensor.
	Length int

	// Total is what the modes that average divide by, if the batch is a part of a
	// larger one: its number of valid tokens for TokenMean, of sequences with valid
	// tokens for the modes over sequences, of groups for GroupTokenMean. The losses
	// and gradients of the parts then add up to those of the whole, if no part cuts
	// a sequence or group whose own length counts ([Batch.Coef] permits that). 0 is
	// the number of the batch itself.
	Total int
}

// String is the canonical spelling; [ParseAggregation] reads it back.
func (a Aggregation) String() string { return spelling.Write(a.Mode.String(), a.options()) }

func (a *Aggregation) options() []spelling.Option {
	return []spelling.Option{
		spelling.Integer("length", &a.Length, 0, 0, math.MaxInt32, "constant length; 0 is the longest sequence"),
		spelling.Integer("total", &a.Total, 0, 0, math.MaxInt32, "tokens, sequences or groups of the whole batch; 0 counts those at hand"),
	}
}

// Modes lists the names of the modes, which are those of verl where it has them.
func Modes() []string { return slices.Clone(modeNames) }

// ParseAggregation reads the name of a mode, with options in parentheses:
//
//	token-mean
//	seq-mean-token-sum-norm(length=8192)
//	token-mean(total=70000)
//
// Underscores may stand for hyphens. Errors are of type [*SpellingError].
func ParseAggregation(text string) (Aggregation, error) {
	p := &spelling.Parser{Text: strings.ReplaceAll(text, "-", "_")}
	name, at := p.Word()
	i := slices.Index(modeNames, strings.ReplaceAll(name, "_", "-"))
	if i < 0 {
		return Aggregation{}, public(p.Fail(at, "unknown aggregation %q%s; known are %s", name,
			spelling.DidYouMean(strings.ReplaceAll(name, "_", "-"), modeNames), strings.Join(modeNames, " ")))
	}
	a := Aggregation{Mode: Mode(i)}
	args, err := p.Arguments()
	if err == nil {
		err = p.End("aggregation")
	}
	if err == nil {
		err = p.Apply(modeNames[i], spelling.Reset(modeNames[i], a.options()), args)
	}
	if err != nil {
		return Aggregation{}, public(err)
	}
	return a, nil
}

// ErrNoGroups is returned by [GroupTokenMean] for a batch whose sequences are not
// divided into groups.
var ErrNoGroups = errors.New("loss: group-token-mean needs the numbers of sequences of the groups, and the batch has none")

// Coefficients writes the factor with which every token enters the aggregated
// value to dst: the value is the sum of factor times loss. It is 0 for masked
// tokens. Gradients with respect to anything that is aggregated, such as the
// entropy, are multiples of it. If b has factors of its own, [Batch.Coef], it
// writes those.
//
// Coefficients panics if the lengths do not fit. It does not allocate in the
// steady state.
func (a Aggregation) Coefficients(dst []float64, b *Batch) error {
	b.check()
	if len(dst) != b.Tokens() {
		panic(fmt.Sprintf("loss: %d tokens, but places for %d coefficients", b.Tokens(), len(dst)))
	}
	w := pool.Get().(*work)
	defer pool.Put(w)
	if err := w.aggregate(a, b); err != nil {
		return err
	}
	for s, c := range w.coef {
		for t := b.Start[s]; t < b.Start[s+1]; t++ {
			if dst[t] = 0; b.valid(t) {
				if dst[t] = c; b.Coef != nil {
					dst[t] = b.Coef[t]
				}
			}
		}
	}
	return nil
}

// aggregate counts, and sets the coefficient of the tokens of every sequence unless
// those of tokens are given.
func (w *work) aggregate(a Aggregation, b *Batch) error {
	if int(a.Mode) >= len(modeNames) || a.Length < 0 || a.Total < 0 {
		return fmt.Errorf("loss: there is no aggregation %s(length=%d,total=%d)", a.Mode, a.Length, a.Total)
	}
	w.count(b)
	if b.Coef != nil {
		return nil
	}
	norm := 1.0
	switch a.Mode {
	case SequenceMeanTokenSumNorm, TokenSumNorm:
		norm = float64(max(a.Length, 1))
		if a.Length == 0 {
			norm = float64(max(w.longest, 1))
		}
	case GroupTokenMean:
		return w.groups(a, b)
	}
	total := func(n int) float64 {
		if a.Total != 0 {
			n = a.Total
		}
		return float64(n)
	}
	for s, n := range w.valid {
		switch {
		case n == 0:
			w.coef[s] = 0
		case a.Mode == TokenMean:
			w.coef[s] = 1 / total(w.tokens)
		case a.Mode == TokenSum, a.Mode == TokenSumNorm:
			w.coef[s] = 1 / norm
		case a.Mode == SequenceMeanTokenMean:
			w.coef[s] = 1 / float64(total(w.sequences)*float64(n))
		default:
			w.coef[s] = 1 / float64(total(w.sequences)*norm)
		}
	}
	return nil
}

// groups is aggregate for GroupTokenMean.
func (w *work) groups(a Aggregation, b *Batch) error {
	if b.Groups == nil && b.Sequences() > 0 {
		return ErrNoGroups
	}
	count, s := 0, 0
	for pass := range 2 {
		s = 0
		for _, size := range b.Groups {
			n := 0
			for _, v := range w.valid[s : s+size] {
				n += v
			}
			if pass == 0 && n > 0 {
				count++
			}
			for i := range size {
				if w.coef[s+i] = 0; pass == 1 && w.valid[s+i] > 0 {
					w.coef[s+i] = 1 / float64(float64(count)*float64(n))
				}
			}
			s += size
		}
		if a.Total != 0 {
			count = a.Total
		}
	}
	return nil
}

// count sets the numbers of valid tokens.
func (w *work) count(b *Batch) {
	n := b.Sequences()
	if cap(w.valid) < n {
		w.valid, w.coef = make([]int, n), make([]float64, n)
	}
	w.valid, w.coef = w.valid[:n], w.coef[:n]
	w.tokens, w.sequences, w.longest = 0, 0, 0
	for s := range n {
		from, to := b.Start[s], b.Start[s+1]
		w.longest = max(w.longest, to-from)
		k := to - from
		if b.Mask != nil {
			k = 0
			for _, m := range b.Mask[from:to] {
				if m {
					k++
				}
			}
		}
		if w.valid[s] = k; k > 0 {
			w.sequences++
			w.tokens += k
		}
	}
}
