package scoring

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// chinese reads the sentence around the letter in Chinese.
func (c candidate) chinese(stop int, carried bool, next following) (from int, v verdict) {
	if !beyondASCII(c.text[max(0, stop-24):stop]) && !beyondASCII(c.text[c.end:min(len(c.text), c.end+24)]) {
		return 0, noStatement
	}
	s := c.text[max(0, stop-choiceWindow):stop]
	if i := strings.LastIndexAny(s, "\n。！？；!?;"); i >= 0 {
		_, n := utf8.DecodeRuneInString(s[i:])
		s = s[i+n:]
	}
	start := stop - len(s)
	if next == verb {
		return c.chinesePredicate(s, start)
	}
	full := s
	trim := func(suffixes ...string) bool {
		for _, x := range suffixes {
			if strings.HasSuffix(s, x) {
				s = strings.TrimRight(s[:len(s)-len(x)], around)
				return true
			}
		}
		return false
	}
	colon := trim("：", ":", "＝") || carried
	if !colon {
		trim("选项", "字母")
	}
	if r, _ := utf8.DecodeLastRuneInString(s); !isCJK(r) {
		return 0, noStatement
	}
	clause := s[strings.LastIndexAny(s, "，,")+1:]
	if zhAfter(full, "如果", "假如", "假设", "倘若", "要是", "除非", "是否") ||
		hasAnyWithin(clause, "很多人", "有人", "有些", "许多", "别人", "大家", "学生", "同学", "考生", "他们", "容易", "也许", "或许", "可能") {
		return 0, noStatement
	}
	if t := s; trim("选择", "选") && !(colon && strings.HasSuffix(t, "选项")) {
		at := len(s)
		trim("应该", "应", "要", "能", "会", "该", "宜", "再", "去")
		if hasAnySuffix(s, "不", "别", "勿", "误", "未", "没", "没有", "错", "难", "可", "可以", "不应", "不要", "不能") {
			return 0, noStatement
		}
		return start + at + strings.Index(t[at:], "选"), commits
	}
	if hasAnySuffix(s, "还是", "或是") {
		return 0, noStatement
	}
	is := trim("就是", "应该是", "应是", "应为", "是", "为", "即")
	if !is && !colon {
		return 0, noStatement
	}
	trim("应该", "应", "就", "当", "则", "必然", "确实", "当然", "显然")
	if hasAnySuffix(s, "不", "并非", "非", "绝", "未必", "不一定", "不应") {
		return 0, noStatement
	}
	if i := strings.LastIndex(s, "答案"); i >= 0 {
		if hasAnySuffix(s[:i], "错误", "错误的", "错的", "不正确", "不正确的", "干扰", "其他", "另一个", "错") || hasAnyWithin(s[i:], "错误", "排除") {
			return 0, noStatement
		}
		return start + i, commits
	}
	if i := strings.LastIndex(s, "选项"); i >= 0 && i+len("选项") == len(s) &&
		hasAnySuffix(s[:i], "正确", "正确的", "最终", "最佳", "最佳的", "我的") && !hasAnySuffix(s[:i], "不正确", "不正确的") {
		return start + i, commits
	}
	return 0, noStatement
}

// beyondASCII reports whether s holds anything but ASCII.
func beyondASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// zhAfter reports whether s holds one of the words and no conclusion behind it.
func zhAfter(s string, words ...string) bool {
	for _, w := range words {
		if i := strings.LastIndex(s, w); i >= 0 && !hasAnyWithin(s[i:], "因此", "所以", "故", "综上") {
			return true
		}
	}
	return false
}

// chinesePredicate reads "B选项正确", "选项B是正确的", "B是正确答案".
func (c candidate) chinesePredicate(s string, start int) (from int, v verdict) {
	from = start + len(s)
	if t, ok := strings.CutSuffix(s, "选项"); ok {
		s, from = t, start+len(t)
	}
	if s != "" && !hasAnySuffix(s, "，", ",", "：", ":", "所以", "因此", "故", "只有", "显然", "认为", "可见", "即", "那么", "综上") ||
		zhAfter(s, "如果", "假如", "假设", "倘若", "要是", "除非", "是否") {
		return 0, noStatement
	}
	rest := trimMarks(c.text[c.end:min(len(c.text), c.end+choiceWindow)], closers)
	for _, skip := range []string{"选项", "项", "答案", "才", "就", "显然", "是", "为"} {
		rest = strings.TrimPrefix(rest, skip)
	}
	for _, word := range []string{"正确答案", "正确选项", "正确的选项", "正确的答案", "最佳答案", "最佳选项", "我的答案", "本题答案", "正确的", "正确", "对的", "答案"} {
		if end, ok := strings.CutPrefix(rest, word); ok {
			r, _ := utf8.DecodeRuneInString(end)
			if end == "" || !unicode.IsLetter(r) || strings.HasPrefix(end, "因为") {
				return from, commits
			}
			return 0, noStatement
		}
	}
	return 0, noStatement
}

// labelOf reads a line that begins with an option's label: "B. Paris",
// "(B) Paris", "Option B". at and end enclose the letter.
func labelOf(line string) (letter byte, at, end int) {
	s := strings.TrimLeft(line, lineMarks)
	worded := false
	for _, w := range []string{"option ", "choice ", "answer "} {
		if len(s) > len(w) && strings.EqualFold(s[:len(w)], w) {
			s, worded = strings.TrimLeft(s[len(w):], openers), true
		}
	}
	letter, n := choiceLetter(s)
	if n == 0 || !rightBoundary(s[n:]) {
		return 0, 0, 0
	}
	at, end = len(line)-len(s), len(line)-len(s)+n
	rest := strings.TrimLeft(s[n:], " \t")
	switch {
	case rest == "" || rest == "\r":
		return letter, at, end
	case len(rest) > 3 && rest[0] == '.' && rest[3] == '.' && 'A' <= rest[2] && rest[2] <= 'Z':
		return 0, 0, 0 // initials
	case hasAnyPrefix(rest, ")", "]", "）", "】", ".", "．", "、", ":", "：", "–", "—", "- "),
		hasAnyPrefix(rest, "*", "_", "`") && rest == s[n:],
		hasAnyPrefix(rest, ",", "，", ";") && letter != 'I',
		worded && hasAnyPrefix(rest, "!", "("):
		return letter, at, end
	}
	return 0, 0, 0
}

// nextLabel returns the label of the next line that is not blank, 0 if none.
func nextLabel(rest string) byte {
	rest = strings.TrimLeft(rest[:min(len(rest), choiceWindow)], " \t\r\n")
	line, _, _ := strings.Cut(rest, "\n")
	letter, _, _ := labelOf(line)
	return letter
}

// labelChoice is the choice of a text that states none but begins or ends with
// the label of an option: "B. Paris" and perhaps an explanation. Labels of
// several letters are a list of options, which chooses none.
func labelChoice(text string) (letter byte, answer string, status Status) {
	found := candidate{text: text}
	for off := 0; off < len(text); {
		n := strings.IndexByte(text[off:], '\n')
		if n < 0 {
			n = len(text) - off
		}
		if got, at, end := labelOf(text[off : off+n]); got != 0 {
			if letter != 0 && got != letter {
				return 0, "", NoAnswer
			}
			letter = got
			// The last label may end the text; an only one may begin it.
			found.at, found.end, found.letter = off+at, off+end, got
		}
		off += n + 1
	}
	if letter == 0 || letter > 'J' {
		return 0, "", NoAnswer
	}
	head := strings.TrimLeft(text, lineMarks+"\n")
	atFirst := !strings.Contains(text[len(text)-len(head):found.at], "\n")
	atLast := !strings.Contains(strings.TrimRight(text[found.end:], " \t\r\n"), "\n")
	if !atFirst && !atLast || strings.HasSuffix(lineBefore(text, found.at), "选项") {
		return 0, "", NoAnswer
	}
	tail := text[found.end:]
	next := follow(tail, letter)
	rest := strings.ToLower(strings.TrimLeft(tail[:min(len(tail), 64)], closers+".:,-–—：，、．"))
	switch {
	case next == another:
		return 0, found.statement(found.at), BadAnswer
	case next == noLetter || next == verb || asks(tail) ||
		hasAnyPrefix(rest, "wrong", "incorrect", "false", "not ", "no ", "错误", "不正确", "不对"):
		return 0, "", NoAnswer
	}
	return letter, found.statement(found.at), Judged
}
