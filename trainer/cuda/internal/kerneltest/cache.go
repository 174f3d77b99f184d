package kerneltest

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

func cacheCases() []Case {
	var all []Case
	for i, s := range []struct {
		heads  gpu.Heads
		length []int32
	}{
		{gpu.Heads{Q: 1, KV: 1, D: 2}, []int32{1}},
		{gpu.Heads{Q: 4, KV: 2, D: 16}, []int32{1, 63, 64, 65, 2}},
		{gpu.Heads{Q: 2, KV: 2, D: 8}, []int32{256, 257, 3, 700, 512}},
		{gpu.Heads{Q: 6, KV: 2, D: 24}, []int32{100, 290}},
		{gpu.Heads{Q: 3, KV: 1, D: 7}, []int32{70, 258}},
		{gpu.Heads{Q: 16, KV: 1, D: 32}, []int32{33, 300}},
		{gpu.Heads{Q: 8, KV: 4, D: 128}, []int32{130, 260}},
		{gpu.Heads{Q: 5, KV: 1, D: 256}, []int32{270}},
	} {
		s.heads.Scale = 1 / math.Sqrt(float64(s.heads.D))
		for _, t := range []gpu.Type{gpu.F32, gpu.BF16} {
			name := fmt.Sprintf("decode/%v/%d,%d,%d/%d", t, s.heads.Q, s.heads.KV, s.heads.D, len(s.length))
			all = append(all, Case{Name: name, Slow: s.heads.D >= 32, Run: withRig(t, i/3%2, func(r *rig) { decode(r, s.heads, s.length) })})
		}
	}
	return append(all, Case{Name: "decode/refuses", Run: withRig(gpu.F32, 0, func(r *rig) {
		for _, h := range []gpu.Heads{{Q: 1, KV: 1, D: 258}, {Q: 3, KV: 2, D: 2}} {
			r.q.DecodeAttention(gpu.Rows{}, gpu.Rows{}, ops.Pages{}, ops.Decoding{Rows: 1, Items: 1}, h)
			r.check(r.q.Reset() != nil, "no error for heads %+v", h)
		}
	})})
}

// decode stores keys and values in pages that lie anywhere, and compares the
// attention of one query per row with its definition.
func decode(r *rig, s gpu.Heads, length []int32) {
	rows, total, width := len(length), 0, 0
	for _, n := range length {
		total += int(n)
		width = max(width, (int(n)+ops.PageTokens-1)/ops.PageTokens)
	}
	// Keys and values are columns of wider rows, in reverse order of tokens.
	kv := s.KV * s.D
	kAt := 8 // their first column
	if r.shift > 0 {
		kAt = 3
	}
	ld := kAt + 2*kv
	qd := s.Q * s.D
	tokens, x := r.normal(total*ld, 1), r.normal(rows*(qd+8), 1)
	src, queries := r.put(r.t, tokens), r.put(r.t, x)

	pages := r.rng.Perm(rows*width + 2)
	table, row, slot := make([]int32, rows*width), []int32{}, []int32{}
	first := make([]int, rows) // token of position 0 of a row
	for i, n := range length {
		first[i] = total - 1 - len(row)
		for j := range width {
			table[i*width+j] = -1 // not to be read
		}
		for p := range int(n) {
			page := int32(pages[i*width+p/ops.PageTokens])
			table[i*width+p/ops.PageTokens] = page
			row = append(row, int32(first[i]-p))
			slot = append(slot, page*ops.PageTokens+int32(p%ops.PageTokens))
		}
	}
	size := ops.PageTokens * kv
	c := ops.Pages{Stride: 2*size + 8}
	c.K = r.out(r.t, c.Stride*len(pages))
	c.V = c.K.At(size, r.t)
	k, v := gpu.Rows{Ptr: src.At(kAt, r.t), LD: ld}, gpu.Rows{Ptr: src.At(ld-kv, r.t), LD: ld}
	r.q.StoreKV(c, k, v, r.ints(row), r.ints(slot), len(row), s)
	store := r.get(r.t, c.K, c.Stride*len(pages))
	for i, t := range row {
		for g := range s.KV {
			for e := range s.D {
				at := int(slot[i])/ops.PageTokens*c.Stride + (g*ops.PageTokens+int(slot[i])%ops.PageTokens)*s.D + e
				token := tokens[int(t)*ld:]
				r.check(store[at] == token[kAt+g*s.D+e] && store[at+size] == token[ld-kv+g*s.D+e], "slot %d, head %d, element %d is wrong", slot[i], g, e)
			}
		}
	}
	written := 0
	for _, v := range store {
		if !math.IsNaN(v) {
			written++
		}
	}
	r.check(written == 2*total*kv, "%d elements of pages written, want %d", written, 2*total*kv)

	run := func(rows, from int, length []int32) []float64 {
		item, begin := ops.DecodeItems(length)
		d := ops.Decoding{
			Rows: rows, Table: r.ints(table[from*width:][:rows*width]), Width: width, Length: r.ints(length),
			Items: len(item), Item: r.ints(item), First: r.ints(begin),
			Parts: r.alloc(int(ops.DecodeBytes(rows, len(item), s)+7)/8, 8),
		}
		out := r.out(r.t, rows*(qd+1))
		r.q.DecodeAttention(gpu.Rows{Ptr: out, LD: qd + 1}, gpu.Rows{Ptr: queries.At(from*(qd+8), r.t), LD: qd + 8}, c, d, s)
		return r.get(r.t, out, rows*(qd+1))
	}
	got := run(rows, 0, length)
	want, magnitude := make([]float64, len(got)), make([]float64, len(got))
	for i, n := range length {
		want[i*(qd+1)+qd] = math.NaN()
		for h := range s.Q {
			g := h / (s.Q / s.KV)
			query := x[i*(qd+8)+h*s.D:][:s.D]
			var sum, size float64
			p := make([]float64, n)
			for j := range p {
				key := tokens[(first[i]-j)*ld+kAt+g*s.D:]
				var dot, abs float64
				for e, a := range query {
					dot += a * key[e]
					abs += math.Abs(a * key[e])
				}
				p[j] = math.Exp(s.Scale * dot)
				sum += p[j]
				size = max(size, s.Scale*abs) // of a score, whose rounding p has
			}
			for e := range s.D {
				at := i*(qd+1) + h*s.D + e
				for j, w := range p {
					a := w / sum * tokens[(first[i]-j)*ld+ld-kv+g*s.D+e]
					want[at] += a
					magnitude[at] += math.Abs(a) * (1 + size)
				}
			}
		}
	}
	r.near("attention", r.t, got, want, magnitude)
	for i := range length {
		r.same("alone", run(1, i, length[i:i+1]), got[i*(qd+1):][:qd+1])
	}
}
