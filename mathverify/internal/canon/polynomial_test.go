package canon

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

func showPoly(p Poly) string {
	s := ""
	for _, t := range p.Terms {
		s += fmt.Sprint(t.Exp) + show(t.Coef) + " "
	}
	return s
}

func TestPolynomial(t *testing.T) {
	for _, c := range []struct {
		n    string
		vars []string
		want string // "" if it is none
	}{
		{"(x+1)^2-y", []string{"x"}, "[2]1 [1]2 [0](+ 1 (- y)) "},
		{"(x+1)^2-y", []string{"x", "y"}, "[2 0]1 [1 0]2 [0 1](- 1) [0 0]1 "},
		{`\frac{x^2-1}{x-1}`, []string{"x"}, "[1]1 [0]1 "},
		{`\frac{x}{2}-\frac13`, []string{"x"}, "[1](/ 1 2) [0](- (/ 1 3)) "},
		{`\sqrt2x-\pi`, []string{"x"}, "[1](root 2 2) [0](- pi) "},
		{"x-x", []string{"x"}, ""},
		{`\frac1x`, []string{"x"}, ""},
		{`\sqrt x`, []string{"x"}, ""},
		{`\sin(x)`, []string{"x"}, ""},
		{`y\sin(x)`, []string{"y"}, "[1](+ (/ (* i (^ e (- (* x i)))) 2) "},
		{`2^x+x`, []string{"x"}, ""},
		{`|x|`, []string{"x"}, ""},
		{`\frac{x}{y}`, []string{"x"}, "[1](/ 1 y) "},
		{`\frac{x}{y+1}`, []string{"x"}, "[1](/ 1 (+ 1 y)) "},
		{`(x+1)^{1000}`, []string{"x"}, ""},
	} {
		b := budget.Of(testSteps)
		p, ok := Polynomial(parse(t, c.n), c.vars, Options{}, b)
		got := showPoly(p)
		if c.n == `y\sin(x)` {
			if !ok || p.Degree(0) != 1 {
				t.Errorf("%s: %s", c.n, got)
			}
			continue
		}
		if got != c.want || ok != (c.want != "") && c.n != "x-x" {
			t.Errorf("%s in %v: %q %v, want %q", c.n, c.vars, got, ok, c.want)
		}
	}
	num, den, ok := Fraction(parse(t, `\frac1x+\frac{1}{x-1}`), []string{"x"}, Options{}, budget.Of(testSteps))
	if !ok || showPoly(num) != "[1]2 [0](- 1) " || showPoly(den) != "[2]1 [1](- 1) " {
		t.Errorf("fraction: %s over %s", showPoly(num), showPoly(den))
	}
}

func TestRoots(t *testing.T) {
	for _, c := range []struct {
		coefs    []int64
		want     string
		complete bool
	}{
		{[]int64{6, -5, 1}, "2 3 ", true},
		{[]int64{-4, 0, 1}, "-2 2 ", true},
		{[]int64{-2, 0, 1}, "(- (root 2 2)) (root 2 2) ", true},
		{[]int64{-1, -1, 1}, "(+ 1/2 (- (root 5/4 2))) (+ 1/2 (root 5/4 2)) ", true},
		{[]int64{1, 0, 1}, "", true},
		{[]int64{1, -2, 1}, "1 ", true},
		{[]int64{0, 0, -1, 0, 1}, "-1 0 1 ", true},
		{[]int64{-6, 11, -6, 1}, "1 2 3 ", true},
		{[]int64{-2, 1, -4, 2}, "2 ", true}, // (x-2)(2x²+1)
		{[]int64{-2, 0, 0, 1}, "", false},
		{[]int64{5}, "", true},
		{[]int64{0}, "", false},
		{[]int64{1, 3, 3, 1}, "-1 ", true},
	} {
		coefs := make([]*big.Rat, len(c.coefs))
		for i, x := range c.coefs {
			coefs[i] = big.NewRat(x, 1)
		}
		roots, complete := Roots(coefs, budget.Of(testSteps))
		got := ""
		for _, r := range roots {
			got += show(r) + " "
		}
		if got != c.want || complete != c.complete {
			t.Errorf("%v: %s %v, want %s %v", c.coefs, got, complete, c.want, c.complete)
		}
	}
}

func TestRatio(t *testing.T) {
	for _, c := range []struct{ x, y, want string }{
		{"2x+4y-6", "x+2y-3", "2"},
		{"2x+4y-6", "x+2y+3", ""},
		{"y-2x-1", "2x-y+1", "(- 1)"},
		{`\sqrt2x-2`, `x-\sqrt2`, "(root 2 2)"},
		{"x^2-y", "x^2-y", "1"},
		{"xy-1", "y-1/x", ""},
		{"x", "x^2", ""},
		{"0", "x", ""},
		{`\sin(x)`, `2\sin(x)`, "(/ 1 2)"},
		{`\frac{x}{2}+\frac{y}{3}-1`, "3x+2y-6", "(/ 1 6)"},
	} {
		z, ok := Ratio(parse(t, c.x), parse(t, c.y), Options{}, budget.Of(testSteps))
		got := ""
		if ok {
			got = show(z)
		}
		if got != c.want {
			t.Errorf("%s over %s: %s, want %s", c.x, c.y, got, c.want)
		}
	}
}

func TestRational(t *testing.T) {
	for n, want := range map[string]string{
		"1/2+1/3":                               "5/6",
		`\sqrt{4}`:                              "2",
		`\cos(60^\circ)`:                        "1/2",
		`(\sqrt2+1)(\sqrt2-1)`:                  "1",
		`\frac{\sqrt2}{\sqrt8}`:                 "1/2",
		`\cos(36^\circ)-\cos(72^\circ)`:         "1/2",
		`\log(8,2)`:                             "3",
		`\sqrt2`:                                "",
		"x-x":                                   "0",
		`\frac{x}{x}`:                           "1",
		`i^2`:                                   "-1",
		"1/0":                                   "",
		"0^0":                                   "",
		`\sqrt[3]{2+\sqrt5}+\sqrt[3]{2-\sqrt5}`: "1",
	} {
		got := ""
		if x, ok := Rational(parse(t, n), budget.Of(testSteps)); ok {
			got = x.RatString()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", n, got, want)
		}
	}
}
