package engine

import (
	"fmt"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// Options sets up a policy. The zero value is float32 with sizes that fit the
// device.
type Options struct {
	// Precision is the type of activations, and of weights in products. Weights,
	// gradient and moments are float32 in any case; so are all sums.
	Precision gpu.Type

	// MaxTokens is the length of the longest sequence, prompt and response, that
	// training will bring: memory is taken for it at first. Longer ones are tried
	// too. 0: MicroTokens.
	MaxTokens int

	// MicroTokens bounds the tokens that are in work at a time: a batch is cut
	// before the sequence that would exceed it. A longer sequence stands alone.
	// Other cuts add up gradients in another order. 0: up to 16384, fewer where
	// their activations would not fit.
	MicroTokens int

	// ChunkRows bounds the rows whose logits are in memory at a time. Other chunks
	// add up gradients of the head in another order. 0: up to 4096, fewer where
	// logits would take more than an eighth of the memory behind the state.
	ChunkRows int

	// MemoryBytes bounds what the policy takes of the device's memory. A batch that
	// needs more keeps less and computes it again; no number changes by that.
	// 0: 90% of what was free when the device was opened.
	MemoryBytes int64

	// CacheBytes bounds the keys and values of samples that are computed at the
	// same time; others wait. They live where training has its activations. 0: all
	// that MemoryBytes leaves there.
	CacheBytes int64

	// Recompute forces what is kept; Auto is the fastest level that fits.
	Recompute Recompute

	// OwnKernels keeps away libraries of the device, such as cuBLASLt and cuDNN.
	// With kernels of ours alone a row has the same bits in any batch, so that a
	// sample depends on nothing but its prompt and key; libraries promise no such
	// thing.
	OwnKernels bool

	// Frozen makes a policy without gradient and moments, which computes and samples
	// but is never updated: a reference. It takes memory for weights and forward
	// passes alone.
	Frozen bool

	// Unordered lets cuDNN sum the gradient of attention in any order. It is faster,
	// above 8K tokens about twice as fast since cuDNN's ordered sums take memory for
	// every pair of tokens there and kernels of ours do the work; but the same run
	// does not give the same bits again.
	Unordered bool
}

func (o Options) validate() error {
	if o.Precision > gpu.BF16 || o.MaxTokens < 0 || o.MicroTokens < 0 || o.ChunkRows < 0 || o.MemoryBytes < 0 || o.CacheBytes < 0 || o.Recompute > KeepInputs {
		return fmt.Errorf("cuda: impossible options %+v", o)
	}
	for _, x := range []struct {
		name string
		n    int
	}{{"MaxTokens", o.MaxTokens}, {"MicroTokens", o.MicroTokens}, {"ChunkRows", o.ChunkRows}} {
		if x.n > mostTokens {
			return fmt.Errorf("cuda: %s is %d; it may be at most %d", x.name, x.n, mostTokens)
		}
	}
	return nil
}

// levels returns what may be kept, in the order of preference.
func (o Options) levels() []Recompute {
	switch {
	case o.Frozen:
		return []Recompute{keepNothing}
	case o.Recompute != Auto:
		return []Recompute{o.Recompute}
	}
	return []Recompute{KeepAll, KeepProducts, KeepAttention, KeepInputs}
}

// mostTokens bounds tokens in work at a time, such that all numbers of elements in
// lists of them are int32.
const mostTokens = 1 << 28

// Recompute is how much of the forward pass is computed again in the backward
// pass instead of kept. The numbers are the same, bit for bit, as far as those of
// the device's libraries are the same for the same shape.
type Recompute uint8

// The levels, from fastest to smallest.
const (
	Auto          Recompute = iota
	KeepAll                 // keep all that the backward pass reads
	KeepProducts            // keep all products; compute norms, rotated heads and silu(gate) up again
	KeepAttention           // compute gates again too
	KeepInputs              // keep a layer's input and attention output only

	keepNothing // there is no backward pass
)

// String returns the level's name in words.
func (r Recompute) String() string {
	return [...]string{"automatic", "keep all", "keep products", "keep attention", "keep inputs", "keep nothing"}[r]
}
