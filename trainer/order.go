package trainer

import (
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// An order hands out prompts. Which one is next is a function of the seed and of
// the number handed out so far, so that this number is all there is to store.
type order struct {
	prompts []*rollouts.Prompt
	tasks   [][]int // indices of the prompts of every task that takes turns
	seed    uint64

	perms  [][]int // of the current epoch of every task
	epochs []int
}

func newOrder(prompts []*rollouts.Prompt, balanced bool, seed uint64) *order {
	o := &order{prompts: prompts, seed: seed}
	number := map[string]int{}
	for i, p := range prompts {
		key := ""
		if balanced {
			key = p.Task
		}
		t, ok := number[key]
		if !ok {
			t = len(o.tasks)
			number[key] = t
			o.tasks = append(o.tasks, nil)
		}
		o.tasks[t] = append(o.tasks[t], i)
	}
	o.perms, o.epochs = make([][]int, len(o.tasks)), make([]int, len(o.tasks))
	return o
}

// at returns prompt number n of the run.
func (o *order) at(n int) *rollouts.Prompt {
	t := n % len(o.tasks)
	n /= len(o.tasks)
	rows := o.tasks[t]
	epoch := n / len(rows)
	if o.perms[t] == nil || o.epochs[t] != epoch {
		o.perms[t] = random.NewKey(o.seed, keyOrder, uint64(t), uint64(epoch)).Perm(len(rows))
		o.epochs[t] = epoch
	}
	return o.prompts[rows[o.perms[t][n%len(rows)]]]
}

// epoch is how often the data has been gone through when n prompts are handed
// out.
func (o *order) epoch(n int) float64 { return float64(n) / float64(len(o.prompts)) }

// The kinds of random streams, mixed into keys beside the seed.
const (
	keyOrder = iota + 1
	keyRollout
	keyEval
	keyPermute
)
