package approx

import (
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Symbols describes the free symbols of expressions that are compared.
type Symbols struct {
	Names   []string // sorted
	integer []bool   // takes positive integers only
	cuts    []Q      // rationals written in the expressions, near which a case may change
	Complex bool     // i occurs: values need not be real
}

// SymbolsOf returns the symbols that are free in a or b. The order of a and b
// does not matter.
func SymbolsOf(a, b *tree.Node) Symbols {
	s := Symbols{Names: tree.Free(a)}
	for _, name := range tree.Free(b) {
		if !slices.Contains(s.Names, name) {
			s.Names = append(s.Names, name)
		}
	}
	slices.Sort(s.Names)
	s.integer = make([]bool, len(s.Names))
	s.scan(a)
	s.scan(b)
	if len(s.Names) > 0 {
		slices.SortFunc(s.cuts, Q.Cmp)
		s.cuts = slices.CompactFunc(s.cuts, Q.Equal)
	}
	return s
}

const maxCuts = 12

// scan looks for i, for cuts, and for places that only make sense, or are only
// meant, for integers.
func (s *Symbols) scan(n *tree.Node) {
	switch n.Op {
	case tree.Const:
		s.Complex = s.Complex || n.Name == "i"
	case tree.Number:
		if q := number(n); len(s.cuts) < maxCuts && len(s.Names) > 0 && q.size() < 40 {
			s.cuts = append(s.cuts, q.abs())
		}
	case tree.Factorial, tree.DoubleFactorial:
		s.setIntegers(n.Args[0])
	case tree.Sum, tree.Product:
		if len(n.Args) == 4 {
			s.setIntegers(n.Args[2])
			s.setIntegers(n.Args[3])
		}
	case tree.Func:
		switch n.Name {
		case "binom", "perm", "multinom", "gcd", "lcm", "mod", "gamma", "phi":
			for _, a := range n.Args {
				s.setIntegers(a)
			}
		}
	case tree.Pow:
		if negative(n.Args[0]) {
			s.setIntegers(n.Args[1])
		}
	}
	for _, a := range n.Args {
		s.scan(a)
	}
}

// negative reports a number written with a minus sign, or i.
func negative(n *tree.Node) bool {
	switch n.Op {
	case tree.Number:
		return number(n).Sign() < 0
	case tree.Neg:
		return len(tree.Free(n)) == 0
	case tree.Const:
		return n.Name == "i"
	}
	return false
}

func (s *Symbols) setIntegers(n *tree.Node) {
	if n.Op == tree.Symbol {
		if i, ok := slices.BinarySearch(s.Names, n.Name); ok {
			s.integer[i] = true
		}
	}
	for _, a := range n.Args {
		s.setIntegers(a)
	}
}

// HasInteger reports whether some symbol takes integers only.
func (s *Symbols) HasInteger() bool { return slices.Contains(s.integer, true) }

// Point returns the k-th sample point that a seed stands for. The first three
// have all values in (1, 4), in (0, 1) and in (-4, -1); the others have values of
// every sign and size, some near a number of the expressions.
func (s *Symbols) Point(k int, seed uint64) Point {
	at := make(Point, len(s.Names))
	src := source(mix(seed) + uint64(k)*0x632be59bd9b4e019)
	for i, name := range s.Names {
		at[i].Name = name
		if s.integer[i] {
			at[i].Q = QInt(int64(1 + src.below(uint64(4+k))))
			continue
		}
		kind := k
		if k > 2 {
			kind = int(src.below(12))
		}
		// A denominator with a large prime factor keeps clear of special values, an
		// even one of the real roots of negative numbers that x^y has for some y.
		const den = 2 * 1009
		u := int64(1 + 2*src.below(den/2)) // u/den is in (0, 1)
		var num int64
		switch kind {
		case 0:
			num = den + 3*u
		case 1:
			num = u
		case 2:
			num = -den - 3*u
		case 3:
			num = -u
		case 4:
			num = 4*den + 61*u
		case 5:
			num = -4*den - 61*u
		case 8, 9, 10, 11:
			num = den * 4 * int64(kind-10)
			num += 4 * u
		default:
			if len(s.cuts) > 0 {
				c := s.cuts[src.below(uint64(len(s.cuts)))]
				if kind == 7 {
					c = c.neg()
				}
				// Between c - 1/2 and c + 1/2.
				x, ok := addSmall(c, reduce(2*u-den, 2*den))
				if ok {
					at[i].Q = x
					continue
				}
			}
			num = 5*u - 2*den
		}
		at[i].Q = reduce(num, den)
	}
	return at
}

// reduce returns num/den in lowest terms, den > 0.
func reduce(num, den int64) Q {
	g := int64(gcdU(absU(num), uint64(den)))
	return Q{num: num / g, den: den / g}
}

// Seed returns the seed of the sample points of a pair, in either order.
func Seed(a, b *tree.Node) uint64 { return hashTree(a) + hashTree(b) }
