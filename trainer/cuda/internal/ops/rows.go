package ops

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// warpRow is the longest row that a warp keeps in registers; longer ones take a
// block.
const warpRow = 1024

// RMSNorm computes, for each of rows of d elements,
//
//	y = x rstd w     rstd = 1/sqrt(mean(x²) + eps)
//
// rstd is f32, [rows], or 0 if nobody wants it. y may be x. It moves 2 rows d
// elements.
func (q *Queue) RMSNorm(y, x, w, rstd gpu.Ptr, rows, d int, eps float64) {
	q.norm(0, y, x, 0, w, rstd, rows, d, eps)
}

// AddRMSNorm computes sum = a + b and then y as RMSNorm does of sum, as it is
// rounded to the queue's type. sum may be a or b. It moves 4 rows d elements.
func (q *Queue) AddRMSNorm(sum, y, a, b, w, rstd gpu.Ptr, rows, d int, eps float64) {
	q.norm(sum, y, a, b, w, rstd, rows, d, eps)
}

func (q *Queue) norm(sum, y, a, b, w, rstd gpu.Ptr, rows, d int, eps float64) {
	if rows == 0 || d == 0 {
		return
	}
	kernel, blocks, threads := "rmsnorm_", ceil(rows, 4), 128
	if d > warpRow {
		kernel, blocks, threads = "rmsnorm_long_", rows, 256
	}
	q.run(kernel+q.Type.String(), gpu.Dim{blocks}, gpu.Dim{threads}, 0,
		uint64(sum), uint64(y), uint64(a), uint64(b), uint64(w), uint64(rstd),
		gpu.Int(rows), gpu.Int(d), gpu.Float(eps))
}

// RMSNormGrad computes the derivatives of RMSNorm: dx, and dw, f32, [d]. With
// accumulate or accumulateW, they are added to what is there. rstd is read. dx may
// be dy. It moves 3 rows d elements, with accumulate 4.
func (q *Queue) RMSNormGrad(dx gpu.Ptr, accumulate bool, dw gpu.Ptr, accumulateW bool, dy, x, w, rstd gpu.Ptr, rows, d int) {
	if rows == 0 || d == 0 {
		return
	}
	// Blocks of at least 16 rows, and not so many that their sums are a burden.
	kernel, blocks := "rmsnorm_grad_", min(ceil(rows, 16), 528)
	if d > warpRow {
		kernel = "rmsnorm_long_grad_"
	}
	part := q.temp(int64(blocks) * int64(d) * 4)
	q.run(kernel+q.Type.String(), gpu.Dim{blocks}, gpu.Dim{256}, 0,
		uint64(dx), gpu.Bool(accumulate), uint64(part), uint64(dy), uint64(x), uint64(w), uint64(rstd),
		gpu.Int(rows), gpu.Int(d))
	q.addColumns(dw, 0, accumulateW, part, blocks, d)
}

// addColumns computes the sums over rows of part, f32, [count, d], in dst0, and
// those of the [count, d] behind it in dst1 unless that is 0. With accumulate, they
// are added to what is there.
func (q *Queue) addColumns(dst0, dst1 gpu.Ptr, accumulate bool, part gpu.Ptr, count, d int) {
	parts := 1
	if dst1 != 0 {
		parts = 2
	}
	q.run("add_columns", gpu.Dim{ceil(d, 32), parts}, gpu.Dim{512}, 0,
		uint64(dst0), uint64(dst1), gpu.Bool(accumulate), uint64(part), gpu.Int(count), gpu.Int(d))
}
