// Package random holds random streams that are functions of their key: the
// numbers that sample 3 of prompt 17 in step 40 draws depend on nothing that
// happened before, so that a resumed run draws what an uninterrupted one does.
package random

import (
	"math"
	"math/bits"
)

// A Key names a stream of random numbers.
type Key uint64

// NewKey mixes parts, such as seed, step, prompt and sample, to a key. The order
// of parts matters.
func NewKey(parts ...uint64) Key {
	h := uint64(0x9e3779b97f4a7c15)
	for _, p := range parts {
		h = mix(h ^ mix(p+0x9e3779b97f4a7c15))
	}
	return Key(h)
}

// Uint64 returns number i of the stream.
func (k Key) Uint64(i uint64) uint64 { return mix(uint64(k) + (i+1)*0x9e3779b97f4a7c15) }

// Float64 returns number i of the stream, uniform in [0, 1).
func (k Key) Float64(i uint64) float64 { return float64(k.Uint64(i)>>11) / (1 << 53) }

// IntN returns number i of the stream, uniform in 0 to n-1 but for a bias below
// n/2^64. It panics if n is not positive.
func (k Key) IntN(i uint64, n int) int {
	if n <= 0 {
		panic("random: IntN of nothing")
	}
	hi, _ := bits.Mul64(k.Uint64(i), uint64(n))
	return int(hi)
}

// Normal returns number i of the stream, normally distributed with mean 0 and
// variance 1. It uses numbers 2i and 2i+1 of the uniform stream.
func (k Key) Normal(i uint64) float64 {
	u := 1 - k.Float64(2*i)
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*k.Float64(2*i+1))
}

// Perm returns a permutation of 0 to n-1 that is a function of the key.
func (k Key) Perm(n int) []int {
	p := make([]int, n)
	for i := range p {
		j := k.IntN(uint64(i), i+1)
		p[i] = p[j]
		p[j] = i
	}
	return p
}

// mix is the finaliser of SplitMix64.
//
// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
// Generators", OOPSLA 2014; the constants are Stafford's variant 13.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
