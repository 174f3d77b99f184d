package graders

import (
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

// Qwen grades an answer as Qwen2.5-Math's math_equal does:
//
//	text           equal but for case and outer white space
//	choices        if gold is one of A to E, the last such letter that stands alone
//	numbers        within 1e-4 of gold, gold/100 or gold·100, commas dropped, % as 1/100
//	brackets       equal without brackets and braces, or part by part
//	matrices       cell by cell
//	equations      symbolic on "left - (right)", either way round
//	x = answer     the right side, for a left side of at most two characters
//	anything else  symbolic on the texts, in LaTeX or plain
//
// The original's symbolic step has tolerances of its own.
//
// Source: QwenLM/Qwen2.5-Math a45202b, evaluation/grader.py.
func Qwen(gold, answer string, symbolic Symbolic) (bool, error) {
	return decide(gold, answer, symbolic, func(k *asker) (bool, error) {
		q := qwen{asker: k}
		equal := q.equal(answer, gold, 0)
		return equal, q.err
	})
}

type qwen struct {
	*asker
	err error
}

func (q *qwen) equal(p, g string, depth int) bool {
	if q.err != nil {
		return false
	}
	if depth > maxDepth || !q.spend(partWork+2*len(p)+2*len(g)) {
		q.err = ErrLimit
		return false
	}
	if py.Lower(py.Strip(p)) == py.Lower(py.Strip(g)) {
		return true
	}
	if len(g) == 1 && 'A' <= g[0] && g[0] <= 'E' && choice(p) == g {
		return true
	}
	if x, ok := qwenDigits(p); ok {
		if y, ok := qwenDigits(g); ok {
			return isClose(y/100, x, 1e-4) || isClose(y, x, 1e-4) || isClose(y*100, x, 1e-4)
		}
	}
	if p == "" {
		return false
	}
	p, g = py.Strip(p), py.Strip(g)
	if strings.Contains(p, "pmatrix") && !strings.Contains(g, "pmatrix") {
		g = pmatrixText(g)
	}
	if qwenStripped(p, g) {
		return true
	}
	if isBracketed(p) && isBracketed(g) {
		a, b := strings.Split(innerChars(p), ","), strings.Split(innerChars(g), ",")
		if len(a) == len(b) && q.parts(a, b, depth) {
			return true
		}
	}
	if isMatrix(p) && isMatrix(g) && q.matrix(p, g, depth) {
		return true
	}
	return q.equation(p, g, depth) || q.err == nil && q.ask(p, g)
}

func (q *qwen) parts(a, b []string, depth int) bool {
	equal := true
	for i := range a {
		// All of them, as in the original, though the first could decide.
		if !q.equal(a[i], b[i], depth+1) {
			equal = false
		}
	}
	return equal && q.err == nil
}

// equation compares two equations, or an equation whose left side is a name
// with a value.
func (q *qwen) equation(p, g string, depth int) bool {
	if q.err != nil {
		return false
	}
	np, ng := strings.Count(p, "="), strings.Count(g, "=")
	switch {
	case np == 1 && ng == 1:
		p, g = sides(p), sides(g)
		return q.ask(p, g) || q.ask("-("+p+")", g)
	case np == 1 && ng == 0 && shortLeft(p):
		return q.equal(p[strings.IndexByte(p, '=')+1:], g, depth+1)
	case ng == 1 && np == 0 && shortLeft(g):
		return q.equal(p, g[strings.IndexByte(g, '=')+1:], depth+1)
	}
	return false
}

func sides(s string) string {
	left, right, _ := strings.Cut(s, "=")
	return py.Strip(left) + " - (" + py.Strip(right) + ")"
}

func shortLeft(s string) bool {
	left, _, _ := strings.Cut(s, "=")
	return py.RuneCount(py.Strip(left)) <= 2
}

// qwenDigits is parse_digits.
func qwenDigits(s string) (float64, bool) {
	s = strings.ReplaceAll(s, ",", "")
	if f, ok := parseFloat(s); ok {
		return f, true
	}
	s, percent := strings.CutSuffix(s, "%")
	if !percent {
		return 0, false
	}
	f, ok := parseFloat(strings.TrimSuffix(s, `\`))
	return f / 100, ok
}

// choice is choice_answer_clean: the last letter A to E that is a word by
// itself, in any case, else the text without full stops.
func choice(s string) string {
	s = strings.Trim(s, "\n")
	s = strings.TrimRight(s, ".")
	s = strings.TrimRight(s, "/")
	s = strings.Trim(s, " ")
	s = strings.TrimLeft(s, ":")
	letters := upper(s)
	for i := len(letters) - 1; i >= 0; i-- {
		if c := letters[i]; 'A' <= c && c <= 'E' && !wordBefore(letters, i) && !wordAt(letters, i+1) {
			return letters[i : i+1]
		}
	}
	s = strings.Trim(py.Strip(s), ".")
	return strings.TrimRight(strings.TrimRight(s, "."), "/")
}

func wordBefore(s string, i int) bool {
	_, last := cutLast(s[:i])
	r, n := py.DecodeRune(last)
	return n > 0 && isWord(r)
}

func wordAt(s string, i int) bool {
	r, n := py.DecodeRune(s[i:])
	return n > 0 && isWord(r)
}

// pmatrixText is str_to_pmatrix: every \{.*,.*\} of a line as a row vector.
func pmatrixText(s string) string {
	var out []string
	for _, line := range strings.Split(py.Strip(s), "\n") {
		open, end := strings.IndexByte(line, '{'), strings.LastIndexByte(line, '}')
		if open < 0 || end < open || strings.IndexByte(line[open:end], ',') < 0 {
			continue
		}
		m := strings.Trim(line[open:end+1], "{}")
		out = append(out, `\begin{pmatrix}`+strings.ReplaceAll(m, ",", `\`)+`\end{pmatrix}`)
	}
	return strings.Join(out, ", ")
}

// qwenStripped is [stripped] without case.
func qwenStripped(p, g string) bool {
	a, b := p, g
	if strings.HasPrefix(p, "[") && strings.HasSuffix(p, "]") && !strings.HasPrefix(g, "(") ||
		strings.HasPrefix(p, "(") && strings.HasSuffix(p, ")") && !strings.HasPrefix(g, "[") {
		a, b = strings.Trim(a, "[]()"), strings.Trim(b, "[]()")
	}
	return py.Lower(deleteBrackets(a)) == py.Lower(deleteBrackets(b))
}

// isBracketed matches (\(|\[).+(\)|\]) at the start.
func isBracketed(s string) bool {
	if s == "" || s[0] != '(' && s[0] != '[' {
		return false
	}
	line, _, _ := strings.Cut(s[1:], "\n")
	return strings.LastIndexAny(line, ")]") > 0
}

// innerChars is s[1:-1] of a text that begins with a bracket.
func innerChars(s string) string {
	before, _ := cutLast(s[1:])
	return before
}

func isMatrix(s string) bool {
	return (strings.HasPrefix(s, `\begin{pmatrix}`) || strings.HasPrefix(s, `\begin{bmatrix}`)) &&
		(strings.HasSuffix(s, `\end{pmatrix}`) || strings.HasSuffix(s, `\end{bmatrix}`))
}

// matrix compares cell by cell.
func (q *qwen) matrix(p, g string, depth int) bool {
	rows := func(s string) (out []string) {
		const begin, end = len(`\begin{pmatrix}`), len(`\end{pmatrix}`)
		for _, line := range strings.Split(s[begin:max(begin, len(s)-end)], `\\`) {
			if line = py.Strip(line); line != "" {
				out = append(out, line)
			}
		}
		return out
	}
	a, b := rows(p), rows(g)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := strings.Split(a[i], "&"), strings.Split(b[i], "&")
		if len(x) != len(y) || !q.parts(x, y, depth) {
			return false
		}
	}
	return true
}
