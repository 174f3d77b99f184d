package main

import (
	"runtime"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/kerneltest"
	"github.com/golongrl/golongrl/trainer/demo"
	"github.com/golongrl/golongrl/trainer/model"
)

// qwen3 is Qwen3-0.6B.
var qwen3 = model.Config{
	Vocab: 151936, Hidden: 1024, Layers: 28, Heads: 16, KVHeads: 8, HeadDim: 128, MLP: 3072,
	RopeTheta: 1e6, NormEps: 1e-6, Tied: true, MaxLen: 1 << 17,
}

// fullSize is what a GPU is given.
func fullSize() sizes {
	return sizes{
		cases: kerneltest.Cases(),
		step: []stepShape{
			{ // odd in every way: no row is aligned
				name: "small", std: 0.03, micro: 64, chunk: 32, prompt: 5, takes: 10 * time.Second,
				cfg: model.Config{
					Vocab: 211, Hidden: 54, Layers: 2, Heads: 6, KVHeads: 2, HeadDim: 18, MLP: 70,
					RopeTheta: 1e4, NormEps: 1e-6, MaxLen: 256,
				},
				lengths: []int{17, 1, 64, 2, 129, 40},
			},
			{ // of the sizes that fast kernels are for
				name: "medium", std: 0.015, micro: 2048, chunk: 512, prompt: 200, takes: 20 * time.Second,
				cfg: model.Config{
					Vocab: 8192, Hidden: 512, Layers: 4, Heads: 8, KVHeads: 4, HeadDim: 128, MLP: 1536,
					RopeTheta: 1e6, NormEps: 1e-6, Tied: true, MaxLen: 2048,
				},
				lengths: []int{1500, 257, 128},
			},
		},
		demo: demoSize{set: func(*demo.Settings) {}, rise: 0.2, near: 0.1, takes: 3 * time.Minute},
		bench: benchSize{
			cfg: qwen3, batch: 50 * time.Millisecond, rounds: 5,
			tokens:    8192,
			attention: []int{4096, 8192, 16384, 32768, 65536},
			update:    []int{4096, 8192, 16384, 32768, 65536},
			ownUpdate: 8192, wholeCompile: 8192,
			torch: "0.6b", chunk: 4096,
		},
		workers: runtime.NumCPU(),
		grace:   20 * time.Second,
	}
}
