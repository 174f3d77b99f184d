package py

// NewNull returns None.
func NewNull() Value { return Value{kind: Null, text: "null"} }

// NewBool returns True or False.
func NewBool(b bool) Value {
	if b {
		return Value{kind: Bool, text: "true"}
	}
	return Value{kind: Bool, text: "false"}
}

// NewString returns the str s.
func NewString(s string) Value { return Value{kind: String, form: decoded, text: s} }

// NewNumberText returns the Int or Float that raw spells in JSON, or NaN, Infinity or
// -Infinity.  It panics if raw is anything else, or an integer too long for Python.
func NewNumberText(raw string) Value {
	v, err := Parse(raw)
	if err != nil || v.kind != Int && v.kind != Float || len(v.text) != len(raw) {
		panic("py: not a JSON number: " + string(AppendRepr(nil, raw)))
	}
	return v
}

// NewList returns a list of items, which it copies.
func NewList(items ...Value) Value {
	v := Value{kind: List, form: built}
	if len(items) > 0 {
		mustExist(items)
		v.node = &node{items: append([]Value(nil), items...)}
	}
	return v
}

// NewDict returns a dict of pairs, which it copies.  A key that occurs twice keeps its
// first place and its last value.
func NewDict(pairs ...Pair) Value {
	v := Value{kind: Dict, form: built}
	if len(pairs) > 0 {
		for i := range pairs {
			mustExist([]Value{pairs[i].Val})
		}
		v.node = &node{}
		v.node.setPairs(append([]Pair(nil), pairs...))
	}
	return v
}

func mustExist(values []Value) {
	for i := range values {
		if !values[i].Exists() {
			panic("py: the zero Value inside a list or dict")
		}
	}
}

// fewPairs is how many pairs a dict may have before it gets an index.  A scan of that
// many keys costs no more than a lookup, and the bound keeps a dict with many keys from
// taking quadratic time.
const fewPairs = 12

// setPairs makes pairs, which it takes over, the entries of n.
func (n *node) setPairs(pairs []Pair) {
	if len(pairs) > fewPairs {
		n.index = make(map[string]int32, len(pairs))
	}
	n.pairs = pairs[:0]
	for _, p := range pairs {
		if i := n.find(p.Key); i >= 0 {
			n.pairs[i].Val = p.Val
			continue
		}
		if n.index != nil {
			n.index[p.Key] = int32(len(n.pairs))
		}
		n.pairs = append(n.pairs, p)
	}
	n.pairs = n.pairs[:len(n.pairs):len(n.pairs)]
}
