package approx

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Rational returns the exact value of a tree built from rationals by operations
// that lead to rationals.
//
// The errors: ErrUnsupported when the tree is not such a one, ErrUndefined for a
// division by zero, 0^0 and their like, ErrTooBig when a number on the way has
// more than 2^17 bits.
func Rational(n *tree.Node, b *budget.Budget) (Q, error) { return rationalAt(n, nil, b) }

// rationalAt is Rational with values for the symbols.
func rationalAt(n *tree.Node, at Point, b *budget.Budget) (Q, error) {
	switch n.Op {
	case tree.Number:
		return number(n), nil
	case tree.Symbol:
		if q, ok := at.lookup(n.Name); ok {
			return q, nil
		}
		return Q{}, ErrUnsupported
	case tree.Const:
		return Q{}, ErrUnsupported
	}
	b.Use(2)
	switch n.Op {
	case tree.Neg:
		x, err := rationalAt(n.Args[0], at, b)
		return x.negOf(err)
	case tree.Add:
		sum := QInt(0)
		for _, a := range n.Args {
			x, err := rationalAt(a, at, b)
			if err != nil {
				return Q{}, err
			}
			if sum, err = sum.add(x, b); err != nil {
				return Q{}, err
			}
		}
		return sum, nil
	case tree.Mul:
		product := QInt(1)
		for _, a := range n.Args {
			x, err := rationalAt(a, at, b)
			if err != nil {
				return Q{}, err
			}
			if product, err = product.mul(x, b); err != nil {
				return Q{}, err
			}
		}
		return product, nil
	case tree.Div:
		x, err := rationalAt(n.Args[0], at, b)
		if err != nil {
			return Q{}, err
		}
		y, err := rationalAt(n.Args[1], at, b)
		if err != nil {
			return Q{}, err
		}
		if y.Sign() == 0 {
			return Q{}, ErrUndefined
		}
		return x.mul(y.inv(), b)
	case tree.Percent:
		x, err := rationalAt(n.Args[0], at, b)
		if err != nil {
			return Q{}, err
		}
		return x.mul(Q{num: 1, den: 100}, b)
	case tree.Pow:
		x, err := rationalAt(n.Args[0], at, b)
		if err != nil {
			return Q{}, err
		}
		y, err := rationalAt(n.Args[1], at, b)
		if err != nil {
			return Q{}, err
		}
		return x.powQ(y, b)
	case tree.Root:
		x, err := rationalAt(n.Args[0], at, b)
		if err != nil {
			return Q{}, err
		}
		k, err := rationalAt(n.Args[1], at, b)
		if err != nil {
			return Q{}, err
		}
		if k.Sign() == 0 {
			return Q{}, ErrUndefined
		}
		return x.powQ(k.inv(), b)
	case tree.Factorial, tree.DoubleFactorial:
		x, err := rationalAt(n.Args[0], at, b)
		if err != nil {
			return Q{}, err
		}
		if n.Op == tree.Factorial {
			return factorial(x, 1, b)
		}
		return factorial(x, 2, b)
	case tree.Func:
		return rationalFunc(n, at, b)
	case tree.Sum, tree.Product:
		return rationalSum(n, at, b)
	}
	return Q{}, ErrUnsupported
}

func number(n *tree.Node) Q {
	if num, den, ok := n.Small(); ok && num != minInt64 {
		return Q{num: num, den: den}
	}
	return Q{big: n.Rat()}
}

func (q Q) negOf(err error) (Q, error) {
	if err != nil {
		return Q{}, err
	}
	return q.neg(), nil
}

// powQ returns q^y when that is rational.
func (q Q) powQ(y Q, b *budget.Budget) (Q, error) {
	if q.Sign() == 0 {
		if y.Sign() <= 0 {
			return Q{}, ErrUndefined
		}
		return q, nil
	}
	if y.Sign() == 0 || q.Equal(QInt(1)) {
		return QInt(1), nil
	}
	if y.big != nil {
		if y.IsInt() && q.Equal(QInt(-1)) {
			if y.big.Num().Bit(0) == 0 {
				return QInt(1), nil
			}
			return q, nil
		}
		return Q{}, ErrTooBig
	}
	if y.den > 1 {
		if q.Sign() < 0 && y.den%2 == 0 {
			return Q{}, ErrUnsupported // not real
		}
		r, ok := q.root(y.den, b)
		if !ok {
			return Q{}, ErrUnsupported
		}
		q = r
	}
	return q.pow(y.num, b)
}

// factorial returns x(x-step)(x-2·step)... for an integer x. Both (-1)!! and
// 0!! are 1; no other negative number has one.
func factorial(x Q, step int64, b *budget.Budget) (Q, error) {
	if !x.IsInt() {
		return Q{}, ErrUnsupported
	}
	if x.Sign() < 0 {
		if step == 2 && x.Equal(QInt(-1)) {
			return QInt(1), nil
		}
		return Q{}, ErrUndefined
	}
	k, ok := x.Int64()
	if !ok || k > 1<<14 {
		return Q{}, ErrTooBig
	}
	if step == 1 && k <= 20 {
		p := int64(1)
		for i := int64(2); i <= k; i++ {
			p *= i
		}
		return QInt(p), nil
	}
	return product(k, step, (k+step-1)/step, b)
}

// product returns x(x-step)... with n factors, for positive factors.
func product(x, step, n int64, b *budget.Budget) (Q, error) {
	size := n * int64(big.NewInt(x).BitLen())
	if size > maxBits+maxBits/2 {
		return Q{}, ErrTooBig
	}
	b.Use(n*2 + size*size>>16)
	return fit(qBig(rangeProduct(x, step, n)))
}

// rangeProduct multiplies halves of about equal length.
func rangeProduct(x, step, n int64) *big.Int {
	if n <= 8 {
		p := big.NewInt(1)
		var f big.Int
		for i := range n {
			p.Mul(p, f.SetInt64(x-i*step))
		}
		return p
	}
	h := n / 2
	l := rangeProduct(x, step, h)
	return l.Mul(l, rangeProduct(x-h*step, step, n-h))
}

// maxTerms is the most terms of a finite sum or product that are added up.
const maxTerms = 20000

// rationalSum adds or multiplies the terms one by one.
func rationalSum(n *tree.Node, at Point, b *budget.Budget) (Q, error) {
	lo, hi, err := limits(n, at, b)
	if err != nil {
		return Q{}, err
	}
	total := QInt(0)
	if n.Op == tree.Product {
		total = QInt(1)
	}
	inner := at.with(n.Args[1].Name, Q{})
	for k := lo; k <= hi; k++ {
		b.Use(10)
		inner[len(at)].Q = QInt(k)
		x, err := rationalAt(n.Args[0], inner, b)
		if err != nil {
			return Q{}, err
		}
		if n.Op == tree.Sum {
			total, err = total.add(x, b)
		} else {
			total, err = total.mul(x, b)
		}
		if err != nil {
			return Q{}, err
		}
	}
	return total, nil
}

// limits returns the integers between which a sum or product runs.
func limits(n *tree.Node, at Point, b *budget.Budget) (lo, hi int64, err error) {
	if len(n.Args) != 4 || n.Args[1].Op != tree.Symbol {
		return 0, 0, ErrUnsupported
	}
	l, err := rationalAt(n.Args[2], at, b)
	if err != nil {
		return 0, 0, err
	}
	h, err := rationalAt(n.Args[3], at, b)
	if err != nil {
		return 0, 0, err
	}
	lo, ok1 := l.Int64()
	hi, ok2 := h.Int64()
	switch {
	case !ok1 || !ok2:
		return 0, 0, ErrUnsupported
	case hi < lo-1:
		// Some read such a sum as empty, some with the sign turned.
		return 0, 0, ErrUndefined
	case hi-lo >= maxTerms || lo < -1<<60 || hi > 1<<60:
		return 0, 0, ErrTooBig
	}
	return lo, hi, nil
}
