package scalar

import (
	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/rules"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// Order compares two real constants, ±∞ included: -1, 0 or 1. It is not certain
// for expressions with variables, numbers that are not real, and where the
// budget or the proof of equality fails. A bare log must have its base by
// Options.LogBase; Auto orders only what both readings order alike.
func Order(a, b *tree.Node, o Options, bud *budget.Budget) (c int, certain bool) {
	if bud.Within(bud.Left(), func() { c, certain = order(a, b, o, bud) }) != nil || !certain {
		return 0, false
	}
	return c, certain
}

func order(a, b *tree.Node, o Options, bud *budget.Budget) (int, bool) {
	x, errX := approx.Rational(a, bud)
	y, errY := approx.Rational(b, bud)
	if errX == nil && errY == nil {
		return x.Cmp(y), true
	}
	h := look(a) | look(b)
	if h&reducible != 0 {
		a, b = rules.Reduce(a, bud), rules.Reduce(b, bud)
		h = look(a) | look(b)
	}
	switch {
	case h&foreign != 0:
		return 0, false
	case h&unbounded != 0:
		s, t := infinite(a, bud), infinite(b, bud)
		if s == 2 || t == 2 || s == 0 && !finite(a, bud) || t == 0 && !finite(b, bud) {
			return 0, false
		}
		return sign(s - t), true
	case h&bareLog != 0 && o.LogBase == Auto:
		c, ok := order(readLog(a, E), readLog(b, E), o, bud)
		d, ok2 := order(readLog(a, Ten), readLog(b, Ten), o, bud)
		return c, ok && ok2 && c == d
	case h&bareLog != 0:
		return order(readLog(a, o.LogBase), readLog(b, o.LogBase), o, bud)
	}
	if len(tree.Free(a)) > 0 || len(tree.Free(b)) > 0 {
		return 0, false
	}
	c, certain := 0, false
	bud.Within(bud.Left()/2, func() { c, certain = approx.Order(a, b, nil, bud) })
	if certain {
		return c, true
	}
	v, _ := ladder(a, b, Options{LogBase: o.LogBase}, bud)
	return 0, v == tri.Equal && approx.IsReal(a, bud)
}

func sign(x int) int {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}
