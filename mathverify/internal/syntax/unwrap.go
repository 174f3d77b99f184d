package syntax

import "strings"

// unwrap takes one layer of decoration off a text: white space, Markdown,
// quotation marks, boxes, text commands, lead-ins such as "the answer is", the
// full stop. text tells that it stood as words.
func unwrap(s string) (inner string, text bool) {
	t := strings.TrimSpace(s)
	if t == "" {
		return "", false
	}
	switch c := t[0]; c {
	case '*', '_', '`':
		for _, mark := range [...]string{"***", "**", "__", "`"} {
			if len(t) > 2*len(mark) && strings.HasPrefix(t, mark) && strings.HasSuffix(t, mark) &&
				!strings.Contains(t[len(mark):len(t)-len(mark)], mark) {
				return t[len(mark) : len(t)-len(mark)], false
			}
		}
	case '"':
		if len(t) > 2 && t[len(t)-1] == '"' && strings.IndexByte(t[1:len(t)-1], '"') < 0 {
			return t[1 : len(t)-1], true
		}
	case '\\':
		if len(t) > 3 && t[1] == '\\' && isLetter(t[2]) && !strings.Contains(t, `\begin`) {
			l := lexer{src: t}
			if l.doubled() {
				return t[1:], false
			}
		}
		if inner, text, ok := unwrapCommand(t); ok {
			return inner, text
		}
	case '$':
		if n := len(t); n > 2 && t[n-1] == '$' {
			in := strings.Trim(t, "$")
			if in != "" && strings.IndexByte(in, '$') < 0 && in[len(in)-1] != '\\' {
				// Keep one pair: it tells that this is mathematics.
				if t[1] == '$' {
					return "$" + in + "$", false
				}
				if u, ok := unwrapMath(strings.TrimSpace(in)); ok {
					return u, false
				}
			}
		}
	case 't', 'T', 'a', 'A', 'f', 'F', 's', 'S', 'h', 'H':
		if rest, ok := leadIn(t); ok {
			return rest, false
		}
	}
	for _, end := range [...]string{".", ",", ";", "。", `\\`, `\.`} {
		if len(t) > len(end) && strings.HasSuffix(t, end) && !strings.HasSuffix(t, "..") && !strings.HasSuffix(t, `\right.`) && !strings.HasSuffix(t, ".m.") && !strings.HasSuffix(t, ".M.") {
			return t[:len(t)-len(end)], false
		}
	}
	return t, false
}

// unwrapMath unwraps a box or a text that fills a pair of dollar signs.
func unwrapMath(in string) (string, bool) {
	if in == "" || in[0] != '\\' {
		return "", false
	}
	inner, text, ok := unwrapCommand(in)
	if !ok {
		return "", false
	}
	if text {
		return in, true
	}
	return "$" + inner + "$", true
}

// unwrapCommand unwraps a command whose group is the whole text.
func unwrapCommand(t string) (inner string, text, ok bool) {
	if len(t) > 4 && (strings.HasPrefix(t, `\(`) && strings.HasSuffix(t, `\)`) || strings.HasPrefix(t, `\[`) && strings.HasSuffix(t, `\]`)) {
		in := t[2 : len(t)-2]
		if !strings.Contains(in, t[:2]) {
			return in, false, true
		}
	}
	i := 1
	for i < len(t) && isLetter(t[i]) {
		i++
	}
	switch name := t[1:i]; name {
	case "boxed", "fbox", "text", "textbf", "textit", "textrm", "textnormal", "mbox", "emph", "underline", "displaystyle", "mathbf", "textup", "texttt":
		if name == "displaystyle" {
			return t[i:], false, true
		}
		n := braced(t[i:])
		if n == 0 {
			if name == "boxed" && len(t) > i+1 && t[i] == ' ' && !strings.ContainsAny(t[i+1:], " {") {
				return t[i+1:], false, true
			}
			return "", false, false
		}
		if n != len(t)-i {
			if rest, ok := leadIn(trimSpacing(t[i+1:i+n-1]) + " "); ok && strings.TrimSpace(rest) == "" && name != "boxed" {
				return t[i+n:], false, true
			}
			return "", false, false
		}
		in := t[i+strings.IndexByte(t[i:], '{')+1 : len(t)-1]
		words := name != "boxed" && name != "fbox" && name != "underline"
		if words && name == "mathbf" && strings.ContainsAny(in, "ie") && len(in) == 1 {
			return "", false, false
		}
		if name == "mathbf" {
			words = false
		}
		return in, words, true
	}
	return "", false, false
}

// leads are phrases before an answer, in lower case.
var leads = [...]string{
	"the final answer is:", "the final answer is", "the correct answer is:", "the correct answer is", "the answer is:", "the answer is",
	"final answer:", "answer:", "answer is", "ans:", "so the answer is", "hence the answer is", "the solution is",
}

func leadIn(t string) (string, bool) {
	for _, l := range leads {
		if len(t) > len(l) && strings.EqualFold(t[:len(l)], l) {
			rest := t[len(l):]
			if isLetter(rest[0]) {
				continue
			}
			return rest, true
		}
	}
	return "", false
}

// label splits the letter of a choice off: "(B) 12", "B. 12", "\text{(C)}".
// rest is empty when there is only the letter with its punctuation.
func label(s string) (letter, rest string) {
	t := s
	styled := false
	if t[0] == '$' {
		return "", ""
	}
	if t[0] == '\\' {
		for _, cmd := range [...]string{`\text`, `\textbf`, `\mathrm`, `\mathbf`, `\textrm`} {
			if strings.HasPrefix(t, cmd+"{") {
				n := braced(t[len(cmd):])
				if n == 0 || n > 14 {
					return "", ""
				}
				inner := strings.Trim(t[len(cmd)+1:len(cmd)+n-1], " ~")
				t, rest, styled = inner, t[len(cmd)+n:], true
				break
			}
		}
		if !styled {
			return "", ""
		}
	}
	if t == "" {
		return "", ""
	}
	switch {
	case t[0] == '(' && len(t) > 2 && t[2] == ')' && choice(t[1]):
		letter, t = t[1:2], t[3:]
	case choice(t[0]) && len(t) > 1 && (t[1] == '.' || t[1] == ')' || t[1] == ':'):
		if t[1] == ':' && (len(t) < 3 || t[2] != ' ') && !styled {
			return "", ""
		}
		if t[1] == '.' && len(t) > 2 && (isLetter(t[2]) || isDigit(t[2])) {
			return "", ""
		}
		letter, t = t[:1], t[2:]
	default:
		return "", ""
	}
	if styled {
		if t != "" {
			return "", ""
		}
		rest = trimSpacing(rest)
		rest = strings.TrimLeft(rest, ":. ")
	} else {
		if t == "" {
			return letter, ""
		}
		if t[0] != ' ' && t[0] != '\\' && t[0] != '$' {
			return "", ""
		}
		rest = trimSpacing(t)
	}
	if rest == "" {
		return letter, ""
	}
	if strings.IndexByte("+-*/=<>^_!,;)]|'", rest[0]) >= 0 && (len(rest) < 2 || rest[0] != '-' || !isDigit(rest[1])) {
		return "", ""
	}
	return letter, rest
}

func choice(c byte) bool { return c >= 'A' && c <= 'J' }

// secondLabel reports the letter of another choice behind the first: "(A) 12
// (B) 13" chooses nothing, nor does "A. B".
func secondLabel(rest string) bool {
	if len(rest) == 1 && choice(rest[0]) {
		return true
	}
	for i := 0; i < len(rest); i++ {
		if !choice(rest[i]) || i > 0 && (isLetter(rest[i-1]) || isDigit(rest[i-1])) {
			continue
		}
		after := rest[i+1:]
		switch {
		case i > 0 && rest[i-1] == '(' && strings.HasPrefix(after, ")") && (i == 1 || isDigit(rest[i-2]) || strings.IndexByte(" {},;\n", rest[i-2]) >= 0):
			return true
		case (i == 0 || strings.IndexByte(" {,;\n", rest[i-1]) >= 0) && len(after) > 1 && (after[0] == '.' || after[0] == ')' || after[0] == ':') && after[1] == ' ':
			return true
		}
	}
	return false
}

// choosers are the words before the letter of a choice, in lower case.
var choosers = [...]string{"option", "choice", "answer choice", "the correct option is", "the correct choice is", "correct option:", "correct choice:", "选项", "选"}

// chosen returns the letter of "Option B" and "choice (B)".
func chosen(s string) string {
	switch s[0] | 0x20 {
	case 'o', 'c', 'a', 't', 0xE9 | 0x20:
	default:
		return ""
	}
	for _, w := range choosers {
		if len(s) > 24+len(w) || len(s) < len(w) || !strings.EqualFold(s[:len(w)], w) {
			continue
		}
		t := s[len(w):]
		if w[0] < 0x80 && t != "" && isLetter(t[0]) {
			continue
		}
		t = strings.TrimLeft(t, " ~:：")
		t = strings.TrimRight(t, ". ")
		for _, cmd := range [...]string{`\text{`, `\textbf{`, `\mathrm{`} {
			if strings.HasPrefix(t, cmd) && strings.HasSuffix(t, "}") {
				t = t[len(cmd) : len(t)-1]
			}
		}
		if len(t) == 3 && t[0] == '(' && t[2] == ')' {
			t = t[1:2]
		}
		if len(t) == 1 && choice(t[0]) {
			return t
		}
	}
	return ""
}
