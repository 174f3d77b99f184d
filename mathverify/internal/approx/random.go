package approx

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// mix is a step of the SplitMix64 generator.
//
// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

func hashQ(q Q) uint64 {
	if q.big == nil {
		return mix(mix(uint64(q.num)) ^ uint64(q.den))
	}
	return hashInt(q.big.Denom(), hashInt(q.big.Num(), 0))
}

func hashInt(x *big.Int, h uint64) uint64 {
	for _, w := range x.Bits() {
		h = mix(h ^ uint64(w))
	}
	return mix(h + uint64(x.Sign()))
}

// hashTree depends on what was written only, so that every machine draws the
// same points for a pair of trees.
func hashTree(n *tree.Node) uint64 {
	h := mix(uint64(n.Op))
	if n.Op == tree.Number {
		return mix(h ^ hashQ(number(n)))
	}
	if n.Op != tree.Mul {
		h ^= hashString(n.Name)
	}
	for _, a := range n.Args {
		h = mix(h ^ hashTree(a))
	}
	return h
}

// A source draws numbers.
type source uint64

func (s *source) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	return mix(uint64(*s))
}

// below returns a number in [0, n).
func (s *source) below(n uint64) uint64 { return s.next() % n }
