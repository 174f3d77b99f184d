package scoring

import (
	"math"

	"github.com/golongrl/golongrl/ndcg"
)

// releasedNDCG is the released NDCG of ranked lines; NaN where the native
// evaluator behind it crashes the process.
func releasedNDCG(k int, gold, pred []string) float64 {
	if ndcg.Crashes(gold, pred) {
		return math.NaN()
	}
	return ndcg.Ranked(k, gold, pred)
}
