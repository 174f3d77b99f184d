package mvtext

import "strings"

// NormalizeLatex rewrites text into the LaTeX that the reference's grammar
// reads: box contents, then fonts, delimiters and synonyms, then units, then
// leading decimal points, then malformed operators, each group if its flag is
// set. The result has no white space at its ends.
//
// Source: latex2sympy2_extended 1.10.2, normalize_latex.
func NormalizeLatex(text string, n Normalization) string {
	text = BoxedContent(text, n.Boxed)
	if plain(text) {
		return text
	}
	if n.BasicLatex {
		text = basicLatex(text)
	}
	if n.Equations {
		text = lastSide(text)
	}
	if n.Units {
		text = dropUnits(text)
	}
	if n.Nits {
		if strings.HasPrefix(text, ".") {
			text = "0" + text
		}
		if text == "0.5" {
			text = `\frac{1}{2}`
		}
	}
	if n.MalformedOperators {
		text = fixOperators(text)
	}
	return trimSpace(text)
}

// plain reports whether no step has anything to say about text. Most answers
// are whole numbers.
func plain(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; (c < '0' || c > '9') && c != '-' && c != '+' {
			return false
		}
	}
	return true
}

func basicLatex(s string) string {
	if strings.IndexByte(s, '\\') >= 0 {
		s = strings.ReplaceAll(s, `\mathrm{T}`, "T")
		s = strings.ReplaceAll(s, `\mathrm{d}`, "d")
		s = strings.ReplaceAll(s, `{\rm d}`, "d")
		s = strings.ReplaceAll(s, `\left[\begin{matrix}`, `\begin{bmatrix}`)
		s = strings.ReplaceAll(s, `\end{matrix}\right]`, `\end{bmatrix}`)
		s = dropSizing(s, "left", leftDelimiters[:])
		s = dropSizing(s, "right", rightDelimiters[:])
	}
	s = fallingFactorials(s)
	s = removeDecoration(s)
	s = replaceSynonyms(s)
	s = strings.ReplaceAll(s, "\n", " ")
	s = strings.ReplaceAll(s, "\t", " ")
	if strings.Contains(s, `\\`) && !strings.Contains(s, "matrix") {
		s = undoubleBackslashes(s)
	}
	return s
}

var (
	leftDelimiters = [...]string{
		`\{`, `{`, `\|`, `|`, `[`, `(`, `\rbracl`, `\lgroup`, `\lbrace`, `\lbrack`, `\vert`, `\lvert`,
		`\lceil`, `\lfloor`, `\langle`, `\llcorner`, `\ulcorner`,
	}
	rightDelimiters = [...]string{
		`\}`, `}`, `\|`, `|`, `]`, `)`, `\rbrack`, `\rgroup`, `\rbrace`, `\vert`, `\rvert`,
		`\rceil`, `\rfloor`, `\rangle`, `\lrcorner`, `\urcorner`,
	}
)

// dropSizing removes \left or \mleft (right likewise) before a delimiter.
func dropSizing(s, side string, delimiters []string) string {
	if !strings.Contains(s, side) {
		return s
	}
	var e edit
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		j := i + 1
		if byteAt(s, j) == 'm' {
			j++
		}
		if !hasPrefixAt(s, j, side) {
			continue
		}
		j += len(side)
		for _, d := range delimiters {
			if hasPrefixAt(s, j, d) {
				e.replace(s, i, j, "")
				i = j + len(d) - 1 // the delimiter is part of the match
				break
			}
		}
	}
	return e.finish(s)
}

// fallingFactorials rewrites (n)_{k} to \frac{(n)!}{((n)-(k))!}.
func fallingFactorials(s string) string {
	if !strings.Contains(s, ")_{") {
		return s
	}
	var e edit
	for i := 0; i < len(s); i++ {
		if s[i] != '(' {
			continue
		}
		n := skipTerm(s, i+1)
		if n == i+1 || !hasPrefixAt(s, n, ")_{") {
			continue
		}
		k := skipTerm(s, n+3)
		if k == n+3 || byteAt(s, k) != '}' {
			continue
		}
		base := s[i+1 : n]
		e.replace(s, i, k+1, `\frac{(`+base+`)!}{((`+base+`)-(`+s[n+3:k]+`))!}`)
		i = k
	}
	return e.finish(s)
}

func skipTerm(s string, i int) int {
	for i < len(s) && (isLetter(s[i]) || '0' <= s[i] && s[i] <= '9' || strings.IndexByte(`+-*/\ `, s[i]) >= 0) {
		i++
	}
	return i
}

// removeDecoration removes ordinal endings, negative spaces, empty texts,
// dollar signs, quotes and \displaystyle.
func removeDecoration(s string) string {
	var e edit
	for i := 0; i < len(s); {
		end := i
		switch s[i] {
		case '$':
			end = i + 1
		case '"', '\'':
			if byteAt(s, i-1) != '\\' {
				end = i + 1
			}
		case '\\':
			end = decorationEnd(s, i)
		}
		if end > i {
			e.replace(s, i, end, "")
			i = end
		} else {
			i++
		}
	}
	return e.finish(s)
}

func decorationEnd(s string, i int) int {
	switch rest := s[i:]; {
	case strings.HasPrefix(rest, `\mathrm{th}`):
		return i + len(`\mathrm{th}`)
	case strings.HasPrefix(rest, `\!`):
		return skipSpace(s, i+2)
	case strings.HasPrefix(rest, `\text`):
		j := skipSpace(s, i+len(`\text`))
		if byteAt(s, j) != '{' {
			return i
		}
		if j = skipSpace(s, j+1); byteAt(s, j) == '}' {
			return j + 1
		}
	case strings.HasPrefix(rest, `\$`):
		return i + 2
	case strings.HasPrefix(rest, `\displaystyle`):
		return i + len(`\displaystyle`)
	}
	return i
}

// undoubleBackslashes turns \\ before a letter into \.
func undoubleBackslashes(s string) string {
	var e edit
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '\\' && s[i+1] == '\\' && isLetter(s[i+2]) {
			e.replace(s, i, i+2, `\`)
			i++
		}
	}
	return e.finish(s)
}

// lastSide returns what follows the last equals sign of a chain of at least
// two, unless text is a list.
func lastSide(text string) string {
	if strings.ContainsAny(text, ",;") {
		return text
	}
	last, signs := 0, 0
	for i := 0; i < len(text); i++ {
		if text[i] == '=' && (i == 0 || strings.IndexByte(`\<!>`, text[i-1]) < 0) {
			last, signs = i+1, signs+1
		}
	}
	if signs < 2 {
		return text
	}
	return text[last:]
}
