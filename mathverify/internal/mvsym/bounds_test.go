package mvsym

import (
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// hostile are answers that are short to write and long to compute, and long
// ones that are hard to read.
var hostile = map[string]string{
	"tower":          `9^{9^9}`,
	"deep tower":     `2^{4^{8^{16}}}`,
	"big factorial":  `(10^9)!`,
	"factorial":      `1000000!`,
	"binomial":       `\binom{10^9}{5\cdot 10^8}`,
	"big binomial":   `\binom{1000000000}{500000000}`,
	"sum":            `\sum_{k=1}^{10000000} \frac{1}{k}`,
	"huge sine":      `\sin(10^{10^8})`,
	"mod":            `7^{10^9} \mod 6`,
	"expansion":      `(x+1)^{1000}`,
	"big expansion":  `(x+y+z+1)^{100000}`,
	"nested roots":   strings.Repeat(`\sqrt{2+`, 60) + "1" + strings.Repeat("}", 60),
	"nested trig":    strings.Repeat(`\sin(`, 80) + "x" + strings.Repeat(")", 80),
	"fractions":      strings.Repeat(`\frac{1}{1+`, 100) + "x" + strings.Repeat("}", 100),
	"parentheses":    strings.Repeat("(", 3000) + "5" + strings.Repeat(")", 3000),
	"some":           strings.Repeat("(", 300) + "5" + strings.Repeat(")", 300),
	"braces":         strings.Repeat("{", 300) + "5" + strings.Repeat("}", 300),
	"brackets":       strings.Repeat("[(", 150) + "5" + strings.Repeat(")]", 150),
	"bars":           strings.Repeat("|x", 400),
	"calls":          strings.Repeat("f(", 300) + "x" + strings.Repeat(")", 300),
	"nested calls":   strings.Repeat("f(x,", 100) + "x" + strings.Repeat(")", 100),
	"scripts":        "x" + strings.Repeat("_{x", 400) + strings.Repeat("}", 400),
	"powers":         strings.Repeat("x^{", 400) + "2" + strings.Repeat("}", 400),
	"set":            `\{` + strings.Repeat("1,", 700) + `2\}`,
	"distinct set":   distinctSet(500),
	"long sum":       strings.Repeat("1+", 2000) + "1",
	"long chain":     strings.Repeat("1=", 600) + "1",
	"unions":         strings.Repeat(`(1,2)\cup`, 100) + "(1,2)",
	"letters":        strings.Repeat("abcdefghij", 60),
	"digits":         strings.Repeat("9", 500000),
	"ones":           strings.Repeat("1 ", 100000),
	"dollars":        strings.Repeat("$ ", 100000),
	"backslashes":    strings.Repeat(`\`, 200000),
	"text":           `\text{` + strings.Repeat("a", 200000) + "}",
	"decimal":        "0." + strings.Repeat("3", 100000),
	"exponent":       "1E999999999",
	"integral":       `\int_0^1 \frac{\sin x\ln(x+1)}{\sqrt{x^3+1}} dx`,
	"matrix":         `\begin{pmatrix}` + strings.Repeat(strings.Repeat("1&", 30)+`1\\`, 30) + `\end{pmatrix}`,
	"determinant":    `\begin{vmatrix}` + strings.Repeat(strings.Repeat("7&", 24)+`1\\`, 25) + `\end{vmatrix}`,
	"logs":           strings.Repeat(`\ln(x+1)+`, 100) + `\ln x`,
	"plain sum":      strings.Repeat("1+", 400000) + "1",
	"plain signs":    strings.Repeat("-", 400000) + "1+1",
	"plain brackets": strings.Repeat("(", 400000) + "1+1" + strings.Repeat(")", 400000),
	"plain tower":    "9**9**9**9+1",
	"infinite chain": strings.Repeat(`\sin `, 700) + "x",
}

func distinctSet(n int) string {
	var sb strings.Builder
	sb.WriteString(`\{`)
	for i := range n {
		sb.WriteString(strings.Repeat("1", 1+i%7) + string(rune('0'+i%10)) + `\sqrt{2},`)
	}
	return sb.String() + `0\}`
}

// TestBounds runs hostile answers under the budget of one verdict.
func TestBounds(t *testing.T) {
	const limit = 2_000_000
	golds := []string{"5", `x^2+1`, `\sqrt{2}`, `\{1,2\}`, `x=3`}
	for name, text := range hostile {
		for _, gold := range append(golds, text) {
			start := time.Now()
			b := budget.Of(limit)
			b.Run(func() {
				Metric(`The answer is $`+text+`$`, gold, b)
				Metric("The answer is "+text, gold, b)
				ParseArithmetic(text)
			})
			// The bound is 50 ms of a core that is free; the rest is for machines
			// that are not, and for the race detector.
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("%s against %.20s: %v", name, gold, d)
			}
		}
	}
}
