package graders

import (
	"strings"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
)

// Dapo reports whether the last "Answer:" line in the last 500 characters of a
// response is equal to gold in [MinervaNormal] form.
//
// Source: GoLongRL c34dba3, math_dapo.py, compute_score without Math-Verify.
func Dapo(response, gold string) bool { return Minerva(DapoTail(response), gold) }

// DapoTail returns the part of a response that [Dapo] reads.
func DapoTail(response string) string { return lastChars(response, 500) }

// Minerva reports whether the last "Answer:" line of a response is equal to
// gold in [MinervaNormal] form. Without such a line the answer is "[INVALID]".
//
// Source: GoLongRL c34dba3, math_dapo.py, is_correct_minerva.
func Minerva(response, gold string) bool {
	answer, ok := AnswerLine(response)
	if !ok {
		answer = "[INVALID]"
	}
	return MinervaNormal(answer) == MinervaNormal(gold)
}

// StrictBox reports whether the last \boxed{…} in the last 100 characters of a
// response holds exactly gold.
//
// Source: GoLongRL c34dba3, math_dapo.py, is_correct_strict_box.
func StrictBox(response, gold string) bool {
	answer, ok := TailBox(response)
	return ok && answer == gold
}

// TailBox returns the content of the box that [StrictBox] reads; ok is false if
// there is none or it is not closed.
func TailBox(response string) (content string, ok bool) {
	tail := lastChars(response, 100)
	i := strings.LastIndex(tail, `\boxed{`)
	if i < 0 {
		return "", false
	}
	_, end := braces(tail[i:])
	if end < 0 {
		return "", false
	}
	return tail[i+len(`\boxed{`) : i+end], true
}

// AnswerLine returns the text of the last match of
//
//	(?i)Answer\s*:\s*([^\n]+)
//
// Matches are sought from the left and do not overlap, so "Answer: a Answer: b"
// is one.
func AnswerLine(response string) (line string, ok bool) {
	for i := 0; i < len(response); {
		start, end := answerWord(response, i)
		if end < 0 {
			break
		}
		i = start + 1
		j := end
		for {
			n := spaceSize(response[j:])
			if n == 0 {
				break
			}
			j += n
		}
		if j == len(response) || response[j] != ':' {
			continue
		}
		from := j + 1
		for j = from; ; {
			n := spaceSize(response[j:])
			if n == 0 {
				break
			}
			j += n
		}
		if j == len(response) {
			// The white space gives back what the line needs: its last
			// character that is no newline.
			for j > from && response[j-1] == '\n' {
				j--
			}
			if j == from {
				continue
			}
			j -= lastSize(response[from:j])
		}
		line, _, _ = strings.Cut(response[j:], "\n")
		ok = true
		i = j + len(line)
	}
	return line, ok
}

// spaceSize is the width of the white space that s begins with, or 0.
func spaceSize(s string) int {
	if s == "" {
		return 0
	}
	r, n := py.DecodeRune(s)
	if !py.IsSpace(r) {
		return 0
	}
	return n
}

// answerWord returns the place of the next "answer" in any case; Python also
// takes the long s for an s. end is -1 if there is none.
func answerWord(s string, i int) (start, end int) {
	for ; i < len(s); i++ {
		if s[i]|0x20 != 'a' {
			continue
		}
		j := i
		for _, c := range "answer" {
			switch {
			case j < len(s) && s[j] < utf8.RuneSelf && s[j]|0x20 == byte(c):
				j++
			case c == 's' && strings.HasPrefix(s[j:], "ſ"):
				j += len("ſ")
			default:
				j = len(s) + 1
			}
			if j > len(s) {
				break
			}
		}
		if j <= len(s) {
			return i, j
		}
	}
	return 0, -1
}

// minervaSubstitutions and minervaRemoved are applied one after the other, each
// to the whole text.
var (
	minervaSubstitutions = [...][2]string{
		{"an ", ""}, {"a ", ""}, {".$", "$"}, {`\$`, ""}, {`\ `, ""}, {" ", ""}, {"mbox", "text"},
		{`,\text{and}`, ","}, {`\text{and}`, ","}, {`\text{m}`, `\text{}`},
	}
	minervaRemoved = [...]string{
		"square", "ways", "integers", "dollars", "mph", "inches", "hours", "km", "units", `\ldots`, "sue", "points", "feet",
		"minutes", "digits", "cents", "degrees", "cm", "gm", "pounds", "meters", "meals", "edges", "students",
		"childrentickets", "multiples", `\text{s}`, `\text{.}`, "\\text{\ns}", `\text{}^2`, `\text{}^3`, "\\text{\n}",
		`\text{}`, `\mathrm{th}`, `^\circ`, `^{\circ}`, `\;`, `,\!`, "{,}", `"`, `\dots`,
	}
)

// MinervaNormal returns the normal form of an answer to a quantitative
// question: what stands behind the last equals sign, without articles, spaces,
// listed units and decoration, with \frac and \sqrt braced and thousands commas
// dropped.
//
// Source: GoLongRL c34dba3, math_dapo.py, normalize_final_answer.
func MinervaNormal(s string) string {
	s = s[strings.LastIndexByte(s, '=')+1:]
	if plainInteger(s) {
		return s
	}
	for _, r := range minervaSubstitutions {
		s = strings.ReplaceAll(s, r[0], r[1])
	}
	for _, r := range minervaRemoved {
		s = strings.ReplaceAll(s, r, "")
	}
	if strings.IndexByte(s, '$') >= 0 {
		s = keepDollars(s)
	}
	s = unwrap(s, `\text{`, false)
	s = unwrap(s, `\textbf{`, false)
	s = unwrap(s, `\overline{`, false)
	s = unwrap(s, `\boxed{`, true)
	s = braceShorthand(s, "frac", 2)
	s = braceShorthand(s, "sqrt", 1)
	s = strings.ReplaceAll(s, "$", "")
	if digits := strings.ReplaceAll(s, ",", ""); allDigits(digits) {
		s = digits
	}
	return py.Strip(s)
}

// keepDollars keeps of each line with two dollar signs what is between the
// first two, in dollar signs.
func keepDollars(s string) string {
	var b strings.Builder
	for {
		line, rest, more := strings.Cut(s, "\n")
		if _, after, ok := strings.Cut(line, "$"); ok {
			if inside, _, ok := strings.Cut(after, "$"); ok {
				line = "$" + inside + "$"
			}
		}
		b.WriteString(line)
		if !more {
			return b.String()
		}
		b.WriteByte('\n')
		s = rest
	}
}

// unwrap removes an opening command and a closing brace on the same line: the
// next one, or with greedy the last one.
func unwrap(s, open string, greedy bool) string {
	if !strings.Contains(s, open) {
		return s
	}
	var b strings.Builder
	for {
		line, rest, more := strings.Cut(s, "\n")
		for {
			before, inside, ok := strings.Cut(line, open)
			end := strings.IndexByte(inside, '}')
			if greedy {
				end = strings.LastIndexByte(inside, '}')
			}
			if !ok || end < 0 { // then no later command on this line has one either
				break
			}
			b.WriteString(before)
			b.WriteString(inside[:end])
			line = inside[end+1:]
		}
		b.WriteString(line)
		if !more {
			return b.String()
		}
		b.WriteByte('\n')
		s = rest
	}
}

// braceShorthand puts braces around the n characters behind a command that is
// not followed by a brace; the second of them may not be a newline.
func braceShorthand(s, command string, n int) string {
	i := strings.Index(s, command)
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(s, command) {
		b.WriteString(s[:i+len(command)])
		s = s[i+len(command):]
		one, after := cutChar(s)
		if one == "" || one == "{" {
			continue
		}
		if n == 2 {
			two, rest := cutChar(after)
			if two == "" || two == "\n" {
				continue
			}
			b.WriteString("{" + one + "}{" + two + "}")
			s = rest
			continue
		}
		b.WriteString("{" + one + "}")
		s = after
	}
	b.WriteString(s)
	return b.String()
}

// allDigits is str.isdigit.
func allDigits(s string) bool {
	for _, r := range s {
		if !py.IsDigit(r) {
			return false
		}
	}
	return s != ""
}
