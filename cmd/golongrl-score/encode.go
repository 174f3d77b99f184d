package main

import (
	"fmt"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// outcome is a row with its judgement.
type outcome struct {
	row  *rollout.Row
	file string
	r    scoring.Result
}

// place is where o stands, "file:line: ".
func (o *outcome) place() string { return fmt.Sprintf("%s:%d: ", o.file, o.row.Line) }

// appendRow appends o as one line of JSON.
func appendRow(dst []byte, o *outcome, explain bool) []byte {
	place := ""
	if o.r.Err != nil {
		place = o.place()
	}
	return append(rollout.AppendResult(dst, place, o.row, &o.r, explain), '\n')
}
