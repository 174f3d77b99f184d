package mvsym

import (
	"fmt"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

const seed = 20261123

func equalTexts(gold, answer string) bool {
	b := budget.Of(8 * steps)
	g, ok := ParseLatex(gold, b)
	if !ok {
		return false
	}
	a, ok := ParseLatex(answer, b)
	return ok && Verify([]*Value{g}, []*Value{a}, DefaultOptions(), b)
}

func TestLaws(t *testing.T) {
	t.Logf("seed %d", seed)
	p := gopter.DefaultTestParametersWithSeed(seed)
	p.MinSuccessfulTests = 300
	ps := gopter.NewProperties(p)
	small := gen.IntRange(-50, 50)
	positive := gen.IntRange(1, 40)

	ps.Property("a fraction equals its multiples and no other fraction", prop.ForAll(func(a, n, k, m int) bool {
		g := fmt.Sprintf(`\frac{%d}{%d}`, a, n)
		return equalTexts(g, fmt.Sprintf(`\frac{%d}{%d}`, a*k, n*k)) && equalTexts(g, fmt.Sprintf(`\frac{%d}{%d}`, m, n)) == (m == a)
	}, small, positive, positive, small))

	ps.Property("a set of integers is the same in any order", prop.ForAll(func(a []int) bool {
		if len(a) < 2 {
			return true
		}
		up, down := make([]string, len(a)), make([]string, len(a))
		for i, x := range a {
			up[i], down[len(a)-1-i] = fmt.Sprint(x), fmt.Sprint(x)
		}
		return equalTexts(`\{`+strings.Join(up, " , ")+`\}`, `\{`+strings.Join(down, " , ")+`\}`)
	}, gen.SliceOf(small)))

	ps.Property("the order of terms does not matter, their values do", prop.ForAll(func(a, b, c, d int) bool {
		g := fmt.Sprintf("%dx^2+(%d)x+(%d)", a, b, c)
		return equalTexts(g, fmt.Sprintf("%d+(%d)x+(%d)x^2", c, b, a)) && (d == c || !equalTexts(g, fmt.Sprintf("%dx^2+(%d)x+(%d)", a, b, d)))
	}, positive, small, small, small))

	ps.Property("an assignment equals its value both ways, an inequality only as the gold", prop.ForAll(func(a int) bool {
		x, set := fmt.Sprintf("x=%d", a), fmt.Sprintf(`(%d,\infty)`, a)
		above := fmt.Sprintf("x>%d", a)
		return equalTexts(x, fmt.Sprint(a)) && equalTexts(fmt.Sprint(a), x) && equalTexts(above, set) && !equalTexts(set, above)
	}, small))

	ps.TestingRun(t)
}
