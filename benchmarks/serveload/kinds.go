package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync/atomic"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/serve/wire"
)

// A kind is a list of questions, which are asked in turns.
type kind struct {
	name      string
	scores    int // in an answer
	questions []*question
}

// A question is one request, in both forms, with the numbers of its answer.
type question struct {
	path    string
	json    []byte
	message []byte // nil if it is asked over HTTP alone
	want    []float64
	read    func(body []byte) ([]float64, error) // numbers of an answer in JSON

	// The last answers that were read and found right. The same bytes again are
	// right without reading them.
	right [2]atomic.Pointer[[]byte]
}

// check holds an answer to what was computed here, bit for bit.
func (q *question) check(answer []byte, framed bool) error {
	slot, read := &q.right[0], q.read
	if framed {
		slot, read = &q.right[1], readFrame
	}
	if b := slot.Load(); b != nil && bytes.Equal(*b, answer) {
		return nil
	}
	got, err := read(answer)
	if err != nil {
		return fmt.Errorf("%s: %w: %.300q", q.path, err, answer)
	}
	if len(got) != len(q.want) {
		return fmt.Errorf("%s: %d numbers instead of %d: %.300q", q.path, len(got), len(q.want), answer)
	}
	for i := range got {
		if math.Float64bits(got[i]) != math.Float64bits(q.want[i]) {
			return fmt.Errorf("%s: number %d is %v instead of %v", q.path, i, got[i], q.want[i])
		}
	}
	b := bytes.Clone(answer)
	slot.Store(&b)
	return nil
}

// An item is a response with its reference, and the score that is right.
type item struct {
	Metric    string `json:"metric"`
	Reference string `json:"reference"`
	Response  string `json:"response"`
	score     float64
}

// words are drawn for texts. Some are outside of ASCII, and some need escapes in
// JSON.
var words = strings.Fields(`the quick brown fox jumps over a lazy dog while "seven" naïve readers count 今天 sheep\in the café and twelve total revenue of 4,312.50 was reported in 2023`)

// size is that of a response in bytes, as in the measurements of transports with
// which the results can be compared.
const size = 289

func newItem(rng *rand.Rand, scorer *scoring.Scorer, metric string) (item, error) {
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(words[rng.IntN(len(words))] + " ")
	}
	text := strings.ToValidUTF8(b.String()[:size], "")
	var ref []string
	for range 6 {
		ref = append(ref, words[rng.IntN(len(words))])
	}
	it := item{Metric: metric, Reference: strings.Join(ref, " "), Response: text}
	r := scorer.Score(context.Background(), &scoring.Record{Metric: metric, Response: it.Response, Gold: scoring.Text(it.Reference)})
	it.score = r.Value
	if !r.Scored() || metric == "token_f1" && (r.Value <= 0 || r.Value >= 1) {
		return it, errors.New("a generated item has the score " + fmt.Sprint(r.Value))
	}
	return it, nil
}

// newKinds makes all questions, the same in every run.
func newKinds() (map[string]*kind, error) {
	scorer, err := scoring.New()
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(8437, 1))
	var fail error
	draw := func(n int, metric string) []item {
		list := make([]item, n)
		for i := range list {
			it, err := newItem(rng, scorer, metric)
			fail = errors.Join(fail, err)
			list[i] = it
		}
		return list
	}
	kinds := map[string]*kind{}
	add := func(name string, scores, questions int, make func(i int) *question) {
		k := &kind{name: name, scores: scores}
		for i := range questions {
			k.questions = append(k.questions, make(i))
		}
		kinds[name] = k
	}
	add("batch", 64, 64, func(int) *question { return scoreQuestion(draw(64, "token_f1")) })
	add("single", 1, 512, func(int) *question { return scoreQuestion(draw(1, "token_f1")) })
	// Ever new spellings, as of a client that puts numbers into them.
	add("spellings", 1, 512, func(i int) *question { return scoreQuestion(draw(1, fmt.Sprintf("%d*em + token_f1", i))) })
	add("OpenRLHF", 1, 128, func(int) *question { return openRLHFQuestion(draw(1, "token_f1")[0]) })
	add("slime", 1, 128, func(int) *question { return slimeQuestion(draw(1, "token_f1")[0]) })
	add("verify", 16, 32, func(int) *question { return verifyQuestion(rng) })
	add("advantage", 64, 32, func(int) *question { return advantageQuestion(rng) })
	return kinds, fail
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and finite numbers
	}
	return b
}

func scoreQuestion(items []item) *question {
	q := &question{path: "/v1/score", read: readResults}
	if len(items) == 1 {
		q.json, q.read = mustJSON(items[0]), readResult
	} else {
		q.json = mustJSON(map[string]any{"items": items})
	}
	m := append(wire.AppendHeader(nil, wire.OpScore, 1), 0)
	m = wire.AppendU32(m, uint32(len(items)))
	for _, it := range items {
		m = wire.AppendField(m, wire.TagItem, it.Metric)
		m = wire.AppendField(m, wire.TagReference, it.Reference)
		m = append(wire.AppendField(m, wire.TagResponse, it.Response), 0)
		q.want = append(q.want, it.score)
	}
	q.message = m
	return q
}

// label is how the one label of a row carries metric and reference.
func label(it item) string {
	return string(mustJSON(map[string]string{"metric": it.Metric, "reference": it.Reference}))
}

func openRLHFQuestion(it item) *question {
	const prompt = "What does the text say?\n"
	return &question{
		path: "/get_reward", want: []float64{it.score}, read: readRewards,
		json: mustJSON(map[string][]string{"query": {prompt + it.Response}, "prompts": {prompt}, "labels": {label(it)}}),
	}
}

func slimeQuestion(it item) *question {
	return &question{
		path: "/slime", want: []float64{it.score}, read: readNumber,
		json: mustJSON(map[string]string{"prompt": "?", "response": it.Response, "label": label(it)}),
	}
}

// verifyQuestion has pairs that are equal if their number is even.
func verifyQuestion(rng *rand.Rand) *question {
	q := &question{path: "/v1/verify", read: readVerdicts}
	m := append(wire.AppendHeader(nil, wire.OpVerify, 1), 0)
	m = wire.AppendU32(m, 16)
	type pair struct {
		Gold     string `json:"gold"`
		Response string `json:"response"`
	}
	var pairs []pair
	for i := range 16 {
		n := 2 + rng.IntN(1000)
		p := pair{fmt.Sprintf("%d/4", n), fmt.Sprintf(`So the sum is \boxed{\frac{%d}{8}}.`, 2*n+i%2)}
		pairs = append(pairs, p)
		m = wire.AppendText(wire.AppendText(m, p.Gold), p.Response)
		q.want = append(q.want, float64(1-i%2))
	}
	q.json, q.message = mustJSON(map[string]any{"items": pairs}), m
	return q
}

// advantageQuestion has groups of eight rewards, four of them 1, for dr_grpo, which
// subtracts the mean.
func advantageQuestion(rng *rand.Rand) *question {
	q := &question{path: "/v1/advantage", read: readAdvantages}
	rewards, groups := make([]float64, 64), make([]int, 64)
	for i := range rewards {
		groups[i] = i / 8
	}
	for g := range 8 {
		for _, k := range rng.Perm(8)[:4] {
			rewards[8*g+k] = 1
		}
	}
	for _, r := range rewards {
		q.want = append(q.want, r-0.5)
	}
	q.json = mustJSON(map[string]any{"estimator": "dr_grpo", "rewards": rewards, "groups": groups})
	return q
}
