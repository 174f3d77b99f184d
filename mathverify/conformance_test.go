package mathverify_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/mathverify"
)

// rows reads a file of public vectors, and skips the test where it is not there.
func rows[T any](t *testing.T, name string) (out []T) {
	t.Helper()
	f, err := os.Open("../../shared/vectors/" + name)
	if err != nil {
		t.Skip("the public vectors are not here")
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var row T
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	return out
}

// TestPublicProbes runs the public probe pairs where they lie beside the
// project, under the strict preset.
func TestPublicProbes(t *testing.T) {
	type probe struct {
		Gold, Pred string
		Expected   bool
	}
	all := rows[probe](t, "math_probes.jsonl")
	falseEqual, missed := 0, 0
	for _, p := range all {
		r, err := mathverify.Options{}.Check(context.Background(), p.Gold, p.Pred)
		if err != nil {
			t.Fatal(err)
		}
		switch got := r.Verdict == mathverify.Equal; {
		case got && !p.Expected:
			falseEqual++
			t.Errorf("accepts %q for %q (%s)", p.Pred, p.Gold, r.Rule)
		case !got && p.Expected:
			missed++
			t.Logf("%v: %q for %q (%s)", r.Verdict, p.Pred, p.Gold, r.Rule)
		}
	}
	t.Logf("%d of %d right, %d wrongly accepted, %d not accepted", len(all)-falseEqual-missed, len(all), falseEqual, missed)
	if 100*missed > 5*len(all) {
		t.Errorf("%d of %d not accepted", missed, len(all))
	}
}

// A triple is a case of Math-Verify's own tests.
type triple struct {
	Test, Gold, Pred string
	Expected         int
	Config           struct {
		MatchTypes []string `json:"match_types"`
		Precision  int      `json:"precision"`
		Strict     bool     `json:"strict"`
		SetRel     bool     `json:"allow_set_relation_comp"`
	}
}

// TestMathVerifyTriples runs Math-Verify's own cases, each configuration mapped
// to the options of the strict preset. testdata/triples.md argues the rows that
// differ.
func TestMathVerifyTriples(t *testing.T) {
	argued, err := os.ReadFile("testdata/triples.md")
	if err != nil {
		t.Fatal(err)
	}
	all := rows[triple](t, "mathverify_tests.jsonl")
	differ := 0
	for _, c := range all {
		// Math-Verify takes any value for an answer, rounds floats to so many
		// places, and takes a decimal comma and a point for the same.
		o := mathverify.Options{AnyValue: true, MergeLists: true, DropNames: true, LastEquation: true, RenameVariables: !c.Config.Strict}
		o.RelTol = map[int]float64{6: 1e-9, 5: 1e-5, 2: 1e-2}[c.Config.Precision]
		r, err := o.Check(context.Background(), c.Gold, c.Pred)
		if err != nil {
			t.Fatal(err)
		}
		listed := strings.Contains(string(argued), "`"+c.Test+"`")
		if (r.Verdict == mathverify.Equal) == (c.Expected == 1) {
			if listed {
				t.Errorf("%s agrees: testdata/triples.md need not argue it", c.Test)
			}
			continue
		}
		differ++
		if !listed {
			t.Errorf("%s: %v (%s), expected %d\n gold %s: %s\n pred %s: %s", c.Test, r.Verdict, r.Rule, c.Expected,
				short(c.Gold), short(r.Gold.Answer), short(c.Pred), short(r.Answer.Answer))
		}
	}
	t.Logf("%d of %d differ", differ, len(all))
	if differ > 10 {
		t.Errorf("%d of %d differ, at most 10 may", differ, len(all))
	}
}

func short(s string) string {
	if len(s) > 160 {
		return "…" + s[len(s)-160:]
	}
	return s
}
