package kernels

import "sync"

// A Pool runs pieces of work on a fixed number of goroutines. A nil Pool runs
// everything on the calling one. A Pool is used by one caller at a time.
type Pool struct{ workers int }

// NewPool returns a pool of n workers. It panics if n is not positive.
func NewPool(n int) *Pool {
	if n <= 0 {
		panic("kernels: a pool needs a worker")
	}
	return &Pool{n}
}

// Workers returns the number of workers, 1 for a nil pool.
func (p *Pool) Workers() int {
	if p == nil {
		return 1
	}
	return p.workers
}

// For cuts 0 to n into ranges that begin at multiples of grain and calls f once
// for each, in any order and at the same time. It returns when all are done.
func (p *Pool) For(n, grain int, f func(lo, hi int)) {
	pieces := (n + grain - 1) / grain
	if w := p.Workers(); w == 1 || pieces <= 1 {
		if n > 0 {
			f(0, n)
		}
		return
	} else if pieces > w {
		grain *= (pieces + w - 1) / w
	}
	var wg sync.WaitGroup
	for lo := grain; lo < n; lo += grain {
		wg.Go(func() { f(lo, min(lo+grain, n)) })
	}
	f(0, min(grain, n))
	wg.Wait()
}
