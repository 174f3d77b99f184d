package py

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

func TestParseGolden(t *testing.T) {
	type row struct {
		Doc   wtf
		Error *string
		Pos   int
		Limit string
		Str   wtf
		Type  string
		Bool  bool
		Len   *int
		Items [][2]wtf
	}
	accepted, rejected := 0, 0
	eachGolden(t, "json", 4000, func(row row) {
		doc := string(row.Doc)
		v, err := Parse(doc)
		switch {
		case row.Error != nil:
			rejected++
			var se *SyntaxError
			if !errors.As(err, &se) {
				t.Errorf("Parse(%q) error %v, want %s", doc, err, *row.Error)
			} else if se.Msg != *row.Error || RuneCount(doc[:se.Offset]) != row.Pos {
				t.Errorf("Parse(%q) error %v, want %s at %d", doc, err, *row.Error, row.Pos)
			}
			return
		case row.Limit != "":
			rejected++
			var le *LimitError
			if !errors.As(err, &le) {
				t.Errorf("Parse(%.40q) error %v, want %s", doc, err, row.Limit)
			}
			return
		case err != nil:
			t.Errorf("Parse(%q): %v", doc, err)
			return
		}
		accepted++
		if got := string(AppendStr(nil, v)); got != string(row.Str) {
			t.Errorf("AppendStr of %q = %q, want %q", doc, got, row.Str)
		}
		if v.Kind().String() != row.Type || v.Truthy() != row.Bool {
			t.Errorf("%q is %v, %v, want %s, %v", doc, v.Kind(), v.Truthy(), row.Type, row.Bool)
		}
		if row.Len != nil && v.Len() != *row.Len {
			t.Errorf("Len of %q = %d, want %d", doc, v.Len(), *row.Len)
		}
		if got := strings.Trim(doc, " \t\r\n"); v.Raw() != got {
			t.Errorf("Raw of %q = %q", doc, v.Raw())
		}
		if len(v.Pairs()) != len(row.Items) {
			t.Fatalf("%q has %d pairs, want %d", doc, len(v.Pairs()), len(row.Items))
		}
		for i, p := range v.Pairs() {
			got, ok := v.Get(p.Key)
			if p.Key != string(row.Items[i][0]) || string(AppendStr(nil, p.Val)) != string(row.Items[i][1]) ||
				!ok || got.Raw() != p.Val.Raw() {
				t.Errorf("pair %d of %q is %q, want %q", i, doc, p.Key, row.Items[i])
			}
		}
	})
	t.Logf("%d accepted, %d rejected", accepted, rejected)
	if accepted < 1500 || rejected < 1500 {
		t.Error("the golden does not test both sides")
	}
}

func TestMaxDepthGolden(t *testing.T) {
	type row struct {
		Open, Close string
		Max         int
	}
	eachGolden(t, "depth", 3, func(row row) {
		nest := func(n int) string { return strings.Repeat(row.Open, n) + "0" + strings.Repeat(row.Close, n) }
		if v, err := Parse(nest(row.Max)); err != nil {
			t.Errorf("%d levels of %s: %v", row.Max, row.Open, err)
		} else if got := string(AppendStr(nil, v)); !strings.Contains(got, "0") {
			t.Errorf("%d levels of %s print as %.40s", row.Max, row.Open, got)
		}
		var le *LimitError
		if _, err := Parse(nest(row.Max + 1)); !errors.As(err, &le) {
			t.Errorf("%d levels of %s: %v", row.Max+1, row.Open, err)
		}
		// The limit comes before the syntax error at the end, and memory stays bounded.
		deep := strings.Repeat(row.Open, 1<<20)
		if _, err := Parse(deep); !errors.As(err, &le) || le.Offset > MaxDepth*len(row.Open) {
			t.Errorf("unclosed %s: %v", row.Open, err)
		}
	})
}

// Depth counts what is open at once, not how much there is.
func TestDepthIsOpenLevels(t *testing.T) {
	if _, err := Parse("[" + strings.Repeat("[],{},", 5*MaxDepth) + "[]]"); err != nil {
		t.Error(err)
	}
}

func TestLimitOffset(t *testing.T) {
	_, err := Parse(`[1, ` + strings.Repeat("7", 4301) + `]`)
	var le *LimitError
	if !errors.As(err, &le) || le.Offset != 4 || !strings.Contains(err.Error(), "4300 digits") {
		t.Error(err)
	}
}

// A hundred thousand keys, some of them twice, take linear time and keep their order.
func TestManyKeys(t *testing.T) {
	var b strings.Builder
	const n = 100_000
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.Write(AppendFloat(nil, float64(i%(n/2))))
		b.WriteString(`":`)
		b.WriteString(strconv.Itoa(i))
	}
	b.WriteByte('}')
	v, err := Parse(b.String())
	if err != nil || v.Len() != n/2 {
		t.Fatal(err, v.Len())
	}
	if len(v.node.index) != n/2 {
		t.Fatalf("%d keys indexed", len(v.node.index))
	}
	for i, p := range v.Pairs() {
		if p.Key != string(AppendFloat(nil, float64(i))) || p.Val.Float() != float64(i+n/2) {
			t.Fatalf("pair %d is %q: %s", i, p.Key, p.Val.Raw())
		}
	}
	if _, ok := v.Get("x"); ok {
		t.Error("found a missing key")
	}
}

func TestValueAccessors(t *testing.T) {
	doc, err := Parse(`{"n": null, "t": true, "f": false, "i": -12, "z": -0, "x": 2.50, "s": "a\nb", "p": "plain", "l": [1, "2"], "d": {"k": 1}, "big": ` +
		strings.Repeat("9", 400) + `}`)
	if err != nil {
		t.Fatal(err)
	}
	get := func(key string) Value {
		v, ok := doc.Get(key)
		if !ok || !v.Exists() {
			t.Fatalf("no %q", key)
		}
		return v
	}
	for _, tt := range []struct {
		key     string
		kind    Kind
		str     string
		intText string
		f       float64
		b       bool
		n       int
		raw     string
	}{
		{"n", Null, "", "", 0, false, 0, "null"},
		{"t", Bool, "", "", 0, true, 0, "true"},
		{"f", Bool, "", "", 0, false, 0, "false"},
		{"i", Int, "", "-12", -12, false, 0, "-12"},
		{"z", Int, "", "0", 0, false, 0, "-0"},
		{"x", Float, "", "", 2.5, false, 0, "2.50"},
		{"s", String, "a\nb", "", 0, false, 3, `"a\nb"`},
		{"p", String, "plain", "", 0, false, 5, `"plain"`},
		{"l", List, "", "", 0, false, 2, `[1, "2"]`},
		{"d", Dict, "", "", 0, false, 1, `{"k": 1}`},
	} {
		v := get(tt.key)
		if v.Kind() != tt.kind || v.Str() != tt.str || v.IntText() != tt.intText || v.Float() != tt.f ||
			v.Bool() != tt.b || v.Len() != tt.n || v.Raw() != tt.raw {
			t.Errorf("%s: %v %q %q %v %v %d %q", tt.key, v.Kind(), v.Str(), v.IntText(), v.Float(), v.Bool(), v.Len(), v.Raw())
		}
		if (v.Items() != nil) != (tt.kind == List) || (v.Pairs() != nil) != (tt.kind == Dict) {
			t.Errorf("%s: Items %v, Pairs %v", tt.key, v.Items(), v.Pairs())
		}
	}
	if f := get("big").Float(); f <= 1e308 {
		t.Errorf("Float of 400 nines = %v", f)
	}
	var none Value
	if none.Exists() || none.Truthy() || none.Kind() != Invalid || none.Raw() != "" || none.Str() != "" || none.Len() != 0 ||
		none.Items() != nil || none.Pairs() != nil || len(AppendStr(nil, none)) != 0 {
		t.Error("the zero Value is something")
	}
	if v, ok := none.Get(""); ok || v.Exists() {
		t.Error("the zero Value has a key")
	}
	if Invalid.String() != "invalid" || Null.String() != "NoneType" || Kind(99).String() != "Kind(99)" {
		t.Error(Invalid, Null, Kind(99))
	}
}

// A later change of the parser's stacks must not reach values already returned.
func TestValuesOutliveParser(t *testing.T) {
	doc := `{"a": [1, [2, 3], {"b": "c"}], "d": {}}`
	v, err := Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := string(AppendStr(nil, v))
	for range 50 {
		if _, err := Parse(`[[9,9,9],{"z":[9,9]},[9,9,9,9,9,9,9,9]`); err == nil {
			t.Fatal("accepted")
		}
		if _, err := Parse(`[[9,9,9],{"z":[9,9],"y":9},[9,9,9,9,9,9,9,9]]`); err != nil {
			t.Fatal(err)
		}
	}
	if got := string(AppendStr(nil, v)); got != want {
		t.Errorf("%s became %s", want, got)
	}
}

// Lists and dicts of one document share blocks of memory, but not capacity.
func TestAppendToItems(t *testing.T) {
	v := mustParse(`[[1], [2], {"a": 3}, {"b": 4}]`)
	want := string(AppendStr(nil, v))
	for _, item := range v.Items() {
		_ = append(item.Items(), NewNull())
		_ = append(item.Pairs(), Pair{"z", NewNull()})
	}
	if got := string(AppendStr(nil, v)); got != want {
		t.Errorf("%s became %s", want, got)
	}
}

// A parser in the pool holds on to no document, accepted or not.
func TestParserForgets(t *testing.T) {
	for _, doc := range []string{`{"a": [1, [2, 3], {"b": "c"}], "d": {}}`, `[1, 2, {"a": 1, "b": [3, 4`} {
		p := new(parser)
		p.src = doc
		_, _ = p.document()
		p.reset()
		for _, item := range p.items[:cap(p.items)] {
			if item.Exists() {
				t.Errorf("%s: item %s kept", doc, item.Raw())
			}
		}
		for _, pair := range p.pairs[:cap(p.pairs)] {
			if pair.Val.Exists() {
				t.Errorf("%s: pair %s kept", doc, pair.Key)
			}
		}
		if cap(p.items) == 0 || p.src != "" || p.pos != 0 || p.depth != 0 || p.itemMem.free != nil || p.pairMem.free != nil || p.nodeMem.free != nil {
			t.Errorf("%s: %+v", doc, p)
		}
	}
}
