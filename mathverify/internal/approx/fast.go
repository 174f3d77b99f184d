package approx

import (
	"math"

	"github.com/golongrl/golongrl/mathverify/internal/ball"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// EvalFast is Eval in float64. It is not ok when that does not suffice for an
// enclosure, and for what it does not know.
func EvalFast(n *tree.Node, at Point, b *budget.Budget) (v ball.Fast, ok bool) {
	e := fastEvaluator{at: at, b: b}
	return e.of(n)
}

type fastEvaluator struct {
	at      Point
	b       *budget.Budget
	complex bool
}

func (e *fastEvaluator) of(n *tree.Node) (ball.Fast, bool) {
	e.b.Use(2)
	v, ok := e.node(n)
	if ok && !v.IsReal() {
		e.complex = true
	}
	return v, ok
}

func fastQ(q Q) (ball.Fast, bool) {
	switch {
	case q.big != nil:
		return ball.FastRat(q.big)
	case q.den == 1:
		return ball.FastInt64(q.num), true
	}
	return ball.FastInt64(q.num).Div(ball.FastInt64(q.den))
}

func (e *fastEvaluator) node(n *tree.Node) (ball.Fast, bool) {
	switch n.Op {
	case tree.Number:
		return fastQ(number(n))
	case tree.Symbol:
		q, ok := e.at.lookup(n.Name)
		if !ok {
			return ball.Fast{}, false
		}
		return fastQ(q)
	case tree.Const:
		switch n.Name {
		case "pi":
			return ball.FastPi(), true
		case "e":
			return ball.FastE(), true
		case "i":
			return ball.FastI(), true
		}
		return ball.Fast{}, false
	case tree.Neg:
		v, ok := e.of(n.Args[0])
		return v.Neg(), ok
	case tree.Add, tree.Mul:
		v, ok := e.of(n.Args[0])
		for _, a := range n.Args[1:] {
			if !ok {
				break
			}
			w, ok1 := e.of(a)
			if !ok1 {
				return w, false
			}
			if n.Op == tree.Add {
				v, ok = v.Add(w)
			} else {
				v, ok = v.Mul(w)
			}
		}
		return v, ok
	case tree.Div:
		v, ok1 := e.of(n.Args[0])
		if !ok1 {
			return v, false
		}
		w, ok2 := e.of(n.Args[1])
		if !ok2 {
			return w, false
		}
		return v.Div(w)
	case tree.Pow:
		return e.pow(n)
	case tree.Root:
		k, ok := n.Args[1].Int64()
		if !ok || k == 0 {
			return ball.Fast{}, false
		}
		v, ok := e.of(n.Args[0])
		if !ok {
			return v, false
		}
		return e.root(v, k)
	case tree.Percent:
		v, ok := e.of(n.Args[0])
		if !ok {
			return v, false
		}
		return v.Div(ball.FastInt64(100))
	case tree.Degree:
		v, ok := e.of(n.Args[0])
		if !ok {
			return v, false
		}
		if v, ok = v.Mul(ball.FastPi()); !ok {
			return v, false
		}
		return v.Div(ball.FastInt64(180))
	case tree.Factorial, tree.DoubleFactorial:
		q, err := rationalAt(n, e.at, e.b)
		if err != nil {
			return ball.Fast{}, false
		}
		return fastQ(q)
	case tree.Func:
		return e.function(n)
	}
	return ball.Fast{}, false
}

func (e *fastEvaluator) pow(n *tree.Node) (ball.Fast, bool) {
	base, y := n.Args[0], n.Args[1]
	if base.Op == tree.Const && base.Name == "e" {
		v, ok := e.of(y)
		if !ok {
			return v, false
		}
		return v.Exp()
	}
	v, ok := e.of(base)
	if !ok {
		return v, false
	}
	q, err := rationalAt(y, e.at, e.b)
	if err != nil {
		// A symbol in the exponent has a value; anything else is left to Eval.
		w, ok := e.of(y)
		if !ok || err != ErrUnsupported || v.ContainsZero() || nearNegative(v) {
			return w, false
		}
		return v.Pow(w)
	}
	if s, _ := v.Sign(); s > 0 && (q.big != nil || q.den > 16 || q.num > 64 || q.num < -64) {
		w, ok := fastQ(q)
		if !ok {
			return w, false
		}
		return v.Pow(w)
	}
	if q.big != nil || q.num > 64 || q.num < -64 || v.ContainsZero() && q.num <= 0 {
		if q.IsInt() {
			if w, ok := fastQ(q); ok && !v.ContainsZero() {
				return v.Pow(w)
			}
		}
		return v, false
	}
	if q.den > 1 {
		if v, ok = e.root(v, q.den); !ok {
			return v, false
		}
	}
	return v.PowInt(int(q.num))
}

// nearNegative reports a disc on or near the negative axis, where the real root
// and the principal one differ.
func nearNegative(v ball.Fast) bool {
	re, im, rad := v.Parts()
	return re <= rad && math.Abs(im) <= 2*rad
}

func (e *fastEvaluator) root(v ball.Fast, k int64) (ball.Fast, bool) {
	if k < 0 {
		w, ok := ball.FastInt64(1).Div(v)
		if !ok || k == minInt64 {
			return w, false
		}
		v, k = w, -k
	}
	if k > 1<<20 {
		return v, false
	}
	if k%2 == 1 && !v.IsReal() && nearNegative(v) {
		return v, false
	}
	v, ok := v.Root(int(k), v.IsReal() && k%2 == 1)
	if ok && !v.IsReal() {
		e.complex = true
	}
	return v, ok
}

func (e *fastEvaluator) function(n *tree.Node) (ball.Fast, bool) {
	switch n.Name {
	case "binom", "perm", "multinom", "gcd", "lcm", "mod", "floor", "ceil", "frac", "min", "max", "gamma", "phi":
		q, err := rationalAt(n, e.at, e.b)
		if err != nil {
			return ball.Fast{}, false
		}
		return fastQ(q)
	case "log":
		return e.log(n)
	}
	v, ok := e.of(n.Args[0])
	if !ok {
		return v, false
	}
	one := ball.FastInt64(1)
	switch n.Name {
	case "sin":
		return v.Sin()
	case "cos":
		return v.Cos()
	case "tan":
		return v.Tan()
	case "cot", "sec", "csc", "coth", "sech", "csch":
		var w ball.Fast
		switch n.Name {
		case "cot":
			w, ok = v.Tan()
		case "sec":
			w, ok = v.Cos()
		case "csc":
			w, ok = v.Sin()
		case "coth":
			w, ok = v.Tanh()
		case "sech":
			w, ok = v.Cosh()
		case "csch":
			w, ok = v.Sinh()
		}
		if !ok {
			return w, false
		}
		return one.Div(w)
	case "sinh":
		return v.Sinh()
	case "cosh":
		return v.Cosh()
	case "tanh":
		return v.Tanh()
	case "exp":
		return v.Exp()
	case "ln":
		if v.ContainsZero() {
			return v, false
		}
		return v.Log()
	case "abs":
		return v.Abs()
	case "re":
		return v.Re(), true
	case "im":
		return v.Im(), true
	case "conj":
		return v.Conj(), true
	case "sgn":
		s, ok := v.Sign()
		return ball.FastInt64(int64(s)), ok
	}
	if !v.IsReal() {
		return v, false
	}
	switch n.Name {
	case "arctan":
		return v.Atan()
	case "arcsin":
		return v.Asin()
	case "arccos":
		return v.Acos()
	}
	return v, false
}

func (e *fastEvaluator) log(n *tree.Node) (ball.Fast, bool) {
	if len(n.Args) != 2 {
		return ball.Fast{}, false
	}
	x, ok := e.of(n.Args[0])
	if !ok || x.ContainsZero() {
		return x, false
	}
	base, ok := e.of(n.Args[1])
	if !ok || base.ContainsZero() {
		return base, false
	}
	if x, ok = x.Log(); !ok {
		return x, false
	}
	if base, ok = base.Log(); !ok {
		return base, false
	}
	return x.Div(base)
}
