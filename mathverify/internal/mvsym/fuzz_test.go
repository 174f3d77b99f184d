package mvsym

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// FuzzParseLatex looks for texts that panic or that have different values when
// parsed again.
func FuzzParseLatex(f *testing.F) {
	for _, s := range []string{"x=5", `\frac{1}{2}`, `\{1,2\}`, `(1,2]\cup[3,\infty)`, `\sin^{-1} x`, `2\frac{1}{2}`, `\int_0^1 x dx`, `a<b<c`,
		`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, `f(x,y)`, `\frac{d}{dx}x^2`, `50\%`, `1,000`, `\text{a\}b}`, `x|_{x=1}`, `\sqrt[3]{x}`, `3E5`, `|x|`, `5!!`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var v, w *Value
		a := budget.Of(steps)
		a.Run(func() { v, _ = ParseLatex(s, a) })
		b := budget.Of(steps)
		b.Run(func() { w, _ = ParseLatex(s, b) })
		if v != nil && w != nil && !same(v, w) {
			t.Fatalf("%q: %s and %s", s, v, w)
		}
	})
}

// FuzzVerify looks for pairs that panic, that depend on the run, and for texts
// that do not equal themselves although they parse.
func FuzzVerify(f *testing.F) {
	for _, p := range [][2]string{{"5", "x=5"}, {`\{1,2\}`, "2,1"}, {"(1,2)", "1<x<2"}, {"0.5", `\frac12`}, {`\sqrt{8}`, `2\sqrt{2}`}, {`\infty`, "1/0"},
		{"y=2x", "2x-y=0"}, {`\begin{pmatrix}1\end{pmatrix}`, "1"}, {"abc", `\text{abc}`}, {"x>0", `(0,\infty)`}, {`\ln x`, `-\ln\frac{1}{x}`}} {
		f.Add(p[0], p[1])
	}
	f.Fuzz(func(t *testing.T, gold, answer string) {
		verdict := func() (equal bool, err error) {
			b := budget.Of(steps)
			err = b.Run(func() { equal = Released(`\boxed{`+answer+`}`, []string{gold}, b) == 1 })
			return
		}
		first, err := verdict()
		second, err2 := verdict()
		if first != second || err != err2 {
			t.Fatalf("%q %q: %v %v, then %v %v", gold, answer, first, err, second, err2)
		}
	})
}

// FuzzArithmetic looks for plain expressions that panic.
func FuzzArithmetic(f *testing.F) {
	for _, s := range []string{"1/2", "2**3", "-(3+4)*5", "1.5 - .5", "007", "2^-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { ParseArithmetic(s) })
}
