package tree

import (
	"math/big"
	"testing"
)

func TestPrint(t *testing.T) {
	x, y := Sym("x"), Sym("y")
	third := Rat(big.NewRat(1, 3))
	for _, c := range []struct {
		n            *Node
		plain, latex string
	}{
		{Int(-3), "-3", "-3"},
		{Decimal(big.NewRat(5, 2), 2), "2.50", "2.50"},
		{Written(-50, 100, 2), "-0.50", "-0.50"},
		{third, "0.(3)", `0.\overline{3}`},
		{Rat(big.NewRat(1, 1000003)), "1/1000003", `\frac{1}{1000003}`},
		{New(Add, x, New(Neg, y), Int(-1)), "x - y + (-1)", `x - y + \left(-1\right)`},
		{New(Mul, New(Add, x, Int(1)), y), "(x + 1)*y", `\left(x + 1\right) \cdot y`},
		{New(Div, Int(1), New(Mul, Int(2), x)), "1/(2*x)", `\frac{1}{2 \cdot x}`},
		{New(Pow, New(Neg, x), Int(2)), "(-x)^2", `\left(-x\right)^{2}`},
		{New(Pow, x, New(Div, Int(1), Int(2))), "x^(1/2)", `x^{\frac{1}{2}}`},
		{New(Root, x, Int(3)), "cbrt(x)", `\sqrt[3]{x}`},
		{Fn("log", Int(8), Int(2)), "log_{2}(8)", `\log_{2}\left(8\right)`},
		{ChainOf([]Rel{Le, Lt}, Int(0), x, Int(1)), "0 <= x < 1", `0 \le x < 1`},
		{Named(Interval, "()", Int(1), Int(2)), "]1, 2[", `\left]1, 2\right[`},
		{Named(Interval, "()", NegInf, Int(2)), "(-oo, 2)", `\left(-\infty, 2\right)`},
		{New(Union, Named(Interval, "()", Int(1), Int(2)), Empty), `(1, 2) \cup emptyset`, `\left(1, 2\right) \cup \emptyset`},
		{New(Set, x, y), `\{x, y\}`, `\{x, y\}`},
		{Words("no solution"), `"no solution"`, `\text{no solution}`},
		{New(Quantity, Int(5), New(Div, &Node{Op: Unit, Name: "km"}, &Node{Op: Unit, Name: "h"})), `5 \text{km/h}`, `5 \text{km/h}`},
		{MatrixOf(2, Int(1), Int(2), x, y), `\begin{pmatrix}1 & 2 \\ x & y\end{pmatrix}`, `\begin{pmatrix}1 & 2 \\ x & y\end{pmatrix}`},
		{New(Clock, Int(3), Int(5)), "3:05", "3:05"},
		{Sym("x_max'"), "x_{max}'", "x_{max}'"},
	} {
		if got := String(c.n); got != c.plain {
			t.Errorf("plain %s, want %s", got, c.plain)
		}
		if got := LaTeX(c.n); got != c.latex {
			t.Errorf("LaTeX %s, want %s", got, c.latex)
		}
	}
}
