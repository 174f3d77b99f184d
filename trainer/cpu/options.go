package cpu

// Options sets up a policy. The zero value is good for training.
type Options struct {
	// Workers is the number of goroutines that compute; 0: runtime.GOMAXPROCS.
	// It changes no number.
	Workers int

	// MicroTokens bounds the tokens that are in work at a time: a batch is cut
	// before the sequence that would exceed it. A longer sequence stands alone.
	// Other cuts add up gradients in another order. 0: 2048.
	MicroTokens int

	// ChunkBytes bounds the memory for logits: as many rows at a time as fit, at
	// least one. Other chunks add up gradients of the head in another order.
	// 0: 8 MiB, or what 256 rows need if that is more: each chunk reads and writes
	// the whole gradient of the head.
	ChunkBytes int

	// MemoryBytes is a budget for the activations of training. A batch that needs
	// more keeps less and computes it again; no number changes. 0: no limit.
	MemoryBytes int64

	// CacheBytes is a budget for the keys and values of samples that are computed
	// at the same time; others wait. It changes no number. 0: 1 GiB.
	CacheBytes int64

	// Recompute forces what is kept; Auto is what MemoryBytes allows.
	Recompute Recompute
}

func (o Options) withDefaults() Options {
	if o.MicroTokens == 0 {
		o.MicroTokens = 2048
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 1 << 30
	}
	return o
}

// Recompute is how much of the forward pass is computed again in the backward
// pass instead of kept. The numbers are the same, bit for bit.
type Recompute uint8

// The levels, from fastest to smallest.
const (
	Auto          Recompute = iota
	KeepAll                 // keep all that the backward pass reads
	KeepAttention           // compute norms and gates again
	KeepInputs              // keep a layer's input and attention output only
)

// String returns the level's name in words.
func (r Recompute) String() string {
	return [...]string{"automatic", "keep all", "keep attention", "keep inputs"}[r]
}
