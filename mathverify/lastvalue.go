package mathverify

import "strings"

// lastValue returns the last formula or number of a text, whichever ends later:
// the reading of graders that take any value for an answer.
func lastValue(s string) (Extraction, bool) {
	for {
		i := strings.LastIndex(s, "<|")
		if i < 0 || !strings.Contains(s[i:], "|>") {
			break
		}
		s = s[:i] // special tokens, and what stands behind them
	}
	from, to := lastFormula(s)
	if n, end := lastNumber(s, to); end > to {
		from, to = n, end
	}
	if from == to {
		return Extraction{}, false
	}
	return Extraction{Status: Found, Answer: strings.TrimSpace(s[from:to]), Rule: fromLast}, true
}

// lastFormula returns where the last delimited formula of s stands.
func lastFormula(s string) (from, to int) {
	for _, d := range [...][2]string{{"$$", "$$"}, {"$", "$"}, {`\(`, `\)`}, {`\[`, `\]`}} {
		end := strings.LastIndex(s, d[1])
		if end < 0 || end+len(d[1]) <= to {
			continue
		}
		start := strings.LastIndex(s[:end], d[0])
		if start < 0 || strings.TrimSpace(strings.Trim(s[start+len(d[0]):end], "$")) == "" {
			continue
		}
		from, to = start, end+len(d[1])
	}
	return from, to
}

// lastNumber returns where the last number of s that begins at or after from
// stands, with its sign, currency, exponent, fraction and percent sign.
func lastNumber(s string, from int) (start, end int) {
	end = len(s)
	for end > from && !isDigit(s[end-1]) {
		end--
	}
	if end == from {
		return 0, 0
	}
	start = end
	for start > from && (isDigit(s[start-1]) || strings.IndexByte(".,/^*+-()", s[start-1]) >= 0 && start-1 > from) {
		start--
	}
	for start < end && strings.IndexByte(".,/^*+)", s[start]) >= 0 {
		start++
	}
	if start > from && isLetter(s[start-1]) {
		return 0, 0
	}
	for _, cur := range [...]string{"$", "€", "£", "¥"} {
		if strings.HasSuffix(s[from:start], cur) {
			start -= len(cur)
		}
	}
	if strings.HasPrefix(s[end:], "%") {
		end++
	} else if strings.HasPrefix(s[end:], `\%`) {
		end += 2
	}
	return start, end
}
