package mvsym

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

func parsedPair(s string) []*Value {
	text := named(Text, s)
	if v, ok := ParseLatex(s, budget.Of(steps)); ok {
		return []*Value{v, text}
	}
	return []*Value{text}
}

func TestVerifyGolden(t *testing.T) {
	rows, bad := 0, 0
	eachGolden(t, "verify", 2000, func(row []any) {
		g, a := row[0].(string), row[1].(string)
		for swap := range 2 {
			rows++
			x, y := g, a
			if swap == 1 {
				x, y = a, g
			}
			got := Verify(parsedPair(x), parsedPair(y), DefaultOptions(), budget.Of(4*steps))
			if want := row[2+swap].(bool); got != want {
				bad++
				if testing.Verbose() && bad < 400 {
					t.Logf("got %v: gold %s  answer %s", got, x, y)
				}
			}
		}
	})
	t.Logf("%d of %d verdicts differ", bad, rows)
	if bad*200 > rows {
		t.Errorf("%d of %d verdicts differ", bad, rows)
	}
}
