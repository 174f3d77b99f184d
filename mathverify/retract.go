package mathverify

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// wordsIn yields the words of s in lower case, an apostrophe within them kept.
func wordsIn(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := 0; i < len(s); {
			if !isLetter(s[i]) {
				i++
				continue
			}
			start := i
			for i < len(s) && (isLetter(s[i]) || s[i] == '\'' || strings.HasPrefix(s[i:], "’")) {
				if s[i] >= utf8.RuneSelf {
					i += len("’")
				} else {
					i++
				}
			}
			w := s[start:i]
			if len(w) > 16 {
				w = w[:16] // longer than any word of a list
			}
			w = strings.ToLower(w)
			if strings.Contains(w, "’") {
				w = strings.ReplaceAll(w, "’", "'")
			}
			if !yield(strings.TrimRight(w, "'")) {
				return
			}
		}
	}
}

// cue is what a word does to an answer that stands before it.
type cue uint8

const (
	cueNone   cue = iota
	cueAlways     // takes it back
	cueFirst      // takes it back near the start of a sentence
	cueWrong      // calls something wrong
	cueTurn       // takes it back if another value follows
	cueModal      // likewise, before "be"
	cueBe
	cueThis // refers to the answer
)

var cues = func() map[string]cue {
	m := make(map[string]cue)
	for c, list := range [...]string{
		cueAlways: "sorry correction oops hmm scratch retract recheck redo mistaken misread miscalculated",
		cueFirst:  "wait no",
		cueWrong:  "wrong incorrect mistake error false",
		cueTurn:   "actually instead rather however alternatively correct right revised should meant",
		cueModal:  "could might may possibly",
		cueBe:     "be",
		cueThis:   "that this it it's that's i my answer",
	} {
		for _, w := range strings.Fields(list) {
			m[w] = cue(c)
		}
	}
	return m
}()

// maxTail bounds how much of the text behind an answer is looked at, half of it
// at either end.
const maxTail = 1 << 16

// retracts reports whether the text behind an answer takes it back: one of its
// sentences says so, or states another value. Of a very long text it reads both
// ends.
func retracts(answer, tail string) bool {
	if len(tail) > maxTail {
		return retracts(answer, tail[:maxTail/2]) || retracts(answer, tail[len(tail)-maxTail/2:])
	}
	var v value
	for s := range sentences(tail) {
		found := [cueThis + 1]bool{}
		n := 0
		prev, last := "", cueNone
		for w := range wordsIn(s) {
			c := cues[w]
			switch {
			case c == cueAlways:
				return true
			case c == cueFirst && n < 3 && (w == "wait" || strings.Contains(s, "No,") || strings.Contains(s, " no,") || strings.EqualFold(s, "no")):
				return true
			case c == cueBe && last != cueModal, c == cueModal && w == "possibly",
				c == cueWrong && (prev == "not" || prev == "never" || prev == "isn't" || prev == "no"):
				c = cueNone
			case prev == "make" && w == "that", prev == "second" && strings.HasPrefix(w, "thought"), prev == "i" && w == "meant":
				return true
			}
			found[c] = true
			if c != cueNone || w != "also" && w != "well" {
				last = c
			}
			prev = w
			n++
		}
		turn := found[cueTurn]
		if !ascii(s) {
			if strings.HasPrefix(s, "等等") || containsAny(s, "不对", "错了", "更正", "抱歉") {
				return true
			}
			turn = turn || containsAny(s, "其实", "应该是", "应为", "而是", "改为", "重新")
		}
		const short = 64
		bare := len(s) <= short && len(leadIn(s)) <= short/2
		if !turn && !found[cueWrong] && !found[cueBe] && !bare {
			continue
		}
		if v.text == "" {
			v = newValue(answer)
		}
		if bare && v.replacedBy(s) {
			return true
		}
		if !turn && !found[cueWrong] && !found[cueBe] {
			continue
		}
		mention, rival := v.seek(s)
		switch {
		case found[cueWrong] && (mention || rival || found[cueThis]),
			turn && rival && !mention,
			found[cueBe] && rival:
			return true
		}
	}
	return false
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func containsAny(s string, list ...string) bool {
	for _, w := range list {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// sentences yields the trimmed sentences and lines of s that are not empty.
func sentences(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(s) > 0 {
			end, next := len(s), len(s)
			for i := 0; i < len(s); i++ {
				c := s[i]
				if c == '\n' || c == '\r' || (c == '.' || c == '!' || c == '?') && (i+1 == len(s) || strings.IndexByte(" \n\r\t*$)", s[i+1]) >= 0) {
					end, next = i, i+1
					break
				}
				if c == "。"[0] && strings.HasPrefix(s[i:], "。") {
					end, next = i, i+len("。")
					break
				}
			}
			if t := strings.Trim(s[:end], " \t*"); t != "" && !yield(t) {
				return
			}
			s = s[next:]
		}
	}
}

// value is an answer in a form that tells whether a sentence names it or
// another of its sort.
type value struct {
	text    string
	numbers []number // the numbers in it
	letter  bool     // a single letter
}

func newValue(answer string) value {
	v := value{text: strings.Trim(clean(answer), "() ")}
	v.letter = len(v.text) == 1 && isLetter(v.text[0])
	for k := range numbersIn(v.text) {
		v.numbers = append(v.numbers, k)
		if len(v.numbers) == 16 {
			break
		}
	}
	return v
}

// numbersIn yields the unsigned decimals in s.
func numbersIn(s string) iter.Seq[number] {
	return func(yield func(number) bool) {
		for i := 0; i < len(s); {
			if !isDigit(s[i]) {
				i++
				continue
			}
			p := parser{s: s[i:]}
			if k := strings.IndexByte(s[i:], ' '); k >= 0 { // digits of separate words stay apart
				p.s = s[i : i+k]
			}
			rest := len(p.s)
			x, _, ok := p.decimal()
			if !ok {
				i++
				continue
			}
			if !yield(x) {
				return
			}
			i += rest - len(p.s)
		}
	}
}

// spelledNumbers are the words that surely name a number.
var spelledNumbers = wordSet(`zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
	sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million`)

// seek reports whether a sentence mentions the value, and whether it names
// another: a number for a number, a letter for a letter, and for words any
// capitalised word but the first.
func (v value) seek(s string) (mention, rival bool) {
	if len(v.numbers) > 0 {
		for k := range numbersIn(s) {
			same := false
			for _, n := range v.numbers {
				same = same || n == k
			}
			mention, rival = mention || same, rival || !same
		}
		if !rival && !mention {
			for w := range wordsIn(s) {
				rival = rival || spelledNumbers[w]
			}
		}
		return mention, rival
	}
	n := 0
	for w := range strings.FieldsSeq(s) {
		w = strings.Trim(w, "*.,;:!?()\"'`$")
		if w == "" {
			continue
		}
		n++
		single := len(w) == 1 && w != "I" && (w != "A" || n > 1) && w[0] >= 'A' && w[0] <= 'Z'
		switch {
		case w == v.text || !v.letter && strings.Contains(v.text, w) && len(w) > 3:
			mention = true
		case v.letter:
			rival = rival || single
		case isDigit(w[0]) || w[0] >= 'A' && w[0] <= 'Z' && n > 1 && w != "I" || w[0] >= utf8.RuneSelf:
			rival = true
		}
	}
	if !v.letter && (strings.Contains(s, "actually") || strings.Contains(s, "Actually")) {
		rival = true // words have no form that tells them from other words
	}
	return mention, rival
}

// leadIns open a sentence that does nothing but state a value.
var leadIns = wordSet(`so thus therefore hence then it's it is that that's this or no yes namely now finally the result value
	equals = which means`)

// leadIn removes the words that open a statement of a value.
func leadIn(s string) string {
	if s != "" && s[0] >= utf8.RuneSelf {
		for _, w := range [...]string{"所以", "因此", "应该是", "即", "是", "为"} {
			s = strings.TrimPrefix(s, w)
		}
	}
	for {
		s = strings.TrimLeft(s, " ,:*")
		if s != "" && s[0] >= utf8.RuneSelf {
			s = strings.TrimPrefix(strings.TrimPrefix(s, "："), "，")
		}
		w, rest, ok := strings.Cut(s, " ")
		if !ok || !leadIns[strings.TrimRight(strings.ToLower(w), ",:")] {
			return s
		}
		s = rest
	}
}

// replacedBy reports whether a sentence only states another value.
func (v value) replacedBy(s string) bool {
	t := leadIn(s)
	if t == "" || t == v.text || len(v.numbers) > 0 && (!valueStart(t) && t[0] < utf8.RuneSelf && t[0] != '=' || !strings.ContainsAny(t, "0123456789")) {
		return false
	}
	t = clean(t)
	switch {
	case t == "":
		return false
	case len(v.numbers) > 0:
		x := readDatum(t)
		return x.kind == numeric && !slices.Contains(v.numbers, x.num.abs()) && x.num != readDatum(v.text).num
	case v.letter:
		return len(t) == 1 && t[0] >= 'A' && t[0] <= 'Z' && t != v.text
	}
	return false
}
