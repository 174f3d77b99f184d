package approx

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxPrec is the highest precision that is tried, in bits.
const maxPrec = 20000

// Zero decides whether an algebraic number is zero: a tree of rationals,
// arithmetic, roots, i, and sines, cosines, tangents and exponentials of rational
// parts of π. It is not proven when the tree is no such number, when its
// separation bound is beyond reach, or when some branch cannot be determined.
func Zero(n *tree.Node, at Point, b *budget.Budget) (zero, proven bool) {
	v, err := Eval(n, at, 64, b)
	if err == nil && !v.ContainsZero() {
		return false, true
	}
	if err != nil && err != ErrUncertain {
		return false, false
	}
	bits, ok := separation(n, at, b)
	if !ok || bits > maxPrec {
		return false, false
	}
	// The working precision must exceed the bits of the bound by what the
	// evaluation loses, so it grows until one of the two outcomes is certain.
	limit := min(4*uint(bits)+1024, 2*maxPrec)
	for prec := uint(bits) + 64; prec <= limit; prec += prec/2 + 64 {
		v, err := Eval(n, at, prec, b)
		switch {
		case err == ErrUncertain:
			continue
		case err != nil:
			return false, false
		case !v.ContainsZero():
			return false, true
		case v.MaxAbsLog2() < -int(bits):
			return true, true
		}
	}
	return false, false
}

// realValue reports a value that is real and proven so.
func (f *field) realValue(n *tree.Node) bool {
	v, err := Eval(n, f.at, 64, f.b)
	return err == nil && v.IsReal()
}

// Order compares the real values of two constants. It is certain of 0 only for
// algebraic numbers.
func Order(x, y *tree.Node, at Point, b *budget.Budget) (c int, certain bool) {
	p, errP := rationalAt(x, at, b)
	q, errQ := rationalAt(y, at, b)
	if errP == nil && errQ == nil {
		return p.Cmp(q), true
	}
	for _, prec := range []uint{64, 192, 512} {
		v, err := Eval(x, at, prec, b)
		w, err2 := Eval(y, at, prec, b)
		if err == nil && err2 == nil {
			if !v.Im.ContainsZero() || !w.Im.ContainsZero() {
				return 0, false
			}
			if v.IsReal() && w.IsReal() {
				if c, ok := v.Re.Cmp(w.Re); ok && c != 0 {
					return c, true
				}
			}
		}
		if prec == 64 {
			if zero, proven := Zero(tree.New(tree.Add, x, tree.New(tree.Neg, y)), at, b); zero && proven {
				return 0, true
			}
		}
	}
	return 0, false
}

// IsReal reports a constant whose value is certainly real.
func IsReal(n *tree.Node, b *budget.Budget) bool {
	v, err := Eval(n, nil, 64, b)
	return err == nil && v.IsReal()
}
