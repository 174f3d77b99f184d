package mathverify

import (
	"errors"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/syntax"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// An Expr is one parsed answer. It is immutable and may be shared; the zero
// value is no answer. Two answers written differently are different Exprs, even
// when they are equal: [Verify] compares.
type Expr struct{ n *tree.Node }

// String returns the answer in plain text that [Parse] reads back, "" for the
// zero Expr.
func (e Expr) String() string {
	if e.n == nil {
		return ""
	}
	return tree.String(e.n)
}

// LaTeX returns the answer in LaTeX that [Parse] reads back, "" for the zero
// Expr.
func (e Expr) LaTeX() string {
	if e.n == nil {
		return ""
	}
	return tree.LaTeX(e.n)
}

// isText reports words.
func (e Expr) isText() bool { return e.n != nil && e.n.Op == tree.Text }

// Kind names what the answer is: "number", "set", "interval", "equation",
// "text" and so on.
func (e Expr) Kind() string {
	if e.n == nil {
		return "none"
	}
	return tree.KindName(e.n)
}

// Same reports whether two answers were written alike, up to spelling: \frac12
// and 1/2 are the same, 2/4 is another.
func (e Expr) Same(f Expr) bool {
	return e.n == f.n || e.n != nil && f.n != nil && tree.Same(e.n, f.n)
}

// A SyntaxError says where an answer could not be read.
type SyntaxError struct {
	Src    string // the answer
	Offset int    // of the offending byte
	Msg    string
}

// Error returns the message with the offset.
func (e *SyntaxError) Error() string {
	return (&syntax.Error{Src: e.Src, Offset: e.Offset, Msg: e.Msg}).Error()
}

// ErrTooLong is the error of an answer that is too long or too deep to be read.
var ErrTooLong = errors.New("mathverify: the answer takes more steps to read than allowed")

// maxAnswer bounds the bytes of an answer that is parsed. Longer ones are
// compared as text only.
const maxAnswer = 1 << 16

// Parse reads one answer in LaTeX, plain text or Unicode mathematics: what
// stands in a box or behind "the answer is", with or without delimiters. Words
// are an answer too, and so are lists, sets, intervals, relations, matrices and
// quantities with units. The error is a [*SyntaxError] or [ErrTooLong].
//
// Nothing is computed: Parse("2/4").String() is "2/4".
func Parse(s string) (Expr, error) {
	n, err := parse(s, Options{}, budget.Of(defaultSteps))
	if err != nil {
		return Expr{}, err
	}
	return Expr{n}, nil
}

func parse(s string, o Options, b *budget.Budget) (n *tree.Node, err error) {
	if len(s) > maxAnswer {
		return nil, ErrTooLong
	}
	stopped := b.Within(b.Left()/4, func() {
		n, err = syntax.Parse(s, syntax.Options{DecimalComma: o.DecimalComma}, b)
	})
	if stopped != nil {
		return nil, ErrTooLong
	}
	var e *syntax.Error
	if errors.As(err, &e) {
		return nil, &SyntaxError{e.Src, e.Offset, e.Msg}
	}
	return n, err
}
