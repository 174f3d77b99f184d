package mvsym

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

func BenchmarkReleased(b *testing.B) {
	for _, c := range []struct{ name, gold, response string }{
		{"integer", "42", `So the answer is \boxed{42}.`},
		{"integer different", "42", `So the answer is \boxed{41}.`},
		{"decimal", "3.14", `So the answer is \boxed{3.140}.`},
		{"fraction", `\frac{1}{2}`, `So the answer is \boxed{\frac{2}{4}}.`},
		{"surd", `2\sqrt{3}`, `So the answer is \boxed{\sqrt{12}}.`},
		{"polynomial", `(x+1)^2`, `So the answer is \boxed{x^2+2x+1}.`},
		{"trig", `\sin 2x`, `So the answer is \boxed{2\sin x\cos x}.`},
		{"set", `\{1,2,3,4,5\}`, `So the answer is \boxed{5,4,3,2,1}.`},
		{"interval", `(-\infty,3]`, `So the answer is \boxed{(-\infty, 3]}.`},
		{"relation", `y=2x+1`, `So the answer is \boxed{2x-y+1=0}.`},
		{"text", "revenue", `So the answer is \boxed{\text{revenue}}.`},
	} {
		b.Run(c.name, func(b *testing.B) {
			golds := []string{c.gold}
			b.ReportAllocs()
			for b.Loop() {
				Released(c.response, golds, budget.Of(steps))
			}
		})
	}
}

func BenchmarkParseLatex(b *testing.B) {
	for _, s := range []string{"42", `\frac{1}{2}`, `(x+1)(x-1)`, `\{1,2,3,4,5\}`, `(-\infty,3]`, `2\sin x\cos x`} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ParseLatex(s, budget.Of(steps))
			}
		})
	}
}
