package canon

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// identities hold for all real u and v, with the same domain on both sides.
var identities = [][2]string{
	{"u+v", "v+u"},
	{"uv", "vu"},
	{"u(v+1)", "uv+u"},
	{"(u+v)^2", "u^2+2uv+v^2"},
	{"(u-v)(u+v)", "u^2-v^2"},
	{"(u+v)^3", "u^3+3u^2v+3uv^2+v^3"},
	{"u^3-v^3", "(u-v)(u^2+uv+v^2)"},
	{`\frac{u}{v^2+1}+\frac{v}{v^2+1}`, `\frac{u+v}{v^2+1}`},
	{`\frac{1}{u^2+1}-\frac{1}{u^2+2}`, `\frac{1}{(u^2+1)(u^2+2)}`},
	{`\sin(u)^2`, `1-\cos(u)^2`},
	{`\sin(2u)`, `2\sin(u)\cos(u)`},
	{`\sin(u+v)`, `\sin(u)\cos(v)+\cos(u)\sin(v)`},
	{`\cos(u)\cos(v)`, `\frac12(\cos(u+v)+\cos(u-v))`},
	{`\cos(3u)`, `4\cos(u)^3-3\cos(u)`},
	{`\cos(-u)`, `\cos(u)`},
	{`\sin(u+\pi)`, `-\sin(u)`},
	{`\cos(\frac{\pi}{3}-u)`, `\frac{\cos(u)+\sqrt3\sin(u)}{2}`},
	{`e^{u+v}`, `e^ue^v`},
	{`e^{2u}-1`, `(e^u-1)(e^u+1)`},
	{`e^{-u}`, `\frac{1}{e^u}`},
	{`\cosh(u)^2`, `1+\sinh(u)^2`},
	{`2^{u+3}`, `8\cdot2^u`},
	{`4^u`, `2^{2u}`},
	{`6^u`, `2^u3^u`},
	{`\sqrt{u^2}`, `|u|`},
	{`|uv|`, `|u|\cdot|v|`},
	{`|u-v|`, `|v-u|`},
	{`|u|^2`, `u^2`},
	{`\sqrt[3]{8u}`, `2\sqrt[3]{u}`},
	{`\ln(u^2+1)+\ln(3)`, `\ln(3u^2+3)`},
	{`\ln(e^u)`, `u`},
	{`\sqrt{12}u`, `2\sqrt3u`},
	{`\frac{u}{\sqrt2}`, `\frac{\sqrt2u}{2}`},
	{`\frac{u}{1+\sqrt5}`, `\frac{(\sqrt5-1)u}{4}`},
	{`\sqrt{3+2\sqrt2}u`, `u+\sqrt2u`},
	{`\frac{1}{\sqrt{u^2+1}}`, `\frac{\sqrt{u^2+1}}{u^2+1}`},
	{`\arctan(-u)`, `-\arctan(u)`},
	{`\cos(\arctan(u))^2`, `\frac{1}{1+u^2}`},
	{`u\cos(36^\circ)`, `u\frac{1+\sqrt5}{4}`},
	{`u\%`, `\frac{u}{100}`},
}

// simple makes a tree for u, v or a context.
func simple(r *rand.Rand, depth int) *tree.Node {
	if depth == 0 || r.IntN(3) == 0 {
		switch r.IntN(5) {
		case 0:
			return tree.Int(int64(r.IntN(9) + 1))
		case 1:
			return tree.New(tree.Div, tree.Int(int64(r.IntN(9)+1)), tree.Int(int64(r.IntN(6)+2)))
		case 2:
			return tree.Sym("y")
		}
		return tree.Sym("x")
	}
	a := simple(r, depth-1)
	switch r.IntN(6) {
	case 0:
		return tree.New(tree.Neg, a)
	case 1:
		return tree.New(tree.Mul, a, simple(r, depth-1))
	case 2:
		return tree.New(tree.Pow, a, tree.Int(2))
	}
	return tree.New(tree.Add, a, simple(r, depth-1))
}

// within puts a tree into a context.
func within(n *tree.Node, seed uint64) *tree.Node {
	r := rand.New(rand.NewPCG(seed, 1))
	for range r.IntN(3) {
		other := simple(r, 1)
		switch r.IntN(6) {
		case 0:
			n = tree.New(tree.Add, n, other)
		case 1:
			n = tree.New(tree.Mul, other, n)
		case 2:
			n = tree.New(tree.Div, n, tree.New(tree.Add, tree.New(tree.Pow, other, tree.Int(2)), tree.Int(1)))
		case 3:
			n = tree.New(tree.Pow, n, tree.Int(2))
		case 4:
			n = tree.New(tree.Neg, n)
		case 5:
			n = tree.Fn("exp", n)
		}
	}
	return n
}

func TestIdentitiesInContext(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 0))
	t.Log("seed", seed)
	missed, total := 0, 0
	for _, id := range identities {
		left, right := parse(t, id[0]), parse(t, id[1])
		for range 40 {
			u, v, c := simple(r, 2), simple(r, 2), r.Uint64()
			put := func(n *tree.Node) *tree.Node {
				return within(tree.Replace(tree.Replace(n, "u", u), "v", v), c)
			}
			x, y := put(left), put(right)
			b := budget.Of(testSteps)
			total++
			var got, off, scaled Result
			b.Run(func() { got = Equal(x, y, Options{}, b) })
			if got != Zero {
				missed++
				if got == NonZero || testing.Verbose() {
					t.Logf("%v: %s and %s", got, show(x), show(y))
				}
			}
			if got == NonZero && !tree.Has(x, tree.Div) {
				t.Errorf("%s and %s are said to differ", show(x), show(y))
			}
			b = budget.Of(testSteps)
			b.Run(func() {
				off = Equal(x, tree.New(tree.Add, y, tree.Rat(big.NewRat(1, 1000000007))), Options{}, b)
				scaled = Equal(x, tree.New(tree.Mul, y, tree.Int(-1)), Options{}, b)
			})
			if _, _, _, yes := differs(x, tree.New(tree.Neg, x)); off == Zero || scaled == Zero && yes {
				t.Errorf("%s and a perturbed %s are said to be equal", show(x), show(y))
			}
		}
	}
	t.Logf("missed %d of %d", missed, total)
	if missed*50 > total {
		t.Errorf("missed %d of %d", missed, total)
	}
}
