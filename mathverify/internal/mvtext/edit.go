package mvtext

// edit collects replacements made in a string from left to right. It copies
// nothing until there is one.
type edit struct {
	out  []byte
	done int // everything before is in out
	used bool
}

// replace puts with in the place of s[start:end].
func (e *edit) replace(s string, start, end int, with string) {
	if !e.used {
		e.out = make([]byte, 0, len(s)+len(with)+8)
		e.used = true
	}
	e.out = append(e.out, s[e.done:start]...)
	e.out = append(e.out, with...)
	e.done = end
}

// finish returns s with all replacements made.
func (e *edit) finish(s string) string {
	if !e.used {
		return s
	}
	return string(append(e.out, s[e.done:]...))
}
