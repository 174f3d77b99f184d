//go:build cuda && cgo

// Command golongrl-train-cuda is golongrl-train on an NVIDIA GPU. It is built with
// the tag cuda; golongrl-train --backend cuda starts it. Its command line is the
// same, and its backend where none is named is cuda.
//
// Its exit status is 3 if there is no GPU.
package main

import (
	"fmt"

	"github.com/golongrl/golongrl/cmd/internal/train"
	"github.com/golongrl/golongrl/trainer/cuda"
	"github.com/golongrl/golongrl/trainer/model"
)

func main() { train.Main(train.Backend{Name: "cuda", Open: opener()}) }

// opener opens policies that share a GPU. Frozen ones come first.
func opener() train.Open {
	var frozen int64 // bytes that they take
	return func(cfg model.Config, o train.Options) (train.Policy, error) {
		opts := cuda.Options{Device: o.Device, Engine: cuda.Engine{
			Precision: cuda.BF16, MaxTokens: o.MaxTokens, MicroTokens: o.MicroTokens,
			MemoryBytes: o.MemoryBytes, CacheBytes: o.CacheBytes, OwnKernels: o.OwnKernels, Unordered: o.Unordered, Frozen: o.Frozen,
		}}
		if o.Float32 {
			opts.Precision = cuda.F32
		}
		if o.MemoryBytes > 0 { // without, the limit follows what is free
			opts.MemoryBytes = max(1, o.MemoryBytes-frozen)
		}
		p, err := cuda.New(cfg, opts)
		if err != nil && frozen > 0 {
			err = fmt.Errorf("%w\nA reference policy takes %.3g GB of the memory already", err, float64(frozen)/1e9)
		}
		if err != nil {
			return nil, err // and no policy: a nil *cuda.Policy would be one
		}
		if o.Frozen {
			frozen += p.PlannedBytes()
		}
		return p, nil
	}
}
