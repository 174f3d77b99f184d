package demo

import (
	"slices"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/random"
)

// A Task makes prompts of one kind and knows the rules by which a teacher
// answers them. [Tasks] returns those there are.
type Task struct {
	Name     string // of the metric that scores it, canonical
	Question string
	Rules    []Rule // the first is right

	make func(k random.Key) *problem
	gold func(p *problem) scoring.Gold // the reference answer
}

// A Rule is a way to answer that can be computed from the prompt alone.
type Rule struct {
	Name   string
	P      float64 // with which the teacher follows it
	Reward float64 // on average, by the task's metric

	answer func(p *problem) []int32
}

// Expected returns the mean reward of the teacher.
func (t *Task) Expected() float64 {
	sum := 0.0
	for _, r := range t.Rules {
		sum += float64(r.P * r.Reward)
	}
	return sum
}

// A problem is a prompt as its maker sees it.
type problem struct {
	entries []entry
}

// An entry is a line of the notes.
type entry struct {
	mark   int32 // plain, starred, or a rank
	letter int32 // of an option; 0: none
	word   int32
}

// tokens writes the prompt.
func (p *problem) tokens(question string) []int32 {
	ts := []int32{token(begin)}
	for _, e := range p.entries {
		ts = append(ts, e.mark)
		if e.letter != 0 {
			ts = append(ts, e.letter)
		}
		ts = append(ts, e.word)
	}
	return append(ts, token(question))
}

// with returns the words of the entries whose mark is one of marks, in the order
// of the alphabet.
func (p *problem) with(marks ...int32) []int32 {
	var ws []int32
	for _, e := range p.entries {
		if slices.Contains(marks, e.mark) {
			ws = append(ws, e.word)
		}
	}
	slices.Sort(ws)
	return ws
}

// ranked returns the entries that have a number, in ascending order of it.
func (p *problem) ranked() []entry {
	var es []entry
	for _, e := range p.entries {
		if e.rank() > 0 {
			es = append(es, e)
		}
	}
	slices.SortFunc(es, func(a, b entry) int { return a.rank() - b.rank() })
	return es
}

// rank returns the number of an entry, 0 if it has none.
func (e entry) rank() int {
	if r := int(e.mark-token(ranks[0])) + 1; r >= 1 && r <= len(ranks) {
		return r
	}
	return 0
}

// notes makes a problem of n distinct words with the given marks in random
// places; the other words are plain.
func notes(k random.Key, n int, marks ...int32) *problem {
	ws := random.NewKey(uint64(k), 1).Perm(len(words))
	at := random.NewKey(uint64(k), 2).Perm(n)
	p := &problem{entries: make([]entry, n)}
	for i := range p.entries {
		p.entries[i] = entry{mark: token(plain), word: token(words[ws[i]])}
	}
	for i, m := range marks {
		p.entries[at[i]].mark = m
	}
	return p
}

// between draws number i of k's stream, from lo to hi.
func between(k random.Key, i uint64, lo, hi int) int { return lo + k.IntN(i, hi-lo+1) }

// repeat returns n times the token.
func repeat(t int32, n int) []int32 {
	ts := make([]int32, n)
	for i := range ts {
		ts[i] = t
	}
	return ts
}

// join writes ts with sep between them.
func join(ts []int32, sep int32) []int32 {
	var out []int32
	for i, t := range ts {
		if i > 0 {
			out = append(out, sep)
		}
		out = append(out, t)
	}
	return out
}

// lines writes words one below the other.
func lines(ts []int32) []int32 { return join(ts, token(line)) }

// wordsOf returns the words of entries.
func wordsOf(es []entry) []int32 {
	ws := make([]int32, len(es))
	for i, e := range es {
		ws[i] = e.word
	}
	return ws
}

// texts returns the words as they are read, without the space before them.
func texts(ts []int32) []string {
	ss := make([]string, len(ts))
	for i, t := range ts {
		ss[i] = vocabulary.Piece(t)[1:]
	}
	return ss
}
