package mathpairs

import (
	"fmt"
	"strconv"
	"strings"
)

func polynomials(s *Source) (gold, same, other string) {
	x := pick(s, "x", "t", "n", "y")
	a, b, c := s.nonzero(9), s.nonzero(9), s.between(1, 4)
	factors := fmt.Sprintf("(%s)(%s)", sum(term(c, x), term(a, "")), sum(term(1, x), term(b, "")))
	expand := func(p, q, r int) string { return sum(term(p, x+"^2"), term(q, x), term(r, "")) }
	gold = expand(c, a+b*c, a*b)
	same = pick(s, factors, sum(term(a*b, ""), term(a+b*c, x), term(c, x+"^{2}")))
	other = pick(s, expand(c, a+b*c, -a*b), expand(c, a+b*c+1, a*b), expand(-c, a+b*c, a*b),
		fmt.Sprintf("(%s)(%s)", sum(term(c, x), term(a, "")), sum(term(1, x), term(-b, ""))))
	if s.n(4) == 0 {
		gold = fmt.Sprintf("(%s)^3", sum(term(1, x), term(a, "")))
		same = sum(term(1, x+"^3"), term(3*a, x+"^2"), term(3*a*a, x), term(a*a*a, ""))
		other = sum(term(1, x+"^3"), term(3*a, x+"^2"), term(3*a*a, x), term(-a*a*a, ""))
	}
	return gold, same, other
}

func rationals(s *Source) (gold, same, other string) {
	a, b := s.two(9)
	gold = fmt.Sprintf(`\frac{1}{x-%d}-\frac{1}{x-%d}`, a, b)
	same = fmt.Sprintf(`\frac{%d}{(x-%d)(x-%d)}`, a-b, a, b)
	other = pick(s, fmt.Sprintf(`\frac{%d}{(x-%d)(x-%d)}`, b-a, a, b), fmt.Sprintf(`\frac{%d}{(x-%d)(x+%d)}`, a-b, a, b))
	if s.bool() {
		gold = fmt.Sprintf(`\frac{x^2-%d}{x-%d}`, a*a, a)
		same, other = fmt.Sprintf("x+%d", a), pick(s, fmt.Sprintf("x-%d", a), fmt.Sprintf("%d", a))
	}
	return gold, same, other
}

func twoVariables(s *Source) (gold, same, other string) {
	p, q := pick(s, "a", "x", "m"), pick(s, "b", "y", "n")
	switch s.n(4) {
	case 0:
		return fmt.Sprintf("%s^2-%s^2", p, q), fmt.Sprintf("(%s+%s)(%s-%s)", p, q, p, q), pick(s, fmt.Sprintf("%s^2-%s^2", q, p), fmt.Sprintf("(%s-%s)^2", p, q))
	case 1:
		return fmt.Sprintf(`\frac{%s}{%s}+\frac{%s}{%s}`, p, q, q, p), fmt.Sprintf(`\frac{%s^2+%s^2}{%s%s}`, p, q, p, q), fmt.Sprintf(`\frac{%s+%s}{%s%s}`, p, q, p, q)
	case 2:
		return fmt.Sprintf(`(%s+%s)^2`, p, q), fmt.Sprintf("%s^2+2%s%s+%s^2", p, p, q, q), pick(s, fmt.Sprintf("%s^2+%s^2", p, q), fmt.Sprintf("%s^2+%s%s+%s^2", p, p, q, q))
	}
	return fmt.Sprintf(`\frac{1}{%s}+\frac{1}{%s}`, p, q), fmt.Sprintf(`\frac{%s+%s}{%s%s}`, p, q, p, q), fmt.Sprintf(`\frac{1}{%s+%s}`, p, q)
}

func trigonometry(s *Source) (gold, same, other string) {
	x := pick(s, "x", `\theta`, `\alpha`)
	all := [...][3]string{
		{`\sin 2#`, `2\sin #\cos #`, `2\sin #`},
		{`\cos 2#`, `1-2\sin^2 #`, `2\sin^2 #-1`},
		{`\cos 2#`, `2\cos^2 #-1`, `2\cos^2 #+1`},
		{`\sin^2 #`, `1-\cos^2 #`, `1+\cos^2 #`},
		{`\tan #`, `\frac{\sin #}{\cos #}`, `\frac{\cos #}{\sin #}`},
		{`1+\tan^2 #`, `\sec^2 #`, `\csc^2 #`},
		{`\sin 3#`, `3\sin #-4\sin^3 #`, `3\sin #+4\sin^3 #`},
		{`\sin^4 #-\cos^4 #`, `-\cos 2#`, `\cos 2#`},
		{`\sin(#+\frac{\pi}{4})`, `\frac{\sqrt2}{2}(\sin #+\cos #)`, `\frac{\sqrt2}{2}(\sin #-\cos #)`},
		{`\cos(#-\frac{\pi}{2})`, `\sin #`, `-\sin #`},
		{`\sin(#+\pi)`, `-\sin #`, `\sin #`},
		{`\cosh^2 #-\sinh^2 #`, `1`, `-1`},
		{`\frac{\sin 2#}{1+\cos 2#}`, `\tan #`, `\cot #`},
		{`(\sin #+\cos #)^2`, `1+\sin 2#`, `1+\sin #`},
	}
	row := all[s.n(len(all))]
	for i := range row {
		row[i] = strings.ReplaceAll(row[i], "#", x)
	}
	return row[0], row[1], row[2]
}

func exactTrig(s *Source) (gold, same, other string) {
	all := [...][3]string{
		{`\frac{\sqrt3}{2}`, `\sin 60^\circ`, `\sin 30^\circ`},
		{`\frac12`, `\cos\frac{\pi}{3}`, `\cos\frac{\pi}{6}`},
		{`\frac{\sqrt6-\sqrt2}{4}`, `\sin 15^\circ`, `\cos 15^\circ`},
		{`\frac{\sqrt6+\sqrt2}{4}`, `\sin\frac{5\pi}{12}`, `\sin\frac{\pi}{12}`},
		{`2+\sqrt3`, `\tan 75^\circ`, `\tan 15^\circ`},
		{`\frac{\sqrt5-1}{4}`, `\sin 18^\circ`, `\cos 36^\circ`},
		{`\sqrt2-1`, `\tan\frac{\pi}{8}`, `\tan\frac{3\pi}{8}`},
		{`\frac18`, `\cos 20^\circ\cos 40^\circ\cos 80^\circ`, `\cos 10^\circ\cos 40^\circ\cos 80^\circ`},
		{`-\frac12`, `\cos\frac{2\pi}{7}+\cos\frac{4\pi}{7}+\cos\frac{6\pi}{7}`, `\cos\frac{\pi}{7}+\cos\frac{3\pi}{7}+\cos\frac{5\pi}{7}`},
		{`\frac{\pi}{6}`, `\arcsin\frac12`, `\arccos\frac12`},
		{`\frac{\pi}{4}`, `\arctan\frac12+\arctan\frac13`, `\arctan\frac12+\arctan\frac14`},
		{`\frac{\pi}{4}`, `45^\circ`, `60^\circ`},
		{`-\frac{\sqrt2}{2}`, `\cos 135^\circ`, `\cos 45^\circ`},
		{`\frac{3}{4}`, `\sin^2 60^\circ`, `\sin^2 45^\circ`},
	}
	row := all[s.n(len(all))]
	return row[0], row[1], row[2]
}

func logarithms(s *Source) (gold, same, other string) {
	a, b := s.between(2, 9), s.between(2, 9)
	switch s.n(6) {
	case 0:
		return fmt.Sprintf(`\ln %d`, a*b), fmt.Sprintf(`\ln %d+\ln %d`, a, b), fmt.Sprintf(`\ln %d\cdot\ln %d`, a, b)
	case 1:
		return fmt.Sprintf(`%d\ln %d`, a, b), fmt.Sprintf(`\ln %d^{%d}`, b, a), fmt.Sprintf(`\ln %d`, a*b+1)
	case 2:
		return strconv.Itoa(a), fmt.Sprintf(`\log_2 %d`, 1<<a), fmt.Sprintf(`\log_2 %d`, 1<<(a+1))
	case 3:
		return strconv.Itoa(a), fmt.Sprintf(`\ln e^{%d}`, a), fmt.Sprintf(`e^{\ln %d}`, a+1)
	case 4:
		return fmt.Sprintf(`\log_{%d} %d`, a, a+b), fmt.Sprintf(`\frac{\ln %d}{\ln %d}`, a+b, a), fmt.Sprintf(`\frac{\ln %d}{\ln %d}`, a, a+b)
	}
	return fmt.Sprintf(`\ln\frac{%d}{%d}`, a*b+1, a), fmt.Sprintf(`\ln %d-\ln %d`, a*b+1, a), fmt.Sprintf(`\ln %d-\ln %d`, a, a*b+1)
}

func powers(s *Source) (gold, same, other string) {
	a, b := s.between(2, 9), s.between(2, 9)
	switch s.n(6) {
	case 0:
		return "e^{2x}", `(e^x)^2`, pick(s, "2e^x", "e^{x^2}")
	case 1:
		return fmt.Sprintf("%d^{n+1}", a), fmt.Sprintf(`%d\cdot %d^n`, a, a), pick(s, fmt.Sprintf("%d^n+%d", a, a), fmt.Sprintf("%d^{n-1}", a))
	case 2:
		return fmt.Sprintf("x^{%d}", a+b), fmt.Sprintf(`x^{%d}\cdot x^{%d}`, a, b), fmt.Sprintf("x^{%d}", a+b+1)
	case 3:
		return fmt.Sprintf("%d", a*a*a), fmt.Sprintf(`%d^{3/2}`, a*a), fmt.Sprintf(`%d^{2/3}`, a*a)
	case 4:
		return "e^{-x}", `\frac{1}{e^x}`, "-e^x"
	}
	return fmt.Sprintf("2^{%d}", a+b), pick(s, strconv.Itoa(1<<(a+b)), fmt.Sprintf(`2^{%d}\cdot 2^{%d}`, a, b)), fmt.Sprintf("2^{%d}", a+b+1)
}

func complexes(s *Source) (gold, same, other string) {
	a, b, c, d := s.nonzero(6), s.nonzero(6), s.nonzero(6), s.nonzero(6)
	z := func(x, y int) string { return sum(term(x, ""), term(y, "i")) }
	switch s.n(4) {
	case 0:
		re, im := a*c-b*d, a*d+b*c
		return z(re, im), fmt.Sprintf("(%s)(%s)", z(a, b), z(c, d)), pick(s, z(re, im+1), z(re+1, im))
	case 1:
		return z(a, b), sum(term(b, "i"), term(a, "")), pick(s, z(a, -b), z(-a, b))
	case 2:
		return z(a, b), fmt.Sprintf(`\frac{%s}{i}`, z(-b, a)), fmt.Sprintf(`\frac{%s}{i}`, z(b, a))
	}
	return "-1", pick(s, "i^2", `e^{i\pi}`, "i^6"), pick(s, "i", "i^4", `e^{2i\pi}`)
}

func sums(s *Source) (gold, same, other string) {
	n := s.between(4, 30)
	switch s.n(5) {
	case 0:
		return strconv.Itoa(n * (n + 1) / 2), fmt.Sprintf(`\sum_{k=1}^{%d} k`, n), fmt.Sprintf(`\sum_{k=1}^{%d} k`, n-1)
	case 1:
		return `\frac{n(n+1)(2n+1)}{6}`, `\sum_{k=1}^{n} k^2`, pick(s, `\sum_{k=1}^{n} k`, `\sum_{k=1}^{n-1} k^2`)
	case 2:
		return "2", `\sum_{k=0}^{\infty} \frac{1}{2^k}`, `\sum_{k=1}^{\infty} \frac{1}{2^k}`
	case 3:
		return `\frac{\pi^2}{6}`, `\sum_{n=1}^{\infty}\frac{1}{n^2}`, `\sum_{n=1}^{\infty}\frac{1}{n^4}`
	}
	return "120", `\prod_{k=1}^{5} k`, `\prod_{k=1}^{4} k`
}

func calculus(s *Source) (gold, same, other string) {
	a := s.between(2, 9)
	switch s.n(7) {
	case 0:
		return fmt.Sprintf(`\frac{1}{%d}`, a+1), fmt.Sprintf(`\int_0^1 x^{%d}\,dx`, a), fmt.Sprintf(`\int_0^1 x^{%d}\,dx`, a+1)
	case 1:
		return "2", `\int_0^{\pi} \sin x\,dx`, `\int_0^{\pi} \cos x\,dx`
	case 2:
		return fmt.Sprint(a), fmt.Sprintf(`\lim_{x\to 0}\frac{\sin %dx}{x}`, a), fmt.Sprintf(`\lim_{x\to 0}\frac{\sin x}{%dx}`, a)
	case 3:
		return fmt.Sprintf("%dx^{%d}", a, a-1), fmt.Sprintf(`\frac{d}{dx} x^{%d}`, a), fmt.Sprintf(`\frac{d}{dx} x^{%d}`, a+1)
	case 4:
		return "e", `\lim_{n\to\infty}\left(1+\frac1n\right)^n`, `\lim_{n\to\infty}\left(1+\frac1n\right)^{2n}`
	case 5:
		return fmt.Sprintf(`\frac{x^{%d}}{%d}+C`, a+1, a+1), fmt.Sprintf(`\int x^{%d}\,dx`, a), fmt.Sprintf(`\int x^{%d}\,dx`, a+1)
	}
	return fmt.Sprintf(`\ln %d`, a), fmt.Sprintf(`\int_1^{%d} \frac{1}{x}\,dx`, a), fmt.Sprintf(`\int_1^{%d} \frac{1}{x^2}\,dx`, a)
}

func cases(s *Source) (gold, same, other string) {
	p := pick(s, "a", "r", "b", "x")
	P := strings.ToUpper(p)
	switch s.n(3) {
	case 0:
		gold = fmt.Sprintf(`\pi(%s^2-%s^2)`, P, p)
		return gold, fmt.Sprintf(`\pi(%s-%s)(%s+%s)`, P, p, P, p), pick(s, "0", fmt.Sprintf(`\pi(%s^2-%s^2)`, p, P))
	case 1:
		return fmt.Sprintf(`2%s%s`, P, p), fmt.Sprintf(`2%s%s`, p, P), fmt.Sprintf(`2%s^2`, p)
	}
	return fmt.Sprintf(`%s+1`, p), fmt.Sprintf(`1+%s`, p), fmt.Sprintf(`%s+1`, P)
}
