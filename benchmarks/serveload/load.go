package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A step is one measurement.
type step struct {
	What              string
	Protocol          string
	Connections       int
	Rate              float64 `json:",omitempty"` // requests per second that were due; 0: as many as answered
	Seconds           float64
	Requests          int
	Scores            int
	RequestsPerSecond float64
	ScoresPerSecond   float64
	ClientCPU         float64    // seconds per million scores
	ServerCPU         float64    // seconds per million scores; 0: not known
	Latency           [5]float64 // milliseconds: median, 90 %, 99 %, 99.9 %, largest
}

// closed asks on so many connections, each as soon as it has its answer.
func closed(ctx context.Context, s *server, w way, k *kind, connections int, d time.Duration) (*step, error) {
	return load(ctx, s, w, k, connections, func(_ int, start time.Time) (due time.Time, ok bool) {
		now := time.Now()
		return now, now.Sub(start) < d
	})
}

// maxOpen is how many requests of an open load may be under way. Further ones
// wait, and their time counts.
const maxOpen = 64

// open asks at random times of the given rate, whatever the answers do.
func open(ctx context.Context, s *server, w way, k *kind, rate float64, d time.Duration) (*step, error) {
	rng := rand.New(rand.NewPCG(8437, 2))
	var at []time.Duration
	for t := 0.0; ; {
		if t += rng.ExpFloat64() / rate; t >= d.Seconds() {
			break
		}
		at = append(at, time.Duration(t*1e9))
	}
	st, err := load(ctx, s, w, k, maxOpen, func(i int, start time.Time) (time.Time, bool) {
		if i >= len(at) {
			return time.Time{}, false
		}
		return start.Add(at[i]), true
	})
	if st != nil {
		st.Rate = rate
	}
	return st, err
}

// load asks what next says is due: request i at a time, or none any more. It ends
// with the first error or wrong answer. Before the start each connection has asked
// once.
func load(ctx context.Context, s *server, w way, k *kind, connections int, next func(i int, start time.Time) (due time.Time, ok bool)) (*step, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var count atomic.Int64
	var wg sync.WaitGroup
	framed := w.name == "frames"
	ask := func(c conn, i int) (answered time.Time, err error) {
		q := k.questions[i%len(k.questions)]
		answer, err := c.ask(q)
		answered = time.Now()
		if err == nil {
			err = q.check(answer, framed)
		}
		if err != nil {
			err = fmt.Errorf("%s over %s: %w", k.name, w.name, err)
		}
		return answered, err
	}
	took := make([][]time.Duration, connections)
	conns := make([]conn, connections)
	for i := range conns {
		c, err := w.dial()
		if err != nil {
			return nil, err
		}
		defer c.close()
		conns[i] = c
		if _, err := ask(c, i); err != nil {
			return nil, err
		}
	}
	serverCPU, clientCPU, start := s.cpu(), ownCPU(), time.Now()
	for c := range conns {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(count.Add(1)) - 1
				due, ok := next(i, start)
				if !ok {
					return
				}
				if wait := time.Until(due); wait > 0 {
					time.Sleep(wait)
				}
				answered, err := ask(conns[c], i)
				took[c] = append(took[c], answered.Sub(due))
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	seconds := time.Since(start).Seconds()
	all := slices.Concat(took...)
	st := &step{
		Protocol: w.name, Connections: connections, Seconds: seconds, Requests: len(all), Scores: len(all) * k.scores,
		RequestsPerSecond: float64(len(all)) / seconds, ScoresPerSecond: float64(len(all)*k.scores) / seconds, Latency: percentiles(all),
	}
	if st.Scores > 0 {
		st.ClientCPU = (ownCPU() - clientCPU) / float64(st.Scores) * 1e6
		st.ServerCPU = (s.cpu() - serverCPU) / float64(st.Scores) * 1e6
	}
	return st, nil
}

func percentiles(all []time.Duration) (p [5]float64) {
	if len(all) == 0 {
		return p
	}
	slices.Sort(all)
	for i, q := range []float64{0.5, 0.9, 0.99, 0.999, 1} {
		p[i] = float64(all[min(int(q*float64(len(all))), len(all)-1)]) / 1e6
	}
	return p
}

// memory asks n requests, all kinds in turns, and records how much the server
// takes after a tenth of them and after all.
func memory(ctx context.Context, s *server, ways []way, kinds map[string]*kind, connections, n int) ([]usage, error) {
	mix := &kind{name: "mix", scores: 1}
	for _, name := range []string{"single", "spellings", "OpenRLHF", "slime"} {
		mix.questions = append(mix.questions, kinds[name].questions...)
	}
	rand.New(rand.NewPCG(8437, 3)).Shuffle(len(mix.questions), func(i, k int) {
		mix.questions[i], mix.questions[k] = mix.questions[k], mix.questions[i]
	})
	// All questions of the mix can be asked over HTTP, and most over frames.
	var framed kind
	framed.name = mix.name
	for _, q := range mix.questions {
		if q.message != nil {
			framed.questions = append(framed.questions, q)
		}
	}
	asked := 0
	var list []usage
	for _, stop := range []int{n / 100, n / 10, n / 4, n / 2, n} {
		var rss []int64
		// What a program takes goes up and down with the garbage collector: the
		// mean over the last tenth is compared.
		for asked < stop {
			part := min(max(stop/100, 1000), stop-asked)
			w, k := ways[asked/part%len(ways)], mix
			if w.name == "frames" {
				k = &framed
			}
			if _, err := load(ctx, s, w, k, connections, func(i int, _ time.Time) (time.Time, bool) { return time.Now(), i < part }); err != nil {
				return nil, err
			}
			if asked += part; asked > stop-stop/10 {
				now, _ := s.rss()
				rss = append(rss, now)
			}
		}
		var sum int64
		for _, v := range rss {
			sum += v
		}
		_, peak := s.rss()
		list = append(list, usage{asked, sum / int64(max(len(rss), 1)), peak})
	}
	return list, nil
}

// usage is the memory of the server in bytes: the mean over the last tenth of the
// requests, and the most so far.
type usage struct {
	Requests  int
	RSS, Peak int64
}
