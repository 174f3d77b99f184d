// Package rules rewrites what can be computed in closed form: sums, products,
// limits, derivatives, integrals, matrices and the functions of integers. One
// rule a file. A rule returns nil where it does not apply; what no rule can
// compute stays as it was written, and nothing is ever approximated.
package rules

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Reduce applies the rules bottom-up and returns n itself when none applies.
func Reduce(n *tree.Node, b *budget.Budget) *tree.Node {
	if !tree.Any(n, applies) {
		return n
	}
	return reduce(n, b)
}

func reduce(n *tree.Node, b *budget.Budget) *tree.Node {
	b.Use(2)
	if len(n.Args) > 0 {
		var args []*tree.Node
		for i, a := range n.Args {
			r := reduce(a, b)
			if r != a && args == nil {
				args = append([]*tree.Node(nil), n.Args...)
			}
			if args != nil {
				args[i] = r
			}
		}
		if args != nil {
			n = n.With(args)
		}
	}
	if !applies(n) {
		return n
	}
	if v := apply(n, b); v != nil {
		return v
	}
	return n
}

// apply tries the rules for the op of n, whose arguments have been reduced.
func apply(n *tree.Node, b *budget.Budget) *tree.Node {
	switch n.Op {
	case tree.Degree:
		return degree(n, b)
	case tree.Based:
		return based(n, b)
	case tree.Factorial:
		return factorial(n, b)
	case tree.DoubleFactorial:
		return doubleFactorial(n, b)
	case tree.Add, tree.Neg, tree.Mul, tree.Div, tree.Pow, tree.Matrix:
		return matrixArithmetic(n, b)
	case tree.Func:
		return first(n, b, combinatorial, divisors, modulus, rounding, extreme, matrixFunction, vectorFunction)
	case tree.Sum:
		return first(n, b, finiteSum, polynomialSum, geometricSum, infiniteSum, binomialSum, standard)
	case tree.Product:
		return first(n, b, finiteProduct, symbolicProduct, standard)
	case tree.Derivative:
		return derivative(n, b)
	case tree.Evaluate:
		return evaluation(n, b)
	case tree.Integral:
		return integral(n, b)
	case tree.Limit:
		return limit(n, b)
	}
	return nil
}

// first returns the value of the first rule that applies.
func first(n *tree.Node, b *budget.Budget, rules ...func(*tree.Node, *budget.Budget) *tree.Node) *tree.Node {
	for _, r := range rules {
		if v := r(n, b); v != nil {
			return v
		}
	}
	return nil
}

// applies reports a node that some rule may compute, so that plain arithmetic
// costs one look.
func applies(n *tree.Node) bool {
	switch n.Op {
	case tree.Degree, tree.Based, tree.Factorial, tree.DoubleFactorial, tree.Func,
		tree.Sum, tree.Product, tree.Derivative, tree.Evaluate, tree.Integral, tree.Limit, tree.Matrix:
		return true
	case tree.Add, tree.Mul, tree.Neg, tree.Div, tree.Pow:
		for _, a := range n.Args {
			if a.Op == tree.Matrix || a.Op == tree.Tuple {
				return true
			}
		}
	}
	return false
}
