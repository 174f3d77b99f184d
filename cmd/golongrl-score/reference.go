package main

import (
	"context"

	"github.com/golongrl/golongrl/scoring"
)

// needsReference reports whether the metric that judges rec reads the reference
// answer. Only format and expressions of it and of plain variables do without,
// which shows when such a metric judges a record that has none.
func needsReference(s *scoring.Scorer, rec *scoring.Record) bool {
	m, _, err := s.Metric(rec)
	if err != nil {
		return false // the scorer says what is wrong with the metric
	}
	probe := scoring.Record{
		Response: "<think>1</think>[Answer] 1", Task: rec.Task,
		Length: 1, HasLength: true,
	}
	r, err := m.Score(context.Background(), &probe)
	return err != nil || !r.Scored() || r.Status == scoring.BadGold
}
