package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// decoration is how a command that says nothing about the value is passed.
type decoration uint8

const (
	plainDecoration decoration = iota + 1 // \displaystyle
	argDecoration                         // \color{red}
	optDecoration                         // \\[2pt]
)

var decorations = map[string]decoration{
	"quad": plainDecoration, "qquad": plainDecoration, "enspace": plainDecoration, "thinspace": plainDecoration,
	"medspace": plainDecoration, "thickspace": plainDecoration, "negthinspace": plainDecoration, "space": plainDecoration,
	"displaystyle": plainDecoration, "textstyle": plainDecoration, "scriptstyle": plainDecoration, "scriptscriptstyle": plainDecoration,
	"limits": plainDecoration, "nolimits": plainDecoration, "displaylimits": plainDecoration, "rm": plainDecoration,
	"bf": plainDecoration, "it": plainDecoration, "tt": plainDecoration, "sf": plainDecoration, "cal": plainDecoration,
	"boxed": plainDecoration, "fbox": plainDecoration, "framebox": plainDecoration, "mathcal": plainDecoration,
	"mathscr": plainDecoration, "mathfrak": plainDecoration, "mathsf": plainDecoration, "mathtt": plainDecoration, "mathit": plainDecoration,
	"mathnormal": plainDecoration, "ensuremath": plainDecoration, "underline": plainDecoration, "mathstrut": plainDecoration,
	"strut": plainDecoration, "centering": plainDecoration, "noindent": plainDecoration, "hfill": plainDecoration,
	"big": plainDecoration, "Big": plainDecoration, "bigg": plainDecoration, "Bigg": plainDecoration,
	"middle": plainDecoration, "mathop": plainDecoration, "mathrel": plainDecoration, "mathbin": plainDecoration, "mathord": plainDecoration,
	"mathopen": plainDecoration, "mathclose": plainDecoration, "smash": plainDecoration, "nonumber": plainDecoration, "notag": plainDecoration,
	"hline": plainDecoration, "allowbreak": plainDecoration, "newline": plainDecoration, "protect": plainDecoration, "underbrace": plainDecoration,
	"large": plainDecoration, "Large": plainDecoration, "LARGE": plainDecoration, "huge": plainDecoration, "Huge": plainDecoration, "small": plainDecoration,
	"bcancel": plainDecoration,
	"color":   argDecoration, "textcolor": argDecoration, "phantom": argDecoration, "hphantom": argDecoration, "vphantom": argDecoration,
	"hspace": argDecoration, "vspace": argDecoration, "label": argDecoration, "tag": argDecoration, "colorbox": argDecoration,
	"mspace": argDecoration, "kern": plainDecoration, "bbox": optDecoration,
}

// A command is what a control sequence stands for.
type command struct {
	kind kind
	s    string
	rel  tree.Rel
}

var commands = func() map[string]command {
	m := map[string]command{
		"cdot": {kind: tTimes, s: "cdot"}, "times": {kind: tTimes, s: "times"}, "ast": {kind: tTimes}, "star": {kind: tTimes}, "bullet": {kind: tTimes},
		"div": {kind: tSlash}, "pm": {kind: tPM}, "mp": {kind: tMP}, "slash": {kind: tSlash},
		"cup": {kind: tCup}, "bigcup": {kind: tCup}, "cap": {kind: tCap}, "bigcap": {kind: tCap},
		"setminus": {kind: tSetMinus}, "smallsetminus": {kind: tSetMinus}, "backslash": {kind: tSetMinus},
		"lfloor": {kind: tLFloor}, "rfloor": {kind: tRFloor}, "lceil": {kind: tLCeil}, "rceil": {kind: tRCeil},
		"langle": {kind: tLAngle}, "rangle": {kind: tRAngle}, "lbrace": {kind: tLSet}, "rbrace": {kind: tRSet},
		"lbrack": {kind: tLBrack}, "rbrack": {kind: tRBrack}, "lparen": {kind: tLParen}, "rparen": {kind: tRParen},
		"vert": {kind: tBar}, "lvert": {kind: tLBar}, "rvert": {kind: tRBar}, "mid": {kind: tMid},
		"Vert": {kind: tDBar}, "lVert": {kind: tDBar}, "rVert": {kind: tDBar},
		"circ": {kind: tDegree}, "degree": {kind: tDegree}, "prime": {kind: tPrime},
		"neg": {kind: tNot}, "lnot": {kind: tNot}, "land": {kind: tAnd}, "wedge": {kind: tAnd}, "lor": {kind: tOr}, "vee": {kind: tOr},
		"ldots": {kind: tEllipsis}, "dots": {kind: tEllipsis}, "cdots": {kind: tEllipsis}, "dotsc": {kind: tEllipsis},
		"dotsb": {kind: tEllipsis}, "dotsm": {kind: tEllipsis}, "textellipsis": {kind: tEllipsis}, "vdots": {kind: tEllipsis}, "ddots": {kind: tEllipsis},
		"colon": {kind: tColon}, "infty": {kind: tConst, s: "inf"}, "infin": {kind: tConst, s: "inf"}, "pi": {kind: tConst, s: "pi"},
		"emptyset": {kind: tSetName, s: "empty"}, "varnothing": {kind: tSetName, s: "empty"}, "O": {kind: tSetName, s: "empty"},
		"R": {kind: tSetName, s: "R"}, "Z": {kind: tSetName, s: "Z"}, "Q": {kind: tSetName, s: "Q"}, "N": {kind: tSetName, s: "N"}, "C": {kind: tSetName, s: "C"},
		"reals": {kind: tSetName, s: "R"}, "Reals": {kind: tSetName, s: "R"}, "integers": {kind: tSetName, s: "Z"},
		"imath": {kind: tConst, s: "i"}, "iu": {kind: tConst, s: "i"}, "jmath": {kind: tSym, s: "j"}, "ell": {kind: tSym, s: "ell"},
		"hbar": {kind: tSym, s: "hbar"}, "pounds": {kind: tMoney, s: "GBP"}, "euro": {kind: tMoney, s: "EUR"}, "textdollar": {kind: tMoney, s: "USD"}, "yen": {kind: tMoney, s: "JPY"},
		"percent": {kind: tPercent}, "cr": {kind: tBreak}, "textdegree": {kind: tDegree}, "lq": {kind: tPrime},
	}
	for r, names := range map[tree.Rel]string{
		tree.Eq: "eq coloneqq doteq", tree.Ne: "ne neq", tree.Lt: "lt", tree.Le: "le leq leqslant leqq", tree.Gt: "gt", tree.Ge: "ge geq geqslant geqq",
		tree.Approx: "approx thickapprox simeq approxeq", tree.Identical: "equiv", tree.In: "in isin", tree.NotIn: "notin", tree.Subset: "subset subsetneq",
		tree.SubsetEq: "subseteq", tree.Superset: "supset supsetneq", tree.SupersetEq: "supseteq", tree.Similar: "sim cong", tree.Parallel: "parallel",
		tree.Perp: "perp bot", tree.Divides: "divides", tree.Maps: "to rightarrow mapsto longrightarrow longmapsto",
		tree.Implies: "Rightarrow implies Longrightarrow", tree.Iff: "Leftrightarrow iff Longleftrightarrow", tree.Propto: "propto varpropto",
	} {
		for _, name := range strings.Fields(names) {
			m[name] = command{kind: tRel, rel: r}
		}
	}
	for _, name := range greek {
		m[name] = command{kind: tSym, s: name}
		m["var"+name] = command{kind: tSym, s: name}
	}
	m["varpi"] = command{kind: tSym, s: "varpi"}
	for _, name := range []string{"Alpha", "Beta", "Epsilon", "Zeta", "Eta", "Iota", "Kappa", "Mu", "Nu", "Rho", "Tau", "Chi"} {
		delete(m, "var"+name)
	}
	return m
}()

// greek names the letters; variants such as \varphi are the same letter.
var greek = []string{
	"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
	"nu", "xi", "omicron", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
	"Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
	"Alpha", "Beta", "Epsilon", "Zeta", "Eta", "Iota", "Kappa", "Mu", "Nu", "Rho", "Tau", "Chi",
}

// parsed are the commands that the parser knows itself.
var parsed = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(`frac dfrac tfrac cfrac sfrac nicefrac sqrt cbrt root binom dbinom tbinom choose over
		begin end left right bmod pmod mod pod sum prod int iint iiint oint lim overline bar overrightarrow vec hat widehat
		tilde widetilde dot ddot angle triangle measuredangle overset underset stackrel not partial mathrm text mathbf textbf
		mathbb boldsymbol bm operatorname nabla cfrac forall exists therefore because substack cdotp overparen wideparen
		overarc top intercal bigtriangleup vartriangle square Box ang si SI unit qty num mbox hbox textit textrm textnormal textup limsup liminf
		dagger Pr xrightarrow cancel cancelto bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm mathbbm`) {
		m[name] = true
	}
	for name := range functions {
		m[name] = true
	}
	return m
}()

func known(name string) bool {
	if _, ok := commands[name]; ok {
		return true
	}
	return parsed[name] || decorations[name] != 0
}

// backslash scans a control sequence.
func (l *lexer) backslash() {
	switch l.at(1) {
	case '\\':
		if l.env == 0 {
			if c := l.at(2); c == '{' || c == '}' || c == '%' || c == '$' || isLetter(c) && l.doubled() {
				// The backslash was escaped once too often.
				l.pos++
				l.tok.start++
				if isLetter(c) && l.spacing() > 0 {
					l.scan()
					return
				}
				l.backslash()
				return
			}
		}
		n := 2
		if l.at(2) == '[' {
			if i := strings.IndexByte(l.src[l.pos:min(l.pos+20, len(l.src))], ']'); i > 0 {
				n = i + 1
			}
		}
		l.take(tBreak, n)
		return
	case '{':
		l.take(tLSet, 2)
		return
	case '}':
		l.take(tRSet, 2)
		return
	case '|':
		l.take(tDBar, 2)
		return
	case '%':
		l.take(tPercent, 2)
		return
	case '&':
		l.take(tAnd, 2)
		return
	case '$':
		l.take(tMoney, 2)
		l.tok.s = "USD"
		return
	case '_':
		l.take(tUnder, 2)
		return
	}
	name := l.command(1)
	if name == "" {
		l.take(tBad, 2)
		return
	}
	if c, ok := commands[name]; ok {
		l.take(c.kind, 1+len(name))
		l.tok.s, l.tok.rel = c.s, c.rel
		if name == "mid" {
			l.tok.kind = tMid
		}
		return
	}
	l.named(name)
}

// doubled reports whether a known command stands behind two backslashes.
func (l *lexer) doubled() bool {
	name := l.command(2)
	return len(name) > 1 && known(name)
}

// named scans the commands that need more than a table.
func (l *lexer) named(name string) {
	l.pos += 1 + len(name)
	switch name {
	case "left", "bigl", "Bigl", "biggl", "Biggl":
		l.delimiter(tLBar, tLNull, tLAngle)
	case "right", "bigr", "Bigr", "biggr", "Biggr":
		l.delimiter(tRBar, tRNull, tRAngle)
	case "text", "mbox", "hbox", "textbf", "textit", "textrm", "textnormal", "textup", "textsf", "texttt", "emph", "textsc", "intertext":
		n := braced(l.src[l.pos:])
		if n == 0 {
			l.tok.kind = tBad
			return
		}
		l.tok.kind = tText
		l.tok.s = inside(l.src[l.pos : l.pos+n])
		l.pos += n
	case "mathrm", "operatorname", "mathbf", "boldsymbol", "bm", "bold", "mathbb", "mathbbm", "Bbb":
		l.styled(name)
	case "not":
		l.scan()
		if l.tok.kind == tRel {
			switch l.tok.rel {
			case tree.Eq:
				l.tok.rel = tree.Ne
				return
			case tree.In:
				l.tok.rel = tree.NotIn
				return
			}
		}
		l.tok.kind = tBad
	case "cancel", "xcancel":
		l.tok.kind = tBad
	default:
		l.tok.kind = tCmd
		l.tok.s = name
	}
}

// inside returns the content of a group with its braces.
func inside(s string) string {
	i := strings.IndexByte(s, '{')
	return s[i+1 : len(s)-1]
}

// delimiter scans what stands behind \left or \right.
func (l *lexer) delimiter(bar, null, angle kind) {
	for l.at(0) == ' ' {
		l.pos++
	}
	switch l.at(0) {
	case '.':
		l.take(null, 1)
	case '|':
		l.take(bar, 1)
	case '<', '>':
		l.take(angle, 1)
	default:
		start, space := l.tok.start, l.tok.space
		l.scan()
		l.tok.start, l.tok.space = start, space
		if l.tok.kind == tBar {
			l.tok.kind = bar
		}
		if l.tok.kind == tLBrace {
			l.tok.kind = tLSet
		} else if l.tok.kind == tRBrace {
			l.tok.kind = tRSet
		}
	}
}

// styled scans a command that sets letters in another face. The face matters
// for upright e and i, bold vectors, blackboard sets and units.
func (l *lexer) styled(name string) {
	if l.at(0) == '*' {
		l.pos++
	}
	n := braced(l.src[l.pos:min(l.pos+maxArgument, len(l.src))])
	var body string
	if n > 0 {
		body = inside(l.src[l.pos : l.pos+n])
	} else {
		for l.at(0) == ' ' {
			l.pos++
		}
		if !isLetter(l.at(0)) {
			l.scan()
			return
		}
		body, n = l.src[l.pos:l.pos+1], 1
	}
	body = trimSpacing(body)
	if strings.Contains(body, `\,`) || strings.Contains(body, `\cdot`) {
		body = strings.NewReplacer(`\,`, " ", `\cdot`, " ").Replace(body)
	}
	switch name {
	case "mathbb", "mathbbm", "Bbb":
		switch body {
		case "R", "Q", "Z", "N", "C":
			l.take(tSetName, n)
			l.tok.s = body
			return
		case "E", "P":
			l.take(tSym, n)
			l.tok.s = body
			l.tok.part = true // an operator, see expectation
			return
		}
	case "mathrm", "operatorname":
		if romanWord(body) {
			l.take(tText, n)
			l.tok.s = body
			l.tok.part = true // set in roman: may be letters as well
			return
		}
	default:
		if len(body) == 1 && isLetter(body[0]) {
			l.take(tSym, n)
			l.tok.s = body
			return
		}
	}
	l.scan() // the group alone
}

// trimSpacing removes white space and spacing commands at both ends.
func trimSpacing(s string) string {
	for {
		t := strings.Trim(s, " ~\t\n")
		for _, cut := range [...]string{`\,`, `\;`, `\:`, `\!`, `\ `, `\quad`} {
			t = strings.TrimPrefix(t, cut)
			if len(t) > len(cut) || cut == `\,` {
				t = strings.TrimSuffix(t, cut)
			}
		}
		if t == s {
			return strings.TrimSuffix(s, `\`)
		}
		s = t
	}
}

// romanWord reports whether upright text is letters or could be a unit.
func romanWord(s string) bool {
	if s == "" || !isLetter(s[0]) {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isLetter(c), isDigit(c), c == ' ', c == '/', c == '^', c == '{', c == '}', c == '-', c == '~', c == '.':
		default:
			return false
		}
	}
	return true
}
