package iou

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
)

func TestRows(t *testing.T) {
	tests := []struct {
		gold, pred string
		want       float64
	}{
		{"a b", "a b", 1},
		{"a b", "b a", 1},
		{"a b", "a c", 1.0 / 3},
		{"a a b", "a b", 2.0 / 3},
		{"a a", "a a a", 2.0 / 3},
		{"a", "b", 0},
		{"", "", 0},
		{"a", "", 0},
		{"", "a", 0},
	}
	for _, tt := range tests {
		g, p := strings.Fields(tt.gold), strings.Fields(tt.pred)
		if got := Rows(g, p); got != tt.want {
			t.Errorf("Rows(%q, %q) = %v, want %v", g, p, got, tt.want)
		}
	}
}

// The scores of this table come from the reference under Python 3.11.
func TestReference(t *testing.T) {
	tests := []struct {
		gold, pred string
		want       float64
		fails      bool
	}{
		{`{"data":[[1,"a"]]}`, `{"data":[["1","a"]]}`, 1, false},
		{`{"data":[["1.0"],["2"]]}`, `{"data":[["1"],["2"]]}`, 1.0 / 3, false},
		{`{"columns":["x"],"data":[[1]]}`, `{"columns":["y"],"data":[[1]]}`, 1, false},
		{`{"data":[[1,2]]}`, `{"data":[[2,1]]}`, 0, false},
		{`{"data":[{"a":1,"b":2}]}`, `{"data":[{"b":2,"a":1}]}`, 0, false},
		{`{"data":[{"a":1,"b":2}]}`, `{"data":["{'a': 1, 'b': 2}"]}`, 1, false}, // str() of a dict
		{`{"data":["('1',)"]}`, `{"data":[[1]]}`, 0, false},                     // a tuple is no str
		{`{"data":["()"]}`, `{"data":[[]]}`, 0, false},
		{`{"data":[[]]}`, `{"data":[[]]}`, 1, false},
		{`{"data":[["a","b"]]}`, `{"data":[["a, b"]]}`, 0, false},
		{`{"data":[true,null,1.50,1e400,NaN]}`, `{"data":["True","None","1.5","inf","nan"]}`, 1, false},
		{`{"data":[[[1,"x"]]]}`, `{"data":[["[1, 'x']"]]}`, 1, false},
		{`{"data":"ab"}`, `{"data":["a","b"]}`, 1, false},
		{`{"data":"a\ud800"}`, `{"data":["a","\ud800"]}`, 1, false},
		{`{"data":{"a":1,"b":2}}`, `{"data":["a","b"]}`, 1, false},
		{`{"data":[]}`, `{"data":[]}`, 0, false},
		{`{}`, `{}`, 0, false},
		{`[1]`, `{"data":[1]}`, 0, false},
		{`null`, `{"data":[1]}`, 0, false},
		{`{"data":[1]}`, `[1]`, 0, false},
		{`{"data":[1]}`, `not json`, 0, false},
		{`{"data":[1]}`, `{"data":null}`, 0, false},
		{`not json`, `{"data":[1]}`, 0, false},
		{`{"data":null}`, `{"data":"x"}`, 0, false}, // the prediction is looked at first
		{`{"data":null}`, `{"data":[1]}`, 0, true},
		{`{"data":null}`, `{}`, 0, true},
		{`{"data":null}`, `not json`, 0, true},
		{`{"data":3}`, `{"data":[1]}`, 0, true},
		{`{"data":true}`, `{"data":[1]}`, 0, true},
		{`{"data":[1]}`, `{"data":` + strings.Repeat("9", 5000) + `}`, 0, true},
		{`{"data":[1]}`, `x` + strings.Repeat("9", 5000), 0, false},
		{`{"data":` + strings.Repeat("[", 1100) + strings.Repeat("]", 1100) + `}`, `{"data":[1]}`, 0, true},
		{`{"data":[1]}`, `{"data":` + strings.Repeat("[", 100_000), 0, true},
	}
	for _, tt := range tests {
		got, err := Reference(tt.gold, tt.pred)
		if got != tt.want || (err != nil) != tt.fails {
			t.Errorf("Reference(%.60s, %.60s) = %v, %v, want %v, failure %v", tt.gold, tt.pred, got, err, tt.want, tt.fails)
		}
		if err != nil && !errors.Is(err, ErrReference) {
			t.Errorf("Reference(%.60s, %.60s): %v does not wrap ErrReference", tt.gold, tt.pred, err)
		}
	}
}

func TestReferenceKeyIsInjective(t *testing.T) {
	rows := []string{
		`[]`, `[""]`, `["",""]`, `["a"]`, `["a",""]`, `["","a"]`, `["ab"]`, `["a","b"]`, `"a"`, `""`, `"[]"`, `[[]]`,
		`{}`, `[{}]`, `"('a',)"`, `["a\u0000"]`, `["\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000a"]`, `"lab"`, `"l"`,
	}
	seen := map[string]string{}
	for _, src := range rows {
		v, err := py.Parse(src)
		if err != nil {
			t.Fatal(err)
		}
		key := string(ReferenceKey(nil, v))
		if other, dup := seen[key]; dup {
			t.Errorf("%s and %s share the key %q", src, other, key)
		}
		seen[key] = src
	}
}

func TestTables(t *testing.T) {
	tests := []struct {
		name       string
		gold, pred string
		want       float64
	}{
		{"same", `{"columns":["a","b"],"data":[[1,2]]}`, `{"columns":["a","b"],"data":[[1,2]]}`, 1},
		{"columns reordered", `{"columns":["a","b"],"data":[[1,2],[3,4]]}`, `{"columns":["b","a"],"data":[[2,1],[4,3]]}`, 1},
		{"columns swapped, cells not", `{"columns":["a","b"],"data":[[1,2]]}`, `{"columns":["b","a"],"data":[[1,2]]}`, 0},
		{"names fold and trim", `{"columns":["Straße "],"data":[[1]]}`, `{"columns":[" STRASSE"],"data":[[1]]}`, 1},
		{"wrong header", `{"columns":["a"],"data":[[1]]}`, `{"columns":["b"],"data":[[1]]}`, 0},
		{"object rows", `{"columns":["a","b"],"data":[[1,2]]}`, `{"data":[{"B":2,"A":1}]}`, 1},
		{"object rows on both sides", `{"data":[{"a":1,"b":2}]}`, `{"data":[{"b":2,"a":1}]}`, 1},
		{"positional when one side lacks columns", `{"columns":["a","b"],"data":[[1,2]]}`, `{"data":[[1,2]]}`, 1},
		{"positional is ordered", `{"columns":["a","b"],"data":[[1,2]]}`, `{"data":[[2,1]]}`, 0},
		{"positional object follows the columns", `{"columns":["a","b"],"data":[{"b":2,"a":1}]}`, `{"data":[[1,2]]}`, 1},
		{"positional object without columns", `{"data":[{"b":2,"a":1}]}`, `{"data":[[2,1]]}`, 1},
		{"empty columns are none", `{"columns":[],"data":[[1]]}`, `{"columns":["x"],"data":[[1]]}`, 1},
		{"null columns are none", `{"columns":null,"data":[[1]]}`, `{"columns":["x"],"data":[[1]]}`, 1},
		{"numbers are decimals", `{"data":[[1,0.5,100]]}`, `{"data":[["1.0","5e-1","1E2"]]}`, 1},
		{"no rounding", `{"data":[[0.1]]}`, `{"data":[["0.10000000000000000001"]]}`, 0},
		{"beyond float", `{"data":[["9007199254740993"]]}`, `{"data":[[9007199254740992]]}`, 0},
		{"huge exponents", `{"data":[["1e999999999999"]]}`, `{"data":[["10e999999999998"]]}`, 1},
		{"absurd exponents are text", `{"data":[["1e99999999999999999999"]]}`, `{"data":[["1e99999999999999999998"]]}`, 0},
		{"zero has no sign", `{"data":[[-0.0]]}`, `{"data":[["+0e5"]]}`, 1},
		{"no thousands", `{"data":[["1,000"]]}`, `{"data":[[1000]]}`, 0},
		{"percent is text", `{"data":[["50%"]]}`, `{"data":[["0.5"]]}`, 0},
		{"text is trimmed", `{"data":[[" x "]]}`, `{"data":[["x"]]}`, 1},
		{"text keeps its case", `{"data":[["X"]]}`, `{"data":[["x"]]}`, 0},
		{"booleans and null are spelled", `{"data":[[true,null]]}`, `{"data":[["True","None"]]}`, 1},
		{"nested cells", `{"data":[[[1,{"a":1,"b":[2]}]]]}`, `{"data":[[["1.0",{"b":["2"],"a":1}]]]}`, 1},
		{"a list is not its text", `{"data":[[[1]]]}`, `{"data":[["[1]"]]}`, 0},
		{"scalars are rows of one cell", `{"columns":["a"],"data":[1,2]}`, `{"columns":["a"],"data":[[2],[1]]}`, 1},
		{"repeated columns", `{"columns":["a","a"],"data":[[1,2]]}`, `{"columns":["a","A "],"data":[[1,2]]}`, 1},
		{"repeated columns keep their order", `{"columns":["a","a"],"data":[[1,2]]}`, `{"columns":["a","a"],"data":[[2,1]]}`, 0},
		{"long row", `{"columns":["a"],"data":[[1,2]]}`, `{"columns":["a"],"data":[[1,2]]}`, 1},
		{"long row by position", `{"columns":["a"],"data":[[1,2,3]]}`, `{"columns":["a"],"data":[[1,3,2]]}`, 0},
		{"absent is not null", `{"columns":["a","b"],"data":[[1]]}`, `{"columns":["a","b"],"data":[[1,null]]}`, 0},
		{"short rows", `{"columns":["a","b"],"data":[[1]]}`, `{"columns":["b","a"],"data":[{"a":1}]}`, 1},
		{"multiset", `{"data":[[1],[1],[2]]}`, `{"data":[[1],[2],[2]]}`, 0.5},
		{"both empty", `{"columns":["a"],"data":[]}`, `{"data":[]}`, 1},
		{"one empty", `{"data":[]}`, `{"data":[[1]]}`, 0},
		{"cells cannot merge", `{"data":[["a","b"]]}`, `{"data":[["ab"]]}`, 0},
		{"empty rows", `{"data":[[],[]]}`, `{"data":[[]]}`, 0.5},
		{"folded keys of one object", `{"data":[{"a":1,"A":2}]}`, `{"columns":["a","a"],"data":[[1,2]]}`, 1},
		{"names that are not strings", `{"columns":[1],"data":[[5]]}`, `{"columns":["1"],"data":[[5]]}`, 1},
		{"NaN", `{"data":[[NaN]]}`, `{"data":[["nan"]]}`, 1},
	}
	for _, tt := range tests {
		g, p := parse(t, tt.gold), parse(t, tt.pred)
		if got := Tables(g, p); got != tt.want {
			t.Errorf("%s: Tables(%s, %s) = %v, want %v", tt.name, tt.gold, tt.pred, got, tt.want)
		}
		if a, b := Tables(g, p), Tables(p, g); a != b {
			t.Errorf("%s: not symmetric: %v and %v", tt.name, a, b)
		}
	}
}

func parse(t testing.TB, src string) Table {
	t.Helper()
	table, err := ParseTable(src)
	if err != nil {
		t.Fatalf("ParseTable(%.80s): %v", src, err)
	}
	return table
}

func TestParseTableErrors(t *testing.T) {
	tests := []struct{ src, want string }{
		{``, ""},
		{`{"data":[1]} x`, ""},
		{`[1]`, "want an object, got a list"},
		{`"x"`, "want an object, got a string"},
		{`1`, "want an object, got a number"},
		{`null`, "want an object, got null"},
		{`true`, "want an object, got a bool"},
		{`{}`, `no "data"`},
		{`{"data":null}`, `"data": want a list, got null`},
		{`{"data":{"a":1}}`, `"data": want a list, got an object`},
		{`{"data":[],"columns":"a"}`, `"columns": want a list, got a string`},
		{`{"data":` + strings.Repeat("[", 100_000), ""},
		{`{"data":[` + strings.Repeat("9", 5000) + `]}`, ""},
	}
	for _, tt := range tests {
		_, err := ParseTable(tt.src)
		if !errors.Is(err, ErrTable) || !strings.Contains(fmt.Sprint(err), tt.want) {
			t.Errorf("ParseTable(%.40s): %v, want %q", tt.src, err, tt.want)
		}
	}
}

func TestTableAccessors(t *testing.T) {
	table := parse(t, `{"columns":[" A","b"],"data":[[1],[2],[3]]}`)
	if table.Len() != 3 || fmt.Sprint(table.Columns()) != "[a b]" {
		t.Errorf("%d rows, columns %q", table.Len(), table.Columns())
	}
	if (Table{}).Len() != 0 || (Table{}).Columns() != nil || Tables(Table{}, Table{}) != 1 {
		t.Error("the zero Table is not the empty table")
	}
}

func TestAppendDecimal(t *testing.T) {
	groups := [][]string{
		{"0", "-0", "+0.000", "00", "0e99999999999999999999"},
		{"1", "1.0", "+1", "01", "10e-1", "0.1e1", "1e0", "1E+00", "1000000e-6"},
		{"-1", "-1.00", "-10e-1"},
		{"0.01", "1e-2", "00.0100"},
		{"1e100000000000", "10e99999999999", "0.1e100000000001"},
		{"123456789012345678901234567890", "12345678901234567890123456789.0e1"},
	}
	seen := map[string]int{}
	for i, group := range groups {
		for _, s := range group {
			got, ok := appendDecimal(nil, s)
			if !ok {
				t.Errorf("%q is no decimal", s)
			}
			if j, dup := seen[string(got)]; dup && j != i {
				t.Errorf("%q of group %d has the form %q of group %d", s, i, got, j)
			}
			seen[string(got)] = i
		}
	}
	if len(seen) != len(groups) {
		t.Errorf("%d forms for %d values: %v", len(seen), len(groups), seen)
	}
	for _, s := range []string{"", "+", "-", ".", "1.", ".5", "e5", "1e", "1e+", "1e5.0", "1,000", "1_000", "0x1", "１", "1 2", "--1", "1e99999999999999999999", "NaN", "Infinity"} {
		if got, ok := appendDecimal(nil, s); ok || len(got) != 0 {
			t.Errorf("appendDecimal(%q) = %q, %v, want refusal", s, got, ok)
		}
	}
}
