package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxRemark bounds the words in brackets behind a value.
const maxRemark = 60

// remarked passes words in brackets behind a value. Only comments that leave the
// value as it is go: any others make the whole answer words, for "5 (million)"
// and "5 (rejected)" are not 5.
func (p *parser) remarked(n *tree.Node) *tree.Node {
	var s string
	switch {
	case p.err != nil:
		return n
	case p.tok.kind == tText:
		s = trimSpacing(p.tok.s)
		if len(s) < 2 || s[0] != '(' || s[len(s)-1] != ')' || strings.HasPrefix(s, "(mod") {
			return n
		}
		s = s[1 : len(s)-1]
	case p.tok.kind == tLParen && p.remarkAhead():
		rest := p.src[p.tok.end:min(p.tok.end+maxRemark, len(p.src))]
		i := strings.IndexByte(rest, ')')
		if i < 0 {
			return p.failWords(p.tok.start)
		}
		s = rest[:i]
		p.pos = p.tok.end + i + 1
		p.tok.end = p.pos
	default:
		return n
	}
	at := p.tok.start
	p.next()
	if len(s) > maxRemark || isStatement(n) {
		return p.failWords(at)
	}
	if harmless(s) {
		return n
	}
	u := p.unitText(strings.TrimPrefix(trimSpacing(s), "in "))
	switch {
	case u == nil || !measurable(n) || u.Op == tree.Unit && len(u.Name) == 1 && len(s) == 1:
		return p.failWords(at)
	case n.Op != tree.Quantity:
		return tree.New(tree.Quantity, n, u)
	case tree.Same(n.Args[1], u):
		return n
	}
	return p.failWords(at)
}

// measurable reports a value that a unit in brackets can belong to.
func measurable(n *tree.Node) bool {
	switch n.Op {
	case tree.Number, tree.Add, tree.Neg, tree.Mul, tree.Div, tree.Pow, tree.Root, tree.PlusMinus, tree.Quantity:
		return n.Op != tree.Mul || n.Name == ""
	}
	return false
}

// remarkAhead reports words in brackets behind a value: 3.14 (approx).
func (p *parser) remarkAhead() bool {
	if !p.tok.space || p.latex && (!p.math || strings.IndexByte(p.src[p.prevEnd:p.tok.start], '$') < 0) {
		return false // behind the dollar sign that ends mathematics there are words
	}
	rest := p.src[p.tok.end:min(p.tok.end+maxRemark, len(p.src))]
	i := 0
	for i < len(rest) && isLetter(rest[i]) {
		i++
	}
	if i == len(rest) || rest[i] != ')' && rest[i] != ' ' && rest[i] != '.' {
		return false
	}
	w := rest[:i]
	switch w {
	case "or", "to", "in", "at", "no", "not":
		return rest[i] == ' ' && i+1 < len(rest) && (isLetter(rest[i+1]) || isDigit(rest[i+1])) || rest[i] == ')' && w == "no"
	case "mod":
		return false
	}
	if _, unit := unitWord(w); unit && len(w) > 1 && rest[i] == ')' && behindNumber(p.src, p.prevEnd) {
		return true
	}
	return textual(w) && functions[w].name == "" && wordValue(w) == nil && conditionWord(w) == 0
}

// trimRemark takes a harmless remark off the end of the text at the token.
func (p *parser) trimRemark() {
	s := strings.TrimRight(p.tok.s, " ~")
	if i := strings.Index(s, " ("); i > 0 && s[len(s)-1] == ')' && harmless(s[i+2:len(s)-1]) {
		p.tok.s = s[:i]
	}
}

// comments are the remarks that leave a value as it is.
var comments = phraseSet(`approx|approximately|about|approximate|approximated|rounded|rounded up|rounded down|rounded off|exact|exactly|exact value|
	exact form|exact answer|simplified|simplified form|simplest form|in simplest form|fully simplified|reduced|lowest terms|in lowest terms|
	final answer|the final answer|answer|the answer|final|as required|as desired|as given|as expected|as shown|shown above|from above|as above|
	verified|checked|correct|right|true|yes|only|decimal|decimal form|as a decimal|as a fraction|fraction`)

// roundings are the words that say how far a value is rounded.
var roundings = wordSet(`rounded rounding correct accurate to the nearest up down off decimal decimals place places dp d.p sf s.f significant
	figure figures digit digits one two three four five 1 2 3 4 5 6 10 100 1000 whole number integer tenth hundredth thousandth ten hundred
	thousand cent dollar penny percent unit degree minute approx approximately`)

// places are what "see" may refer to.
var places = wordSet(`above below step part section figure table page line equation diagram graph explanation work working solution the a b c d 1 2 3 4 5 6 7 8 9 10`)

func phraseSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Split(s, "|") {
		m[strings.TrimSpace(w)] = true
	}
	return m
}

// harmless reports a remark that leaves the value it stands behind as it is.
func harmless(s string) bool {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == ',' || r == '~' || r == '\t' })
	if len(words) == 0 || len(words) > 8 {
		return false
	}
	for i, w := range words {
		words[i] = strings.TrimSuffix(w, ".")
	}
	if comments[strings.Join(words, " ")] {
		return true
	}
	if words[0] == "see" {
		return len(words) > 1 && all(words[1:], places)
	}
	if !all(words, roundings) {
		return false
	}
	for _, w := range words {
		switch w {
		case "rounded", "nearest", "decimal", "decimals", "dp", "d.p", "significant", "sf", "s.f":
			return true
		}
	}
	return false
}

// remarkOf returns the words in the brackets that are the whole of s, or "".
func remarkOf(s string) string {
	if strings.HasPrefix(s, `\text{`) && braced(s[5:]) == len(s)-5 {
		s = trimSpacing(s[6 : len(s)-1])
	}
	if len(s) < 3 || len(s) > maxRemark || s[0] != '(' || s[len(s)-1] != ')' {
		return ""
	}
	s = s[1 : len(s)-1]
	if strings.ContainsAny(s, "()") {
		return ""
	}
	if i := strings.IndexByte(s+" ", ' '); !textual(s[:i]) || !allLetters(s[:i]) || functions[s[:i]].name != "" || wordValue(s[:i]) != nil {
		return ""
	}
	return s
}

func all(words []string, in map[string]bool) bool {
	for _, w := range words {
		if !in[w] {
			return false
		}
	}
	return true
}

// hedges are words before a value that make it another one.
var hedges = wordSet(`not never no about approximately approx around roughly nearly almost over under below above
	negative minus plus between except only exactly least most`)
