package mvsym

import "math/big"

// evalMatrix computes sums and products of matrices; nil where that cannot be.
func evalMatrix(m *Value) *Value {
	switch m.Class {
	case Matrix:
		return m
	case MatAdd:
		var sum *Value
		for _, a := range m.Args {
			x := evalMatrix(a)
			switch {
			case x == nil:
				return nil
			case sum == nil:
				sum = x
			case sum.Cols != x.Cols || len(sum.Args) != len(x.Args):
				return nil
			default:
				sum = zip(sum, x)
			}
		}
		return sum
	case MatMul:
		factor, product := num(1), (*Value)(nil)
		for _, a := range m.Args {
			if !a.isMatrix() && !(a.Class == Pow && a.Args[0].isMatrix()) {
				factor = join(Mul, factor, a)
				continue
			}
			x := evalMatrix(a)
			if x == nil {
				return nil
			}
			if product == nil {
				product = x
			} else if product = matMul(product, x); product == nil {
				return nil
			}
		}
		if product == nil {
			return nil
		}
		return scaled(product, factor)
	}
	return nil
}

func zip(a, b *Value) *Value {
	out := &Value{Class: Matrix, Cols: a.Cols, Args: make([]*Value, len(a.Args))}
	for i := range a.Args {
		out.Args[i] = mk(Add, a.Args[i], b.Args[i])
	}
	return fold(out)
}

// maxMatrix bounds the entries of a product of matrices.
const maxMatrix = 400

func matMul(a, b *Value) *Value {
	rows, inner := len(a.Args)/a.Cols, a.Cols
	if inner != len(b.Args)/b.Cols || rows*b.Cols*inner > maxMatrix*20 {
		return nil
	}
	out := &Value{Class: Matrix, Cols: b.Cols}
	for i := range rows {
		for j := range b.Cols {
			var terms []*Value
			for k := range inner {
				terms = append(terms, mk(Mul, a.Args[i*inner+k], b.Args[k*b.Cols+j]))
			}
			out.Args = append(out.Args, mk(Add, terms...))
		}
	}
	return fold(out)
}

func scaled(m, by *Value) *Value {
	out := &Value{Class: Matrix, Cols: m.Cols, Args: make([]*Value, len(m.Args))}
	for i, a := range m.Args {
		out.Args[i] = mk(Mul, by, a)
	}
	return fold(out)
}

// fold turns entries made of rationals into numbers.
func fold(m *Value) *Value {
	for i, a := range m.Args {
		if r, ok := rationalSum(a); ok {
			m.Args[i] = rat(r)
		}
	}
	return m
}

func rationalSum(v *Value) (*big.Rat, bool) {
	if v.isRational() {
		return v.Rat, true
	}
	if v.Class == Pow && isMinusOne(v.Args[1]) && v.Args[0].isRational() && v.Args[0].Rat.Sign() != 0 {
		return new(big.Rat).Inv(v.Args[0].Rat), true
	}
	if v.Class != Add && v.Class != Mul {
		return nil, false
	}
	out := new(big.Rat)
	if v.Class == Mul {
		out.SetInt64(1)
	}
	for _, a := range v.Args {
		r, ok := rationalSum(a)
		if !ok {
			return nil, false
		}
		if v.Class == Add {
			out.Add(out, r)
		} else {
			out.Mul(out, r)
		}
	}
	return out, true
}
