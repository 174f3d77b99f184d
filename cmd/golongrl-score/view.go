package main

import (
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// view lays out text for a terminal of about a hundred columns.
type view struct{ w io.Writer }

// field is a label with what belongs to it.
type field struct{ label, text string }

const (
	labelWidth  = 10
	columnWidth = 44
	lineWidth   = 2*columnWidth + 2
)

// line prints a label and its text, wrapped.
func (v view) line(label, text string) {
	for i, part := range wrap(text, lineWidth) {
		if i > 0 {
			label = ""
		}
		io.WriteString(v.w, trimmed(padded(label, labelWidth)+part))
	}
}

// columns prints two lists of fields beside each other. Fields of the same
// label begin on the same line.
func (v view) columns(left, right []field) {
	for len(left) > 0 || len(right) > 0 {
		var l, r field
		switch {
		case len(left) == 0:
			r, right = right[0], right[1:]
		case len(right) == 0:
			l, left = left[0], left[1:]
		case left[0].label == right[0].label:
			l, left, r, right = left[0], left[1:], right[0], right[1:]
		case has(right, left[0].label):
			r, right = right[0], right[1:]
		default:
			l, left = left[0], left[1:]
		}
		v.pair(l, r)
	}
}

func has(fields []field, label string) bool {
	for _, f := range fields {
		if f.label == label {
			return true
		}
	}
	return false
}

func (v view) pair(l, r field) {
	label := l.label
	if label == "" {
		label = r.label
	}
	var a, b []string
	if l != (field{}) {
		a = wrap(l.text, columnWidth)
	}
	if r != (field{}) {
		b = wrap(r.text, columnWidth)
	}
	for i := range max(len(a), len(b)) {
		s := padded(label, labelWidth)
		label = ""
		if i < len(a) {
			s += padded(a[i], columnWidth+2)
		} else {
			s += padded("", columnWidth+2)
		}
		if i < len(b) {
			s += b[i]
		}
		io.WriteString(v.w, trimmed(s))
	}
}

func trimmed(s string) string { return strings.TrimRight(s, " ") + "\n" }

// padded fills s up to n columns of the screen.
func padded(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-uniseg.StringWidth(s)))
}

// wrap breaks text into lines of at most n columns, at spaces if there are any,
// and makes it printable. Nothing is one line "-".
func wrap(text string, n int) []string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		line = printable(line, len(line))
		start, space, width, state := 0, -1, 0, -1
		for i := 0; i < len(line); {
			cluster, _, w, next := uniseg.FirstGraphemeClusterInString(line[i:], state)
			state = next
			if width += w; width > n && i > start {
				end := i
				if space > start {
					end = space
				}
				lines = append(lines, line[start:end])
				start = end
				if line[start] == ' ' {
					start++
				}
				i, space, width, state = start, -1, 0, -1
				continue
			}
			if cluster == " " {
				space = i
			}
			i += len(cluster)
		}
		lines = append(lines, line[start:])
	}
	return lines
}

// middle shortens s to about n characters by leaving out its middle.
func middle(s string, n int) string {
	r := []rune(s)
	if len(s) <= n || len(r) <= n {
		return s
	}
	return string(r[:n/2]) + " […] " + string(r[len(r)-n/2:])
}
