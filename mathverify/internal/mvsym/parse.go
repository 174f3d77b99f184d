package mvsym

import (
	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/mvtext"
)

// Parse is the reference's parse with fallback: the value of the first
// candidate that has one, and the string of the first candidate of all. It may
// return either alone, or nothing.
func Parse(text string, c mvtext.Config, b *budget.Budget) []*Value {
	var value, fallback *Value
	b.Use(int64(len(text) / 4))
	for cand := range mvtext.Candidates(text, c) {
		b.Use(candidateSteps)
		if cand.Fatal {
			return nil
		}
		v, parsed := candidate(&cand, c, b)
		if s := cand.Fallback(parsed); s != "" && fallback == nil {
			fallback = named(Text, s)
		}
		if v != nil {
			value = v
			break
		}
		if c.FirstMatch {
			break
		}
	}
	var out []*Value
	if value != nil {
		out = append(out, value)
	}
	if fallback != nil {
		out = append(out, fallback)
	}
	return out
}

// candidateSteps is what finding one match costs.
const candidateSteps = 400

// parseSteps is the share of the budget that one candidate may use.
const parseSteps = 1_500_000

// candidate parses one match; parsed says that all of its parts had values.
func candidate(cand *mvtext.Candidate, c mvtext.Config, b *budget.Budget) (v *Value, parsed bool) {
	switch cand.Kind {
	case mvtext.Literal:
		text := cand.Parts[0].Text
		if c.String.Lowercase {
			text = py.Lower(text)
		}
		return named(Text, text), true
	case mvtext.Number:
		v, ok := newNumber(cand.Parts[0].Text)
		if ok && cand.Parts[0].Percent {
			v = toPercent(v)
		}
		return v, ok
	case mvtext.Arithmetic:
		return ParseArithmetic(cand.Parts[0].Text)
	}
	values := make([]*Value, len(cand.Parts))
	parsed = true
	for i, part := range cand.Parts {
		var w *Value
		ok := false
		b.Use(int64(len(part.Text) / 2))
		b.Within(parseSteps, func() { w, ok = ParseLatex(part.Text, b) })
		if ok && part.Percent {
			if !w.isExpr() {
				ok = false
			} else {
				w = toPercent(w)
			}
		}
		if ok {
			values[i] = w
		}
		parsed = parsed && ok
	}
	if len(values) == 1 || !parsed {
		return values[0], parsed
	}
	var all []*Value
	for _, w := range values {
		if w.Class == FiniteSet && !w.Plain {
			all = append(all, w.canonicalArgs()...)
		} else {
			all = append(all, w)
		}
	}
	return mk(FiniteSet, all...), true
}
