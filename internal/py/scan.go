package py

// plainLen returns how many bytes of s[i:] come before the first quote, backslash or
// control character.
//
// A byte b below 0x80 is a control or a quote if and only if b^2 < 0x21: exclusive or
// with 2 maps 0x22 to 0x20, swaps 0x20 with 0x22 and 0x21 with 0x23, and keeps the
// controls below 0x20.  Subtracting 0x21 from such a byte borrows into its high bit.
// The borrow can spoil only later bytes, and only the first hit is used.
func plainLen(s string, i int) int {
	start := i
	for ; i+8 <= len(s); i += 8 {
		x := load8(s, i)
		hits := ((x ^ 2*ones) - 0x21*ones) | ((x ^ '\\'*ones) - ones)
		if hits &= ^x & highs; hits != 0 {
			return i + firstByte(hits) - start
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			break
		}
	}
	return i - start
}

// hexValue returns the value of the four hex digits at s[i:], or -1.
func hexValue(s string, i int) rune {
	var r rune
	for _, c := range []byte(s[i : i+4]) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// appendUnescaped appends the string that s, checked JSON text between two quotes,
// stands for.
func appendUnescaped(dst []byte, s string) []byte {
	for i := 0; ; {
		n := plainLen(s, i)
		dst = append(dst, s[i:i+n]...)
		if i += n; i == len(s) {
			return dst
		}
		c := s[i+1]
		i += 2
		switch c {
		case 'n':
			c = '\n'
		case 't':
			c = '\t'
		case 'r':
			c = '\r'
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'u':
			r := hexValue(s, i)
			i += 4
			if r>>10 == 0xd800>>10 && i+6 <= len(s) && s[i] == '\\' && s[i+1] == 'u' {
				if low := hexValue(s, i+2); low>>10 == 0xdc00>>10 {
					r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
					i += 6
				}
			}
			dst = appendRune(dst, r)
			continue
		}
		dst = append(dst, c)
	}
}
