package mvsym

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

func (c *converter) matrix(n *node) *Value {
	m := &Value{Class: Matrix}
	for _, row := range find(n, rMatrixRow) {
		cells := find(row, rAdd)
		if m.Cols == 0 {
			m.Cols = len(cells)
		}
		if m.Cols != len(cells) {
			fail()
		}
		for _, cell := range cells {
			v := c.add(cell)
			if v.isMatrix() {
				fail()
			}
			m.Args = append(m.Args, v)
		}
	}
	return m
}

func trace(m *Value) *Value {
	if m.Cols*m.Cols != len(m.Args) {
		fail()
	}
	v := m.Args[0]
	for i := 1; i < m.Cols; i++ {
		v = join(Add, v, m.Args[i*m.Cols+i])
	}
	return v
}

// norm is the Euclidean length of a vector.
func norm(m *Value) *Value {
	if m.Cols != 1 && m.Cols != len(m.Args) {
		fail()
	}
	var squares []*Value
	for _, a := range m.Args {
		squares = append(squares, mk(Pow, named(Func, "Abs", a), num(2)))
	}
	return mk(Pow, mk(Add, squares...), rat(half))
}

// maxDet bounds the size of a determinant of symbols, which is expanded.
const maxDet = 4

// det is the determinant, a number where all entries are rational.
func det(m *Value, b *budget.Budget) *Value {
	n := m.Cols
	if n*n != len(m.Args) {
		fail()
	}
	rational := true
	for _, a := range m.Args {
		rational = rational && a.isRational()
	}
	switch {
	case rational:
		return rat(detRational(m, b))
	case n > maxDet:
		return named(Opaque, "det", m)
	}
	return expand(m)
}

func detRational(m *Value, b *budget.Budget) *big.Rat {
	n := m.Cols
	a := make([]*big.Rat, len(m.Args))
	for i, v := range m.Args {
		a[i] = new(big.Rat).Set(v.Rat)
	}
	out := big.NewRat(1, 1)
	for i := range n {
		p := i
		for p < n && a[p*n+i].Sign() == 0 {
			p++
		}
		if p == n {
			return new(big.Rat)
		}
		if p != i {
			for j := range n {
				a[p*n+j], a[i*n+j] = a[i*n+j], a[p*n+j]
			}
			out.Neg(out)
		}
		out.Mul(out, a[i*n+i])
		for r := i + 1; r < n; r++ {
			f := new(big.Rat).Quo(a[r*n+i], a[i*n+i])
			for j := i; j < n; j++ {
				b.Use(20)
				a[r*n+j].Sub(a[r*n+j], new(big.Rat).Mul(f, a[i*n+j]))
			}
		}
	}
	return out
}

// expand is the determinant along the first row.
func expand(m *Value) *Value {
	n := m.Cols
	if n == 1 {
		return m.Args[0]
	}
	var terms []*Value
	for j := range n {
		minor := &Value{Class: Matrix, Cols: n - 1}
		for i := 1; i < n; i++ {
			for k := range n {
				if k != j {
					minor.Args = append(minor.Args, m.Args[i*n+k])
				}
			}
		}
		term := join(Mul, m.Args[j], expand(minor))
		if j%2 == 1 {
			term = join(Mul, num(-1), term)
		}
		terms = append(terms, term)
	}
	return mk(Add, terms...)
}
