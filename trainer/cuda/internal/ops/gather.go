package ops

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// Embed writes rows tokens (i32, [n]) of table to x, [n, h].
func (q *Queue) Embed(x, table, tokens gpu.Ptr, n, h int) { q.Gather(x, table, tokens, n, h) }

// EmbedGrad adds rows of dx to rows of dtable, f32: those numbered
// order[first[i]] to order[first[i+1]-1] to row ids[i], for i below distinct.
// order, first and ids are i32. No row of dtable appears twice in ids. Eight
// subtotals, of every eighth row, are added up and then to dtable.
//
// It moves the rows of dx once and distinct rows of dtable twice.
func (q *Queue) EmbedGrad(dtable, dx, order, first, ids gpu.Ptr, distinct, h int) {
	if distinct == 0 || h == 0 {
		return
	}
	grid := gpu.Dim{distinct, min(ceil(h, 32*vector(q.Type)), maxY)}
	q.run("embed_grad_"+q.Type.String(), grid, gpu.Dim{256}, 0,
		uint64(dtable), uint64(dx), uint64(order), uint64(first), uint64(ids), gpu.Int(h))
}

// Gather writes rows index (i32, [rows]) of src, of d elements, one behind the
// other to dst. It moves 2 rows d elements.
func (q *Queue) Gather(dst, src, index gpu.Ptr, rows, d int) {
	q.byRows("gather_", rows, d, uint64(dst), uint64(src), uint64(index), gpu.Int(d))
}

// Scatter writes the rows of src to rows index of dst, which are distinct. It moves
// 2 rows d elements.
func (q *Queue) Scatter(dst, src, index gpu.Ptr, rows, d int) {
	q.byRows("scatter_", rows, d, uint64(dst), uint64(src), uint64(index), gpu.Int(d))
}
