package scoring

import "strings"

const (
	openThink  = "<think>"
	closeThink = "</think>"
)

// thinkTags is what one pass over a response finds out about thinking tags.
// Counts stop at 2, since all that matters is whether a tag repeats.
type thinkTags struct {
	opens, closes int
	open          int // offset of the first opening tag
	end           int // offset behind the first closing tag
}

func scanThinkTags(s string) (t thinkTags) {
	for i := 0; ; {
		j := strings.IndexByte(s[i:], '<')
		if j < 0 {
			return t
		}
		i += j
		switch rest := s[i:]; {
		case strings.HasPrefix(rest, openThink):
			if t.opens++; t.opens == 1 {
				t.open = i
			}
			i += len(openThink)
		case strings.HasPrefix(rest, closeThink):
			i += len(closeThink)
			if t.closes++; t.closes == 1 {
				t.end = i
			}
		default:
			i++
		}
		if t.opens > 1 || t.closes > 1 {
			return t
		}
	}
}

// releasedGate is the released format gate. It returns the text after the
// closing tag and whether the response passes.
//
// Source: GoLongRL c34dba3, default_compute_score.
func releasedGate(resp string) (after string, ok bool, why string) {
	t := scanThinkTags(resp)
	switch {
	case t.opens > 1:
		return "", false, "<think> appears more than once"
	case t.closes > 1:
		return "", false, "</think> appears more than once"
	case t.closes == 0:
		return "", false, "there is no </think>"
	}
	return resp[t.end:], true, ""
}

// visibleText is the strict gate: it returns what follows the thinking. A
// response without tags is visible as a whole unless tags are required.
func visibleText(resp string, required bool) (text string, ok bool, why string) {
	t := scanThinkTags(resp)
	switch {
	case t.opens > 1:
		return "", false, "<think> appears more than once"
	case t.closes > 1:
		return "", false, "</think> appears more than once"
	case t.opens == 1 && t.closes == 0:
		return "", false, "<think> is never closed"
	case t.opens == 1 && t.end <= t.open:
		return "", false, "</think> comes before <think>"
	case t.closes == 1:
		return resp[t.end:], true, ""
	case required:
		return "", false, "there are no thinking tags, and gate=required asks for them"
	}
	return resp, true, ""
}

const (
	answerTag   = "[Answer]"
	answerTagZh = "[答案]"
)

// answerTags returns the number of answer tags of either language (at most 2
// are counted) and the text behind the first.
func answerTags(s string) (n int, after string) {
	for i := 0; ; {
		j := strings.IndexByte(s[i:], '[')
		if j < 0 {
			return n, after
		}
		i += j
		size := 0
		if strings.HasPrefix(s[i:], answerTag) {
			size = len(answerTag)
		} else if strings.HasPrefix(s[i:], answerTagZh) {
			size = len(answerTagZh)
		}
		if size == 0 {
			i++
			continue
		}
		i += size
		if n++; n == 1 {
			after = s[i:]
		} else {
			return n, after
		}
	}
}

// releasedArea is the released answer area: the text behind the last [Answer],
// else behind the last [答案], else all of it. It is not trimmed.
//
// Source: GoLongRL c34dba3, get_answer_area.
func releasedArea(s string) string {
	en, zh := -1, -1
	for i := 0; ; {
		j := strings.IndexByte(s[i:], '[')
		if j < 0 {
			break
		}
		i += j
		if strings.HasPrefix(s[i:], answerTag) {
			en = i + len(answerTag)
		} else if en < 0 && strings.HasPrefix(s[i:], answerTagZh) {
			zh = i + len(answerTagZh)
		}
		i++
	}
	switch {
	case en >= 0:
		return s[en:]
	case zh >= 0:
		return s[zh:]
	}
	return s
}

// gateFail is the zero of a response that fails a gate.
func gateFail(why string) Result { return zero(BadFormat, "%s", why) }

// strictArea finds the strict answer area of the metrics that read lines or
// text: what follows the only answer tag behind the thinking, or all of it.
func strictArea(rec *Record, required bool) (area string, fail Result, ok bool) {
	text, ok, why := visibleText(rec.Response, required)
	if !ok {
		return "", gateFail(why), false
	}
	n, after := answerTags(text)
	switch n {
	case 0:
		area = text
	case 1:
		area = after
	default:
		return "", zero(BadFormat, "there are several [Answer] tags behind the thinking"), false
	}
	if isBlank(area) {
		return "", zero(NoAnswer, "there is no text behind the thinking and the answer tag"), false
	}
	return area, Result{}, true
}
