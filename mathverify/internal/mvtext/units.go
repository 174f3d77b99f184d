package mvtext

import "strings"

// dropUnits removes a text command at the end of s, whatever it says, and then
// up to two unit words, unless nothing would be left.
func dropUnits(s string) string {
	if t := trimSpace(dropText(s)); t != "" {
		s = t
	}
	for range 2 {
		t := dropUnit(s)
		if t == "" {
			break
		}
		s = t
	}
	return s
}

// dropText removes the first \text{…} or \mbox{…}, with an optional exponent
// of one digit, that a closing brace can make reach to the end of s within one
// line. What lies between is not looked at: in 1-\text{a}+\text{b} all but
// "1-" goes.
func dropText(s string) string {
	if !strings.Contains(s, `\text{`) && !strings.Contains(s, `\mbox{`) {
		return s
	}
	// The end of s is also before a newline that ends it.
	line := strings.TrimSuffix(s, "\n")
	brace := textBrace(line)
	if brace < 0 {
		return s
	}
	for i := strings.LastIndexByte(line[:brace], '\n') + 1; i+len(`\text{`) <= brace; i++ {
		if line[i] == '\\' && (hasPrefixAt(s, i, `\text{`) || hasPrefixAt(s, i, `\mbox{`)) {
			return s[:i] + s[len(line):]
		}
	}
	return s
}

// textBrace returns the index of the last brace of s after which only an
// exponent of one digit follows, or -1. In }{^2} the exponent's own brace will
// do as well.
func textBrace(s string) int {
	end := len(s)
	if w := digitBefore(s, end); w > 0 && strings.HasSuffix(s[:end-w], "}^") {
		return end - w - len("}^")
	}
	if strings.HasSuffix(s, "}") {
		return end - 1
	}
	return -1
}

// unitWords are the unit words of the reference. A full stop stands for any
// code point but a newline. Some words are slips ("integerpoint") and kept.
const unitWords = `integerpoint|feet|sue|digit|pound|meal|edge|student|children ticket|multiple|` +
	`east|degree|mph|kmph|ft|m square| m east|sq m|deg|mile|q .|monkey|prime|ratio|profit of rs|rd|o|gm|p . m|lb|tile|` +
	`per|dm|lt|gain|ab|way|west|a .|b .|c .|d .|e .|f .|g .|h .|t|h|no change|men|soldier|pie|bc|excess|st|inches|noon|` +
	`cent|by|gal|kmh|c|acre|rise|a . m|th|π r 2|sq|mark|l|toy|coin|sq . m|gallon|° f|profit|minw|yr|women|am|pm|hr|` +
	`cu cm|square|v â € ™|are|rupee|rounds|cubic|cc|mtr|s|ohm|number|day|hour|minute|min|second|man|woman|sec|cube|mt|` +
	`sq inch|mp|∏ cm ³|hectare|more|unit|cu . m|cm 2|rs .|rs|kg|g|month|km|m|cm|mm|apple|liter|loss|yard|pure|year|` +
	`increase|decrease|d|less|Surface|litre|pi sq m|s .|metre|meter|inch`

// unit is a unit word, in two halves if it has an open place between them.
type unit struct {
	head, tail string
	open       bool
}

// unitsByEnd lists the units by their last byte. Those whose last place is open
// are in openUnits, without it.
var unitsByEnd, openUnits = splitUnits(unitWords)

func splitUnits(list string) (byEnd [256][]unit, open []string) {
	for word := range strings.SplitSeq(list, "|") {
		head, tail, ok := strings.Cut(word, ".")
		if ok && tail == "" {
			open = append(open, head)
			continue
		}
		last := word[len(word)-1]
		byEnd[last] = append(byEnd[last], unit{head, tail, ok})
	}
	return byEnd, open
}

// startBefore returns where u starts if it ends at end, or -1.
func (u *unit) startBefore(s string, end int) int {
	if u.open {
		if !strings.HasSuffix(s[:end], u.tail) {
			return -1
		}
		end -= len(u.tail)
		w := widthBefore(s, end)
		if w == 0 {
			return -1
		}
		end -= w
	}
	if !strings.HasSuffix(s[:end], u.head) {
		return -1
	}
	return end - len(u.head)
}

// dropUnit returns s without a unit word, in the singular or in the plural, and
// the white space around it, if the word ends s and a digit, a closing brace or
// white space stands before it. It returns "" if there is none or nothing else.
func dropUnit(s string) string {
	end := len(s)
	for {
		w := spaceBefore(s, end)
		if w == 0 {
			break
		}
		end -= w
	}
	best := len(s)
	consider := func(start int) {
		if start >= 0 {
			best = min(best, start)
		}
	}
	words := func(end int) {
		if end == 0 {
			return
		}
		units := unitsByEnd[s[end-1]]
		for i := range units {
			consider(keptBefore(s, units[i].startBefore(s, end)))
		}
		for _, stem := range openUnits {
			if w := widthBefore(s, end); w > 0 && strings.HasSuffix(s[:end-w], stem) {
				consider(keptBefore(s, end-w-len(stem)))
			}
		}
	}
	words(end)
	if t := s[:end]; strings.HasSuffix(t, "s") {
		words(end - 1)
		if strings.HasSuffix(t, "es") {
			words(end - 2)
		}
	}
	if best == len(s) {
		return ""
	}
	return s[:best+runeWidth(s, best)]
}

// keptBefore returns the index of the code point that has to stand before a
// unit at start, which is the one that stays, or -1. Of several that will do it
// is the first.
func keptBefore(s string, start int) int {
	if start < 0 {
		return -1
	}
	i := start
	for {
		w := spaceBefore(s, i)
		if w == 0 {
			break
		}
		i -= w
	}
	if w := digitBefore(s, i); w > 0 {
		return i - w
	}
	if i > 0 && s[i-1] == '}' {
		return i - 1
	}
	if i < start {
		return i
	}
	return -1
}
