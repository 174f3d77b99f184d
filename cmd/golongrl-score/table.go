package main

import (
	"strconv"
	"unicode/utf8"

	"github.com/golongrl/golongrl/scoring/rollout"
)

// Tables are written row by row, so widths are fixed. A longer value pushes the
// rest of its row to the right.
const (
	wideID     = 20
	wideSample = 6
	wideTask   = 12
	wideMetric = 24
	wideScore  = 20
	wideStatus = 11
)

func tableHeader(explain bool) []byte {
	b := pad(nil, "id", wideID)
	b = pad(b, "sample", wideSample)
	b = pad(b, "task", wideTask)
	b = pad(b, "metric", wideMetric)
	b = pad(b, "score", wideScore)
	b = pad(b, "status", wideStatus)
	if explain {
		b = append(b, "answer; why; "...)
	}
	return append(b, "error\n"...)
}

// appendTableRow appends o as a line of a table for people.
func appendTableRow(dst []byte, o *outcome, explain bool) []byte {
	dst = pad(dst, printable(o.row.ID, 60), wideID)
	dst = pad(dst, strconv.Itoa(o.row.Sample), wideSample)
	dst = pad(dst, printable(o.r.Task, 60), wideTask)
	dst = pad(dst, printable(o.r.Metric, 100), wideMetric)
	score := "-"
	if o.r.Scored() {
		score = string(rollout.AppendNumber(nil, o.r.Value))
	}
	dst = pad(dst, score, wideScore)
	dst = pad(dst, o.r.Status.String(), wideStatus)
	if explain {
		dst = append(dst, printable(o.r.Answer, 60)...)
		dst = append(dst, "; "...)
		for _, s := range o.r.Why {
			dst = append(dst, printable(s.Rule+": "+s.Note, 120)...)
			dst = append(dst, "; "...)
		}
	}
	if o.r.Err != nil {
		dst = append(dst, printable(o.place()+rollout.ErrorText(o.r.Err), 400)...)
	}
	for len(dst) > 0 && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return append(dst, '\n')
}

func pad(dst []byte, s string, width int) []byte {
	dst = append(dst, s...)
	for n := utf8.RuneCountInString(s); n < width; n++ {
		dst = append(dst, ' ')
	}
	return append(dst, "  "...)
}
