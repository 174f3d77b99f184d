package mvsym

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

func TestReleasedGolden(t *testing.T) {
	rows, bad := 0, 0
	eachGolden(t, "released", 1500, func(row []any) {
		var golds []string
		switch g := row[0].(type) {
		case string:
			golds = []string{g}
		case []any:
			for _, s := range g {
				golds = append(golds, s.(string))
			}
		}
		response := row[1].(string)
		check := func(what string, got float64, want any) {
			if want == nil {
				return
			}
			rows++
			if got != want.(float64) {
				bad++
				t.Logf("%s %v: gold %q  response %q", what, got, golds, response)
			}
		}
		check("wrapper", Released(response, golds, budget.Of(8*steps)), row[2])
		check("metric", Metric(response, golds[0], budget.Of(8*steps)), row[3])
	})
	t.Logf("%d of %d scores differ", bad, rows)
	if bad*500 > rows {
		t.Errorf("%d of %d scores differ", bad, rows)
	}
}
