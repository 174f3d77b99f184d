package rouge

import "math/bits"

// Eight bytes of text at a time, the first in the lowest place. A mask has the
// high bit of each byte that it marks.
const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

func load32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func load64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// atLeast marks the bytes of x whose low seven bits are at least c.
func atLeast(x uint64, c byte) uint64 {
	return ((x | high) - uint64(c)*ones) & high
}

// skipPlain returns the place of the first byte of s[i:] that may end a word of
// splitStops: a control character, a space, a full stop or no ASCII. Seven
// bytes at the end of s are not looked at.
func skipPlain(s string, i int) int {
	for i+8 <= len(s) {
		x := load64(s, i)
		dot := x ^ '.'*ones
		// Borrows reach only bytes above a true zero, which come later.
		end := x&high | (atLeast(x, ' '+1) ^ high) | (dot-ones)&^dot&high
		if end != 0 {
			return i + bits.TrailingZeros64(end)>>3
		}
		i += 8
	}
	return i
}

// skipLower returns the place of the first byte of s[i:] that is not in a-z or
// 0-9. Seven bytes at the end of s are not looked at.
func skipLower(s string, i int) int {
	for i+8 <= len(s) {
		x := load64(s, i)
		alpha := atLeast(x, 'a') &^ atLeast(x, 'z'+1)
		digit := atLeast(x, '0') &^ atLeast(x, '9'+1)
		end := ((alpha | digit) &^ x & high) ^ high
		if end != 0 {
			return i + bits.TrailingZeros64(end)>>3
		}
		i += 8
	}
	return i
}
