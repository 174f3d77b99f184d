package py

import (
	"encoding/binary"
	"unicode/utf8"
)

// caseRun maps every step-th code point of lo..hi to itself plus delta.
type caseRun struct {
	lo, hi rune
	step   rune
	delta  rune
}

// caseMulti is one code point that maps to a string.
type caseMulti struct {
	r  rune
	to string
}

// caseMap is one of Python's full case mappings.
type caseMap struct {
	runs  []caseRun
	multi []caseMulti
	pages []uint64           // a bit for each 256 code points of which one changes
	lead  *[256]bool         // the first bytes of the characters that change
	sigma bool               // U+03A3 depends on its neighbours
	near  *[nearRunes]uint16 // the code points below, 0 where lookup must tell
}

// nearRunes bounds the code points, those of the Latin, Greek, Cyrillic and Armenian
// alphabets, whose mapping is looked up without a search.
const nearRunes = 0x590

var (
	lowerMap = caseMap{lowerRuns[:], lowerMulti[:], lowerPages[:], &lowerLead, true, nil}
	foldMap  = caseMap{foldRuns[:], foldMulti[:], foldPages[:], &foldLead, false, nil}
)

func init() {
	lowerMap.setNear()
	foldMap.setNear()
}

func (m *caseMap) setNear() {
	m.near = new([nearRunes]uint16)
	for r := range rune(nearRunes) {
		if to, multi := m.lookup(r); multi == "" && !(m.sigma && r == capitalSigma) {
			m.near[r] = uint16(to)
		}
	}
}

// nearAt returns the mapping of the two-byte character at s[i:], or 0 if it is not one
// or m.near does not tell.
func (m *caseMap) nearAt(s string, i int) rune {
	if r := near(s, i); r < nearRunes {
		return rune(m.near[r])
	}
	return 0
}

// near returns the two-byte character at s[i:], or nearRunes if it is not one.
func near(s string, i int) rune {
	if i+1 < len(s) && s[i]&0xe0 == 0xc0 && s[i+1]&0xc0 == 0x80 {
		return rune(s[i]&0x1f)<<6 | rune(s[i+1]&0x3f)
	}
	return nearRunes
}

const (
	capitalSigma = 0x3a3
	smallSigma   = 0x3c3
	finalSigma   = 0x3c2
)

// Lower returns str.lower() of s in Unicode 14: the full mapping, in which U+0130
// becomes two code points and a capital sigma at the end of a word becomes ς.  Code
// points that Unicode 14 does not assign stay as they are.  It returns s itself when
// nothing changes.
func Lower(s string) string { return lowerMap.apply(s) }

// Casefold returns str.casefold() of s: the full case folding of Unicode 14, in which
// ß becomes ss.  It returns s itself when nothing changes.
func Casefold(s string) string { return foldMap.apply(s) }

func (m *caseMap) apply(s string) string {
	i := m.skip(s, 0)
	if i == len(s) {
		return s
	}
	dst := append(make([]byte, 0, len(s)+len(s)>>6+8), s[:i]...)
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			// Copy a run of ASCII, converted.
			for ; i+8 <= len(s); i += 8 {
				x := load8(s, i)
				if x&highs != 0 {
					break
				}
				dst = binary.LittleEndian.AppendUint64(dst, x|asciiUpper(x)>>2)
			}
			for ; i < len(s) && s[i] < utf8.RuneSelf; i++ {
				c := s[i]
				if c-'A' <= 'Z'-'A' {
					c += 'a' - 'A'
				}
				dst = append(dst, c)
			}
			continue
		}
		if m.lead[c] {
			if to := m.nearAt(s, i); to >= 0x80 && to < 0x800 {
				dst = append(dst, 0xc0|byte(to>>6), 0x80|byte(to)&0x3f)
				i += 2
				continue
			}
			r, size := DecodeRune(s[i:])
			to, multi := m.lookup(r)
			switch {
			case m.sigma && r == capitalSigma:
				dst = appendRune(dst, sigmaAt(s, i))
			case multi != "":
				dst = append(dst, multi...)
			case size == 1:
				dst = append(dst, c) // not a character
			default:
				dst = appendRune(dst, to)
			}
			i += size
			continue
		}
		// Copy what no mapping touches.
		end := i + 1
		for end < len(s) && s[end] >= utf8.RuneSelf && !m.lead[s[end]] {
			end++
		}
		dst = append(dst, s[i:end]...)
		i = end
	}
	return freeze(dst)
}

// skip returns the position of the first character at or after i that m changes.
func (m *caseMap) skip(s string, i int) int {
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			if i+8 <= len(s) {
				if x := load8(s, i); x&highs == 0 {
					hits := asciiUpper(x)
					if hits != 0 {
						return i + firstByte(hits)
					}
					i += 8
					continue
				}
			}
			if c-'A' <= 'Z'-'A' {
				return i
			}
			i++
			continue
		}
		if !m.lead[c] {
			i++
			continue
		}
		if to := m.nearAt(s, i); to == near(s, i) {
			i += 2
			continue
		}
		r, size := DecodeRune(s[i:])
		if to, multi := m.lookup(r); to != r || multi != "" {
			return i
		}
		i += size
	}
	return i
}

// lookup returns the code point or, if not empty, the string that r maps to.
func (m *caseMap) lookup(r rune) (rune, string) {
	if m.pages[r>>14]>>(r>>8&63)&1 == 0 {
		return r, ""
	}
	lo, hi := 0, len(m.runs)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); m.runs[mid].hi < r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(m.runs) {
		if run := m.runs[lo]; r >= run.lo && (r-run.lo)%run.step == 0 {
			return r + run.delta, ""
		}
	}
	lo, hi = 0, len(m.multi)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); m.multi[mid].r < r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(m.multi) && m.multi[lo].r == r {
		return r, m.multi[lo].to
	}
	return r, ""
}

// sigmaAt returns the lower case of the capital sigma at s[i:].
func sigmaAt(s string, i int) rune {
	if isFinalSigma(s, i) {
		return finalSigma
	}
	return smallSigma
}

// isFinalSigma reports whether the sigma at s[i:] ends a word: the nearest character
// before it that is not case-ignorable is cased, and the nearest one after it is not.
// A sigma is itself cased and not ignorable, so the scans for different sigmas do not
// overlap and lowering stays linear.
//
// Source: The Unicode Standard 14.0, section 3.13, table 3-17, Final_Sigma.
func isFinalSigma(s string, i int) bool {
	before, after := s[:i], s[i+2:]
	cased := false
	for len(before) > 0 {
		r, size := decodeLast(before)
		if !toggled(ignorableTable[:], r) {
			cased = toggled(casedTable[:], r)
			break
		}
		before = before[:len(before)-size]
	}
	if !cased {
		return false
	}
	for len(after) > 0 {
		r, size := DecodeRune(after)
		if !toggled(ignorableTable[:], r) {
			return !toggled(casedTable[:], r)
		}
		after = after[size:]
	}
	return true
}
