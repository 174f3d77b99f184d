package py

// IsSpace reports whether r is white space to str.isspace, str.split and str.strip:
// bidirectional type WS, B or S, or category Zs.  Unlike unicode.IsSpace it holds for
// the separators U+001C to U+001F.
func IsSpace(r rune) bool {
	switch {
	case r <= ' ':
		return r == ' ' || '\t' <= r && r <= '\r' || 0x1c <= r && r <= 0x1f
	case r < 0x1680:
		return r == 0x85 || r == 0xa0
	case r <= 0x200a:
		return r >= 0x2000 || r == 0x1680
	}
	return r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f || r == 0x3000
}

// IsPrintable reports whether repr shows r as it is: str.isprintable.
func IsPrintable(r rune) bool {
	switch {
	case r < 0x7f:
		return r >= ' '
	case 0xae <= r && r <= 0x377, 0x3a3 <= r && r <= 0x52f, 0x4e00 <= r && r <= 0x9fff:
		return true // spare Latin, Greek, Cyrillic and Chinese text the search
	}
	return toggled(printableTable[:], r)
}

// IsAlnum reports str.isalnum: a letter, a decimal, a digit or a numeric character.
func IsAlnum(r rune) bool { return toggled(alnumTable[:], r) }

// IsDigit reports str.isdigit: a decimal, or a character such as ² that has a digit
// value outside the decimal system.
func IsDigit(r rune) bool { return toggled(digitTable[:], r) }

// IsDecimal reports str.isdecimal: a character that int and float read as a digit.
func IsDecimal(r rune) bool { return toggled(decimalTable[:], r) }

// toggled reports whether an odd number of table's entries are at most r.
func toggled(table []uint32, r rune) bool {
	lo, hi := 0, len(table)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); table[mid] <= uint32(r) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo&1 == 1
}
