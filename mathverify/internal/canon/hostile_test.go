package canon

import (
	"runtime"
	"testing"
	"time"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// TestHostile runs what would explode if it were written out. The verdict does
// not matter; that there is one soon does. The clock is only logged, for the
// bound is one of steps.
func TestHostile(t *testing.T) {
	x := tree.Sym("x")
	deep, wide := x, []*tree.Node{}
	for i := range 5000 {
		deep = tree.Fn("sin", deep)
		wide = append(wide, tree.New(tree.Root, tree.Int(int64(i)+2), tree.Int(2)))
	}
	nested := x
	for range 60 {
		nested = tree.New(tree.Add, tree.New(tree.Root, tree.New(tree.Add, nested, tree.Int(1)), tree.Int(2)), tree.Fn("abs", nested))
	}
	manySymbols := []*tree.Node{}
	for c := 'a'; c < 'a'+200; c++ {
		manySymbols = append(manySymbols, tree.Sym(string(c)))
	}
	trees := []*tree.Node{
		deep, tree.New(tree.Add, wide...), nested, tree.New(tree.Add, manySymbols...),
		tree.New(tree.Pow, tree.New(tree.Add, manySymbols[:20]...), tree.Int(40)),
	}
	for _, s := range []string{
		"9^{9^{9}}", "9^{9^{9^{9}}}", "1000000000!", "1000000!", `\binom{1000000000}{500000000}`, "2^{10^{10}}",
		"2^{2^{32}}", "2^{4^{8^{16}}}", "(x+1)^{100000}", "(x+y+z+1)^{200}", `(\frac13+x)^{500}`, "x^{10^{30}}",
		`\sin(10^{30}\pi)`, `\cos(\frac{\pi}{1000003})`, `\sqrt[1000003]{2}`, `2^{\frac{1}{1000003}}`, "(1/3)^{1000000}",
		`\sqrt{2^{20000}+1}`, `\sqrt[3]{10^{4000}+7}`, `\ln(2^{60000}+1)`, `(\sqrt2+\sqrt3+\sqrt5+\sqrt7)^{300}`,
		`(\sin(x)+\cos(y)+\tan(z))^{60}`, `\cos(\frac{\pi}{7})+\cos(\frac{\pi}{11})+\cos(\frac{\pi}{13})`,
		`(\cos(\frac{\pi}{7})+\cos(\frac{\pi}{11})+1)^{400}`, `e^{e^{e^{e^{x}}}}`, "(n+60)!/(n-60)!", `\binom{n}{60}`,
		"1/0", "0^0", "0^{-1}", `\ln(0)`, `\frac{1}{x-x}`, "(-1)!", "x!!", `\log(2,1)`, `\tan(\frac{\pi}{2})`, `\arcsin(2)`,
		"0.123456789123456789^{0.123456789123456789}", "x^{0.123456789123456789}", "(-5)^{0.3}", "i^i", `\sqrt{i}`, "i^{1000000007}",
	} {
		trees = append(trees, parse(t, s))
	}
	for _, n := range trees {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		b := budget.Of(testSteps)
		err := b.Run(func() {
			Equal(n, tree.New(tree.Add, n, tree.Int(1)), Options{}, b)
		})
		spent := time.Since(start)
		runtime.ReadMemStats(&after)
		name := "a large tree"
		if tree.Size(n, 1000) < 1000 {
			name = show(n)
		}
		if spent > 20*time.Millisecond {
			t.Logf("%.60s: %v, %d steps, %d MB allocated, %v", name, spent, testSteps-b.Left(), (after.TotalAlloc-before.TotalAlloc)>>20, err)
		}
		if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 200 {
			t.Errorf("%.60s: %d MB allocated", name, mb)
		}
		b = budget.Of(testSteps)
		b.Run(func() {
			if Equal(n, tree.New(tree.Add, n, tree.Int(1)), Options{}, b) == Zero {
				t.Errorf("%.60s equals itself plus 1", name)
			}
			Normal(n, Options{}, b)
			Rational(n, b)
		})
	}
}
