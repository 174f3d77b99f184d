// Package tree holds the syntax tree of mathematical answers: what was written,
// before any of it is computed. Nodes are immutable once built and may be
// shared; nothing here simplifies.
package tree

import (
	"math/big"
)

// Op is the kind of a node. The comment behind each gives its arguments and
// what Name holds.
type Op uint8

// Atoms.
const (
	Invalid  Op = iota
	Number      // exact rational, see Node.Rat; Digits tells how it was written
	Symbol      // Name: a variable, case-sensitive, subscript and primes included: "x", "x_1", "alpha", "f'"
	Const       // Name: "pi", "e", "i", "inf" (positive infinity)
	Text        // Name: words, as written, inner space collapsed
	Unit        // Name: canonical unit: "km", "USD", "h"; only inside the second argument of Quantity
	SetName     // Name: "R", "Q", "Z", "N", "C", "empty" and marked forms such as "R+", "Z-", "R*"
	Ellipsis    // \ldots inside a list or sum
)

// Arithmetic. Every op keeps the order in which it was written.
const (
	Add             Op = iota + 16 // terms, two or more; a difference is Add(a, Neg(b))
	Neg                            // x
	Mul                            // factors, two or more; Name: the letters when written as one run ("abc"), else ""
	Div                            // numerator, denominator; any spelling of a fraction
	Pow                            // base, exponent
	Root                           // radicand, index: the real root where there is one
	PlusMinus                      // x: both +x and -x; a±b is Add(a, PlusMinus(b))
	MinusPlus                      // x: the sign opposite to that of the PlusMinus beside it
	Percent                        // x: x/100
	Degree                         // x: x·π/180
	Factorial                      // x
	DoubleFactorial                // x
	Func                           // arguments; Name: a known function, see Funcs
	Call                           // arguments; Name: an unknown function, "f", "f'", "P"
	Sum                            // body, variable, from, to
	Product                        // body, variable, from, to
	Integral                       // body, variable [, from, to]
	Limit                          // body, variable, target; Name: "", "+" or "-" for the side
	Derivative                     // body, variable; Name: order in decimal, "" for 1
	Evaluate                       // body, variable, from, to: the bracket F|_a^b
)

// Structures.
const (
	Chain     Op = iota + 48 // a R b R c ...: n+1 terms; Rels holds the n relations
	And                      // statements that all hold (also systems written in cases)
	Or                       // statements of which one holds
	Not                      // statement
	Congruent                // a, b, modulus: a ≡ b (mod m)
	Tuple                    // elements; Name: "(" , "[" or "<"
	Interval                 // low, high; Name: "()", "[)", "(]" or "[]"
	Set                      // elements, in braces
	SetOf                    // element, condition: {x | ...}
	Union                    // sets
	Intersect                // sets
	Minus                    // set, set: set difference
	List                     // values with commas, "and" or "or" between; Name: "," "and" "or"
	Lines                    // values on lines of their own, in order
	Matrix                   // entries row by row; Cols is the number of columns; Name: "v" for a determinant
	Cases                    // value, condition, value, condition ...; condition "otherwise" is Text
	Quantity                 // value, unit: the unit is Unit or Mul, Div, Pow of units
	Ratio                    // a:b or a:b:c
	Clock                    // hours, minutes [, seconds]; Name: "am", "pm" or ""
	Based                    // Number read as decimal digits; Name: base in decimal: 101_2
	Labeled                  // value; Name: the letter of a choice before it: "(B) 12"
	Given                    // value, statement: "x=2kπ, k∈Z": a value with the side condition of its parameters
)

// Rel is a relation between neighbours of a Chain.
type Rel uint8

const (
	Eq         Rel = iota // =, also :=
	Ne                    // ≠
	Lt                    // <
	Le                    // ≤
	Gt                    // >
	Ge                    // ≥
	Approx                // ≈
	Identical             // ≡ without a modulus
	In                    // ∈
	NotIn                 // ∉
	Subset                // ⊂
	SubsetEq              // ⊆
	Superset              // ⊃
	SupersetEq            // ⊇
	Similar               // ~
	Parallel              // ∥
	Perp                  // ⊥
	Divides               // a | b
	Maps                  // →, ↦
	Implies               // ⇒
	Iff                   // ⇔
	Propto                // ∝
)

// Funcs lists the names that a Func may have, with the least and most
// arguments.
//
// "log" with one argument has no base written (policy decides), with two it is
// log(x, base); "ln" is natural. "perm" is the number of arrangements, "binom"
// of selections. "angle" takes text and stays symbolic.
var Funcs = map[string][2]int{
	"sin": {1, 1}, "cos": {1, 1}, "tan": {1, 1}, "cot": {1, 1}, "sec": {1, 1}, "csc": {1, 1},
	"arcsin": {1, 1}, "arccos": {1, 1}, "arctan": {1, 1}, "arccot": {1, 1}, "arcsec": {1, 1}, "arccsc": {1, 1},
	"sinh": {1, 1}, "cosh": {1, 1}, "tanh": {1, 1}, "coth": {1, 1}, "sech": {1, 1}, "csch": {1, 1},
	"arsinh": {1, 1}, "arcosh": {1, 1}, "artanh": {1, 1},
	"ln": {1, 1}, "log": {1, 2}, "exp": {1, 1},
	"abs": {1, 1}, "floor": {1, 1}, "ceil": {1, 1}, "sgn": {1, 1},
	"gcd": {1, 64}, "lcm": {1, 64}, "min": {1, 64}, "max": {1, 64}, "mod": {2, 2},
	"binom": {2, 2}, "perm": {2, 2}, "multinom": {2, 64}, "gamma": {1, 1}, "zeta": {1, 1},
	"re": {1, 1}, "im": {1, 1}, "conj": {1, 1}, "arg": {1, 1},
	"det": {1, 1}, "trace": {1, 1}, "rank": {1, 1}, "transpose": {1, 1}, "norm": {1, 1}, "inverse": {1, 1},
	"card": {1, 1}, "frac": {1, 1}, "dot": {2, 2}, "cross": {2, 2}, "phi": {1, 1},
	"angle": {1, 1}, "arc": {1, 1}, "segment": {1, 1}, "triangle": {1, 1}, "vector": {1, 1}, "mean": {1, 1},
}

// A Node is one node of the tree. All fields are read-only after it is built.
type Node struct {
	Op   Op
	Name string
	Args []*Node
	Rels []Rel // Chain
	Cols int   // Matrix

	// Number: num/den when big is nil; den > 0, in lowest terms.
	num, den int64
	big      *big.Rat
	// Digits tells how a Number was written: -1 as an integer or fraction, n
	// as a decimal with n digits behind the point. Recurring decimals are -1.
	Digits int
}

// Int returns the integer x.
func Int(x int64) *Node {
	if x >= smallMin && x <= smallMax {
		return small[x-smallMin]
	}
	return &Node{Op: Number, num: x, den: 1, Digits: -1}
}

const smallMin, smallMax = -16, 256

var small = func() (all [smallMax - smallMin + 1]*Node) {
	for i := range all {
		all[i] = &Node{Op: Number, num: int64(i + smallMin), den: 1, Digits: -1}
	}
	return all
}()

// BigInt returns the integer x, which must not be changed afterwards.
func BigInt(x *big.Int) *Node {
	if x.IsInt64() {
		return Int(x.Int64())
	}
	return &Node{Op: Number, big: new(big.Rat).SetInt(x), Digits: -1}
}

// Rat returns the rational x, which must not be changed afterwards.
func Rat(x *big.Rat) *Node {
	if x.Num().IsInt64() && x.Denom().IsInt64() {
		n, d := x.Num().Int64(), x.Denom().Int64()
		if d == 1 {
			return Int(n)
		}
		return &Node{Op: Number, num: n, den: d, Digits: -1}
	}
	return &Node{Op: Number, big: x, Digits: -1}
}

// Decimal returns the rational x as written with n digits behind the point.
func Decimal(x *big.Rat, n int) *Node {
	v := *Rat(x)
	v.Digits = n
	return &v
}

// Small returns a Number as num/den in lowest terms, den > 0, if both fit.
func (n *Node) Small() (num, den int64, ok bool) {
	return n.num, n.den, n.Op == Number && n.big == nil
}

// IsInt reports the integer x.
func (n *Node) IsInt(x int64) bool {
	return n.Op == Number && n.big == nil && n.den == 1 && n.num == x
}

// Int64 returns an integer Number that fits an int64.
func (n *Node) Int64() (int64, bool) {
	return n.num, n.Op == Number && n.big == nil && n.den == 1
}

// Rat returns the value of a Number; the caller must not change it. It panics
// for any other node.
func (n *Node) Rat() *big.Rat {
	if n.Op != Number {
		panic("tree: Rat of a node that is no number")
	}
	if n.big != nil {
		return n.big
	}
	return big.NewRat(n.num, n.den)
}

// IsInteger reports a Number without a denominator.
func (n *Node) IsInteger() bool {
	return n.Op == Number && (n.big == nil && n.den == 1 || n.big != nil && n.big.IsInt())
}

// Sym returns the symbol with a name.
func Sym(name string) *Node { return &Node{Op: Symbol, Name: name} }

// Constants.
var (
	Pi        = &Node{Op: Const, Name: "pi"}
	E         = &Node{Op: Const, Name: "e"}
	I         = &Node{Op: Const, Name: "i"}
	Inf       = &Node{Op: Const, Name: "inf"}
	NegInf    = &Node{Op: Neg, Args: []*Node{Inf}}
	Empty     = &Node{Op: SetName, Name: "empty"}
	Reals     = &Node{Op: SetName, Name: "R"}
	Otherwise = &Node{Op: Text, Name: "otherwise"}
)

// Words returns a text.
func Words(s string) *Node { return &Node{Op: Text, Name: s} }

// New returns a node with arguments.
func New(op Op, args ...*Node) *Node { return &Node{Op: op, Args: args} }

// Named returns a node with a name and arguments.
func Named(op Op, name string, args ...*Node) *Node { return &Node{Op: op, Name: name, Args: args} }

// Fn returns the application of a known function.
func Fn(name string, args ...*Node) *Node { return &Node{Op: Func, Name: name, Args: args} }

// ChainOf returns terms joined by relations, one fewer than terms.
func ChainOf(rels []Rel, terms ...*Node) *Node {
	if len(rels)+1 != len(terms) {
		panic("tree: a chain needs one relation fewer than terms")
	}
	return &Node{Op: Chain, Args: terms, Rels: rels}
}

// MatrixOf returns a matrix of rows × cols entries.
func MatrixOf(cols int, entries ...*Node) *Node {
	if cols <= 0 || len(entries)%cols != 0 {
		panic("tree: a matrix needs full rows")
	}
	return &Node{Op: Matrix, Args: entries, Cols: cols}
}

// With returns n with other arguments: n itself when they are the same.
func (n *Node) With(args []*Node) *Node {
	same := len(args) == len(n.Args)
	for i := 0; same && i < len(args); i++ {
		same = args[i] == n.Args[i]
	}
	if same {
		return n
	}
	v := *n
	v.Args = args
	if v.Op == Mul {
		v.Name = "" // no longer as written
	}
	return &v
}
