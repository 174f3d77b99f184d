package mathverify

import "strconv"

// Verdict is the outcome of a comparison. The zero value is Undecided.
type Verdict uint8

const (
	Undecided Verdict = iota // the rules cannot tell
	Different                // the answers differ
	Equal                    // the answers are the same
)

// String returns "undecided", "different" or "equal".
func (v Verdict) String() string {
	switch v {
	case Undecided:
		return "undecided"
	case Different:
		return "different"
	case Equal:
		return "equal"
	}
	return "Verdict(" + strconv.Itoa(int(v)) + ")"
}

// Status says whether a response holds an answer. The zero value is NoAnswer.
type Status uint8

const (
	NoAnswer  Status = iota // nothing looks like a final answer
	Found                   // an answer was found
	BadAnswer               // an answer is announced but cut off, empty, ambiguous or taken back
)

// String returns "no answer", "found" or "bad answer".
func (s Status) String() string {
	switch s {
	case NoAnswer:
		return "no answer"
	case Found:
		return "found"
	case BadAnswer:
		return "bad answer"
	}
	return "Status(" + strconv.Itoa(int(s)) + ")"
}

// Extraction is the result of [Extract].
type Extraction struct {
	Status Status
	Answer string // the answer as written; "" unless Status is Found
	Rule   string // the rule that decided, such as "box" or "phrase"
}
