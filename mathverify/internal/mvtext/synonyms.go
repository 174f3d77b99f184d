package mvtext

import "strings"

// replaceSynonyms rewrites fonts, fraction commands, missing zeros, the words
// and, or, percent, infinity, and a few spellings more, in one pass: at each
// position the first rule that applies wins, and what it wrote is not read
// again.
func replaceSynonyms(s string) string {
	var e edit
	for i := 0; i < len(s); {
		end, with := i, ""
		switch c := s[i]; c {
		case '\\':
			end, with = commandSynonym(s, i)
		case '{':
			if byteAt(s, i+1) == '.' {
				end, with = i+2, "{0."
			} else if j := bracedComma(s, i); j > 0 {
				end, with = j, ","
			}
		case '~':
			if byteAt(s, i+1) == '=' {
				end, with = i+2, `\approx`
			}
		case ',', 'a', 'o':
			if c == ',' && !mayFollowComma[byteAt(s, i+1)] {
				break
			}
			if j := conjunction(s, i); j > 0 && !letterBefore(s, i) {
				end, with = j, ","
			} else if c == ',' {
				if j := textConjunction(s, i); j > 0 {
					end, with = j, ","
				} else if hasPrefixAt(s, i+1, `\ldots`) {
					end, with = i+1+len(`\ldots`), " "
				}
			}
		case 'i':
			if hasPrefixAt(s, i, "infinity") {
				end, with = i+len("infinity"), `\infty`
			} else if hasPrefixAt(s, i, "inf") && byteAt(s, i-1) != '\\' && !hasPrefixAt(s, i+3, "inity") {
				end, with = i+len("inf"), `\infty`
			}
		case 'p':
			if j := percentWord(s, i); j > 0 {
				end, with = j, `\%`
			}
		default:
			if spaceAt(s, i) > 0 {
				i = spaceSynonym(&e, s, i)
				continue
			}
		}
		if end > i {
			e.replace(s, i, end, with)
			i = end
		} else {
			i++
		}
	}
	return e.finish(s)
}

// mayFollowComma holds for the first bytes of white space, of a conjunction and
// of a command.
var mayFollowComma = func() (t [256]bool) {
	for c := range t {
		t[c] = c == '\\' || c == 'a' || c == 'o' || startClass[c]&mayPrecede != 0
	}
	return t
}()

func commandSynonym(s string, i int) (end int, with string) {
	rest := s[i+1:]
	switch {
	case strings.HasPrefix(rest, "mathrm"), strings.HasPrefix(rest, "mathit"), strings.HasPrefix(rest, "mathbf"):
		return i + len(`\mathrm`), `\text`
	case strings.HasPrefix(rest, "textnormal"):
		return i + len(`\textnormal`), `\text`
	case strings.HasPrefix(rest, "textbf"), strings.HasPrefix(rest, "textit"), strings.HasPrefix(rest, "textrm"):
		return i + len(`\textbf`), `\text`
	case strings.HasPrefix(rest, "dfrac"), strings.HasPrefix(rest, "tfrac"), strings.HasPrefix(rest, "cfrac"):
		return i + len(`\dfrac`), `\frac`
	case strings.HasPrefix(rest, "text{"):
		if j := textConjunction(s, i); j > 0 {
			return j, ","
		}
		for _, word := range [...]string{"percentage}", "percent}", "pct}"} {
			if hasPrefixAt(s, i+len(`\text{`), word) {
				return i + len(`\text{`) + len(word), `\%`
			}
		}
	case strings.HasPrefix(rest, "ldots"):
		return i + len(`\ldots`), " "
	}
	if w := spaceAt(s, i+1); w > 0 && byteAt(s, i-1) != '\\' {
		return i + 1 + w, " "
	}
	return i, ""
}

// spaceSynonym applies the rules that begin with white space to the run of it
// at i and returns the position after the run or the replacement. Within a run
// the rules differ only at its first and its last code point, so the run is
// looked through once.
func spaceSynonym(e *edit, s string, i int) int {
	run := i
	end := skipSpace(s, i)
	last := end - spaceBefore(s, end)
	switch byteAt(s, end) {
	case '{':
		if j := bracedComma(s, end); j > 0 {
			e.replace(s, run, j, ",")
			return j
		}
	case 'a', 'o':
		j := conjunction(s, end)
		if j == 0 {
			break
		}
		// Not right after a letter; then the second white space may start it.
		if letterBefore(s, run) {
			if run += runeWidth(s, run); run == end { // it is the only one
				break
			}
		}
		e.replace(s, run, j, ",")
		return j
	case '\\':
		if j := textConjunction(s, end); j > 0 {
			e.replace(s, run, j, ",")
			return j
		}
	case 'p':
		if j := percentWord(s, end); j > 0 {
			e.replace(s, run, j, `\%`)
			return j
		}
	case '.':
		e.replace(s, last, end+1, " 0.")
		return end + 1
	case 's':
		if s[last] == ' ' && hasPrefixAt(s, end, "sqrt") {
			e.replace(s, last, end+len("sqrt"), `\sqrt`)
			return end + len("sqrt")
		}
	}
	return end
}

func letterBefore(s string, i int) bool { return isLetter(byteAt(s, i-1)) }

// bracedComma returns the end of {,} at i, with white space inside or not, or 0.
func bracedComma(s string, i int) int {
	if byteAt(s, i) != '{' {
		return 0
	}
	if i = skipSpace(s, i+1); byteAt(s, i) != ',' {
		return 0
	}
	if i = skipSpace(s, i+1); byteAt(s, i) != '}' {
		return 0
	}
	return i + 1
}

// conjunction returns the end of the word "and" or "or" at i, after an optional
// comma and white space, or 0.
func conjunction(s string, i int) int {
	if byteAt(s, i) == ',' {
		i = skipSpace(s, i+1)
	}
	switch {
	case hasPrefixAt(s, i, "and"):
		i += len("and")
	case hasPrefixAt(s, i, "or"):
		i += len("or")
	default:
		return 0
	}
	if isLetter(byteAt(s, i)) {
		return 0
	}
	return i
}

// textConjunction does the same for the words in \text{…}.
func textConjunction(s string, i int) int {
	if byteAt(s, i) == ',' {
		i = skipSpace(s, i+1)
	}
	if !hasPrefixAt(s, i, `\text{`) {
		return 0
	}
	i = skipSpace(s, i+len(`\text{`))
	switch {
	case hasPrefixAt(s, i, "and"):
		i += len("and")
	case hasPrefixAt(s, i, "or"):
		i += len("or")
	default:
		return 0
	}
	if i = skipSpace(s, i); byteAt(s, i) != '}' {
		return 0
	}
	return i + 1
}

func percentWord(s string, i int) int {
	for _, word := range [...]string{"percentage", "percent", "pct"} {
		if hasPrefixAt(s, i, word) {
			return i + len(word)
		}
	}
	return 0
}
