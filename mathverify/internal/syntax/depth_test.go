package syntax

import (
	"strings"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// TestNested checks that two hundred brackets of a kind around a number are
// read, and that very many do no harm.
func TestNested(t *testing.T) {
	for _, c := range [][2]string{
		{"(", ")"}, {"[", "]"}, {"{", "}"}, {`\left(`, `\right)`}, {`\left\{`, `\right\}`}, {"|", "|"}, {`\left|`, `\right|`}, {`\lfloor `, `\rfloor `},
		{`\sqrt{`, "}"}, {"-(", ")"}, {"2(", ")"}, {`\frac{`, "}{2}"}, {`\{`, `\}`}, {`\boxed{`, "}"}, {`\text{`, "}"}, {"x^{", "}"}, {`\sin(`, ")"}, {"1+(", ")"},
	} {
		s := strings.Repeat(c[0], 200) + "5" + strings.Repeat(c[1], 200)
		n, err := parse(t, s)
		if err != nil {
			t.Errorf("%s: %.200v", c[0], err)
			continue
		}
		if (c[0] == "(" || c[0] == `\left(` || c[0] == "{") && !tree.Same(n, tree.Int(5)) {
			t.Errorf("%s: %.200s", c[0], tree.String(n))
		}
		parse(t, strings.Repeat(c[0], 3000)+"5"+strings.Repeat(c[1], 3000)) // an error perhaps, no panic
	}
}
