package approx

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A Sample is what the values of two expressions at one point say.
type Sample uint8

const (
	Unclear Sample = iota // a value could not be computed
	Agree                 // no difference at the precision used
	Differs               // both have values, which certainly are not equal
	OneSide               // only one of them is real-defined, and they certainly are not equal
	Outside               // neither is real-defined, and they certainly are not equal
	Missing               // one is certainly undefined
)

// Compare compares the values of a and b at a point. Values that are not real
// count as values when complex is set, and when there are no variables.
//
// It evaluates with up to limit bits.
func Compare(a, b *tree.Node, at Point, complex bool, limit uint, bud *budget.Budget) Sample {
	complex = complex || len(at) == 0
	if s, ok := compareFast(a, b, at, complex, bud); ok {
		return s
	}
	s := Unclear
	for prec := uint(64); prec <= limit; prec *= 2 {
		x, realX, errX := evaluate(a, at, prec, bud)
		y, realY, errY := evaluate(b, at, prec, bud)
		switch {
		case (errX == ErrUndefined) != (errY == ErrUndefined):
			return Missing
		case errX != nil && errX != ErrUncertain || errY != nil && errY != ErrUncertain:
			return Unclear
		}
		if errX != nil || errY != nil {
			s = Unclear
			continue
		}
		if !x.Overlaps(y) {
			return kind(realX, realY, complex)
		}
		s = Agree
	}
	return s
}

func kind(realX, realY, complex bool) Sample {
	switch {
	case complex || realX && realY:
		return Differs
	case realX || realY:
		return OneSide
	}
	return Outside
}

func compareFast(a, b *tree.Node, at Point, complex bool, bud *budget.Budget) (Sample, bool) {
	e, f := fastEvaluator{at: at, b: bud}, fastEvaluator{at: at, b: bud}
	x, ok := e.of(a)
	if !ok {
		return Unclear, false
	}
	y, ok := f.of(b)
	if !ok || !x.Different(y) {
		return Unclear, false
	}
	return kind(!e.complex, !f.complex, complex), true
}

// FastDiffer reports a proof in float64 that a and b are not the same: at the
// only point when they have no variables, else at one of a few points.
func FastDiffer(a, b *tree.Node, s *Symbols, seed uint64, bud *budget.Budget) bool {
	if len(s.Names) == 0 {
		k, ok := compareFast(a, b, nil, true, bud)
		return ok && k == Differs
	}
	return fastDiffer(a, b, s, seed, 0, 4, bud)
}

// FastScan is FastDiffer at many points. Expressions that have the same value but
// for a few intervals, like |u| and u, differ at some of them.
func FastScan(a, b *tree.Node, s *Symbols, seed uint64, bud *budget.Budget) bool {
	return fastDiffer(a, b, s, seed, 4, 132, bud)
}

func fastDiffer(a, b *tree.Node, s *Symbols, seed uint64, from, to int, bud *budget.Budget) bool {
	for k := from; k < to; k++ {
		if r, ok := compareFast(a, b, s.Point(k, seed), s.Complex, bud); ok && r == Differs {
			return true
		}
	}
	return false
}
