package rollouts_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// records are what prompts are judged by, one for each way to write them.
var records = []struct {
	rec    scoring.Record
	fields string
}{
	{scoring.Record{Task: "em", Gold: scoring.Text("abc")}, ""},
	{scoring.Record{Metric: "f1", Gold: scoring.Lines("a\n", "", "b")}, ""},
	{scoring.Record{Metric: "0.9*em + 0.1*format", Task: "em", Gold: scoring.Lines("a", "b"), Lang: "zh"}, ""},
	{scoring.Record{Metric: "mrcr", Gold: scoring.Text("x"), Prefix: "", HasPrefix: true}, ""},
	{scoring.Record{Metric: "format"}, ""},
	{scoring.Record{Task: "em", Gold: scoring.Text("abc")}, `{"data_source":"EM","reward_model":{"ground_truth":{"golden_label":"abc"}}}`},
}

// recorded are rollouts with every kind of value.
func recorded() []rollouts.Rollout {
	var out []rollouts.Rollout
	for p, r := range records {
		prompt := &rollouts.Prompt{Index: p, ID: fmt.Sprint(p), Tokens: []int32{int32(p), 31}, Record: r.rec, Fields: r.fields}
		if p%2 == 1 {
			prompt.ID = fmt.Sprintf(`"p%d"`, p)
		}
		for j := range 3 {
			k := random.NewKey(uint64(p), uint64(j))
			s := rollouts.Sample{Prompt: p, Index: j, Text: "<think>\x01\"é\u2028</think>abc", Stopped: j != 1, Version: 4}
			for i := range uint64(1 + j) {
				s.Tokens = append(s.Tokens, int32(k.IntN(i, vocab)))
				s.LogP = append(s.LogP, -math.Float32frombits(uint32(k.Uint64(i))&0x3fffffff))
			}
			s.LogP[0] = []float32{0, -math.SmallestNonzeroFloat32, -math.MaxFloat32}[j]
			out = append(out, rollouts.Rollout{Step: 5, Batch: 1, Prompt: prompt, Sample: s, Reward: 1.0 / 3, Advantage: math.NaN()})
		}
	}
	return out
}

func written(t testing.TB, rs []rollouts.Rollout, prompts bool) []byte {
	t.Helper()
	var b bytes.Buffer
	w := rollouts.NewWriter(&b)
	w.Prompts = prompts
	for i := range rs {
		if err := w.Write(&rs[i]); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// TestRoundTrip: what is written is replayed, bit for bit.
func TestRoundTrip(t *testing.T) {
	rs := recorded()
	for _, prompts := range []bool{true, false} {
		path := write(t, "x.jsonl", written(t, rs, prompts))
		r, err := rollouts.NewReplay(path, rollouts.ReplayOptions{Vocab: vocab})
		if err != nil {
			t.Fatal(err)
		}
		req := &rollouts.Request{Step: 5, Batch: 1, N: 3, Sampling: backend.Sampling{MaxTokens: 9}}
		for i := range records {
			req.Prompts = append(req.Prompts, rs[3*i].Prompt)
		}
		got, err := collect(t, r, req)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if !reflect.DeepEqual(got[i], rs[i].Sample) {
				t.Errorf("%+v, want %+v", got[i], rs[i].Sample)
			}
		}
		ps, err := r.Prompts()
		if (err == nil) != prompts {
			t.Fatal(err)
		}
		if !prompts {
			if want := "line 1: prompt_tokens: missing"; !strings.Contains(err.Error(), want) {
				t.Error(err)
			}
			continue
		}
		if r.Samples() != 3 || len(ps) != len(records) || r.String() != "replay of "+path {
			t.Error(r.Samples(), len(ps), r)
		}
		// A request of the recorded prompts themselves, at any step.
		req = &rollouts.Request{Step: 77, N: 2, Prompts: ps, Sampling: req.Sampling}
		if got, err = collect(t, r, req); err != nil || !reflect.DeepEqual(got[4].Tokens, rs[6].Sample.Tokens) {
			t.Error(got, err)
		}
		for i, p := range ps {
			if !reflect.DeepEqual(p.Tokens, rs[3*i].Prompt.Tokens) || p.ID != rs[3*i].Prompt.ID || p.Index != i || p.Record.Response != "" || p.Record.HasLength {
				t.Errorf("%+v", p)
			}
		}
		if err := r.Publish(context.Background(), 1, nil); err != nil {
			t.Error(err)
		}
	}
}

// TestPromptsOnce: the tokens of a prompt are written with the first of its samples
// that has a response, and are found there in whatever order the lines come.
func TestPromptsOnce(t *testing.T) {
	rs := recorded()
	rs[0].Sample = rollouts.Sample{Prompt: 0, Index: 0, Err: errors.New("lost")}
	text := written(t, rs, true)
	for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		first := i == 0 || i%3 == 2 // one line is not there
		if bytes.Contains(line, []byte(`"prompt_tokens"`)) != first {
			t.Errorf("line %d: %s", i+1, line)
		}
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	slices.Reverse(lines)
	r, err := rollouts.NewReplay(write(t, "x.jsonl", bytes.Join(lines, nil)), rollouts.ReplayOptions{Vocab: vocab})
	if err != nil {
		t.Fatal(err)
	}
	ps, err := r.Prompts()
	if err != nil || len(ps) != len(records) || r.Samples() != 2 {
		t.Fatalf("%d prompts of at least %d samples, %v", len(ps), r.Samples(), err)
	}
	for i, p := range ps {
		if want := rs[3*(len(ps)-1-i)].Prompt; p.ID != want.ID || !slices.Equal(p.Tokens, want.Tokens) {
			t.Errorf("prompt %s of %v, want %s of %v", p.ID, p.Tokens, want.ID, want.Tokens)
		}
	}
	// The same prompt beside itself in one batch is two groups.
	twin := rs[3]
	twin.Sample.Prompt = 7
	if n := bytes.Count(written(t, []rollouts.Rollout{rs[3], rs[4], twin}, true), []byte(`"prompt_tokens"`)); n != 2 {
		t.Errorf("prompt_tokens %d times for two groups", n)
	}
}

// TestReplayLost: what had failed fails again, under its own number, and nothing of
// another step, batch or place takes its place.
func TestReplayLost(t *testing.T) {
	lost := errors.New("lost")
	var rs []rollouts.Rollout
	var prompts []*rollouts.Prompt
	for p := range 4 {
		id := p
		if p == 3 {
			id = 1 // a prompt that comes twice
		}
		prompt := &rollouts.Prompt{Index: id, ID: fmt.Sprint(id), Tokens: []int32{int32(id), 31}, Record: scoring.Record{Metric: "em", Gold: scoring.Text("g")}}
		prompts = append(prompts, prompt)
		for j := range 3 {
			x := rollouts.Sample{Prompt: p, Index: j, Tokens: []int32{int32(8*p + j)}, LogP: []float32{-1}, Text: "a", Stopped: true, Version: 4}
			switch {
			case p == 0 && j == 1, p == 1 && j == 0, p == 2:
				x = rollouts.Sample{Prompt: p, Index: j, Err: lost}
			case p == 1 && j == 2:
				x.Tokens, x.LogP, x.Text = []int32{}, []float32{}, ""
			}
			rs = append(rs, rollouts.Rollout{Step: 5, Batch: 1, Prompt: prompt, Sample: x})
		}
	}
	path := write(t, "x.jsonl", written(t, rs, true))
	r, err := rollouts.NewReplay(path, rollouts.ReplayOptions{Vocab: vocab, Lost: true})
	if err != nil {
		t.Fatal(err)
	}
	req := &rollouts.Request{Step: 5, Batch: 1, N: 3, Prompts: prompts, Sampling: backend.Sampling{MaxTokens: 1}}
	got, err := collect(t, r, req)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range got {
		want := rs[i].Sample
		if (x.Err != nil) != (want.Err != nil) {
			t.Errorf("prompt %d, sample %d: error %v, want %v", x.Prompt, x.Index, x.Err, want.Err)
		}
		if x.Err, want.Err = nil, nil; !reflect.DeepEqual(x, want) {
			t.Errorf("%+v, want %+v", x, want)
		}
	}
	for _, at := range [][2]int{{5, 0}, {6, 1}} {
		other := *req
		other.Step, other.Batch = at[0], at[1]
		if got, err = collect(t, r, &other); err != nil {
			t.Fatal(err)
		}
		for _, x := range got {
			if x.Err == nil {
				t.Errorf("step %d, batch %d: sample %d of prompt %d is there", at[0], at[1], x.Index, x.Prompt)
			}
		}
	}
	prompts[0].Tokens = []int32{9}
	if _, err := collect(t, r, req); err == nil || !strings.Contains(err.Error(), "prompt 0 was recorded with other tokens") {
		t.Error(err)
	}
	if _, err := rollouts.NewReplay(path, rollouts.ReplayOptions{Vocab: vocab}); err == nil || !strings.Contains(err.Error(), "tokens: an empty list") {
		t.Errorf("a response without tokens in a recording to learn from: %v", err)
	}
}

// TestScoreAlike: a file of rollouts gets the rewards that training gave.
func TestScoreAlike(t *testing.T) {
	s, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	rs := recorded()
	lines := bytes.Split(bytes.TrimSpace(written(t, rs, false)), []byte("\n"))
	for i, line := range lines {
		row := rollout.Decode(nil, rollout.Line{N: i + 1, Data: line}, nil)[0]
		if row.Err != nil {
			t.Fatalf("%s: %v", line, row.Err)
		}
		rec := rs[i].Prompt.Record
		rec.Response, rec.Length, rec.HasLength = rs[i].Sample.Text, float64(len(rs[i].Sample.Tokens)), true
		want, got := s.Score(ctx, &rec), s.Score(ctx, &row.Record)
		if got.Value != want.Value || got.Status != want.Status || row.Record.Length != rec.Length || row.ID != rs[i].Prompt.ID || row.Group != fmt.Sprintf(`"5.1.%d"`, i/3) {
			t.Errorf("%s: %v %v, want %v %v", line, got.Value, got.Status, want.Value, want.Status)
		}
	}
	const want = `{"id":"p5","group":"5.1.5","step":5,"batch":1,"prompt_index":5,"sample":0,"version":4,"data_source":"EM","reward_model":{"ground_truth":{"golden_label":"abc"}},"reward":0.3333333333333333,"status":"judged","stopped":true,"length":1,"response":`
	if got := string(lines[15]); !strings.HasPrefix(got, want) {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestWriterErrors(t *testing.T) {
	r := recorded()[0]
	r.Sample.LogP = []float32{float32(math.Inf(-1))}
	w := rollouts.NewWriter(failing{})
	if err := w.Write(&r); err == nil || !strings.Contains(err.Error(), "log-probability -Inf of token 0") {
		t.Error(err)
	}
	r.Sample.LogP = make([]float32, 2)
	if err := w.Write(&r); err == nil || !strings.Contains(err.Error(), "1 tokens and 2 log-probabilities") {
		t.Error(err)
	}
	r.Sample.LogP = nil
	if err := w.Write(&r); err == nil || err.Error() != "disk full" {
		t.Error(err)
	}
	r.Sample.Err = errors.New("lost")
	if err := w.Write(&r); err != nil {
		t.Error(err)
	}
	if _, err := r.AppendJSON(nil, false); err == nil || !strings.Contains(err.Error(), "has no response: lost") {
		t.Error(err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestReplayErrors(t *testing.T) {
	const head = `{"id":1,"metric":"em","reference":"g","response":"ab"`
	for _, c := range []struct{ lines, want string }{
		{head + `}`, "line 1: tokens: missing: give the token ids that were sampled, or let the text be encoded (tokenize)"},
		{head + `,"tokens":[]}`, "line 1: tokens: an empty list"},
		{head + `,"tokens":7}`, "line 1: tokens: a number: give a list"},
		{head + `,"tokens":[2,32]}`, "line 1: tokens[1]: 32: give a token id from 0 to 31"},
		{head + `,"tokens":[-1]}`, "line 1: tokens[0]: -1: give"},
		{head + `,"tokens":[1.0]}`, "line 1: tokens[0]: 1.0: give"},
		{head + `,"tokens":["1"]}`, "line 1: tokens[0]: a string: give"},
		{head + `,"tokens":[1],"logprobs":[]}`, "line 1: logprobs: 0 of them for 1 tokens"},
		{head + `,"tokens":[1],"logprobs":[null]}`, "line 1: logprobs[0]: null: give a log-probability"},
		{head + `,"tokens":[1],"logprobs":[0.5]}`, "line 1: logprobs[0]: 0.5: give"},
		{head + `,"tokens":[1],"logprobs":[-Infinity]}`, "line 1: logprobs[0]: "},
		{head + `,"tokens":[1],"logprobs":[-1e99]}`, "line 1: logprobs[0]: -1e99"},
		{head + `,"tokens":[1],"stopped":1}`, "line 1: stopped: a number: give true or false"},
		{head + `,"tokens":[1],"sample":-1}`, "line 1: sample: give a whole number"},
		{head + `,"tokens":[1],"version":1.5}`, "line 1: version: give a whole number"},
		{head + `,"tokens":[1],"prompt_tokens":[99]}`, "line 1: prompt_tokens[0]: 99"},
		{head + `,"tokens":[1],"sample":3}` + "\n" + head + `,"tokens":[2],"sample":3}`, "line 2: sample: 3, as in line 1 of the same group"},
		{head + `,"group":1,"tokens":[1]}` + "\n" + `{"id":2,"group":1,"metric":"em","reference":"g","response":"ab","tokens":[1]}`, "line 2: id: 2, but the group 1 has samples of 1"},
		{head + `,"tokens":[1],"prompt_tokens":[1]}` + "\n" + head + `,"tokens":[2],"prompt_tokens":[2]}`, "line 2: prompt_tokens: not those of the group's other samples"},
		{`{"id":1,"metric":"em","tokens":[1]}`, "line 1: response: missing"},
		{`{"id":1,"metric":"em","response":"x","tokens":[1]}`, "line 1: reference: missing"},
		{head, "line 1: not JSON"},
		{"", "no rollouts: give a file with rows"},
	} {
		path := write(t, "x.jsonl", []byte(c.lines))
		_, err := rollouts.NewReplay(path, rollouts.ReplayOptions{Vocab: vocab})
		if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.lines, err, c.want)
		}
	}
}

func TestReplayFind(t *testing.T) {
	row := func(id, group, step, token int) string {
		return fmt.Sprintf(`{"id":%d,"group":%d,"step":%d,"batch":0,"metric":"em","reference":"g","response":"ab","tokens":[%d],"prompt_tokens":[9]}`+"\n", id, group, step, token)
	}
	path := write(t, "x.jsonl", []byte(row(1, 10, 1, 11)+row(1, 20, 2, 12)+row(1, 30, 4, 14)+row(2, 40, 1, 21)))
	r, err := rollouts.NewReplay(path, rollouts.ReplayOptions{Vocab: vocab})
	if err != nil {
		t.Fatal(err)
	}
	p := &rollouts.Prompt{Index: 0, ID: "1", Tokens: []int32{9}}
	for step, want := range map[int]int32{1: 11, 2: 12, 4: 14, 3: 11, 5: 14, 7: 12} {
		got, err := collect(t, r, &rollouts.Request{Step: step, N: 1, Prompts: []*rollouts.Prompt{p}, Sampling: backend.Sampling{MaxTokens: 1}})
		if err != nil || got[0].Tokens[0] != want {
			t.Errorf("step %d: %v, %v, want %d", step, got, err, want)
		}
	}
	for _, c := range []struct {
		p    rollouts.Prompt
		n    int
		want string
	}{
		{rollouts.Prompt{ID: "3", Tokens: []int32{9}}, 1, "prompt 3 is not recorded"},
		{rollouts.Prompt{ID: "1", Tokens: []int32{8}}, 1, "prompt 1 was recorded with other tokens"},
		{rollouts.Prompt{ID: "2", Tokens: []int32{9}}, 2, "line 4: prompt 2 has 1 recorded samples where 2 are asked for"},
	} {
		_, err := collect(t, r, &rollouts.Request{Step: 1, N: c.n, Prompts: []*rollouts.Prompt{&c.p}, Sampling: backend.Sampling{MaxTokens: 1}})
		if err == nil || !strings.HasPrefix(err.Error(), path) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Generate(ctx, &rollouts.Request{N: 1, Prompts: []*rollouts.Prompt{p}, Sampling: backend.Sampling{MaxTokens: 1}}, func(rollouts.Sample) {}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestReplayText: texts are encoded if that is asked for, and have no
// log-probabilities then.
func TestReplayText(t *testing.T) {
	text := `{"id":1,"metric":"em","reference":"g","prompt":"qr","responses":["ab","c"]}
{"id":2,"metric":"em","reference":"g","prompt":"q","response":"abc","stopped":false}
`
	o := rollouts.ReplayOptions{Vocab: vocab, Encoder: letters{}, Stop: []int32{stop}}
	r, err := rollouts.NewReplay(write(t, "x.jsonl", []byte(text)), o)
	if err != nil {
		t.Fatal(err)
	}
	ps, err := r.Prompts()
	if err != nil || !reflect.DeepEqual(ps[0].Tokens, []int32{18, 19}) || ps[0].Text != "qr" || r.Samples() != 1 {
		t.Fatal(ps, err)
	}
	got, err := collect(t, r, &rollouts.Request{N: 2, Prompts: ps[:1], Sampling: backend.Sampling{MaxTokens: 1}})
	if err != nil || !reflect.DeepEqual(got[0].Tokens, []int32{2, 3, stop}) || !reflect.DeepEqual(got[1].Tokens, []int32{4, stop}) || got[0].LogP != nil {
		t.Error(got, err)
	}
	got, err = collect(t, r, &rollouts.Request{N: 1, Prompts: ps[1:], Sampling: backend.Sampling{MaxTokens: 1}})
	if err != nil || !reflect.DeepEqual(got[0].Tokens, []int32{2, 3, 4}) || got[0].Stopped {
		t.Error(got, err)
	}
	if _, err := rollouts.NewReplay(write(t, "x.jsonl", []byte(`{"id":1,"metric":"em","reference":"g","response":""}`)), rollouts.ReplayOptions{Vocab: vocab, Encoder: letters{}}); err == nil || !strings.Contains(err.Error(), "response: empty") {
		t.Error(err)
	}
}

func TestReplayParquet(t *testing.T) {
	type row struct {
		ID       int64     `parquet:"id"`
		Metric   string    `parquet:"metric"`
		Gold     string    `parquet:"reference"`
		Response string    `parquet:"response"`
		Tokens   []int32   `parquet:"tokens,list"`
		LogP     []float32 `parquet:"logprobs,list"`
		Sample   int32     `parquet:"sample"`
	}
	rows := []row{{1, "em", "g", "ab", []int32{2, 3}, []float32{-0.1, -1e-7}, 1}, {1, "em", "g", "c", []int32{4}, []float32{-3}, 0}}
	var data bytes.Buffer
	if err := parquet.Write(&data, rows); err != nil {
		t.Fatal(err)
	}
	r, err := rollouts.NewReplay(write(t, "x.parquet", data.Bytes()), rollouts.ReplayOptions{Vocab: vocab})
	if err != nil {
		t.Fatal(err)
	}
	got, err := collect(t, r, &rollouts.Request{N: 2, Prompts: []*rollouts.Prompt{{ID: "1", Tokens: []int32{1}}}, Sampling: backend.Sampling{MaxTokens: 1}})
	if err != nil || !reflect.DeepEqual(got[1].LogP, rows[0].LogP) || !reflect.DeepEqual(got[1].Tokens, rows[0].Tokens) || got[0].Text != "c" {
		t.Error(got, err)
	}
}

// FuzzReplay: whatever a file holds, there is a replay or an error, and what is
// replayed can be written and replayed again.
func FuzzReplay(f *testing.F) {
	rs := recorded()
	f.Add(written(f, rs[:2], true))
	f.Add([]byte(`{"id":1,"metric":"em","reference":"g","response":"ab","tokens":[1],"logprobs":[-1]}`))
	f.Add([]byte(`{"metric":"em","reference":[NaN,1e999],"response":"\ud800","tokens":[1],"logprobs":[-0],"prompt_tokens":[3]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := rollouts.ReplayOptions{Vocab: vocab}
		r, err := rollouts.NewReplay(write(t, "x", data), o)
		if (err == nil) == (r == nil) {
			t.Fatal(r, err)
		}
		if err != nil {
			return
		}
		ps, err := r.Prompts()
		if err != nil {
			return
		}
		req := &rollouts.Request{N: r.Samples(), Prompts: ps, Sampling: backend.Sampling{MaxTokens: 1}}
		var out []rollouts.Rollout
		if err := r.Generate(context.Background(), req, func(s rollouts.Sample) { out = append(out, rollouts.Rollout{Prompt: ps[s.Prompt], Sample: s}) }); err != nil {
			t.Fatal(err)
		}
		again, err := rollouts.NewReplay(write(t, "y", written(t, out, true)), o)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		if err := again.Generate(context.Background(), req, func(s rollouts.Sample) {
			if s.Index = out[i].Sample.Index; !reflect.DeepEqual(s, out[i].Sample) {
				t.Fatalf("%+v, want %+v", s, out[i].Sample)
			}
			i++
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func ExampleNewWriter() {
	w := rollouts.NewWriter(os.Stdout)
	err := w.Write(&rollouts.Rollout{
		Step: 1, Reward: 1, Advantage: 0.5,
		Prompt: &rollouts.Prompt{ID: "17", Record: scoring.Record{Task: "em", Gold: scoring.Text("ab")}},
		Sample: rollouts.Sample{Tokens: []int32{2, 3}, LogP: []float32{-0.25, -1.5}, Text: "ab", Stopped: true},
	})
	if err != nil {
		panic(err)
	}
	// Output: {"id":17,"group":"1.0.0","step":1,"batch":0,"prompt_index":0,"sample":0,"version":0,"task":"em","reference":"ab","reward":1,"advantage":0.5,"status":"judged","stopped":true,"length":2,"response":"ab","tokens":[2,3],"logprobs":[-0.25,-1.5]}
}

func ExampleNewReplay() {
	_, err := rollouts.NewReplay("none.jsonl", rollouts.ReplayOptions{Vocab: 100})
	fmt.Println(err)
	// Output: none.jsonl: line 1: open none.jsonl: no such file or directory
}

func ExampleNewPolicy() {
	s := rollouts.NewPolicy(fakePolicy{}, letters{})
	err := s.Generate(context.Background(), request(1, 2), func(x rollouts.Sample) { fmt.Println(x.Index, len(x.Tokens) == len(x.LogP)) })
	fmt.Println(err)
	// Output:
	// 0 true
	// 1 true
	// <nil>
}

func BenchmarkAppendJSON(b *testing.B) {
	r := recorded()[0]
	r.Sample.Tokens, r.Sample.LogP = make([]int32, 16<<10), make([]float32, 16<<10)
	for i := range r.Sample.LogP {
		r.Sample.Tokens[i], r.Sample.LogP[i] = int32(i*9), -float32(i)/777
	}
	var buf []byte
	for b.Loop() {
		var err error
		if buf, err = r.AppendJSON(buf[:0], false); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(buf)))
}
