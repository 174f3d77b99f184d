package canon

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

func BenchmarkEqual(b *testing.B) {
	for _, c := range []struct{ name, x, y string }{
		{"integer", "42", "42"},
		{"fraction", "1/2+1/3", "5/6"},
		{"surd", `\sqrt{12}+\sqrt{27}`, `5\sqrt3`},
		{"denest", `\sqrt{5+2\sqrt6}`, `\sqrt2+\sqrt3`},
		{"polynomial", "(x+y)^2-2xy", "x^2+y^2"},
		{"different", "(x+y)^2-2xy", "x^2+y^2+1"},
		{"rational", `\frac{1}{x-1}-\frac{1}{x+1}`, `\frac{2}{x^2-1}`},
		{"trig", `\sin(x)^4`, `\frac{3-4\cos(2x)+\cos(4x)}{8}`},
		{"tangent", `\tan(x+y)`, `\frac{\tan(x)+\tan(y)}{1-\tan(x)\tan(y)}`},
		{"degrees", `\tan(15^\circ)`, `2-\sqrt3`},
		{"cyclotomic", `\cos(\frac{\pi}7)\cos(\frac{2\pi}7)\cos(\frac{4\pi}7)`, `-\frac18`},
		{"arctan", `\arctan(\frac12)+\arctan(\frac13)`, `\frac{\pi}{4}`},
		{"log", `\ln(12)`, `2\ln(2)+\ln(3)`},
		{"power", `\frac{3^{n+1}-3}{2}`, `\frac32(3^n-1)`},
		{"factorial", `\binom{n}{k}+\binom{n}{k+1}`, `\binom{n+1}{k+1}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			x, y := parse(b, c.x), parse(b, c.y)
			b.ReportAllocs()
			for b.Loop() {
				bud := budget.Of(testSteps)
				Equal(x, y, Options{}, bud)
			}
		})
	}
}
