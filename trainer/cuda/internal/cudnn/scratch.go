package cudnn

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// maxOrdered bounds the scratch memory of ordered gradients, which take 2 bytes for
// each pair of tokens of a sequence and head; those that need more are not taken.
const maxOrdered = 2 << 30

// scratchFor bounds the memory that work on sequences of so many tokens in all takes
// beside what it is given: the sums of rows, float32, [tokens, heads]; those of DQ and
// about as much workspace, float32, [tokens, heads, D]; and if sums are ordered,
// workspace for every pair of tokens, of which more than maxOrdered is refused.
func scratchFor(a gpu.Attend, tokens int) int64 {
	n := roundLength(tokens)
	n = max(n, min(together, 4*n)) // batches are rounded to powers of 4
	heads := int64(n) * int64(a.Heads.Q)
	bytes := 4*heads + 8*heads*int64(a.D)
	if !a.Unordered {
		bytes += min(maxOrdered, 2*heads*int64(n))
	}
	return bytes
}
