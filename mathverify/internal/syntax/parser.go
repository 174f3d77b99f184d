package syntax

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxDepth bounds nesting: of brackets, of prefix operators, of exponents.
const maxDepth = 1500

// maxRun bounds operators in a row that nest to the left: a/b/c, a!!!, A\B\C.
const maxRun = 100

// Options change how a text is read.
type Options struct {
	DecimalComma bool // 3,14 is a decimal and 1,234 is not a thousand
}

// A parser reads one text. An error is kept and ends the token stream, so that
// the grammar needs no error returns.
type parser struct {
	lexer
	opts  Options
	bud   *budget.Budget
	err   *Error
	depth int

	first     int        // where the statement begins
	bars      int        // how many |...| are open in this bracket
	dbars     int        // how many ‖...‖ are open in this bracket
	setSep    bool       // a bar or a colon ends the element of a set builder
	euro      bool       // "[" closes: ]1,3[
	congruent bool       // behind ≡, where "mod" is no operation
	bound     int        // how many sums with the index i are open: i is no unit there
	diffs     int        // how many integrals wait for their dx
	groups    int        // how many groups in braces are open
	diffGroup int        // groups of the innermost integral: there dx ends it, deeper it is a factor
	dvar      string     // the variable of a dx found inside the integrand
	cond      *tree.Node // a condition in brackets behind a value, not yet placed
	words     bool       // the fault may be that the text is words
}

// fail keeps the first error and ends the text.
func (p *parser) fail(at int, msg string) *tree.Node {
	if p.err == nil {
		p.err = &Error{Src: p.src, Offset: at, Msg: msg}
	}
	p.pos = len(p.src)
	p.tok = token{start: p.pos, end: p.pos}
	return nothing
}

// failWords is a failure in a text that may be words.
func (p *parser) failWords(at int) *tree.Node {
	p.words = true
	return p.fail(at, "words that are no mathematics")
}

// nothing stands where nothing could be read; the error says so.
var nothing = tree.Int(0)

// next moves on and pays for it.
func (p *parser) next() {
	p.bud.Use(2)
	p.lexer.next()
}

// enter goes one level down; it reports false, and fails, when that is too deep.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.tok.start, "nested too deeply")
		return false
	}
	return true
}

// expect passes a token of the kind or fails.
func (p *parser) expect(k kind, what string) {
	if p.tok.kind != k {
		p.fail(p.tok.start, "missing "+what)
		return
	}
	p.next()
}

// mark is a place to go back to.
type mark struct {
	tok     token
	pos     int
	prevEnd int
}

func (p *parser) mark() mark   { return mark{p.tok, p.pos, p.prevEnd} }
func (p *parser) reset(m mark) { p.tok, p.pos, p.prevEnd = m.tok, m.pos, m.prevEnd }

// peek returns the token behind the current one.
func (p *parser) peek() token {
	m := p.mark()
	p.next()
	t := p.tok
	p.reset(m)
	return t
}

// byteAhead returns the byte right behind the current token, or 0.
func (p *parser) byteAhead() byte {
	if p.tok.end < len(p.src) {
		return p.src[p.tok.end]
	}
	return 0
}

// outside clears what belongs to the bracket around, for the inside of
// another, and returns it for inside to bring back.
func (p *parser) outside() parserScope {
	s := parserScope{p.bars, p.dbars, p.setSep, p.euro, p.congruent}
	p.bars, p.dbars, p.setSep, p.euro, p.congruent = 0, 0, false, false, false
	return s
}

type parserScope struct {
	bars, dbars             int
	setSep, euro, congruent bool
}

func (p *parser) inside(s parserScope) {
	p.bars, p.dbars, p.setSep, p.euro, p.congruent = s.bars, s.dbars, s.setSep, s.euro, s.congruent
}
