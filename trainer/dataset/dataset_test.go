package dataset_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/trainer/dataset"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// runes encodes a text as its code points.
type runes struct{}

func (runes) Encode(text string) []int32 { return []int32(text) }

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const verl = `{"data_source":"EM","prompt":[{"role":"user","content":"q é"}],"ability":"x","reward_model":{"ground_truth":{"golden_label":"g"}},"extra_info":{"index":3,"reward_mode":"EM"},"responses":["old"],"length":9}`

func TestLoad(t *testing.T) {
	const chat = "<|im_start|>user\nq é<|im_end|>\n<|im_start|>assistant\n"
	for _, c := range []struct {
		name, line           string
		template             dataset.Template
		id, task, text, gold string
		fields               string
	}{
		{"verl", verl, nil, "3", "EM", chat, "g", `{"data_source":"EM","reward_model":{"ground_truth":{"golden_label":"g"}},"extra_info":{"index":3,"reward_mode":"EM"}}`},
		{"simple", `{"id":"a","task":"f1","reference":["g","h"],"prompt":"q é"}`, nil, `"a"`, "F1_Score", chat, "g\nh", `{"task":"f1","reference":["g","h"]}`},
		{"no template", `{"id":7,"metric":"ndcg@5","reference":"g","prompt":"q é"}`, dataset.NoTemplate, "7", "NDCG", "q é", "g", `{"metric":"ndcg@5","reference":"g"}`},
		{"messages as JSON text", `{"metric":"em","reference":"g","prompt":"[{\"role\":\"user\",\"content\":\"q é\"}]"}`, nil, "1", "EM", chat, "g", `{"metric":"em","reference":"g"}`},
		{"text that begins like a list", `{"metric":"em","reference":"g","prompt":"[1] q"}`, dataset.NoTemplate, "1", "EM", "[1] q", "g", `{"metric":"em","reference":"g"}`},
		{"the last of repeated keys", `{"metric":"f1","metric":"em","reference":"g","prompt":"x","prompt":"q"}`, dataset.NoTemplate, "1", "EM", "q", "g", `{"metric":"em","reference":"g"}`},
		{"format needs no reference", `{"metric":"format","prompt":"q"}`, dataset.NoTemplate, "1", "format", "q", "", `{"metric":"format"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := dataset.Load(write(t, "x.jsonl", []byte(c.line+"\n")), dataset.Options{Encoder: runes{}, Template: c.template})
			if err != nil {
				t.Fatal(err)
			}
			p := set.Prompts[0]
			got := []string{p.ID, p.Task, p.Text, p.Record.Gold.String(), p.Fields, string(p.Tokens), p.Record.Response}
			want := []string{c.id, c.task, c.text, c.gold, c.fields, c.text, ""}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("%d: %q, want %q", i, got[i], want[i])
				}
			}
			if p.Record.HasLength || len(set.Prompts) != 1 || set.Rows != 1 || len(set.SHA256) != 64 {
				t.Errorf("%+v", set)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	const rest = `,"metric":"em","reference":"g"}`
	for _, c := range []struct{ line, want string }{
		{`{"x":1` + rest, "line 1: prompt: missing: give a list of messages with role and content, or a text"},
		{`{"prompt":null` + rest, "line 1: prompt: missing"},
		{`{"prompt":7` + rest, "line 1: prompt: a number: give a list"},
		{`{"prompt":[]` + rest, "line 1: prompt: an empty list"},
		{`{"prompt":[1]` + rest, "line 1: prompt[0]: a number: give an object"},
		{`{"prompt":[{"content":"q"}]` + rest, "line 1: prompt[0].role: missing or no text"},
		{`{"prompt":[{"role":"user"}]` + rest, "line 1: prompt[0].content: missing"},
		{`{"prompt":[{"role":"user","content":[{"type":"text","text":"q"}]}]` + rest, "line 1: prompt[0].content: missing or no text: give a string; parts"},
		{`{"prompt":[{"role":"user","content":"q","tool_calls":[]}]` + rest, "line 1: prompt[0].tool_calls: not supported"},
		{`{"prompt":[{"role":"tool","content":"q"}]` + rest, "line 1: prompt: role tool is not supported"},
		{`{"prompt":[{"role":"bot","content":"q"}]` + rest, `line 1: prompt: role "bot" is not known`},
		{`{"prompt":[{"role":"user","content":"q"},{"role":"assistant","content":"q"}]` + rest, "line 1: prompt: no message of the user follows"},
		{`{"prompt":"\ud800"` + rest, "line 1: prompt: a lone surrogate"},
		{`{"prompt":"q","metric":"em"}`, "line 1: reference: missing"},
		{`{"prompt":"q","data_source":"EM"}`, "line 1: reward_model.ground_truth: missing"},
		{`{"prompt":"q"`, "line 1: not JSON"},
		{`[]`, "line 1: the line is a list"},
		{"{\"prompt\":\"q\xff\"" + rest, "line 1: prompt: invalid UTF-8 at byte offset 12"},
		{"", "empty: give a file with rows"},
		{"\n\n", "empty: give a file with rows"},
		{"BZh91AY", "line 1: bzip2 is not supported"},
		{"\x1f\x8bxx", "line 1: not readable as gzip"},
		{"PAR1", "not readable as Parquet"},
	} {
		path := write(t, "x.jsonl", []byte(c.line))
		_, err := dataset.Load(path, dataset.Options{Encoder: runes{}})
		if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.line, err, c.want)
		}
	}
	if _, err := dataset.Load(filepath.Join(t.TempDir(), "none"), dataset.Options{Encoder: runes{}}); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Error(err)
	}
	if _, err := dataset.Load(t.TempDir(), dataset.Options{Encoder: runes{}}); err == nil || !strings.Contains(err.Error(), "a folder") {
		t.Error(err)
	}
	// Options of golongrl-score are of no use here.
	_, err := dataset.Load(write(t, "x", []byte("{\"prompt\":\"q\",\"metric\":\"em\"}\n{\"prompt\":\""+strings.Repeat("q", 99)+"\"}\n")), dataset.Options{Encoder: runes{}, MaxLine: 64})
	if err == nil || strings.Contains(err.Error(), "--") || !strings.Contains(err.Error(), "line 1: reference: missing: give the reference answer\n") || !strings.HasSuffix(err.Error(), "line 2: longer than 64 bytes: shorten the line") {
		t.Error(err)
	}
	// Several defects are told at once, but not a million.
	_, err = dataset.Load(write(t, "x", []byte(strings.Repeat("{}\n", 9))), dataset.Options{Encoder: runes{}})
	if err == nil || strings.Count(err.Error(), "\n") != 5 || !strings.Contains(err.Error(), "line 5: ") || strings.Contains(err.Error(), "line 6: ") {
		t.Error(err)
	}
}

func TestMaxPrompt(t *testing.T) {
	var text strings.Builder
	for i := 1; i <= 5; i++ {
		fmt.Fprintf(&text, `{"metric":"em","reference":"g","prompt":%q}`+"\n", strings.Repeat("x", i))
	}
	path := write(t, "x.jsonl", []byte(text.String()))
	o := dataset.Options{Encoder: runes{}, Template: dataset.NoTemplate, MaxPrompt: 3}
	set, err := dataset.Load(path, o)
	if err != nil {
		t.Fatal(err)
	}
	if set.Rows != 5 || set.TooLong != 2 || len(set.Prompts) != 3 || set.Prompts[2].Index != 2 || set.Prompts[2].ID != "3" {
		t.Errorf("%+v", set)
	}
	o.Encoder = nothing{}
	if _, err := dataset.Load(path, o); err == nil || !strings.Contains(err.Error(), "line 1: prompt: no tokens") {
		t.Error(err)
	}
	o.Encoder, o.MaxPrompt = doubled{}, 1
	if _, err := dataset.Load(path, o); err == nil || !strings.Contains(err.Error(), "each of the 5 prompts has more than 1 tokens") {
		t.Error(err)
	}
	o.MaxPrompt = 0
	o.Check = func(p *rollouts.Prompt) error {
		if len(p.Text) == 2 {
			return errors.New("two is too many")
		}
		return nil
	}
	if _, err := dataset.Load(path, o); err == nil || err.Error() != path+": line 2: two is too many" {
		t.Error(err)
	}
}

type nothing struct{}

func (nothing) Encode(string) []int32 { return nil }

type doubled struct{}

func (doubled) Encode(s string) []int32 { return make([]int32, 2*len(s)) }

// TestFormats reads the same rows from every kind of file.
func TestFormats(t *testing.T) {
	text := []byte(strings.Repeat(verl+"\n", 3))
	var gz, zs bytes.Buffer
	g := gzip.NewWriter(&gz)
	g.Write(text)
	g.Close()
	z, err := zstd.NewWriter(&zs)
	if err != nil {
		t.Fatal(err)
	}
	z.Write(text)
	z.Close()
	want := ""
	for name, data := range map[string][]byte{"x.jsonl": text, "x.jsonl.gz": gz.Bytes(), "x.zst": zs.Bytes()} {
		set, err := dataset.Load(write(t, name, data), dataset.Options{Encoder: runes{}})
		if err != nil {
			t.Fatal(name, err)
		}
		if want == "" {
			want = set.SHA256
		}
		if len(set.Prompts) != 3 || set.SHA256 != want {
			t.Errorf("%s: %d prompts, %s", name, len(set.Prompts), set.SHA256)
		}
		if name != "x.jsonl" {
			if _, err := dataset.Load(write(t, name, data[:len(data)-5]), dataset.Options{Encoder: runes{}}); err == nil {
				t.Errorf("%s: cut off, and no error", name)
			}
		}
	}
}

func TestParquet(t *testing.T) {
	type message struct {
		Role    string `parquet:"role"`
		Content string `parquet:"content"`
	}
	type row struct {
		Source string    `parquet:"data_source"`
		Prompt []message `parquet:"prompt,list"`
		Truth  string    `parquet:"ground_truth"`
	}
	var data bytes.Buffer
	if err := parquet.Write(&data, []row{
		{"EM", []message{{"system", "s"}, {"user", "q"}}, `{"golden_label":"g"}`}, {"selection", []message{{"user", "r"}}, "B"},
	}); err != nil {
		t.Fatal(err)
	}
	set, err := dataset.Load(write(t, "x", data.Bytes()), dataset.Options{Encoder: runes{}})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, p := range set.Prompts {
		got += fmt.Sprintf("%d %s %s %s %q\n", p.Index, p.ID, p.Task, p.Record.Gold, p.Text)
	}
	want := `0 1 EM g "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n"
1 2 selection B "<|im_start|>user\nr<|im_end|>\n<|im_start|>assistant\n"
`
	if got != want {
		t.Errorf("got %s", got)
	}
	// A fixture with defects: they are the same rows that scoring refuses.
	_, err = dataset.Load("../../scoring/parquet/testdata/verl.parquet", dataset.Options{Encoder: runes{}})
	if err == nil || !strings.Contains(err.Error(), "line 51: reward_model.ground_truth: missing") || strings.Contains(err.Error(), "line 50:") {
		t.Error(err)
	}
}

// TestFieldsScoreAlike holds what Fields say of a row to what the row says,
// under both profiles.
func TestFieldsScoreAlike(t *testing.T) {
	lines := []string{
		verl,
		`{"data_source":"selection","prompt":"q","reward_model":"{\"ground_truth\":\"{\\\"golden_label\\\":\\\"B\\\"}\"}","extra_info":"{}"}`,
		`{"data_source":"longbench_pro","prompt":"q","reward_model":{"ground_truth":{"doc_ids":["g","h"],"summary":"Chinese"}},"extra_info":{"reward_mode":"T4.1 Global-Coverage Constrained Summary"}}`,
		`{"data_source":"EM","prompt":"q","reward_model":{"ground_truth":{"golden_label":7}},"extra_info":{}}`,
		`{"prompt":"q","metric":"mrcr","answer":"g","random_string_to_prepend":"ab","id":"x"}`,
	}
	set, err := dataset.Load(write(t, "x.jsonl", []byte(strings.Join(lines, "\n"))), dataset.Options{Encoder: runes{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, profile := range []scoring.Profile{scoring.Strict, scoring.Reference} {
		s, err := scoring.New(scoring.WithProfile(profile))
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range set.Prompts {
			for _, response := range []string{"<think>x</think>\n[Answer]\ng", "abg", "B", "7", ""} {
				quoted, _ := json.Marshal(response)
				rec := p.Record
				rec.Response = response
				want := s.Score(context.Background(), &rec)
				line := p.Fields[:len(p.Fields)-1] + `,"response":` + string(quoted) + "}"
				row := rollout.Decode(nil, rollout.Line{N: 1, Data: []byte(line)}, nil)[0]
				if row.Err != nil {
					t.Fatalf("%s: %v", line, row.Err)
				}
				got := s.Score(context.Background(), &row.Record)
				if got.Value != want.Value && got.Scored() || got.Status != want.Status || row.TaskKey != p.Task {
					t.Errorf("%s, line %d, %q: %v %v, want %v %v", profile, i+1, response, got.Value, got.Status, want.Value, want.Status)
				}
			}
		}
	}
}

// TestLayout: rows of another layout have no fields of the standard one.
func TestLayout(t *testing.T) {
	o := dataset.Options{Encoder: runes{}, Template: dataset.NoTemplate, Layout: rollout.Layout{Reference: "a.gold", Metric: "m", Response: "prompt"}}
	set, err := dataset.Load(write(t, "x.jsonl", []byte(`{"prompt":"q","a":{"gold":"g"},"m":"em"}`)), o)
	if err != nil {
		t.Fatal(err)
	}
	if p := set.Prompts[0]; p.Fields != "" || p.Record.Gold.String() != "g" || p.Record.Metric != "em" {
		t.Errorf("%+v", p)
	}
}

// TestChatML holds the template to Qwen3's own, rendered by jinja2.
func TestChatML(t *testing.T) {
	f, err := os.Open("testdata/qwen3_template.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	s := bufio.NewScanner(z)
	for s.Scan() {
		var row struct {
			Reference string
			Messages  []dataset.Message
			Text      string
		}
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Reference != "" {
			continue
		}
		n++
		got, err := dataset.ChatML(row.Messages)
		if err != nil {
			if len(row.Messages) > 0 && strings.HasPrefix(row.Messages[len(row.Messages)-1].Content, "<tool_response>") {
				continue
			}
			t.Fatalf("%+v: %v", row.Messages, err)
		}
		if got != row.Text {
			t.Errorf("%+v\n got %q\nwant %q", row.Messages, got, row.Text)
		}
	}
	if n < 300 {
		t.Errorf("%d conversations", n)
	}
}

func TestTokenizer(t *testing.T) {
	g, err := os.Open("../../internal/tokenizer/testdata/golden/coder.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	z, err := gzip.NewReader(g)
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if _, err := data.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	tok, err := dataset.OpenTokenizer(write(t, "tokenizer.json", data.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	const text = "Hello, 世界 42"
	ids := tok.Encode(text)
	if got := tok.Decode(ids); got != text || len(ids) == 0 || len(tok.SHA256()) != 64 {
		t.Errorf("%q from %v", got, ids)
	}
	for _, id := range ids {
		if int(id) >= tok.Size() {
			t.Errorf("token %d of %d", id, tok.Size())
		}
	}
	if _, ok := tok.ID("no such token"); ok {
		t.Error("an unknown token has an id")
	}
	path := write(t, "tokenizer.json", []byte("{}"))
	if _, err := dataset.OpenTokenizer(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
}

func TestParseTemplate(t *testing.T) {
	if _, err := dataset.ParseTemplate("llama"); err == nil || !strings.Contains(err.Error(), "chatml or none") {
		t.Error(err)
	}
	for _, name := range []string{"chatml", "none"} {
		if f, err := dataset.ParseTemplate(name); f == nil || err != nil {
			t.Error(name, err)
		}
	}
	if _, err := dataset.NoTemplate([]dataset.Message{{Role: "user", Content: "q"}}); err == nil {
		t.Error("messages without a template")
	}
}

func TestNoEncoder(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	dataset.Load("x", dataset.Options{})
}

// FuzzLoad: whatever a line holds, there is a prompt or an error.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(verl))
	f.Add([]byte(`{"metric":"em","reference":"g","prompt":"[{\"role\":\"user\",\"content\":\"q\"}]"}`))
	f.Add([]byte(`{"metric":"em","reference":"g","prompt":[{"role":"assistant","content":"</think>"},{"role":"user","content":""}]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		set, err := dataset.Load(write(t, "x.jsonl", line), dataset.Options{Encoder: runes{}})
		if (err == nil) == (set == nil) {
			t.Fatal(set, err)
		}
		if err != nil {
			return
		}
		for _, p := range set.Prompts {
			if row := rollout.Decode(nil, rollout.Line{N: 1, Data: []byte(p.Fields)}, &rollout.Options{Prompts: true})[0]; row.Err != nil {
				t.Fatalf("%s: %v", p.Fields, row.Err)
			}
			if len(p.Tokens) == 0 {
				t.Fatal("no tokens")
			}
		}
	})
}
