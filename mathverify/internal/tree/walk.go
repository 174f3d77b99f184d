package tree

import "math/big"

// Same reports whether two trees were written alike: the same ops, names,
// relations and numbers in the same order. How a number was written does not
// matter.
func Same(a, b *Node) bool { return Compare(a, b) == 0 }

// Compare orders trees totally: by op, then value or name, then arguments. It
// is an order for sorting, not of values.
func Compare(a, b *Node) int {
	if a == b {
		return 0
	}
	if a.Op != b.Op {
		return int(a.Op) - int(b.Op)
	}
	if a.Op == Number {
		return compareNumbers(a, b)
	}
	if a.Op != Mul && a.Name != b.Name {
		if a.Name < b.Name {
			return -1
		}
		return 1
	}
	if a.Cols != b.Cols {
		return a.Cols - b.Cols
	}
	if len(a.Args) != len(b.Args) {
		return len(a.Args) - len(b.Args)
	}
	for i := range a.Rels {
		if a.Rels[i] != b.Rels[i] {
			return int(a.Rels[i]) - int(b.Rels[i])
		}
	}
	for i := range a.Args {
		if c := Compare(a.Args[i], b.Args[i]); c != 0 {
			return c
		}
	}
	return 0
}

func compareNumbers(a, b *Node) int {
	if a.big == nil && b.big == nil && a.den == b.den {
		switch {
		case a.num < b.num:
			return -1
		case a.num > b.num:
			return 1
		}
		return 0
	}
	return a.Rat().Cmp(b.Rat())
}

// Any reports whether f holds for n or any node below it, parents first.
func Any(n *Node, f func(*Node) bool) bool {
	if f(n) {
		return true
	}
	for _, a := range n.Args {
		if Any(a, f) {
			return true
		}
	}
	return false
}

// Size returns the number of nodes, counting at most limit.
func Size(n *Node, limit int) int {
	size := 1
	for _, a := range n.Args {
		if size >= limit {
			break
		}
		size += Size(a, limit-size)
	}
	return size
}

// Has reports whether a node with the op is in the tree.
func Has(n *Node, op Op) bool { return Any(n, func(m *Node) bool { return m.Op == op }) }

// Free returns the names of the symbols that are not bound by a sum, product,
// integral, limit or set builder, each once, in order of appearance.
func Free(n *Node) []string { return free(nil, n, nil) }

func free(out []string, n *Node, bound []string) []string {
	switch n.Op {
	case Symbol:
		for _, b := range bound {
			if b == n.Name {
				return out
			}
		}
		for _, o := range out {
			if o == n.Name {
				return out
			}
		}
		return append(out, n.Name)
	case Sum, Product, Limit, Integral, Evaluate:
		if len(n.Args) == 2 {
			// The variable of an indefinite integral is that of the result.
			return free(out, n.Args[1], bound)
		}
		for _, a := range n.Args[2:] {
			out = free(out, a, bound)
		}
		inner := append(bound[:len(bound):len(bound)], n.Args[1].Name)
		return free(out, n.Args[0], inner)
	}
	for _, a := range n.Args {
		out = free(out, a, bound)
	}
	return out
}

// Replace returns n with every free symbol of the name replaced. A bound
// symbol of the same name is left alone.
func Replace(n *Node, name string, by *Node) *Node {
	switch n.Op {
	case Symbol:
		if n.Name == name {
			return by
		}
		return n
	case Sum, Product, Limit, Integral, Evaluate:
		if len(n.Args) > 2 && n.Args[1].Name == name {
			args := append([]*Node{n.Args[0], n.Args[1]}, n.Args[2:]...)
			for i := 2; i < len(args); i++ {
				args[i] = Replace(args[i], name, by)
			}
			return n.With(args)
		}
	}
	if len(n.Args) == 0 {
		return n
	}
	args := make([]*Node, len(n.Args))
	for i, a := range n.Args {
		args[i] = Replace(a, name, by)
	}
	return n.With(args)
}

// Map rebuilds the tree bottom-up: f gets each node with its arguments already
// mapped. f returns its argument to leave a node alone.
func Map(n *Node, f func(*Node) *Node) *Node {
	if len(n.Args) == 0 {
		return f(n)
	}
	args := make([]*Node, len(n.Args))
	for i, a := range n.Args {
		args[i] = Map(a, f)
	}
	return f(n.With(args))
}

// AddRat and friends compute with two Numbers exactly.
func AddRat(a, b *Node) *Node {
	if x, ok := smallSum(a, b); ok {
		return x
	}
	return Rat(new(big.Rat).Add(a.Rat(), b.Rat()))
}

func smallSum(a, b *Node) (*Node, bool) {
	if a.big != nil || b.big != nil || a.den != 1 || b.den != 1 {
		return nil, false
	}
	s := a.num + b.num
	if (a.num^s)&(b.num^s) < 0 {
		return nil, false
	}
	return Int(s), true
}

// MulRat returns the product of two Numbers.
func MulRat(a, b *Node) *Node {
	if a.big == nil && b.big == nil && a.den == 1 && b.den == 1 && a.num == int64(int32(a.num)) && b.num == int64(int32(b.num)) {
		return Int(a.num * b.num)
	}
	return Rat(new(big.Rat).Mul(a.Rat(), b.Rat()))
}

// NegRat returns a Number with the other sign.
func NegRat(a *Node) *Node {
	if a.big == nil && a.num != -1<<63 {
		return &Node{Op: Number, num: -a.num, den: a.den, Digits: a.Digits}
	}
	return Rat(new(big.Rat).Neg(a.Rat()))
}
