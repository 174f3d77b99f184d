package ops

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// Gemm computes a matrix product: with the device's library if it has one that
// takes it and OwnKernels is not set, else with kernels of ours. Ours compute an
// element of C in an order of sums that does not depend on M and N, so that a row
// has the same bits in any batch; only gradients of weights, which are products
// with TransA into float32, are in an order that depends on M, N and K.
//
// It panics if both operands are transposed, rows are longer than their distance,
// Accumulate is asked of a C that is not F32, or a size is negative or beyond 2³¹.
func (q *Queue) Gemm(p gpu.Product) {
	checkProduct(p)
	if q.err != nil || p.M == 0 || p.N == 0 {
		return
	}
	if lib, ok := q.Dev.(gpu.Multiplier); ok && !q.OwnKernels {
		taken, err := lib.Multiply(p)
		if err != nil {
			q.Fail(fmt.Errorf("cuda: product of %d x %d x %d: %w", p.M, p.N, p.K, err))
			return
		}
		if taken {
			return
		}
		q.note("matrix products in %v run on own kernels: no library took them", p.In)
	}
	q.multiply(p, chooseTile(p, gemmSplits(p), q.Dev.Info().SMs))
}

// GemmTiles returns the names of the tiles that can compute a product, see
// GemmTile.
func GemmTiles(p gpu.Product) []string {
	var names []string
	for _, t := range gemmTiles[p.In] {
		if t.takes(p) {
			names = append(names, t.name)
		}
	}
	return names
}

// GemmTile computes a product by tiles of C of the size of that name, one of
// GemmTiles. Gemm chooses the fastest by a rough model; all give the same bits.
func (q *Queue) GemmTile(name string, p gpu.Product) {
	checkProduct(p)
	for _, t := range gemmTiles[p.In] {
		if t.name != name {
			continue
		}
		if !t.takes(p) {
			break
		}
		if p.M > 0 && p.N > 0 {
			q.multiply(p, t)
		}
		return
	}
	panic("ops: tile " + name + " cannot compute the product")
}

// A gemmTile is a kernel for each transposition; see gemm_f32.cu and gemm_bf16.cu.
type gemmTile struct {
	name    string
	m, n    int // elements of C that a block computes
	threads int
	shared  int     // bytes of dynamic shared memory
	whole   bool    // only for operands and C of whole 16 bytes
	time    float64 // of a multiprocessor for a tile, relative to its share of 128x128
}

// gemmTiles are the tiles of each input type, largest first.
var gemmTiles = [...][]gemmTile{
	gpu.F32: {
		{name: "128x128", m: 128, n: 128, threads: 256, time: 1},
		{name: "32x32", m: 32, n: 32, threads: 64, time: 2},
	},
	gpu.BF16: {
		{name: "128x256", m: 128, n: 256, threads: 256, shared: 4 * 384 * 32 * 2, whole: true, time: 0.9},
		{name: "128x128", m: 128, n: 128, threads: 128, shared: 4 * 256 * 32 * 2, whole: true, time: 1},
		{name: "64x64", m: 64, n: 64, threads: 128, shared: 4 * 128 * 64 * 2, time: 1.5},
		{name: "32x32", m: 32, n: 32, threads: 64, shared: 6 * 64 * 64 * 2, time: 2.5},
	},
}

// tiles returns the number of tiles of C.
func (t gemmTile) tiles(p gpu.Product) int { return ceil(p.M, t.m) * ceil(p.N, t.n) }

func (t gemmTile) takes(p gpu.Product) bool {
	return !t.whole || p.N%8 == 0 && alignment(p) == alignedA|alignedB|alignedC
}

// chooseTile returns the tile that takes the least time if a multiprocessor takes
// one tile after the other.
func chooseTile(p gpu.Product, splits, sms int) gemmTile {
	if sms <= 0 {
		sms = 108
	}
	var best gemmTile
	least := math.Inf(1)
	for _, t := range gemmTiles[p.In] {
		if !t.takes(p) {
			continue
		}
		time := float64(ceil(t.tiles(p)*splits, sms)*t.m*t.n) * t.time
		if time < least {
			best, least = t, time
		}
	}
	return best
}

// gemmSplits returns into how many parts k is split. Gradients of weights have few
// tiles and a long k, the tokens; more than 1024 values of k each are worth the
// traffic of partial sums. It depends on sizes alone, as sums do on it.
func gemmSplits(p gpu.Product) int {
	if p.In != gpu.BF16 || !p.TransA || p.Out != gpu.F32 {
		return 1
	}
	const blocks = 256 // that keep a large device busy
	s := min(p.K/1024, blocks/(ceil(p.M, 128)*ceil(p.N, 128)), 16)
	return max(s, 1)
}

// The flags of kernels, as in gemm.cuh.
const (
	gemmAccumulate = 1 << iota
	gemmNarrow
	alignedA
	alignedB
	alignedC
)

// alignment returns which operands allow accesses of 16 bytes.
func alignment(p gpu.Product) int {
	flags := 0
	set := func(flag int, base gpu.Ptr, t gpu.Type, sizes ...int) {
		ok := base%16 == 0
		for _, n := range sizes {
			ok = ok && n*t.Size()%16 == 0
		}
		if ok {
			flags |= flag
		}
	}
	_, a := operand(p.TransA, p.M, p.K)
	_, b := operand(p.TransB, p.K, p.N)
	set(alignedA, p.A, p.In, p.LDA, a)
	set(alignedB, p.B, p.In, p.LDB, b)
	set(alignedC, p.C, p.Out, p.LDC)
	return flags
}

// operand returns the rows and columns of a matrix as it is stored.
func operand(trans bool, rows, columns int) (int, int) {
	if trans {
		return columns, rows
	}
	return rows, columns
}

// multiply launches the kernel of a tile.
func (q *Queue) multiply(p gpu.Product, t gemmTile) {
	splits := gemmSplits(p)
	if splits == 1 {
		q.launchGemm(p, t, 1, p.K)
		return
	}
	span := ceil(ceil(p.K, splits), 64) * 64
	splits = ceil(p.K, span)
	part := p
	part.C = q.temp(int64(splits) * int64(p.M) * int64(p.N) * 4)
	part.LDC = p.N
	part.Accumulate = false
	q.launchGemm(part, t, splits, span)
	wide := p.N%4 == 0 && alignment(p)&alignedC != 0
	q.run("gemm_sum_f32", gpu.Dim{p.M * ceil(p.N, 1024)}, gpu.Dim{256}, 0, uint64(p.C), uint64(part.C),
		gpu.Int(p.M), gpu.Int(p.N), gpu.Int(p.LDC), gpu.Int(splits), gpu.Bool(wide), gpu.Bool(p.Accumulate))
}

func (q *Queue) launchGemm(p gpu.Product, t gemmTile, splits, span int) {
	flags := alignment(p)
	if p.Accumulate {
		flags |= gemmAccumulate
	}
	if p.Out == gpu.BF16 {
		flags |= gemmNarrow
	}
	form := "nn"
	switch {
	case p.TransA:
		form = "tn"
	case p.TransB:
		form = "nt"
	}
	args := []uint64{uint64(p.A), uint64(p.B), uint64(p.C), gpu.Int(p.M), gpu.Int(p.N), gpu.Int(p.K),
		gpu.Int(p.LDA), gpu.Int(p.LDB), gpu.Int(p.LDC), gpu.Int(flags)}
	if p.In == gpu.BF16 {
		args = append(args, gpu.Int(span), gpu.Int(p.M*p.N))
	}
	q.run("gemm_"+form+"_"+t.name+"_"+p.In.String(), gpu.Dim{t.tiles(p), splits}, gpu.Dim{t.threads}, t.shared, args...)
}

// checkProduct panics if p is not a product.
func checkProduct(p gpu.Product) {
	if p.TransA && p.TransB {
		panic("ops: product of two transposed matrices")
	}
	if p.Accumulate && p.Out != gpu.F32 {
		panic("ops: products are accumulated in float32 only")
	}
	for _, n := range []int{p.M, p.N, p.K} {
		if n < 0 || n > math.MaxInt32-256 {
			panic(fmt.Sprintf("ops: product of %d x %d x %d", p.M, p.N, p.K))
		}
	}
	_, a := operand(p.TransA, p.M, p.K)
	_, b := operand(p.TransB, p.K, p.N)
	if p.LDA < a || p.LDB < b || p.LDC < p.N {
		panic(fmt.Sprintf("ops: rows of a product of %d x %d x %d at distances %d, %d, %d overlap",
			p.M, p.N, p.K, p.LDA, p.LDB, p.LDC))
	}
}
