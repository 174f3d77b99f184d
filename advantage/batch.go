package advantage

import (
	"errors"
	"fmt"
	"math"
)

// A Batch is the rewards of one update. Index and Rewards are required; the
// others are there for the estimators that need them ([Estimator.Needs]).
type Batch struct {
	Index   *Index
	Rewards []float64 // one per row, finite

	// Lengths are the numbers of tokens of the responses, at least 1 each. They
	// weigh the statistics over tokens of opo, reinforce_pp,
	// reinforce_pp_baseline and gdpo. Nil means that all are equal.
	Lengths []int

	// Baselines are the rewards of the greedy responses to the same prompts,
	// one per row: for remax.
	Baselines []float64

	// Components are the parts of the reward, for gdpo: Components[k][i] is part
	// k of row i, called Names[k]. NaN in a component is an error as in Rewards.
	Components [][]float64
	Names      []string
}

// A Field is a part of a [Batch] beside the rewards. Fields can be added up.
type Field uint8

// The fields that an estimator may read.
const (
	Tasks      Field = 1 << iota // the index has tasks
	Lengths                      // optional everywhere: nil means equal lengths
	Baselines                    // required
	Components                   // optional: nil means the reward is the only part
)

// A RowError is a row that cannot be used. Row counts from 0.
type RowError struct {
	Row   int
	Field string // group, task, reward, length, baseline, or the name of a component
	Msg   string // what is wrong, to be read behind the name of the field
}

func (e *RowError) Error() string {
	return fmt.Sprintf("advantage: row %d: %s %s", e.Row, e.Field, e.Msg)
}

// ErrNoTasks is returned by estimators that use tasks for an index without.
var ErrNoTasks = errors.New("advantage: the estimator needs tasks, and the index was built without")

// check reports what is wrong with the shape of b and panics on lengths that
// only a mistake in the program can cause. Values are checked where they are
// read for the first time.
func (b *Batch) check(dst []float64, needs Field) error {
	if b.Index == nil {
		panic("advantage: batch without index")
	}
	n := b.Index.rows
	if len(dst) != n || len(b.Rewards) != n {
		panic(fmt.Sprintf("advantage: %d rows in the index, %d rewards, %d places for advantages", n, len(b.Rewards), len(dst)))
	}
	if needs&Tasks != 0 && b.Index.task == nil && n > 0 {
		return ErrNoTasks
	}
	if needs&Lengths != 0 && b.Lengths != nil {
		if len(b.Lengths) != n {
			panic(fmt.Sprintf("advantage: %d rows in the index, %d lengths", n, len(b.Lengths)))
		}
		for i, l := range b.Lengths {
			if l < 1 {
				return &RowError{i, "length", fmt.Sprintf("is %d; a response has at least one token", l)}
			}
		}
	}
	if needs&Baselines != 0 {
		if b.Baselines == nil && n > 0 {
			return errors.New("advantage: the estimator needs the rewards of the greedy responses, and the batch has no baselines")
		}
		if len(b.Baselines) != n {
			panic(fmt.Sprintf("advantage: %d rows in the index, %d baselines", n, len(b.Baselines)))
		}
		if err := finite(b.Baselines, "baseline"); err != nil {
			return err
		}
	}
	if needs&Components != 0 && b.Components != nil {
		if len(b.Names) != len(b.Components) {
			panic(fmt.Sprintf("advantage: %d components, %d names", len(b.Components), len(b.Names)))
		}
		for k, c := range b.Components {
			if len(c) != n {
				panic(fmt.Sprintf("advantage: %d rows in the index, %d in component %s", n, len(c), b.Names[k]))
			}
			if err := finite(c, b.Names[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

func finite(x []float64, field string) error {
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &RowError{i, field, fmt.Sprintf("is %v; leave rows without a value out of the batch", v)}
		}
	}
	return nil
}
