package rollout

import (
	"context"

	"github.com/golongrl/golongrl/scoring"
)

// NeedsReference is for [Options]: it reports whether the metric by which s
// judges a record reads the reference answer. Only format, verdict and
// expressions of them and of plain variables do without, which shows when such a
// metric judges a right answer: it gives the same score whether there is a
// reference or not. A record whose metric is wrong or panics needs none, so that
// the judgement says what is wrong with the metric.
func NeedsReference(s *scoring.Scorer) func(*scoring.Record) bool {
	return func(rec *scoring.Record) bool { return needsReference(s, rec) }
}

func needsReference(s *scoring.Scorer, rec *scoring.Record) (needs bool) {
	defer func() {
		if recover() != nil {
			needs = false
		}
	}()
	m, _, err := s.Metric(rec)
	if err != nil {
		return false
	}
	judge := func(gold scoring.Gold) (float64, bool) {
		r, err := m.Score(context.Background(), &scoring.Record{
			Response: "<think></think><answer>1</answer>\n#### 1", // right for any of them
			Gold:     gold,
			Task:     rec.Task,
			Length:   1, HasLength: true,
		})
		return r.Value, err == nil && r.Scored() && r.Status != scoring.BadGold
	}
	without, ok := judge(scoring.Gold{})
	if !ok {
		return true
	}
	with, ok := judge(scoring.Text("1"))
	return !ok || with != without
}
