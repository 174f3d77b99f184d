package scoring

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
)

// choiceWindow bounds how far a letter's surroundings are read, in bytes. It is
// what keeps a search over any text linear.
const choiceWindow = 256

// goldLetter reads a reference: a lone letter of either case, or anything that
// lastChoice reads as one commitment.
func goldLetter(s string) (byte, bool) {
	s = py.Strip(s)
	if len(s) == 1 && 'a' <= s[0]|0x20 && s[0]|0x20 <= 'j' {
		return s[0] &^ 0x20, true
	}
	letter, _, status := lastChoice(s)
	return letter, status == Judged
}

// A verdict says what a letter of the text is.
type verdict uint8

const (
	noStatement verdict = iota
	commits             // the letter is stated as the answer
	hedges              // it is, together with another one
)

// A candidate is a free-standing letter.
type candidate struct {
	text    string
	at, end int // the letter is text[at:end]: 3 bytes if full-width
	letter  byte
}

// lastChoice finds the last statement of text that commits to a letter from A
// to J. answer is the statement as written, up to the letter and the brackets
// that close behind it.
//
//	statement = link letter      "the answer is B", "Answer: B", "I choose B", \boxed{B}, "it's B", "选B"
//	          | letter predicate "B is correct", "B选项正确"
//	          | cue letter       "no, C", "Correction: C"
//	          | line             a line of nothing but the letter
//	          | label            "B. Paris", "Option B" as the first or last line, if nothing else is stated
//
// A statement is void when its clause denies it, when it belongs to others
// ("many would choose A"), when its sentence is a question or a condition; and
// a letter is none where it is part of a word, a number or a compound, or the
// article or the pronoun. A statement that offers a second letter is BadAnswer.
//
// Letters are visited right to left, so the first statement met is the last
// one made and decides. Every letter reads at most choiceWindow bytes to either
// side, so the time is linear in the text.
func lastChoice(text string) (letter byte, answer string, status Status) {
	whole := py.Strip(text)
	if lone := strings.Trim(whole, "()[]*.。"); len(lone) == 1 && 'a' <= lone[0] && lone[0] <= 'j' {
		// A lone small letter is a choice only if it is all there is.
		return lone[0] &^ 0x20, whole, Judged
	}
	for i := len(text) - 1; i >= 0; i-- {
		c := candidate{text, i, i + 1, text[i]}
		if c.letter < 'A' || c.letter > 'J' {
			if c.letter < 0xA1 || c.letter > 0xAA || i < 2 || text[i-1] != 0xBC || text[i-2] != 0xEF {
				continue
			}
			c.at, c.letter = i-2, c.letter-0xA1+'A' // full-width
		}
		if !leftBoundary(text[:c.at]) {
			continue
		}
		switch from, v := c.judge(); v {
		case commits:
			return c.letter, c.statement(from), Judged
		case hedges:
			return 0, c.statement(from), BadAnswer
		}
	}
	return labelChoice(text)
}

// statement returns the text from a statement's start up to the letter and the
// brackets opened since.
func (c candidate) statement(from int) string {
	depth := 0
	for _, r := range c.text[from:c.at] {
		switch r {
		case '(', '[', '{', '（', '【', '「':
			depth++
		case ')', ']', '}', '）', '】', '」':
			depth--
		}
	}
	end := c.end
	for i, r := range c.text[c.end:] {
		switch {
		case depth <= 0:
			return c.text[from:end]
		case strings.ContainsRune(")]}）】」", r):
			depth--
			end = c.end + i + utf8.RuneLen(r)
		case !strings.ContainsRune(`\*_$"'`, r):
			return c.text[from:end]
		}
	}
	return c.text[from:end]
}

// judge decides what the letter is and where its statement starts.
func (c candidate) judge() (from int, v verdict) {
	next := follow(c.text[c.end:], c.letter)
	if next == noLetter {
		return 0, noStatement
	}
	l := lead(c.text, c.at)
	if l.boxed >= 0 || l.tag >= 0 {
		from = max(l.boxed, l.tag)
		if next == another || l.boxed >= 0 && boxedBefore(c.text[:from], c.letter) {
			return from, hedges
		}
		return from, commits
	}
	line := c.text[c.at:min(len(c.text), c.at+choiceWindow)]
	line, _, _ = strings.Cut(line, "\n")
	if l.line {
		if strings.Trim(line[c.end-c.at:], closers+".。:：,，!！\r\\") == "" && c.at+len(line) < c.at+choiceWindow {
			return l.end, commits
		}
		if next == another && onlyLetters(line) {
			return l.end, hedges
		}
	}
	stop, carried := l.end, false
	if l.line {
		stop, carried = carry(c.text, l.end)
		if carried {
			if other := nextLabel(c.text[c.at+len(line):]); other != 0 && other != c.letter {
				return 0, noStatement // the first of a list of options
			}
		}
	}
	if from, v = c.chinese(stop, carried, next); v != noStatement {
		return from, c.final(v, next)
	}
	from, v = c.english(stop, carried, next)
	if v == noStatement && next == another && onlyLetters(line) && l.end >= 4 {
		// A line of "both A and B".
		head := strings.TrimLeft(lineBefore(c.text, l.end), lineMarks)
		if strings.EqualFold(head, "both") || strings.EqualFold(head, "either") {
			return l.end - len(head), hedges
		}
	}
	return from, c.final(v, next)
}

// final applies what holds for every statement in a sentence.
func (c candidate) final(v verdict, next following) verdict {
	switch {
	case v == commits && next == another:
		return hedges
	case v != noStatement && asks(c.text[c.end:]):
		return noStatement
	}
	return v
}

// asks reports whether the sentence ends in a question mark.
func asks(tail string) bool {
	for i, r := range tail[:min(len(tail), choiceWindow)] {
		switch r {
		case '?', '？':
			return true
		case '\n', '!', '。', '！', '；', ';':
			return false
		case '.':
			if i+1 == len(tail) || tail[i+1] <= ' ' || strings.IndexByte(closers, tail[i+1]) >= 0 {
				return false
			}
		}
	}
	return false
}

// isCJK reports whether r belongs to a script that is written without spaces,
// where a Latin letter may stand right beside it.
func isCJK(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// joins reports whether r beside a letter makes both part of one word.
func joins(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)) && !isCJK(r)
}

func isAlnum(c byte) bool { return isIdentByte(c, true) && c != '_' }

// leftBoundary reports whether a letter may begin behind before.
func leftBoundary(before string) bool {
	n := len(before)
	for n > 0 && before[n-1] == '_' && len(before)-n < 4 {
		n-- // _B_
	}
	if n == 0 {
		return true
	}
	switch b := before[n-1]; {
	case isAlnum(b) || b == '_':
		return false
	case b == '\'' || b == '-' || b == '.':
		return n < 2 || !isAlnum(before[n-2])
	case b < utf8.RuneSelf:
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(before[:n])
	return !joins(r)
}

// rightBoundary reports whether a letter may end before rest: not inside a
// word, a number, an abbreviation ("B.C.") or a question.
func rightBoundary(rest string) bool {
	if rest == "" {
		return true
	}
	r, n := utf8.DecodeRuneInString(rest)
	word := n < len(rest) && isAlnum(rest[n])
	switch r {
	case '?', '？', '%', '％', '+', '&', '^', '#', '@', '°':
		return false
	case '\'', '’', '-', '/':
		return !word
	case '_':
		rest = strings.TrimLeft(rest, "_")
		return rest == "" || !isAlnum(rest[0]) && rest[0] != '{'
	case '.':
		// "B.Paris" is a label without its space, "B.C", "B.1" and "B.com" are not.
		return !word || len(rest) > 3 && 'A' <= rest[1] && rest[1] <= 'Z' && 'a' <= rest[2] && rest[2] <= 'z' && 'a' <= rest[3] && rest[3] <= 'z'
	}
	return !joins(r)
}

// closers may stand between a letter and what follows it, openers before it,
// lineMarks before the first word of a line.
const (
	closers   = " \t)]}*_`\"'$）】」”’\u00a0\u3000"
	openers   = " \t([{*_`\"'$（【「“‘《\\\u00a0\u3000\u200b"
	around    = closers + "([{（【「“‘《\\\u200b" // both
	lineMarks = openers + "-•>#\r"
)

var texCommands = []string{`\text`, `\textbf`, `\mathrm`, `\mathbf`, `\textit`, `\mathit`, `\mbox`}

// A leading is what stands before a letter besides words.
type leading struct {
	end        int  // the text before ends here
	line       bool // nothing but marks stands before the letter on its line
	boxed, tag int  // where \boxed{ or <answer> starts, or -1
}

// lead reads the marks before the letter at text[at]: brackets, quotes, Markdown, TeX and HTML.
func lead(text string, at int) leading {
	low := max(0, at-choiceWindow)
	l := leading{boxed: -1, tag: -1}
	s := text[low:at]
	for {
		n := len(s)
		s = strings.TrimRight(s, openers)
		if strings.HasPrefix(text[low+len(s):at], "{") || strings.Contains(text[low+len(s):low+n], "{") {
			for _, cmd := range []string{"boxed", "fbox"} {
				if strings.HasSuffix(s, cmd) {
					l.boxed = low + len(strings.TrimRight(s[:len(s)-len(cmd)], `\`))
					l.end = l.boxed
					return l
				}
			}
			for _, cmd := range texCommands {
				s = strings.TrimSuffix(s, cmd)
			}
		}
		if strings.HasSuffix(s, ">") {
			if i := strings.LastIndexByte(s[max(0, len(s)-24):], '<'); i >= 0 {
				i += max(0, len(s)-24)
				if name := strings.ToLower(s[i:]); !strings.Contains(name, "/") && (strings.Contains(name, "answer") || strings.Contains(name, "choice")) {
					l.tag, l.end = low+i, low+i
					return l
				} else if len(name) > 2 && isAlnum(name[1]) {
					s = s[:i]
				}
			}
		}
		if len(s) == n {
			break
		}
	}
	l.end = low + len(s)
	mark := strings.TrimRight(s, lineMarks)
	l.line = low+len(mark) == 0 || mark != "" && mark[len(mark)-1] == '\n'
	if l.line {
		l.end = low + len(mark)
		// "<answer>" may stand on the line above.
		up := strings.TrimRight(mark, " \t\r\n")
		if i := strings.LastIndexByte(up, '<'); i >= 0 && len(up)-i < 24 && strings.HasSuffix(up, "answer>") && up[i+1] != '/' {
			l.tag, l.end = low+i, low+i
		}
	}
	return l
}

// lineBefore returns the part of end's line before it, within the window.
func lineBefore(text string, end int) string {
	s := text[max(0, end-choiceWindow):end]
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// carry finds the line above that leads to the letter at the start of a line:
// "Answer:", "the answer is", "## Final answer".
func carry(text string, end int) (stop int, ok bool) {
	low := max(0, end-choiceWindow)
	s := strings.TrimRight(text[low:end], " \t\r\n*_`")
	above := strings.ToLower(strings.Trim(lineBefore(text, low+len(s)), lineMarks))
	if hasAnySuffix(above, ":", "：", " is", "是", "为") {
		return low + len(s), true
	}
	switch strings.TrimPrefix(above, "the ") {
	case "answer", "final answer", "correct answer", "my answer", "答案", "正确答案", "最终答案":
		return low + len(s), true
	}
	return end, false
}

// boxedBefore reports whether before, which leads to \boxed{letter}, ends in
// another boxed letter, with or without "or" between.
func boxedBefore(before string, letter byte) bool {
	s := strings.TrimRight(before[max(0, len(before)-64):], around+`,，、/&.`)
	for _, j := range []string{"or", "and", "或", "和", "与", "还是"} {
		s = strings.TrimSuffix(s, j)
	}
	s = strings.TrimRight(s, around+`,，、/&`)
	i := strings.LastIndex(s, "boxed{")
	if i < 0 || strings.Contains(before[len(before)-min(64, len(before))+i:], "\n") {
		return false
	}
	s = s[i+len("boxed{"):]
	for _, cmd := range texCommands {
		s = strings.TrimPrefix(s, cmd+"{")
	}
	s = strings.Trim(s, around)
	return len(s) == 1 && 'A' <= s[0] && s[0] <= 'Z' && s[0] != letter
}

// following says what comes behind a letter.
type following uint8

const (
	noLetter following = iota // the letter is part of something else, or is asked about
	atEnd                     // the sentence ends
	words                     // it goes on
	verb                      // the letter is the subject of what follows
	another                   // a second letter is offered
)

// compounds make a word of the Chinese character behind a letter.
var compounds = []string{"股", "型", "级", "类", "座", "轮", "组", "班", "卷", "区", "栋", "号", "站", "超", "端", "盘", "罩", "杯", "调", "大调", "小调", "语言", "计划", "货", "楼", "队", "段", "城", "君", "轨", "柱", "照", "字"}

// follow reads what comes behind a letter.
func follow(tail string, letter byte) following {
	tail = tail[:min(len(tail), choiceWindow)]
	if offersAnother(tail, letter) {
		return another
	}
	if !rightBoundary(tail) || hasAnyPrefix(tail, compounds...) {
		return noLetter
	}
	s := trimMarks(tail, closers)
	marked := strings.Trim(tail[:len(tail)-len(s)], " \t") != ""
	for _, zh := range []string{"选项", "项", "答案"} {
		if rest, ok := strings.CutPrefix(s, zh); ok {
			s, marked = rest, true
			break
		}
	}
	if s == "" {
		return atEnd
	}
	r, n := utf8.DecodeRuneInString(s)
	switch r {
	case '?', '？', '=', '%', '+', '^', '>', '≠', '≥', '≤', '×':
		return noLetter
	case '<', '\\':
		if n < len(s) && (s[n] == '/' || isAlnum(s[n])) == (r == '\\') {
			return noLetter
		}
		return words
	case '\n', '\r', '.', '!', '。', '！':
		if rest := strings.TrimLeft(s[n:], closers); r == '.' && strings.HasPrefix(rest, "?") {
			return noLetter
		}
		return atEnd
	}
	if !marked && s != tail && hasAnyPrefix(s, compounds...) {
		return noLetter
	}
	w, isArticle := nextWord(s), false
	switch {
	case w == "":
	case letter == 'A':
		isArticle = lexicon[w]&function == 0
	case letter == 'I':
		isArticle = lexicon[w]&afterI == 0
	default:
		isArticle = lexicon[w]&compound != 0
	}
	switch {
	case isArticle && !marked:
		return noLetter
	case lexicon[w]&condition != 0:
		return noLetter
	case lexicon[w]&finite != 0 || strings.HasSuffix(w, "n't") || hasAnyPrefix(s, "是", "不", "正确", "错", "对", "最", "才", "也"):
		return verb
	case w == "" && s[0] == '(':
		// "B (Paris) is correct"
		if i := strings.IndexByte(s, ')'); i > 0 && lexicon[nextWord(trimMarks(s[i:], closers))]&finite != 0 {
			return verb
		}
	}
	return words
}

// trimMarks drops marks, TeX text commands among them, from the left.
func trimMarks(s, marks string) string {
	for {
		t := strings.TrimLeft(s, marks)
		if t == "" || t[0] != '\\' {
			return t
		}
		for _, cmd := range texCommands {
			if rest, ok := strings.CutPrefix(t, cmd+"{"); ok {
				t = rest
			}
		}
		for _, br := range []string{`\(`, `\)`, `\[`, `\]`, `\,`, `\ `, `\;`, `\boxed{`, `\quad`} {
			t = strings.TrimPrefix(t, br)
		}
		if len(t) == len(s) {
			return s
		}
		s = t
	}
}

// nextWord returns the lower-case word s starts with, within 16 bytes, "" if
// it is longer or there is none.
func nextWord(s string) string {
	n := 0
	for n < len(s) && n < 17 && (isAlnum(s[n]) || s[n] == '-' || s[n] == '\'' && n > 0) {
		n++
	}
	if n > 16 {
		return "\x00" // a long word, which no table holds
	}
	return strings.ToLower(s[:n])
}

// Joiners put a second letter beside the first. The hard ones do so whatever
// follows; behind the soft ones a new clause may begin, "B, A is wrong".
var (
	hardJoiners = []string{"and/or ", "or ", "as well as ", "through ", "to ", "alternatively ", "以及", "或者", "或", "还是", "及", "、", "/", "|", "&", "~", "-", "–", "至", "到"}
	softJoiners = []string{"and ", "but ", "plus ", "和", "与", "但", "，", ",", ";", "；", "+"}
	fillers     = []string{"possibly ", "perhaps ", "maybe ", "even ", "also ", "either ", "both ", "potentially ", "likely ", "probably ", "alternatively ", "option ", "choice ", "answer ", "the ", "or ", "and ", "but ", "可能是", "可能", "也许", "选项", "选", "是"}
)

// offersAnother reports whether the text behind a letter offers another one:
// "A or B", "(A)(B)", "A/B", "A, but B is also possible".
func offersAnother(tail string, letter byte) bool {
	s := trimMarks(tail, closers+"(（[")
	if s == "" || s[0] == '\n' || s[0] == '.' {
		return false
	}
	hard := false
	joined := s != tail // "B C", "(B)(C)"
	cut := func(words []string) bool {
		for _, j := range words {
			if len(s) >= len(j) && s[0]|0x20 == j[0]|0x20 && strings.EqualFold(s[:len(j)], j) {
				s, joined = trimMarks(s[len(j):], openers+"})"), true
				return true
			}
		}
		return false
	}
	if s[0] == '\\' {
		s = trimMarks(s, around)
	}
	if hard = cut(hardJoiners); !hard {
		cut(softJoiners)
		// "B, or C"
		hard = joined && cut(hardJoiners)
	}
	if !joined {
		return false
	}
	for range 4 {
		if !cut(fillers) {
			break
		}
	}
	second, size := choiceLetter(s)
	if size == 0 || second == letter || !rightBoundary(s[size:]) {
		return false
	}
	rest := trimMarks(s[size:], closers)
	marked := strings.Trim(s[size:len(s)-len(rest)], " \t") != ""
	w := nextWord(rest)
	if w != "" && !marked && (second == 'A' && lexicon[w]&function == 0 || second == 'I' && lexicon[w]&afterI == 0) {
		return false
	}
	if hard {
		return true
	}
	if lexicon[w]&finite == 0 && !strings.HasSuffix(w, "n't") && !hasAnyPrefix(rest, "是", "不", "错", "选项", "项", "也", "正确", "对") {
		return true
	}
	clause := rest[:clauseEnd(rest)]
	if hasAnyWithin(clause, "not ", "n't", "n’t", "wrong", "incorrect", "false", "cannot", "impossible", "implausible", "不", "错") {
		return false
	}
	return hasAnyWithin(clause, "also", "possible", "correct", "right", "plausible", "acceptable", "valid", "could", "might", "may ", "也", "可能", "正确", "对")
}

// choiceLetter returns the capital, full-width or not, that s starts with.
func choiceLetter(s string) (letter byte, size int) {
	switch {
	case s != "" && 'A' <= s[0] && s[0] <= 'Z':
		return s[0], 1
	case len(s) >= 3 && s[0] == 0xEF && s[1] == 0xBC && 0xA1 <= s[2] && s[2] <= 0xBA:
		return s[2] - 0xA1 + 'A', 3
	}
	return 0, 0
}

func clauseEnd(s string) int {
	if i := strings.IndexAny(s, ".,;!?\n，。；！？"); i >= 0 {
		return i
	}
	return len(s)
}

// onlyLetters reports whether a line is a list of letters and nothing else.
func onlyLetters(line string) bool {
	for s := line; ; {
		s = strings.TrimLeft(trimMarks(s, around), ",，、/;&|+.。-–~!\r")
		if s == "" {
			return true
		}
		if _, n := choiceLetter(s); n > 0 && (rightBoundary(s[n:]) || strings.IndexByte("/-&", s[n]) >= 0) {
			s = s[n:]
			continue
		}
		n := len(s)
		for _, table := range [][]string{hardJoiners, softJoiners, fillers} {
			for _, j := range table {
				if len(s) == n && len(s) >= len(j) && strings.EqualFold(s[:len(j)], j) {
					s = s[len(j):]
				}
			}
		}
		if rest, ok := strings.CutPrefix(s, "or}"); ok {
			s = rest
		}
		if len(s) == n {
			return false
		}
	}
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, x := range suffixes {
		if strings.HasSuffix(s, x) {
			return true
		}
	}
	return false
}

func hasAnyWithin(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
