package mvsym

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/mvtext"
)

// eachVector calls f with every row of a public file of vectors, and skips the
// test where the files are not beside the project.
func eachVector[T any](t *testing.T, name string, f func(row T)) {
	t.Helper()
	file, err := os.Open("../../../../shared/vectors/" + name)
	if err != nil {
		t.Skip("the public vectors are not here")
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var row T
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		f(row)
	}
}

func TestPublicProbes(t *testing.T) {
	type probe struct {
		Gold, Pred string
		Mathverify bool
	}
	rows, bad := 0, 0
	eachVector(t, "math_probes.jsonl", func(row probe) {
		rows++
		b := budget.Of(8 * steps)
		c := mvtext.Default()
		if got := Verify(Parse(row.Gold, c, b), Parse(row.Pred, c, b), DefaultOptions(), b); got != row.Mathverify {
			bad++
			t.Logf("got %v: gold %q  answer %q", got, row.Gold, row.Pred)
		}
	})
	t.Logf("%d of %d verdicts differ from the reference", bad, rows)
	if bad > 2 {
		t.Error("too many")
	}
}

func TestPublicTriples(t *testing.T) {
	type triple struct {
		Gold, Pred string
		Config     struct {
			Types    []string `json:"match_types"`
			Boxed    int      `json:"boxed_match_priority"`
			Digits   int      `json:"precision"`
			Strict   bool     `json:"strict"`
			Relation bool     `json:"allow_set_relation_comp"`
		}
		Expected int
	}
	targets := map[string]mvtext.Target{"latex": mvtext.LatexTarget, "expr": mvtext.ExprTarget}
	rows, bad, plain := 0, 0, 0
	eachVector(t, "mathverify_tests.jsonl", func(row triple) {
		rows++
		c := mvtext.Default()
		c.Latex.BoxedPriority = row.Config.Boxed
		c.Targets = [3]mvtext.Target{}
		for i, name := range row.Config.Types {
			c.Targets[i] = targets[name]
		}
		verdict := func(c mvtext.Config, o Options) bool {
			b := budget.Of(8 * steps)
			return Verify(Parse(row.Gold, c, b), Parse(row.Pred, c, b), o, b)
		}
		want := row.Expected == 1
		o := Options{FloatRounding: row.Config.Digits, AllowSetRelation: row.Config.Relation, Loose: !row.Config.Strict}
		if got := verdict(c, o); got != want {
			bad++
			t.Logf("got %v: gold %q  answer %q", got, row.Gold, row.Pred)
		}
		if verdict(mvtext.Default(), DefaultOptions()) != want {
			plain++
		}
	})
	t.Logf("%d of %d verdicts differ under the row's configuration, %d under the default", bad, rows, plain)
	if bad > 2 || plain > 6 {
		t.Error("too many")
	}
}
