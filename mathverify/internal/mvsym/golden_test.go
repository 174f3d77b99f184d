package mvsym

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// steps is the budget of one verdict in these tests.
const steps = 2_000_000

func eachGolden(t *testing.T, name string, least int, f func(row []any)) {
	t.Helper()
	file, err := os.Open("testdata/golden/" + name + ".jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zr, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(zr)
	sc.Buffer(nil, 1<<20)
	sc.Scan()
	t.Log(sc.Text())
	rows := 0
	for ; sc.Scan(); rows++ {
		var row []any
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		f(row)
	}
	if rows < least {
		t.Fatalf("%s: %d rows, want %d", name, rows, least)
	}
}

var floatText = regexp.MustCompile(`F(-?[0-9.]+(?:e[-+]?[0-9]+)?)`)

// plainFloats writes the floats of a dump in one way.
func plainFloats(s string) string {
	return floatText.ReplaceAllStringFunc(s, func(f string) string {
		x, ok := new(big.Float).SetPrec(60).SetString(f[1:])
		if !ok {
			return f
		}
		return "F" + x.Text('g', 14)
	})
}

func TestParseGolden(t *testing.T) {
	rows, bad := 0, 0
	eachGolden(t, "parse", 2000, func(row []any) {
		rows++
		text := row[0].(string)
		v, ok := ParseLatex(text, budget.Of(steps))
		got := "null"
		if ok {
			got = plainFloats(sortUnions(v).String())
		}
		want := "null"
		if s, ok := row[1].(string); ok {
			want = plainFloats(s)
		}
		if got != want {
			bad++
			if testing.Verbose() && bad < 150 {
				t.Logf("%s\n  got  %s\n  want %s", text, got, want)
			}
		}
	})
	t.Logf("%d of %d texts have another value", bad, rows)
	if bad*1000 > rows {
		t.Errorf("%d of %d texts have another value", bad, rows)
	}
}

// sortUnions puts the arguments of unions in the order that the golden has.
func sortUnions(v *Value) *Value {
	w := *v
	w.Args = make([]*Value, len(v.Args))
	for i, a := range v.Args {
		w.Args[i] = sortUnions(a)
	}
	if v.Class == Union || v.Class == Inter {
		slices.SortFunc(w.Args, func(a, b *Value) int { return strings.Compare(a.String(), b.String()) })
	}
	return &w
}
