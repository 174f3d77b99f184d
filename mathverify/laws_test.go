package mathverify

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

const lawSeed = 20260405

var fragments = []string{
	"1", "2", "5", "12", "0", "000", "1,234", "1{,}234", ".", ".5", "-", "+", "− ", "- ", "(", ")", "[", "]", "{", "}", `\{`, `\}`,
	"%", `\%`, "$", `\$`, "€", "/", `\frac{1}{2}`, `\frac12`, `\frac`, "e3", "E", `\times 10^{3}`, "10^", "^", "=", "x", "x=", "y", "A",
	" ", "  ", ",", ", ", ";", " and ", " or ", "\n", "\r\n", "**", "`", `\text{`, `\mathrm{`, `\left`, `\right`, `\,`, `\!`, `\\`, `\`,
	`\boxed{`, `\(`, `\)`, `\[`, `\]`, "Yes", "no", "No Error", "five", "million", "½", "５", "，", "。", "、", "正确", "\xff", "\xed\xa0\x80",
	"<answer>", "</answer>", "[Answer]", "The answer is ", "answer: ", "答案是", "not ", "wait", "?", "~", `\quad`, "~", "'", `"`, "“", "”",
}

func randomAnswer(seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 3))
	var b strings.Builder
	for range rng.IntN(7) + 1 {
		b.WriteString(fragments[rng.IntN(len(fragments))])
	}
	return b.String()
}

// spell writes p/q·10^-k in one of several ways, all of which Verify reads
// exactly.
func spell(rng *rand.Rand, p, k int64) string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	den := new(big.Int).Exp(big.NewInt(10), big.NewInt(k), nil)
	digits := fmt.Sprintf("%0*d", k+1, p)
	plain := digits[:len(digits)-int(k)] + "." + digits[len(digits)-int(k):]
	if k == 0 {
		plain = digits
	}
	switch rng.IntN(8) {
	case 0:
		return sign + plain
	case 1:
		return fmt.Sprintf(`%s\frac{%d}{%s}`, sign, p, den)
	case 2:
		return fmt.Sprintf("%s%de-%d", sign, p, k)
	case 3:
		return fmt.Sprintf(`%s%d \times 10^{-%d}`, sign, p, k)
	case 4:
		if k == 0 {
			plain += "."
		}
		return "$" + sign + plain + "00$"
	case 5:
		return fmt.Sprintf("%s%d/%s", sign, p, den)
	case 6:
		return fmt.Sprintf(`x = %s%de%d\%%`, sign, p, 2-k)
	}
	return "**" + sign + plain + "**."
}

func TestLaws(t *testing.T) {
	t.Logf("seed %d", lawSeed)
	params := gopter.DefaultTestParametersWithSeed(lawSeed)
	params.MinSuccessfulTests = 1500
	p := gopter.NewProperties(params)
	p.Property("Verify is symmetric", prop.ForAll(
		func(x, y uint64) bool {
			a, b := randomAnswer(x), randomAnswer(y)
			v, _ := Verify(a, b)
			v2, _ := Verify(b, a)
			return v == v2
		}, gen.UInt64(), gen.UInt64()))
	p.Property("Verify is reflexive, but for empty answers", prop.ForAll(
		func(x uint64) bool {
			a := randomAnswer(x)
			v, rule := Verify(a, a)
			return v == Equal || rule == ruleEmpty
		}, gen.UInt64()))
	p.Property("cleaning twice changes no verdict", prop.ForAll(
		func(x, y uint64) bool {
			a, b := randomAnswer(x), randomAnswer(y)
			v, _ := Verify(a, b)
			w, _ := Verify("  "+a+" ", "\t"+b)
			return v == w
		}, gen.UInt64(), gen.UInt64()))
	p.Property("an extracted answer is part of the response, or joins its boxes", prop.ForAll(
		func(x uint64) bool {
			s := randomAnswer(x)
			e := Extract(s)
			if e.Status != Found {
				return e.Answer == ""
			}
			return strings.Contains(s, e.Answer) || e.Rule == fromBox && strings.Contains(e.Answer, ", ")
		}, gen.UInt64()))
	p.TestingRun(t)
}

// TestNumbersAreExact holds the verdict on numbers to math/big: every spelling
// of a value is equal to every other, and to no spelling of a neighbour.
func TestNumbersAreExact(t *testing.T) {
	t.Logf("seed %d", lawSeed)
	rng := rand.New(rand.NewPCG(lawSeed, 1))
	for range 20_000 {
		k := rng.Int64N(7)
		p := rng.Int64N(2_000_000) - 1_000_000
		q, j := p, k
		switch rng.IntN(3) {
		case 0:
			q = p + rng.Int64N(3) - 1
		case 1:
			q, j = p*10, k+1
		case 2:
			j = rng.Int64N(7)
		}
		x := new(big.Rat).SetFrac(big.NewInt(p), pow(10, k))
		y := new(big.Rat).SetFrac(big.NewInt(q), pow(10, j))
		want := Different
		if x.Cmp(y) == 0 {
			want = Equal
		}
		a, b := spell(rng, p, k), spell(rng, q, j)
		if v, rule := Verify(a, b); v != want {
			t.Fatalf("Verify(%q, %q) = %v by %q, want %v", a, b, v, rule, want)
		}
	}
}

// TestFractionsAreExact does the same for fractions and mixed numbers.
func TestFractionsAreExact(t *testing.T) {
	t.Logf("seed %d", lawSeed)
	rng := rand.New(rand.NewPCG(lawSeed, 2))
	equal := 0
	for range 20_000 {
		a, b, c, d := rng.Int64N(60)+1, rng.Int64N(60)+1, rng.Int64N(60)+1, rng.Int64N(60)+1
		if rng.IntN(2) == 0 {
			m := rng.Int64N(30) + 1
			c, d = a*m, b*m
		}
		x, y := big.NewRat(a, b), big.NewRat(c, d)
		s := fmt.Sprintf("%d/%d", a, b)
		u := fmt.Sprintf(`\frac{%d}{%d}`, c, d)
		if whole := c / d; whole > 0 && c%d != 0 {
			u = fmt.Sprintf(`%d\frac{%d}{%d}`, whole, c%d, d)
		}
		want := Different
		if x.Cmp(y) == 0 {
			want = Equal
			equal++
		}
		if v, rule := Verify(s, u); v != want {
			t.Fatalf("Verify(%q, %q) = %v by %q, want %v", s, u, v, rule, want)
		}
	}
	t.Logf("%d of 20000 equal", equal)
}

func FuzzVerify(f *testing.F) {
	for _, tt := range verifyTests {
		f.Add(tt.a, tt.b)
	}
	for _, tt := range extractTests {
		f.Add(tt.in, tt.answer)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		v, rule := Verify(a, b)
		if v2, rule2 := Verify(b, a); v != v2 {
			t.Errorf("Verify(%q, %q) = %v by %q, swapped %v by %q", a, b, v, rule, v2, rule2)
		}
		if v, rule := Verify(a, a); v != Equal && rule != ruleEmpty {
			t.Errorf("Verify(%q, itself) = %v by %q", a, v, rule)
		}
		if e := Extract(a); (e.Status == Found) != (e.Answer != "") {
			t.Errorf("Extract(%q) = %+v", a, e)
		}
	})
}
