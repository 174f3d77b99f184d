package cpu

import (
	"context"
	"fmt"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// million is the shape of the comparison with PyTorch, 1.05M parameters.
var million = model.Config{
	Vocab: 512, Hidden: 128, Layers: 5, Heads: 4, KVHeads: 2, HeadDim: 32, MLP: 384,
	RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 1024,
}

// demo is about the shape of the demo, 0.2M parameters.
var demo = model.Config{
	Vocab: 64, Hidden: 96, Layers: 2, Heads: 6, KVHeads: 2, HeadDim: 16, MLP: 256,
	RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 128,
}

// sequences returns n random sequences of length tokens, with rows behind their
// prompts.
func sequences(vocab, n, length, prompt int) *backend.Batch {
	b := &backend.Batch{Start: []int{0}}
	key := random.NewKey(1)
	for range n {
		begin := len(b.Tokens)
		for i := range length {
			b.Tokens = append(b.Tokens, int32(key.IntN(uint64(begin+i), vocab)))
			if i >= prompt {
				b.Rows = append(b.Rows, begin+i)
			}
		}
		b.Start = append(b.Start, len(b.Tokens))
	}
	return b
}

// flops returns those of a step: twice the parameters of matrices per token
// forward and four times backward, and the products of the lower triangle of the
// attention, twice forward and five times backward.
func flops(cfg model.Config, b *backend.Batch) float64 {
	var matrices float64
	for _, x := range cfg.Tensors()[1:] {
		if x.Decay && x.Name != "lm_head.weight" {
			matrices += float64(x.Len())
		}
	}
	sum := 6*matrices*float64(len(b.Tokens)) + 6*float64(cfg.Vocab*cfg.Hidden)*float64(len(b.Rows))
	for s := 1; s < len(b.Start); s++ {
		n := float64(b.Start[s] - b.Start[s-1])
		sum += 7 * n * n * float64(cfg.QDim()*cfg.Layers)
	}
	return sum
}

func BenchmarkStep(b *testing.B) {
	for _, test := range []struct {
		name  string
		cfg   model.Config
		batch *backend.Batch
	}{
		{"1M", million, sequences(million.Vocab, 32, 256, 1)},
		{"demo", demo, sequences(demo.Vocab, 288, 72, 60)},
	} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/workers=%d", test.name, workers), func(b *testing.B) {
				p, err := New(test.cfg, Options{Workers: workers})
				if err != nil {
					b.Fatal(err)
				}
				defer p.Close()
				if err := backend.Init(p, 1, 0.02); err != nil {
					b.Fatal(err)
				}
				out, step := newRows(test.batch), 0
				for b.Loop() {
					step++
					if err := p.Accumulate(context.Background(), test.batch, likelihood(len(test.batch.Rows)), out); err != nil {
						b.Fatal(err)
					}
					if _, err := p.Update(backend.Update{LR: 1e-4, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: step, MaxNorm: 1}); err != nil {
						b.Fatal(err)
					}
				}
				per := b.Elapsed().Seconds() / float64(b.N)
				b.ReportMetric(float64(len(test.batch.Tokens))/per, "tokens/s")
				b.ReportMetric(flops(test.cfg, test.batch)/per/1e9, "GFLOP/s")
			})
		}
	}
}

// likelihood is the mean of -logp over so many rows.
type likelihood int

func (likelihood) Needs() backend.Scope { return backend.AnyRows }

func (n likelihood) Derivatives(_, _ int, _, _, dlogp, _ []float64) error {
	for i := range dlogp {
		dlogp[i] = -1 / float64(n)
	}
	return nil
}
