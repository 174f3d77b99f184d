package scalar

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

func BenchmarkEqual(b *testing.B) {
	for _, c := range []struct {
		name, a, b string
	}{
		{"integers", "12", "13"},
		{"fractions", "1/2", "3/6"},
		{"surdsEqual", "1/sqrt(2)+sqrt(8)", "5*sqrt(2)/2"},
		{"surdsDifferent", "1/sqrt(2)+sqrt(8)", "5*sqrt(3)/2"},
		{"nestedEqual", "sqrt(2)+sqrt(3)", "sqrt(5+2*sqrt(6))"},
		{"polynomialEqual", "(x+1)*(x^2-x+1)", "x^3+1"},
		{"polynomialDifferent", "(x+1)*(x^2-x+1)", "x^3+2"},
		{"rationalFunction", "1/(x+1)+1/(x-1)", "2*x/(x^2-1)"},
		{"trigEqual", "sin(3*x)", "3*sin(x)-4*sin(x)^3"},
		{"trigDifferent", "sin(3*x)", "3*sin(x)-4*cos(x)^3"},
		{"logEqual", "ln(8)/ln(2)", "3"},
	} {
		x, y := parse(b, c.a), parse(b, c.b)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			bud := budget.Of(1 << 50)
			for b.Loop() {
				if v, _ := Equal(x, y, Options{}, bud); v == tri.Undecided {
					b.Fatal(v)
				}
			}
		})
	}
}
