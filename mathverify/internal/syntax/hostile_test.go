package syntax

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// TestHostile reads long and deep texts: each within a budget linear in its
// length, none with a panic.
func TestHostile(t *testing.T) {
	const size = maxLength
	for _, unit := range []string{
		"(", "{", "[", "|", "-", "+", "\\frac", "\\frac{", "\\sqrt", "\\sqrt{", "^", "2^", "x_", "\\left(", "\\{", "((", "1,", "1 ", " 000", ",000",
		"1/", "a", "ab ", "word ", "\\text{", "\\text{a}", "\\text{m}", "5 m ", "\\( ", "\\[ ", "$ ", "$", "\\begin{pmatrix}", "\\begin{cases}1&", "&", "\\\\",
		"\n", "1\n", "x=1\n", "\\boxed{", "**", "`", "\"", "!", "1!", "%", "'", "x'", ":", "1:", "=", "x=", "<", ">", ",", ";", "or ", "x or ", "\\pm ", "|x", "|x|",
		"\\int ", "\\int_", "\\sum_{", "\\lim_{x\\to", "\\sin ", "sin(", "f(", "C_", "C_5^", "2\\frac{", "2\\frac12", "½", "√", "∑", "²", "，", "或", "\\overline{", "]1,", "[1,", "<1,",
		"\\left.", "\\right|_", "0.(3)", "1e9", "9", "0.9", "\\color{", "\\not", "\\{x|", "x|", "{x:", "\\angle ", "\\mathrm{", "\\mathbb{", "(A) ", "(mod ", "x \\pmod", "1 mod ", "\\frac{d}{dx}",
	} {
		for _, n := range []int{300, size / len(unit)} {
			s := strings.Repeat(unit, n)
			start := time.Now()
			b := budget.Of(int64(len(s))*20 + 100000)
			err := b.Run(func() { Parse(s, Options{}, b) })
			if took := time.Since(start); took > 20*time.Second || testing.Verbose() && took > 15*time.Millisecond {
				t.Errorf("%d × %q took %v", n, unit, took)
			}
			if err != nil {
				t.Errorf("%d × %q: %v", n, unit, err)
			}
		}
	}
}

// TestDepth reads what is nested as deep as people nest, and refuses what is
// nested deeper without overflowing the stack.
func TestDepth(t *testing.T) {
	for _, pair := range [][2]string{{"(", ")"}, {"{", "}"}, {"\\left(", "\\right)"}, {"\\sqrt{", "}"}, {"|", "|"}} {
		s := strings.Repeat(pair[0], 200) + "5" + strings.Repeat(pair[1], 200)
		if _, err := parse(t, s); err != nil && pair[0] != "|" {
			t.Errorf("200 of %s: %v", pair[0], err)
		}
		s = strings.Repeat(pair[0], 100000) + "5" + strings.Repeat(pair[1], 100000)
		var e *Error
		if _, err := parse(t, s); !errors.As(err, &e) {
			t.Errorf("100000 of %s: %v", pair[0], err)
		}
	}
	// Each of these would double the work at each level if it were read twice.
	for _, pair := range [][2]string{{"{", `\over 2}`}, {`\text{`, "}"}, {`2\frac{`, "}{3}"}, {`C_{`, "}^2"}, {`\overline{`, "}"}, {`\mathrm{`, "}"}, {"(", ",1)"}, {"[", ",1]"}, {`\left.`, `\right|_0^1`}} {
		for _, n := range []int{30, 90} {
			s := strings.Repeat(pair[0], n) + "x" + strings.Repeat(pair[1], n)
			b := budget.Of(int64(len(s))*50 + 20000)
			if err := b.Run(func() { Parse(s, Options{}, b) }); err != nil {
				t.Errorf("%d of %s: %v", n, pair[0], err)
			}
		}
	}
	n, err := parse(t, strings.Repeat("(", 200)+"5"+strings.Repeat(")", 200))
	if err != nil || !n.IsInt(5) {
		t.Errorf("200 parentheses: %v", err)
	}
	sum := strings.Repeat("1+", 2000) + "1"
	if n, err := parse(t, sum); err != nil || len(n.Args) != 2001 || n.Op != tree.Add {
		t.Errorf("a sum of 2001 terms: %v", err)
	}
}
