package fuzz

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/golongrl/golongrl/internal/mathpairs"
	"github.com/golongrl/golongrl/mathverify"
)

// FuzzMathPairs judges pairs that are labelled by construction, and what becomes
// of them when a part of the answer is overwritten: no wrong answer is accepted,
// no verdict depends on the order of the answers or on what was judged before.
func FuzzMathPairs(f *testing.F) {
	for seed := range uint64(64) {
		f.Add(seed, uint8(255), "")
		f.Add(seed, uint8(seed), `\frac`)
		f.Add(seed, uint8(3*seed), "^{-1}")
		f.Add(seed, uint8(5*seed), ",")
	}
	f.Fuzz(func(t *testing.T, seed uint64, at uint8, patch string) {
		if len(patch) <= 200 {
			judgePair(t, mathpairs.New(seed), int(at), patch)
		}
	})
}

// judgePair takes the next pair of a source, and overwrites its answer at a
// place with a patch.
func judgePair(t *testing.T, source *mathpairs.Source, at int, patch string) {
	p := source.Next()
	e := mathverify.Extract(p.Response)
	if e.Status == mathverify.Found {
		if v, rule := mathverify.Verify(p.Gold, e.Answer); v == mathverify.Equal && !p.Equal {
			t.Errorf("%s: accepts %q for %q (%s)", p.Class, e.Answer, p.Gold, rule)
		}
	}
	if at >= len(p.Answer) {
		return
	}
	changed := p.Answer[:at] + patch + p.Answer[min(len(p.Answer), at+len(patch)):]
	v, rule := mathverify.Verify(p.Gold, changed)
	if w, other := mathverify.Verify(changed, p.Gold); v != w {
		t.Errorf("%q against %q: %v (%s), swapped %v (%s)", p.Gold, changed, v, rule, w, other)
	}
	if w, again := mathverify.Verify(p.Gold, changed); v != w || rule != again {
		t.Errorf("%q against %q: %v (%s), then %v (%s)", p.Gold, changed, v, rule, w, again)
	}
}

// campaign is how many pairs TestMathCampaign judges; each is two to four
// verdicts. Coverage-guided fuzzing is slower by a hundred times, so the long
// runs go this way.
var (
	campaign     = flag.Int("campaign", 2000, "pairs of TestMathCampaign")
	campaignSeed = flag.Uint64("campaign-seed", 1, "their seed")
)

// patches are what the campaign overwrites answers with.
var patches = [...]string{"", "0", "1", "-", "+", "x", "i", "e", "^", "_", "{", "}", "(", ")", "[", "]", ",", ", ", ".", "=", "<", "|", "!", "%", "°", "$", " ", "\n",
	`\`, `\frac`, `\frac12`, `\sqrt`, `\sqrt2`, `\pi`, `\infty`, `\pm`, `\cdot`, `\text{ km}`, `\text{`, `\left(`, `\in`, `\cup`, `\le`, `\ne`, `\sum_{k=1}^{n}`, `\int`,
	`\lim_{x\to0}`, `\ln`, `\sin`, `\log_2`, `\binom{5}{2}`, `\begin{pmatrix}`, `\end{pmatrix}`, "&", "^{-1}", "^2", "**", "1/0", "10^{99}", "½", "−", "，", "或", "million", " and ", " or ", "\xff"}

// TestMathCampaign judges generated pairs and patched answers.
func TestMathCampaign(t *testing.T) {
	t.Logf("seed %d, %d pairs", *campaignSeed, *campaign)
	rng := rand.New(rand.NewPCG(*campaignSeed, 11))
	source := mathpairs.New(*campaignSeed)
	for range *campaign {
		patch := ""
		for range rng.IntN(3) + 1 {
			patch += patches[rng.IntN(len(patches))]
		}
		judgePair(t, source, rng.IntN(24), patch)
	}
}
