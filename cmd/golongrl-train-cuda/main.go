//go:build cuda && cgo

// Command golongrl-train-cuda is golongrl-train on an NVIDIA GPU. It is built with
// the tag cuda; golongrl-train --backend cuda starts it. Its command line is the
// same, and its backend where none is named is cuda.
//
// Its exit status is 3 if there is no GPU.
package main

import (
	"github.com/golongrl/golongrl/cmd/internal/train"
	"github.com/golongrl/golongrl/trainer/cuda"
	"github.com/golongrl/golongrl/trainer/model"
)

func main() { train.Main(train.Backend{Name: "cuda", Open: opener()}) }

func opener() train.Open {
	var share int64 // of the memory, for each of several policies
	return func(cfg model.Config, o train.Options) (train.Policy, error) {
		opts := cuda.Options{Device: o.Device, Engine: cuda.Engine{
			Precision: cuda.BF16, MaxTokens: o.MaxTokens, MicroTokens: o.MicroTokens,
			MemoryBytes: o.MemoryBytes, CacheBytes: o.CacheBytes, OwnKernels: o.OwnKernels, Unordered: o.Unordered,
		}}
		if o.Float32 {
			opts.Precision = cuda.F32
		}
		if o.Policies > 1 && o.MemoryBytes > 0 {
			opts.MemoryBytes /= int64(o.Policies)
		} else if o.Policies > 1 {
			if share == 0 { // before the first policy takes its own
				d, err := cuda.OpenDevice(o.Device)
				if err != nil {
					return nil, err
				}
				share = d.Info().Free / 10 * 9 / int64(o.Policies)
				if err := d.Close(); err != nil {
					return nil, err
				}
			}
			opts.MemoryBytes = share
		}
		p, err := cuda.New(cfg, opts)
		if err != nil {
			return nil, err // and no policy: a nil *cuda.Policy would be one
		}
		return p, nil
	}
}
