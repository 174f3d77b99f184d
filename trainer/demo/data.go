package demo

import (
	"strconv"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// HeldOut reports to which half of the data a prompt belongs: an eighth of all
// prompts that there are, chosen by a hash of their tokens, is never trained on.
func HeldOut(tokens []int32) bool {
	parts := make([]uint64, len(tokens))
	for i, t := range tokens {
		parts[i] = uint64(t)
	}
	return random.NewKey(parts...)>>61 == 0
}

// draw makes problem i of a stream, on the wanted side of the split.
func (t *Task) draw(k random.Key, heldOut bool) (*problem, []int32) {
	for try := uint64(0); ; try++ {
		p := t.make(random.NewKey(uint64(k), try))
		if ts := p.tokens(t.Question); HeldOut(ts) == heldOut {
			return p, ts
		}
	}
}

// Prompts returns n prompts of the task, which are a function of key.
func (t *Task) Prompts(key random.Key, n int, heldOut bool) []rollouts.Prompt {
	ps := make([]rollouts.Prompt, n)
	for i := range ps {
		p, ts := t.draw(random.NewKey(uint64(key), uint64(i)), heldOut)
		ps[i] = rollouts.Prompt{
			Index: i, ID: strconv.Itoa(i), Tokens: ts, Text: vocabulary.Decode(ts), Task: t.Name,
			Record: scoring.Record{Gold: t.gold(p), Metric: t.Name, Task: t.Name},
		}
	}
	return ps
}

// Lesson returns number i of the teacher's answers: a prompt of the training
// side, the answer by one of the rules, [End] included, and the rule's index.
func (t *Task) Lesson(key random.Key) (prompt, answer []int32, rule int) {
	p, ts := t.draw(random.NewKey(uint64(key), 0), false)
	u := random.NewKey(uint64(key), 1).Float64(0)
	for rule = range len(t.Rules) - 1 {
		if u -= t.Rules[rule].P; u < 0 {
			return ts, append(t.Rules[rule].answer(p), End), rule
		}
	}
	rule = len(t.Rules) - 1
	return ts, append(t.Rules[rule].answer(p), End), rule
}
