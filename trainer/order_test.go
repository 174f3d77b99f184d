package trainer

import (
	"testing"

	"github.com/golongrl/golongrl/trainer/rollouts"
)

func somePrompts(tasks ...string) (ps []*rollouts.Prompt) {
	for i, t := range tasks {
		ps = append(ps, &rollouts.Prompt{Index: i, Task: t})
	}
	return ps
}

// TestOrder: every epoch has every prompt once, in another order, and what is next
// depends on the number alone.
func TestOrder(t *testing.T) {
	ps := somePrompts("a", "a", "b", "a", "c", "a", "a")
	o := newOrder(ps, false, 1)
	var epochs [3][]int
	for e := range epochs {
		seen := map[int]bool{}
		for i := range ps {
			p := o.at(e*len(ps) + i)
			seen[p.Index] = true
			epochs[e] = append(epochs[e], p.Index)
		}
		if len(seen) != len(ps) {
			t.Errorf("epoch %d has %v", e, epochs[e])
		}
	}
	if same(epochs[0], epochs[1]) && same(epochs[1], epochs[2]) {
		t.Errorf("three epochs in one order: %v", epochs)
	}
	again := newOrder(ps, false, 1)
	if again.at(16).Index != epochs[2][2] || again.at(1).Index != epochs[0][1] {
		t.Error("a prompt depends on those before it")
	}
	if other := newOrder(ps, false, 2); other.at(0) == o.at(0) && other.at(1) == o.at(1) && other.at(2) == o.at(2) && other.at(3) == o.at(3) {
		t.Error("another seed has the same order")
	}
}

// TestOrderBalanced: tasks take turns, whatever their shares.
func TestOrderBalanced(t *testing.T) {
	ps := somePrompts("a", "a", "a", "a", "b", "c", "c")
	o := newOrder(ps, true, 1)
	count := map[int]int{}
	for n := range 12 {
		p := o.at(n)
		if want := []string{"a", "b", "c"}[n%3]; p.Task != want {
			t.Errorf("prompt %d is of task %s, want %s", n, p.Task, want)
		}
		count[p.Index]++
	}
	for i, want := range []int{1, 1, 1, 1, 4, 2, 2} {
		if count[i] != want {
			t.Errorf("prompt %d came %d times, want %d", i, count[i], want)
		}
	}
}

func same(a, b []int) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
