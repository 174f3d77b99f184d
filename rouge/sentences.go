package rouge

import "github.com/golongrl/golongrl/internal/py"

// sentences is a text as word numbers: sentence s is words[end[s-1]:end[s]].
type sentences struct {
	words []int32
	end   []int32
}

func (t *sentences) reset() {
	t.words = t.words[:0]
	t.end = t.end[:0]
}

func (t *sentences) len() int { return len(t.end) }

func (t *sentences) at(s int) []int32 {
	if s == 0 {
		return t.words[:t.end[0]]
	}
	return t.words[t.end[s-1]:t.end[s]]
}

func (t *sentences) close() { t.end = append(t.end, int32(len(t.words))) }

// Byte classes of the splitter.
const (
	inWord  = iota // part of a word
	isSpace        // ASCII white space of Python's str.split
	isStop         // the full stop
	isLead         // first byte of a code point that may be white space
)

var class = func() (t [256]uint8) {
	for b := range 0x80 {
		if py.IsSpace(rune(b)) {
			t[b] = isSpace
		}
	}
	t['.'] = isStop
	// White space above ASCII starts with one of four bytes only:
	// U+0085 U+00A0, U+1680, U+2000..205F, U+3000.
	t[0xC2], t[0xE1], t[0xE2], t[0xE3] = isLead, isLead, isLead, isLead
	return t
}()

// splitStops appends the sentences of text as rouge 1.0.1 sees them: pieces
// between full stops, empty pieces dropped, each piece split at white space. A
// piece of white space alone is a sentence of one empty word, which is what
// Python's "".split(" ") gives.
func (t *sentences) splitStops(v *vocab, text string) {
	piece, first := 0, len(t.words)
	for i := 0; i < len(text); {
		switch class[text[i]] {
		case isStop:
			if i > piece {
				t.closePiece(v, first)
				first = len(t.words)
			}
			i++
			piece = i
			continue
		case isSpace:
			i++
			continue
		case isLead:
			if n := spaceLen(text[i:]); n > 0 {
				i += n
				continue
			}
		}
		j := skipPlain(text, i+1)
	word:
		for j < len(text) {
			switch class[text[j]] {
			case inWord:
				j++
			case isLead:
				if spaceLen(text[j:]) > 0 {
					break word
				}
				j++
			default:
				break word
			}
		}
		t.words = append(t.words, v.add(text[i:j]))
		i = j
	}
	if len(text) > piece {
		t.closePiece(v, first)
	}
}

func (t *sentences) closePiece(v *vocab, first int) {
	if len(t.words) == first {
		t.words = append(t.words, v.add(""))
	}
	t.close()
}

// spaceLen returns the length of the white-space code point that s starts
// with, or 0.
func spaceLen(s string) int {
	if r, n := py.DecodeRune(s); py.IsSpace(r) {
		return n
	}
	return 0
}
