package mathverify_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golongrl/golongrl/mathverify"
)

// hostile are answers made to hang or to fill the memory of a verifier. Their
// verdict matters less than that it comes soon.
func hostile() []struct{ name, gold, response string } {
	nest := func(open, inner, end string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
	}
	box := func(s string) string { return `\boxed{` + s + `}` }
	terms := make([]string, 2000)
	for i := range terms {
		terms[i] = fmt.Sprint(i + 1)
	}
	big, roots := make([]string, 500), make([]string, 60)
	for i := range big {
		big[i] = fmt.Sprintf(`\sqrt{%d}+%d`, i+2, i)
	}
	for i := range roots {
		roots[i] = fmt.Sprintf(`\sqrt{%d}`, 2*i+3)
	}
	return []struct{ name, gold, response string }{
		{"tower of nines", "1", box(`9^{9^{9}}`)},
		{"factorial of a billion", "1", box(`(10^9)!`)},
		{"factorial", "1", box(`1000000!`)},
		{"nested factorials", "1", box(`((10!)!)!`)},
		{"binomial", "1", box(`\binom{10^9}{5\cdot 10^8}`)},
		{"five towers", "1", box(`2^{3^{4^{5^{6}}}}+2^{3^{4^{5^{7}}}}`)},
		{"tower of powers of two", "1", box(`2^{4^{8^{16}}}`)},
		{"huge exponents", `2^{10^{10}}`, box(`2^{10^{10}}+1`)},
		{"huge decimal exponent", "1e999999999", box("1e999999998")},
		{"long sum", "1", box(`\sum_{k=1}^{10000000} k^{-1}`)},
		{"sum of sines", "1", box(`\sum_{k=1}^{10000} \sin k`)},
		{"double sum", "1", box(`\sum_{i=1}^{9999}\sum_{j=1}^{9999} \frac{1}{i+j}`)},
		{"product", "1", box(`\prod_{k=1}^{100000} (k^2+1)`)},
		{"sine of a huge number", "1", box(`\sin(10^{10^8})`)},
		{"modular power", "1", box(`7^{10^9} \bmod 6`)},
		{"integral", "1", box(`\int_0^1 \frac{\sin(x)\ln(1+x)}{\sqrt{1+x^3}}\,dx`)},
		{"expansion", `(x+1)^{1000}`, box(`(x+1)^{999}(x+2)`)},
		{"expansion, equal", `(x+1)^{1000}`, box(`(x+1)^{999}(x+1)`)},
		{"high power", `(x+1)^{100000}`, box(`(x+2)^{100000}`)},
		{"many variables", `(a+b+c+d+e_1+f+g+h)^{30}`, box(`(a+b+c+d+e_1+f+g+h)^{29}(a+b+c+d+e_1+f+g+k)`)},
		{"nested sines", "1", box(nest(`\sin(`, "x", ")", 40))},
		{"nested roots", "1", box(nest(`\sqrt{1+`, "x", "}", 60))},
		{"nested radicals of numbers", "2", box(nest(`\sqrt{2+`, `\sqrt{2}`, "}", 60))},
		{"sum of many roots", strings.Join(roots, "+"), box(strings.Join(roots, "+") + "+10^{-200}")},
		{"large set", `\{` + strings.Join(big, ", ") + `\}`, box(`\{` + strings.Join(big[1:], ", ") + `, 7\}`)},
		{"large list", strings.Join(terms, ", "), box(strings.Join(terms[1:], ", "))},
		{"long integer sum", "2001000", box(strings.Join(terms, "+"))},
		{"nested parentheses", "5", box(nest("(", "5", ")", 200))},
		{"very nested parentheses", "5", box(nest("(", "5", ")", 100_000))},
		{"nested braces", "5", box(nest("{", "5", "}", 100_000))},
		{"nested fractions", "5", box(nest(`\frac{1}{1+`, "5", "}", 50))},
		{"very nested fractions", "5", box(nest(`\frac{1}{`, "5", "}", 20_000))},
		{"minus signs", "5", box(strings.Repeat("-", 50_000) + "5")},
		{"bars", "5", box(strings.Repeat("|", 20_000) + "5")},
		{"carets", "5", box("2" + strings.Repeat("^2", 20_000))},
		{"subscripts", "5", box("x" + strings.Repeat("_{x", 5000) + strings.Repeat("}", 5000))},
		{"long number", strings.Repeat("7", 100_000), box(strings.Repeat("7", 99_999) + "8")},
		{"long decimal", "0." + strings.Repeat("3", 60_000), box(`\frac13`)},
		{"long fraction", strings.Repeat("7", 5000) + "/" + strings.Repeat("3", 5000), box(strings.Repeat("7", 5000) + "/" + strings.Repeat("3", 4999) + "1")},
		{"ones", "1", strings.Repeat("1 ", 100_000)},
		{"groups of zeros", "1", strings.Repeat(" 000", 50_000)},
		{"open parentheses", "1", strings.Repeat(`\( `, 60_000)},
		{"open brackets", "1", strings.Repeat(`\[ `, 60_000)},
		{"dollars", "1", strings.Repeat("$ ", 100_000)},
		{"boxes", "1", strings.Repeat(`\boxed{`, 28_000)},
		{"answers", "1", strings.Repeat("the answer is ", 14_000)},
		{"bold", "1", strings.Repeat("**", 100_000)},
		{"equals signs", "1", box(strings.Repeat("x=", 20_000) + "1")},
		{"plus-minus", "1", box(strings.Repeat(`\pm 1`, 200))},
		{"unions", `(0,1)`, box(`(0,1)` + strings.Repeat(`\cup(0,1)`, 2000))},
		{"or", "x=1", box("x=1" + strings.Repeat(` \text{ or } x=1`, 2000))},
		{"matrix", "1", box(`\det\begin{pmatrix}` + strings.Repeat(strings.Repeat("x&", 11)+`x\\`, 12) + `\end{pmatrix}`)},
		{"gamma", "1", box(`\Gamma(10^{9}+\frac12)`)},
		{"polynomial equation", "x=1", box(`x^{200}-3x^{77}+2=0`)},
		{"inequality of high degree", "x>1", box(`(x-1)(x-2)(x-3)(x-4)(x-5)(x-6)(x-7)(x-8)(x^{50}+1)>0`)},
		{"logarithms", `\ln(2^{10^9}+1)`, box(`\ln(2^{10^9})`)},
		{"primes", `\sqrt{1000000007 \cdot 998244353}`, box(`\sqrt{1000000007}\sqrt{998244353}`)},
		{"large radicand", `\sqrt{` + strings.Repeat("9", 3000) + `}`, box(`\sqrt{` + strings.Repeat("9", 2999) + `8}`)},
		{"roots of unity", `\cos\frac{\pi}{997}`, box(`\cos\frac{3\pi}{997}`)},
		{"roots of unity, close", `\cos\frac{\pi}{99991}`, box(`\cos\frac{\pi}{99989}`)},
	}
}

// TestHostile holds every hostile answer to the bounds on time and memory, with
// much room for slow and busy machines; docs/performance.md has the times on a
// quiet one.
func TestHostile(t *testing.T) {
	limit := 2 * time.Second
	if raceEnabled {
		limit *= 15
	}
	for _, h := range hostile() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		r, err := mathverify.Options{}.Check(context.Background(), h.gold, h.response)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Errorf("%s: %v", h.name, err)
		}
		if took > limit {
			t.Errorf("%s took %v: %v (%s)", h.name, took, r.Verdict, r.Rule)
		}
		if mb := float64(after.TotalAlloc-before.TotalAlloc) / (1 << 20); mb > 256 {
			t.Errorf("%s allocated %.0f MB in total", h.name, mb)
		}
		if testing.Verbose() {
			t.Logf("%-32s %10v %6.1f MB %v (%s)", h.name, took.Round(time.Microsecond), float64(after.TotalAlloc-before.TotalAlloc)/(1<<20), r.Verdict, r.Rule)
		}
		if again, _ := (mathverify.Options{}).Check(context.Background(), h.gold, h.response); again.Verdict != r.Verdict || again.Rule != r.Rule {
			t.Errorf("%s: %v (%s), then %v (%s)", h.name, r.Verdict, r.Rule, again.Verdict, again.Rule)
		}
	}
}

// TestManyThreads runs the hostile answers from many goroutines at once: the
// verdicts must be those of one.
func TestManyThreads(t *testing.T) {
	all := hostile()
	want := make([]string, len(all))
	for i, h := range all {
		r, _ := mathverify.Options{}.Check(context.Background(), h.gold, h.response)
		want[i] = r.Verdict.String() + " " + r.Rule
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for k := range all {
				i := (k + g*7) % len(all)
				r, _ := mathverify.Options{}.Check(context.Background(), all[i].gold, all[i].response)
				if got := r.Verdict.String() + " " + r.Rule; got != want[i] {
					t.Errorf("%s: %s, alone %s", all[i].name, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (mathverify.Options{}).Check(ctx, "x", `\boxed{y^2}`); !errors.Is(err, context.Canceled) {
		t.Errorf("err %v, want context.Canceled", err)
	}
	// A context that ends while the engine works ends the work.
	ctx, cancel = context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := mathverify.Options{Steps: 1 << 50}.Check(ctx, "1", `\boxed{\sum_{i=1}^{9999}\sum_{j=1}^{9999} \frac{1}{i+j}}`)
	if took := time.Since(start); err != nil && took > 5*time.Second {
		t.Errorf("cancelled after %v", took)
	} else if err == nil {
		t.Logf("done in %v, before the context ended", took)
	}
}
