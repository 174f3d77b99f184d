package canon

// maxGens bounds the generators of one question; maxExp bounds the exponents.
const (
	maxGens = 24
	maxExp  = 1<<13 - 1
)

// A mono is a product of powers of generators: lane k holds the exponent of
// generator k in two's complement. Exponents may be negative, which keeps
// 1/x and e^{-x} out of denominators.
type mono [maxGens / 4]uint64

const (
	laneTop  = 0x8000_8000_8000_8000
	laneBias = 0x2000_2000_2000_2000
	laneOver = 0xC000_C000_C000_C000
)

func (m mono) exp(k int) int { return int(int16(m[k>>2] >> (uint(k&3) * 16))) }

func (m *mono) set(k, e int) {
	s := uint(k&3) * 16
	m[k>>2] = m[k>>2]&^(0xffff<<s) | uint64(uint16(int16(e)))<<s
}

// lanes adds four lanes each of a and b without carries between them.
func lanes(a, b uint64) uint64 { return (a&^laneTop + b&^laneTop) ^ (a^b)&laneTop }

// times returns the product; ok is false if an exponent has grown too large.
func (m mono) times(b mono) (z mono, ok bool) {
	var over uint64
	for i := range m {
		z[i] = lanes(m[i], b[i])
		over |= lanes(z[i], laneBias) & laneOver
	}
	return z, over == 0
}

// power returns m^k.
func (m mono) power(k int) (z mono, ok bool) {
	for g := range maxGens {
		if e := m.exp(g); e != 0 {
			if e *= k; e > maxExp || e < -maxExp || k > maxExp || k < -maxExp {
				return z, false
			}
			z.set(g, e)
		}
	}
	return z, true
}

func (m mono) isOne() bool { return m == mono{} }

// gen returns the generator whose e-th power m is, if it is one alone.
func (m mono) gen() (g, e int, ok bool) {
	g = -1
	for k := range maxGens {
		if x := m.exp(k); x != 0 {
			if g >= 0 {
				return 0, 0, false
			}
			g, e = k, x
		}
	}
	return g, e, g >= 0
}

// compare is a total order for sorting.
func (m *mono) compare(b *mono) int {
	for i := range m {
		if m[i] != b[i] {
			if m[i] < b[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

func unit(g, e int) (m mono) {
	m.set(g, e)
	return m
}
