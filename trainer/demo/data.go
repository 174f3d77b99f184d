package demo

import (
	"strconv"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// HeldOut reports whether a prompt is one of the eighth of all prompts that
// nothing is trained on. A hash of the tokens decides, so that no prompt is on
// both sides, whatever the seed.
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

// Prompts returns n prompts of the task as a function of key, all of them held
// out or none. They are drawn independently, so that one may be there twice.
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

// Lesson returns what the teacher shows, as a function of key: a prompt that is
// not held out, the answer by one of the task's rules with [End] behind it, and
// the index of the rule, drawn with the rules' probabilities.
func (t *Task) Lesson(key random.Key) (prompt, answer []int32, rule int) {
	p, ts := t.draw(random.NewKey(uint64(key), 0), false)
	last := len(t.Rules) - 1
	for u := random.NewKey(uint64(key), 1).Float64(0); rule < last; rule++ {
		if u -= t.Rules[rule].P; u < 0 {
			break
		}
	}
	return ts, append(t.Rules[rule].answer(p), End), rule
}
