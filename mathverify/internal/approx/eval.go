package approx

import (
	"github.com/golongrl/golongrl/mathverify/internal/ball"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Eval encloses the value of a scalar tree at a point, working with prec bits.
//
// The result contains the value whatever the precision; a higher one makes it
// smaller. A function that is not known, of arguments that are rational at the
// point, has some value that depends on its name and arguments only. A log
// without a base is not evaluated.
//
// The errors: ErrUndefined when there certainly is no value, ErrUncertain when
// more bits may help, ErrUnsupported and ErrTooBig when nothing will.
func Eval(n *tree.Node, at Point, prec uint, b *budget.Budget) (ball.Complex, error) {
	v, _, err := evaluate(n, at, prec, b)
	return v, err
}

// evaluate is Eval that also tells whether the value is real-defined.
func evaluate(n *tree.Node, at Point, prec uint, b *budget.Budget) (v ball.Complex, real bool, err error) {
	e := evaluator{at: at, prec: prec, b: b}
	v, err = e.of(n)
	return v, !e.complex, err
}

type evaluator struct {
	at      Point
	prec    uint
	b       *budget.Budget
	complex bool // a value on the way was not real
}

// arithmetic charges for some additions or multiplications.
func (e *evaluator) arithmetic(n int) { e.b.Use(int64(n * (8 + ball.Cost(e.prec)/50))) }

// elementary charges for an elementary function of x.
func (e *evaluator) elementary(x ball.Complex) {
	prec := e.prec
	if m := x.MaxAbsLog2(); m > 0 && m < 1<<14 {
		prec += uint(m)
	}
	c := int64(ball.Cost(prec))
	if !x.IsReal() {
		c *= 3
	}
	e.b.Use(c)
}

func (e *evaluator) of(n *tree.Node) (ball.Complex, error) {
	v, err := e.node(n)
	if err == nil && !v.IsReal() {
		e.complex = true
	}
	return v, err
}

func ofReal(x ball.Real) ball.Complex { return ball.FromReal(x) }

// fromQ encloses a rational.
func (e *evaluator) fromQ(q Q) ball.Complex {
	e.b.Use(4)
	switch {
	case q.big != nil && q.big.IsInt():
		return ofReal(ball.FromInt(q.big.Num(), e.prec))
	case q.big != nil:
		return ofReal(ball.FromRat(q.big, e.prec))
	case q.den == 1:
		return ofReal(ball.FromInt64(q.num))
	}
	x, _ := ball.FromRatio(q.num, q.den, e.prec)
	return ofReal(x)
}

func (e *evaluator) node(n *tree.Node) (ball.Complex, error) {
	switch n.Op {
	case tree.Number:
		return e.fromQ(number(n)), nil
	case tree.Symbol:
		q, ok := e.at.lookup(n.Name)
		if !ok {
			return ball.Complex{}, ErrUnsupported
		}
		return e.fromQ(q), nil
	case tree.Const:
		return e.constant(n.Name)
	case tree.Neg:
		v, err := e.of(n.Args[0])
		return v.Neg(), err
	case tree.Add:
		sum, err := e.of(n.Args[0])
		for _, a := range n.Args[1:] {
			if err != nil {
				return sum, err
			}
			var v ball.Complex
			v, err = e.of(a)
			e.arithmetic(1)
			sum = sum.Add(v, e.prec)
		}
		return sum, err
	case tree.Mul:
		product, err := e.of(n.Args[0])
		for _, a := range n.Args[1:] {
			if err != nil {
				return product, err
			}
			var v ball.Complex
			v, err = e.of(a)
			e.arithmetic(1)
			product = product.Mul(v, e.prec)
		}
		return product, err
	case tree.Div:
		x, err := e.of(n.Args[0])
		if err != nil {
			return x, err
		}
		y, err := e.of(n.Args[1])
		if err != nil {
			return y, err
		}
		return e.div(x, y)
	case tree.Pow:
		return e.pow(n)
	case tree.Root:
		k, err := rationalAt(n.Args[1], e.at, e.b)
		if err != nil {
			return ball.Complex{}, err
		}
		if k.Sign() == 0 {
			return ball.Complex{}, ErrUndefined
		}
		x, err := e.of(n.Args[0])
		if err != nil {
			return x, err
		}
		return e.powQ(x, k.inv())
	case tree.Percent:
		x, err := e.of(n.Args[0])
		if err != nil {
			return x, err
		}
		return e.div(x, ofReal(ball.FromInt64(100)))
	case tree.Degree:
		x, err := e.of(n.Args[0])
		if err != nil {
			return x, err
		}
		e.arithmetic(2)
		return e.div(x.Mul(ofReal(ball.Pi(e.prec)), e.prec), ofReal(ball.FromInt64(180)))
	case tree.Factorial, tree.DoubleFactorial:
		q, err := rationalAt(n, e.at, e.b)
		if err == nil {
			return e.fromQ(q), nil
		}
		if n.Op == tree.Factorial && err == ErrUnsupported {
			return e.gamma(n.Args[0], 1)
		}
		return ball.Complex{}, err
	case tree.Func:
		return e.function(n)
	case tree.Sum, tree.Product:
		return e.series(n)
	case tree.Call:
		return e.call(n)
	}
	return ball.Complex{}, ErrUnsupported
}

func (e *evaluator) constant(name string) (ball.Complex, error) {
	e.b.Use(20)
	switch name {
	case "pi":
		return ofReal(ball.Pi(e.prec)), nil
	case "e":
		return ofReal(ball.E(e.prec)), nil
	case "i":
		return ball.I(), nil
	}
	return ball.Complex{}, ErrUnsupported
}

func (e *evaluator) div(x, y ball.Complex) (ball.Complex, error) {
	e.arithmetic(3)
	if y.IsZero() {
		return ball.Complex{}, ErrUndefined
	}
	v, ok := x.Div(y, e.prec)
	if !ok {
		return ball.Complex{}, ErrUncertain
	}
	return v, nil
}

func (e *evaluator) pow(n *tree.Node) (ball.Complex, error) {
	base := n.Args[0]
	q, err := rationalAt(n.Args[1], e.at, e.b)
	if base.Op == tree.Const && base.Name == "e" {
		y := ball.Complex{}
		if err == nil {
			y = e.fromQ(q)
		} else if y, err = e.of(n.Args[1]); err != nil {
			return y, err
		}
		e.elementary(y)
		return y.Exp(e.prec), nil
	}
	x, errX := e.of(base)
	if errX != nil {
		return x, errX
	}
	if err == nil {
		return e.powQ(x, q)
	}
	if err != ErrUnsupported && err != ErrTooBig {
		return x, err
	}
	y, err := e.of(n.Args[1])
	if err != nil {
		return y, err
	}
	if x.IsZero() {
		if s, certain := y.Re.Sign(); certain && s > 0 {
			return x, nil
		} else if certain {
			return x, ErrUndefined
		}
		return x, ErrUncertain
	}
	if y.Im.ContainsZero() && x.Im.ContainsZero() {
		// The root of a negative number is real if y is a fraction with an odd
		// denominator, which bounds cannot tell.
		if s, certain := x.Re.Sign(); !certain || s < 0 {
			return x, ErrUncertain
		}
	}
	e.elementary(x)
	e.elementary(y)
	v, ok := x.Pow(y, e.prec)
	if !ok {
		return v, ErrUncertain
	}
	return v, nil
}

// powQ is x^y: the real root for an odd denominator and a real x, else the
// principal value.
func (e *evaluator) powQ(x ball.Complex, y Q) (ball.Complex, error) {
	if x.IsZero() {
		if y.Sign() <= 0 {
			return x, ErrUndefined
		}
		return x, nil
	}
	if y.big != nil || y.den > 1<<16 {
		e.elementary(x)
		e.elementary(x)
		if !x.IsReal() || x.Re.ContainsZero() {
			return x, ErrUncertain
		}
		odd := y.denom().Bit(0) == 1
		s, _ := x.Re.Sign()
		if s < 0 && odd {
			x = x.Neg()
		}
		v, ok := x.Pow(e.fromQ(y), e.prec)
		if !ok {
			return v, ErrUncertain
		}
		if s < 0 && odd && y.numer().Bit(0) == 1 {
			v = v.Neg()
		}
		return v, nil
	}
	if y.den > 1 {
		e.elementary(x)
		switch {
		case x.IsReal() && y.den%2 == 1:
			r, ok := ball.Root(x.Re, uint(y.den), e.prec)
			if !ok {
				return x, ErrUncertain
			}
			x = ofReal(r)
		default:
			if y.den%2 == 1 && x.Im.ContainsZero() {
				// A real number below zero has another root than its neighbours.
				if s, certain := x.Re.Sign(); !certain || s < 0 {
					return x, ErrUncertain
				}
			}
			r, ok := x.Root(uint(y.den), e.prec)
			if !ok {
				return x, ErrUncertain
			}
			x = r
		}
		if !x.IsReal() {
			e.complex = true
		}
	}
	if y.num == 1 {
		return x, nil
	}
	e.arithmetic(2 * 64)
	v, ok := x.PowInt(y.num, e.prec)
	if !ok {
		return v, ErrUncertain
	}
	return v, nil
}

// series adds or multiplies the terms of a finite sum or product.
func (e *evaluator) series(n *tree.Node) (ball.Complex, error) {
	if q, err := rationalAt(n, e.at, e.b); err == nil {
		return e.fromQ(q), nil
	} else if err != ErrUnsupported && err != ErrTooBig {
		return ball.Complex{}, err
	}
	lo, hi, err := limits(n, e.at, e.b)
	if err != nil {
		return ball.Complex{}, err
	}
	at := e.at
	defer func() { e.at = at }()
	e.at = at.with(n.Args[1].Name, Q{})
	total := ball.Complex{}
	if n.Op == tree.Product {
		total = ofReal(ball.FromInt64(1))
	}
	for k := lo; k <= hi; k++ {
		e.b.Use(10)
		e.at[len(at)].Q = QInt(k)
		v, err := e.of(n.Args[0])
		if err != nil {
			return v, err
		}
		e.arithmetic(1)
		if n.Op == tree.Sum {
			total = total.Add(v, e.prec)
		} else {
			total = total.Mul(v, e.prec)
		}
	}
	return total, nil
}

// call gives an unknown function a value in [1, 2) that depends on its name and
// arguments. Expressions that differ for this function are not the same.
func (e *evaluator) call(n *tree.Node) (ball.Complex, error) {
	h := hashString(n.Name)
	for _, a := range n.Args {
		q, err := rationalAt(a, e.at, e.b)
		if err != nil {
			return ball.Complex{}, err
		}
		h = mix(h ^ hashQ(q))
	}
	return ofReal(ball.Exact2(int64(h>>12|1<<52), -52)), nil
}
