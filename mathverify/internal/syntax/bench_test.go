package syntax

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, s string }{
		{"integer", "1729"},
		{"latex_fraction", `\frac{3}{4}`},
		{"plain_fraction", "3/4"},
		{"decimal", "3.14159"},
		{"surd", `\frac{-1+\sqrt{5}}{2}`},
		{"polynomial", "x^3-3x^2+2x-7"},
		{"set", `\{1, 2, 3, 4, 5\}`},
		{"union", `(-\infty, 3] \cup (5, \infty)`},
		{"trig", `\sin^2 x + \cos^2 x`},
		{"quantity", `5\text{ km/h}`},
		{"text", "Evelyn"},
		{"matrix", `\begin{pmatrix}1&2&3\\4&5&6\\7&8&9\end{pmatrix}`},
		{"dollars", `$x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}$`},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			bud := budget.Of(1 << 60)
			for b.Loop() {
				if _, err := Parse(c.s, Options{}, bud); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkString(b *testing.B) {
	bud := budget.Of(1 << 60)
	n, _ := Parse(`x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}`, Options{}, bud)
	b.ReportAllocs()
	for b.Loop() {
		tree.String(n)
	}
}
