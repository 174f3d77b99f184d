package py

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse compares Parse with encoding/json.  The two accept the same documents but
// for NaN and the infinities, which only Python takes, and Python's two limits; and they
// read the same values but for surrogate escapes and bytes that are not UTF-8.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,2.5,-0,1e400,NaN,null,true,{"x":"é'\ud800\n"}],"b":1,"a":2,"c":{}}`, `"\ud83d\ude00"`, `[1,]`, `1.`,
		`"\u12`, "\ufeff1", `{"a" : {} , "b":[[]]}`, `-Infinity`, `[-]`, "\"\xff\xed\xa0\x80\"", `01`, "[\"a\tb\"]",
		strings.Repeat("[", MaxDepth+1), strings.Repeat("1", maxDigits+1), ` {"k":"` + strings.Repeat("v\\n", 20) + `"} `,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		v, err := Parse(doc)
		if err != nil {
			checkError(t, doc, err)
			return
		}
		str := string(AppendStr(nil, v))
		again, err := Parse(v.Raw())
		if err != nil || string(AppendStr(nil, again)) != str || again.Truthy() != v.Truthy() || again.Len() != v.Len() {
			t.Fatalf("%q reads differently from its own text: %v", doc, err)
		}
		rebuilt := rebuild(v)
		if again, err = Parse(rebuilt.Raw()); err != nil {
			t.Fatalf("%q rebuilt as %q: %v", doc, rebuilt.Raw(), err)
		} else if got := string(AppendStr(nil, again)); utf8.ValidString(str) && utf8.ValidString(doc) && got != str {
			t.Fatalf("%q rebuilt as %q reads %q, want %q", doc, rebuilt.Raw(), got, str)
		}
		if strings.Contains(doc, "NaN") || strings.Contains(doc, "Infinity") {
			return
		}
		if !json.Valid([]byte(doc)) {
			t.Fatalf("%q accepted, encoding/json rejects it", doc)
		}
		if !utf8.ValidString(doc) || strings.Contains(strings.ToLower(doc), `\ud`) {
			return
		}
		dec := json.NewDecoder(strings.NewReader(doc))
		dec.UseNumber()
		var want any
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("%q: encoding/json: %v", doc, err)
		}
		if !sameValue(v, want) {
			t.Fatalf("%q is %s, want %v", doc, str, want)
		}
	})
}

func checkError(t *testing.T, doc string, err error) {
	var se *SyntaxError
	var le *LimitError
	switch {
	case errors.As(err, &se):
		if se.Offset < 0 || se.Offset > len(doc) || se.Msg == "" {
			t.Fatalf("%q: error at %d of %d", doc, se.Offset, len(doc))
		}
		if json.Valid([]byte(doc)) {
			t.Fatalf("%q rejected (%v), encoding/json accepts it", doc, err)
		}
	case errors.As(err, &le):
		if le.Offset < 0 || le.Offset >= len(doc) || len(doc) <= MaxDepth {
			t.Fatalf("%q: %v", doc, err)
		}
	default:
		t.Fatalf("%q: %T", doc, err)
	}
}

// rebuild makes v anew with the constructors.
func rebuild(v Value) Value {
	switch v.Kind() {
	case Null:
		return NewNull()
	case Bool:
		return NewBool(v.Bool())
	case String:
		return NewString(v.Str())
	case List:
		var items []Value
		for _, item := range v.Items() {
			items = append(items, rebuild(item))
		}
		return NewList(items...)
	case Dict:
		var pairs []Pair
		for _, p := range v.Pairs() {
			pairs = append(pairs, Pair{p.Key, rebuild(p.Val)})
		}
		return NewDict(pairs...)
	}
	return NewNumberText(v.Raw())
}

// sameValue compares v with what encoding/json made of its text.
func sameValue(v Value, want any) bool {
	switch want := want.(type) {
	case nil:
		return v.Kind() == Null
	case bool:
		return v.Kind() == Bool && v.Bool() == want
	case string:
		return v.Kind() == String && v.Str() == want && v.Len() == utf8.RuneCountInString(want)
	case json.Number:
		isFloat := strings.ContainsAny(want.String(), ".eE")
		f, _ := want.Float64()
		return v.Raw() == want.String() && v.Float() == f && (v.Kind() == Float) == isFloat && (v.Kind() == Int) == !isFloat
	case []any:
		return v.Kind() == List && slices.EqualFunc(v.Items(), want, sameValue)
	case map[string]any:
		if v.Kind() != Dict || v.Len() != len(want) {
			return false
		}
		for _, p := range v.Pairs() {
			w, ok := want[p.Key]
			if !ok || !sameValue(p.Val, w) {
				return false
			}
		}
		return true
	}
	return false
}

// FuzzText compares the text functions with their plain forms, on any bytes.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		"", " a  b ", "Hello, WORLD  of\tGo \n", "\u2003x\u3000 y\x85z\xa0", "ΑΣ Σ aΣ.b ΟΔΟΣ", "İSTANBUL ẞ", "\xed\xa0\x80\xed\xb0\x80 \xff\xe2\x80",
		"1234567 89 ", "aaaaaaa \x01bbbb", "aaaaaaa\x01 b  c", "中文，。 Москва  ", "0123456\xc2\x85", " \x1f", "\u1680\u202f\u205f\u2028",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if err := textError(s); err != nil {
			t.Fatal(err)
		}
	})
}

// textError returns what is wrong with the text functions on s.
func textError(s string) error {
	words := plainFields(s)
	if got := AppendFields(nil, s); !slices.Equal(got, words) {
		return fmt.Errorf("AppendFields(%q) = %q, want %q", s, got, words)
	}
	for _, c := range []struct{ name, got, want string }{
		{"CollapseSpace", CollapseSpace(s), strings.Join(words, " ")},
		{"AppendCollapsed", string(AppendCollapsed(nil, s)), strings.Join(words, " ")},
		{"Strip", Strip(s), plainStrip(s)},
		{"Lower", Lower(s), plainCase(&lowerMap, s)},
		{"Casefold", Casefold(s), plainCase(&foldMap, s)},
	} {
		if c.got != c.want {
			return fmt.Errorf("%s(%q) = %q, want %q", c.name, s, c.got, c.want)
		}
	}
	if got := RuneCount(s); got != len(runesOf(s)) {
		return fmt.Errorf("RuneCount(%q) = %d", s, got)
	}
	quoted := AppendJSONString(nil, s)
	v, err := Parse(string(quoted))
	switch {
	case err != nil:
		return fmt.Errorf("AppendJSONString(%q) = %q: %w", s, quoted, err)
	case !utf8.Valid(quoted) || !json.Valid(quoted):
		return fmt.Errorf("AppendJSONString(%q) = %q", s, quoted)
	case wellFormed(s) && v.Str() != s:
		return fmt.Errorf("%q quoted as %q reads %q", s, quoted, v.Str())
	}
	if r := AppendRepr(nil, s); len(r) < 2 || utf8.ValidString(s) && !utf8.Valid(r) {
		return fmt.Errorf("AppendRepr(%q) = %q", s, r)
	}
	return nil
}
