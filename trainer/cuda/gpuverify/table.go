package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// line is what is said of a piece when it is done.
func line(p *Piece) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-7s %s/%s", p.State, p.Stage, p.Name)
	for _, v := range p.Values {
		fmt.Fprintf(&b, "  %s %s", v.Name, number(v))
	}
	for _, t := range slices.Concat(p.Problem, p.Notes) {
		b.WriteString("\n        " + strings.ReplaceAll(t, "\n", "\n        "))
	}
	return b.String()
}

// number prints three digits, with the unit.
func number(v Value) string {
	x := fmt.Sprintf("%.3g", v.Value)
	if a := math.Abs(v.Value); a >= 1000 && a < 1e9 {
		x = fmt.Sprintf("%.0f", v.Value)
	}
	if v.Unit == "" || strings.HasSuffix(v.Name, v.Unit) {
		return x
	}
	return x + " " + v.Unit
}

// table prints the report as one table in Markdown. Of the stage of kernels, which
// has hundreds of pieces, it has a line for each operation.
func table(w io.Writer, r *Report) {
	d := r.Device
	kind := fmt.Sprintf("compute capability %d.%d, %d multiprocessors, %.1f GiB, driver for CUDA %s", d.Major, d.Minor, d.SMs, float64(d.Memory)/(1<<30), d.Driver)
	if d.Emulated {
		kind = "an emulation on the CPU, whose times mean nothing"
	}
	fmt.Fprintf(w, "\n%s: %s; %s; build %.12s; %s\n", d.Name, kind, r.Host, r.Build, r.Begun.Format("2006-01-02"))
	for _, l := range d.Libraries {
		fmt.Fprintf(w, "%s\n", l)
	}
	fmt.Fprint(w, "\n| stage | piece | state | seconds | numbers |\n|---|---|---|---|---|\n")
	for _, p := range folded(r.Pieces) {
		var cells []string
		for _, v := range p.Values {
			cells = append(cells, v.Name+" "+number(v))
		}
		fmt.Fprintf(w, "| %s | %s | %s | %.1f | %s |\n", p.Stage, p.Name, p.State, p.Seconds, strings.Join(cells, ", "))
	}
	ratios(w, r)
	first := true
	for _, p := range r.Pieces {
		for _, t := range p.Problem {
			if first {
				fmt.Fprint(w, "\nProblems:\n\n")
				first = false
			}
			text, _, _ := strings.Cut(t, "\n")
			fmt.Fprintf(w, "- %s/%s: %s\n", p.Stage, p.Name, text)
		}
	}
	s := r.count()
	fmt.Fprintf(w, "\n%d ok, %d failed, %d absent\n", s.Passed, s.Failed, s.Absent)
}

// folded returns the pieces with those of the stage of kernels joined by the first
// part of their name.
func folded(all []*Piece) []*Piece {
	var out []*Piece
	at := map[string]*Piece{}
	worst := map[*Piece]float64{}
	count := map[*Piece]int{}
	for _, p := range all {
		if p.Stage != stageKernels {
			out = append(out, p)
			continue
		}
		op, _, _ := strings.Cut(p.Name, "/")
		f := at[op]
		if f == nil {
			f = &Piece{Stage: p.Stage, Name: op, State: Passed}
			at[op] = f
			out = append(out, f)
		}
		count[f]++
		f.Seconds += p.Seconds
		if x, ok := p.value("worst"); ok {
			worst[f] = max(worst[f], x)
		}
		if p.State != Passed {
			f.State = p.State
		}
	}
	for f, n := range count {
		f.Values = []Value{{"cases", float64(n), ""}, {"worst", worst[f], "of what is permitted"}}
	}
	order := func(p *Piece) int { return slices.Index(stages, p.Stage) }
	slices.SortStableFunc(out, func(a, b *Piece) int { return cmp.Compare(order(a), order(b)) })
	return out
}
