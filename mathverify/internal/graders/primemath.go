package graders

import (
	"math"
	"math/big"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

// primeMath is math_equal of verl's prime_math, which works on Python values:
// strings, and what eval makes of them. err is errPyRaises where it raises.
type primeMath struct {
	*asker
	pi  string
	err error
}

func pyText(s string) pyValue { return pyValue{kind: pyStr, s: s} }

// mathNames are the names that the module around the original's eval defines,
// and its local variables there.
func mathNames(name string) bool {
	switch name {
	case "contextlib", "math", "re", "isclose", "N", "simplify", "parse_latex", "parse_expr", "timeout_limit", "is_digit", "normalize",
		"handle_base", "handle_pi", "math_equal", "symbolic_equal", "format_intervals", "string", "pi", "idx":
		return true
	}
	return false
}

func (e *primeMath) raise(err error) bool {
	if e.err == nil {
		e.err = err
	}
	return false
}

func (e *primeMath) equal(prediction, reference pyValue, depth int) bool {
	if e.err != nil {
		return false
	}
	if depth > maxDepth || !e.spend(partWork+2*len(prediction.s)+2*len(reference.s)) {
		return e.raise(ErrLimit)
	}
	if depth > 0 {
		e.pi = piText // parts are compared with the default
	}
	p, g := e.normalize(prediction), e.normalize(reference)
	if e.err != nil {
		return false
	}
	if p.kind == pyStr {
		p.s = firstChars(p.s, 1000)
	}
	if p.kind == pyStr && g.kind == pyStr {
		if py.Lower(py.Strip(p.s)) == py.Lower(py.Strip(g.s)) || strings.ReplaceAll(p.s, " ", "") == strings.ReplaceAll(g.s, " ", "") {
			return true
		}
	}
	x, ok1 := primeDigits(p)
	if y, ok2 := primeDigits(g); ok1 && ok2 {
		return isClose(y/100, x, 1e-4) || isClose(y, x, 1e-4) || isClose(y*100, x, 1e-4)
	}
	if !p.truthy() && !isZero(p) {
		return false
	}
	return e.texts(py.Strip(p.str()), py.Strip(g.str()), depth)
}

// isZero is "v in [0, False]".
func isZero(v pyValue) bool {
	f, ok := v.float()
	return ok && f == 0
}

// primeDigits is is_digit: the value of a number with commas anywhere.
func primeDigits(v pyValue) (float64, bool) {
	s := v.str()
	if strings.Contains(s, "{,}") {
		return parseFloat(strings.ReplaceAll(s, "{,}", ""))
	}
	return parseFloat(strings.ReplaceAll(s, ",", ""))
}

// normalize drops a dollar sign before and a percent sign behind a number, takes
// the number before an underscore, and evaluates text with \pi.
func (e *primeMath) normalize(v pyValue) pyValue {
	if v.kind != pyStr {
		return v
	}
	s := v.s
	if strings.HasPrefix(s, "$") && decimalsEnd(s, 1) > 1 {
		return pyText(s[1:])
	}
	if isPercent(s) {
		return pyText(strings.ReplaceAll(strings.ReplaceAll(s, `\%`, ""), "%", ""))
	}
	if before, _, found := strings.Cut(s, "_"); found {
		f, ok := parseFloat(before)
		if !ok || math.IsInf(f, 0) || math.IsNaN(f) {
			e.raise(errPyRaises)
			return v
		}
		n, _ := new(big.Float).SetFloat64(f).Int(nil)
		return pyValue{kind: pyInt, i: n}
	}
	if !strings.Contains(s, `\pi`) {
		return v
	}
	var b strings.Builder
	rest := s
	digit := false // the text written so far ends with a digit
	for {
		before, after, found := strings.Cut(rest, `\pi`)
		b.WriteString(before)
		if !found {
			break
		}
		if before != "" {
			_, last := cutLast(before)
			r, _ := py.DecodeRune(last)
			digit = py.IsDigit(r)
		}
		if !digit {
			b.WriteByte('1')
		}
		b.WriteString("*" + e.pi)
		digit = true // the next \pi stands behind the digits of this one
		rest = after
	}
	out, err := evalPython(b.String(), mathNames)
	switch err {
	case nil:
		if out.hasOrder() {
			return out
		}
		e.raise(ErrUndecided)
	case errPyOpen:
		e.raise(ErrUndecided)
	}
	return pyText(b.String())
}

// isPercent matches ^\d+(\.\d+)?\\?%$
func isPercent(s string) bool {
	end := decimalsEnd(s, 0)
	if end == 0 {
		return false
	}
	if end < len(s) && s[end] == '.' {
		if to := decimalsEnd(s, end+1); to > end+1 {
			end = to
		}
	}
	rest := strings.TrimPrefix(s[end:], `\`)
	return rest == "%" || rest == "%\n"
}

// texts is the part behind the comparison of numbers.
func (e *primeMath) texts(p, g string, depth int) bool {
	p = intervalText(p)
	if stripped(p, g) {
		return true
	}
	parts := func(a, b []string) bool {
		equal := true
		for i := range a {
			// All of them: any may raise.
			if !e.equal(pyText(a[i]), pyText(b[i]), depth+1) {
				equal = false
			}
		}
		return equal && e.err == nil
	}
	if p != "" && g != "" && strings.IndexByte("([", p[0]) >= 0 && strings.IndexByte(")]", p[len(p)-1]) >= 0 && p[0] == g[0] && p[len(p)-1] == g[len(g)-1] {
		a, b := strings.Split(inner(p), ","), strings.Split(inner(g), ",")
		if len(a) == len(b) && parts(a, b) {
			return true
		}
	}
	if strings.IndexByte(p, ',') >= 0 && strings.IndexByte(g, ',') >= 0 {
		a, b := strings.Split(p, ","), strings.Split(g, ",")
		if len(a) == len(b) {
			for i := range a {
				a[i], b[i] = py.Strip(a[i]), py.Strip(b[i])
			}
			return parts(a, b)
		}
	}
	if e.err != nil {
		return false
	}
	if strings.HasPrefix(p, "Point") {
		if g == "" {
			return e.raise(errPyRaises)
		}
		if g[0] == '(' && g[len(g)-1] == ')' {
			before, _ := cutLast(p)
			from := min(strings.IndexByte(p, '(')+1, len(before))
			a, b := strings.Split(before[from:], ","), strings.Split(inner(g), ",")
			if len(a) == len(b) && parts(a, b) {
				return true
			}
		}
	}
	return e.matrix(p, g, depth)
}

// inner is s[1:-1].
func inner(s string) string {
	if len(s) < 2 {
		return ""
	}
	return s[1 : len(s)-1]
}

// stripped compares without brackets: a pair around either is dropped if the
// kinds do not clash, then all braces and parentheses.
func stripped(p, g string) bool {
	a, b := p, g
	if strings.HasPrefix(p, "[") && strings.HasSuffix(p, "]") && !strings.HasPrefix(g, "(") ||
		strings.HasPrefix(p, "(") && strings.HasSuffix(p, ")") && !strings.HasPrefix(g, "[") {
		a, b = strings.Trim(a, "[]()"), strings.Trim(b, "[]()")
	}
	return deleteBrackets(a) == deleteBrackets(b)
}

// deleteBrackets deletes braces and parentheses.
func deleteBrackets(s string) string {
	if !strings.ContainsAny(s, "{}()") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if c := s[i]; c != '{' && c != '}' && c != '(' && c != ')' {
			b = append(b, c)
		}
	}
	return string(b)
}

// intervalText writes sympy's Interval(a, b) and its open forms with brackets.
func intervalText(s string) string {
	if !strings.HasPrefix(s, "Interval") || !strings.HasSuffix(s, ")") || strings.IndexByte(s, '\n') >= 0 {
		return s
	}
	for _, f := range [...][3]string{{"Interval(", "[", "]"}, {"Interval.Ropen(", "[", ")"}, {"Interval.Lopen(", "(", "]"}, {"Interval.open(", "(", ")"}} {
		if strings.HasPrefix(s, f[0]) {
			return f[1] + s[len(f[0]):len(s)-1] + f[2]
		}
	}
	return s
}

// matrix compares a Python list with a pmatrix. Nothing follows it: see Prime
// on the original's last resort.
func (e *primeMath) matrix(p, g string, depth int) bool {
	if !strings.Contains(g, `\begin{pmatrix}`) {
		return false
	}
	if strings.HasPrefix(p, "Matrix") {
		return e.raise(ErrUndecided) // sympy parses it
	}
	if !strings.HasPrefix(p, "[") || !strings.HasSuffix(p, "]") {
		return false
	}
	v, err := evalPython(p, mathNames)
	switch {
	case err == errPyOpen:
		return e.raise(ErrUndecided)
	case err != nil:
		return e.raise(errPyRaises)
	case v.kind != pyListValue:
		return false
	}
	s := strings.TrimPrefix(g, `\\begin{pmatrix}`)
	s = strings.TrimPrefix(s, `\begin{pmatrix}`)
	s = strings.TrimSuffix(s, `\\end{pmatrix}`)
	s = strings.TrimSuffix(s, `\end{pmatrix}`)
	rows := strings.Split(s, `\`)
	if len(rows) != len(v.items) {
		return false
	}
	equal := true
	for i, row := range rows {
		ref := pyText(row)
		if cells := strings.Split(row, "&"); len(cells) > 1 {
			ref = pyValue{kind: pyListValue}
			for _, c := range cells {
				ref.items = append(ref.items, pyText(c))
			}
		}
		if !e.equal(v.items[i], ref, depth+1) {
			equal = false
		}
	}
	if e.err == errPyRaises {
		e.err = nil // caught around this step
		return false
	}
	return equal && e.err == nil
}
