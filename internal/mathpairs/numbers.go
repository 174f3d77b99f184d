package mathpairs

import (
	"fmt"
	"strconv"
	"strings"
)

func integers(s *Source) (gold, same, other string) {
	x := s.between(1000, 99999999)
	if s.n(3) == 0 {
		x = s.between(2, 999)
	}
	text := strconv.Itoa(x)
	if x > 999 {
		// Two groups of three digits read as a list as well.
		same = pick(s, grouped(text, `{,}`), grouped(text, `\,`), text+".0", text)
		if len(text)%3 != 0 {
			same = pick(s, same, grouped(text, ","))
		}
	} else {
		same = pick(s, text, text+".00", "("+text+")", "+"+text, `\text{`+text+`}`)
	}
	other = strconv.Itoa(pick(s, x+1, x-1, x*10, -x, x+100))
	if s.n(3) == 0 {
		text, other = "-"+text, text
		same = pick(s, text, text+".0", "−"+text[1:])
	}
	return text, same, other
}

func decimals(s *Source) (gold, same, other string) {
	p, q, dec := terminating(s)
	gold = dec
	same = pick(s, dec+"0", frac(s, p, q), frac(s, 3*p, 3*q))
	zeros := strings.Repeat("0", 20)
	if !strings.Contains(dec, ".") {
		dec += "."
	}
	other = pick(s, dec+"1", dec+zeros+"1", "-"+gold, frac(s, p+1, q), frac(s, q, p))
	if p == q {
		other = "-" + gold
	}
	return gold, same, other
}

func scientific(s *Source) (gold, same, other string) {
	m := fmt.Sprintf("%d.%d", s.between(1, 9), s.between(1, 9))
	e := s.nonzero(12)
	gold = fmt.Sprintf(`%s \times 10^{%d}`, m, e)
	digits := strings.Replace(m, ".", "", 1)
	var plain string
	if e > 0 {
		plain = digits + strings.Repeat("0", e-1)
	} else {
		plain = "0." + strings.Repeat("0", -e-1) + digits
	}
	same = pick(s, fmt.Sprintf(`%s\cdot 10^{%d}`, m, e), fmt.Sprintf("%se%d", m, e), plain, fmt.Sprintf(`%s\times 10^{%d}`, digits, e-1))
	other = pick(s, fmt.Sprintf(`%s \times 10^{%d}`, m, e+1), fmt.Sprintf(`%s \times 10^{%d}`, m, -e), fmt.Sprintf("%se%d", digits, e), "-"+plain)
	return gold, same, other
}

func percents(s *Source) (gold, same, other string) {
	p, q, dec := terminating(s)
	gold = dec + `\%`
	same = pick(s, dec+"%", dec+` \text{ percent}`, frac(s, p, q*100))
	other = pick(s, dec, frac(s, p, q), "-"+gold, dec+"1%")
	if !strings.Contains(dec, ".") {
		other = pick(s, dec, "-"+gold)
	}
	return gold, same, other
}

func fractions(s *Source) (gold, same, other string) {
	p, q := s.two(60)
	q++
	k := s.between(2, 9)
	if p%q == 0 {
		p++
	}
	gold = frac(s, p, q)
	same = pick(s, frac(s, k*p, k*q), fmt.Sprintf(`%d \cdot \frac{1}{%d}`, p, q), fmt.Sprintf(`%d \div %d`, p, q), fmt.Sprintf(`\frac{-%d}{-%d}`, p, q))
	other = pick(s, frac(s, p+1, q), frac(s, -p, q), fmt.Sprintf(`\frac{-%d}{%d}`, p, q), frac(s, k*p+1, k*q))
	return gold, same, other
}

func mixed(s *Source) (gold, same, other string) {
	w, q := s.between(1, 20), s.between(3, 12)
	p := s.between(1, q-1)
	gold = fmt.Sprintf(`%d\frac{%d}{%d}`, w, p, q)
	same = pick(s, frac(s, w*q+p, q), fmt.Sprintf("%d %d/%d", w, p, q), fmt.Sprintf(`%d+\frac{%d}{%d}`, w, p, q))
	other = pick(s, frac(s, w*q-p, q), fmt.Sprintf("-%s", gold), frac(s, w*q+p+1, q), fmt.Sprintf(`%d\cdot\frac{%d}{%d}`, w, p, q))
	if w*p == w*q+p {
		other = "-" + gold
	}
	return gold, same, other
}

var squarefree = [...]int{2, 3, 5, 6, 7, 10, 11, 13, 14, 15, 17, 19}

func surds(s *Source) (gold, same, other string) {
	m, k := pick(s, squarefree[:]...), s.between(2, 9)
	a := s.nonzero(9)
	gold = sum(term(a, ""), term(k, fmt.Sprintf(`\sqrt{%d}`, m)))
	same = pick(s,
		sum(term(1, fmt.Sprintf(`\sqrt{%d}`, k*k*m)), term(a, "")),
		fmt.Sprintf(`\frac{%d%s\sqrt{%d}}{2}`, 2*a, signed(2*k), m),
		fmt.Sprintf(`%d%s\sqrt%s`, a, signed(k), brace(m)),
		sum(term(a, ""), fmt.Sprintf(`+\frac{%d}{\sqrt{%d}}`, k*m, m)))
	other = pick(s,
		sum(term(a, ""), term(-k, fmt.Sprintf(`\sqrt{%d}`, m))),
		sum(term(-a, ""), term(k, fmt.Sprintf(`\sqrt{%d}`, m))),
		sum(term(a, ""), term(k, fmt.Sprintf(`\sqrt{%d}`, m+1))),
		sum(term(a, ""), term(1, fmt.Sprintf(`\sqrt{%d}`, k*m))))
	return gold, same, other
}

func brace(m int) string {
	if m < 10 {
		return strconv.Itoa(m)
	}
	return fmt.Sprintf("{%d}", m)
}

func nested(s *Source) (gold, same, other string) {
	a, b := s.two(12)
	if a < b {
		a, b = b, a
	}
	if s.bool() {
		gold = fmt.Sprintf(`\sqrt{%d+2\sqrt{%d}}`, a+b, a*b)
		return gold, fmt.Sprintf(`\sqrt{%d}+\sqrt{%d}`, a, b),
			pick(s, fmt.Sprintf(`\sqrt{%d}-\sqrt{%d}`, a, b), fmt.Sprintf(`\sqrt{%d}+\sqrt{%d}`, a, b+1))
	}
	gold = fmt.Sprintf(`\sqrt{%d-2\sqrt{%d}}`, a+b, a*b)
	return gold, fmt.Sprintf(`\sqrt{%d}-\sqrt{%d}`, a, b),
		pick(s, fmt.Sprintf(`\sqrt{%d}-\sqrt{%d}`, b, a), fmt.Sprintf(`\sqrt{%d}+\sqrt{%d}`, a, b))
}

func roots(s *Source) (gold, same, other string) {
	k := s.between(2, 6)
	m := pick(s, 2, 3, 5, 6, 7)
	switch s.n(3) {
	case 0: // cube roots
		gold = fmt.Sprintf(`%d\sqrt[3]{%d}`, k, m)
		return gold, fmt.Sprintf(`\sqrt[3]{%d}`, k*k*k*m), fmt.Sprintf(`\sqrt[3]{%d}`, k*k*m)
	case 1: // odd roots of negative numbers
		gold = strconv.Itoa(-k)
		return gold, pick(s, fmt.Sprintf(`\sqrt[3]{%d}`, -k*k*k), fmt.Sprintf(`\sqrt[5]{%d}`, -k*k*k*k*k)), pick(s, strconv.Itoa(k), fmt.Sprintf(`\sqrt{%d}`, k*k))
	}
	gold = fmt.Sprintf(`\frac{1}{\sqrt{%d}-1}`, m)
	return gold, fmt.Sprintf(`\frac{\sqrt{%d}+1}{%d}`, m, m-1), pick(s, fmt.Sprintf(`\frac{\sqrt{%d}-1}{%d}`, m, m-1), fmt.Sprintf(`\frac{\sqrt{%d}+1}{%d}`, m, m))
}

func recurring(s *Source) (gold, same, other string) {
	a := s.between(1, 98)
	if a%11 == 0 {
		a++
	}
	gold = fmt.Sprintf(`0.\overline{%02d}`, a)
	return gold, pick(s, frac(s, a, 99), fmt.Sprintf(`0.\overline{%02d%02d}`, a, a)), pick(s, fmt.Sprintf("0.%02d", a), frac(s, a, 100), fmt.Sprintf(`0.%02d%02d%02d`, a, a, a))
}

func tiny(s *Source) (gold, same, other string) {
	n := s.between(40, 200)
	b := pick(s, 2, 3, 5, 6, 10)
	switch s.n(5) {
	case 0:
		gold = fmt.Sprintf(`%d^{-%d}`, b, n)
		return gold, fmt.Sprintf(`\frac{1}{%d^{%d}}`, b, n), pick(s, fmt.Sprintf(`%d^{-%d}`, b, n+1), "-"+gold, "0")
	case 1:
		gold = fmt.Sprintf(`1-\left(\frac{1}{%d}\right)^{%d}`, b, n)
		return gold, fmt.Sprintf(`1-%d^{-%d}`, b, n), pick(s, "1", fmt.Sprintf(`1-%d^{-%d}`, b, n+1))
	case 2:
		k := s.between(12, 60)
		gold = fmt.Sprintf(`\frac{1}{%d!}`, k)
		return gold, fmt.Sprintf(`\frac{%d}{%d!}`, k+1, k+1), fmt.Sprintf(`\frac{1}{%d!}`, k+1)
	case 3:
		gold = fmt.Sprintf(`10^{%d}+1`, n)
		return gold, fmt.Sprintf(`1+10^{%d}`, n), pick(s, fmt.Sprintf(`10^{%d}`, n), fmt.Sprintf(`10^{%d}+2`, n), fmt.Sprintf(`10^{%d}-1`, n))
	}
	m := pick(s, squarefree[:]...)
	gold = fmt.Sprintf(`\sqrt{%d}`, m)
	return gold, fmt.Sprintf(`\frac{%d}{\sqrt{%d}}`, m, m), pick(s, fmt.Sprintf(`\sqrt{%d}+10^{-%d}`, m, n), fmt.Sprintf(`\sqrt{%d+10^{-%d}}`, m, n))
}

func values(s *Source) (gold, same, other string) {
	n := s.between(2, 4)
	a, b, c := make([]string, n), make([]string, n), make([]string, n)
	for i := range n {
		x := s.between(-999, 999)
		a[i] = fmt.Sprintf("%d.%d%%", x, s.between(0, 9))
		b[i] = pick(s, a[i], strings.TrimSuffix(a[i], "%")+"0%", strings.TrimSuffix(a[i], "%")+" %")
		c[i] = a[i]
	}
	i := s.n(n)
	c[i] = pick(s, fmt.Sprintf("%d.05%%", s.between(1000, 1999)), strings.TrimSuffix(c[i], "%")+"9")
	if s.n(4) == 0 {
		c = a[:n-1]
	}
	return strings.Join(a, "\n"), strings.Join(b, "\n"), strings.Join(c, "\n")
}

func roundings(s *Source) (gold, same, other string) {
	x := s.between(1, 40)
	d := fmt.Sprintf("%d.%d", x, s.between(1, 9))
	switch s.n(3) {
	case 0:
		return strconv.Itoa(x), fmt.Sprintf(`\lfloor %s \rfloor`, d), fmt.Sprintf(`\lceil %s \rceil`, d)
	case 1:
		return strconv.Itoa(x + 1), fmt.Sprintf(`\lceil %s \rceil`, d), fmt.Sprintf(`\lfloor -%s \rfloor`, d)
	}
	return strconv.Itoa(x), fmt.Sprintf(`|-%d|`, x), fmt.Sprintf(`-|%d|`, x)
}

func factorials(s *Source) (gold, same, other string) {
	n := s.between(3, 12)
	k := s.between(2, n-1)
	binom := 1
	for i := range k {
		binom = binom * (n - i) / (i + 1)
	}
	switch s.n(4) {
	case 0:
		return strconv.Itoa(binom), pick(s, fmt.Sprintf(`\binom{%d}{%d}`, n, k), fmt.Sprintf(`C_{%d}^{%d}`, n, k), fmt.Sprintf(`\frac{%d!}{%d!\,%d!}`, n, k, n-k)),
			pick(s, fmt.Sprintf(`\binom{%d}{%d}`, n+1, k), fmt.Sprintf(`\frac{%d!}{%d!}`, n+1, n-k))
	case 1:
		return "n!", pick(s, "n(n-1)!", `\frac{(n+1)!}{n+1}`), pick(s, "(n+1)!", "n(n+1)!", "n^n")
	case 2:
		return `\binom{n}{2}`, pick(s, `\frac{n(n-1)}{2}`, `\frac{n!}{2(n-2)!}`), pick(s, `\frac{n(n+1)}{2}`, "n(n-1)")
	}
	return fmt.Sprintf("%d!", n), fmt.Sprintf(`%d\cdot %d!`, n, n-1), pick(s, fmt.Sprintf("%d!", n+1), fmt.Sprintf("%d!", n-1), fmt.Sprintf("%d!!", n))
}

func constants(s *Source) (gold, same, other string) {
	k := s.between(2, 9)
	switch s.n(4) {
	case 0:
		return fmt.Sprintf(`\frac{\pi}{%d}`, k), pick(s, fmt.Sprintf(`\frac{2\pi}{%d}`, 2*k), fmt.Sprintf(`\frac{1}{%d}\pi`, k), fmt.Sprintf("π/%d", k)),
			pick(s, fmt.Sprintf(`\frac{\pi}{%d}`, k+1), fmt.Sprintf(`%d\pi`, k), fmt.Sprintf(`\frac{3.14}{%d}`, k))
	case 1:
		return fmt.Sprintf("%de", k), fmt.Sprintf(`e\cdot %d`, k), pick(s, fmt.Sprintf("%de^2", k), fmt.Sprintf(`%d\pi`, k))
	case 2:
		return `\infty`, pick(s, `+\infty`, "∞", "infinity"), pick(s, `-\infty`, "0", `\pi`)
	}
	return fmt.Sprintf(`%d\pi`, k*k), fmt.Sprintf(`\pi (%d)^2`, k), pick(s, fmt.Sprintf(`%d\pi^2`, k*k), fmt.Sprintf(`%d`, k*k))
}
