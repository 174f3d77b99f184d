package mvsym

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// The short way must give what the grammar gives.
func TestPlain(t *testing.T) {
	for _, s := range []string{"0", "-0", "007", "42", "-42", "999999999999999999", "1.50", "-0.25", "00.5", "-3.14", `\frac{1}{2}`, `\frac{-2}{4}`, `\frac{1}{-2}`,
		`-\frac{3}{4}`, `\frac{0}{5}`, `\frac{5}{0}`, `\frac{0}{0}`, `-\frac{5}{0}`, `\frac{10}{5}`} {
		v, ok := plain(s)
		if !ok {
			t.Errorf("%s: not plain", s)
			continue
		}
		w, ok := parseLatex(s, true, budget.Of(steps))
		if !ok || v.String() != w.String() || v.Name != w.Name {
			t.Errorf("%s: %s, by the grammar %v", s, v, w)
		}
	}
	for _, s := range []string{"", "-", "1.", ".5", "1.2.3", "1,000", "--1", `\frac{1}{x}`, `\frac{1}{2}x`, `\frac{1}{2}}{3}`, `\frac{}{2}`, "1 2", "9999999999999999999"} {
		if v, ok := plain(s); ok {
			t.Errorf("%q: %s, want the grammar's reading", s, v)
		}
	}
}
