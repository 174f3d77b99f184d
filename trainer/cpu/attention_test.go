package cpu

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

func heads(q, kv, d int) model.Config {
	return model.Config{Vocab: 1, Hidden: 1, Layers: 1, Heads: q, KVHeads: kv, HeadDim: d, MLP: 1, RopeTheta: 1, MaxLen: 1 << 20}
}

func noise[T kernels.Float](seed uint64, n int, scale float64) []T {
	x, key := make([]T, n), random.NewKey(seed)
	for i := range x {
		x[i] = T(scale * key.Normal(uint64(i)))
	}
	return x
}

// plain is attention by its definition, a whole row of scores at a time.
func plain(qkv []float64, start []int, cfg model.Config) (out, lse []float64) {
	n, d, ld := start[len(start)-1], cfg.HeadDim, cfg.QDim()+2*cfg.KVDim()
	out, lse = make([]float64, n*cfg.QDim()), make([]float64, n*cfg.Heads)
	for s := range len(start) - 1 {
		for i := start[s]; i < start[s+1]; i++ {
			for h := range cfg.Heads {
				k := cfg.QDim() + h*cfg.KVHeads/cfg.Heads*d
				var scores []float64
				top := math.Inf(-1)
				for j := start[s]; j <= i; j++ {
					var dot float64
					for c := range d {
						dot += qkv[i*ld+h*d+c] * qkv[j*ld+k+c]
					}
					scores = append(scores, dot/math.Sqrt(float64(d)))
					top = max(top, scores[len(scores)-1])
				}
				var sum float64
				for j, x := range scores {
					scores[j] = math.Exp(x - top)
					sum += scores[j]
				}
				lse[i*cfg.Heads+h] = top + math.Log(sum)
				for j, x := range scores {
					for c := range d {
						out[i*cfg.QDim()+h*d+c] += x / sum * qkv[(start[s]+j)*ld+k+cfg.KVDim()+c]
					}
				}
			}
		}
	}
	return out, lse
}

func starts(lengths ...int) []int {
	s := []int{0}
	for _, n := range lengths {
		s = append(s, s[len(s)-1]+n)
	}
	return s
}

func worst[T kernels.Float](got []T, want []float64) float64 {
	var w float64
	for i, x := range got {
		if d := math.Abs(float64(x) - want[i]); !(d <= w) {
			w = d
		}
	}
	return w
}

func TestAttentionByDefinition(t *testing.T) {
	// Around the edges of blocks of keys and of queries.
	every := []int{1, 2, 3, 5, 8, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 95, 96, 97, 127, 128, 129, 130, 255, 256, 257}
	for _, cfg := range []model.Config{heads(2, 2, 6), heads(2, 1, 16), heads(4, 1, 8), heads(9, 1, 2)} {
		start := starts(every...)
		n := start[len(start)-1]
		q32 := noise[float32](1, n*(cfg.QDim()+2*cfg.KVDim()), 1.5)
		qkv := make([]float64, len(q32))
		for i, x := range q32 {
			qkv[i] = float64(x)
		}
		want, wantLSE := plain(qkv, start, cfg)
		out, lse := make([]float64, n*cfg.QDim()), make([]float64, n*cfg.Heads)
		attention(nil, out, lse, qkv, start, cfg)
		if w, l := worst(out, want), worst(lse, wantLSE); !(w < 1e-13 && l < 1e-13) {
			t.Errorf("%d/%d heads: errors %g, lse %g", cfg.Heads, cfg.KVHeads, w, l)
		}
		o32, l32 := make([]float32, len(out)), make([]float32, len(lse))
		attention(nil, o32, l32, q32, start, cfg)
		if w, l := worst(o32, want), worst(l32, wantLSE); !(w < 1e-5 && l < 1e-5) {
			t.Errorf("%d/%d heads: float32 errors %g, lse %g", cfg.Heads, cfg.KVHeads, w, l)
		}
	}
}

// Only the largest score counts when scores are far apart.
func TestAttentionOfExtremeScores(t *testing.T) {
	cfg := heads(1, 1, 2)
	start := starts(200)
	qkv := make([]float32, 200*6)
	for i := range 200 {
		row := qkv[i*6:]
		row[0], row[1] = float32(math.Sqrt2)*1e4, 0
		row[2] = 1 - 2*float32(i%2)  // scores are 1e4 and -1e4 in turn
		row[4], row[5] = row[2]*3, 1 // values of the former begin with 3
		if i == 150 {
			row[2], row[4] = 2, 7
		}
	}
	out, lse := make([]float32, 200*2), make([]float32, 200)
	attention(nil, out, lse, qkv, start, cfg)
	for i := range 200 {
		want, score, ties := float32(3), 1e4, i/2+1
		if i >= 150 {
			want, score, ties = 7, 2e4, 1
		}
		if o := out[i*2:][:2]; math.Abs(float64(o[0]-want)) > 1e-5 || math.Abs(float64(o[1]-1)) > 1e-6 {
			t.Errorf("query %d: %v", i, o)
		}
		if l := score + math.Log(float64(ties)); math.Abs(float64(lse[i])-l) > 2e-3 {
			t.Errorf("query %d: lse %v, want %v", i, lse[i], l)
		}
	}
	dqkv := make([]float32, len(qkv))
	attentionGrad(nil, dqkv, noise[float32](2, len(out), 1), out, lse, qkv, start, cfg)
	for i, x := range dqkv {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			t.Fatalf("element %d of the gradient is %v", i, x)
		}
	}
}

func TestAttentionGradByFiniteDifferences(t *testing.T) {
	for _, x := range []struct {
		cfg     model.Config
		longest int
	}{{heads(2, 2, 4), 40}, {heads(4, 2, 2), 260}, {heads(4, 1, 4), 40}, {heads(9, 1, 2), 131}} {
		cfg, start := x.cfg, starts(1, 33, x.longest, 2)
		n := start[len(start)-1]
		ld := cfg.QDim() + 2*cfg.KVDim()
		qkv, dout := noise[float64](3, n*ld, 1), noise[float64](4, n*cfg.QDim(), 1)
		out, lse := make([]float64, len(dout)), make([]float64, n*cfg.Heads)
		attention(nil, out, lse, qkv, start, cfg)
		dqkv := noise[float64](5, len(qkv), 1e9) // must be overwritten
		attentionGrad(nil, dqkv, dout, out, lse, qkv, start, cfg)
		loss := func() float64 {
			o, l := make([]float64, len(out)), make([]float64, len(lse))
			attention(nil, o, l, qkv, start, cfg)
			return kernels.Dot(o, dout)
		}
		// Along a random direction of the queries, keys or values of a sequence.
		for j := range 3 * (len(start) - 1) {
			s := j / 3
			column := [][2]int{{0, cfg.QDim()}, {cfg.QDim(), cfg.KVDim()}, {cfg.QDim() + cfg.KVDim(), cfg.KVDim()}}[j%3]
			direction := noise[float64](uint64(100+j), len(qkv), 1)
			var want, size float64
			for i := range direction {
				if t, c := i/ld, i%ld; t < start[s] || t >= start[s+1] || c < column[0] || c >= column[0]+column[1] {
					direction[i] = 0
				}
				want += direction[i] * dqkv[i]
				size += math.Abs(direction[i] * dqkv[i])
			}
			const step = 1e-5
			shift := func(by float64) {
				for i, d := range direction {
					qkv[i] += by * d
				}
			}
			shift(step)
			up := loss()
			shift(-2 * step)
			down := loss()
			shift(step)
			// A query or key without others has no influence.
			if fd := (up - down) / (2 * step); math.Abs(fd-want) > 1e-7 || size == 0 && s > 0 {
				t.Errorf("%d/%d heads, sequence %d, columns from %d: %.9g, finite difference %.9g", cfg.Heads, cfg.KVHeads, s, column[0], want, fd)
			}
		}
	}
}

// A query's bits do not depend on the workers, on what is packed before and
// behind its sequence, or on what comes later in it. The same for gradients, of a
// sequence as a whole.
func TestAttentionIsLocal(t *testing.T) {
	cfg := heads(4, 2, 8)
	ld := cfg.QDim() + 2*cfg.KVDim()
	pool := kernels.NewPool(3)
	start := starts(3, 140, 64, 1, 77, 300)
	n := start[len(start)-1]
	qkv, dout := noise[float32](7, n*ld, 1), noise[float32](8, n*cfg.QDim(), 1)
	run := func(p *kernels.Pool, qkv, dout []float32, start []int) (out, lse, dqkv []float32) {
		n := start[len(start)-1]
		out, lse, dqkv = make([]float32, n*cfg.QDim()), make([]float32, n*cfg.Heads), make([]float32, n*ld)
		attention(p, out, lse, qkv, start, cfg)
		attentionGrad(p, dqkv, dout, out, lse, qkv, start, cfg)
		return
	}
	out, lse, dqkv := run(nil, qkv, dout, start)
	o, l, d := run(pool, qkv, dout, start)
	if !slices.Equal(o, out) || !slices.Equal(l, lse) || !slices.Equal(d, dqkv) {
		t.Error("three workers compute other numbers than one")
	}
	for s := range len(start) - 1 {
		from, to := start[s], start[s+1]
		// Another sequence behind it is full of NaN.
		own := append(slices.Clone(qkv[from*ld:to*ld]), slices.Repeat([]float32{float32(math.NaN())}, 40*ld)...)
		own = own[:len(own):len(own)]
		ownD := append(slices.Clone(dout[from*cfg.QDim():to*cfg.QDim()]), make([]float32, 40*cfg.QDim())...)
		o, l, d := run(nil, own, ownD, starts(to-from, 40))
		if !slices.Equal(o[:(to-from)*cfg.QDim()], out[from*cfg.QDim():to*cfg.QDim()]) ||
			!slices.Equal(l[:(to-from)*cfg.Heads], lse[from*cfg.Heads:to*cfg.Heads]) || !slices.Equal(d[:(to-from)*ld], dqkv[from*ld:to*ld]) {
			t.Errorf("sequence %d depends on its neighbours", s)
		}
		for _, half := range []int{(to - from) / 2, to - from - 1} {
			if half == 0 {
				continue
			}
			o, l, _ := run(nil, own[:half*ld], ownD[:half*cfg.QDim()], starts(half))
			if !slices.Equal(o, out[from*cfg.QDim():][:half*cfg.QDim()]) || !slices.Equal(l, lse[from*cfg.Heads:][:half*cfg.Heads]) {
				t.Errorf("sequence %d: the first %d tokens depend on those behind", s, half)
			}
		}
	}
}

func TestAttentionOfNothing(t *testing.T) {
	cfg := heads(2, 1, 2)
	attention[float32](nil, nil, nil, nil, []int{0}, cfg)
	attentionGrad[float32](nil, nil, nil, nil, nil, nil, []int{0}, cfg)
	attention(nil, make([]float32, 4), make([]float32, 2), make([]float32, 8), []int{0, 0, 1, 1}, cfg)
}

func BenchmarkAttention(b *testing.B) {
	for _, x := range []struct {
		cfg       model.Config
		count, at int
	}{{heads(6, 6, 16), 96, 72}, {heads(4, 2, 32), 32, 256}, {heads(2, 1, 128), 1, 4096}} {
		start := starts(slices.Repeat([]int{x.at}, x.count)...)
		n := start[x.count]
		ld := x.cfg.QDim() + 2*x.cfg.KVDim()
		qkv, dout, dqkv := noise[float32](1, n*ld, 1), noise[float32](2, n*x.cfg.QDim(), 1), make([]float32, n*ld)
		out, lse := make([]float32, len(dout)), make([]float32, n*x.cfg.Heads)
		flops := 2 * float64(x.count) * float64(x.at) * float64(x.at+1) * float64(x.cfg.QDim()) // of the forward pass, without what is masked
		run := func(name string, flops float64, f func()) {
			b.Run(fmt.Sprintf("%s/%dx%d,%d/%dx%d", name, x.count, x.at, x.cfg.Heads, x.cfg.KVHeads, x.cfg.HeadDim), func(b *testing.B) {
				for b.Loop() {
					f()
				}
				b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
		run("forward", flops, func() { attention(nil, out, lse, qkv, start, x.cfg) })
		run("backward", flops*2.5, func() { attentionGrad(nil, dqkv, dout, out, lse, qkv, start, x.cfg) })
	}
}
