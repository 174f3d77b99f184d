package cuda_test

import (
	"fmt"
	"log"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

func ExampleNew() {
	cfg := model.Config{Hidden: 64, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 16, MLP: 128, Vocab: 256, MaxLen: 512, RopeTheta: 1e4, NormEps: 1e-6, Tied: true}
	p, err := cuda.New(cfg, cuda.Options{Engine: cuda.Engine{Precision: cuda.BF16}})
	if err != nil {
		log.Fatal(err) // such as: no GPU, too little memory, or built without CUDA
	}
	defer p.Close()
	fmt.Println(p.Plan())
	if err := backend.Init(p, random.NewKey(1), 0.02); err != nil {
		log.Fatal(err)
	}
}
