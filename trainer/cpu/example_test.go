package cpu_test

import (
	"context"
	"fmt"
	"log"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
)

// imitate is the loss that supervised training minimises: the mean of -logp.
type imitate struct{ rows int }

func (imitate) Needs() backend.Scope { return backend.AnyRows }

func (o imitate) Derivatives(_, _ int, _, _, dlogp, _ []float64) error {
	for i := range dlogp {
		dlogp[i] = -1 / float64(o.rows)
	}
	return nil
}

func ExampleNew() {
	p, err := cpu.New(model.Config{
		Vocab: 8, Hidden: 16, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 8, MLP: 32,
		RopeTheta: 10000, NormEps: 1e-6, Tied: true, MaxLen: 16,
	}, cpu.Options{Workers: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	if err := backend.Init(p, 1, 0.02); err != nil {
		log.Fatal(err)
	}

	// Two sequences, each a prompt of two tokens and a response of two.
	batch := &backend.Batch{
		Tokens: []int32{1, 2, 3, 4, 2, 1, 5, 6},
		Start:  []int{0, 4, 8},
		Rows:   []int{2, 3, 6, 7},
	}
	out := &backend.Rows{LogP: make([]float64, 4)}
	for step := 1; step <= 40; step++ {
		if err := p.Accumulate(context.Background(), batch, imitate{4}, out); err != nil {
			log.Fatal(err)
		}
		if _, err := p.Update(backend.Update{LR: 0.01, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, Step: step, MaxNorm: 1}); err != nil {
			log.Fatal(err)
		}
	}
	if err := p.LogProbs(context.Background(), batch, out); err != nil {
		log.Fatal(err)
	}
	for _, lp := range out.LogP {
		fmt.Println(lp > -0.1)
	}
	// Output:
	// true
	// true
	// true
	// true
}
