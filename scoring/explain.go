package scoring

import (
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// diffText shows where answer and gold differ, as one text with [-…-] around
// what only the reference has and {+…+} around what only the answer has.
// Without a difference it is "". Texts are cut at a fixed length first, so the
// work is bounded and the same everywhere; it is for people, never for scores.
func diffText(answer, gold string) string {
	const limit = 2000
	same := answer == gold
	answer, gold = clip(answer, limit), clip(gold, limit)
	switch {
	case same:
		return ""
	case answer == gold:
		return "they differ behind the first 2000 bytes, or in characters that cannot be shown"
	}
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the default of one second would make output depend on load
	var b strings.Builder
	for _, part := range d.DiffCleanupSemantic(d.DiffMain(gold, answer, false)) {
		switch part.Type {
		case diffmatchpatch.DiffDelete:
			b.WriteString("[-" + part.Text + "-]")
		case diffmatchpatch.DiffInsert:
			b.WriteString("{+" + part.Text + "+}")
		default:
			b.WriteString(part.Text)
		}
	}
	return b.String()
}

// clip cuts s to at most n bytes at a rune boundary and makes it valid UTF-8.
func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
		return strings.ToValidUTF8(s, "") + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
