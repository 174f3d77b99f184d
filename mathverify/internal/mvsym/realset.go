package mvsym

import "slices"

// A segment is an interval of the real line, or a point.
type segment struct {
	lo, hi         *Value
	loOpen, hiOpen bool
}

// realSet returns a set as disjoint segments in order; false where the order of
// its ends is not known or it is no set of reals.
func (v *verifier) realSet(s *Value) ([]segment, bool) {
	v.b.Use(50)
	switch s.Class {
	case EmptySet:
		return nil, true
	case NamedSet:
		if s.Name == "Reals" {
			return realLine(), true
		}
	case Interval:
		if _, ok := order(s.Args[0], s.Args[1], v.b); !ok {
			return nil, false
		}
		return []segment{{lo: s.Args[0], hi: s.Args[1], loOpen: s.LeftOpen, hiOpen: s.RightOpen}}, true
	case FiniteSet:
		var out []segment
		for _, a := range s.Args {
			if !a.isExpr() || a.isMatrix() || infinitySign(a) != 0 {
				return nil, false
			}
			if _, ok := order(a, a, v.b); !ok {
				return nil, false
			}
			out = append(out, segment{lo: a, hi: a})
		}
		return v.merged(out)
	case Union:
		var out []segment
		for _, a := range s.Args {
			p, ok := v.realSet(a)
			if !ok {
				return nil, false
			}
			out = append(out, p...)
		}
		return v.merged(out)
	case Inter:
		out := realLine()
		for _, a := range s.Args {
			p, ok := v.realSet(a)
			if !ok {
				return nil, false
			}
			if out, ok = v.intersected(out, p); !ok {
				return nil, false
			}
		}
		return out, true
	case Complement:
		a, ok := v.realSet(s.Args[0])
		if !ok {
			return nil, false
		}
		p, ok := v.realSet(s.Args[1])
		if !ok {
			return nil, false
		}
		return v.intersected(a, gaps(p))
	}
	return nil, false
}

func realLine() []segment {
	return []segment{{lo: mk(NegInf), hi: mk(Infinity), loOpen: true, hiOpen: true}}
}

// gaps is the complement of disjoint sorted segments.
func gaps(s []segment) []segment {
	var out []segment
	lo, open := mk(NegInf), true
	for _, x := range s {
		if x.lo.Class != NegInf {
			out = append(out, segment{lo: lo, loOpen: open, hi: x.lo, hiOpen: !x.loOpen})
		}
		lo, open = x.hi, !x.hiOpen
	}
	if lo.Class != Infinity {
		out = append(out, segment{lo: lo, loOpen: open, hi: mk(Infinity), hiOpen: true})
	}
	return out
}

// ends compares two ends; raise leaves when they cannot be ordered.
func (v *verifier) ends(a, b *Value) int {
	c, ok := order(a, b, v.b)
	if !ok {
		raise()
	}
	return c
}

func (v *verifier) merged(s []segment) (out []segment, ok bool) {
	ok = attempt(func() bool {
		slices.SortStableFunc(s, func(a, b segment) int {
			if c := v.ends(a.lo, b.lo); c != 0 {
				return c
			}
			return int(flag(a.loOpen)) - int(flag(b.loOpen))
		})
		for _, x := range s {
			if n := len(out); n > 0 {
				last := &out[n-1]
				c := v.ends(x.lo, last.hi)
				if c < 0 || c == 0 && !(x.loOpen && last.hiOpen) {
					switch d := v.ends(x.hi, last.hi); {
					case d > 0:
						last.hi, last.hiOpen = x.hi, x.hiOpen
					case d == 0:
						last.hiOpen = last.hiOpen && x.hiOpen
					}
					continue
				}
			}
			out = append(out, x)
		}
		return true
	})
	return out, ok
}

func (v *verifier) intersected(a, b []segment) (out []segment, ok bool) {
	ok = attempt(func() bool {
		for _, x := range a {
			for _, y := range b {
				z := x
				if c := v.ends(y.lo, x.lo); c > 0 || c == 0 && y.loOpen {
					z.lo, z.loOpen = y.lo, y.loOpen
				}
				if c := v.ends(y.hi, x.hi); c < 0 || c == 0 && y.hiOpen {
					z.hi, z.hiOpen = y.hi, y.hiOpen
				}
				if c := v.ends(z.lo, z.hi); c < 0 || c == 0 && !z.loOpen && !z.hiOpen {
					out = append(out, z)
				}
			}
		}
		return true
	})
	if !ok {
		return nil, false
	}
	return v.merged(out)
}

// sameRealSets reports whether the symmetric difference is empty.
func (v *verifier) sameRealSets(a, b *Value) bool {
	return attempt(func() bool {
		x, ok := v.realSet(a)
		if !ok {
			return false
		}
		y, ok := v.realSet(b)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if x[i].loOpen != y[i].loOpen || x[i].hiOpen != y[i].hiOpen || v.ends(x[i].lo, y[i].lo) != 0 || v.ends(x[i].hi, y[i].hi) != 0 {
				return false
			}
		}
		return true
	})
}

// value is a set of segments as a value.
func setOf(s []segment) *Value {
	var sets, points []*Value
	for _, x := range s {
		if !x.loOpen && !x.hiOpen && same(x.lo, x.hi) {
			points = append(points, x.lo)
			continue
		}
		sets = append(sets, &Value{Class: Interval, Args: []*Value{x.lo, x.hi}, LeftOpen: x.loOpen, RightOpen: x.hiOpen})
	}
	if len(points) > 0 {
		sets = append(sets, &Value{Class: FiniteSet, Plain: true, Args: points})
	}
	switch len(sets) {
	case 0:
		return mk(EmptySet)
	case 1:
		return sets[0]
	}
	return mk(Union, sets...)
}
