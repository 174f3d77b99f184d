package mvtext

import (
	"strings"
	"testing"
)

// prose is an ordinary solution; the figures of the benchmarks are for 200,000
// bytes of it.
const prose = "Revenue in 2019 was $1,234.5 million, so we let \\(x\\) be the growth and get $x^2 + 1 = 5$ after step (2).\n" +
	"The ratio is 12.5% of 3/4 (see [1] for more), which is \\[ \\frac{a}{b} = 2. \\]\n"

func fill(piece string, n int) string { return strings.Repeat(piece, n/len(piece)+1)[:n] }

// hostile are the pieces whose repetition takes the reference seconds, or made
// an earlier version of this package quadratic.
var hostile = []string{
	"1 ", " 000", "\\[ ", "\\( ", "$ ", "$$ ", " [ ", "1+", "1+1 ", "answer: ", "answer ", "final answer is ", "final answer", "\\boxed{", "}{", " and ", "$1$ and ", "^(", "\\frac{", "\\frac1{",
	"\\text{", "\\text{ }", " ", "\n", "\t.", "1 1=", "** ", "5% ", "1,000,", "1", "1.", "-", "=", "= ", "answer=", "answer: = ", "\\boxed{}", "\\fbox{1}", "\\boxed ", "\\boxed", "{", "}", "(a", "(a)_{", ")_{",
	" percent", "{ ,", ", ", ",  and", "sqrt(", "\\sqrt", "\\sqrt ", "m", " m", "5 m", "\\", "\\\\", "\\\\a", "\\$", "$$\\", "\\left(", "is ", " is", "A ", "**A", "\u3000", "圆", "\u2028[", "\xff", "×", "1×",
	"-\\frac{1}{2}", "$5$ I hope ", "percentage ", "$\n", "\\]", "\\)", "a", "'", "\"",
}

func first(text string, c Config) (n int) {
	for m := range Candidates(text, c) {
		return len(m.Parts)
	}
	return 0
}

func BenchmarkCandidates(b *testing.B) {
	for _, t := range []struct{ name, text string }{
		{"integer", `\boxed{42}`},
		{"fraction", `$\frac{1}{2}$`},
		{"plain", "The answer is 42."},
		{"unit", `\boxed{12.5 \text{ million dollars}}`},
		{"solution500", fill(prose, 500) + `\boxed{42}`},
		{"prose200K", fill(prose, 200_000)},
		{"answer200K", fill(prose, 200_000) + `The answer is \boxed{42}.`},
		{"chinese200K", fill("根据公式，净利润为 1,234 万元，因此答案是正确的。", 600_000)},
	} {
		b.Run(t.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				first(t.text, Default())
			}
		})
	}
}

func BenchmarkNormalizeLatex(b *testing.B) {
	n := DefaultNormalization()
	for _, t := range []string{"42", `\frac12`, `12.5\text{ cm}`, `x^2+2x+1=0 \text{ and } y = 3 meters`} {
		b.Run(t, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NormalizeLatex(t, n)
			}
		})
	}
}
