package py

import (
	"math/bits"
	"unsafe"
)

// Long runs of ordinary text are scanned eight bytes at a time.  In a word loaded by
// load8 the first byte is the lowest, and tests of single bytes answer in their high
// bits, so the first hit is the lowest bit set.

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// load8 returns s[i:i+8] as a little-endian number.
func load8(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// firstByte returns the index of the byte that holds the lowest bit of hits.
func firstByte(hits uint64) int { return bits.TrailingZeros64(hits) >> 3 }

// asciiUpper marks the bytes of x, all ASCII, that are A to Z.
func asciiUpper(x uint64) uint64 {
	return ((x + (0x80-'A')*ones) &^ (x + (0x80-'Z'-1)*ones)) & highs
}

// asciiSpaces marks the bytes of x that are a space.  From the first byte that is not
// ASCII on, the marks mean nothing.
func asciiSpaces(x uint64) uint64 {
	return ^((x ^ ' '*ones) + 0x7f*ones) & highs
}

// freeze returns dst, which must not change any more, as a string.
func freeze(dst []byte) string { return unsafe.String(unsafe.SliceData(dst), len(dst)) }
