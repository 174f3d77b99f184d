package scoring

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The classes of words that the clause before or behind a letter is read by.
type class uint16

const (
	noun      class = 1 << iota // what a statement is about: "the answer is B"
	weakNoun                    // the same, if it is the right one: "the best option is B"
	label                       // may stand between link and letter: "is option B"
	linking                     // is
	modal                       // may precede a verb: "would be"
	choosing                    // choose
	adverb                      // may stand between link and letter: "is clearly B"
	cue                         // takes back what was said: "no, C"
	opener                      // opens a clause: "so B is correct"
	denial                      // voids a statement of its clause
	condition                   // voids a statement of its sentence
	approving                   // "the best option"
	function                    // never follows an article: "A because"
	afterI                      // follows I only as a letter: "I because"
	finite                      // a verb whose subject the letter would be
	compound                    // makes a term with the letter: "B minor"
)

var lexicon = func() map[string]class {
	m := map[string]class{}
	add := func(c class, words string) {
		for _, w := range strings.Fields(words) {
			m[w] |= c
		}
	}
	add(noun, "answer ans")
	add(weakNoun, "choice option letter selection pick decision verdict one response solution conclusion")
	add(label, "option choice letter answer")
	add(linking, "is was be remains")
	add(modal, "would should must will has have to seems appears ought")
	add(choosing, "choose chose choosing pick picked picking select selected selecting meant mean say with for on")
	add(adverb, "definitely clearly therefore thus indeed hence probably likely most really actually still just simply now then certainly obviously surely both either finally of course fact in rather again correctly please going decided want also")
	add(cue, "actually no wait sorry correction oops instead rather nope on that mean")
	add(opener, "so therefore thus hence then and but while because since that think believe conclude means clearly only say know or see indeed obviously finally which therefore,")
	add(denial, "not never no nor neither wrong incorrect incorrectly wrongly false bad worst other another initial initially first previous original earlier alternative possible tempting distractor many people students student's student readers others someone somebody they he she user might may could cannot whether doubt unlikely argue argued claim claims tempted often was were almost nearly eliminate avoid mistake mistakenly would-be second common popular perhaps maybe possibly")
	add(condition, "if unless suppose supposing assuming assume provided otherwise imagine whether had")
	add(approving, "the my our your final correct right best true proper appropriate suitable accurate most only overall i single is")
	add(function, "because since as for so and or but nor yet if unless though although while whereas when where which who that this these it its it's he they we you i not is isn't was wasn't are were be being has have had does did can could would should must will may might in on at by from to of with without per via due given based according instead rather also too then thus hence therefore here there the both either neither through only after before")
	add(afterI, "because since as for so and or but if unless though although while whereas when where which that this it it's not is isn't in on at by from to of with without per via due given based according instead rather here there the both either neither through")
	add(finite, "is was are were does did has have had can cannot could would should must will may might says said states mentions describes refers seems looks appears contains means being talks discusses")
	add(compound, "major minor sharp flat minus cells cell vitamin")
	delete(m, "therefore,")
	return m
}()

// A token is a word of the sentence before a letter, the nearest first.
type token struct {
	from, to int
	class    class
	// sep is what stands behind the word: ' ', ',' or ':'.
	sep byte
}

// A sentence is the lower-cased text before a letter, back to where its
// sentence begins.
type sentence struct {
	buf  [choiceWindow]byte
	low  int // offset of buf in the text
	toks [72]token
	n    int
}

func (s *sentence) word(k int) string {
	if k < 0 || k >= s.n {
		return ""
	}
	return string(s.buf[s.toks[k].from:s.toks[k].to])
}

func (s *sentence) class(k int) class {
	if k < 0 || k >= s.n {
		return 0
	}
	return s.toks[k].class
}

func (s *sentence) sep(k int) byte {
	if k < 0 || k >= s.n {
		return '.'
	}
	return s.toks[k].sep
}

// read splits text[:stop] into words, right to left, up to the beginning of the sentence.
//
// If all is false and the nearest word links to no letter, it stops there.
func (s *sentence) read(text string, stop int, carried, all bool) {
	s.low = max(0, stop-choiceWindow)
	b := s.buf[:copy(s.buf[:], text[s.low:stop])]
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	sep := byte(' ')
	if carried {
		sep = ':'
	}
	for i := len(b); i > 0 && s.n < len(s.toks); {
		r, n := utf8.DecodeLastRune(b[:i])
		if !inWord(b, i-n, r) {
			switch r {
			case '\n', '!', '?', ';', '。', '！', '？', '；':
				return
			case '.':
				if !plainDot(b, i) {
					return
				}
			case ',', '，', '、':
				if sep == ' ' {
					sep = ','
				}
			case ':', '：', '=', '—', '–', '→', '>', '-':
				sep = ':'
			}
			i -= n
			continue
		}
		to := i
		for i > 0 {
			r, n = utf8.DecodeLastRune(b[:i])
			if !inWord(b, i-n, r) {
				break
			}
			i -= n
		}
		t := token{from: i, to: to, sep: sep, class: lexicon[string(b[i:to])]}
		if to-i > 3 && (string(b[to-3:to]) == "n't" || to-i > 5 && string(b[to-5:to]) == "n’t") {
			t.class |= denial
		}
		s.toks[s.n] = t
		s.n++
		if _, short := contraction(string(b[i:to])); s.n == 1 && !all && !short && sep == ' ' && t.class == 0 {
			return
		}
		sep = ' '
	}
}

// inWord reports whether the rune at b[i] belongs to a word.
func inWord(b []byte, i int, r rune) bool {
	switch {
	case r == '\'' || r == '-' || r == '’':
		n := utf8.RuneLen(r)
		return i > 0 && isAlnum(b[i-1]) && i+n < len(b) && isAlnum(b[i+n])
	case r < utf8.RuneSelf:
		return isAlnum(byte(r))
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r))
}

// plainDot reports whether the full stop at b[i-1] ends no sentence: "3.5",
// "No. 5", "Mr. Smith".
func plainDot(b []byte, i int) bool {
	if i == len(b) {
		return false
	}
	if isAlnum(b[i]) {
		return true
	}
	for j := i; j < len(b) && b[j] <= ' '; j++ {
		if j+1 < len(b) && '0' <= b[j+1] && b[j+1] <= '9' {
			return true
		}
	}
	k := i - 1
	for k > 0 && isAlnum(b[k-1]) {
		k--
	}
	switch string(b[k : i-1]) {
	case "mr", "mrs", "ms", "dr", "st", "vs", "fig", "cf", "prof":
		return true
	}
	return false
}

// contraction returns the word before 's: "it" of "it's".
func contraction(w string) (string, bool) {
	if stem, ok := strings.CutSuffix(w, "'s"); ok {
		return stem, true
	}
	return strings.CutSuffix(w, "’s")
}

// english reads the sentence before the letter in English.
func (c candidate) english(stop int, carried bool, next following) (from int, v verdict) {
	var s sentence
	s.read(c.text, stop, carried, next == verb)
	k := 0
	if s.class(0)&label != 0 && s.sep(0) == ' ' {
		if k = 1; s.word(1) == "the" {
			k = 2
		}
	}
	if next == verb {
		return c.predicate(&s, k, stop)
	}
	head := k
	for s.class(k)&adverb != 0 && s.sep(k) != ':' || k > head && s.class(k)&adverb != 0 {
		k++
	}
	j := -1
	stem, short := contraction(s.word(k))
	switch {
	case s.class(k)&linking != 0 || short && (stem == "it" || lexicon[stem]&(noun|weakNoun) != 0):
		j = s.subject(k, stem, short)
	case head > 0 && s.n == head && next == atEnd:
		return 0, noStatement // a label: see labelChoice
	case s.class(k)&choosing != 0 && s.sep(k) != ',':
		j = s.chooser(k)
	case s.sep(head) == ':':
		j = s.noun(head, true)
	}
	if j >= 0 {
		if v = s.clear(j); v != noStatement {
			return s.low + s.toks[j].from, v
		}
		return 0, noStatement
	}
	if next == atEnd || next == another {
		if at, ok := s.takesBack(head); ok {
			return s.low + s.toks[at].from, commits
		}
	}
	return 0, noStatement
}

// takesBack reports whether the word at k is a cue: "no, C", "actually C".
func (s *sentence) takesBack(k int) (int, bool) {
	if s.class(k)&cue == 0 {
		return 0, false
	}
	switch w := s.word(k); w {
	case "no", "nope", "instead":
		return k, s.sep(k) != ' ' // "there is no C"
	case "on":
		return k + 1, s.word(k+1) == "hold"
	case "that":
		return k + 1, s.word(k+1) == "scratch" || s.word(k+1) == "make"
	case "mean":
		return k + 1, s.word(k+1) == "i"
	case "correction":
		return k, true
	}
	return k, k+1 >= s.n || s.sep(k) != ' ' || s.sep(k+1) != ' '
}

// subject finds what the verb at k is about, -1 if that is no answer.
func (s *sentence) subject(k int, stem string, short bool) int {
	if short {
		if stem == "it" {
			return k
		}
		return s.approved(k, stem)
	}
	k++
	for s.class(k)&(modal|adverb) != 0 && s.class(k)&(noun|weakNoun) == 0 {
		k++
	}
	switch {
	case s.class(k)&denial != 0:
		return -1 // "could be"
	case s.word(k) == "it":
		return k
	}
	return s.noun(k, false)
}

// noun finds the nearest noun from k on that stands for the answer.
func (s *sentence) noun(k int, colon bool) int {
	for j := k; j < s.n; j++ {
		cl := s.class(j)
		if cl&(noun|weakNoun) == 0 || s.word(j) == "one" && j > k {
			if w := s.word(j); w == "because" || w == "since" || w == "but" || w == "so" || w == "while" {
				return -1
			}
			continue
		}
		if j > k {
			switch near := s.word(j - 1); near {
			case "choices", "options", "sheet", "you", "choice", "option":
				return -1 // "the answer choices", "the answer you should avoid"
			case "is", "was", "isn't":
				if !colon {
					return -1
				}
			case "that", "which":
				if s.class(j-3)&denial != 0 && j >= 3 {
					return -1
				}
			}
		}
		if colon {
			for i := k; i < j; i++ {
				if s.class(i)&denial != 0 {
					return -1
				}
			}
		}
		if cl&noun != 0 {
			return j
		}
		if colon && j == s.n-1 && j == k {
			return j // "Choice: B"
		}
		return s.approved(j, s.word(j))
	}
	return -1
}

// approved returns j if the noun there needs no praise or has it: "the best option".
func (s *sentence) approved(j int, w string) int {
	if lexicon[w]&noun != 0 || s.class(j+1)&approving != 0 && s.word(j+1) != "the" && s.word(j+1) != "your" {
		return j
	}
	return -1
}

// chooser finds the start of a choice by the writer, -1 if others choose.
func (s *sentence) chooser(k int) int {
	switch s.word(k) {
	case "with", "for", "on":
		switch s.word(k + 1) {
		case "go", "going", "went", "opt", "opting", "settle", "stick":
			k++
		default:
			return -1
		}
	}
	self, plain, must := false, true, false
	for j := k + 1; j < s.n && s.sep(j) == ' '; j++ {
		switch w := s.word(j); w {
		case "i", "we", "i'll", "we'll", "i'd", "we'd", "i've", "i’ll", "i’d", "let's", "i'm", "i’m":
			self = true
		case "you":
			self = self || must
			plain = false
		default:
			must = must || w == "should" || w == "must"
			plain = plain && s.class(j)&(adverb|opener|modal) != 0
		}
	}
	if self || plain && s.word(k) != "mean" && s.word(k) != "say" {
		return k
	}
	return -1
}

// clear reads on from the subject at j: it returns noStatement if the clause
// denies the statement or the sentence makes it a condition, hedges if the
// clause begins with "or".
func (s *sentence) clear(j int) verdict {
	v, clause := commits, true
	for t := j + 1; t < s.n; t++ {
		w, cl := s.word(t), s.class(t)
		if clause && s.sep(t) != ' ' && s.word(t-1) != "that" {
			clause = false
		}
		if clause {
			switch {
			case w == "or":
				v, clause = hedges, false
				continue
			case w == "some" && lexicon[s.word(t-1)]&(modal|denial|opener) != 0, cl&denial != 0:
				return noStatement
			case w == "and" || w == "but":
				clause = false
			}
		}
		switch w {
		case "so", "therefore", "thus", "hence":
			return v
		}
		if cl&condition != 0 {
			if !clause && s.indicative(t) {
				return v // "If the speed is constant, the answer is B"
			}
			return noStatement
		}
	}
	return v
}

// indicative reports whether the condition at t is one that the writer takes to
// hold: nothing up to the letter is in the subjunctive, and it is no "otherwise".
func (s *sentence) indicative(t int) bool {
	switch s.word(t) {
	case "if", "assuming", "provided":
	default:
		return false
	}
	for i := range t {
		switch s.word(i) {
		case "would", "could", "might", "were", "had", "wouldn't", "weren't":
			return false
		}
	}
	return true
}

// predicate reads "B is correct" behind a letter that begins a clause.
func (c candidate) predicate(s *sentence, k, stop int) (from int, v verdict) {
	if k == s.n {
		k--
	} else if sep := s.sep(k); sep == ' ' && s.class(k)&opener == 0 {
		return 0, noStatement
	} else if w := s.word(k); len(w) == 1 && sep == ',' || (w == "and" || w == "or" || w == "but") && len(s.word(k+1)) == 1 {
		return 0, noStatement // "A, B is correct" goes on with a list
	} else {
		k--
		if v := s.clear(k); v != commits {
			return 0, noStatement
		}
	}
	rest := trimMarks(c.text[c.end:min(len(c.text), c.end+choiceWindow)], closers)
	if strings.HasPrefix(rest, "(") {
		_, rest, _ = strings.Cut(rest, ")")
		rest = trimMarks(rest, closers)
	}
	if !approves(rest) {
		return 0, noStatement
	}
	from = c.at
	if k >= 0 {
		from = s.low + s.toks[k].from
	}
	if from > c.at {
		from = c.at
	}
	if hasAnyWithin(rest[:clauseEnd(rest)], " also ") {
		return from, hedges
	}
	return from, commits
}

// approves reports whether s goes on "is correct", "is the best answer".
func approves(s string) bool {
	next := func() string {
		s = strings.TrimLeft(s, around)
		w := nextWord(s)
		s = s[min(len(s), len(w)):]
		return w
	}
	w := next()
	switch w {
	case "must", "should", "has":
		if w = next(); w == "to" {
			w = next()
		}
		if w != "be" {
			return false
		}
	case "seems", "appears":
		if t := s; next() != "to" || next() != "be" {
			s = t
		}
	case "is", "was":
	default:
		return false
	}
	w = next()
	for w != "" && lexicon[w]&(adverb|function) != 0 && w != "not" && lexicon[w]&adverb != 0 {
		w = next()
	}
	praised, the := false, false
	for w == "the" || w == "my" || w == "our" || lexicon[w]&approving != 0 && w != "true" && w != "your" && w != "is" {
		the = the || w == "the" || w == "my" || w == "our"
		praised = praised || w == "correct" || w == "right" || w == "best"
		w = next()
	}
	if lexicon[w]&(noun|weakNoun) != 0 && (the || praised) {
		w = next()
		return lexicon[w]&condition == 0
	}
	if !praised {
		return false
	}
	switch w {
	case "":
		return true
	case "because", "since", "as", "for", "and", "but", "so", "given", "based", "here", "according", "while":
		return true
	}
	return false
}
