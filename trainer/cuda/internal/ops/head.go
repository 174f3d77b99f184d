package ops

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// LogSoftmax computes for each of rows of logits, f32, [rows, vocab], of which
// scale times the logits are taken, with s = scale z:
//
//	lse = log sum_j exp(s_j)     logp = s_target - lse     entropy = lse - sum_j p_j s_j
//
// target is i32; lse, logp and entropy are f64, [rows]; entropy may be 0.
// Differences to the row's maximum are taken before they are scaled.
func (q *Queue) LogSoftmax(lse, logp, entropy, logits, target gpu.Ptr, rows, vocab int, scale float64) {
	panic("ops: to be written")
}

// LogSoftmaxGrad computes the derivative with respect to the logits from those
// with respect to logp and entropy (f64, [rows]; dentropy may be 0):
//
//	dz_j = scale (dlogp (1[j=target] - p_j) - dentropy p_j (log p_j + entropy))
//
// dlogits is of the queue's type, [rows, vocab]; it may be the logits if that is
// F32.
func (q *Queue) LogSoftmaxGrad(dlogits, logits, target, lse, entropy, dlogp, dentropy gpu.Ptr, rows, vocab int, scale float64) {
	panic("ops: to be written")
}
