package loss_test

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
)

// FuzzParseSurrogate: what is read has a spelling that reads back as the same
// value, and errors show their place.
func FuzzParseSurrogate(f *testing.F) {
	for _, name := range loss.Surrogates() {
		f.Add(name)
	}
	for _, s := range []string{"ppo(clip_low=0.2,clip_high=0.28,clip_c=3)", " erc ( base = gppo ( clip_c = 10 ) , lower=.9 )", "erc(base=erc(base=erc))", "ppo(clip_c=1e999)", "ppo(", "p\xff", "ppo(clip_low=-0)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := loss.ParseSurrogate(text)
		if err != nil {
			var bad *loss.SpellingError
			if !errors.As(err, &bad) || bad.Offset < 0 || bad.Offset > len(text) || !strings.HasSuffix(err.Error(), "^") {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		back, err := loss.ParseSurrogate(s.String())
		if err != nil || back != s || back.String() != s.String() {
			t.Fatalf("%q is %s, which is %v, %v", text, s, back, err)
		}
	})
}

// FuzzEval: no input of the right shape panics, and what is not an error is
// finite everywhere, 0 on masked tokens.
func FuzzEval(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"), uint8(0), uint8(0), uint8(3))
	f.Add(binary.LittleEndian.AppendUint64(nil, math.Float64bits(-1e308)), uint8(4), uint8(5), uint8(1))
	names := loss.Surrogates()
	f.Fuzz(func(t *testing.T, data []byte, which, mode, cut uint8) {
		at := 0
		next := func() float64 {
			var b [8]byte
			at += copy(b[:], data[min(at, len(data)):])
			return math.Float64frombits(binary.LittleEndian.Uint64(b[:]))
		}
		n := min(len(data)/40+1, 64)
		b := &loss.Batch{Start: []int{0, int(cut) % (n + 1), n}, Groups: []int{1, 1}}
		for i := range n {
			b.LogP, b.LogPOld = append(b.LogP, next()), append(b.LogPOld, next())
			b.LogPRollout, b.LogPRef = append(b.LogPRollout, next()), append(b.LogPRef, next())
			b.Entropy, b.EntropyOld = append(b.Entropy, b.LogP[i]), append(b.EntropyOld, b.LogPOld[i])
			b.Advantages, b.Mask = append(b.Advantages, next()), append(b.Mask, (len(data) == 0 || data[i%len(data)]%7 > 0))
		}
		s := loss.MustParseSurrogate(names[int(which)%len(names)])
		c := loss.Config{Surrogate: s, Aggregation: loss.Aggregation{Mode: loss.Mode(mode % 8)}, KL: loss.KL{Kind: loss.KLKind(which % 8), Coef: float64(cut%3) / 2}, EntropyCoef: float64(cut % 2)}
		if mode%2 > 0 {
			c.Rollout = loss.MustParseCorrection("icepop(veto=0.0001)")
		}
		r, grad, weights, err := eval(c, b)
		if err != nil {
			var bad *loss.TokenError
			if errors.As(err, &bad) && !b.Mask[b.Start[bad.Sequence]+bad.Token] && !strings.Contains(bad.Msg, "sum") {
				t.Fatalf("masked token: %v", err)
			}
			return
		}
		for _, v := range []float64{r.Loss, r.Policy, r.KL, r.Entropy, r.Clipped, r.ClippedLower, r.Dropped, r.PPOKL, r.MeanRatio} {
			if v-v != 0 {
				t.Fatalf("%s: %+v", s, r)
			}
		}
		for i := range grad {
			if grad[i]-grad[i] != 0 || weights[i]-weights[i] != 0 || !b.Mask[i] && (grad[i] != 0 || weights[i] != 0) {
				t.Fatalf("%s: token %d: gradient %v, weight %v", s, i, grad[i], weights[i])
			}
		}
	})
}
