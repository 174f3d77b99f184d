package backend_test

import (
	"context"
	"fmt"
	"log"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/random"
)

// row is an objective: make the only row likely.
type row struct{}

func (row) Needs() backend.Scope { return backend.AnyRows }

func (row) Derivatives(_, _ int, _, _, dlogp, _ []float64) error {
	dlogp[0] = -1
	return nil
}

// Training goes on with another objective.
func ExampleResetMoments() {
	p, err := cpu.New(shape, cpu.Options{Workers: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	if err := backend.Init(p, random.NewKey(17), 0.02); err != nil {
		log.Fatal(err)
	}
	b := &backend.Batch{Tokens: []int32{1, 2}, Start: []int{0, 2}, Rows: []int{1}}
	if err := p.Accumulate(context.Background(), b, row{}, &backend.Rows{LogP: make([]float64, 1)}); err != nil {
		log.Fatal(err)
	}
	if _, err := p.Update(backend.Update{LR: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: 1}); err != nil {
		log.Fatal(err)
	}
	moment := func() (sum float64) {
		x := make([]float32, shape.Tensors()[0].Len())
		if err := p.Read(backend.Moment2, 0, x); err != nil {
			log.Fatal(err)
		}
		for _, v := range x {
			sum += float64(v)
		}
		return sum
	}
	fmt.Println(moment() > 0)
	if err := backend.ResetMoments(p); err != nil {
		log.Fatal(err)
	}
	fmt.Println(moment())
	// Output:
	// true
	// 0
}
