package rouge

import "strings"

// Tokenize appends the tokens of text to dst: the runs of ASCII letters and
// digits in the lower-cased text, each of more than three characters reduced
// by Stem if stem is set. Two letters outside ASCII have an ASCII lower case
// and count: U+212A KELVIN SIGN is k, and U+0130, capital I with dot, is i
// followed by a separator.
//
// A token that stands in text as it is shares its memory.
//
// Source: PyPI rouge-score 0.1.2, tokenize.tokenize.
func Tokenize(dst []string, text string, stem bool) []string {
	var t tokenizer
	for {
		tok, rest, ok := t.next(text, stem)
		if !ok {
			return dst
		}
		dst = append(dst, tok)
		text = rest
	}
}

// Letter classes of the tokenizer.
const (
	separator = iota
	lower     // a-z and 0-9
	upper     // A-Z
	kelvin    // first byte of U+212A
	dotted    // first byte of U+0130
)

var letter = func() (t [256]uint8) {
	for c := '0'; c <= '9'; c++ {
		t[c] = lower
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c] = lower
		t[c-'a'+'A'] = upper
	}
	t["\u212a"[0]] = kelvin
	t["\u0130"[0]] = dotted
	return t
}()

// tokenizer makes tokens that differ from the text. They are cut from chunks
// that are never written twice, so tokens stay valid.
type tokenizer struct {
	chunk strings.Builder
	word  []byte
}

// maxChunk bounds the memory that one altered token can keep alive.
const maxChunk = 1 << 14

// next returns the first token of text and what follows it.
func (t *tokenizer) next(text string, stemmed bool) (tok, rest string, ok bool) {
	i := 0
	for ; i < len(text); i++ {
		if k := letter[text[i]]; k != separator &&
			(k != kelvin || strings.HasPrefix(text[i:], "\u212a")) &&
			(k != dotted || strings.HasPrefix(text[i:], "\u0130")) {
			break
		}
	}
	j := skipLower(text, i)
	for j < len(text) && letter[text[j]] == lower {
		j++
	}
	switch {
	case i == len(text):
		return "", "", false
	case j == len(text) || letter[text[j]] == separator:
		if !stemmed || j-i <= 3 {
			return text[i:j], text[j:], true
		}
		t.word = append(t.empty(), text[i:j]...)
	default:
		j = t.lower(text, i)
	}
	w := t.word
	if stemmed && len(w) > 3 {
		if s, ok := irregular[string(w)]; ok {
			return s, text[j:], true
		}
		w = stem(w)
	}
	if j-i >= len(w) && text[i:i+len(w)] == string(w) {
		return text[i : i+len(w)], text[j:], true
	}
	return t.keep(w, len(text)), text[j:], true
}

// lower sets t.word to the lower case of the token at text[i:] and returns its
// end.
func (t *tokenizer) lower(text string, i int) int {
	t.word = t.empty()
	for {
		j := skipLower(text, i)
		for j < len(text) && letter[text[j]] == lower {
			j++
		}
		t.word = append(t.word, text[i:j]...)
		i = j
		switch rest := text[i:]; {
		case rest == "":
			return i
		case letter[rest[0]] == upper:
			t.word = append(t.word, rest[0]+('a'-'A'))
			i++
		case strings.HasPrefix(rest, "\u212a"):
			t.word = append(t.word, 'k')
			i += len("\u212a")
		case strings.HasPrefix(rest, "\u0130"):
			t.word = append(t.word, 'i')
			return i + len("\u0130")
		default:
			return i
		}
	}
}

// empty returns t.word with no letters and, from the first time on, room for
// nearly any word.
func (t *tokenizer) empty() []byte {
	if t.word == nil {
		t.word = make([]byte, 0, 64)
	}
	return t.word[:0]
}

// keep returns w as a string, of a text with at most left bytes to come.
func (t *tokenizer) keep(w []byte, left int) string {
	if t.chunk.Cap()-t.chunk.Len() < len(w) {
		t.chunk.Reset()
		t.chunk.Grow(max(len(w), min(left, maxChunk)))
	}
	n := t.chunk.Len()
	t.chunk.Write(w)
	return t.chunk.String()[n:]
}
