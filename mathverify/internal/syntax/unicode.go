package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// blank reports white space and the characters that show nothing.
func blank(r rune) bool {
	switch {
	case r == 0xA0, r == 0x3000, r == 0xFEFF, r >= 0x2000 && r <= 0x200F, r == 0x202F, r >= 0x205F && r <= 0x2064:
		return true
	}
	return false
}

// flat returns the ASCII spelling of a character that is only another form of
// ASCII, or "".
func flat(r rune) string {
	switch r {
	case '，':
		return ", "
	case '、':
		return ", "
	case '。', '．':
		return "."
	case '；':
		return "; "
	case '‐', '‑', '‒', '–', '—', '−', '－', '﹣':
		return "-"
	case '“', '”', '„', '＂':
		return `"`
	case '‘', '’', '′', '‵':
		return "'"
	case '″':
		return "''"
	case '【', '〔':
		return "["
	case '】', '〕':
		return "]"
	case '〈', '《':
		return "⟨"
	case '〉', '》':
		return "⟩"
	case '…', '⋯':
		return "..."
	case '％', '﹪', '٪':
		return "%"
	case '∕', '⁄':
		return "/"
	case '∗', '＊':
		return "*"
	case '∣', '｜':
		return "|"
	case '∶':
		return ":"
	case '≔':
		return ":="
	}
	if r >= 0xFF01 && r <= 0xFF5E {
		return string(r - 0xFEE0)
	}
	if r >= 0x1D400 && r <= 0x1D7FF {
		return mathAlphabet(r)
	}
	return ""
}

// mathAlphabet returns the letter or digit that a mathematical alphanumeric
// symbol styles.
func mathAlphabet(r rune) string {
	switch {
	case r >= 0x1D7CE:
		return string('0' + (r-0x1D7CE)%10)
	case r < 0x1D6A4:
		if i := (r - 0x1D400) % 52; i < 26 {
			return string('A' + i)
		} else {
			return string('a' + i - 26)
		}
	}
	return ""
}

// normalise rewrites the characters that are only other forms of ASCII.
func normalise(s string) string {
	first := -1
	for i, r := range s {
		if r >= 0x2000 && flat(r) != "" {
			first = i
			break
		}
	}
	if first < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:first])
	for _, r := range s[first:] {
		if r >= 0x2000 {
			if f := flat(r); f != "" {
				b.WriteString(f)
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unicode scans a character that is no ASCII.
func (l *lexer) unicode() {
	r, n := utf8.DecodeRuneInString(l.src[l.pos:])
	if rel, ok := relation(r); ok {
		l.relate(rel, n)
		return
	}
	if r >= 0x370 && r <= 0x3FF || r == 'ϵ' || r == 'ϕ' {
		if name := greekLetter(r); name == "pi" {
			l.take(tConst, n)
			l.tok.s = name
			return
		} else if name != "" {
			l.take(tSym, n)
			l.tok.s = name
			return
		}
	}
	if f := vulgar(r); f != "" {
		l.take(tFrac, n)
		l.tok.s = f
		return
	}
	if superscript(r) != 0 {
		l.scripts(tSup, superscript)
		return
	}
	if subscript(r) != 0 {
		l.scripts(tSub, subscript)
		return
	}
	switch r {
	case '×', '✕', '✖', '⨯':
		l.take(tTimes, n)
		l.tok.s = "times"
	case '·', '⋅', '∙', '•':
		l.take(tTimes, n)
		l.tok.s = "cdot"
	case '÷':
		l.take(tSlash, n)
	case '±':
		l.take(tPM, n)
	case '∓':
		l.take(tMP, n)
	case '∞':
		l.constant("inf", n)
	case 'ℯ', 'ⅇ':
		l.constant("e", n)
	case 'ⅈ':
		l.constant("i", n)
	case '√':
		l.take(tRoot, n)
		l.tok.s = "2"
	case '∛':
		l.take(tRoot, n)
		l.tok.s = "3"
	case '∜':
		l.take(tRoot, n)
		l.tok.s = "4"
	case '∪', '⋃':
		l.take(tCup, n)
	case '∩', '⋂':
		l.take(tCap, n)
	case '∖', '⧵':
		l.take(tSetMinus, n)
	case '∅', '⌀', 'Ø', 'ø':
		l.set("empty", n)
	case 'ℝ':
		l.set("R", n)
	case 'ℤ':
		l.set("Z", n)
	case 'ℚ':
		l.set("Q", n)
	case 'ℕ':
		l.set("N", n)
	case 'ℂ':
		l.set("C", n)
	case '°', 'º', '˚':
		l.take(tDegree, n)
	case '⟨', '〈':
		l.take(tLAngle, n)
	case '⟩', '〉':
		l.take(tRAngle, n)
	case '⌊':
		l.take(tLFloor, n)
	case '⌋':
		l.take(tRFloor, n)
	case '⌈':
		l.take(tLCeil, n)
	case '⌉':
		l.take(tRCeil, n)
	case '‖':
		l.take(tDBar, n)
	case '¬':
		l.take(tNot, n)
	case '∧', '且', '和', '与', '及':
		l.take(tAnd, n)
	case '∨', '或':
		l.take(tOr, n)
	case '€':
		l.money("EUR", n)
	case '£':
		l.money("GBP", n)
	case '¥', '￥':
		l.money("CNY", n)
	case '₹':
		l.money("INR", n)
	case '₩':
		l.money("KRW", n)
	case '¢':
		l.money("cent", n)
	case '₽':
		l.money("RUB", n)
	case 'µ':
		l.take(tSym, n)
		l.tok.s = "mu"
	case '∑':
		l.name("sum", n)
	case '∏':
		l.name("prod", n)
	case '∫':
		l.name("int", n)
	case '∠', '∡':
		l.name("angle", n)
	case '△', '▵', '∆':
		l.name("triangle", n)
	case '∂':
		l.name("partial", n)
	case '℃':
		l.take(tText, n)
		l.tok.s = "°C"
	case '℉':
		l.take(tText, n)
		l.tok.s = "°F"
	default:
		if unicode.IsLetter(r) {
			for l.pos < len(l.src) {
				r, n := utf8.DecodeRuneInString(l.src[l.pos:])
				if r < utf8.RuneSelf || !unicode.IsLetter(r) || r == '或' || r == '和' {
					break
				}
				l.pos += n
			}
			l.tok.kind = tText
			l.tok.s = l.src[l.tok.start:l.pos]
			return
		}
		l.take(tBad, n)
	}
}

func (l *lexer) constant(s string, n int) { l.take(tConst, n); l.tok.s = s }
func (l *lexer) set(s string, n int)      { l.take(tSetName, n); l.tok.s = s }
func (l *lexer) money(s string, n int)    { l.take(tMoney, n); l.tok.s = s }
func (l *lexer) name(s string, n int)     { l.take(tCmd, n); l.tok.s = s }

// scripts scans a run of raised or lowered characters.
func (l *lexer) scripts(k kind, plain func(rune) byte) {
	var buf [16]byte
	out := buf[:0]
	for l.pos < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.pos:])
		c := plain(r)
		if c == 0 {
			break
		}
		out = append(out, c)
		l.pos += n
	}
	l.tok.kind = k
	l.tok.s = string(out)
}

func superscript(r rune) byte {
	switch r {
	case '¹':
		return '1'
	case '²':
		return '2'
	case '³':
		return '3'
	case '⁺':
		return '+'
	case '⁻':
		return '-'
	case '⁽':
		return '('
	case '⁾':
		return ')'
	case 'ⁿ':
		return 'n'
	case 'ˣ':
		return 'x'
	case 'ⁱ':
		return 'i'
	}
	if r == '⁰' || r >= '⁴' && r <= '⁹' {
		return byte('0' + r - '⁰')
	}
	return 0
}

func subscript(r rune) byte {
	switch {
	case r >= '₀' && r <= '₉':
		return byte('0' + r - '₀')
	case r == 'ₙ':
		return 'n'
	case r == 'ₐ':
		return 'a'
	case r == 'ₓ':
		return 'x'
	case r == 'ₖ':
		return 'k'
	case r == 'ₘ':
		return 'm'
	}
	return 0
}

func vulgar(r rune) string {
	switch r {
	case '½':
		return "1/2"
	case '⅓':
		return "1/3"
	case '⅔':
		return "2/3"
	case '¼':
		return "1/4"
	case '¾':
		return "3/4"
	case '⅕':
		return "1/5"
	case '⅖':
		return "2/5"
	case '⅗':
		return "3/5"
	case '⅘':
		return "4/5"
	case '⅙':
		return "1/6"
	case '⅚':
		return "5/6"
	case '⅐':
		return "1/7"
	case '⅛':
		return "1/8"
	case '⅜':
		return "3/8"
	case '⅝':
		return "5/8"
	case '⅞':
		return "7/8"
	case '⅑':
		return "1/9"
	}
	return ""
}

// greekLetter returns the name of α to ω and Α to Ω.
func greekLetter(r rune) string {
	const lower = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega"
	const upper = "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho . Sigma Tau Upsilon Phi Chi Psi Omega"
	switch {
	case r == 'ϵ':
		return "epsilon"
	case r == 'ϕ':
		return "phi"
	case r == 'ϑ':
		return "theta"
	case r >= 'α' && r <= 'ω':
		return field(lower, int(r-'α'))
	case r >= 'Α' && r <= 'Ω' && r != 'Α'+17:
		return field(upper, int(r-'Α'))
	}
	return ""
}

// field returns the i-th word of s.
func field(s string, i int) string {
	for ; i > 0; i-- {
		s = s[strings.IndexByte(s, ' ')+1:]
	}
	if j := strings.IndexByte(s, ' '); j >= 0 {
		return s[:j]
	}
	return s
}

func relation(r rune) (tree.Rel, bool) {
	switch r {
	case '≠':
		return tree.Ne, true
	case '≤', '⩽', '≦':
		return tree.Le, true
	case '≥', '⩾', '≧':
		return tree.Ge, true
	case '≈', '≃', '≅', '≒':
		return tree.Approx, true
	case '≡':
		return tree.Identical, true
	case '∈':
		return tree.In, true
	case '∉':
		return tree.NotIn, true
	case '⊂':
		return tree.Subset, true
	case '⊆':
		return tree.SubsetEq, true
	case '⊃':
		return tree.Superset, true
	case '⊇':
		return tree.SupersetEq, true
	case '∼':
		return tree.Similar, true
	case '∥':
		return tree.Parallel, true
	case '⊥':
		return tree.Perp, true
	case '→', '⟶', '↦':
		return tree.Maps, true
	case '⇒', '⟹':
		return tree.Implies, true
	case '⇔', '⟺':
		return tree.Iff, true
	case '∝':
		return tree.Propto, true
	}
	return 0, false
}
