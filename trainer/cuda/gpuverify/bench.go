package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// benchSize says what is timed.
type benchSize struct {
	cfg    model.Config
	batch  time.Duration // that is timed at a time, at least
	rounds int           // of which the median counts

	tokens    int   // of products and of elementwise kernels
	attention []int // lengths of the sequence
	update    []int

	ownUpdate    int // longest update with own kernels alone
	wholeCompile int // longest update that PyTorch compiles as a whole, which takes minutes

	torch string // configuration of qwen3_gpu.py
	chunk int    // rows of logits at a time
}

// bench is the stage of timings, in bf16.
func (v *verifier) bench() []work {
	return slices.Concat(v.benchProducts(), v.benchRows(), v.benchAttention(), v.benchUpdates())
}

// A timing has memory on the device and a queue to time.
type timing struct {
	v   *verifier
	q   *ops.Queue
	all []gpu.Ptr
}

// timed returns a piece that times what f says. own keeps libraries away.
func (v *verifier) timed(name string, takes time.Duration, own bool, f func(*timing, *Piece)) work {
	return work{name, takes, func(p *Piece) error {
		return v.entered(func() (err error) {
			t := &timing{v: v, q: ops.NewQueue(v.dev, gpu.BF16)}
			t.q.OwnKernels, t.q.Unordered = own, true
			defer func() {
				for _, x := range t.all {
					err = errors.Join(err, v.dev.Free(x))
				}
				err = errors.Join(err, t.q.Close())
			}()
			f(t, p)
			p.Notes = append(p.Notes, t.q.Notes()...)
			return t.q.Err()
		})
	}}
}

// block is how much random data there is; longer buffers repeat it. Products of
// zeros take less power, and so run faster, than those of numbers.
const block = 1 << 22

var randomBlock = map[gpu.Type][]byte{}

// data returns a buffer of n random elements, of deviation 1/16.
func (t *timing) data(kind gpu.Type, n int) gpu.Ptr {
	b := randomBlock[kind]
	if b == nil {
		for i := range uint64(block / kind.Size()) {
			x := math.Float32bits(float32(random.Key(1).Normal(i) / 16))
			if kind == gpu.BF16 {
				b = binary.LittleEndian.AppendUint16(b, uint16(x>>16))
			} else {
				b = binary.LittleEndian.AppendUint32(b, x)
			}
		}
		randomBlock[kind] = b
	}
	size := int64(n) * int64(kind.Size())
	p := t.bytes(size)
	if p == 0 {
		return 0
	}
	done := min(size, block)
	t.q.Fail(t.v.dev.Upload(p, b[:done]))
	for done < size && t.q.Err() == nil {
		more := min(done, size-done)
		t.q.Fail(t.v.dev.Copy(p+gpu.Ptr(done), p, more))
		done += more
	}
	return p
}

// indices returns n int32 below bound.
func (t *timing) indices(n, bound int) gpu.Ptr {
	var b []byte
	for i := range n {
		b = binary.LittleEndian.AppendUint32(b, uint32(random.Key(2).IntN(uint64(i), bound)))
	}
	return t.upload(b)
}

func (t *timing) upload(b []byte) gpu.Ptr {
	p := t.bytes(int64(len(b)))
	if p != 0 {
		t.q.Fail(t.v.dev.Upload(p, b))
	}
	return p
}

// zeros returns a buffer of zeros.
func (t *timing) zeros(bytes int64) gpu.Ptr {
	p := t.bytes(bytes)
	if p != 0 {
		t.q.Fail(t.v.dev.Fill(p, 0, bytes))
	}
	return p
}

func (t *timing) bytes(n int64) gpu.Ptr {
	if t.q.Err() != nil {
		return 0
	}
	p, err := t.v.dev.Alloc(n)
	if err != nil {
		t.q.Fail(err)
		return 0
	}
	t.all = append(t.all, p)
	return p
}

// seconds returns the time of f, the median of rounds behind a first that warms up.
// Launches overlap with the work before them, as they do in training.
func (t *timing) seconds(f func()) float64 {
	once := t.round(f, 1)
	once = min(once, t.round(f, 1))
	n := 1
	if once > 0 {
		n = int(min(max(1, math.Ceil(t.v.sizes.bench.batch.Seconds()/once)), 1000))
	}
	var all []float64
	for range t.v.sizes.bench.rounds {
		all = append(all, t.round(f, n))
	}
	return median(all)
}

func (t *timing) round(f func(), n int) float64 {
	t.q.Fail(t.v.dev.Sync())
	start := time.Now()
	for range n {
		f()
	}
	t.q.Fail(t.v.dev.Sync())
	return time.Since(start).Seconds() / float64(n)
}

// rate keeps the time of f and what it does of amount in a second, in 1e12.
func (t *timing) rate(p *Piece, name, unit string, amount float64, f func()) {
	s := t.seconds(f)
	if t.q.Err() != nil {
		return
	}
	p.add(name+"ms", s*1e3, "ms")
	p.add(name+unit, amount/s/1e12, unit)
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	n := len(x)
	if n == 0 {
		return math.NaN()
	}
	return (x[(n-1)/2] + x[n/2]) / 2
}

// benchProducts times the matrix products of a step: y = x W', dx = dy W and
// dW += dy' x.
func (v *verifier) benchProducts() []work {
	b := v.sizes.bench
	c := b.cfg
	var all []work
	for _, s := range []struct {
		name          string
		rows, out, in int
	}{
		{"qkv", b.tokens, c.QDim() + 2*c.KVDim(), c.Hidden},
		{"o", b.tokens, c.Hidden, c.QDim()},
		{"gate, up", b.tokens, 2 * c.MLP, c.Hidden},
		{"down", b.tokens, c.Hidden, c.MLP},
		{"head", b.chunk, c.Vocab, c.Hidden},
	} {
		for _, own := range []bool{false, true} {
			name := fmt.Sprintf("product %s, %s", s.name, by(own))
			all = append(all, v.timed(name, 10*time.Second, own, func(t *timing, p *Piece) {
				x, w, y := t.data(gpu.BF16, s.rows*s.in), t.data(gpu.BF16, s.out*s.in), t.data(gpu.BF16, s.rows*s.out)
				dw := t.zeros(4 * int64(s.out) * int64(s.in))
				flops := 2 * float64(s.rows) * float64(s.out) * float64(s.in)
				t.rate(p, "y ", "TFLOP/s", flops, func() {
					t.q.Gemm(gpu.Product{TransB: true, M: s.rows, N: s.out, K: s.in, A: x, B: w, C: y, LDA: s.in, LDB: s.in, LDC: s.out, In: gpu.BF16, Out: gpu.BF16})
				})
				t.rate(p, "dx ", "TFLOP/s", flops, func() {
					t.q.Gemm(gpu.Product{M: s.rows, N: s.in, K: s.out, A: y, B: w, C: x, LDA: s.out, LDB: s.in, LDC: s.in, In: gpu.BF16, Out: gpu.BF16})
				})
				t.rate(p, "dw ", "TFLOP/s", flops, func() {
					t.q.Gemm(gpu.Product{TransA: true, M: s.out, N: s.in, K: s.rows, A: y, B: x, C: dw, LDA: s.out, LDB: s.in, LDC: s.in, In: gpu.BF16, Out: gpu.F32, Accumulate: true})
				})
			}))
		}
	}
	return all
}

func by(own bool) string {
	if own {
		return "own kernels"
	}
	return "libraries"
}

// benchAttention times causal attention of one sequence.
func (v *verifier) benchAttention() []work {
	b := v.sizes.bench
	c := b.cfg
	var all []work
	for _, n := range b.attention {
		for _, own := range []bool{false, true} {
			takes := time.Duration(2e-9 * float64(n) * float64(n) * float64(time.Second)) // 8 s at 64K
			name := fmt.Sprintf("attention %d, %s", n, by(own))
			all = append(all, v.timed(name, 5*time.Second+takes, own, func(t *timing, p *Piece) {
				q, kv := c.QDim(), c.KVDim()
				start := []int{0, n}
				s := t.q.PlaceSequences(start, t.bytes(ops.SequencesBytes(start)))
				qk, vv := t.data(gpu.BF16, n*(q+kv)), t.data(gpu.BF16, n*kv)
				dqk, dv := t.data(gpu.BF16, n*(q+kv)), t.data(gpu.BF16, n*kv)
				a := gpu.Attend{
					Heads: gpu.Heads{Q: c.Heads, KV: c.KVHeads, D: c.HeadDim, Scale: 1 / math.Sqrt(float64(c.HeadDim))}, Type: gpu.BF16, Start: start,
					Q: gpu.Rows{Ptr: qk, LD: q + kv}, K: gpu.Rows{Ptr: qk.At(q, gpu.BF16), LD: q + kv}, V: gpu.Rows{Ptr: vv, LD: kv},
					Out: gpu.Rows{Ptr: t.data(gpu.BF16, n*q), LD: q}, LSE: t.bytes(4 * int64(n) * int64(c.Heads)),
					DOut: gpu.Rows{Ptr: t.data(gpu.BF16, n*q), LD: q},
					DQ:   gpu.Rows{Ptr: dqk, LD: q + kv}, DK: gpu.Rows{Ptr: dqk.At(q, gpu.BF16), LD: q + kv}, DV: gpu.Rows{Ptr: dv, LD: kv},
				}
				if t.q.Err() != nil {
					return
				}
				forward := 2 * float64(q) * float64(n) * float64(n)
				t.rate(p, "forward ", "TFLOP/s", forward, func() { t.q.Attention(a, s) })
				t.rate(p, "backward ", "TFLOP/s", 2.5*forward, func() { t.q.AttentionGrad(a, s) })
			}))
		}
	}
	return all
}
