package demo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/random"
)

// tasks declares what is asked and how the teacher answers. Rewards are means
// over the prompts, worked out from the metrics' definitions: the first of n
// words is the starred one with probability 1/n, one of k words has F1 2/(k+1),
// and so on.
var tasks = []Task{
	{
		Name: "em", Question: questions[0],
		make: func(k random.Key) *problem { return notes(k, between(k, 0, 6, 12), token(starred)) },
		gold: func(p *problem) scoring.Gold { return scoring.Text(texts(p.with(token(starred)))[0]) },
		Rules: []Rule{
			{Name: "the starred word", P: 0.3, Reward: 1, answer: func(p *problem) []int32 { return p.with(token(starred)) }},
			{Name: "the first word", P: 0.35, Reward: 0.1171, answer: func(p *problem) []int32 { return []int32{p.entries[0].word} }},
			{Name: "the last word", P: 0.35, Reward: 0.1171, answer: func(p *problem) []int32 { return []int32{p.entries[len(p.entries)-1].word} }},
		},
	},
	{
		Name: "choice", Question: questions[1],
		make: func(k random.Key) *problem {
			p := notes(k, between(k, 0, 4, 6), token(starred))
			for i := range p.entries {
				p.entries[i].letter = token(letters[i])
			}
			return p
		},
		gold: func(p *problem) scoring.Gold { return scoring.Text(vocabulary.Piece(p.option())[1:]) },
		Rules: []Rule{
			{Name: "the starred option", P: 0.3, Reward: 1, answer: func(p *problem) []int32 { return []int32{token(choose), p.option()} }},
			{Name: "A", P: 0.35, Reward: 0.2056, answer: func(p *problem) []int32 { return []int32{token(choose), token(letters[0])} }},
			{Name: "the last option", P: 0.35, Reward: 0.2056, answer: func(p *problem) []int32 {
				return []int32{token(choose), p.entries[len(p.entries)-1].letter}
			}},
		},
	},
	{
		Name: "f1", Question: questions[2],
		make: func(k random.Key) *problem {
			return notes(k, between(k, 0, 6, 10), repeat(token(starred), between(k, 1, 2, 4))...)
		},
		gold: func(p *problem) scoring.Gold { return scoring.Lines(texts(p.with(token(starred)))...) },
		Rules: []Rule{
			{Name: "all starred words", P: 0.3, Reward: 1, answer: func(p *problem) []int32 { return lines(p.with(token(starred))) }},
			{Name: "one of them", P: 0.3, Reward: 0.5222, answer: func(p *problem) []int32 { return p.with(token(starred))[:1] }},
			{Name: "a plain word", P: 0.4, Reward: 0, answer: func(p *problem) []int32 { return p.with(token(plain))[:1] }},
		},
	},
	{
		Name: "math_verify", Question: questions[3],
		make: func(k random.Key) *problem {
			return notes(k, 9, repeat(token(starred), between(k, 1, 1, 8))...)
		},
		gold: func(p *problem) scoring.Gold { return scoring.Text(fmt.Sprint(len(p.with(token(starred))))) },
		Rules: []Rule{
			{Name: "the number of starred words", P: 0.3, Reward: 1, answer: func(p *problem) []int32 { return boxed(len(p.with(token(starred)))) }},
			{Name: "the number of plain words", P: 0.4, Reward: 0, answer: func(p *problem) []int32 { return boxed(len(p.with(token(plain)))) }},
			{Name: "one too many", P: 0.3, Reward: 0, answer: func(p *problem) []int32 { return boxed(len(p.with(token(starred))) + 1) }},
		},
	},
	{
		Name: "iou", Question: questions[4],
		make: func(k random.Key) *problem { return notes(k, between(k, 0, 6, 10), rankTokens(3)...) },
		gold: func(p *problem) scoring.Gold {
			var rows []string
			for _, e := range p.ranked() {
				rows = append(rows, fmt.Sprintf(`[%d,%q]`, e.rank(), vocabulary.Piece(e.word)[1:]))
			}
			g, err := scoring.JSON(`{"columns":["n","word"],"data":[` + strings.Join(rows, ",") + `]}`)
			if err != nil {
				panic(err)
			}
			return g
		},
		Rules: []Rule{
			{Name: "every number with its word", P: 0.3, Reward: 1, answer: func(p *problem) []int32 { return table(wordsOf(p.ranked())) }},
			{Name: "the first row only", P: 0.3, Reward: 0.3333, answer: func(p *problem) []int32 { return table(wordsOf(p.ranked()[:1])) }},
			{Name: "words in the order of the alphabet", P: 0.4, Reward: 0.2667, answer: func(p *problem) []int32 {
				return table(sorted(wordsOf(p.ranked())))
			}},
		},
	},
	{
		Name: "sub_em", Question: questions[5],
		make: func(k random.Key) *problem {
			return notes(k, between(k, 0, 6, 10), rankTokens(between(k, 1, 2, 4))...)
		},
		gold: func(p *problem) scoring.Gold { return scoring.Lines(texts(wordsOf(p.ranked()))...) },
		Rules: []Rule{
			{Name: "all numbered words", P: 0.3, Reward: 1, answer: func(p *problem) []int32 { return lines(sorted(wordsOf(p.ranked()))) }},
			{Name: "one of them", P: 0.3, Reward: 0.3611, answer: func(p *problem) []int32 { return sorted(wordsOf(p.ranked()))[:1] }},
			{Name: "a plain word", P: 0.4, Reward: 0, answer: func(p *problem) []int32 { return p.with(token(plain))[:1] }},
		},
	},
	{
		Name: "ndcg", Question: questions[6],
		make: func(k random.Key) *problem { return notes(k, between(k, 0, 6, 10), rankTokens(4)...) },
		gold: func(p *problem) scoring.Gold { return scoring.Lines(texts(wordsOf(p.ranked()))...) },
		Rules: []Rule{
			{Name: "by their number", P: 0.3, Reward: 1, answer: func(p *problem) []int32 { return lines(wordsOf(p.ranked())) }},
			{Name: "the worst alone", P: 0.4, Reward: 0.1365, answer: func(p *problem) []int32 { return wordsOf(p.ranked())[3:] }},
			{Name: "the best alone", P: 0.3, Reward: 0.5462, answer: func(p *problem) []int32 { return wordsOf(p.ranked())[:1] }},
		},
	},
	{
		Name: "pairwise", Question: questions[7],
		make: func(k random.Key) *problem { return notes(k, 4, rankTokens(4)...) },
		gold: func(p *problem) scoring.Gold { return scoring.Lines(texts(reversed(wordsOf(p.ranked())))...) },
		Rules: []Rule{
			{Name: "last first", P: 0.3, Reward: 1, answer: func(p *problem) []int32 { return lines(reversed(wordsOf(p.ranked()))) }},
			{Name: "first first", P: 0.35, Reward: 0, answer: func(p *problem) []int32 { return lines(wordsOf(p.ranked())) }},
			{Name: "in the order of the alphabet", P: 0.35, Reward: 0.5, answer: func(p *problem) []int32 { return lines(sorted(wordsOf(p.ranked()))) }},
		},
	},
	{
		Name: "rouge_l", Question: questions[8],
		make: func(k random.Key) *problem { return notes(k, between(k, 0, 6, 10), rankTokens(3)...) },
		gold: func(p *problem) scoring.Gold {
			return scoring.Text(strings.TrimSpace(vocabulary.Decode(sentence(wordsOf(p.ranked())))))
		},
		Rules: []Rule{
			{Name: "all in order", P: 0.3, Reward: 1, answer: func(p *problem) []int32 { return sentence(wordsOf(p.ranked())) }},
			{Name: "the first alone", P: 0.3, Reward: 0.5, answer: func(p *problem) []int32 { return sentence(wordsOf(p.ranked())[:1]) }},
			{Name: "a plain word", P: 0.4, Reward: 0.25, answer: func(p *problem) []int32 { return sentence(p.with(token(plain))[:1]) }},
		},
	},
}

// option returns the letter of the starred entry.
func (p *problem) option() int32 {
	for _, e := range p.entries {
		if e.mark == token(starred) {
			return e.letter
		}
	}
	panic("demo: no starred option")
}

// boxed writes a number as a final answer.
func boxed(n int) []int32 { return []int32{token(boxOpen), token(digits[n-1]), token(boxClose)} }

// table writes words as rows 1, 2, ….
func table(ws []int32) []int32 {
	ts := []int32{token(tableOpen)}
	for i, w := range ws {
		if i > 0 {
			ts = append(ts, token(rowNext))
		}
		ts = append(ts, token(ranks[i]), token(cell), w)
	}
	return append(ts, token(tableEnd))
}

// sentence tells an order of words.
func sentence(ws []int32) []int32 { return append([]int32{token(first)}, join(ws, token(then))...) }

// rankTokens returns the marks 1 to n.
func rankTokens(n int) []int32 {
	ts := make([]int32, n)
	for i := range ts {
		ts[i] = token(ranks[i])
	}
	return ts
}

// sorted puts ts into the order of the alphabet.
func sorted(ts []int32) []int32 {
	slices.Sort(ts)
	return ts
}

// reversed puts ts into the opposite order.
func reversed(ts []int32) []int32 {
	slices.Reverse(ts)
	return ts
}

// Tasks returns the nine tasks, one per metric, in the order of the paper.
func Tasks() []Task { return slices.Clone(tasks) }
