package ops

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// LogSoftmax computes for each of rows of logits, f32, [rows, vocab], of which
// scale times the logits are taken, with s = scale z:
//
//	lse = log sum_j exp(s_j)     logp = s_target - lse     entropy = lse - sum_j p_j s_j
//
// target is i32; lse, logp and entropy are f64, [rows]; entropy may be 0.
// Differences to the row's maximum are taken before they are scaled. A row with a
// NaN or +Inf in it has NaN for all three.
//
// A thread adds what it sees of a row, 16 elements or a 1024th of the vocabulary,
// in float32; then come a tree of a warp and a sum in float64.
func (q *Queue) LogSoftmax(lse, logp, entropy, logits, target gpu.Ptr, rows, vocab int, scale float64) {
	if rows == 0 {
		return
	}
	q.run("log_softmax", gpu.Dim{rows}, gpu.Dim{rowThreads(vocab)}, 0,
		uint64(lse), uint64(logp), uint64(entropy), uint64(logits), uint64(target), gpu.Int(vocab), gpu.Float(scale))
}

// LogSoftmaxGrad computes the derivative with respect to the logits from those
// with respect to logp and entropy (f64, [rows]; dentropy may be 0, and then
// entropy too):
//
//	dz_j = scale (dlogp (1[j=target] - p_j) - dentropy p_j (log p_j + entropy))
//
// dlogits is of the queue's type, [rows, vocab]; it may be the logits if that is
// F32.
func (q *Queue) LogSoftmaxGrad(dlogits, logits, target, lse, entropy, dlogp, dentropy gpu.Ptr, rows, vocab int, scale float64) {
	if rows == 0 {
		return
	}
	q.run("log_softmax_grad_"+q.Type.String(), gpu.Dim{rows, ceil(vocab, 4096)}, gpu.Dim{256}, 0,
		uint64(dlogits), uint64(logits), uint64(target), uint64(lse), uint64(entropy), uint64(dlogp), uint64(dentropy),
		gpu.Int(vocab), gpu.Float(scale))
}

// rowThreads returns the threads of a block that has a row of logits: whole warps,
// of 16 elements a thread as long as there are at most 1024 threads. It depends on
// the vocabulary alone, so that a row has the same bits in any batch.
func rowThreads(vocab int) int { return min(32*ceil(vocab, 512), 1024) }
