package canon

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// fromLists reads the trees of the golden file.
func fromLists(t *testing.T, v any) *tree.Node {
	list := v.([]any)
	var args []*tree.Node
	switch list[0] {
	case "q":
		r, ok := new(big.Rat).SetString(list[1].(string) + "/" + list[2].(string))
		if !ok {
			t.Fatal(list)
		}
		return tree.Rat(r)
	case "s":
		return tree.Sym(list[1].(string))
	}
	for _, a := range list[1:] {
		args = append(args, fromLists(t, a))
	}
	switch list[0] {
	case "pi":
		return tree.Pi
	case "e":
		return tree.E
	case "i":
		return tree.I
	case "+":
		return tree.New(tree.Add, args...)
	case "*":
		return tree.New(tree.Mul, args...)
	case "^":
		return tree.New(tree.Pow, args...)
	}
	return tree.Fn(list[0].(string), args...)
}

// TestAgainstSympy compares with what sympy rewrote. An equality may be missed
// in one of fifty cases, a wrong verdict fails.
func TestAgainstSympy(t *testing.T) {
	f, err := os.Open("testdata/golden/sympy.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	t.Log(lines.Text())
	equal, missed, different, proven := 0, 0, 0, 0
	for lines.Scan() {
		var row []any
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		x, y, want := fromLists(t, row[0]), fromLists(t, row[1]), row[2].(bool)
		var r Result
		b := budget.Of(testSteps)
		b.Run(func() { r = Equal(x, y, Options{}, b) })
		if want && r == NonZero || !want && r == Zero {
			t.Errorf("%s and %s: %v", show(x), show(y), r)
		}
		switch {
		case want && r != Zero:
			missed++
			t.Logf("missed: %s and %s", show(x), show(y))
			fallthrough
		case want:
			equal++
		default:
			different++
			if r == NonZero {
				proven++
			}
		}
	}
	t.Logf("%d of %d equalities, %d of %d differences proven", equal-missed, equal, proven, different)
	if equal < 200 || missed*50 > equal {
		t.Errorf("missed %d of %d", missed, equal)
	}
}
