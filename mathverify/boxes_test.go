package mathverify_test

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify"
)

// TestAroundBoxes: what stands at a box can change or deny its content.
func TestAroundBoxes(t *testing.T) {
	for _, c := range []struct {
		response, gold string
		equal          bool
	}{
		{`\boxed{5}`, "5", true},
		{`so $\boxed{5}$.`, "5", true},
		{`it is \boxed{5} apples`, "5", true},
		{`**\boxed{5}**`, "5", true},
		{`x - y = \boxed{5}`, "5", true},
		{`The answer - \boxed{5}`, "5", true},
		{`\boxed{5}\%`, "5%", true},
		{`$\boxed{5}$%`, "5%", true},
		{`\boxed{5} percent`, "5%", true},
		{`\boxed{5}\%`, "5", false},
		{`\boxed{5}%`, "5", false},
		{`\boxed{5} million`, "5", false},
		{`\boxed{5}6`, "5", false},
		{`\boxed{5}x`, "5", false},
		{`not \boxed{5}`, "5", false},
		{`it isn't $\boxed{5}$`, "5", false},
		{`10 - \boxed{5}`, "5", false},
		{`(1+2) / \boxed{5}`, "5", false},
	} {
		e := mathverify.Extract(c.response)
		verdict := mathverify.Different
		if e.Status == mathverify.Found {
			verdict, _ = mathverify.Verify(c.gold, e.Answer)
		}
		if (verdict == mathverify.Equal) != c.equal {
			t.Errorf("%q for %q: %v, %q, %v", c.response, c.gold, e.Status, e.Answer, verdict)
		}
	}
}
