package ops

import (
	"fmt"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// PageTokens is the positions that a page of keys and values holds.
const PageTokens = 64

// chunkTokens is the positions of a block of DecodeAttention.
const chunkTokens = 4 * PageTokens

// Pages are the keys and values of a layer for sampling. Page i begins i Stride
// elements behind K and V; it is [KV, PageTokens, D].
type Pages struct {
	K, V   gpu.Ptr
	Stride int
}

// StoreKV writes the keys and values in rows row[i] of k and v, each of KV heads of
// D elements, to the places slot[i] = page PageTokens + position in the page, for i
// below count. row and slot are i32; without row it is row i.
func (q *Queue) StoreKV(c Pages, k, v gpu.Rows, row, slot gpu.Ptr, count int, s gpu.Heads) {
	if count == 0 {
		return
	}
	q.run("store_kv_"+q.Type.String(), gpu.Dim{count}, gpu.Dim{128}, 0,
		uint64(c.K), uint64(c.V), gpu.Int(c.Stride), uint64(k.Ptr), gpu.Int(k.LD), uint64(v.Ptr), gpu.Int(v.LD),
		uint64(row), uint64(slot), gpu.Int(s.KV), gpu.Int(s.D))
}

// A Decoding is one query for each of Rows, with the pages of what is before it.
type Decoding struct {
	Rows   int
	Table  gpu.Ptr // i32, [Rows, Width]: pages in the order of positions
	Width  int
	Length gpu.Ptr // i32, [Rows]: positions, the query's own among them

	// What DecodeItems says of the lengths, in i32.
	Items       int
	Item, First gpu.Ptr

	Parts gpu.Ptr // DecodeBytes of memory to work in, aligned to 8 bytes
}

// DecodeItems divides rows of the given lengths, which are positive, for a
// Decoding: item is the row of each item, and the items of row r are first[r] to
// first[r+1]-1.
func DecodeItems(length []int32) (item, first []int32) {
	first = make([]int32, len(length)+1)
	for r, n := range length {
		first[r] = int32(len(item))
		for range ceil(int(n), chunkTokens) {
			item = append(item, int32(r))
		}
	}
	first[len(length)] = int32(len(item))
	return item, first
}

// DecodeBytes returns the bytes that DecodeAttention works in: a vector and two
// numbers for each item and query head, if a row has more than one item.
func DecodeBytes(rows, items int, s gpu.Heads) int64 {
	if items <= rows {
		return 0
	}
	return int64(items) * int64(s.Q) * int64(8+4*s.D)
}

// DecodeAttention computes attention of one query per row, in x, over the
// positions of its row:
//
//	out_h = sum_{j<length} p_j v_j     p_j = exp(scale q_h·k_j) / sum_i exp(scale q_h·k_i)
//
// for every head h of the queries, whose group of Q/KV shares keys and values. A
// row's result depends on nothing of the other rows, bit for bit. Heads have at
// most 256 elements.
func (q *Queue) DecodeAttention(out, x gpu.Rows, c Pages, d Decoding, s gpu.Heads) {
	switch {
	case d.Rows == 0:
		return
	case s.D > 256 || s.KV <= 0 || s.Q%s.KV != 0:
		q.Fail(fmt.Errorf("cuda: attention in sampling takes heads of up to 256 elements, and query heads in groups; these are %d and %d of %d elements", s.Q, s.KV, s.D))
		return
	}
	heads := 1 // of a block
	for heads < s.Q/s.KV && heads < 8 {
		heads *= 2
	}
	lanes := 1 // that read a row of a page, 8 elements each
	for lanes*8 < s.D {
		lanes *= 2
	}
	// Only rows of more than one item have something to keep.
	var acc, stats gpu.Ptr
	split := DecodeBytes(d.Rows, d.Items, s) > 0
	if split {
		if d.Parts == 0 && q.err == nil {
			panic(fmt.Sprintf("ops: attention in sampling of %d items of %d rows without memory for them", d.Items, d.Rows))
		}
		stats, acc = d.Parts, d.Parts+gpu.Ptr(8*d.Items*s.Q)
	}
	q.run(fmt.Sprintf("decode_attention_%d_%s", heads, q.Type), gpu.Dim{d.Items, s.KV, ceil(s.Q/s.KV, heads)}, gpu.Dim{128},
		4*heads*(chunkTokens+4*s.D),
		uint64(out.Ptr), gpu.Int(out.LD), uint64(x.Ptr), gpu.Int(x.LD), uint64(c.K), uint64(c.V), gpu.Int(c.Stride),
		uint64(d.Table), gpu.Int(d.Width), uint64(d.Length), uint64(d.Item), uint64(d.First), uint64(acc), uint64(stats),
		gpu.Int(s.Q), gpu.Int(s.KV), gpu.Int(s.D), gpu.Int(lanes), gpu.Float(s.Scale))
	if split {
		q.run("decode_combine_"+q.Type.String(), gpu.Dim{d.Rows, s.Q}, gpu.Dim{256}, 0,
			uint64(out.Ptr), gpu.Int(out.LD), uint64(acc), uint64(stats), uint64(d.First), gpu.Int(s.D), gpu.Float(s.Scale))
	}
}
