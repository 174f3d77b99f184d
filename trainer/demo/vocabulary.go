package demo

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A Vocabulary is the list of word pieces that the demo's policy reads and
// writes. Texts are pieces behind one another, so decoding needs no rules; it is
// immutable and safe for concurrent use.
type Vocabulary struct {
	pieces []string
	tokens map[string]int32
}

// End ends a response. It decodes to nothing.
const End int32 = 0

const endPiece = "<|end|>"

// pieces other than words carry their own white space, words one space before
// them, as pieces of trained tokenizers do.
const (
	begin = "Notes:"

	plain   = "\n-"
	starred = "\n*"

	line      = "\n"
	choose    = "The answer is"
	boxOpen   = `\boxed{`
	boxClose  = "}"
	first     = "First"
	then      = " then"
	tableOpen = `<answer>{"columns":["n","word"],"data":[[`
	cell      = `,"`
	rowNext   = `"],[`
	tableEnd  = `"]]}</answer>`
)

// words are in alphabetical order, and so are their tokens.
var words = []string{" ash", " bay", " elm", " fig", " gum", " hop", " ivy", " lime", " oak", " pine", " rye", " yew"}

var (
	letters = []string{" A", " B", " C", " D", " E", " F"}
	digits  = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}
	ranks   = []string{"\n1", "\n2", "\n3", "\n4"}
)

// questions end the prompts of the nine tasks, one piece each.
var questions = []string{
	"\nWhich word is starred?\n",
	"\nWhich option is starred?\n",
	"\nList the starred words.\n",
	"\nHow many words are starred?\n",
	"\nMake a table of the numbered words.\n",
	"\nList the numbered words.\n",
	"\nRank the numbered words, 1 is best.\n",
	"\nOrder the words, last one first.\n",
	"\nSay in which order they come.\n",
}

// NewVocabulary returns the vocabulary of the nine tasks.
func NewVocabulary() *Vocabulary {
	v := &Vocabulary{tokens: map[string]int32{}}
	add := func(pieces ...string) {
		for _, p := range pieces {
			if _, ok := v.tokens[p]; ok {
				panic(fmt.Sprintf("demo: the piece %q is there twice", p))
			}
			v.tokens[p] = int32(len(v.pieces))
			v.pieces = append(v.pieces, p)
		}
	}
	add(endPiece, begin, plain, starred)
	add(ranks...)
	add(words...)
	add(letters...)
	add(digits...)
	add(line, choose, boxOpen, boxClose, first, then, tableOpen, cell, rowNext, tableEnd)
	add(questions...)
	return v
}

// vocabulary is what tasks and teacher write with.
var vocabulary = NewVocabulary()

// Len returns the number of pieces, which is at most 64.
func (v *Vocabulary) Len() int { return len(v.pieces) }

// Piece returns the text of a token. It panics if there is no such token.
func (v *Vocabulary) Piece(token int32) string { return v.pieces[token] }

// Token returns the token of a piece, and whether there is one.
func (v *Vocabulary) Token(piece string) (int32, bool) {
	t, ok := v.tokens[piece]
	return t, ok
}

// Decode returns the text of tokens. [End] is no text, and neither is a token
// that is not in the vocabulary.
func (v *Vocabulary) Decode(tokens []int32) string {
	var b strings.Builder
	for _, t := range tokens {
		if t > End && int(t) < len(v.pieces) {
			b.WriteString(v.pieces[t])
		}
	}
	return b.String()
}

// MarshalJSON writes the vocabulary as vocab.json of Hugging Face does: an object
// of pieces and their tokens.
func (v *Vocabulary) MarshalJSON() ([]byte, error) { return json.Marshal(v.tokens) }

// token returns the token of a piece that is known to be there.
func token(piece string) int32 {
	t, ok := vocabulary.Token(piece)
	if !ok {
		panic(fmt.Sprintf("demo: no piece %q", piece))
	}
	return t
}
