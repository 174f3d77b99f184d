package mathverify

import (
	"strings"
	"testing"
)

func BenchmarkVerify(b *testing.B) {
	for _, bm := range []struct{ name, gold, answer string }{
		{"identical", "42", "42"},
		{"integer", "42", "42.0"},
		{"thousands", "1234567", "1,234,567"},
		{"fraction", `\frac{1}{2}`, "0.5"},
		{"words", "No Error", "no error"},
		{"lines", "5.5%\n-2.2%", "0.055\n-0.022"},
		{"symbolic", "x^2-1", "(x-1)(x+1)"},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Verify(bm.gold, bm.answer)
			}
		})
	}
}

func BenchmarkExtract(b *testing.B) {
	prose := strings.Repeat("We set $x_{1}=\\frac{a}{b}$ and go on, so that 3 of them remain. ", 3000)
	for _, bm := range []struct{ name, in string }{
		{"box 200K", prose + `\boxed{5}.`},
		{"phrase 200K", prose + `The answer is 5.`},
		{"phrase first 200K", "The answer is 5. " + prose},
		{"hedges 200K", strings.Repeat("The answer might be 5. However, it could be 6. ", 4500)},
		{"announcements 200K", strings.Repeat("the answer is ", 15_000)},
		{"tail 200K", "The answer is 5. " + strings.Repeat("So 5. It could be 5. ", 10_000)},
		{"no stops 200K", strings.Repeat("if the answer is 5 ", 11_000)},
		{"block 50K", "Answer:\n" + strings.Repeat("Part 1 of the whole\n", 250)},
		{"none 200K", prose},
		{"boxes 200K", strings.Repeat(`\boxed{`, 30_000)},
		{"short", "The answer is 5."},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bm.in)))
			for b.Loop() {
				Extract(bm.in)
			}
		})
	}
}
