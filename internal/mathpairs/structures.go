package mathpairs

import (
	"fmt"
	"strconv"
	"strings"
)

// distinct returns n different small numbers.
func (s *Source) distinct(n int) []int {
	out := make([]int, 0, n)
next:
	for len(out) < n {
		x := s.between(-12, 30)
		for _, o := range out {
			if o == x {
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}

func texts2(all []int) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = strconv.Itoa(x)
	}
	return out
}

func sets(s *Source) (gold, same, other string) {
	xs := s.distinct(s.between(2, 6))
	items := texts2(xs)
	set := func(items []string) string { return `\{` + strings.Join(items, ", ") + `\}` }
	gold = set(items)
	same = pick(s, set(shuffled(s, items)), set(append(shuffled(s, items), items[0])))
	wrong := append([]string(nil), items...)
	wrong[0] = strconv.Itoa(xs[0] + 50)
	other = pick(s, set(items[1:]), set(wrong), set(append([]string{"99"}, items...)), "("+strings.Join(items, ", ")+")")
	if s.n(3) == 0 {
		return `\{x+1, x-1\}`, `\{x-1, 1+x\}`, `\{x+1, 1-x\}`
	}
	return gold, same, other
}

func tuples(s *Source) (gold, same, other string) {
	xs := s.distinct(s.between(2, 4))
	items := texts2(xs)
	tuple := func(items []string) string { return "(" + strings.Join(items, ", ") + ")" }
	gold = tuple(items)
	spelled := append([]string(nil), items...)
	k := s.between(2, 5)
	spelled[0] = fmt.Sprintf(`\frac{%d}{%d}`, k*xs[0], k)
	swapped := append([]string(nil), items...)
	swapped[0], swapped[1] = swapped[1], swapped[0]
	wrong := append([]string(nil), items...)
	wrong[len(wrong)-1] = strconv.Itoa(xs[len(xs)-1] + 100)
	return gold, pick(s, tuple(spelled), `\left(`+strings.Join(items, ",")+`\right)`),
		pick(s, tuple(swapped), tuple(wrong), tuple(items[1:]), `\{`+strings.Join(items, ", ")+`\}`, strings.Join(items, ", "))
}

func lists(s *Source) (gold, same, other string) {
	xs := s.distinct(s.between(2, 3))
	items := texts2(xs)
	gold = strings.Join(items, ", ")
	mixed := shuffled(s, items)
	last := len(mixed) - 1
	same = pick(s, strings.Join(mixed, ", "), strings.Join(mixed[:last], ", ")+" and "+mixed[last], strings.Join(mixed[:last], ", ")+`\text{ and }`+mixed[last])
	wrong := append([]string(nil), items...)
	wrong[0] = strconv.Itoa(xs[0] + 50)
	other = pick(s, items[0], strings.Join(wrong, ", "), gold+", "+items[0], "("+gold+")")
	return gold, same, other
}

func intervals(s *Source) (gold, same, other string) {
	a, b := s.two(20)
	if a > b {
		a, b = b, a
	}
	switch s.n(3) {
	case 0:
		return fmt.Sprintf("[%d,%d)", a, b), pick(s, fmt.Sprintf(`%d\le x<%d`, a, b), fmt.Sprintf(`[%d,%d[`, a, b), fmt.Sprintf(`\left[\frac{%d}{2}, %d\right)`, 2*a, b)),
			pick(s, fmt.Sprintf("(%d,%d]", a, b), fmt.Sprintf("[%d,%d]", a, b), fmt.Sprintf("[%d,%d)", a, b+1))
	case 1:
		return fmt.Sprintf(`(-\infty,%d]`, a), pick(s, fmt.Sprintf(`x\le %d`, a), fmt.Sprintf(`%d\ge x`, a), fmt.Sprintf(`x\in(-\infty,%d]`, a)),
			pick(s, fmt.Sprintf(`(-\infty,%d)`, a), fmt.Sprintf(`x\ge %d`, a), fmt.Sprintf(`(-\infty,%d]`, a+1))
	}
	return fmt.Sprintf(`(%d,\infty)`, a), pick(s, fmt.Sprintf(`x>%d`, a), fmt.Sprintf(`%d<x`, a), fmt.Sprintf(`(%d,+\infty)`, a)),
		pick(s, fmt.Sprintf(`[%d,\infty)`, a), fmt.Sprintf(`x<%d`, a), fmt.Sprintf(`(-\infty,%d)`, a))
}

func unions(s *Source) (gold, same, other string) {
	a, b := s.two(20)
	if a > b {
		a, b = b, a
	}
	gold = fmt.Sprintf(`(-\infty,%d)\cup(%d,\infty)`, a, b)
	return gold, pick(s, fmt.Sprintf(`(%d,\infty)\cup(-\infty,%d)`, b, a), fmt.Sprintf(`x<%d \text{ or } x>%d`, a, b), fmt.Sprintf(`\mathbb{R}\setminus[%d,%d]`, a, b)),
		pick(s, fmt.Sprintf(`(-\infty,%d]\cup(%d,\infty)`, a, b), fmt.Sprintf(`(-\infty,%d)\cup(%d,\infty)`, a, b+1), fmt.Sprintf(`(%d,%d)`, a, b), fmt.Sprintf(`(-\infty,%d)`, a))
}

func equations(s *Source) (gold, same, other string) {
	a, k := s.between(1, 15), s.between(2, 6)
	switch s.n(4) {
	case 0:
		return fmt.Sprintf("x=%d", a), pick(s, fmt.Sprintf("%dx=%d", k, k*a), strconv.Itoa(a), fmt.Sprintf("%d=x", a)),
			pick(s, fmt.Sprintf("y=%d", a), fmt.Sprintf("x=%d", a+1), fmt.Sprintf("x=-%d", a), fmt.Sprintf("%d=%d", a+1, a))
	case 1:
		return fmt.Sprintf("x^2=%d", a*a), fmt.Sprintf(`x=\pm %d`, a), pick(s, fmt.Sprintf("x=%d", a), strconv.Itoa(a*a))
	case 2:
		return strconv.Itoa(a), fmt.Sprintf("x=%d", a), pick(s, fmt.Sprintf("%d=%d", a+1, a), fmt.Sprintf("x=%d=%d", a+1, a), fmt.Sprintf("x^2+y^2=%d", a))
	}
	b, c := s.two(9)
	return fmt.Sprintf("x=%d \\text{ or } x=%d", b, c), pick(s, fmt.Sprintf(`x\in\{%d,%d\}`, c, b), fmt.Sprintf("x=%d, x=%d", c, b), fmt.Sprintf(`\{%d,%d\}`, b, c)),
		pick(s, fmt.Sprintf("x=%d", b), fmt.Sprintf("x=%d \\text{ or } x=%d", b, c+20))
}

func linesOfPlane(s *Source) (gold, same, other string) {
	m, c := s.nonzero(9), s.nonzero(9)
	k := s.between(2, 5)
	gold = "y=" + sum(term(m, "x"), term(c, ""))
	same = pick(s, sum(term(m, "x"), term(-1, "y"), term(c, ""))+"=0", sum(term(k, "y"), term(-k*m, "x"))+"="+strconv.Itoa(k*c), sum(term(m, "x"), term(c, ""))+"=y")
	other = pick(s, "y="+sum(term(-m, "x"), term(c, "")), "y="+sum(term(m, "x"), term(-c, "")), sum(term(m, "x"), term(-1, "y"), term(c+1, ""))+"=0", "x="+sum(term(m, "y"), term(c, "")))
	if m == 1 || m == -1 { // a line with slope -1 is its own mirror image
		other = "y=" + sum(term(m, "x"), term(c+1, ""))
	}
	return gold, same, other
}

func inequalities(s *Source) (gold, same, other string) {
	a, k := s.nonzero(12), s.between(2, 6)
	switch s.n(2) {
	case 0:
		return fmt.Sprintf("x>%d", a), pick(s, fmt.Sprintf("%d<x", a), fmt.Sprintf("%dx>%d", k, k*a), fmt.Sprintf("-x<%d", -a), sum(term(1, "x"), term(-a, ""))+">0"),
			pick(s, fmt.Sprintf("x<%d", a), fmt.Sprintf(`x\ge %d`, a), fmt.Sprintf("x>%d", a+1), fmt.Sprintf("-x>%d", -a))
	}
	b := a + s.between(1, 9)
	return fmt.Sprintf("%d<x<%d", a, b), pick(s, fmt.Sprintf("%d>x>%d", b, a), fmt.Sprintf(`x>%d \text{ and } x<%d`, a, b), fmt.Sprintf("(%d,%d)", a, b)),
		pick(s, fmt.Sprintf(`%d\le x<%d`, a, b), fmt.Sprintf("%d<x<%d", a, b+1), fmt.Sprintf("x>%d", a), fmt.Sprintf("[%d,%d]", a, b))
}

func plusMinus(s *Source) (gold, same, other string) {
	a, m := s.between(1, 9), pick(s, squarefree[:]...)
	switch s.n(2) {
	case 0:
		return fmt.Sprintf(`%d\pm\sqrt{%d}`, a, m), pick(s, fmt.Sprintf(`%d+\sqrt{%d}, %d-\sqrt{%d}`, a, m, a, m), fmt.Sprintf(`\{%d-\sqrt{%d}, %d+\sqrt{%d}\}`, a, m, a, m)),
			pick(s, fmt.Sprintf(`%d+\sqrt{%d}`, a, m), fmt.Sprintf(`-%d\pm\sqrt{%d}`, a, m), fmt.Sprintf(`%d\pm\sqrt{%d}`, a, m+1))
	}
	return fmt.Sprintf(`\frac{%d\pm\sqrt{%d}}{2}`, a, m), fmt.Sprintf(`\frac{%d+\sqrt{%d}}{2}, \frac{%d-\sqrt{%d}}{2}`, a, m, a, m),
		pick(s, fmt.Sprintf(`\frac{%d+\sqrt{%d}}{2}`, a, m), fmt.Sprintf(`\frac{%d\pm\sqrt{%d}}{4}`, a, m))
}

func units(s *Source) (gold, same, other string) {
	x := s.between(2, 90)
	all := [...]struct {
		unit, small string
		factor      int
		wrong       string
	}{
		{"km", "m", 1000, "kg"}, {"m", "cm", 100, "s"}, {"cm", "mm", 10, "m"}, {"kg", "g", 1000, "km"},
		{"hours", "minutes", 60, "seconds"}, {"L", "mL", 1000, "g"}, {"minutes", "seconds", 60, "hours"}, {"ft", "in", 12, "yd"},
	}
	u := all[s.n(len(all))]
	gold = fmt.Sprintf(`%d\text{ %s}`, x, u.unit)
	return gold, pick(s, fmt.Sprintf(`%d\text{ %s}`, x*u.factor, u.small), fmt.Sprintf(`%d\ \mathrm{%s}`, x, u.unit), strconv.Itoa(x)),
		pick(s, fmt.Sprintf(`%d\text{ %s}`, x, u.wrong), fmt.Sprintf(`%d\text{ %s}`, x, u.small), fmt.Sprintf(`%d\text{ %s}`, x+1, u.unit), strconv.Itoa(x+1))
}

func matrices(s *Source) (gold, same, other string) {
	x := s.distinct(4)
	m := func(env string, a, b, c, d int) string {
		return fmt.Sprintf(`\begin{%s}%d&%d\\%d&%d\end{%s}`, env, a, b, c, d, env)
	}
	switch s.n(2) {
	case 0:
		k := s.between(2, 5)
		return m("pmatrix", k*x[0], k*x[1], k*x[2], k*x[3]), pick(s, fmt.Sprintf("%d", k)+m("pmatrix", x[0], x[1], x[2], x[3]), m("bmatrix", k*x[0], k*x[1], k*x[2], k*x[3])),
			pick(s, m("pmatrix", k*x[0], k*x[2], k*x[1], k*x[3]), m("pmatrix", k*x[0], k*x[1], k*x[2], k*x[3]+1))
	}
	x[0]++ // one that counts: with 0 there the last entry would not matter
	if x[0] == 0 {
		x[0] = 40
	}
	det := x[0]*x[3] - x[1]*x[2]
	return strconv.Itoa(det), m("vmatrix", x[0], x[1], x[2], x[3]), pick(s, m("vmatrix", x[0], x[1], x[2], x[3]+1), strconv.Itoa(det+1))
}

func texts(s *Source) (gold, same, other string) {
	all := [...][2]string{{"Tuesday", "Thursday"}, {"yes", "no"}, {"True", "False"}, {"even", "odd"}, {"cat", "act"},
		{"listen", "silent"}, {"Alice", "Bob"}, {"increasing", "decreasing"}, {"parabola", "hyperbola"}, {"North Carolina", "South Carolina"}, {"ABC", "BAC"}}
	w := all[s.n(len(all))]
	if w[0] == "ABC" { // in lower case it may be a product
		return w[0], `\text{ABC}`, w[1]
	}
	return w[0], pick(s, `\text{`+w[0]+`}`, strings.ToLower(w[0]), strings.ToUpper(w[0]), `\textbf{`+w[0]+`}`), pick(s, w[1], `\text{`+w[1]+`}`, "not "+w[0])
}

func choices(s *Source) (gold, same, other string) {
	letters := "ABCDE"
	i := s.n(5)
	j := (i + s.between(1, 4)) % 5
	x, y := letters[i:i+1], letters[j:j+1]
	n := s.between(2, 99)
	return x, pick(s, "("+x+")", `\text{(`+x+`)}`, `\text{`+x+`}`, fmt.Sprintf("%s. %d", x, n), fmt.Sprintf("(%s) %d", x, n)),
		pick(s, "("+y+")", `\text{`+y+`}`, x+y, fmt.Sprintf("%s. %d", y, n), fmt.Sprintf("%s, %s", x, y))
}

func congruences(s *Source) (gold, same, other string) {
	m := s.between(3, 12)
	a := s.between(0, m-1)
	c := func(a, m int) string { return fmt.Sprintf(`x\equiv %d\pmod{%d}`, a, m) }
	return c(a, m), pick(s, c(a+m, m), c(a-m, m)), pick(s, c(a+1, m), c(a, m+1))
}

func ratios(s *Source) (gold, same, other string) {
	a, b := s.two(8)
	c := s.between(1, 8)
	k := s.between(2, 5)
	if g := gcd(gcd(a, b), c); g > 1 {
		a, b, c = a/g, b/g, c/g
	}
	return fmt.Sprintf("%d:%d:%d", a, b, c), fmt.Sprintf("%d:%d:%d", k*a, k*b, k*c), pick(s, fmt.Sprintf("%d:%d:%d", b, a, c), fmt.Sprintf("%d:%d:%d", a, b, c+1), fmt.Sprintf("%d:%d", a, b))
}

func assignments(s *Source) (gold, same, other string) {
	x := s.distinct(2)
	return fmt.Sprintf("x=%d, y=%d", x[0], x[1]), pick(s, fmt.Sprintf("y=%d, x=%d", x[1], x[0]), fmt.Sprintf(`x=%d \text{ and } y=%d`, x[0], x[1]), fmt.Sprintf(`\begin{cases}x=%d\\y=%d\end{cases}`, x[0], x[1])),
		pick(s, fmt.Sprintf("x=%d, y=%d", x[1], x[0]), fmt.Sprintf("x=%d, y=%d", x[0], x[1]+30), fmt.Sprintf("x=%d", x[0]), fmt.Sprintf("x=%d, z=%d", x[0], x[1]))
}
