package mvsym

import (
	"strings"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// TestWrongVerdicts has verdicts of the reference that are wrong, or that
// depend on which side is the gold. They are what this package is for.
func TestWrongVerdicts(t *testing.T) {
	for _, c := range []struct {
		gold, answer    string
		verdict, swaped bool
	}{
		{"5", "1=5", true, false},
		{"25", "a^2+b^2=25", true, false},
		{"x=5", "x=6=5", true, true},
		{"x=2", "2x=4", false, false},
		{"x=1", "y=1", false, false},
		{"2^{-100}", "-2^{-100}", true, true},
		{`\frac{1}{2004!}`, `\frac{1}{2006!}`, true, true},
		{`\frac{1}{3}`, "0.333333", true, true},
		{`\frac{1}{3}`, "0.33333", false, false},
		{"5", "5.0000001", false, false}, // an integer rounds to an integer
		{"0.5", "0.5000001", true, true},
		{`6.6\cdot 10^{-34}`, `1.6\cdot 10^{-19}`, true, true},
		{"(1,2)", `\{1,2\}`, true, true},
		{"(2,1)", `\{1,2\}`, false, true},
		{"1,2", "2,1", true, true},
		{"x=2,y=1", `\{1,2\}`, true, true},
		{"x>0", `(0,\infty)`, true, false},
		{"x>0", "2x>0", false, false},
		{"1<x<2", "2>x>1", false, false},
		{"y=2x+1", "4x-2y+2=0", true, true},
		{`\sqrt[3]{-8}`, "-2", false, false},
		{"cat", "act", true, true},
		{`\text{cat}`, "cat", true, true},
		{`\text{cat}`, "act", false, false},
		{`\sqrt{x^2}`, "|x|", true, true},
		{`\ln x`, `-\ln\frac{1}{x}`, false, false},
		{"12:00", "12:00", false, false}, // no verdict on an infinity without a sign
		{`\infty`, `\infty+1`, true, true},
		{`\emptyset`, `(0,1)\cap(1,2)`, false, false},
		{"3:30", `\frac{1}{10}`, true, true},
		{"f(x)=x^2", "f(t)=t^2", false, false},
		{"0.0", "0.0xy", true, true},
		{`x^2+1=0`, `y^2+y+5=0`, true, true}, // no real solutions on either side
	} {
		for i, want := range []bool{c.verdict, c.swaped} {
			g, a := c.gold, c.answer
			if i == 1 {
				g, a = a, g
			}
			b := budget.Of(4 * steps)
			gv, _ := ParseLatex(g, b)
			av, _ := ParseLatex(a, b)
			if got := Verify([]*Value{gv}, []*Value{av}, DefaultOptions(), b); got != want {
				t.Errorf("gold %s, answer %s: %v", g, a, got)
			}
		}
	}
}

func TestReleasedRules(t *testing.T) {
	long := strings.Repeat(" This is how the value in the table was found, as the text says.", 10)
	for _, c := range []struct {
		gold, response string
		want           float64
	}{
		{"∞", `\boxed{∞}`, 0}, // one value only: scores 0 although it is the gold
		{"3.", `\boxed{3.}`, 0},
		{"7", `\boxed{7}` + long, 0},
		{"3", `So \boxed{7}.` + long + "Note that 3 of them remain.", 1},
		{"12", "The share is 12%", 1},
	} {
		b := budget.Of(8 * steps)
		if got := Released(c.response, []string{c.gold}, b); got != c.want {
			t.Errorf("gold %q, response %.40q: %v, want %v", c.gold, c.response, got, c.want)
		}
	}
}
