// Trainspeed times a training step against eager PyTorch on the CPU, and the
// matrix product against OpenBLAS, side by side in one process tree, and prints
// tables in Markdown.
//
//	go run ./benchmarks/trainspeed -python VENV/bin/python
//
// The interpreter needs torch and numpy. A step is that of a policy of a million
// parameters (vocabulary 512) on 8,192 tokens in sequences of 256: forward,
// backward, clipping and AdamW, in float32, on the same weights and tokens, which
// the losses show. Both sides take turns, and the table has medians of wall time.
// Of products it has the fastest, in CPU time on one thread.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/golongrl/golongrl/benchmarks/internal/otherside"
	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// shape and tokens are those of step_speed.py and of BenchmarkStep of trainer/cpu.
var shape = model.Config{
	Vocab: 512, Hidden: 128, Layers: 5, Heads: 4, KVHeads: 2, HeadDim: 32, MLP: 384,
	RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 256,
}

func main() {
	log.SetFlags(0)
	python := flag.String("python", "python3", "interpreter with torch and numpy")
	rounds := flag.Int("rounds", 9, "timings of each side, in turns")
	steps := flag.Int("steps", 3, "training steps per timing")
	flag.Parse()
	debug.SetGCPercent(400)
	for threads := 1; threads <= runtime.NumCPU(); threads *= 2 {
		trainingStep(*python, threads, *rounds, *steps)
	}
	products(*python)
}

func trainingStep(python string, threads, rounds, steps int) {
	runtime.GOMAXPROCS(threads)
	p, err := cpu.New(shape, cpu.Options{Workers: threads})
	otherside.Check(err)
	otherside.Check(backend.Init(p, 1, 0.02))
	b := tokens()
	out := &backend.Rows{LogP: make([]float64, len(b.Rows))}
	step := 0
	take := func() (loss float64) {
		step++
		otherside.Check(p.Accumulate(context.Background(), b, trainer.Likelihood{Rows: len(b.Rows)}, out))
		_, err := p.Update(backend.Update{LR: 1e-4, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: step, MaxNorm: 1})
		otherside.Check(err)
		for _, l := range out.LogP {
			loss -= l / float64(len(out.LogP))
		}
		return loss
	}
	other := otherside.Start([]string{"OMP_NUM_THREADS=" + strconv.Itoa(threads), "PYTHONDONTWRITEBYTECODE=1"},
		python, "benchmarks/reference/step_speed.py", strconv.Itoa(threads))
	defer other.Close()
	var hello struct {
		Torch               string
		Threads, Parameters int
	}
	other.Hear(&hello)
	if hello.Threads != threads || hello.Parameters != shape.Size() {
		log.Fatalf("the other side has %d threads and %d parameters, this one %d and %d", hello.Threads, hello.Parameters, threads, shape.Size())
	}
	var reply struct{ Seconds, CPUSeconds, Loss float64 }
	var ours, theirs []float64
	for round := range rounds + 1 {
		start := time.Now()
		var loss float64
		for range steps {
			loss = take()
		}
		took := time.Since(start).Seconds() / float64(steps)
		other.Ask(struct{ Steps int }{steps}, &reply)
		if math.Abs(loss-reply.Loss) > 1e-3*loss {
			log.Fatalf("round %d: loss %v here and %v there", round, loss, reply.Loss)
		}
		if round > 0 { // the first warms up
			ours, theirs = append(ours, took), append(theirs, reply.Seconds)
		}
	}
	o, t := otherside.Median(ours), otherside.Median(theirs)
	if threads == 1 {
		fmt.Printf("%d parameters, %d tokens, torch %s, %s\n\n", shape.Size(), len(b.Tokens), hello.Torch, kernels.Features())
		fmt.Println("| threads | torch eager, ms | golongrl, ms | ratio | golongrl, tokens/s |")
		fmt.Println("|---|---|---|---|---|")
	}
	fmt.Printf("| %d | %.1f | %.1f | %.2f | %.0f |\n", threads, t*1e3, o*1e3, t/o, float64(len(b.Tokens))/o)
}

func tokens() *backend.Batch {
	b := &backend.Batch{Start: []int{0}}
	key := random.NewKey(1)
	for range 32 {
		begin := len(b.Tokens)
		for i := range 256 {
			b.Tokens = append(b.Tokens, int32(key.IntN(uint64(begin+i), shape.Vocab)))
			if i > 0 {
				b.Rows = append(b.Rows, begin+i)
			}
		}
		b.Start = append(b.Start, len(b.Tokens))
	}
	return b
}

// products times square products on one thread.
func products(python string) {
	runtime.GOMAXPROCS(1)
	fmt.Println("\n| n | OpenBLAS, GFLOP/s | OpenBLAS with AVX2 kernels | golongrl | golongrl, A transposed | golongrl, B transposed |")
	fmt.Println("|---|---|---|---|---|---|")
	env := []string{"OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1"}
	free := otherside.Start(env, python, "benchmarks/reference/gemm_time.py")
	avx2 := otherside.Start(append(env, "OPENBLAS_CORETYPE=Haswell"), python, "benchmarks/reference/gemm_time.py")
	defer free.Close()
	defer avx2.Close()
	var hello struct{ Numpy, BLAS string }
	free.Hear(&hello)
	avx2.Hear(&hello)
	for _, n := range []int{128, 256, 512, 1024} {
		times := max(10, 100_000_000/(n*n*n))
		rate := func(seconds float64) float64 { return 2 * float64(n) * float64(n) * float64(n) / seconds / 1e9 }
		question := struct{ N, Times int }{n, times}
		var reply struct{ Seconds float64 }
		free.Ask(question, &reply)
		row := []float64{rate(reply.Seconds)}
		avx2.Ask(question, &reply)
		row = append(row, rate(reply.Seconds))
		a, b, c := make([]float32, n*n), make([]float32, n*n), make([]float32, n*n)
		for i := range a {
			a[i], b[i] = float32(random.Key(1).Normal(uint64(i))), float32(random.Key(2).Normal(uint64(i)))
		}
		for _, transposed := range [][2]bool{{false, false}, {true, false}, {false, true}} {
			best := math.Inf(1)
			for range times {
				start := cpuTime()
				kernels.Gemm(nil, transposed[0], transposed[1], n, n, n, a, n, b, n, false, c, n)
				best = min(best, (cpuTime() - start).Seconds())
			}
			row = append(row, rate(best))
		}
		fmt.Printf("| %d | %.1f | %.1f | %.1f | %.1f | %.1f |\n", n, row[0], row[1], row[2], row[3], row[4])
	}
	fmt.Printf("\n%s, numpy %s\n", hello.BLAS, hello.Numpy)
}
