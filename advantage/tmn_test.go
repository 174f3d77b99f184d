package advantage

import (
	"math"
	"testing"
)

// TestWorkedValues are the worked examples of docs/algorithms.md, computed by
// hand from equations (5) to (8).
func TestWorkedValues(t *testing.T) {
	tests := []struct {
		name, spec string
		groups     []string
		tasks      []string
		rewards    []float64
		want       []float64
	}{
		{"binary, hard and easy", "tmn_reweight", g("aaaabbbb"), nil, []float64{1, 0, 0, 0, 1, 1, 1, 0},
			[]float64{1.926034273, -0.389399613, -0.389399613, -0.389399613, 0.389399613, 0.389399613, 0.389399613, -1.926034273}},
		{"graded", "tmn_reweight(alpha=0.3)", g("aaaa"), nil, []float64{0.2, 0.4, 0.6, 0.8},
			[]float64{-1.161890504, -0.387296835, 0.387296835, 1.161890504}},
		{"alpha 0.5", "tmn_reweight(alpha=0.5)", g("abababab"), nil, []float64{0.125, 0.5, 0.25, 0.625, 0.375, 0.75, 0.5, 0.875},
			[]float64{-0.904879132, -1.491893472, -0.301626377, -0.497297824, 0.497297824, 0.301626377, 1.491893472, 0.904879132}},
		{"alpha 0", "tmn_reweight(alpha=0)", g("aaaabbbb"), nil, []float64{0.125, 0.25, 0.375, 0.5, 0.5, 0.625, 0.75, 0.875},
			[]float64{-0.704720576, -0.234906859, 0.638543045, 1.915629136, -1.491893472, -0.497297824, 0.301626377, 0.904879132}},
		{"single as released", "tmn_reweight(single=reference)", g("aaaab"), nil, []float64{1, 0, 0, 0, 0.5},
			[]float64{1.218131926, -0.246278120, -0.246278120, -0.246278120, 0.383603186}},
		{"single", "tmn_reweight", g("aaaab"), nil, []float64{1, 0, 0, 0, 0.5},
			[]float64{1.926034273, -0.389399613, -0.389399613, -0.389399613, 0}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			if c.tasks == nil {
				c.tasks = make([]string, len(c.groups))
			}
			ix, err := NewIndex(c.groups, c.tasks)
			if err != nil {
				t.Fatal(err)
			}
			got := make([]float64, len(c.rewards))
			if err := MustParse(c.spec).Advantages(got, &Batch{Index: ix, Rewards: c.rewards}); err != nil {
				t.Fatal(err)
			}
			for i := range got {
				if math.Abs(got[i]-c.want[i]) > 1e-9 {
					t.Errorf("row %d: %.9f, want %.9f", i, got[i], c.want[i])
				}
			}
		})
	}
}

// g is one group name per letter.
func g(s string) []string {
	var out []string
	for _, c := range s {
		out = append(out, string(c))
	}
	return out
}
