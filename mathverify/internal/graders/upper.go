package graders

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// fullUpper is the full upper-case mapping, in which ß becomes SS.
func fullUpper(s string) string { return cases.Upper(language.Und).String(s) }
