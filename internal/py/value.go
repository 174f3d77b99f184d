package py

import "strconv"

// Kind is the Python type of a [Value].
type Kind uint8

// The kinds of a value.  Invalid, the zero Kind, is that of no value at all.
const (
	Invalid Kind = iota
	Null         // None
	Bool         // bool
	Int          // int, of any size
	Float        // float
	String       // str
	List         // list
	Dict         // dict
)

var kindNames = [...]string{"invalid", "NoneType", "bool", "int", "float", "str", "list", "dict"}

// String returns the name of the Python type, or "invalid".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}

// InJSON names the kind as messages to users do, in the words of JSON; an
// absent value is "missing".
func (k Kind) InJSON() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "a bool"
	case Int, Float:
		return "a number"
	case String:
		return "a string"
	case List:
		return "a list"
	case Dict:
		return "an object"
	}
	return "missing"
}

// Value is a value of Python's json module: an immutable tree whose strings and
// numbers are views of the source text, decoded when asked for.  The zero Value stands
// for the absence of one.
//
// Values may be copied and used from several goroutines; they must not be compared with
// ==.  Any value keeps the whole source in memory.
type Value struct {
	text string // see form
	node *node  // of List and Dict, nil if empty
	kind Kind
	form form
}

// form says what text holds.
type form uint8

const (
	source  form = iota // the JSON text
	escaped             // the JSON text, a string with at least one backslash
	decoded             // the decoded string, which has no JSON text yet
	built               // nothing: a list or dict without JSON text
)

// node holds what is in a list or dict.
type node struct {
	items []Value
	pairs []Pair
	index map[string]int32 // position in pairs by key; nil if there are few
}

// Pair is one entry of a dict.
type Pair struct {
	Key string
	Val Value
}

// Kind returns the Python type of v, or Invalid.
func (v Value) Kind() Kind { return v.kind }

// Exists reports whether v is a value at all.
func (v Value) Exists() bool { return v.kind != Invalid }

// Raw returns the JSON text of v, "" if v does not exist.  A parsed value returns the
// text it was read from, without copying; a constructed one is rendered at each call.
func (v Value) Raw() string {
	if v.form == decoded || v.form == built {
		return freeze(appendJSON(nil, v))
	}
	return v.text
}

// Str returns the decoded string, or "" unless v is a String.  A pair of surrogate
// escapes is one code point, a lone one is kept (see the package comment).  A string
// without escapes is returned without copying, one with escapes is decoded at each
// call.
func (v Value) Str() string {
	switch {
	case v.kind != String:
		return ""
	case v.form == decoded:
		return v.text
	case v.form == source:
		return v.text[1 : len(v.text)-1]
	}
	return freeze(appendUnescaped(make([]byte, 0, len(v.text)), v.text[1:len(v.text)-1]))
}

// Bool returns the value of a Bool, false for any other kind; see [Value.Truthy].
func (v Value) Bool() bool { return v.kind == Bool && v.text == "true" }

// Float returns the value of an Int or Float, rounded to nearest even, and 0 for any
// other kind.  A number too large is infinite, where Python raises OverflowError on
// float(int).
func (v Value) Float() float64 {
	if v.kind != Int && v.kind != Float {
		return 0
	}
	// The error can only be ErrRange, with the infinity that Python has too.
	f, _ := strconv.ParseFloat(v.text, 64)
	return f
}

// IntText returns str(v) of an Int: its decimal digits, where -0 is 0.  It returns ""
// for any other kind.
func (v Value) IntText() string {
	switch {
	case v.kind != Int:
		return ""
	case v.text == "-0":
		return "0"
	}
	return v.text // the grammar has no other second spelling of an integer
}

// Len returns len(v) of a List, the number of distinct keys of a Dict, the number of
// code points of a String, and 0 for any other kind.
func (v Value) Len() int {
	switch v.kind {
	case List:
		return len(v.Items())
	case Dict:
		return len(v.Pairs())
	case String:
		return RuneCount(v.Str())
	}
	return 0
}

// Items returns the items of a List, nil for any other kind.  The caller must not
// modify them.
func (v Value) Items() []Value {
	if v.node == nil {
		return nil
	}
	return v.node.items
}

// Pairs returns the entries of a Dict in the order of Python, nil for any other kind:
// a key that occurs twice keeps its first place and its last value.  The caller must
// not modify them.
func (v Value) Pairs() []Pair {
	if v.node == nil {
		return nil
	}
	return v.node.pairs
}

// Get returns the value of key in a Dict.  It reports false, with the zero Value, if
// there is no such key or v is not a Dict.
func (v Value) Get(key string) (Value, bool) {
	if v.node == nil {
		return Value{}, false
	}
	if i := v.node.find(key); i >= 0 {
		return v.node.pairs[i].Val, true
	}
	return Value{}, false
}

func (n *node) find(key string) int {
	if n.index != nil {
		if i, ok := n.index[key]; ok {
			return int(i)
		}
		return -1
	}
	for i := range n.pairs {
		if n.pairs[i].Key == key {
			return i
		}
	}
	return -1
}

// Truthy returns Python's bool(v): false for no value, None, False, a zero, and an
// empty string, list or dict.  NaN is true.
func (v Value) Truthy() bool {
	switch v.kind {
	case Bool:
		return v.Bool()
	case Int:
		return v.IntText() != "0"
	case Float:
		return v.Float() != 0
	case String:
		if v.form == decoded {
			return v.text != ""
		}
		return len(v.text) > 2
	case List, Dict:
		return v.node != nil
	}
	return false
}
