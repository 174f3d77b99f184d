package kerneltest

import (
	"fmt"
	"math"
	"slices"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

func gemmCases() []Case {
	var all []Case
	add := func(slow bool, form string, in, out gpu.Type, p shape) {
		p.ta, p.tb = form[0] == 't', form[1] == 't'
		p.in, p.out = in, out
		name := fmt.Sprintf("gemm/%s/%v-%v/%dx%dx%d+%d+%d", form, in, out, p.m, p.n, p.k, p.gap, p.shift)
		if p.accumulate {
			name += "/accumulate"
		}
		if p.tile != "" {
			name += "/" + p.tile
		}
		all = append(all, Case{name, slow, withRig(in, p.shift, func(r *rig) { gemm(r, p) })})
	}

	// Small sizes. gap and shift take away what 16 bytes at a time need.
	small := []shape{
		{m: 1, n: 1, k: 1}, {m: 1, n: 65, k: 31}, {m: 3, n: 8, k: 16, gap: 8}, {m: 8, n: 3, k: 33, gap: 1},
		{m: 15, n: 17, k: 15, shift: 1}, {m: 16, n: 16, k: 64}, {m: 17, n: 32, k: 65, gap: 16},
		{m: 31, n: 33, k: 8, gap: 3}, {m: 32, n: 40, k: 130, shift: 8}, {m: 33, n: 31, k: 127, shift: 1, gap: 7},
		{m: 40, n: 72, k: 72}, {m: 64, n: 15, k: 3}, {m: 5, n: 6, k: 0},
	}
	for i, s := range small {
		for j, form := range []string{"nn", "nt", "tn"} {
			f := s
			f.accumulate = (i+j)%2 == 0
			add(false, form, gpu.F32, gpu.F32, f)
			add(false, form, gpu.BF16, gpu.F32, f)
			f.accumulate = false
			add(false, form, gpu.BF16, gpu.BF16, f)
		}
	}
	add(false, "nt", gpu.F32, gpu.BF16, shape{m: 9, n: 21, k: 20})

	// Every tile, over its bounds.
	for _, form := range []string{"nn", "nt", "tn"} {
		for _, tile := range ops.GemmTiles(gpu.Product{In: gpu.F32}) {
			add(true, form, gpu.F32, gpu.F32, shape{m: 129, n: 65, k: 20, tile: tile, accumulate: true})
			add(true, form, gpu.F32, gpu.F32, shape{m: 65, n: 130, k: 17, tile: tile, gap: 1})
		}
		for _, tile := range ops.GemmTiles(gpu.Product{In: gpu.BF16, LDA: 8, LDB: 8, LDC: 8}) {
			add(true, form, gpu.BF16, gpu.F32, shape{m: 136, n: 40, k: 72, tile: tile, gap: 8, accumulate: true})
			add(true, form, gpu.BF16, gpu.BF16, shape{m: 72, n: 264, k: 40, tile: tile})
		}
	}
	// Several times round the stages.
	add(true, "nn", gpu.BF16, gpu.F32, shape{m: 16, n: 16, k: 840, tile: "32x32"})
	add(true, "nt", gpu.BF16, gpu.F32, shape{m: 8, n: 8, k: 296, tile: "128x128"})
	add(true, "tn", gpu.BF16, gpu.F32, shape{m: 8, n: 8, k: 203, tile: "128x256"})
	add(true, "tn", gpu.F32, gpu.F32, shape{m: 257, n: 127, k: 33, accumulate: true})
	add(true, "nn", gpu.BF16, gpu.BF16, shape{m: 128, n: 257, k: 127, shift: 1})

	// Sums that are split.
	add(true, "tn", gpu.BF16, gpu.F32, shape{m: 8, n: 24, k: 2100, accumulate: true})
	add(true, "tn", gpu.BF16, gpu.F32, shape{m: 7, n: 21, k: 3075, accumulate: true, gap: 2})
	for _, t := range []gpu.Type{gpu.F32, gpu.BF16} {
		for _, s := range []shape{{m: 8, n: 24, k: 2100}, {m: 7, n: 21, k: 3075}, {m: 33, n: 40, k: 65}} {
			s.ta = true
			all = append(all, Case{fmt.Sprintf("gemm/tn/%v/%dx%dx%d/store", t, s.m, s.n, s.k), true, withRig(t, 0, func(r *rig) { gemmStore(r, s) })})
		}
	}

	for _, t := range []gpu.Type{gpu.F32, gpu.BF16} {
		for _, form := range []string{"nn", "nt"} {
			all = append(all, Case{fmt.Sprintf("gemm/%s/%v/row", form, t), true, withRig(t, 0, func(r *rig) { gemmRow(r, form == "nt") })})
		}
	}
	return all
}

// A shape is a product to try. Rows are gap elements apart; shift is the rig's.
type shape struct {
	m, n, k    int
	gap, shift int
	ta, tb     bool
	in, out    gpu.Type
	accumulate bool
	tile       string // or what Gemm chooses
}

// A matrix is one in memory whose rows are followed by gaps of NaNs.
type matrix struct {
	rows, columns, ld int
	x                 []float64 // what the device has
	at                gpu.Ptr
}

func (m matrix) get(i, j int, trans bool) float64 {
	if trans {
		i, j = j, i
	}
	return m.x[i*m.ld+j]
}

// matrix puts a random one on the device, before and behind which are NaNs.
func (r *rig) matrix(t gpu.Type, rows, columns, gap int, trans bool) matrix {
	if trans {
		rows, columns = columns, rows
	}
	m := matrix{rows: rows, columns: columns, ld: columns + gap}
	m.x = make([]float64, rows*m.ld)
	for i := range m.x {
		m.x[i] = r.rng.NormFloat64()
		if i%m.ld >= columns {
			m.x[i] = math.NaN()
		}
	}
	if len(m.x) > 0 {
		m.at = r.put(t, m.x)
	}
	return m
}

// gemm tries a product. What lies around C must stay.
func gemm(r *rig, s shape) {
	a := r.matrix(s.in, s.m, s.k, s.gap, s.ta)
	b := r.matrix(s.in, s.k, s.n, s.gap, s.tb)
	const guard = 16
	ldc := s.n + s.gap
	start := slices.Repeat([]float64{math.NaN()}, guard+s.m*ldc+guard)
	if s.accumulate {
		for i := range s.m {
			for j := range s.n {
				start[guard+i*ldc+j] = float64(float32(r.rng.NormFloat64()))
			}
		}
	}
	want, magnitude := slices.Clone(start), slices.Clone(start)
	for i := range s.m {
		for j := range s.n {
			var sum, size float64
			if s.accumulate {
				sum = start[guard+i*ldc+j]
				size = math.Abs(sum)
			}
			for k := range s.k {
				v := a.get(i, k, s.ta) * b.get(k, j, s.tb)
				sum += v
				size += math.Abs(v)
			}
			want[guard+i*ldc+j], magnitude[guard+i*ldc+j] = sum, size
		}
	}

	c := r.put(s.out, start)
	p := gpu.Product{TransA: s.ta, TransB: s.tb, M: s.m, N: s.n, K: s.k, A: a.at, B: b.at, C: c.At(guard, s.out),
		LDA: a.ld, LDB: b.ld, LDC: ldc, In: s.in, Out: s.out, Accumulate: s.accumulate}
	if s.tile != "" {
		r.q.GemmTile(s.tile, p)
	} else {
		r.q.OwnKernels = true
		r.q.Gemm(p)
	}
	r.near("C", s.out, r.get(s.out, c, len(start)), want, magnitude)
}

// gemmStore wants what is stored over NaNs to be, to the bit, what is added to zeros.
func gemmStore(r *rig, s shape) {
	a, b := r.matrix(r.t, s.m, s.k, 0, s.ta), r.matrix(r.t, s.k, s.n, 0, s.tb)
	p := gpu.Product{TransA: s.ta, TransB: s.tb, M: s.m, N: s.n, K: s.k, A: a.at, B: b.at, C: r.out(gpu.F32, s.m*s.n),
		LDA: a.ld, LDB: b.ld, LDC: s.n, In: r.t, Out: gpu.F32}
	r.q.OwnKernels = true
	r.q.Gemm(p)
	stored := r.get(gpu.F32, p.C, s.m*s.n)
	r.q.Fail(r.d.Fill(p.C, 0, int64(4*s.m*s.n)))
	p.Accumulate = true
	r.q.Gemm(p)
	r.same("C, stored", stored, r.get(gpu.F32, p.C, s.m*s.n))
}

// gemmRow wants the same bits for a row whatever the batch and the tile.
func gemmRow(r *rig, tb bool) {
	const m, n, k, row = 200, 40, 40, 137
	a := r.matrix(r.t, m, k, 0, false)
	b := r.matrix(r.t, k, n, 0, tb)
	p := gpu.Product{TransB: tb, M: 1, N: n, K: k, A: a.at.At(row*k, r.t), B: b.at, C: r.out(gpu.F32, n),
		LDA: k, LDB: b.ld, LDC: n, In: r.t, Out: gpu.F32}
	r.q.OwnKernels = true
	r.q.Gemm(p)
	alone := r.get(gpu.F32, p.C, n)
	p.M, p.A = m, a.at
	for _, tile := range ops.GemmTiles(p) {
		p.C = r.out(gpu.F32, m*n)
		r.q.GemmTile(tile, p)
		r.same("row by "+tile, r.get(gpu.F32, p.C.At(row*n, gpu.F32), n), alone)
	}
}
