package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/serve/wire"
)

// Advantages are the columns of a batch: one element per row. Only Rewards and
// Groups are always needed.
type Advantages struct {
	Estimator  string // spelling; "": tmn_reweight
	Rewards    []float64
	Groups     []uint32
	Tasks      []string
	Lengths    []int
	Baselines  []float64
	Components [][]float64
	Names      []string // of Components
}

// Advantage computes the advantages of a batch. A reward that is NaN keeps its
// row out of everything, as null does for golongrl-score, and gives it the
// advantage NaN. The name is the canonical spelling of the estimator.
//
// The error is a *wire.Error; Item is the row that it is about.
func (s *Service) Advantage(_ context.Context, a *Advantages) (values []float64, name string, err error) {
	est, err := advantage.Parse(cmp.Or(a.Estimator, "tmn_reweight"))
	if err != nil {
		return nil, "", bad("estimator: %v", err)
	}
	n := len(a.Rewards)
	for _, c := range []struct {
		name string
		len  int
		set  bool
	}{
		{"groups", len(a.Groups), true}, {"tasks", len(a.Tasks), a.Tasks != nil}, {"lengths", len(a.Lengths), a.Lengths != nil},
		{"baselines", len(a.Baselines), a.Baselines != nil}, {"names of components", len(a.Names), false},
	} {
		if c.set && c.len != n {
			return nil, "", bad("%s: %d elements for %d rewards: give one per row", c.name, c.len, n)
		}
	}
	if len(a.Names) != len(a.Components) {
		return nil, "", bad("components: %d lists and %d names", len(a.Components), len(a.Names))
	}
	for k, c := range a.Components {
		if len(c) != n {
			return nil, "", bad("component %s: %d elements for %d rewards: give one per row", a.Names[k], len(c), n)
		}
	}

	// The rows with a reward.
	rows := make([]int, 0, n)
	for i, r := range a.Rewards {
		if !math.IsNaN(r) {
			rows = append(rows, i)
		}
	}
	values = make([]float64, n)
	for i := range values {
		values[i] = math.NaN()
	}
	if len(rows) == 0 {
		return values, est.String(), nil
	}
	ix, err := advantage.NewIndex(pick(a.Groups, rows), pick(a.Tasks, rows))
	if err != nil {
		return nil, "", rowError(err, rows)
	}
	batch := &advantage.Batch{
		Index: ix, Rewards: pick(a.Rewards, rows), Lengths: pick(a.Lengths, rows), Baselines: pick(a.Baselines, rows), Names: a.Names,
	}
	for _, c := range a.Components {
		batch.Components = append(batch.Components, pick(c, rows))
	}
	if err := est.Advantages(batch.Rewards, batch); err != nil {
		return nil, "", rowError(err, rows)
	}
	for i, row := range rows {
		values[row] = batch.Rewards[i] + 0 // -0 is 0
	}
	return values, est.String(), nil
}

// pick returns the elements of the rows, nil if there are none.
func pick[T any](x []T, rows []int) []T {
	if x == nil {
		return nil
	}
	y := make([]T, len(rows))
	for i, row := range rows {
		y[i] = x[row]
	}
	return y
}

// rowError names the caller's row.
func rowError(err error, rows []int) error {
	var e *advantage.RowError
	if errors.As(err, &e) {
		return &wire.Error{Code: wire.CodeBadItem, Item: rows[e.Row], Msg: fmt.Sprintf("%s: %s", e.Field, e.Msg)}
	}
	return bad("%v", err)
}
