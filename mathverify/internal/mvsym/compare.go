package mvsym

import (
	"cmp"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// sets is sympy_compare_sets.
func (v *verifier) sets(gold, answer *Value) bool {
	g, a := asCollection(gold), asCollection(answer)
	if g.Class == Interval && a.Class == Interval {
		return g.LeftOpen == a.LeftOpen && g.RightOpen == a.RightOpen &&
			v.equal(g.Args[0], a.Args[0], false) && v.equal(g.Args[1], a.Args[1], false)
	}
	if same(g, a) {
		return true
	}
	// What is compared with the empty set stays as written, and only intervals
	// know by themselves that they have no elements.
	empty := g.Class == EmptySet || a.Class == EmptySet
	if g.isSet() && a.isSet() && !empty && v.sameRealSets(g, a) {
		return true
	}
	finite := func(w *Value) bool { return w.Class == FiniteSet || w.Class == Tuple }
	pair := func(w *Value) (*Value, bool) {
		if w.Class != Interval || !w.LeftOpen || !w.RightOpen {
			return nil, false
		}
		return mk(Tuple, w.Args...), true
	}
	if finite(g) && finite(a) {
		return v.collections(g, a)
	}
	if t, ok := pair(g); ok && finite(a) && size(a) == 2 {
		return v.collections(t, a)
	}
	if t, ok := pair(a); ok && finite(g) && size(g) == 2 {
		return v.collections(g, t)
	}
	return false
}

func asCollection(v *Value) *Value {
	if v.isSet() || v.Class == Tuple {
		return v
	}
	if !v.isExpr() && v.Class != Bool && !v.isRelational() && v.Class != And && v.Class != Not {
		raise()
	}
	return &Value{Class: FiniteSet, Plain: true, Args: []*Value{v}}
}

// size is len of a set or tuple.
func size(v *Value) int { return len(v.canonicalArgs()) }

// collections is sympy_deep_compare_set_and_tuple.
func (v *verifier) collections(gold, answer *Value) bool {
	if size(gold) != size(answer) {
		return false
	}
	var g, a []*Value
	switch {
	case gold.Class == FiniteSet:
		g, a = v.sorted(gold.canonicalArgs()), v.sorted(answer.canonicalArgs())
	case answer.Class == FiniteSet && !answer.Plain:
		g, a = gold.Args, answer.Args
		if len(g) != len(a) {
			raise() // duplicates are still there in the order of writing
		}
	case answer.Class == FiniteSet:
		g, a = gold.Args, v.sorted(answer.canonicalArgs())
	default:
		g, a = gold.Args, answer.Args
	}
	for i := range g {
		if !v.equal(g[i], a[i], false) {
			return false
		}
	}
	return true
}

// A sortKey orders values as sympy's default_sort_key does after evaluation, as
// far as elements of sets need it.
type sortKey struct {
	class    int
	text     string
	exponent float64
	value    float64
}

func (v *verifier) sorted(vs []*Value) []*Value {
	type entry struct {
		key sortKey
		v   *Value
	}
	es := make([]entry, len(vs))
	for i, w := range vs {
		es[i] = entry{v.sortKey(w), w}
	}
	slices.SortStableFunc(es, func(x, y entry) int {
		return cmp.Or(x.key.class-y.key.class, strings.Compare(x.key.text, y.key.text),
			cmp.Compare(x.key.exponent, y.key.exponent), cmp.Compare(x.key.value, y.key.value))
	})
	out := make([]*Value, len(vs))
	for i, e := range es {
		out[i] = e.v
	}
	return out
}

func (v *verifier) sortKey(w *Value) sortKey {
	if isAssignment(w) {
		w = lastRelation(w).Args[1]
	}
	if x, ok := floatValue(w, v.b); ok {
		return sortKey{class: 1, value: x}
	}
	if !w.isExpr() || w.isMatrix() {
		return sortKey{class: 10 + int(w.Class), text: structure(w)}
	}
	w = canonical(w, v.b)
	// The coefficient and the exponent count after what they belong to.
	factor, rest := splitFactor(w)
	k := sortKey{value: 1}
	if isFinite(factor) {
		k.value, _ = factor.Rat.Float64()
	}
	if rest.Class == Pow && rest.Args[0].Class != E {
		if isFinite(rest.Args[1]) {
			k.exponent, _ = rest.Args[1].Rat.Float64()
		}
		rest = rest.Args[0]
	} else {
		k.exponent = 1
	}
	k.text = structure(rest)
	switch rest.Class {
	case Symbol:
		k.class, k.text = 2, rest.Name
	case Mul:
		k.class = 3
	case Add:
		k.class = 4
	default:
		k.class = 6
	}
	return k
}

// structure is a text by which values of one class are ordered.
func structure(v *Value) string {
	var sb strings.Builder
	writeStructure(&sb, v)
	return sb.String()
}

func writeStructure(sb *strings.Builder, v *Value) {
	sb.WriteByte(byte('0' + v.Class))
	if v.Rat != nil {
		sb.WriteString(v.Rat.RatString())
	}
	sb.WriteString(v.Name)
	for _, a := range v.canonicalArgs() {
		writeStructure(sb, a)
	}
	sb.WriteByte('.')
}

// floatValue is the value of a real constant.
func floatValue(v *Value, b *budget.Budget) (float64, bool) {
	if v.Rat != nil {
		x, _ := v.Rat.Float64()
		return x, true
	}
	if !constant(v) || !v.isExpr() || v.isMatrix() || hasInfinity(v) {
		return 0, false
	}
	t, ok := toTree(v, b)
	if !ok {
		return 0, false
	}
	z, err := approx.Eval(t, nil, startBits, b)
	if err != nil || !z.IsReal() {
		return 0, false
	}
	return z.Re.Float64(), true
}
