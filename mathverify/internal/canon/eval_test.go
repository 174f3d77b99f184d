package canon

import (
	"math"
	"math/cmplx"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// An evaluator computes trees in floating point, independently of the package:
// a witness against wrong proofs. Where a real expression meets a value that
// is not real, or any meets a singular one, bad is set.
type evaluator struct {
	at      map[string]float64
	complex bool
	bad     bool
	size    float64 // largest value met on the way
}

func (v *evaluator) eval(n *tree.Node) complex128 {
	defer func(outer bool) { v.complex = outer }(v.complex)
	v.complex = v.complex && tree.Any(n, isI)
	z := v.value(n)
	if cmplx.IsNaN(z) || cmplx.IsInf(z) || cmplx.Abs(z) > 1e12 {
		v.bad = true
		return 1
	}
	if !v.complex && math.Abs(imag(z)) > 1e-12*(1+cmplx.Abs(z)) {
		v.bad = true
	}
	if !v.complex {
		z = complex(real(z), 0)
	}
	if math.Abs(imag(z)) < 1e-12*cmplx.Abs(z) {
		z = complex(real(z), 0)
	}
	v.size = max(v.size, cmplx.Abs(z))
	return z
}

func (v *evaluator) value(n *tree.Node) complex128 {
	arg := func(i int) complex128 { return v.eval(n.Args[i]) }
	switch n.Op {
	case tree.Number:
		x, _ := n.Rat().Float64()
		return complex(x, 0)
	case tree.Symbol:
		return complex(v.at[n.Name], 0)
	case tree.Const:
		switch n.Name {
		case "pi":
			return math.Pi
		case "e":
			return math.E
		case "i":
			return 1i
		}
	case tree.Add, tree.Mul:
		z := arg(0)
		for i := 1; i < len(n.Args); i++ {
			if n.Op == tree.Add {
				z += arg(i)
			} else {
				z *= arg(i)
			}
		}
		return z
	case tree.Neg:
		return -arg(0)
	case tree.Div:
		a, d := arg(0), arg(1)
		if cmplx.Abs(d) < 1e-6 {
			v.bad = true
			return 1
		}
		// A small denominator magnifies what came before.
		v.size = max(v.size, v.size/cmplx.Abs(d))
		return a / d
	case tree.Pow:
		return v.pow(arg(0), n.Args[1])
	case tree.Root:
		return v.pow(arg(0), tree.New(tree.Div, tree.Int(1), n.Args[1]))
	case tree.Degree:
		return arg(0) * math.Pi / 180
	case tree.Factorial:
		return complex(math.Gamma(real(arg(0))+1), 0)
	case tree.Func:
		return v.function(n.Name, arg(0))
	case tree.Call:
		return arg(0)*arg(0)*0.3 + arg(0)*0.77 + 0.1
	}
	v.bad = true
	return 1
}

func (v *evaluator) pow(b complex128, exponent *tree.Node) complex128 {
	e := v.eval(exponent)
	if cmplx.Abs(b) < 1e-6 {
		v.bad = true
		return 1
	}
	if imag(b) == 0 && real(b) < 0 && imag(e) != 0 {
		v.bad = true
		return 1
	}
	if imag(b) == 0 && real(b) < 0 {
		if tree.Any(exponent, func(n *tree.Node) bool { return n.Op == tree.Symbol || n.Op == tree.Call }) {
			v.bad = true
			return 1
		}
		// Odd denominators have real roots.
		for q := 1.0; q < 64; q += 2 {
			if p := math.Round(real(e) * q); math.Abs(p-real(e)*q) < 1e-9 {
				r := math.Pow(-real(b), real(e))
				if math.Mod(p, 2) != 0 {
					r = -r
				}
				return complex(r, 0)
			}
		}
	}
	return cmplx.Pow(b, e)
}

func (v *evaluator) function(name string, x complex128) complex128 {
	near := func(y complex128) complex128 {
		if cmplx.Abs(y) < 1e-4 {
			v.bad = true
			return 1
		}
		return y
	}
	switch name {
	case "sin":
		return cmplx.Sin(x)
	case "cos":
		return cmplx.Cos(x)
	case "tan":
		return cmplx.Sin(x) / near(cmplx.Cos(x))
	case "sinh":
		return cmplx.Sinh(x)
	case "cosh":
		return cmplx.Cosh(x)
	case "tanh":
		return cmplx.Tanh(x)
	case "exp":
		return cmplx.Exp(x)
	case "ln":
		return cmplx.Log(near(x))
	case "abs":
		return complex(cmplx.Abs(x), 0)
	case "arctan":
		if imag(x) != 0 {
			v.bad = true // it may be on a cut
			return 1
		}
		return cmplx.Atan(x)
	case "arcsin":
		if imag(x) != 0 || math.Abs(real(x)) > 1 {
			v.bad = true
			return 1
		}
		return cmplx.Asin(x)
	}
	v.bad = true
	return 1
}

func isI(n *tree.Node) bool { return n.Op == tree.Const && n.Name == "i" }
