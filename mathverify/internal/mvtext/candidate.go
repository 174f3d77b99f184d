package mvtext

import (
	"iter"
	"strings"
)

// Kind says how a candidate is to be read.
type Kind uint8

// The kinds of candidates.
const (
	Latex      Kind = iota + 1 // each part is LaTeX
	Number                     // one part, a decimal number
	Arithmetic                 // one part, an expression in Python's notation
	Literal                    // one part, a string that stands for itself
)

// Part is one string to parse. Percent says that its value is divided by 100.
type Part struct {
	Text    string
	Percent bool
}

// Candidate is one match in a text, in the form in which it is parsed.
type Candidate struct {
	Kind     Kind
	Priority int // of the pattern: 0 is the first
	Start    int // byte offsets of the match in the text
	End      int

	// Parts holds what is parsed, one to six strings. Several parts that all
	// parse are joined to one finite set, parts that are finite sets
	// themselves contributing their elements; if one does not parse, only the
	// first part counts.
	Parts []Part

	// Raw is the string form of a match of one part.
	Raw string

	// Fatal says that the reference fails on this match with an error that
	// ends the whole search without a result, not even of strings.
	Fatal bool
}

// Fallback returns the string that the reference keeps for c, parsed or not.
// The argument says whether all parts were parsed: only then does a list of
// several appear as a whole. An empty string is not kept.
func (c *Candidate) Fallback(parsed bool) string {
	if len(c.Parts) < 2 || !parsed {
		return c.Raw
	}
	texts := make([]string, len(c.Parts))
	for i, p := range c.Parts {
		texts[i] = p.Text
	}
	return strings.Join(texts, " and ")
}

// Candidates returns the matches in text in the order in which the reference
// tries to parse them, which stops at the first that parses. Matches are
// searched for and normalised as the sequence is drawn.
//
// The order is: by priority; within one priority from the rightmost end, then
// from the leftmost start, then in the order of the targets. A text of 2 GiB or
// more has no candidates.
func Candidates(text string, c Config) iter.Seq[Candidate] {
	return func(yield func(Candidate) bool) { candidates(text, &c, yield) }
}
