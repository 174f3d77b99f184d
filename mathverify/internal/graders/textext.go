package graders

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/golongrl/golongrl/internal/py"
)

// texToText is LatexNodes2Text().latex_to_text: LaTeX as text, in which
// \frac{a}{b} is a/b, \sqrt{a} is √(a), and symbols are characters. err is
// errTexRaises or errTexOpen.
//
// Source: pylatexenc 2.10, latex2text.
func texToText(s string) (text string, err error) {
	if strings.ContainsAny(s, "$%") {
		return "", errTexOpen
	}
	p := texParser{s: s}
	list, _ := p.nodes(0, texStop{})
	if p.err != nil {
		return "", p.err
	}
	var w texWriter
	if text = w.list(list); w.err != nil {
		return "", w.err
	}
	return text, nil
}

// texWriter turns nodes into text. Within a formula, white space between
// commands and characters is kept and white space alone is dropped; outside it
// is the other way round.
type texWriter struct {
	formula bool
	err     error
}

func (w *texWriter) list(nodes []*texNode) string {
	var b strings.Builder
	for i, n := range nodes {
		if w.formula && n.kind == texChars && i > 0 && nodes[i-1].kind == texCommand && nodes[i-1].bare {
			b.WriteString(nodes[i-1].post)
		}
		b.WriteString(w.node(n))
	}
	return b.String()
}

func (w *texWriter) node(n *texNode) string {
	switch n.kind {
	case texChars:
		if w.formula && py.Strip(n.text) == "" {
			return ""
		}
		return n.text
	case texGroup:
		return w.list(n.list)
	case texCommand:
		return w.command(n)
	case texSpecial:
		return specialText(n.text)
	case texInline:
		return w.math(n.list)
	case texDisplay:
		return indented(w.math(n.list))
	}
	switch n.text {
	case "array", "pmatrix", "bmatrix", "smallmatrix", "psmallmatrix", "bsmallmatrix":
		return w.matrix(n.list)
	case "equation", "equation*", "eqnarray", "eqnarray*", "align", "align*", "multline", "multline*", "gather", "gather*",
		"dmath", "dmath*":
		return indented(w.math(n.list))
	}
	return w.list(n.list)
}

func specialText(s string) string {
	switch s {
	case "&":
		return "   "
	case "~":
		return "\u00a0"
	case "``":
		return "“"
	case "''":
		return "”"
	case "--":
		return "–"
	case "---":
		return "—"
	case "!`":
		return "¡"
	}
	return "¿"
}

// math is the text of a formula.
func (w *texWriter) math(list []*texNode) string {
	before := w.formula
	w.formula = true
	s := py.Strip(w.list(list))
	w.formula = before
	return s
}

func indented(s string) string {
	return "\n    " + strings.ReplaceAll(s, "\n", "\n    ") + "\n"
}

// arg is the text of one argument, "" if it is absent.
func (w *texWriter) arg(n *texNode) string {
	switch {
	case n == nil:
		return ""
	case n.kind == texGroup:
		return w.list(n.list)
	}
	return w.node(n)
}

func (w *texWriter) command(n *texNode) string {
	m := findMacro(n.text)
	switch m.kind {
	case 'c':
		return m.text
	case 'j':
		var b strings.Builder
		for _, a := range n.args {
			b.WriteString(w.arg(a))
		}
		return b.String()
	case 'f':
		return w.format(m.text, n.args)
	case 's':
		if len(n.args) == 0 {
			return ""
		}
		return styled(w.arg(n.args[0]), m.text)
	case 'a':
		c := " "
		if len(n.args) > 0 {
			c = py.Strip(w.list(n.args[:1]))
		}
		return accented(c, m.text)
	case 'u':
		w.err = errTexOpen
	}
	return ""
}

// format puts the arguments into a template with %s, which takes all of them in
// order, or %(n)s. Too few for %s leave the template as it is, as in Python;
// a missing %(n)s raises.
func (w *texWriter) format(template string, args []*texNode) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = w.arg(a)
	}
	if !strings.Contains(template, "%(") {
		if strings.Count(template, "%s") != len(texts) {
			return template
		}
		var b strings.Builder
		for _, t := range texts {
			before, after, _ := strings.Cut(template, "%s")
			b.WriteString(before)
			b.WriteString(t)
			template = after
		}
		b.WriteString(template)
		return b.String()
	}
	before, rest, _ := strings.Cut(template, "%(")
	number, after, _ := strings.Cut(rest, ")s")
	k := int(number[0] - '1')
	if k >= len(texts) {
		if w.err == nil {
			w.err = errTexRaises
		}
		return ""
	}
	return before + texts[k] + after
}

// matrix renders rows as "[ a b; c d ]" with columns of equal width.
func (w *texWriter) matrix(nodes []*texNode) string {
	var rows [][]string
	var row []string
	var cell []*texNode
	endColumn := func() {
		if len(cell) > 0 {
			row = append(row, py.Strip(w.list(cell)))
			cell = nil
		}
	}
	for _, n := range nodes {
		switch {
		case n.kind == texSpecial && n.text == "&":
			endColumn()
		case n.kind == texCommand && n.text == `\`:
			endColumn()
			rows, row = append(rows, row), nil
		default:
			cell = append(cell, n)
		}
	}
	endColumn()
	rows = append(rows, row)
	width := -1
	total := 0
	for _, r := range rows {
		for _, x := range r {
			width = max(width, py.RuneCount(x))
			total++
		}
	}
	if width < 0 { // max() of nothing
		if w.err == nil {
			w.err = errTexRaises
		}
		return ""
	}
	if width*total > maxWork {
		w.err = errTexOpen
		return ""
	}
	var b strings.Builder
	b.WriteString("[ ")
	for i, r := range rows {
		if i > 0 {
			b.WriteString("; ")
		}
		for j, x := range r {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strings.Repeat(" ", width-py.RuneCount(x)))
			b.WriteString(x)
		}
	}
	b.WriteString(" ]")
	return b.String()
}

// accented puts a combining character on every character of s.
func accented(s, mark string) string {
	var b strings.Builder
	for s != "" {
		var c string
		c, s = cutChar(s)
		switch c {
		case "ı":
			c = "i"
		case "ȷ":
			c = "j"
		}
		b.WriteString(norm.NFC.String(c + mark))
	}
	return b.String()
}

// styled writes ASCII letters in a mathematical alphabet.
func styled(s, style string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(styledRune(r, style))
	}
	return b.String()
}

// mathAlphabets are the capital and the small a of the alphabets; mathHoles the
// letters that Unicode had before.
var (
	mathAlphabets = map[string][2]rune{
		"bold": {0x1d400, 0x1d41a}, "italic": {0x1d434, 0x1d44e}, "script": {0x1d49c, 0x1d4b6}, "fraktur": {0x1d504, 0x1d51e},
		"doublestruck": {0x1d538, 0x1d552}, "sans": {0x1d5a0, 0x1d5ba}, "monospace": {0x1d670, 0x1d68a},
	}
	mathHoles = map[string]string{
		"italic": "hℎ", "script": "BℬEℰFℱHℋIℐLℒMℳRℛeℯgℊoℴ", "fraktur": "CℭHℌIℑRℜZℨ", "doublestruck": "CℂHℍNℕPℙQℚRℝZℤ",
	}
)

func styledRune(r rune, style string) rune {
	if _, after, ok := strings.Cut(mathHoles[style], string(r)); ok && r < 0x80 {
		for _, hole := range after {
			return hole
		}
	}
	first := mathAlphabets[style]
	switch {
	case 'A' <= r && r <= 'Z':
		return first[0] + r - 'A'
	case 'a' <= r && r <= 'z':
		return first[1] + r - 'a'
	}
	return r
}
