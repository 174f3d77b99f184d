package iou

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

const lawSeed = 20260304

// randomTable returns a table with distinct columns as JSON, and the same table
// with rows and columns reordered and some numbers spelled otherwise.
func randomTable(seed uint64) (plain, moved string) {
	rng := rand.New(rand.NewPCG(seed, 7))
	cols := rng.IntN(4) + 1
	names := make([]string, cols)
	for i := range names {
		names[i] = fmt.Sprintf("Col %d", i)
	}
	rows := make([][]string, rng.IntN(6))
	again := make([][]string, len(rows))
	atoms := [][2]string{{"1", `"1.0"`}, {"2.50", "25e-1"}, {`"x"`, `" x "`}, {`"Y"`, `"Y"`}, {"null", `"None"`}, {"true", "true"}}
	order := rng.Perm(cols)
	for r := range rows {
		rows[r], again[r] = make([]string, cols), make([]string, cols)
		for i := range cols {
			rows[r][i] = ""
		}
		for i := range cols {
			a := atoms[rng.IntN(len(atoms))]
			rows[r][i] = a[0]
			again[r][slices.Index(order, i)] = a[1]
		}
	}
	rng.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
	movedNames := make([]string, cols)
	for k, i := range order {
		movedNames[k] = " " + strings.ToUpper(names[i])
	}
	return render(names, rows), render(movedNames, again)
}

func render(names []string, rows [][]string) string {
	head, _ := json.Marshal(names)
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = "[" + strings.Join(r, ",") + "]"
	}
	return fmt.Sprintf(`{"columns":%s,"data":[%s]}`, head, strings.Join(lines, ","))
}

func TestLaws(t *testing.T) {
	t.Logf("seed %d", lawSeed)
	params := gopter.DefaultTestParametersWithSeed(lawSeed)
	params.MinSuccessfulTests = 300
	p := gopter.NewProperties(params)
	keys := gen.SliceOf(gen.OneConstOf("a", "b", "c", "", "\x00", "\xff"))

	p.Property("Rows: symmetric and in [0, 1]", prop.ForAll(
		func(a, b []string) bool {
			s := Rows(a, b)
			return s == Rows(b, a) && s >= 0 && s <= 1
		}, keys, keys))
	p.Property("Rows: order is irrelevant", prop.ForAll(
		func(a, b []string) bool {
			return Rows(slices.Sorted(slices.Values(a)), b) == Rows(a, b)
		}, keys, keys))
	p.Property("Rows: 1 for equal multisets and no others", prop.ForAll(
		func(a, b []string) bool {
			same := slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
			return (Rows(a, b) == 1) == (same && len(a) > 0)
		}, keys, keys))
	p.Property("Tables: symmetric and in [0, 1]", prop.ForAll(
		func(x, y uint64) bool {
			a, _ := randomTable(x)
			b, _ := randomTable(y)
			g, q := parse(t, a), parse(t, b)
			s := Tables(g, q)
			return s == Tables(q, g) && s >= 0 && s <= 1
		}, gen.UInt64(), gen.UInt64()))
	p.Property("Tables: order of rows and columns and spelling are irrelevant", prop.ForAll(
		func(x, y uint64) bool {
			a, moved := randomTable(x)
			b, _ := randomTable(y)
			g, m, q := parse(t, a), parse(t, moved), parse(t, b)
			return Tables(g, m) == 1 && Tables(g, q) == Tables(m, q)
		}, gen.UInt64(), gen.UInt64()))
	p.Property("Tables: an extra row costs", prop.ForAll(
		func(x uint64) bool {
			a, _ := randomTable(x)
			g := parse(t, a)
			more := parse(t, strings.Replace(a, `"data":[`, `"data":[["extra"]`+sep(g.Len()), 1))
			want := float64(g.Len()) / float64(g.Len()+1)
			return Tables(g, more) == want
		}, gen.UInt64()))
	p.TestingRun(t)
}

func sep(rows int) string {
	if rows == 0 {
		return ""
	}
	return ","
}

// TestHostile feeds tables of megabytes whose naive handling is quadratic: it
// would not end within the test's time.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes")
	}
	const n = 200_000
	long := strings.Repeat("x", 1<<20)
	tests := map[string]string{
		"a long name and many rows":  `{"columns":["` + long + `"],"data":[` + strings.Repeat("[1],", n) + `[1]]}`,
		"many columns, short rows":   `{"columns":[` + strings.Repeat(`"c",`, n) + `"c"],"data":[` + strings.Repeat("[1],", n) + `[1]]}`,
		"many columns, empty rows":   `{"columns":[` + strings.Repeat(`"c",`, n) + `"c"],"data":[` + strings.Repeat("[],", n) + `[]]}`,
		"one wide row":               `{"data":[[` + strings.Repeat("1,", n) + `1]]}`,
		"one wide object":            `{"data":[{` + wideObject(n) + `}]}`,
		"keys that fold to one name": `{"data":[{` + foldingObject(12) + `}]}`,
		"a long number":              `{"data":["` + strings.Repeat("1", 1<<20) + `.` + strings.Repeat("0", 1<<20) + `"]}`,
		"deep but legal":             `{"data":[` + strings.Repeat("[", 900) + strings.Repeat("]", 900) + `]}`,
	}
	for name, src := range tests {
		table := parse(t, src)
		if got := Tables(table, table); got != 1 {
			t.Errorf("%s: %v, want 1", name, got)
		}
	}
}

func wideObject(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"k%d":1,`, n-i)
	}
	return b.String() + `"k":1`
}

// foldingObject returns 2^n keys that differ in case only.
func foldingObject(n int) string {
	keys := make([]string, 1<<n)
	for i := range keys {
		b := []byte(strings.Repeat("a", n))
		for j := range n {
			if i>>j&1 == 1 {
				b[j] = 'A'
			}
		}
		keys[i] = `"` + string(b) + `":1`
	}
	return strings.Join(keys, ",")
}

func TestAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools")
	}
	var gold, pred []string
	for i := range 500 {
		gold, pred = append(gold, fmt.Sprint("row", i)), append(pred, fmt.Sprint("row", i*2))
	}
	sum := 0.0
	if n := testing.AllocsPerRun(200, func() { sum += Rows(gold, pred) }); n >= 1 {
		t.Errorf("%v allocations, want 0", n)
	}
	if sum == 0 {
		t.Error("scores are 0")
	}
}
