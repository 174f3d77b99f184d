package graders

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

// verdicts runs every grader on a pair, with a hook for symbolic steps.
func verdicts(gold, answer string, symbolic Symbolic) (equal []bool, errs []error) {
	add := func(e bool, err error) { equal, errs = append(equal, e), append(errs, err) }
	add(Hendrycks(gold, answer), nil)
	add(HendrycksScore(answer, gold), nil)
	add(Minerva(answer, gold), nil)
	add(MinervaNormal(answer) == MinervaNormal(gold), nil)
	add(Dapo(answer, gold), nil)
	add(StrictBox(answer, gold), nil)
	add(PRM800K(gold, answer, symbolic))
	add(Prime(answer, gold, symbolic))
	add(PrimeEqual(gold, answer, symbolic))
	add(Qwen(gold, answer, symbolic))
	add(DocMath(py.NewNumberText("12.5"), answer))
	return equal, errs
}

// TestHostile holds every grader to a bound on long inputs of every shape.
func TestHostile(t *testing.T) {
	const size = 1 << 17
	worst, shape, n := time.Duration(0), "", 0
	for _, unit := range []string{
		"1", "a", " ", "\n", "(", ")", "[", "{", "}", "\\", "$", "%", ",", ".", "-", "=", "1,", "1,234,", ",1", "1 ", "1\n", "x=", "^", "^1", "_1", "\\frac", "\\frac{",
		"\\frac{1}{", "\\sqrt", "\\sqrt[", "\\sqrt{", "\\text{", "\\text{}", "\\text{ ", "\\boxed{", "\\boxed ", "\\pi", "\\pi,", "\\begin{pmatrix}", "\\begin{a}", "\\end{a}", "\\\\",
		"&", "\\\\*", "\\(", "\\[", "\\[ \\( ", "answer: ", "answer:\n", "Answer", "is ", "be ", ". ", "degree", "^ ", "^ \\circ", "- ", "million", "10^", "10^9,", "9**9**", "(1,", "((1),",
		"[1,2],", "~", "not ", "-", "1+", "1 if 1 else ", "1 or ", "'a' ", "5!", "İ", "é", "５", "\xff", "\xed\xa0\x80", "the answer is ", "x y", "yes or ", "# ", "a b ", "\u2003",
		"1<", "\\overline{}", "\\vec", "\\vec ", "\\hat{", "\\mathbf{a", "frac12", "sqrt2", "mbox", "{,}", ",\\! ",
	} {
		for _, ends := range [][2]string{{"", ""}, {"(", ")"}, {"[", "]"}, {"\\boxed{", "}"}, {"\\begin{pmatrix}", "\\end{pmatrix}"}, {"the answer is ", "."}, {"\\pi", ""}} {
			s := ends[0] + strings.Repeat(unit, size/len(unit)) + ends[1]
			for i, f := range []func(){
				func() { Hendrycks("5", s) }, func() { HendrycksScore(s, "5") }, func() { Minerva(s, "5") }, func() { MinervaNormal(s) }, func() { StrictBox(s, "5") },
				func() { PRM800K("(5,6)", s, nil) }, func() { PRM800K(s, s+"1", nil) }, func() { Prime(s, "(5,6)", nil) }, func() { PrimeEqual(s, s+"1", nil) },
				func() { Qwen("(5,6)", s, nil) }, func() { Qwen(s, s+"1", nil) }, func() { DocMath(py.NewNumberText("5"), s) },
			} {
				// Every grader sees every unit, but not between all ends.
				if n++; (n+i)%13 != 0 {
					continue
				}
				d := time.Hour
				for range 3 { // the least of three: others use the machine too
					start := time.Now()
					f()
					if d = min(d, time.Since(start)); d < worst {
						break
					}
				}
				if d > worst {
					worst, shape = d, ends[0]+unit+"… #"+string(rune('0'+i))
				}
			}
		}
	}
	t.Logf("worst %v for %q", worst, shape)
	if worst == 0 || worst > 20*time.Second {
		t.Errorf("%v for %q", worst, shape)
	}
}

var fragments = strings.Fields(`1 2 12 0 1,234 . .5 - + ( ) [ ] { } % \% $ \$ / \frac{1}{2} \frac12 \frac \sqrt \sqrt{ \sqrt[3]{2} ^ ^2 ^{ _ = x= x
	A B , \text{ \text{a} \boxed{ \pi \cdot \left( \right) \begin{pmatrix} \end{pmatrix} \\ & \( \) \[ \] degrees cm million e5 inf 10^ or and not if else
	lambda ' " True None Point( Interval( Matrix( answer: Answer: is . ~ -- \, \! \foo \vec é ５ ² ſ`)

func randomText(rng *rand.Rand) string {
	var b strings.Builder
	for range rng.IntN(9) {
		b.WriteString(fragments[rng.IntN(len(fragments))])
		if rng.IntN(4) == 0 {
			b.WriteString([]string{" ", "\n", ", "}[rng.IntN(3)])
		}
	}
	return b.String()
}

const lawSeed = 20261125

// TestLaws checks what holds for every text: a text equals itself, a further
// "equal" of a symbolic step never turns a right answer wrong, and what
// does not hang on a step is decided without.
func TestLaws(t *testing.T) {
	params := gopter.DefaultTestParametersWithSeed(lawSeed)
	params.MinSuccessfulTests = 4000
	t.Log("seed", lawSeed)
	properties := gopter.NewProperties(params)
	properties.Property("reflexive", prop.ForAll(func(seed uint64) bool {
		s := randomText(rand.New(rand.NewPCG(seed, 1)))
		prm, err1 := PRM800K(s, s, nil)
		qwen, err2 := Qwen(s, s, nil)
		prime, err3 := PrimeEqual(s, s, nil)
		return Hendrycks(s, s) && prm && qwen && prime && err1 == nil && err2 == nil && err3 == nil
	}, gen.UInt64()))
	properties.Property("monotone", prop.ForAll(func(seed uint64) bool {
		rng := rand.New(rand.NewPCG(seed, 2))
		g, a := randomText(rng), randomText(rng)
		no, errNo := verdicts(g, a, always(false))
		yes, errYes := verdicts(g, a, always(true))
		open, errOpen := verdicts(g, a, nil)
		for i := range no {
			if errNo[i] != nil || errYes[i] != nil {
				continue
			}
			if no[i] && !yes[i] || no[i] == yes[i] && (open[i] != no[i] || errOpen[i] != nil) {
				t.Logf("%q %q: grader %d: %v %v %v %v", g, a, i, no[i], yes[i], open[i], errOpen[i])
				return false
			}
		}
		return true
	}, gen.UInt64()))
	properties.TestingRun(t)
}

// FuzzGraders looks for panics and for verdicts that change when repeated.
func FuzzGraders(f *testing.F) {
	rng := rand.New(rand.NewPCG(lawSeed, 4))
	for range 60 {
		f.Add(randomText(rng), randomText(rng))
	}
	f.Add("\\frac{1}{2}", "the answer is 0x10")
	f.Add("[1, 2]", "\\begin{pmatrix}1\\\\2\\end{pmatrix}")
	f.Fuzz(func(t *testing.T, gold, answer string) {
		equal, errs := verdicts(gold, answer, nil)
		again, errs2 := verdicts(gold, answer, nil)
		for i := range equal {
			if equal[i] != again[i] || errs[i] != errs2[i] {
				t.Fatalf("grader %d: %v %v, then %v %v", i, equal[i], errs[i], again[i], errs2[i])
			}
			if errs[i] != nil && (equal[i] || !errors.Is(errs[i], ErrUndecided) && !errors.Is(errs[i], ErrLimit)) {
				t.Fatalf("grader %d: %v with %v", i, equal[i], errs[i])
			}
		}
		PrimeAnswer(answer)
		HendrycksBox(answer)
		texToText(answer)
		evalPython(answer, mathNames)
	})
}

func BenchmarkGraders(b *testing.B) {
	pairs := []struct{ name, gold, answer string }{
		{"integer", "1234", "1,234"}, {"fraction", `\frac{1}{2}`, `\dfrac12`}, {"surd", `2\sqrt{3}`, `2\sqrt 3`}, {"tuple", "(1,2,3)", "(1, 2, 4)"},
	}
	for _, g := range []struct {
		name string
		f    func(gold, answer string)
	}{
		{"hendrycks", func(g, a string) { Hendrycks(g, a) }},
		{"minerva", func(g, a string) { Minerva("Answer: "+a, g) }},
		{"prm800k", func(g, a string) { PRM800K(g, a, nil) }},
		{"prime", func(g, a string) { Prime(a, g, nil) }},
		{"qwen", func(g, a string) { Qwen(g, a, nil) }},
	} {
		for _, p := range pairs {
			b.Run(g.name+"/"+p.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					g.f(p.gold, p.answer)
				}
			})
		}
	}
	b.Run("docmath", func(b *testing.B) {
		gold := py.NewNumberText("1234.5")
		b.ReportAllocs()
		for b.Loop() {
			DocMath(gold, "Therefore, the answer is $1,234.50.")
		}
	})
}
