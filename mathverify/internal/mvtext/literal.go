package mvtext

// setKeys sets the strings of the string target.
func (x *scanner) setKeys(keys []string) {
	x.keyBytes['*'/64] |= 1 << ('*' % 64)
	for _, k := range keys {
		if k != "" {
			x.keys = append(x.keys, k)
			x.keyBytes[k[0]/64] |= 1 << (k[0] % 64)
		}
	}
}

// key matches, at i, optional asterisks and one of the strings of the string
// target, followed by optional asterisks and punctuation, white space or the
// end.
func (x *scanner) key(i int) (end int, ok bool) {
	if hasPrefixAt(x.s, i, "**") {
		if end, ok = x.bareKey(i + 2); ok {
			return end, true
		}
	}
	return x.bareKey(i)
}

func (x *scanner) bareKey(i int) (end int, ok bool) {
	for _, k := range x.keys {
		if !hasPrefixAt(x.s, i, k) {
			continue
		}
		hi := i + len(k)
		if hasPrefixAt(x.s, hi, "**") {
			end, ok = keyEnd(x.s, hi+2)
		}
		if !ok {
			end, ok = keyEnd(x.s, hi)
		}
		if ok {
			x.lit = span{i, hi}
			return end, true
		}
	}
	return 0, false
}

func keyEnd(s string, i int) (end int, ok bool) {
	switch byteAt(s, i) {
	case '.', ',', ':':
		return i + 1, true
	}
	w := spaceAt(s, i)
	return i + w, w > 0 || i == len(s)
}

// spacedKey matches the start of the text or white space at i, and a key.
func (x *scanner) spacedKey(i int) (end int, ok bool) {
	if i == 0 {
		if end, ok = x.key(0); ok {
			return end, true
		}
	}
	if w := spaceAt(x.s, i); w > 0 {
		return x.key(i + w)
	}
	return 0, false
}

// findKey matches a key without words before it.
func (x *scanner) findKey(from int) (span, bool) {
	s := x.s
	for i := from; i < len(s); i++ {
		if c := startClass[s[i]]; i > 0 && (c&mayPrecede == 0 || c&isOneByte != 0 && !x.mayBeginKey(i+1)) {
			continue
		}
		if end, ok := x.spacedKey(i); ok {
			return span{i, end}, true
		}
	}
	return span{}, false
}

func (x *scanner) mayBeginKey(i int) bool {
	return i < len(x.s) && x.keyBytes[x.s[i]/64]&(1<<(x.s[i]%64)) != 0
}
