package mathverify

import "strings"

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
	if i := strings.Index(s, `\fbox`); i >= 0 && (first < 0 || i < first) {
		first = i
	}
	if first < 0 {
		return nil
	}
	n := strings.Count(s[first:], `\boxed`) + strings.Count(s[first:], `\fbox`)
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
// that only "and", "or" or commas join.
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
	next := last
	for i := len(outer) - 2; i >= 0; i-- {
		b := outer[i]
		if b.end < 0 || !joins(s[b.end:next.start]) {
			break
		}
		part := strings.TrimSpace(s[b.in:b.out])
		if part == "" {
			return bad, true
		}
		parts = append(parts, part)
		next = b
	}
	if operand(s[:next.start], s[last.end:]) {
		return bad, true
	}
	parts[0] += scaled(s[last.end:])
	if repeated(parts) {
		return Extraction{Status: Found, Answer: parts[0], Rule: fromBox}, true
	}
	var list strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		list.WriteString(parts[i])
		if i > 0 {
			list.WriteString(", ")
		}
	}
	return Extraction{Status: Found, Answer: list.String(), Rule: fromBox}, true
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

// joins reports whether the text between two boxes makes them one list.
func joins(s string) bool {
	const longest = 64 // delimiters, spaces and one word
	if len(s) > longest {
		return false
	}
	joined := false
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool {
		return r == ' ' || r == '\n' || r == '\t' || r == '$' || r == '*' || r == '\\' || r == '~'
	}) {
		switch f {
		case ",", "，", "、", ";", "and", "or", ",and", ",or", "和", "或", "text{and}", "text{or}", "quad", "qquad":
			joined = joined || f[0] != 'q'
		case "(", ")", "[", "]": // \( \) \[ \]
		default:
			return false
		}
	}
	return joined
}

// scaled returns the percent sign or the magnitude that stands behind a box and
// belongs to its number.
func scaled(after string) string {
	after = strings.TrimLeft(after, " $")
	for _, sign := range [...]string{`\%`, "%", "％"} {
		if strings.HasPrefix(after, sign) {
			return "%"
		}
	}
	for _, word := range [...]string{"percent", "thousand", "million", "billion", "trillion", "万", "亿"} {
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
	if after != "" && (isDigit(after[0]) || isLetter(after[0])) {
		return true
	}
	after = strings.TrimLeft(after, " ")
	for _, op := range [...]string{"^", "_", "+", "/", "!$", `!\)`, `!\]`, `\cdot`, `\times`, `\div`, `\pm`, `\frac`, `\sqrt`, "×", "·", "÷"} {
		if strings.HasPrefix(after, op) {
			return true
		}
	}
	return false
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
