package syntax

import (
	"strings"
	"unicode/utf8"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxLength bounds a text; an answer is never longer.
const maxLength = 1 << 15

// Parse reads one answer. What is no mathematics but reads as words becomes a
// Text; anything else is an *Error. The work is charged to b.
func Parse(s string, o Options, b *budget.Budget) (*tree.Node, error) {
	if n := short(s); n != nil {
		return n, nil
	}
	if len(s) > maxLength {
		return nil, &Error{Src: s[:snippet], Offset: 0, Msg: "text too long"}
	}
	b.Use(int64(len(s))/16 + 8)
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, " ")
	}
	s = normalise(s)
	if strings.IndexFunc(s, control) >= 0 {
		s = strings.Map(func(r rune) rune {
			if control(r) {
				return ' '
			}
			return r
		}, s)
	}
	n, err := parseClean(s, o, b, 0)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// control reports a character that stands for nothing.
func control(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7F }

// maxLayers bounds the layers of decoration around an answer.
const maxLayers = 20

// parseClean reads a text without what was wrapped around it.
func parseClean(s string, o Options, b *budget.Budget, depth int) (*tree.Node, *Error) {
	whole := s
	words := false
	for depth < maxLayers {
		t, text := unwrap(s)
		if t == s {
			break
		}
		s, words = t, words || text
		depth++
	}
	if s == "" {
		return nil, &Error{Src: whole, Msg: "nothing there"}
	}
	if date(s) {
		return tree.Words(s), nil
	}
	if n := feetInches(s); n != nil {
		return n, nil
	}
	if letter := chosen(s); letter != "" {
		return tree.Words(letter), nil
	}
	if letter, rest := label(s); letter != "" {
		if rest == "" {
			return tree.Words(letter), nil
		}
		if r := remarkOf(rest); harmless(r) {
			return tree.Words(letter), nil
		}
		if secondLabel(rest) || remarkOf(rest) != "" {
			return settled(s, o, b, "several choices")
		}
		if n, err := parseClean(rest, o, b, depth+1); err == nil {
			if n.Op == tree.Text && remarkOf(n.Name) != "" {
				return settled(s, o, b, "several choices")
			}
			return tree.Named(tree.Labeled, letter, n), nil
		}
	}
	if lines := lines(s); lines != nil {
		all := make([]*tree.Node, 0, len(lines))
		for _, l := range lines {
			n, err := parseClean(l, o, b, depth+1)
			if err != nil {
				all = nil
				break
			}
			if n.Op == tree.Lines {
				all = append(all, n.Args...)
			} else {
				all = append(all, n)
			}
		}
		if all != nil {
			return tree.New(tree.Lines, all...), nil
		}
	}
	n, err := parseOne(s, o, b)
	if err != nil {
		return nil, err
	}
	if tree.Any(n, loneExtreme) {
		return tree.Words(s), nil // "max 5" names what 5 is
	}
	if words {
		n = asWords(n)
	}
	return n, nil
}

// loneExtreme reports the maximum or minimum of one number.
func loneExtreme(n *tree.Node) bool {
	return n.Op == tree.Func && (n.Name == "max" || n.Name == "min") && len(n.Args) == 1 && n.Args[0].Op == tree.Number
}

// asWords makes a text of letters that stood in a text.
func asWords(n *tree.Node) *tree.Node {
	switch {
	case n.Op == tree.Symbol && len(n.Name) == 1, n == tree.E, n == tree.I:
		return tree.Words(n.Name)
	case n.Op == tree.Mul && n.Name != "":
		return tree.Words(n.Name)
	}
	return n
}

// parseOne reads a text of one answer.
func parseOne(s string, o Options, b *budget.Budget) (*tree.Node, *Error) {
	math := mathDollars(s)
	p := parser{
		lexer: lexer{src: s, math: math, comma: o.DecimalComma, latex: strings.IndexByte(s, '\\') >= 0 || math && strings.IndexByte(s, '$') >= 0},
		opts:  o,
		bud:   b,
	}
	p.next()
	n := p.list()
	if p.err == nil && p.tok.kind == tBreak {
		n = p.breaks(n)
	}
	if p.err == nil && p.tok.kind == tDot {
		p.next()
	}
	if p.err == nil && p.tok.kind != tEOF {
		if p.tok.kind == tWord || p.tok.kind == tText {
			p.words = true
		}
		p.fail(p.tok.start, "unexpected "+p.tokenText())
	}
	if p.err == nil {
		return n, nil
	}
	if w := wordsOf(s); w != "" && (p.words || wordyText(w)) {
		if n, err := settled(s, o, b, ""); err == nil {
			return n, nil
		}
	}
	return nil, p.err
}

// settled returns the words of s, if they still are words without their
// decoration.
func settled(s string, o Options, b *budget.Budget, msg string) (*tree.Node, *Error) {
	w := wordsOf(s)
	if w == s {
		return tree.Words(w), nil
	}
	if w != "" && len(w) <= len(s) {
		if m, err := parseClean(w, o, b, maxLayers-1); err == nil && m.Op == tree.Text && m.Name == w {
			return m, nil
		}
	}
	return nil, &Error{Src: s, Msg: msg}
}

// breaks reads answers on lines of their own, separated by \\.
func (p *parser) breaks(first *tree.Node) *tree.Node {
	all := []*tree.Node{first}
	for p.tok.kind == tBreak && p.err == nil {
		p.next()
		if p.tok.kind == tEOF {
			break
		}
		all = append(all, p.list())
	}
	if len(all) == 1 {
		return first
	}
	return tree.New(tree.Lines, all...)
}

// wordy reports a text with words in it.
func (p *parser) wordy() bool { return !p.latex && wordyText(p.src) }

// wordyText reports a text with a word of the language in it.
func wordyText(s string) bool {
	for i := 0; i < len(s); {
		if s[i] >= 0xC3 {
			return true
		}
		j := i
		for j < len(s) && isLetter(s[j]) {
			j++
		}
		if w := s[i:j]; len(w) > 2 && textual(w) && functions[w].name == "" || len(w) == 2 && shortWord(w) {
			return true
		}
		i = j + 1
	}
	return false
}

// wordsOf returns the words of a text without its decoration, or "" when there
// is mathematics in commands.
func wordsOf(s string) string {
	if strings.IndexByte(s, '\\') >= 0 {
		s = unstyle(s)
		s = strings.NewReplacer(`\ `, " ", `\,`, " ", `\;`, " ", `\quad`, " ", `\%`, "%", `\(`, "", `\)`, "", `\[`, "", `\]`, "", `\!`, "").Replace(s)
	}
	if strings.ContainsAny(s, `\{}`) {
		return ""
	}
	if strings.ContainsAny(s, "\"`*$~") {
		s = strings.NewReplacer(`"`, "", "`", "", "**", "", "$", "", "~", " ").Replace(s)
	}
	return strings.TrimRight(clean(s), " .")
}

// mathDollars reports whether the dollar signs of s delimit mathematics: they
// come in pairs, and none that closes stands before a digit.
func mathDollars(s string) bool {
	open := false
	n := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '$':
			if i+1 < len(s) && s[i+1] == '$' {
				i++
			}
			if open && i+1 < len(s) && isDigit(s[i+1]) {
				return false
			}
			open = !open
			n++
		}
	}
	return !open
}

// lines splits a text into answers on lines of their own; nil when there is
// but one.
func lines(s string) []string {
	sep := "\n"
	if strings.IndexByte(s, '\n') < 0 {
		sep = ` \\ `
		if !strings.Contains(s, sep) {
			return nil
		}
	}
	if strings.Contains(s, `\begin`) {
		return nil
	}
	var out []string
	for _, l := range strings.Split(s, sep) {
		l = strings.TrimSpace(l)
		if l == "" || l == "$$" || l == `\[` || l == `\]` {
			continue
		}
		switch c := l[0]; {
		case c == '=' || c == '<' || c == '>' || c == '&' || c == '+' || c == '*' || c == '^' || c == '_':
			return nil
		}
		switch c := l[len(l)-1]; {
		case strings.IndexByte("+-*/=<>^_({[,&", c) >= 0 && len(l) > 1 && l[len(l)-2] != '\\':
			return nil
		}
		if strings.Count(l, "{") != strings.Count(l, "}") || strings.Count(l, `\left`) != strings.Count(l, `\right`) || strings.Count(l, "(")+strings.Count(l, "[") != strings.Count(l, ")")+strings.Count(l, "]") {
			return nil
		}
		out = append(out, l)
	}
	if len(out) < 2 || len(out) > 1000 {
		return nil
	}
	return out
}

// date reports a date such as 2024-01-02 or 1/2/2024, which is no arithmetic.
func date(s string) bool {
	if len(s) < 8 || len(s) > 10 || !isDigit(s[0]) || !isDigit(s[len(s)-1]) {
		return false
	}
	var width [3]int
	part := 0
	sep := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isDigit(c):
			width[part]++
		case (c == '-' || c == '/') && part < 2 && (sep == 0 || sep == c):
			sep = c
			part++
		default:
			return false
		}
	}
	short := func(w int) bool { return w == 1 || w == 2 }
	return part == 2 && short(width[1]) && (width[0] == 4 && short(width[2]) || short(width[0]) && width[2] == 4)
}

// unstyle takes the commands for upright and bold words off their groups.
func unstyle(s string) string {
	var b strings.Builder
	depth, closing := 0, make([]int, 0, 8)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			l := lexer{src: s, pos: i}
			name := l.command(1)
			switch name {
			case "text", "textbf", "textit", "mbox", "mathrm", "textrm", "mathbf", "textnormal":
				if j := i + 1 + len(name); j < len(s) && s[j] == '{' {
					depth++
					closing = append(closing, depth)
					i = j
					continue
				}
			}
			b.WriteByte(c)
			if name == "" && i+1 < len(s) {
				i++
				b.WriteByte(s[i])
			}
		case c == '{':
			depth++
			b.WriteByte(c)
		case c == '}':
			if k := len(closing); k > 0 && closing[k-1] == depth {
				closing = closing[:k-1]
			} else {
				b.WriteByte(c)
			}
			depth--
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
