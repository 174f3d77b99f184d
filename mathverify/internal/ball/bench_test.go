package ball

import (
	"fmt"
	"testing"
)

func BenchmarkReal(b *testing.B) {
	for _, prec := range []uint{64, 128, 256, 1000, 20000} {
		x, _ := FromRatio(7, 3, prec)
		y, _ := FromRatio(5, 17, prec)
		SinCos(x, prec)
		Log(x, prec)
		for _, c := range []struct {
			name string
			f    func()
		}{
			{"add", func() { Add(x, y, prec) }},
			{"mul", func() { Mul(x, y, prec) }},
			{"div", func() { Div(x, y, prec) }},
			{"sqrt", func() { Sqrt(x, prec) }},
			{"root3", func() { Root(x, 3, prec) }},
			{"exp", func() { Exp(x, prec) }},
			{"log", func() { Log(x, prec) }},
			{"sin", func() { Sin(x, prec) }},
			{"atan", func() { Atan(x, prec) }},
			{"asin", func() { Asin(y, prec) }},
			{"gamma", func() { Gamma(x, prec) }},
			{"cmul", func() { Complex{x, y}.Mul(Complex{y, x}, prec) }},
			{"cexp", func() { Complex{x, y}.Exp(prec) }},
			{"cpow", func() { Complex{x, y}.Pow(Complex{y, x}, prec) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, prec), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.f()
				}
			})
		}
	}
}

func BenchmarkConstants(b *testing.B) {
	for _, p := range []int{1 << 10, 1 << 13, 1 << 15, 1 << 16} {
		b.Run(fmt.Sprintf("pi/%d", p), func(b *testing.B) {
			for b.Loop() {
				piFixed(p)
			}
		})
		b.Run(fmt.Sprintf("ln2/%d", p), func(b *testing.B) {
			for b.Loop() {
				ln2Fixed(p)
			}
		})
	}
}

func BenchmarkFast(b *testing.B) {
	x, _ := FastFloat64(1.25, 1e-15)
	z := Fast{1.25, 0.5, 1e-15, false}
	b.Run("mul", func(b *testing.B) {
		for b.Loop() {
			x.Mul(x)
		}
	})
	b.Run("cmul", func(b *testing.B) {
		for b.Loop() {
			z.Mul(z)
		}
	})
	b.Run("sin", func(b *testing.B) {
		for b.Loop() {
			x.Sin()
		}
	})
	b.Run("cpow", func(b *testing.B) {
		for b.Loop() {
			z.Pow(z)
		}
	})
}
