package rules

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

const (
	maxEntries = 144 // of a matrix that is computed with
	maxDet     = 6   // rows of a determinant expanded by minors
	maxPower   = 64
)

// shape returns rows and columns of a matrix.
func shape(n *tree.Node) (rows, cols int) { return len(n.Args) / n.Cols, n.Cols }

func isMatrix(n *tree.Node) bool {
	return n.Op == tree.Matrix && n.Name != "v" && n.Cols > 0 && len(n.Args) <= maxEntries
}

// vector reports a tuple that stands for a vector in arithmetic.
func vector(n *tree.Node) bool {
	return n.Op == tree.Tuple && len(n.Args) >= 2 && len(n.Args) <= maxEntries
}

// matrixArithmetic: sums, differences, products, multiples and powers of
// matrices, and sums and multiples of vectors
func matrixArithmetic(n *tree.Node, b *budget.Budget) *tree.Node {
	switch n.Op {
	case tree.Neg:
		if isMatrix(n.Args[0]) || vector(n.Args[0]) {
			return scale(tree.Int(-1), n.Args[0])
		}
	case tree.Div:
		if (isMatrix(n.Args[0]) || vector(n.Args[0])) && !structured(n.Args[1]) {
			args := make([]*tree.Node, len(n.Args[0].Args))
			for i, a := range n.Args[0].Args {
				args[i] = div(a, n.Args[1])
			}
			return n.Args[0].With(args)
		}
	case tree.Add:
		sum := n.Args[0]
		if !isMatrix(sum) && !vector(sum) {
			return nil
		}
		for _, m := range n.Args[1:] {
			if m.Op != sum.Op || m.Cols != sum.Cols || len(m.Args) != len(sum.Args) {
				return nil
			}
			b.Use(int64(len(m.Args)))
			args := make([]*tree.Node, len(sum.Args))
			for i := range args {
				args[i] = add(sum.Args[i], m.Args[i])
			}
			sum = sum.With(args)
		}
		return sum
	case tree.Mul:
		return matrixProduct(n, b)
	case tree.Pow:
		return matrixPower(n, b)
	case tree.Matrix:
		if n.Name == "v" {
			return determinant(n, b)
		}
	}
	return nil
}

func structured(n *tree.Node) bool { return n.Op == tree.Matrix || n.Op == tree.Tuple }

func scale(c, m *tree.Node) *tree.Node {
	args := make([]*tree.Node, len(m.Args))
	for i, a := range m.Args {
		args[i] = mul(c, a)
	}
	return m.With(args)
}

func matrixProduct(n *tree.Node, b *budget.Budget) *tree.Node {
	var m *tree.Node
	c := one
	for _, f := range n.Args {
		switch {
		case isMatrix(f) && m == nil, vector(f) && m == nil:
			m = f
		case isMatrix(f) && m != nil && isMatrix(m):
			p := product(m, f, b)
			if p == nil {
				return nil
			}
			m = p
		case structured(f):
			return nil
		default:
			c = mul(c, f)
		}
	}
	if m == nil {
		return nil
	}
	if c.IsInt(1) {
		return m
	}
	return scale(c, m)
}

func product(x, y *tree.Node, b *budget.Budget) *tree.Node {
	r, k := shape(x)
	k2, c := shape(y)
	if k != k2 || r*c > maxEntries {
		return nil
	}
	b.Use(int64(r * k * c * 8))
	out := make([]*tree.Node, 0, r*c)
	for i := range r {
		for j := range c {
			terms := make([]*tree.Node, k)
			for l := range k {
				terms[l] = mul(x.Args[i*k+l], y.Args[l*c+j])
			}
			out = append(out, add(terms...))
		}
	}
	return tree.MatrixOf(c, out...)
}

func matrixPower(n *tree.Node, b *budget.Budget) *tree.Node {
	m := n.Args[0]
	if !isMatrix(m) {
		return nil
	}
	if e := n.Args[1]; e.Op == tree.Symbol && e.Name == "T" || e.Op == tree.Text && (e.Name == "T" || e.Name == "t") {
		return transposed(m)
	}
	rows, cols := shape(m)
	e, ok := n.Args[1].Int64()
	if !ok || rows != cols || e < -1 || e == 0 || e > maxPower {
		return nil
	}
	if e == -1 {
		return inverse(m, b)
	}
	out := m
	for range e - 1 {
		for _, a := range m.Args {
			if !number(a) {
				return nil // symbolic powers grow without bound
			}
		}
		out = product(out, m, b)
		for _, a := range out.Args {
			if !number(a) || !fits(a.Rat()) {
				return nil
			}
		}
	}
	return out
}

func transposed(m *tree.Node) *tree.Node {
	rows, cols := shape(m)
	out := make([]*tree.Node, 0, len(m.Args))
	for j := range cols {
		for i := range rows {
			out = append(out, m.Args[i*cols+j])
		}
	}
	return tree.MatrixOf(rows, out...)
}

// matrixFunction: determinant, trace, transpose and inverse
func matrixFunction(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Func || len(n.Args) != 1 || n.Args[0].Op != tree.Matrix || len(n.Args[0].Args) > maxEntries {
		return nil
	}
	m := n.Args[0]
	rows, cols := shape(m)
	switch n.Name {
	case "det", "abs":
		return determinant(m, b)
	case "trace":
		if rows != cols {
			return nil
		}
		terms := make([]*tree.Node, rows)
		for i := range rows {
			terms[i] = m.Args[i*cols+i]
		}
		return add(terms...)
	case "transpose":
		return transposed(m)
	case "inverse":
		return inverse(m, b)
	}
	return nil
}

func determinant(m *tree.Node, b *budget.Budget) *tree.Node {
	rows, cols := shape(m)
	if rows != cols {
		return nil
	}
	if numeric(m) {
		return numericDeterminant(m, b)
	}
	if rows > maxDet {
		return nil
	}
	at := make([]int, cols)
	for j := range at {
		at[j] = j
	}
	return minors(m, 0, at, b)
}

func numeric(m *tree.Node) bool {
	for _, a := range m.Args {
		if !number(a) || !fits(a.Rat()) {
			return false
		}
	}
	return true
}

// numericDeterminant eliminates over the rationals.
func numericDeterminant(m *tree.Node, b *budget.Budget) *tree.Node {
	n := m.Cols
	rows := make([][]*big.Rat, n)
	for i := range rows {
		rows[i] = make([]*big.Rat, n)
		for j := range n {
			rows[i][j] = new(big.Rat).Set(m.Args[i*n+j].Rat())
		}
	}
	det := big.NewRat(1, 1)
	for k := range n {
		p := k
		for p < n && rows[p][k].Sign() == 0 {
			p++
		}
		if p == n {
			return zero
		}
		if p != k {
			rows[p], rows[k] = rows[k], rows[p]
			det.Neg(det)
		}
		det.Mul(det, rows[k][k])
		if !fits(det) {
			return nil
		}
		for i := k + 1; i < n; i++ {
			f := new(big.Rat).Quo(rows[i][k], rows[k][k])
			chargeBits(b, int64(n-k)*32, int64(f.Num().BitLen()+f.Denom().BitLen()))
			for j := k; j < n; j++ {
				rows[i][j].Sub(rows[i][j], new(big.Rat).Mul(f, rows[k][j]))
			}
		}
	}
	return tree.Rat(det)
}

// minors expands along the given row over the columns that are left.
func minors(m *tree.Node, row int, at []int, b *budget.Budget) *tree.Node {
	b.Use(16)
	if len(at) == 1 {
		return m.Args[row*m.Cols+at[0]]
	}
	terms := make([]*tree.Node, 0, len(at))
	for i, j := range at {
		a := m.Args[row*m.Cols+j]
		if isZero(a) {
			continue
		}
		rest := append(append(make([]int, 0, len(at)-1), at[:i]...), at[i+1:]...)
		t := mul(a, minors(m, row+1, rest, b))
		if i%2 == 1 {
			t = neg(t)
		}
		terms = append(terms, t)
	}
	return add(terms...)
}

// inverse is the adjugate over the determinant.
func inverse(m *tree.Node, b *budget.Budget) *tree.Node {
	rows, cols := shape(m)
	if rows != cols || rows > 4 {
		return nil
	}
	det := determinant(m, b)
	if det == nil || isZero(det) {
		return nil
	}
	if rows == 1 {
		return tree.MatrixOf(1, div(one, det))
	}
	out := make([]*tree.Node, 0, rows*rows)
	for i := range rows {
		for j := range rows {
			var minor []*tree.Node // without row j and column i
			for r := range rows {
				for c := range rows {
					if r != j && c != i {
						minor = append(minor, m.Args[r*rows+c])
					}
				}
			}
			d := determinant(tree.MatrixOf(rows-1, minor...), b)
			if (i+j)%2 == 1 {
				d = neg(d)
			}
			out = append(out, div(d, det))
		}
	}
	return tree.MatrixOf(rows, out...)
}

// components returns the entries of a vector: a tuple or a single row or column.
func components(n *tree.Node) ([]*tree.Node, bool) {
	if n.Op == tree.Tuple || isMatrix(n) && (n.Cols == 1 || len(n.Args) == n.Cols) {
		return n.Args, len(n.Args) <= maxEntries
	}
	return nil, false
}

// vectorFunction: scalar and vector products, and the norm of a vector
func vectorFunction(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Func || n.Name != "dot" && n.Name != "cross" && n.Name != "norm" && n.Name != "abs" {
		return nil
	}
	x, ok := components(n.Args[0])
	if !ok {
		return nil
	}
	y := x
	if len(n.Args) == 2 {
		if y, ok = components(n.Args[1]); !ok || len(x) != len(y) {
			return nil
		}
	}
	b.Use(int64(8 * len(x)))
	if n.Name == "cross" {
		if len(x) != 3 {
			return nil
		}
		out := make([]*tree.Node, 3)
		for i := range out {
			j, k := (i+1)%3, (i+2)%3
			out[i] = sub(mul(x[j], y[k]), mul(x[k], y[j]))
		}
		return n.Args[0].With(out)
	}
	terms := make([]*tree.Node, len(x))
	for i := range x {
		terms[i] = mul(x[i], y[i])
	}
	if n.Name == "dot" {
		return add(terms...)
	}
	return root(tree.New(tree.Root, add(terms...), two))
}
