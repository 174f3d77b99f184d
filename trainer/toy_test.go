package trainer

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// The toy task: tokens 1 to 8 are letters, and the answer to a letter is the
// letter, then token 0. Em judges it.
type toyDecoder struct{}

func (toyDecoder) Decode(tokens []int32) (s string) {
	for _, t := range tokens {
		if t > 0 {
			s += string(rune('a' + t - 1))
		}
	}
	return s
}

const toyLetters = 8

var toyShape = model.Config{Vocab: toyLetters + 2, Hidden: 16, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 8, MLP: 32, RopeTheta: 1e4, NormEps: 1e-6, Tied: false, MaxLen: 16}

func toyPrompts(tasks int) (ps []*rollouts.Prompt) {
	for i := range toyLetters {
		letter := int32(i + 1)
		ps = append(ps, &rollouts.Prompt{
			Index: i, ID: strconv.Itoa(i), Tokens: []int32{letter, toyLetters + 1}, Text: toyDecoder{}.Decode([]int32{letter}) + "?",
			Task: fmt.Sprintf("task%d", i%tasks), Record: scoring.Record{Gold: scoring.Text(toyDecoder{}.Decode([]int32{letter})), Metric: "em"},
		})
	}
	return ps
}

func toyConfig() Config {
	c := Default()
	c.Seed, c.Steps = 3, 100
	c.TrainBatch, c.GenBatch, c.Samples, c.Filter = 8, 8, 16, Skip
	c.MaxPrompt, c.MaxResponse = 8, 2
	c.LR, c.Beta2, c.Decay = 1e-2, 0.95, 0
	c.EvalEvery, c.SaveEvery = 0, 0
	return c
}

func toyPolicy(t testing.TB, seed uint64, workers int) *cpu.Policy {
	t.Helper()
	p, err := cpu.New(toyShape, cpu.Options{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	if err := backend.Init(p, random.NewKey(seed), 0.1); err != nil {
		t.Fatal(err)
	}
	return p
}

func toyOptions(t testing.TB, p backend.Policy) Options {
	t.Helper()
	scorer, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Policy: p, Source: rollouts.NewPolicy(p, toyDecoder{}), Train: toyPrompts(2), Eval: toyPrompts(2), Scorer: scorer, Stop: []int32{0}}
}

func newToy(t testing.TB, c Config, change func(*Options)) *Trainer {
	t.Helper()
	o := toyOptions(t, toyPolicy(t, 1, 2))
	if change != nil {
		change(&o)
	}
	tr, err := New(c, o)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// keeper keeps the steps it is told of.
type keeper struct{ steps []watch.Step }

func (k *keeper) Step(s *watch.Step) error { k.steps = append(k.steps, *s); return nil }
func (k *keeper) Close() error             { return nil }

func greedyReward(t testing.TB, tr *Trainer) float64 {
	t.Helper()
	e, err := tr.Evaluate(context.Background(), 1, Draw{})
	if err != nil {
		t.Fatal(err)
	}
	return e.Mean
}
