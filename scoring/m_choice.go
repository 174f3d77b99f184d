package scoring

import (
	"strings"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
)

// makeChoice is T2, multiple choice.
//
//	strict                              the last committed statement of the answer area names an accepted letter, A to J
//	reference                           selection: the first "The correct answer is (X)", else the first without
//	                                    brackets, X from A to D without a right boundary, after dropping every *
//	reference, rule=longbench_pro       the first line of the answer area equals the first reference item
//
// A committed statement is a line of nothing but a letter, "the answer is X",
// "answer: X", "I choose X", \boxed{X}, "答案是X", "选X" and the like, with a
// right boundary behind the letter and no second letter offered with it. A
// statement that offers two letters is no commitment: bad_answer. Source:
// arXiv 2605.19577, Table 1 and Appendix B.4; GoLongRL c34dba3,
// multi_choices.py and long_bench_pro.py.
func makeChoice(o *Options) (Metric, error) {
	if o.Profile == Reference {
		if o.Choice("rule", "selection", "longbench_pro") == "longbench_pro" {
			return o.make(released(releasedAccuracy))
		}
		return o.make(released(releasedSelection))
	}
	o.Choice("rule", "selection", "longbench_pro")
	o.taken = nil // both released rules have one strict reading
	required := strictOption(o)
	return o.make(func(rec *Record) Result {
		texts, bad := scalarTexts(nil, rec.Gold.v)
		if bad != nil {
			return *bad
		}
		var accepted [26]bool
		for _, t := range texts {
			letter, ok := goldLetter(t)
			if !ok {
				return null(BadGold, "reference %s names no choice: give a letter from A to J", quote(t))
			}
			accepted[letter-'A'] = true
		}
		area, fail, ok := strictArea(rec, required)
		if !ok {
			return fail
		}
		letter, answer, status := lastChoice(area)
		if status != Judged {
			r := zero(status, "no statement commits to one choice")
			r.Answer = answer
			return r
		}
		r := judged(0, answer)
		if accepted[letter-'A'] {
			r.Value = 1
		}
		if rec.explain {
			r.why("choice", "the last commitment is %c", letter)
		}
		return r
	})
}

func goldLetter(s string) (byte, bool) {
	s = py.Strip(s)
	if len(s) == 1 && 'a' <= s[0]|0x20 && s[0]|0x20 <= 'j' {
		return s[0] &^ 0x20, true
	}
	letter, _, status := lastChoice(s)
	return letter, status == Judged
}

// lastChoice finds the last committed statement of text. answer is the
// statement as written.
func lastChoice(text string) (letter byte, answer string, status Status) {
	whole := py.Strip(text)
	if lone := strings.Trim(whole, "()[]*.。"); len(lone) == 1 && 'a' <= lone[0] && lone[0] <= 'j' {
		// A lone small letter is a choice only if it is all there is.
		return lone[0] &^ 0x20, whole, Judged
	}
	single := strings.IndexByte(whole, '\n') < 0
	// Right to left over candidate letters: the first commitment found is the
	// last one made, so long texts cost no more than their tail.
	for i := len(text) - 1; i >= 0; i-- {
		c := text[i]
		if c < 'A' || c > 'J' || i > 0 && isWordByte(text[i-1]) || !rightBoundary(text[i+1:]) {
			continue
		}
		at, ok := committed(text, i, single)
		if !ok {
			continue
		}
		if offersAnother(text[i+1:]) {
			return 0, text[at : i+1], BadAnswer
		}
		return c, text[at : i+1], Judged
	}
	return 0, "", NoAnswer
}

func isWordByte(c byte) bool { return isIdentByte(c, true) || c == '\'' }

// rightBoundary reports whether a choice letter may end before rest: not
// inside a word, a number, an abbreviation ("A.I.") or a question.
func rightBoundary(rest string) bool {
	if rest == "" {
		return true
	}
	r, n := utf8.DecodeRuneInString(rest)
	switch {
	case r < utf8.RuneSelf && isWordByte(byte(r)), r == '?', r == '？', r == '’', r == '+', r == '&':
		return false
	case r == '-' || r == '.':
		return n == len(rest) || !isWordByte(rest[n])
	}
	return true
}

// closers may stand between a letter and what follows it, openers between the
// words of a statement and its letter.
const (
	closers = " \t)]}*_`\"'$）】」”"
	openers = " \t([{*_`\"'$（【「“"
	around  = " \t()[]{}*_`\"'$（）【】「」“”"
)

// committed reports whether the letter at text[i] is stated as the answer, and
// where the statement starts.
//
// It looks at a window of the letter's line: statements are short, and a line
// may be the whole of a huge response.
func committed(text string, i int, single bool) (at int, ok bool) {
	const window = 96
	from := max(0, i-window)
	for from < i && !utf8.RuneStart(text[from]) {
		from++
	}
	if nl := strings.LastIndexByte(text[from:i], '\n'); nl >= 0 {
		from += nl + 1
	}
	before := text[from:i]
	after := text[i+1 : min(len(text), i+1+window)]
	after, _, ended := strings.Cut(after, "\n")
	begun := from == 0 || text[from-1] == '\n'
	ended = ended || i+1+len(after) == len(text)

	bare := begun && strings.Trim(before, openers+"\\-•>#\r") == ""
	if bare && ended && strings.Trim(after, closers+".。:：,，\r") == "" {
		return from, true // a line of nothing but the letter
	}
	if bare && single && hasAnyPrefix(strings.TrimLeft(after, "*_"), ")", ".", "．", "、", ":", "：") {
		return from, true // a restated option, "B) text", as the whole answer
	}
	if j := strings.LastIndex(before, "boxed{"); j >= 0 {
		switch strings.TrimLeft(before[j+len("boxed{"):], openers) {
		case "", `\text{`, `\mathrm{`, `\textbf{`, `\mathbf{`, `\text{(`:
			return from + j, true
		}
	}
	if noun := statement(asciiLower(before)); noun != "" {
		return from + strings.LastIndex(asciiLower(before), noun), true
	}
	return 0, false
}

// asciiLower lowers ASCII letters only, so that offsets stay.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// statement returns the word at which the phrase at the end of the lower-case
// text s commits to the letter behind it, "" if there is no such phrase.
func statement(s string) string {
	s = strings.TrimRight(s, openers)
	trim := func(suffixes ...string) bool {
		for _, x := range suffixes {
			if strings.HasSuffix(s, x) {
				s = strings.TrimRight(s[:len(s)-len(x)], around)
				return true
			}
		}
		return false
	}
	for _, zh := range []string{"选择：", "选择:", "选择", "选：", "选:", "选"} {
		if strings.HasSuffix(s, zh) {
			if hasAnySuffix(strings.TrimSuffix(s, zh), "不", "不能", "不应") {
				return ""
			}
			return zh
		}
	}
	trim(" option", " choice", " letter", "选项")
	for _, verb := range []string{"choose", "pick", "select"} {
		if strings.HasSuffix(s, verb) {
			if hasAnySuffix(strings.TrimSuffix(s, verb), "not ", "n't ", "never ") {
				return ""
			}
			return verb
		}
	}
	trim(" definitely", " clearly", " therefore", " thus", " indeed")
	colon := trim(":", "：", "=")
	is := trim(" is", " would be", " should be", " must be", "'s", "应该是", "应是", "应为", "是", "为")
	if !colon {
		colon = trim(":", "：")
	}
	if !colon && !is {
		return ""
	}
	if hasAnySuffix(s, "answer", "答案") {
		return firstOf(s, "answer", "答案")
	}
	for _, noun := range []string{"option", "choice", "选项"} {
		if strings.HasSuffix(s, noun) {
			s = strings.TrimRight(strings.TrimSuffix(s, noun), around)
			if hasAnySuffix(s, "correct", "right", "best", "final", "my", "正确", "正确的", "最终") {
				return noun
			}
		}
	}
	return ""
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

func firstOf(s string, words ...string) string {
	for _, w := range words {
		if strings.Contains(s, w) {
			return w
		}
	}
	return ""
}

// offersAnother reports whether the text behind a letter offers a second one:
// "A or B", "A/B", "(A) and (B)", "A, B".
func offersAnother(rest string) bool {
	s := strings.TrimLeft(rest, closers)
	joined := false
	for _, j := range []string{"or ", "and ", "and/or ", "或者", "或", "和", "与", "/", ",", "，", "、", "&", "+", "|", ";"} {
		if strings.HasPrefix(s, j) {
			s, joined = strings.TrimLeft(s[len(j):], openers), true
			break
		}
	}
	if !joined {
		return false
	}
	s = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(s, "or "), "and "), openers)
	s = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(s, "option "), "choice "), openers)
	if s == "" || s[0] < 'A' || s[0] > 'J' || !rightBoundary(s[1:]) {
		return false
	}
	// "B, A is wrong" goes on to speak about A.
	return !hasAnyPrefix(strings.TrimLeft(s[1:], closers), "is ", "was ", "isn't", "does", "cannot", "can't", "would", "being", "不", "错")
}

// releasedAccuracy is LongBench Pro's Accuracy.
func releasedAccuracy(rec *Record, _ string, gold py.Value) Result {
	s := linePool.Get().(*lineScratch)
	defer s.release()
	if fail := s.releasedGold(gold, true); fail != nil {
		return *fail
	}
	first, _, _ := strings.Cut(py.Strip(releasedArea(rec.Response)), "\n")
	r := compareTexts(rec, normalLine(first), s.gold[0])
	r.Answer = py.Strip(first)
	return r
}

// releasedSelection is the selection scorer.
func releasedSelection(rec *Record, after string, gold py.Value) Result {
	label, fail := releasedLabel(gold)
	if fail != nil {
		return *fail
	}
	letter := releasedLetter(after)
	if letter == "" {
		return zero(NoAnswer, "there is no \"The correct answer is\" with a letter from A to D")
	}
	r := judged(0, letter)
	if letter == label || letter == releasedLetter(label) {
		r.Value = 1
	}
	if rec.explain {
		r.why("selection", "the first statement names %s", letter)
	}
	return r
}

// releasedLetter is the released extract_answer; "" for None.
func releasedLetter(s string) string {
	const phrase = "The correct answer is "
	if strings.IndexByte(s, '*') >= 0 {
		s = strings.ReplaceAll(s, "*", "")
	}
	plain := ""
	for {
		i := strings.Index(s, phrase)
		if i < 0 {
			return plain
		}
		s = s[i+len(phrase):]
		if len(s) >= 3 && s[0] == '(' && 'A' <= s[1] && s[1] <= 'D' && s[2] == ')' {
			return s[1:2]
		}
		if plain == "" && s != "" && 'A' <= s[0] && s[0] <= 'D' {
			plain = s[:1]
		}
	}
}
