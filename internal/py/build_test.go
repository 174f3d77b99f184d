package py

import (
	"fmt"
	"strings"
	"testing"
)

func TestConstructors(t *testing.T) {
	v := NewDict(
		Pair{"a", NewList(NewNull(), NewBool(true), NewBool(false), NewNumberText("-0"), NewNumberText("1e400"))},
		Pair{"b", NewString("it's \"\n\xed\xa0\x80\xff")},
		Pair{"c", NewDict()}, Pair{"d", NewList()},
		Pair{"a", NewNumberText("7")},
		Pair{"c", NewList(NewString(""), NewNumberText("Infinity"))},
	)
	if got, want := v.Raw(), `{"a":7,"b":"it's \"\n\ud800\ufffd","c":["",Infinity],"d":[]}`; got != want {
		t.Errorf("Raw %s, want %s", got, want)
	}
	if got, want := string(AppendStr(nil, v)), "{'a': 7, 'b': 'it\\'s \"\\n\\ud800\xff', 'c': ['', inf], 'd': []}"; got != want {
		t.Errorf("AppendStr %s, want %s", got, want)
	}
	if b, _ := v.Get("b"); b.Str() != "it's \"\n\xed\xa0\x80\xff" || b.Len() != 9 || string(AppendStr(nil, b)) != b.Str() {
		t.Errorf("b is %q", b.Str())
	}
	for _, tt := range []struct {
		v      Value
		truthy bool
	}{
		{NewString(""), false}, {NewString("\x00"), true}, {NewList(), false}, {NewDict(), false}, {NewNull(), false},
		{NewBool(true), true}, {NewNumberText("-0"), false}, {NewNumberText("-0.0"), false}, {NewNumberText("1e-400"), false},
		{NewNumberText("NaN"), true}, {NewNumberText("-Infinity"), true}, {NewList(NewNull()), true},
	} {
		if tt.v.Truthy() != tt.truthy {
			t.Errorf("Truthy of %s = %v", tt.v.Raw(), tt.v.Truthy())
		}
	}
}

func TestAppendJSONString(t *testing.T) {
	for s, want := range map[string]string{
		"":                         `""`,
		"a\"b\\c/<&>":              `"a\"b\\c/<&>"`,
		"\n\t\r\b\f\v\x00\x1f\x7f": `"\n\t\r\b\f\u000b\u0000\u001f` + "\x7f\"",
		"é中😀\u2028\ufffd":          "\"é中😀\u2028\ufffd\"",
		"\xed\xa0\xbd\xed\xb8\x80": `"\ud83d\ude00"`,
		"é\xed\xbf\xbf\ufffd\xff":  `"é\udfff` + "\ufffd" + `\ufffd"`,
	} {
		if got := string(AppendJSONString([]byte("="), s)); got != "="+want {
			t.Errorf("AppendJSONString(%q) %s, want %s", s, got, want)
		}
	}
}

// Constructors copy, so that a caller's slice can be used again.
func TestConstructorsCopy(t *testing.T) {
	items := []Value{NewNull(), NewNull()}
	pairs := []Pair{{"a", NewNull()}, {"b", NewNull()}}
	list, dict := NewList(items...), NewDict(pairs...)
	items[0], pairs[1] = NewBool(true), Pair{"z", NewBool(true)}
	if list.Raw() != "[null,null]" || dict.Raw() != `{"a":null,"b":null}` {
		t.Error(list.Raw(), dict.Raw())
	}
}

func TestConstructorPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"word":  func() { NewNumberText("x") },
		"empty": func() { NewNumberText("") },
		"space": func() { NewNumberText(" 1") },
		"str":   func() { NewNumberText(`"1"`) },
		"zero":  func() { NewNumberText("01") },
		"long":  func() { NewNumberText(strings.Repeat("1", 4301)) },
		"list":  func() { NewList(Value{}) },
		"dict":  func() { NewDict(Pair{"a", Value{}}) },
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.HasPrefix(fmt.Sprint(r), "py: ") {
					t.Errorf("%s: recovered %v", name, r)
				}
			}()
			f()
		}()
	}
}

func TestParseAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the pool of parsers forgets at random under the race detector")
	}
	for _, tt := range []struct {
		doc  string
		most float64
	}{
		{`"a string with an escape\n"`, 0}, {"-12.5", 0}, {"[]", 0}, {`{ }`, 0}, {`[1,2,3]`, 2}, {`{"a":1,"b":"x"}`, 2},
		{`{"response": "x\ny", "ground_truth": {"golden_label": "A"}, "extra_info": {"index": 7}}`, 3},
		{`{"data": [` + strings.Repeat(`["a", 1],`, 1000) + `[]]}`, 32},
	} {
		if n := testing.AllocsPerRun(50, func() { mustParse(tt.doc) }); n > tt.most {
			t.Errorf("Parse(%.60s): %v allocations, want at most %v", tt.doc, n, tt.most)
		}
	}
	v := mustParse(`{"a": "plain text", "i": 123, "b": "x\ny"}`)
	buf := make([]byte, 0, 100)
	if n := testing.AllocsPerRun(50, func() {
		a, _ := v.Get("a")
		i, _ := v.Get("i")
		b, _ := v.Get("b")
		sink, sink = a.Str(), i.IntText()
		buf = AppendStr(buf[:0], b)
	}); n != 0 {
		t.Errorf("access: %v allocations", n)
	}
}

func mustParse(doc string) Value {
	v, err := Parse(doc)
	if err != nil {
		panic(err)
	}
	return v
}
