package scoring_test

import (
	"context"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
)

// TestReleasedMath has what the golden file of the math sources leaves out: the
// outcomes that hang on Math-Verify or sympy, and the strict readings.
func TestReleasedMath(t *testing.T) {
	const think = "<think>x</think>"
	docs := think + "<relevant_doc_ids><|doc_1|></relevant_doc_ids><continue_reasoning>\\boxed{7}</continue_reasoning>"
	for _, c := range []struct {
		source, truth, response string
		reference, strict       any // a value, the status of a result without one, or nil for not tested
	}{
		{"hiyouga/geometry3k", `"7"`, think + ` \boxed{7}`, 1.0, 1.0},
		{"hiyouga/geometry3k", `"7"`, `</think> \boxed{7}`, 0.9, nil},
		{"hiyouga/geometry3k", `"8"`, think + ` \boxed{7}`, 0.1, 0.0},
		{"hiyouga/geometry3k", `"50"`, think + ` \boxed{50\%}`, 1.0, 0.0},
		{"hiyouga/geometry3k", `"None"`, think, 0.9, nil},
		{"hiyouga/geometry3k", `"2\\sqrt{3}"`, think + ` \boxed{\sqrt{12}}`, scoring.Undecided, nil},
		{"hiyouga/geometry3k", `null`, think + ` \boxed{7}`, 0.1, scoring.BadGold},
		{"hiyouga/geometry3k", `7`, think + ` \boxed{7}`, scoring.Error, 1.0},
		{"lighteval/MATH", `"\\frac12"`, think + ` \boxed{\dfrac{1}{2}}`, 1.0, 1.0},
		{"math_dapo", `"7"`, think + "Answer: 7", 1.0, 1.0},
		{"math_dapo", `"7"`, think + `\boxed{7}`, 0.0, 1.0},
		{"retrieval_calculate", `{"doc_ids": ["<|doc_2|>"], "golden_label": "7"}`, docs, 0.0, scoring.Error},
		{"retrieval_calculate", `{"doc_ids": []}`, think, 0.0, scoring.Error},
	} {
		truth, err := py.Parse(c.truth)
		if err != nil {
			t.Fatal(err)
		}
		rec := scoring.Record{Response: c.response}
		rec.Task, rec.Lang, rec.Gold, rec.TaskErr = scoring.Released(c.source, truth, py.Value{})
		for _, p := range []scoring.Profile{scoring.Reference, scoring.Strict} {
			want := c.reference
			if p == scoring.Strict {
				want = c.strict
			}
			scorer, err := scoring.New(scoring.WithProfile(p), scoring.WithExplain())
			if err != nil {
				t.Fatal(err)
			}
			got := scorer.Score(context.Background(), &rec)
			switch want := want.(type) {
			case float64:
				if !got.Scored() || got.Value != want {
					t.Errorf("%s %s %v: %v (%v, %v), want %v", c.source, c.response, p, got.Value, got.Status, got.Err, want)
				}
			case scoring.Status:
				if got.Scored() || got.Status != want {
					t.Errorf("%s %s %v: %v (%v, %v), want %v", c.source, c.response, p, got.Value, got.Status, got.Err, want)
				}
			}
		}
	}
}
