package mvsym

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

// groupedNumber reads a text such as 1,234.5 that is one number as a whole.
func groupedNumber(s string) (*Value, bool) {
	t := strings.TrimSpace(s)
	body := strings.TrimPrefix(t, "-")
	n := digits(body)
	if n < 1 || n > 3 {
		return nil, false
	}
	groups := 0
	for n < len(body) && body[n] == ',' && digits(body[n+1:min(len(body), n+4)]) == 3 {
		n += 4
		groups++
	}
	if groups == 0 {
		return nil, false
	}
	if n < len(body) {
		d := digits(body[min(len(body), n+1):])
		if body[n] != '.' || d == 0 || n+1+d != len(body) {
			return nil, false
		}
	}
	if t[0] == '0' {
		// A leading zero makes the comma a decimal comma.
		t = strings.ReplaceAll(t, ",", ".")
	}
	t = strings.TrimLeft(strings.ReplaceAll(t, ",", ""), "0")
	v, ok := newNumber(t)
	if !ok {
		fail()
	}
	return v, true
}

// maxDigits is how many digits Python turns into an integer.
const maxDigits = 4300

// newNumber is sympy's Number of a text.
func newNumber(s string) (*Value, bool) {
	if len(s) > maxDigits {
		return nil, false
	}
	if !strings.ContainsAny(s, ".E") {
		x, ok := new(big.Int).SetString(s, 10)
		if !ok {
			return nil, false
		}
		return rat(new(big.Rat).SetInt(x)), true
	}
	return newFloat(s)
}

// maxFloatExponent bounds E notation; sympy's floats go on, but no answer does.
const maxFloatExponent = 5000

// newFloat is sympy's Float of a decimal: as many decimal digits as written,
// fifteen at least, rounded to binary.
func newFloat(s string) (*Value, bool) {
	mantissa, exponent := s, 0
	if i := strings.IndexByte(s, 'E'); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > maxFloatExponent || e < -maxFloatExponent {
			return nil, false
		}
		mantissa, exponent = s[:i], e
	}
	body := strings.TrimPrefix(mantissa, "-")
	if strings.Count(body, ".") > 1 || strings.Trim(body, "0123456789.") != "" || body == "." {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(mantissa)
	if !ok {
		return nil, false
	}
	if exponent != 0 {
		p := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exponent, -exponent))), nil))
		if exponent > 0 {
			r.Mul(r, p)
		} else {
			r.Quo(r, p)
		}
	}
	written := strings.TrimLeft(strings.ReplaceAll(body, ".", ""), "0")
	return &Value{Class: Float, Name: s, Rat: toBinary(r, len(written))}, true
}

// toBinary rounds to the precision of so many decimal digits, 15 at least.
func toBinary(r *big.Rat, decimals int) *big.Rat {
	prec := uint(math.Round(float64(max(decimals, 15)+1) * 3.3219280948873626))
	f := new(big.Float).SetPrec(prec).SetRat(r)
	out, _ := f.Rat(nil)
	return out
}

func (c *converter) number(text string) *Value {
	text = strings.ReplaceAll(text, ",", "")
	v, ok := newNumber(text)
	if !ok {
		fail()
	}
	return v
}

func (c *converter) atom(n *node) *Value {
	k := n.kids[0]
	switch k.rule {
	case rAtomExpr:
		return c.atomExpr(k)
	case rNumber:
		return c.number(c.text(k.kids[0]))
	}
	text := c.text(k)
	switch c.kind(k) {
	case kSymbol:
		text = strings.ReplaceAll(strings.ReplaceAll(text, `\$`, ""), `\%`, "")
		if text != `\infty` {
			fail()
		}
		return mk(Infinity)
	case kENotation:
		return c.number(text)
	case kBigE:
		return c.symbol("e")
	case kDiff:
		return c.exactSymbol("d" + differentialName(text))
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, `\%`, ""), "%", "")
	return toPercent(c.number(strings.TrimSpace(text)))
}

func (c *converter) exactSymbol(name string) *Value {
	return &Value{Class: Symbol, Name: name, Real: c.real}
}

func (c *converter) symbol(name string) *Value { return c.exactSymbol(py.Lower(name)) }

// atomList is one atom or a tuple of several.
func (c *converter) atomList(n *node) *Value {
	var vs []*Value
	for _, k := range find(n, rAtomExpr) {
		vs = append(vs, c.atomExpr(k))
	}
	if len(vs) == 1 {
		return vs[0]
	}
	return mk(Tuple, vs...)
}

// atomExpr reads a symbol with its indices.
func (c *converter) atomExpr(n *node) *Value {
	text := c.text(n.kids[0])
	switch c.kind(n.kids[0]) {
	case kLetter:
		if text == "I" {
			return mk(I)
		}
	case kAccent:
		text = accented(text)
	}
	if k := one(n, rSub); k != nil {
		text = strings.TrimSpace(text) + c.subscript(k)
	}
	v := c.namedSymbol(text)
	if k := one(n, rSup); k != nil {
		return power(v, c.superscript(k))
	}
	return v
}

// subscript is the text of an index as a part of a name.
func (c *converter) subscript(n *node) string {
	k := n.kids[1]
	if c.kind(k) == kLBrace && k.rule == rToken {
		k = n.kids[2]
	}
	text := strings.TrimSpace(c.text(k))
	if len([]rune(text)) > 1 {
		return "_{" + text + "}"
	}
	return "_" + text
}

func (c *converter) superscript(n *node) *Value {
	if k := one(n, rAtom); k != nil {
		return c.atom(k)
	}
	return c.add(one(n, rAdd))
}

// accented is the name that a command with a braced text gives.
func accented(text string) string {
	i := strings.IndexByte(text, '{')
	command, inner := text[1:i], strings.ReplaceAll(text[i+1:len(text)-1], " ", "")
	switch {
	case command == "bar" || command == "overline":
		command = "bar"
	case command == "vec" || command == "overrightarrow":
		command = "vec"
	case command == "tilde" || command == "widetilde":
		command = "tilde"
	case strings.Contains(command, "text") || strings.Contains(command, "mbox"):
		return strings.NewReplacer("(", "", ")", "").Replace(inner)
	case strings.Contains(command, "math"):
		command = "math"
	}
	return command + "{" + inner + "}"
}

// namedSymbol gives Greek letters their names and folds case.
func (c *converter) namedSymbol(text string) *Value {
	name := strings.TrimSpace(text)
	if letter, ok := greekName(strings.ReplaceAll(name, `"`, "")); ok {
		name = letter
	} else {
		name = strings.TrimPrefix(name, `\`)
	}
	name = py.Lower(name)
	if name == "pi" {
		return mk(Pi)
	}
	return c.exactSymbol(name)
}
