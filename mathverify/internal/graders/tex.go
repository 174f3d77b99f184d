package graders

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
)

// This is the part of pylatexenc's LatexWalker, in its tolerant mode, that
// prm800k's grader needs: commands with their arguments, groups, environments
// and \( \) \[ \]. Dollar signs and comments do not occur, because the grader
// has deleted $ and %.
//
// Source: pylatexenc 2.10, latexwalker.

// errTexRaises reports that the original raises, errTexOpen that this package
// does not repeat what it does.
var (
	errTexRaises = errors.New("the conversion raises")
	errTexOpen   = errors.New("the conversion is not repeated here")
)

// texMacro is a command known to pylatexenc; see grader_tables.py for its kinds.
type texMacro struct {
	name, args string
	kind       byte
	text       string
}

// findMacro returns the table entry of a command; an unknown one is dropped.
func findMacro(name string) texMacro {
	lo, hi := 0, len(texMacros)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if texMacros[mid].name < name {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(texMacros) && texMacros[lo].name == name {
		return texMacros[lo]
	}
	return texMacro{name: name, kind: 'd'}
}

// texEnvironmentArgs are the arguments of environments; those that map to "?"
// are not repeated here.
func texEnvironmentArgs(name string) (args string, known bool) {
	switch name {
	case "array":
		return "[{", true
	case "tabular", "alignat", "alignat*":
		return "{", true
	case "figure", "figure*", "table", "table*", "tabular*", "tabularx", "theorem", "proposition", "lemma", "corollary",
		"definition", "conjecture", "remark", "proof", "thm", "prop", "lem", "cor", "conj", "rem", "defn", "enumerate",
		"itemize", "description", "verbatim", "center", "flushleft", "flushright", "exenumerate", "list":
		return "", false
	}
	return "", true
}

// texNode is a piece of parsed LaTeX.
type texNode struct {
	kind texKind
	text string // characters, special, or name
	post string // white space behind a command
	args []*texNode
	list []*texNode // of groups, environments and formulas
	bare bool       // a command of a list without arguments
}

type texKind uint8

const (
	texChars texKind = iota
	texGroup
	texCommand
	texSpecial
	texEnvironment
	texInline
	texDisplay
)

// texToken is a token; pre is the white space before it.
type texToken struct {
	kind     tokenKind
	arg      string
	pos, end int
	pre      string
	post     string
}

type tokenKind uint8

const (
	tokChar tokenKind = iota
	tokMacro
	tokOpen
	tokClose
	tokBegin
	tokEnd
	tokInline
	tokDisplay
	tokSpecial
)

// texParser reads s. Its steps bound the rereading that a failed argument
// causes.
type texParser struct {
	s     string
	steps int
	depth int
	err   error
}

// texEOF is what token returns at the end of the text.
type texEOF struct{ space string }

// token returns the token at pos. eof is not nil at the end. With bracket,
// square brackets are braces; without environments, \begin is a command.
func (p *texParser) token(pos int, bracket, environments bool) (t texToken, eof *texEOF) {
	if p.steps++; p.steps > 4*len(p.s)+1000 {
		p.err = errTexOpen
	}
	if p.err != nil {
		return texToken{}, &texEOF{}
	}
	s := p.s
	start := pos
	for pos < len(s) {
		n := spaceSize(s[pos:])
		if n == 0 {
			break
		}
		if pos += n; strings.HasSuffix(s[start:pos], "\n\n") {
			return texToken{kind: tokChar, arg: "\n\n", pos: pos - 2, end: pos, pre: s[start : pos-2]}, nil
		}
	}
	t = texToken{pos: pos, pre: s[start:pos]}
	if pos == len(s) {
		return t, &texEOF{t.pre}
	}
	switch c := s[pos]; {
	case c == '\\':
		return p.command(t, environments)
	case c == '{' || bracket && c == '[':
		t.kind, t.arg, t.end = tokOpen, s[pos:pos+1], pos+1
	case c == '}' || bracket && c == ']':
		t.kind, t.arg, t.end = tokClose, s[pos:pos+1], pos+1
	default:
		if sp := special(s[pos:]); sp != "" {
			t.kind, t.arg, t.end = tokSpecial, sp, pos+len(sp)
			break
		}
		_, n := py.DecodeRune(s[pos:])
		t.arg, t.end = s[pos:pos+n], pos+n
	}
	return t, nil
}

// special returns the special sequence that s begins with, the longest first.
func special(s string) string {
	for _, sp := range [...]string{"---", "``", "''", "--", "!`", "?`", "~", "&"} {
		if strings.HasPrefix(s, sp) {
			return sp
		}
	}
	return ""
}

// command finishes the token of a backslash.
func (p *texParser) command(t texToken, environments bool) (texToken, *texEOF) {
	s := p.s
	if t.pos+1 == len(s) {
		return t, &texEOF{}
	}
	r, n := py.DecodeRune(s[t.pos+1:])
	end := t.pos + 1 + n
	alpha := isAlpha(r)
	for alpha && end < len(s) {
		r, n := py.DecodeRune(s[end:])
		if !isAlpha(r) {
			break
		}
		end += n
	}
	t.kind, t.arg, t.end = tokMacro, s[t.pos+1:end], end
	switch t.arg {
	case "[", "]":
		t.kind = tokDisplay
		return t, nil
	case "(", ")":
		t.kind = tokInline
		return t, nil
	case "begin", "end":
		if !environments {
			break
		}
		name, to, ok := environmentName(s, end)
		if !ok {
			t.kind, t.arg = tokChar, `\`+t.arg
			return t, nil
		}
		if t.kind = tokBegin; t.arg == "end" {
			t.kind = tokEnd
		}
		t.arg, t.end = name, to
		return t, nil
	}
	if alpha {
		from := end
		for end < len(s) {
			n := spaceSize(s[end:])
			if n == 0 {
				break
			}
			if end += n; strings.HasSuffix(s[from:end], "\n\n") {
				end -= 2
				break
			}
		}
		t.post, t.end = s[from:end], end
	}
	return t, nil
}

// environmentName reads \s*\{([\w* ._-]+)\} at s[i:].
func environmentName(s string, i int) (name string, end int, ok bool) {
	for i < len(s) {
		n := spaceSize(s[i:])
		if n == 0 {
			break
		}
		i += n
	}
	if i == len(s) || s[i] != '{' {
		return "", 0, false
	}
	from := i + 1
	for i = from; i < len(s); {
		r, n := py.DecodeRune(s[i:])
		if !isWord(r) && (r >= utf8.RuneSelf || !strings.ContainsRune("* ._-", r)) {
			break
		}
		i += n
	}
	if i == from || i == len(s) || s[i] != '}' {
		return "", 0, false
	}
	return s[from:i], i + 1, true
}

// texStop says what ends a list of nodes.
type texStop struct {
	brace string // the closing brace
	env   string
	math  string
}

// nodes reads nodes from pos up to stop or the end, and returns the position
// behind it. Tokens out of place are dropped.
func (p *texParser) nodes(pos int, stop texStop) (list []*texNode, end int) {
	if p.depth++; p.depth > maxDepth {
		p.err = errTexOpen
	}
	defer func() { p.depth-- }()
	var chars strings.Builder
	flush := func(space string) {
		if chars.Len() > 0 || space != "" {
			list = append(list, &texNode{kind: texChars, text: chars.String() + space})
			chars.Reset()
		}
	}
	bracket := stop.brace == "]"
	for {
		t, eof := p.token(pos, bracket, true)
		if eof != nil {
			flush(eof.space)
			return list, pos + len(eof.space)
		}
		pos = t.end
		if t.kind == tokChar {
			chars.WriteString(t.pre)
			chars.WriteString(t.arg)
			continue
		}
		flush(t.pre)
		var node *texNode
		switch t.kind {
		case tokClose:
			if t.arg == stop.brace {
				return list, pos
			}
		case tokEnd:
			if stop.env != "" && t.arg == stop.env {
				return list, pos
			}
		case tokInline, tokDisplay:
			if stop.math != "" && t.arg == stop.math {
				return list, pos
			}
			if t.arg == "(" || t.arg == "[" {
				node = &texNode{kind: texInline}
				closing := ")"
				if t.kind == tokDisplay {
					node.kind, closing = texDisplay, "]"
				}
				node.list, pos = p.nodes(pos, texStop{math: closing})
			}
		case tokOpen:
			node, pos = p.group(t)
		case tokBegin:
			node, pos = p.environment(t)
		case tokMacro:
			node = &texNode{kind: texCommand, text: t.arg, post: t.post}
			var ok bool
			args := findMacro(t.arg).args
			if node.args, pos, ok = p.arguments(args, pos, t.arg == `\`); !ok {
				node.args, pos = nil, t.end
			}
			node.bare = isBare(args, node.args)
		case tokSpecial:
			node = &texNode{kind: texSpecial, text: t.arg}
		}
		if p.err != nil {
			return nil, len(p.s)
		}
		if node != nil {
			list = append(list, node)
		}
	}
}

// isBare reports whether a command counts as one without arguments: a leading
// optional argument counts apart from the rest.
func isBare(spec string, args []*texNode) bool {
	if args == nil {
		return true
	}
	skip := len(spec) - len(strings.TrimLeft(spec, "*"))
	if rest := spec[skip:]; strings.HasPrefix(rest, "[") && strings.Trim(rest[1:], "{") == "" {
		return args[skip] == nil && len(args) == skip+1
	}
	return len(args) == 0
}

// group reads the group whose opening brace is t.
func (p *texParser) group(t texToken) (*texNode, int) {
	closing := "}"
	if t.arg == "[" {
		closing = "]"
	}
	list, end := p.nodes(t.end, texStop{brace: closing})
	return &texNode{kind: texGroup, list: list}, end
}

// environment reads the environment that t begins.
func (p *texParser) environment(t texToken) (*texNode, int) {
	spec, known := texEnvironmentArgs(t.arg)
	if !known {
		p.err = errTexOpen
		return nil, t.end
	}
	node := &texNode{kind: texEnvironment, text: t.arg}
	args, pos, ok := p.arguments(spec, t.end, false)
	if !ok {
		args, pos = nil, t.end
	}
	node.args = args
	node.list, pos = p.nodes(pos, texStop{env: t.arg})
	return node, pos
}

// arguments reads the arguments of a command; ok is false at the end of the
// text. An absent optional argument is nil.
func (p *texParser) arguments(spec string, pos int, noSpace bool) (args []*texNode, end int, ok bool) {
	if spec == "" {
		return nil, pos, true
	}
	for i := range len(spec) {
		switch spec[i] {
		case '*':
			t, eof := p.token(pos, false, true)
			if eof != nil {
				return nil, pos, false
			}
			if t.kind != tokChar || t.arg != "*" {
				args = append(args, nil)
				continue
			}
			args, pos = append(args, &texNode{kind: texChars, text: "*"}), t.pos+1
		case '[':
			if noSpace && spaceSize(p.s[pos:]) > 0 {
				args = append(args, nil)
				continue
			}
			t, eof := p.token(pos, true, false)
			if eof != nil || t.kind != tokOpen || t.arg != "[" {
				args = append(args, nil)
				continue
			}
			var node *texNode
			node, pos = p.group(t)
			args = append(args, node)
		default:
			var node *texNode
			if node, pos, ok = p.expression(pos); !ok {
				return nil, pos, false
			}
			args = append(args, node)
		}
	}
	return args, pos, true
}

// expression reads one mandatory argument: a group, a command without its
// arguments, or a character.
func (p *texParser) expression(pos int) (node *texNode, end int, ok bool) {
	t, eof := p.token(pos, false, false)
	if eof != nil {
		return nil, pos, false
	}
	switch t.kind {
	case tokMacro:
		if t.arg == "end" {
			return &texNode{kind: texChars}, t.pos, true
		}
		return &texNode{kind: texCommand, text: t.arg, post: t.post}, t.end, true
	case tokInline, tokDisplay:
		return &texNode{kind: texCommand, text: `\` + t.arg}, t.end, true
	case tokSpecial:
		return &texNode{kind: texSpecial, text: t.arg}, t.end, true
	case tokOpen:
		node, end = p.group(t)
		return node, end, p.err == nil
	case tokClose:
		return &texNode{kind: texChars}, t.pos, true
	}
	return &texNode{kind: texChars, text: t.arg}, t.end, true
}
