package cuda

import (
	"github.com/golongrl/golongrl/trainer/cuda/internal/engine"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// Options sets up a policy. The zero value is GPU 0 in float32 with sizes that fit
// it; for training large models set Precision to BF16.
type Options struct {
	// Device is the number of the GPU, from 0, as the driver counts: the environment
	// variable CUDA_VISIBLE_DEVICES chooses and orders what it sees.
	Device int

	Engine
}

// Engine is the options that do not depend on which GPU it is.
type Engine = engine.Options

// A Precision is the type of activations, and of weights in products.
type Precision = gpu.Type

// The precisions.
const (
	F32  = gpu.F32
	BF16 = gpu.BF16 // the upper half of a float32, with sums in float32
)

// Recompute is how much of the forward pass is computed again in the backward pass
// instead of kept.
type Recompute = engine.Recompute

// The levels of recomputing, from fastest to smallest.
const (
	Auto          = engine.Auto          // the fastest that fits
	KeepAll       = engine.KeepAll       // keep all that the backward pass reads
	KeepProducts  = engine.KeepProducts  // compute norms, rotated heads and silu(gate) up again
	KeepAttention = engine.KeepAttention // compute gates again too
	KeepInputs    = engine.KeepInputs    // keep a layer's input and attention output only
)

// A RoomError says that memory is too little, with the plan and what to change. New
// returns it, and calls of a policy whose batch or request has no room; the policy goes
// on behind it.
type RoomError = engine.RoomError
