package ordered

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"
)

// TestPanicReachesTheConsumer: a panic in a worker or in the input must be
// recoverable where the results are consumed, in its turn.
func TestPanicReachesTheConsumer(t *testing.T) {
	numbers := slices.Values([]int{0, 1, 2, 3, 4, 5})
	broken := iter.Seq[int](func(yield func(int) bool) {
		for i := range 4 {
			if !yield(i) {
				return
			}
		}
		panic("input broke")
	})
	same := func(i int) int { return i }
	for _, c := range []struct {
		name string
		in   iter.Seq[int]
		f    func(int) int
		want []int
		msg  string
	}{
		{"worker", numbers, func(i int) int {
			if i == 3 {
				panic("three")
			}
			return i
		}, []int{0, 1, 2}, "three"},
		{"input", broken, same, []int{0, 1, 2, 3}, "input broke"},
	} {
		var got []int
		var caught any
		func() {
			defer func() { caught = recover() }()
			for v := range Map(context.Background(), 3, 0, nil, c.in, c.f) {
				got = append(got, v)
			}
		}()
		p, ok := caught.(*Panic)
		if !ok || p.Value != c.msg || !strings.Contains(p.Error(), "ordered") || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v then %v, want %v then a Panic of %q", c.name, got, caught, c.want, c.msg)
		}
	}
}
