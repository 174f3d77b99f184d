package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// A Report is what the stages have found so far. It is written after each piece.
type Report struct {
	Build   string    `json:"build"` // hash of the program and its PyTorch side
	Begun   time.Time `json:"begun"`
	Device  gpu.Info  `json:"device"`
	Host    string    `json:"host"`
	Pieces  []*Piece  `json:"pieces"`
	Summary *Summary  `json:"summary,omitempty"`
}

// A Piece is one test or timing.
type Piece struct {
	Stage   string   `json:"stage"`
	Name    string   `json:"name"`
	State   State    `json:"state"`
	Tries   int      `json:"tries,omitempty"` // processes that began it, unless it was one and is done
	Seconds float64  `json:"seconds"`
	Values  []Value  `json:"values,omitempty"`
	Problem []string `json:"problems,omitempty"`
	Notes   []string `json:"notes,omitempty"`
	Bits    string   `json:"bits,omitempty"` // hash of results that other pieces must have too
}

// State is how far a piece is.
type State string

// The states.
const (
	Running State = "running" // or the process ended in it
	Passed  State = "ok"
	Failed  State = "failed"
	Absent  State = "absent" // this machine lacks what it needs
)

// A Value is a measured number.
type Value struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"`
}

// A Summary counts.
type Summary struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
	Absent int `json:"absent"`
}

// add keeps a number. One that is not finite is a problem.
func (p *Piece) add(name string, x float64, unit string) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		p.fail("%s is %v", name, x)
		return
	}
	p.Values = append(p.Values, Value{name, x, unit})
}

// check keeps a number that must not exceed a bound.
func (p *Piece) check(name string, x, most float64) {
	p.add(name, x, "")
	if !(x <= most) {
		p.fail("%s is %.3g, more than %.3g", name, x, most)
	}
}

func (p *Piece) fail(format string, args ...any) {
	p.Problem = append(p.Problem, fmt.Sprintf(format, args...))
}

func (p *Piece) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

// value returns a number that was kept.
func (p *Piece) value(name string) (float64, bool) {
	if p != nil {
		for _, v := range p.Values {
			if v.Name == name {
				return v.Value, true
			}
		}
	}
	return 0, false
}

// piece returns a piece, or nil.
func (r *Report) piece(stage, name string) *Piece {
	for _, p := range r.Pieces {
		if p.Stage == stage && p.Name == name {
			return p
		}
	}
	return nil
}

// drop takes a piece out.
func (r *Report) drop(p *Piece) {
	r.Pieces = slices.DeleteFunc(r.Pieces, func(q *Piece) bool { return q == p })
}

// count sets the summary.
func (r *Report) count() *Summary {
	s := &Summary{}
	for _, p := range r.Pieces {
		switch p.State {
		case Passed:
			s.Passed++
		case Absent:
			s.Absent++
		default:
			s.Failed++
		}
	}
	r.Summary = s
	return s
}

// read returns the report in a file, nil if there is no such file.
func read(file string) (*Report, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := new(Report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s is no report: %w; remove it, or name another with -o", file, err)
	}
	return r, nil
}

// write replaces a file in one step.
func (r *Report) write(file string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", append(text, '\n'), 0o666); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
