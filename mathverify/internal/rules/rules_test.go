package rules_test

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/rules"
	"github.com/golongrl/golongrl/mathverify/internal/scalar"
	"github.com/golongrl/golongrl/mathverify/internal/syntax"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

const steps = 2_000_000

// A row is an input and what it is worth; "" leaves it as it is.
type row struct{ in, want string }

func parse(t *testing.T, s string) *tree.Node {
	t.Helper()
	n, err := syntax.Parse(s, syntax.Options{}, budget.Of(steps))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return n
}

// run checks that each input becomes what is wanted: entry by entry for
// matrices and tuples, by value for the rest.
func run(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		in := parse(t, r.in)
		b := budget.Of(steps)
		var got *tree.Node
		if err := b.Run(func() { got = rules.Reduce(in, b) }); err != nil {
			t.Errorf("%s: %v", r.in, err)
			continue
		}
		if r.want == "" {
			if got.Op != in.Op {
				t.Errorf("%s became %s, want it left alone", r.in, tree.String(got))
			}
			continue
		}
		want := parse(t, r.want)
		if !same(t, got, want) {
			t.Errorf("%s = %s, want %s", r.in, tree.String(got), r.want)
		}
	}
}

func same(t *testing.T, got, want *tree.Node) bool {
	if want.Op == tree.Matrix || want.Op == tree.Tuple {
		if got.Op != want.Op || got.Cols != want.Cols || len(got.Args) != len(want.Args) {
			return false
		}
		for i := range got.Args {
			if !same(t, got.Args[i], want.Args[i]) {
				return false
			}
		}
		return true
	}
	b := budget.Of(steps)
	verdict := tri.Undecided
	if err := b.Run(func() { verdict, _ = scalar.Equal(got, want, scalar.Options{}, b) }); err != nil {
		return false
	}
	return verdict == tri.Equal
}

func TestIntegers(t *testing.T) {
	run(t, []row{
		{"5!", "120"}, {"0!", "1"}, {"(-1)!", ""}, {"10000!", ""}, {"n!", ""},
		{"5!!", "15"}, {"6!!", "48"}, {"0!!", "1"},
		{`\binom{5}{2}`, "10"}, {`\binom{5}{7}`, "0"}, {`\binom{1000000000}{500000000}`, ""}, {`\binom{1000000}{2}`, "499999500000"},
		{`\gcd(12,18)`, "6"}, {`\operatorname{lcm}(4,6)`, "12"}, {`\gcd(0,0)`, "0"},
		{`10 \bmod 3`, "1"}, {`(-1) \bmod 3`, "2"}, {`7^{1000000000} \bmod 6`, "1"}, {`2^{100}\bmod 1000`, "376"}, {`\frac{7}{2}\bmod 2`, `\frac32`},
		{`\lfloor 2.5\rfloor`, "2"}, {`\lfloor -2.5\rfloor`, "-3"}, {`\lceil 2.5\rceil`, "3"}, {`\lceil -2.5\rceil`, "-2"},
		{`\max(1,5/2,2)`, "5/2"}, {`\min(3,-1)`, "-1"},
		{"101_2", "5"}, {"777_8", "511"}, {"129_2", ""},
		{`30^\circ`, `\frac{\pi}{6}`},
	})
}

func TestSums(t *testing.T) {
	run(t, []row{
		{`\sum_{k=1}^{10} k`, "55"}, {`\sum_{k=1}^{100000} k`, "5000050000"}, {`\sum_{k=5}^{4} k`, "0"},
		{`\sum_{k=1}^{n} k`, `\frac{n(n+1)}{2}`}, {`\sum_{k=1}^{n} k^3`, `\frac{n^2(n+1)^2}{4}`}, {`\sum_{k=0}^{n-1} (2k+1)`, "n^2"},
		{`\sum_{k=1}^{n} 3`, "3n"}, {`\sum_{k=1}^{4} \frac1k`, `\frac{25}{12}`},
		{`\sum_{k=0}^{n} 2^k`, "2^{n+1}-1"}, {`\sum_{k=1}^{\infty} \frac{1}{2^k}`, "1"}, {`\sum_{k=0}^{\infty} 3\left(\frac13\right)^k`, `\frac92`},
		{`\sum_{k=0}^{\infty} 2^k`, ""}, {`\sum_{k=1}^{\infty} \frac{k}{2^k}`, "2"}, {`\sum_{k=1}^{\infty} \frac{k^2}{3^k}`, `\frac32`},
		{`\sum_{k=1}^{\infty} \frac{1}{k^2}`, `\frac{\pi^2}{6}`}, {`\sum_{k=1}^{\infty} \frac{1}{k^4}`, `\frac{\pi^4}{90}`}, {`\sum_{k=2}^{\infty} \frac{1}{k^2}`, `\frac{\pi^2}{6}-1`},
		{`\sum_{k=1}^{\infty} \frac{1}{k}`, ""}, {`\sum_{k=1}^{\infty} \frac{(-1)^{k+1}}{k}`, `\ln 2`}, {`\sum_{k=1}^{\infty} \frac{(-1)^{k}}{k^2}`, `-\frac{\pi^2}{12}`},
		{`\sum_{k=0}^{\infty} \frac{(-1)^k}{2k+1}`, `\frac{\pi}{4}`}, {`\sum_{k=0}^{\infty} \frac{1}{(2k+1)^2}`, `\frac{\pi^2}{8}`}, {`\sum_{k=1}^{\infty} \frac{1}{(2k-1)^2}`, `\frac{\pi^2}{8}`},
		{`\sum_{k=1}^{\infty} \frac{1}{k(k+1)}`, "1"}, {`\sum_{k=1}^{\infty} \frac{1}{k(k+2)}`, `\frac34`}, {`\sum_{k=1}^{n} \frac{1}{k(k+1)}`, `\frac{n}{n+1}`},
		{`\sum_{k=1}^{\infty} \frac{1}{4k^2-1}`, `\frac12`}, {`\sum_{k=0}^{\infty} \frac{1}{k(k+1)}`, ""},
		{`\sum_{k=0}^{\infty} \frac{1}{k!}`, "e"}, {`\sum_{k=1}^{\infty} \frac{2^k}{k!}`, "e^2-1"}, {`\sum_{n=0}^{\infty} \frac{x^n}{n!}`, "e^x"},
		{`\sum_{k=0}^{n} \binom{n}{k}`, "2^n"}, {`\sum_{k=0}^{n} \binom{n}{k} 2^k`, "3^n"}, {`\sum_{k=1}^{n} \binom{n}{k}`, ""}, {`\sum_{k=0}^{n} (-1)^k\binom{n}{k}`, ""}, {`\sum_{k=0}^{m} \binom{n}{k}`, ""},
		{`\sum_{k=1}^{n} a_k`, ""}, {`\sum_{k=1}^{3} a_k`, ""}, {`\sum_{k=1}^{n} a_{k+1}`, ""}, {`\sum_{k=1}^{3} a_1`, "3a_1"}, {`\prod_{k=1}^{n} a_k`, ""},
	})
}

func TestProducts(t *testing.T) {
	run(t, []row{
		{`\prod_{k=1}^{5} k`, "120"}, {`\prod_{k=1}^{n} k`, "n!"}, {`\prod_{k=1}^{n} 2`, "2^n"}, {`\prod_{k=2}^{10} (1-\frac{1}{k^2})`, `\frac{11}{20}`},
		{`\prod_{k=1}^{n} \frac{k+1}{k}`, "n+1"}, {`\prod_{k=3}^{2} k`, "1"},
	})
}

func TestDerivatives(t *testing.T) {
	run(t, []row{
		{`\frac{d}{dx} x^3`, "3x^2"}, {`\frac{d}{dx} (\sin x)`, `\cos x`}, {`\frac{d}{dx}(x^2 e^x)`, "(x^2+2x)e^x"},
		{`\frac{d}{dx} \ln x`, `\frac1x`}, {`\frac{d}{dx}\left(\frac{x}{x+1}\right)`, `\frac{1}{(x+1)^2}`}, {`\frac{d}{dx}\sqrt{x}`, `\frac{1}{2\sqrt{x}}`},
		{`\frac{d^2}{dx^2} x^4`, "12x^2"}, {`\frac{d}{dx} \sin(x^2)`, `2x\cos(x^2)`}, {`\frac{d}{dx} 2^x`, `2^x\ln 2`}, {`\frac{d}{dx}\arctan x`, `\frac{1}{1+x^2}`},
		{`\frac{d}{dx}(uv)`, ""}, {`\frac{d}{dx}(y^2)`, ""}, {`\frac{d}{dx}(xy)`, ""}, {`\frac{d}{dx}(ax^2)`, "2ax"}, {`\frac{d}{dx}5`, "0"},
	})
}

func TestIntegrals(t *testing.T) {
	run(t, []row{
		{`\int x\,dx`, `\frac{x^2}{2}+C`}, {`\int \frac{1}{x}\,dx`, `\ln|x|+C`}, {`\int \cos 2x\,dx`, `\frac{\sin 2x}{2}+C`},
		{`\int x e^x\,dx`, `(x-1)e^x+C`}, {`\int \ln x\,dx`, `x\ln x-x+C`}, {`\int \frac{1}{x^2+1}\,dx`, `\arctan x+C`}, {`\int x e^{x^2}\,dx`, `\frac12e^{x^2}+C`},
		{`\int_0^1 x^2\,dx`, `\frac13`}, {`\int_0^{\pi}\sin x\,dx`, "2"}, {`\int_1^e \frac{1}{x}\,dx`, "1"}, {`\int_1^3 \frac{1}{x^2}\,dx`, `\frac23`},
		{`\int_{-1}^{1}\frac{1}{x^2}\,dx`, ""}, {`\int_{-1}^{1}\frac{1}{x}\,dx`, ""}, {`\int_0^1 \frac{1}{1+x^2}\,dx`, `\frac{\pi}{4}`}, {`\int_0^1 \frac{1}{\sqrt{1-x^2}}\,dx`, `\frac{\pi}{2}`},
		{`\int_0^1 x e^x\,dx`, "1"}, {`\int_0^{\infty} e^{-x}\,dx`, "1"}, {`\int_{-\infty}^{\infty} e^{-x^2}\,dx`, `\sqrt{\pi}`}, {`\int_0^1 \sqrt{x}\,dx`, `\frac23`},
		{`\int_1^2 \frac{1}{x(x+1)}\,dx`, `\ln\frac43`}, {`\int_0^{\pi/4}\sec^2 x\,dx`, "1"}, {`\int_0^{\pi}\tan x\,dx`, ""}, {`\int_0^{\pi}\sin^2 x\,dx`, `\frac{\pi}{2}`},
		{`\int_1^{e}\ln x\,dx`, "1"}, {`\int_1^{\infty}\frac{1}{x^2}\,dx`, "1"}, {`\int_0^2 |x-1|\,dx`, ""},
		{`\int y\,dx`, ""}, {`\int ax\,dx`, `\frac{ax^2}{2}+C`},
	})
}

func TestLimits(t *testing.T) {
	run(t, []row{
		{`\lim_{x\to0}\frac{\sin x}{x}`, "1"}, {`\lim_{x\to2} x^2`, "4"}, {`\lim_{x\to1}\frac{x^2-1}{x-1}`, "2"}, {`\lim_{x\to0}\frac{1-\cos x}{x^2}`, `\frac12`},
		{`\lim_{x\to\infty}\frac{2x^2+1}{x^2-x}`, "2"}, {`\lim_{x\to\infty}\frac{1}{x}`, "0"}, {`\lim_{n\to\infty}\left(1+\frac1n\right)^n`, "e"}, {`\lim_{n\to\infty}\left(1-\frac2n\right)^{3n}`, "e^{-6}"},
		{`\lim_{x\to0}(1+x)^{1/x}`, "e"}, {`\lim_{x\to0}\frac{e^x-1}{x}`, "1"}, {`\lim_{x\to0}\frac1x`, ""}, {`\lim_{x\to\infty}\arctan x`, `\frac{\pi}{2}`},
		{`\lim_{x\to0}\frac{\tan x-\sin x}{x^3}`, `\frac12`}, {`\lim_{h\to0}\frac{(x+h)^2-x^2}{h}`, "2x"}, {`\lim_{x\to0}\lfloor x\rfloor`, ""},
		{`\lim_{n\to\infty}\sqrt[n]{n}`, "1"}, {`\lim_{n\to\infty}n^{1/n}`, "1"}, {`\lim_{n\to\infty}\sqrt[n]{2}`, "1"}, {`\lim_{n\to\infty} a_n`, ""},
	})
}

func TestMatrices(t *testing.T) {
	run(t, []row{
		{`\det\begin{pmatrix}1&2\\3&4\end{pmatrix}`, "-2"}, {`\begin{vmatrix}a&b\\c&d\end{vmatrix}`, "ad-bc"}, {`\begin{vmatrix}1&2&3\\4&5&6\\7&8&10\end{vmatrix}`, "-3"},
		{`2\begin{pmatrix}1&2\\3&4\end{pmatrix}`, `\begin{pmatrix}2&4\\6&8\end{pmatrix}`},
		{`\begin{pmatrix}1&2\\3&4\end{pmatrix}\begin{pmatrix}0&1\\1&0\end{pmatrix}`, `\begin{pmatrix}2&1\\4&3\end{pmatrix}`},
		{`\begin{pmatrix}1&2\\3&4\end{pmatrix}+\begin{pmatrix}1&0\\0&1\end{pmatrix}`, `\begin{pmatrix}2&2\\3&5\end{pmatrix}`},
		{`\begin{pmatrix}1&1\\0&1\end{pmatrix}^{5}`, `\begin{pmatrix}1&5\\0&1\end{pmatrix}`},
		{`\begin{pmatrix}1&2\\3&4\end{pmatrix}^{-1}`, `\begin{pmatrix}-2&1\\3/2&-1/2\end{pmatrix}`},
		{`\begin{pmatrix}1&2\\3&4\end{pmatrix}^T`, `\begin{pmatrix}1&3\\2&4\end{pmatrix}`},
		{`\begin{pmatrix}1&2\\2&4\end{pmatrix}^{-1}`, ""},
		{`(1,2)+(3,4)`, `(4,6)`}, {`2(1,2,3)`, `(2,4,6)`},
	})
}
