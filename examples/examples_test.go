// Package examples_test holds the example files to what they say of themselves.
package examples_test

import (
	"context"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// each calls f with every line of a file.
func each(t *testing.T, path string, f func(rollout.Line)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for line := range rollout.Lines(file, 1<<20) {
		f(line)
	}
}

func scorers(t *testing.T) (strict, reference *scoring.Scorer) {
	t.Helper()
	strict, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	reference, err = scoring.New(scoring.WithProfile(scoring.Reference))
	if err != nil {
		t.Fatal(err)
	}
	return strict, reference
}

// TestRollouts compares every rollout with the score worked out by hand and
// with the one computed by the released code.
func TestRollouts(t *testing.T) {
	type scores struct{ strict, reference py.Value }
	want := map[string]scores{}
	each(t, "rollouts.expected.jsonl", func(line rollout.Line) {
		v, err := py.Parse(string(line.Data))
		if err != nil {
			t.Fatal(err)
		}
		var s scores
		id, _ := v.Get("id")
		s.strict, _ = v.Get("strict")
		s.reference, _ = v.Get("reference")
		want[string(py.AppendJSONString(nil, id.Str()))] = s
	})
	strict, reference := scorers(t)
	tasks, hacks := map[string]int{}, 0
	each(t, "rollouts.jsonl", func(line rollout.Line) {
		for _, row := range rollout.Decode(nil, line, nil) {
			if row.Err != nil {
				t.Fatal(row.Err)
			}
			w, ok := want[row.ID]
			if !ok {
				t.Fatalf("line %d: no expected scores for %s", row.Line, row.ID)
			}
			delete(want, row.ID)
			r := strict.Score(context.Background(), &row.Record)
			if !r.Scored() || math.Abs(r.Value-w.strict.Float()) > 1e-12 {
				t.Errorf("%s: strict %v (%v, %v), want %s", row.ID, r.Value, r.Status, r.Err, w.strict.Raw())
			}
			tasks[r.Task]++
			if strings.HasSuffix(row.ID, `-hack"`) {
				hacks++
			}
			r = reference.Score(context.Background(), &row.Record)
			if w.reference.Kind() == py.Null {
				continue // math: the released scorer needs Math-Verify
			}
			if !r.Scored() || math.Abs(r.Value-w.reference.Float()) > 1e-12 {
				t.Errorf("%s: reference %v (%v, %v), want %s", row.ID, r.Value, r.Status, r.Err, w.reference.Raw())
			}
		}
	})
	if len(want) > 0 {
		t.Errorf("%d expected scores have no rollout", len(want))
	}
	if len(tasks) != 9 || hacks < 21 {
		t.Errorf("tasks %v with %d hacks; want all nine and at least 21", tasks, hacks)
	}
}

// TestMalformed: every line yields a row without a score and with a reason, and
// none stops the reading.
func TestMalformed(t *testing.T) {
	strict, _ := scorers(t)
	lines, reasons := 0, map[string]int{}
	each(t, "malformed.jsonl", func(line rollout.Line) {
		lines++
		refused := 0
		for _, row := range rollout.Decode(nil, line, nil) {
			err := row.Err
			if err == nil {
				r := strict.Score(context.Background(), &row.Record)
				if r.Scored() {
					continue
				}
				err = r.Err
			}
			if err == nil || err.Error() == "" {
				t.Errorf("line %d: no score and no reason", line.N)
				continue
			}
			refused++
			_, why, _ := strings.Cut(err.Error(), ": ")
			reasons[why]++
		}
		if refused != 1 {
			t.Errorf("line %d: %d rows are refused, want 1", line.N, refused)
		}
	})
	if lines != 29 || len(reasons) < 25 {
		t.Errorf("%d lines with %d different reasons; want 29 with at least 25", lines, len(reasons))
	}
}
