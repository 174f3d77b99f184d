package approx

import (
	"math"
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A separation bound tells how near to zero an algebraic number can be without
// being zero.
//
// Write the number as α/β with algebraic integers α and β of a number field of
// degree at most D, and let u and l bound the absolute values of all conjugates
// of α and of β. The norm of α ≠ 0, the product of its D conjugates, is an
// integer other than 0, so |α| ≥ u^(1-D) and
//
//	α/β = 0  or  |α/β| ≥ 1 / (u^(D-1)·l)
//
// u and l follow from the expression:
//
//	p/q           u = |p|                 l = q
//	root of unity u = 1                   l = 1
//	x ± y         u = ux·ly + uy·lx       l = lx·ly
//	x·y           u = ux·uy               l = lx·ly
//	x/y           u = ux·ly               l = lx·uy
//	k-th root     u = (ux·lx^(k-1))^(1/k) l = lx        when ux ≥ lx
//	              u = ux                  l = (lx·ux^(k-1))^(1/k) otherwise
//
// The root takes α·β^(k-1) or β·α^(k-1) under the radical, and adjoins one
// number of degree at most k to the field. Every radical counts once, square
// roots of rationals once for each independent one, and all roots of unity
// together are those of one order.
//
// Source: C. Burnikel, S. Funke, K. Mehlhorn, S. Schirra, S. Schmitt, "A
// separation bound for real algebraic expressions", ESA 2001.
type bound struct {
	u, l float64 // log2, at least 0, rounded up
}

// A field is what the numbers of one expression are made of.
type field struct {
	at      Point
	b       *budget.Budget
	order   int64        // all roots of unity are powers of one of this order
	square  []*big.Int   // radicands of square roots
	power   []rational   // radicands of higher roots of rationals
	nested  []nestedRoot // radicands that are no rationals
	complex bool         // a conjugate was taken
}

type rational struct {
	k      int64
	values []*big.Int
}

type nestedRoot struct {
	k int64
	n *tree.Node
}

const (
	maxOrder = 1 << 16
	maxRoots = 24
	maxIndex = 1 << 10
	maxLog2  = 1 << 20
)

// separation returns how many bits below 1 a nonzero value of n can be at most.
func separation(n *tree.Node, at Point, b *budget.Budget) (bits float64, ok bool) {
	f := field{at: at, b: b, order: 2}
	v, ok := f.of(n)
	if !ok {
		return 0, false
	}
	d := f.degree()
	if f.complex && len(f.nested) > 0 {
		d *= d // the conjugates of nested radicals may lie outside of the field
	}
	bits = math.Ceil((d-1)*v.u + v.l)
	return bits, bits < maxLog2
}

// up makes room for the rounding of the few operations behind a result.
func up(x float64) float64 { return x + x*0x1p-48 + 0x1p-40 }

func log2Int(x *big.Int) float64 {
	n := x.BitLen()
	if n == 0 {
		return 0
	}
	if n <= 53 {
		return up(math.Log2(math.Abs(float64(x.Int64()))))
	}
	// Floor of the leading 53 bits, plus one.
	lead := new(big.Int).Rsh(new(big.Int).Abs(x), uint(n-53))
	return up(math.Log2(float64(lead.Int64()+1)) + float64(n-53))
}

func boundOf(q Q) bound {
	if q.big == nil {
		return bound{u: log2U(absU(q.num)), l: log2U(uint64(q.den))}
	}
	return bound{u: log2Int(q.big.Num()), l: log2Int(q.big.Denom())}
}

func log2U(x uint64) float64 {
	if x <= 1 {
		return 0
	}
	return up(math.Log2(float64(x)))
}

// addLog2 returns log2(2^x + 2^y).
func addLog2(x, y float64) float64 {
	if x < y {
		x, y = y, x
	}
	return up(x + math.Log2(1+math.Exp2(y-x)))
}

func (v bound) add(w bound) bound {
	if v.l == w.l && v.l == 0 {
		return bound{u: addLog2(v.u, w.u)}
	}
	return bound{u: addLog2(v.u+w.l, w.u+v.l), l: up(v.l + w.l)}
}

func (v bound) mul(w bound) bound { return bound{u: up(v.u + w.u), l: up(v.l + w.l)} }
func (v bound) inv() bound        { return bound{u: v.l, l: v.u} }

func (v bound) root(k int64) bound {
	r := float64(k)
	if v.u >= v.l {
		return bound{u: up((v.u + (r-1)*v.l) / r), l: v.l}
	}
	return bound{u: v.u, l: up((v.l + (r-1)*v.u) / r)}
}

func (v bound) power(k int64) bound {
	if k < 0 {
		v, k = v.inv(), -k
	}
	return bound{u: up(v.u * float64(k)), l: up(v.l * float64(k))}
}

// of returns the bound of n, which must be an algebraic number, and enlarges the
// field by what n needs.
func (f *field) of(n *tree.Node) (bound, bool) {
	f.b.Use(4)
	if n.Op == tree.Symbol {
		q, ok := f.at.lookup(n.Name)
		return boundOf(q), ok
	}
	if q, err := rationalAt(n, f.at, f.b); err == nil {
		return boundOf(q), true
	} else if err != ErrUnsupported {
		return bound{}, false
	}
	switch n.Op {
	case tree.Const:
		if n.Name == "i" {
			return bound{}, f.unity(4)
		}
	case tree.Neg:
		return f.of(n.Args[0])
	case tree.Percent:
		v, ok := f.of(n.Args[0])
		return v.mul(boundOf(Q{num: 1, den: 100})), ok
	case tree.Add, tree.Mul:
		v, ok := f.of(n.Args[0])
		for _, a := range n.Args[1:] {
			if !ok {
				break
			}
			var w bound
			if w, ok = f.of(a); n.Op == tree.Add {
				v = v.add(w)
			} else {
				v = v.mul(w)
			}
		}
		return v, ok
	case tree.Div:
		v, ok1 := f.of(n.Args[0])
		w, ok2 := f.of(n.Args[1])
		return v.mul(w.inv()), ok1 && ok2
	case tree.Pow:
		return f.pow(n)
	case tree.Root:
		k, err := rationalAt(n.Args[1], f.at, f.b)
		if err != nil || k.Sign() == 0 {
			return bound{}, false
		}
		return f.powQ(n.Args[0], k.inv())
	case tree.Func:
		return f.function(n)
	}
	return bound{}, false
}

func (f *field) pow(n *tree.Node) (bound, bool) {
	if k, err := rationalAt(n.Args[1], f.at, f.b); err == nil {
		return f.powQ(n.Args[0], k)
	}
	if n.Args[0].Op == tree.Const && n.Args[0].Name == "e" {
		return f.expPi(n.Args[1])
	}
	return bound{}, false
}

// expPi is e^(iπr).
func (f *field) expPi(n *tree.Node) (bound, bool) {
	r, ok := imaginaryPi(n, f.at, f.b)
	if !ok {
		return bound{}, false
	}
	return bound{}, f.angle(r)
}

// angle adjoins e^(iπr).
func (f *field) angle(r Q) bool { return r.big == nil && r.den <= maxOrder && f.unity(2*r.den) }

// unity adjoins the roots of unity of an order.
func (f *field) unity(n int64) bool {
	g := int64(gcdU(uint64(f.order), uint64(n)))
	m := f.order / g * n
	if n > maxOrder || m > maxOrder {
		return false
	}
	f.order = m
	return true
}

func (f *field) powQ(base *tree.Node, k Q) (bound, bool) {
	if k.big != nil || k.den > maxIndex || k.num > maxLog2 || k.num < -maxLog2 {
		return bound{}, false
	}
	v, ok := f.of(base)
	if !ok {
		return bound{}, false
	}
	if k.den > 1 {
		if !f.radical(base, k.den) {
			return bound{}, false
		}
		v = v.root(k.den)
	}
	v = v.power(k.num)
	return v, v.u < maxLog2 && v.l < maxLog2
}

// radical adjoins a k-th root of the base.
func (f *field) radical(base *tree.Node, k int64) bool {
	q, err := rationalAt(base, f.at, f.b)
	if err != nil {
		for _, r := range f.nested {
			if r.k == k && tree.Same(r.n, base) {
				return true
			}
		}
		f.nested = append(f.nested, nestedRoot{k, base})
		return len(f.nested) <= maxRoots
	}
	if q.Sign() < 0 {
		// x^(1/k) is |x|^(1/k) times a root of unity, 1 or -1 for odd k.
		if k%2 == 0 && !f.unity(2*k) {
			return false
		}
		q = q.abs()
	}
	if k == 2 {
		x := new(big.Int).Mul(q.numer(), q.denom())
		f.square = append(f.square, x)
		return len(f.square) <= maxRoots && x.BitLen() <= 1<<13
	}
	i := 0
	for i < len(f.power) && f.power[i].k != k {
		i++
	}
	if i == len(f.power) {
		f.power = append(f.power, rational{k: k})
	}
	f.power[i].values = append(f.power[i].values, q.numer(), q.denom())
	return len(f.power[i].values) <= 2*maxRoots && q.size() <= 1<<13
}

// cosine is the bound of the sine, cosine, tangent and their reciprocals:
// quotients of ζ ± 1/ζ, 2 and i.
var cosine = bound{u: 1, l: 1}

func (f *field) function(n *tree.Node) (bound, bool) {
	x := n.Args[0]
	switch n.Name {
	case "sin", "cos", "tan", "cot", "sec", "csc":
		r, ok := PiMultiple(x, f.at, f.b)
		if !ok {
			return bound{}, false
		}
		return cosine, f.angle(r) && f.unity(4)
	case "exp":
		return f.expPi(x)
	case "abs":
		v, ok := f.of(x)
		if !ok {
			return bound{}, false
		}
		if f.realValue(x) {
			return v, true
		}
		// |z|² = z·conj z
		f.complex = true
		f.nested = append(f.nested, nestedRoot{2, n})
		return v.mul(v).root(2), len(f.nested) <= maxRoots
	case "conj":
		f.complex = true
		return f.of(x)
	case "re", "im":
		// (z ± conj z)/2, divided by i for the imaginary part.
		f.complex = true
		v, ok := f.of(x)
		v = v.add(v)
		v.l++
		return v, ok && f.unity(4)
	}
	return bound{}, false
}

// degree bounds the degree of the field.
func (f *field) degree() float64 {
	d := float64(1)
	if f.order > 2 {
		phi, _ := totient(big.NewInt(f.order), f.b)
		d = float64(phi.Int64())
	}
	outside := f.square[:0:0]
	for _, x := range f.square {
		if !f.cyclotomic(x) {
			outside = append(outside, x)
		}
	}
	if len(outside) > 0 {
		d *= math.Exp2(float64(squareRank(outside, f.b)))
	}
	for _, p := range f.power {
		// One k-th root for each number of a coprime base is enough, and so is
		// one for each radicand.
		count := len(p.values) / 2
		if c := len(coprimeBase(p.values, f.b)); c < count {
			count = c
		}
		d *= math.Pow(float64(p.k), float64(count))
	}
	for _, r := range f.nested {
		d *= float64(r.k)
	}
	return d
}

// cyclotomic reports a square root that lies in the field of the roots of unity:
// √m does if 4m divides the order.
func (f *field) cyclotomic(x *big.Int) bool {
	if x.BitLen() > 40 {
		return false
	}
	m := x.Int64()
	for p := int64(2); p*p <= f.order && p*p <= m; p++ {
		for m%(p*p) == 0 {
			m /= p * p
		}
	}
	return f.order%(4*m) == 0
}
