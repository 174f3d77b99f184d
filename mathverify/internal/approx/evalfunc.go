package approx

import (
	"github.com/golongrl/golongrl/mathverify/internal/ball"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// function evaluates the known functions of numbers.
func (e *evaluator) function(n *tree.Node) (ball.Complex, error) {
	switch n.Name {
	case "gcd", "lcm", "binom", "perm", "multinom", "phi":
		q, err := rationalAt(n, e.at, e.b)
		return e.fromQOr(q, err)
	case "mod", "floor", "ceil", "frac", "sgn":
		if q, err := rationalAt(n, e.at, e.b); err == nil || err == ErrUndefined {
			return e.fromQOr(q, err)
		}
		return e.step(n)
	case "min", "max":
		return e.extreme(n)
	case "gamma":
		if q, err := rationalAt(n, e.at, e.b); err == nil || err == ErrUndefined {
			return e.fromQOr(q, err)
		}
		return e.gamma(n.Args[0], 0)
	case "zeta":
		return e.zeta(n.Args[0])
	case "log":
		return e.log(n)
	}
	f, ok := functions[n.Name]
	if !ok {
		return ball.Complex{}, ErrUnsupported
	}
	x, err := e.of(n.Args[0])
	if err != nil {
		return x, err
	}
	e.elementary(x)
	return f(e, x)
}

func (e *evaluator) fromQOr(q Q, err error) (ball.Complex, error) {
	if err != nil {
		return ball.Complex{}, err
	}
	return e.fromQ(q), nil
}

type unary func(e *evaluator, x ball.Complex) (ball.Complex, error)

// functions are those of one argument that needs no exact value.
var functions = map[string]unary{
	"sin":  total(ball.Complex.Sin),
	"cos":  total(ball.Complex.Cos),
	"tan":  partial(ball.Complex.Tan),
	"cot":  quotient(ball.Complex.Cos, ball.Complex.Sin),
	"sec":  quotient(one, ball.Complex.Cos),
	"csc":  quotient(one, ball.Complex.Sin),
	"sinh": total(ball.Complex.Sinh),
	"cosh": total(ball.Complex.Cosh),
	"tanh": partial(ball.Complex.Tanh),
	"coth": quotient(ball.Complex.Cosh, ball.Complex.Sinh),
	"sech": quotient(one, ball.Complex.Cosh),
	"csch": quotient(one, ball.Complex.Sinh),

	"arcsin": partial(ball.Complex.Asin),
	"arccos": partial(ball.Complex.Acos),
	"arctan": partial(ball.Complex.Atan),
	"arccot": arccot,
	"arcsec": inverse(ball.Complex.Acos),
	"arccsc": inverse(ball.Complex.Asin),
	"arsinh": partial(ball.Complex.Asinh),
	"arcosh": partial(ball.Complex.Acosh),
	"artanh": partial(ball.Complex.Atanh),

	"exp": total(ball.Complex.Exp),
	"ln":  (*evaluator).ln,
	"abs": func(e *evaluator, x ball.Complex) (ball.Complex, error) { return ofReal(x.Abs(e.prec)), nil },

	"re":   func(e *evaluator, x ball.Complex) (ball.Complex, error) { return ofReal(x.Re), nil },
	"im":   func(e *evaluator, x ball.Complex) (ball.Complex, error) { return ofReal(x.Im), nil },
	"conj": func(e *evaluator, x ball.Complex) (ball.Complex, error) { return x.Conj(), nil },
	"arg": func(e *evaluator, x ball.Complex) (ball.Complex, error) {
		if x.IsZero() {
			return x, ErrUndefined
		}
		v, ok := x.Arg(e.prec)
		return ofReal(v), certain(ok)
	},
}

func certain(ok bool) error {
	if !ok {
		return ErrUncertain
	}
	return nil
}

func total(f func(ball.Complex, uint) ball.Complex) unary {
	return func(e *evaluator, x ball.Complex) (ball.Complex, error) { return f(x, e.prec), nil }
}

func partial(f func(ball.Complex, uint) (ball.Complex, bool)) unary {
	return func(e *evaluator, x ball.Complex) (ball.Complex, error) {
		v, ok := f(x, e.prec)
		return v, certain(ok)
	}
}

func one(ball.Complex, uint) ball.Complex { return ofReal(ball.FromInt64(1)) }

func quotient(f, g func(ball.Complex, uint) ball.Complex) unary {
	return func(e *evaluator, x ball.Complex) (ball.Complex, error) {
		return e.div(f(x, e.prec), g(x, e.prec))
	}
}

// inverse is f(1/x).
func inverse(f func(ball.Complex, uint) (ball.Complex, bool)) unary {
	return func(e *evaluator, x ball.Complex) (ball.Complex, error) {
		y, err := e.div(one(x, 0), x)
		if err != nil {
			return y, err
		}
		v, ok := f(y, e.prec)
		return v, certain(ok)
	}
}

// arccot has its values in (0, π): arccot x = π/2 - arctan x.
func arccot(e *evaluator, x ball.Complex) (ball.Complex, error) {
	v, ok := x.Atan(e.prec)
	return ofReal(ball.Scale2(ball.Pi(e.prec), -1)).Sub(v, e.prec), certain(ok)
}

func (e *evaluator) ln(x ball.Complex) (ball.Complex, error) {
	if x.IsZero() {
		return x, ErrUndefined
	}
	v, ok := x.Log(e.prec)
	return v, certain(ok)
}

// log is log(x, base).
func (e *evaluator) log(n *tree.Node) (ball.Complex, error) {
	if len(n.Args) != 2 {
		return ball.Complex{}, ErrUnsupported
	}
	x, err := e.of(n.Args[0])
	if err != nil {
		return x, err
	}
	base, err := e.of(n.Args[1])
	if err != nil {
		return base, err
	}
	e.elementary(x)
	e.elementary(base)
	if x, err = e.ln(x); err != nil {
		return x, err
	}
	if base, err = e.ln(base); err != nil {
		return base, err
	}
	return e.div(x, base)
}

// step evaluates the functions with jumps, where the argument certainly lies
// between two of them.
func (e *evaluator) step(n *tree.Node) (ball.Complex, error) {
	x, err := e.of(n.Args[0])
	if err != nil {
		return x, err
	}
	if !x.IsReal() {
		return x, ErrUnsupported
	}
	if n.Name == "sgn" {
		s, ok := x.Re.Sign()
		return ofReal(ball.FromInt64(int64(s))), certain(ok)
	}
	m := ofReal(ball.FromInt64(1))
	if n.Name == "mod" {
		if m, err = e.of(n.Args[1]); err != nil {
			return m, err
		}
		if !m.IsReal() {
			return m, ErrUnsupported
		}
	}
	if n.Name == "ceil" {
		x = x.Neg()
	}
	q, err := e.div(x, m)
	if err != nil {
		return q, err
	}
	f, ok := ball.Floor(q.Re)
	if !ok {
		return q, ErrUncertain
	}
	floor := ofReal(ball.FromInt(f, e.prec))
	switch n.Name {
	case "floor":
		return floor, nil
	case "ceil":
		return floor.Neg(), nil
	}
	return x.Sub(m.Mul(floor, e.prec), e.prec), nil
}

func (e *evaluator) extreme(n *tree.Node) (ball.Complex, error) {
	best, err := e.of(n.Args[0])
	for _, a := range n.Args[1:] {
		if err != nil {
			return best, err
		}
		var v ball.Complex
		if v, err = e.of(a); err != nil {
			return v, err
		}
		if !v.IsReal() || !best.IsReal() {
			return v, ErrUnsupported
		}
		c, ok := v.Re.Cmp(best.Re)
		switch {
		case !ok:
			best = ofReal(ball.Hull(v.Re, best.Re, e.prec))
		case n.Name == "min" && c < 0, n.Name == "max" && c > 0:
			best = v
		}
	}
	return best, err
}

// gamma is Γ(x+shift) for multiples of 1/2 that are no integers:
//
//	Γ(m + 1/2) = (1/2)(3/2)...(m - 1/2)·√π   for m >= 0
//	Γ(1/2 - m) = √π / ((-1/2)(-3/2)...(1/2 - m))
func (e *evaluator) gamma(n *tree.Node, shift int64) (ball.Complex, error) {
	x, err := rationalAt(n, e.at, e.b)
	if err != nil {
		return ball.Complex{}, err
	}
	if x.big != nil || x.den != 2 || x.num > 2000 || x.num < -2000 {
		return ball.Complex{}, ErrUnsupported
	}
	m := (x.num + 2*shift) >> 1 // x + shift = m + 1/2
	f := QInt(1)
	for j := int64(0); j < m; j++ {
		if f, err = f.mul(Q{num: 2*j + 1, den: 2}, e.b); err != nil {
			return ball.Complex{}, err
		}
	}
	for j := int64(-1); j >= m; j-- {
		if f, err = f.mul(Q{num: 2, den: 1}, e.b); err != nil {
			return ball.Complex{}, err
		}
		if f, err = f.mul(QInt(2*j+1).inv(), e.b); err != nil {
			return ball.Complex{}, err
		}
	}
	pi := ofReal(ball.Pi(e.prec + 4))
	e.elementary(pi)
	root, _ := pi.Sqrt(e.prec)
	return e.fromQ(f).Mul(root, e.prec), nil
}

// evenZeta holds π^k/ζ(k).
var evenZeta = map[int64]int64{2: 6, 4: 90, 6: 945, 8: 9450, 10: 93555}

// zeta is ζ at the even integers from 2 to 10 and the integers from 0 to -3.
func (e *evaluator) zeta(n *tree.Node) (ball.Complex, error) {
	x, err := rationalAt(n, e.at, e.b)
	if err != nil {
		return ball.Complex{}, err
	}
	k, ok := x.Int64()
	if !ok {
		return ball.Complex{}, ErrUnsupported
	}
	switch k {
	case 1:
		return ball.Complex{}, ErrUndefined
	case 0:
		return e.fromQ(Q{num: -1, den: 2}), nil
	case -1:
		return e.fromQ(Q{num: -1, den: 12}), nil
	case -2:
		return ball.Complex{}, nil
	case -3:
		return e.fromQ(Q{num: 1, den: 120}), nil
	}
	den := evenZeta[k]
	if den == 0 {
		return ball.Complex{}, ErrUnsupported
	}
	e.arithmetic(4)
	v, _ := ofReal(ball.Pi(e.prec+8)).PowInt(k, e.prec)
	return e.div(v, ofReal(ball.FromInt64(den)))
}
