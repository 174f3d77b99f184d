package mathverify

import (
	"slices"
	"strings"
)

// box is one \boxed or \fbox.
type box struct {
	start, end int // of the whole command; end is -1 while it is open
	in, out    int // of its content
	inner      bool
}

// findBoxes lists the boxes of a text in order of their start, in one pass. A
// box is inner when another one encloses it.
func findBoxes(s string) []box {
	// A brace before the first box can enclose it but not change where it
	// ends, so nothing before it matters.
	first := strings.Index(s, `\boxed`)
	fbox := strings.Index(s, `\fbox`)
	if fbox >= 0 && (first < 0 || fbox < first) {
		first = fbox
	}
	if first < 0 {
		return nil
	}
	n := strings.Count(s[first:], `\boxed`)
	if fbox >= 0 {
		n += strings.Count(s[fbox:], `\fbox`)
	}
	boxes := make([]box, 0, n)
	open := make([]int, 0, n) // for each open brace, the box it opens or -1
	depth := 0                // open boxes
	for i := first; i < len(s); {
		switch s[i] {
		case '\\':
			n := boxCommand(s[i:])
			if n == 0 {
				i += 2
				continue
			}
			b := box{start: i, end: -1, inner: depth > 0}
			i += n
			for i < len(s) && (s[i] == ' ' || s[i] == '\n') {
				i++
			}
			switch {
			case i < len(s) && s[i] == '{':
				i++
				b.in = i
				open = append(open, len(boxes))
				depth++
			case i < len(s) && (isDigit(s[i]) || isLetter(s[i])) &&
				(i+1 == len(s) || !isDigit(s[i+1]) && !isLetter(s[i+1])):
				b.in, b.out, b.end = i, i+1, i+1 // \boxed 5
				i++
			}
			boxes = append(boxes, b)
		case '{':
			open = append(open, -1)
			i++
		case '}':
			if n := len(open); n > 0 {
				if k := open[n-1]; k >= 0 {
					boxes[k].out, boxes[k].end = i, i+1
					depth--
				}
				open = open[:n-1]
			}
			i++
		default:
			i++
		}
	}
	return boxes
}

// boxCommand returns the length of the box command that s starts with, 0 if it
// starts with another.
func boxCommand(s string) int {
	for _, cmd := range [...]string{`\boxed`, `\fbox`} {
		if strings.HasPrefix(s, cmd) && (len(s) == len(cmd) || !isLetter(s[len(cmd)])) {
			return len(cmd)
		}
	}
	// A doubled backslash, as from text that was escaped twice.
	if strings.HasPrefix(s, `\\boxed{`) {
		return len(`\\boxed`)
	}
	return 0
}

// fromBoxes returns the answer of the last box, or of the last run of boxes
// that only "and", "or", commas or line breaks join.
func fromBoxes(s string) (Extraction, bool) {
	boxes := findBoxes(s)
	if len(boxes) == 0 {
		return Extraction{}, false
	}
	bad := Extraction{Status: BadAnswer, Rule: fromBox}
	if boxes[len(boxes)-1].end < 0 {
		return bad, true
	}
	outer := boxes[:0]
	for _, b := range boxes {
		if !b.inner {
			outer = append(outer, b)
		}
	}
	last := outer[len(outer)-1]
	if last.end < 0 { // the last box stands inside one that never ends
		return bad, true
	}
	parts := []string{strings.TrimSpace(s[last.in:last.out])}
	if parts[0] == "" {
		return bad, true
	}
	names := []string{nameBefore(s[:last.start])}
	next, joint := last, joint(none)
	for i := len(outer) - 2; i >= 0; i-- {
		b := outer[i]
		if b.end < 0 {
			break
		}
		name := names[len(names)-1]
		j := joins(strings.TrimSuffix(strings.TrimRight(s[b.end:next.start], " $="), name))
		if j == none || joint != none && j != joint {
			break
		}
		joint = j
		part := strings.TrimSpace(s[b.in:b.out])
		if part == "" {
			return bad, true
		}
		parts = append(parts, part)
		names = append(names, nameBefore(s[:b.start]))
		next = b
	}
	if before, after := s[:next.start], s[last.end:]; before != "" || after != "" { // not the box alone
		if operand(before, after) || ruledOut(before) || takenBack(parts[0], after) {
			return bad, true
		}
		parts[0] += scaled(after)
	}
	if repeated(parts) {
		return Extraction{Status: Found, Answer: parts[0], Rule: fromBox}, true
	}
	if !slices.Contains(names, "") && !strings.Contains(strings.Join(parts, ""), "=") {
		for i, name := range names {
			parts[i] = name + " = " + parts[i]
		}
	}
	slices.Reverse(parts)
	sep := ", "
	if joint == lineBreak {
		sep = "\n"
	}
	return Extraction{Status: Found, Answer: strings.Join(parts, sep), Rule: fromBox}, true
}

// repeated reports whether all parts are the same.
func repeated(parts []string) bool {
	for _, p := range parts[1:] {
		if p != parts[0] {
			return false
		}
	}
	return true
}

// joint is how the text between two boxes joins them.
type joint uint8

const (
	none      joint = iota
	listed          // by a comma or a word: one list
	lineBreak       // each stands on a line of its own: lines of one answer
)

// nameBefore returns the x of a text that ends with "x =", "" if it has none.
func nameBefore(s string) string {
	s = strings.TrimRight(s, " $")
	s, ok := strings.CutSuffix(s, "=")
	if !ok {
		return ""
	}
	s = strings.TrimRight(s, " ")
	const longest = 12
	i := len(s)
	for i > 0 && len(s)-i < longest && (isLetter(s[i-1]) || isDigit(s[i-1]) || strings.IndexByte("_{}'\\", s[i-1]) >= 0) {
		i--
	}
	if i == len(s) || isDigit(s[i]) || i > 0 && strings.IndexByte(" $(,", s[i-1]) < 0 {
		return ""
	}
	return s[i:]
}

// joins tells how the text between two boxes joins them: a conjunction or comma
// at its end makes them a list, with a few words such as a unit before it, but
// none that turns from one answer to another.
func joins(s string) joint {
	const longest = 96 // bytes
	if len(s) > longest {
		return none
	}
	how := none
	if s == "" {
		how = listed
	} else if strings.Contains(s, "\n") {
		how = lineBreak
	}
	words := 0
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" \n\r\t$*\\~{}", r) }) {
		switch f {
		case ",", "，", "、", ";", "and", "or", ",and", ",or", "和", "或":
			how = listed
			continue
		case "(", ")", "[", "]", "quad", "qquad", "text", "textrm", "mathrm": // \( \) \[ \]
			continue
		}
		if words++; words > 4 || how == listed || strings.ContainsAny(f, ".=+!?:") {
			return none
		}
		w := strings.ToLower(strings.Trim(f, ",;()"))
		if cues[w] != cueNone || negators[w] || conditionals[w] || w == "but" || w == "then" || w == "finally" {
			return none
		}
		if strings.HasSuffix(f, ",") || strings.HasSuffix(f, ";") {
			how = listed
		}
	}
	if words > 0 && how != listed {
		return none
	}
	return how
}

// scaled returns the percent sign or the magnitude that stands behind a box and
// belongs to its number.
func scaled(after string) string {
	after = strings.TrimLeft(after, " $")
	for _, text := range [...]string{`\text{`, `\mathrm{`, `\textrm{`} {
		if rest, ok := strings.CutPrefix(after, text); ok {
			after = strings.TrimLeft(rest, " ")
		}
	}
	for _, sign := range [...]string{`\%`, "%", "％"} {
		if strings.HasPrefix(after, sign) {
			return "%"
		}
	}
	for _, word := range [...]string{"percent", "pct", "thousand", "million", "billion", "trillion", "万", "亿"} {
		if rest, ok := strings.CutPrefix(after, word); ok && (rest == "" || !isLetter(rest[0])) {
			return " " + word
		}
	}
	return ""
}

// operand reports whether the text around a box makes its content a part of a
// larger formula. A dash or an equals sign behind a box is prose as often as
// not, and an exclamation mark is, unless the formula ends with it.
func operand(before, after string) bool {
	if n := len(before); n > 0 {
		switch c := before[n-1]; {
		case isDigit(c), c == '^', c == '/', c == '+':
			return true
		case c == '-':
			return n < 2 || before[n-2] != '-'
		case c == '.':
			return n > 1 && isDigit(before[n-2])
		case c == '{':
			return argument(before[:n-1])
		}
		if strings.HasSuffix(before, "−") {
			return true
		}
	}
	// "not \boxed{5}" denies it, "10 - \boxed{5}" goes on with it.
	words := strings.TrimRight(before, " $\\(")
	if n := len(words); n > 0 && n < len(before) {
		if hasSuffixFold(words, "not") && (n == 3 || !isLetter(words[n-4])) || hasSuffixFold(words, "n't") {
			return true
		}
		if c := words[n-1]; c == '-' || c == '+' || c == '/' || c == '^' {
			if left := strings.TrimRight(words[:n-1], " "); left != "" && (isDigit(left[len(left)-1]) || left[len(left)-1] == ')' || left[len(left)-1] == '}') {
				return true
			}
		}
	}
	for _, rel := range [...]string{"<", ">", "≤", "≥", "≠", `\neq`, `\ne`, `\lt`, `\gt`, `\le`, `\ge`, `\leq`, `\geq`} {
		if strings.HasSuffix(words, rel) && !strings.HasSuffix(words, "->") && !strings.HasSuffix(words, "=>") && !quoteMark(words) && !tagEnds(words) {
			return true // x > \boxed{5} is no 5
		}
	}
	if after != "" && (isDigit(after[0]) || isLetter(after[0]) || after[0] == '{' ||
		(after[0] == '.' || after[0] == ',') && len(after) > 1 && isDigit(after[1])) {
		return true
	}
	after = strings.TrimLeft(after, " ")
	for _, op := range operators {
		if rest, ok := strings.CutPrefix(after, op); ok {
			// \pm is an operator, \pmod names the modulus of the answer.
			return op[0] != '\\' || op[1] == '!' || rest == "" || !isLetter(rest[0])
		}
	}
	return false
}

// operators behind a box go on with its formula.
var operators = [...]string{"^", "_", "+", "/", "!$", `!\)`, `!\]`, `\cdot`, `\times`, `\div`, `\pm`, `\frac`, `\sqrt`, "×", "·", "÷",
	`\pi`, `\theta`, `\alpha`, `\beta`, `\ln`, `\log`, `\sin`, `\cos`, `\tan`, `\infty`, `\left(`, "π", "√"}

// tagEnds reports a text that ends with a tag such as <answer>.
func tagEnds(s string) bool {
	i := strings.LastIndexByte(s, '<')
	return i >= 0 && strings.HasSuffix(s, ">") && strings.IndexFunc(strings.TrimLeft(s[i+1:len(s)-1], "/"), func(r rune) bool {
		return r != '_' && (r > 'z' || !isLetter(byte(r)))
	}) < 0
}

// quoteMark reports a text whose last line is only the mark of a quotation.
func quoteMark(s string) bool {
	return strings.TrimSpace(s[strings.LastIndexByte(s, '\n')+1:]) == ">"
}

// argument reports whether the brace that follows s opens the argument of a
// command that computes, or an exponent.
func argument(s string) bool {
	if s == "" {
		return false
	}
	switch s[len(s)-1] {
	case '^', '_', '}':
		return true
	}
	i := len(s)
	for i > 0 && isLetter(s[i-1]) {
		i--
	}
	if i == 0 || s[i-1] != '\\' {
		return false
	}
	switch s[i:] {
	case "sqrt", "frac", "dfrac", "tfrac", "cfrac", "binom", "overline", "bar", "hat", "vec", "cancel", "xcancel", "bcancel", "sout", "st":
		return true
	}
	return false
}

// ruledOut reports whether the clause before a box says that its content is not
// the answer.
func ruledOut(before string) bool {
	clause := before[sentenceStart(before, len(before)):]
	for _, sep := range [...]string{",", ";", ":", " so ", " therefore ", " thus ", " hence "} {
		if i := strings.LastIndex(clause, sep); i >= 0 {
			clause = clause[i+len(sep):]
		}
	}
	last := ""
	for w := range wordsIn(clause) {
		switch w {
		case "cannot", "can't", "mistake", "incorrect", "wrong", "exclude", "reject", "unlikely", "trap", "tempting", "naive", "probably", "maybe", "perhaps", "possibly", "guess":
			return true
		case "out":
			if last == "rule" || last == "ruled" {
				return true
			}
		case "be":
			if last == "not" || last == "never" {
				return true
			}
		}
		last = w
	}
	return false
}

// takenBack reports whether the text behind a box calls it wrong, in the rest of
// its sentence ("is incorrect", ", but this is wrong") or in the next one when
// that is short and points back ("That is wrong."), or replaces it there ("Correction: the answer is 6.").
func takenBack(answer, after string) bool {
	const longest = 8 // words
	const first = 2   // sentences
	after = strings.TrimPrefix(strings.TrimLeft(after, " $\n"), "</answer>")
	k, end := 0, 0
	for s := range sentences(after) {
		end = strings.Index(after[end:], s) + end + len(s)
		if k++; k > first {
			break
		}
		n, wrong, points, negated := 0, false, k == 1, false
		for w := range wordsIn(s) {
			if n++; n > longest {
				break
			}
			switch w {
			case "wrong", "incorrect", "mistaken", "false", "mistake", "rejected", "extraneous":
				wrong = wrong || !negated
			case "correct", "right", "answer":
				wrong = wrong || negated && (k == 1 || w != "answer")
			case "that", "this", "it", "that's", "it's":
				points = true
			}
			negated = w == "not" || w == "isn't" || w == "cannot" || w == "can't" || negated && (w == "the" || w == "a" || w == "be")
		}
		if strings.Contains(s, "answer is not") || strings.Contains(s, "answer isn't") || strings.Contains(s, "答案不是") {
			return true
		}
		if wrong && points && n <= longest || k == 1 && strings.HasPrefix(s, "(") && changes(s[1:]) {
			return true
		}
	}
	return retracts(answer, after[:min(end+1, len(after))])
}

// changers start a remark that makes another value of the one before it, or takes
// it back.
var changers = wordSet(`or not no never invalid impossible wrong incorrect rejected extraneous excluded discarded base squared cubed
	hundred thousand million billion trillion dozen negative minus percent`)

// changes reports whether a remark in brackets changes the value before it.
func changes(remark string) bool {
	remark, _, _ = strings.Cut(remark, ")")
	remark = strings.TrimSpace(remark)
	if remark == "" || strings.ContainsAny(remark[:1], "-%+*/^") || strings.HasPrefix(remark, "−") {
		return true
	}
	for w := range wordsIn(remark) {
		return changers[w]
	}
	return false
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
