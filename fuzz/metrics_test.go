// Package fuzz holds the native fuzz targets of the module. They check what must
// hold for every input: no panic, values in range, a status and an error for
// everything without a score, and the same result twice.
package fuzz

import (
	"bufio"
	"compress/gzip"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
)

// seeds adds response and reference of some golden rows of a metric to f.
func seeds(f *testing.F, golden string) {
	f.Helper()
	f.Add("<think>a</think>[Answer]\nb", `["b","c"]`)
	f.Add("", "")
	f.Add("</think>[答案]\n一\n二", "一\n二")
	file, err := os.Open(filepath.Join("..", "testdata", "golden", golden+".jsonl.gz"))
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	zr, err := gzip.NewReader(file)
	if err != nil {
		f.Fatal(err)
	}
	br := bufio.NewReader(zr)
	for n := 0; n < 600; n++ {
		line, err := br.ReadString('\n')
		if err != nil {
			return
		}
		if n%6 != 1 || len(line) > 4000 {
			continue
		}
		row, err := py.Parse(line)
		if err != nil {
			f.Fatal(err)
		}
		response, _ := row.Get("response")
		gold, ok := row.Get("reference")
		if !ok {
			model, _ := row.Get("reward_model")
			truth, _ := model.Get("ground_truth")
			if gold, ok = truth.Get("doc_ids"); !ok || gold.Len() == 0 {
				gold, _ = truth.Get("golden_label")
			}
		}
		f.Add(response.Str(), gold.Raw())
	}
}

// golds are the references that a text can stand for.
func golds(text string) []scoring.Gold {
	out := []scoring.Gold{scoring.Text(text), {}}
	if g, err := scoring.JSON(text); err == nil {
		out = append(out, g)
	}
	return out
}

func fuzzMetric(f *testing.F, golden string, spellings ...string) {
	seeds(f, golden)
	var metrics []scoring.Metric
	for _, s := range spellings {
		for _, p := range []scoring.Profile{scoring.Strict, scoring.Reference} {
			m, err := scoring.Builtin().ParseIn(p, s)
			if err != nil {
				f.Fatal(err)
			}
			metrics = append(metrics, m)
		}
	}
	f.Fuzz(func(t *testing.T, response, gold string) {
		if len(response) > 1<<16 || len(gold) > 1<<14 {
			t.Skip()
		}
		for _, m := range metrics {
			for _, g := range golds(gold) {
				for _, lang := range []string{"", "zh"} {
					rec := scoring.Record{Metric: m.String(), Response: response, Gold: g, Lang: lang}
					check(t, m, &rec)
				}
			}
		}
	})
}

func check(t *testing.T, m scoring.Metric, rec *scoring.Record) {
	a, err := m.Score(context.Background(), rec)
	if err != nil {
		t.Fatalf("%s: %v", m, err)
	}
	b, _ := m.Score(context.Background(), rec)
	if math.Float64bits(a.Value) != math.Float64bits(b.Value) || a.Status != b.Status || a.Answer != b.Answer {
		t.Fatalf("%s: %v and then %v", m, a, b)
	}
	switch {
	case a.Scored() && (a.Value < 0 || a.Value > 1):
		t.Fatalf("%s: %v is out of range", m, a.Value)
	case !a.Scored() && (a.Err == nil || a.Status < scoring.BadGold):
		t.Fatalf("%s: no score and no reason: %v", m, a)
	case a.Scored() && a.Value != 0 && slices.Contains([]scoring.Status{scoring.NoAnswer, scoring.BadFormat}, a.Status):
		t.Fatalf("%s: %v for %v", m, a.Value, a.Status)
	}
}

func FuzzEM(f *testing.F)     { fuzzMetric(f, "em", "em", "em()") }
func FuzzChoice(f *testing.F) { fuzzMetric(f, "selection", "choice", "choice(rule=longbench_pro)") }
func FuzzF1(f *testing.F)     { fuzzMetric(f, "f1", "f1") }
func FuzzMathVerify(f *testing.F) {
	fuzzMetric(f, "gsm8k", "math_verify", "gsm8k")
}
func FuzzIoU(f *testing.F)      { fuzzMetric(f, "iou", "iou") }
func FuzzSubEM(f *testing.F)    { fuzzMetric(f, "sub_em", "sub_em") }
func FuzzNDCG(f *testing.F)     { fuzzMetric(f, "ndcg", "ndcg", "ndcg@3") }
func FuzzPairwise(f *testing.F) { fuzzMetric(f, "pairwise", "pairwise") }
func FuzzRougeL(f *testing.F)   { fuzzMetric(f, "summary_en", "rouge_l") }
func FuzzTokenF1(f *testing.F)  { fuzzMetric(f, "token_f1", "token_f1") }
func FuzzGoogleRouge(f *testing.F) {
	fuzzMetric(f, "summary_en", "rouge1", "rouge2(stem=true)", "rougeL(part=p)", "rougeLsum(stem=true)")
}
func FuzzSearchR1(f *testing.F) { fuzzMetric(f, "search_r1", "search_r1") }
func FuzzFormat(f *testing.F)   { fuzzMetric(f, "em", "format") }

// FuzzReleased fuzzes whole records of the released schema.
func FuzzReleased(f *testing.F) {
	f.Add("longbench_pro", `{"doc_ids":["a"],"summary":"Chinese"}`, `{"reward_mode":"T1.2 Key-Snippet Retrieval"}`, "</think>a")
	f.Add("EM", `[{"golden_label":"a"}]`, `{}`, "</think>a")
	f.Add("multitableqa_pretraining", `{"golden_label":"{\"data\":[[1]]}"}`, `null`, `</think><answer>{"data":[[1]]}</answer>`)
	f.Add("openai/gsm8k", `"5"`, `{}`, "</think>#### 5")
	f.Add("searchR1_nq", `{"target":["a"]}`, `{}`, "</think><answer>a</answer>")
	f.Add("codecontests", `{}`, `{}`, "")
	ref, err := scoring.New(scoring.WithProfile(scoring.Reference))
	if err != nil {
		f.Fatal(err)
	}
	strict, err := scoring.New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, source, truth, extra, response string) {
		if len(response)+len(truth) > 1<<16 {
			t.Skip()
		}
		truthV, err := py.Parse(truth)
		if err != nil {
			t.Skip()
		}
		extraV, err := py.Parse(extra)
		if err != nil {
			t.Skip()
		}
		rec := scoring.Record{Response: response}
		rec.Task, rec.Lang, rec.Gold, rec.TaskErr = scoring.Released(source, truthV, extraV)
		for _, s := range []*scoring.Scorer{ref, strict} {
			r := s.Score(context.Background(), &rec)
			if r.Scored() && (r.Value < 0 || r.Value > 1) || !r.Scored() && r.Err == nil {
				t.Fatalf("%v", r)
			}
		}
	})
}

// FuzzExpression fuzzes the compiler of spellings and composite rewards: what
// compiles has a spelling that compiles to itself, and scores within its bounds.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{"0.9*math_verify + 0.1*format", "ndcg@10(profile=reference)", "task - (length > 5 ? 1 : 0)", "min(f1, max(em, 1/words))",
		"em ** 2 % 1", "not (em == 1) ? 0 : f1", "rouge_l( lang = zh )|max(T3)", "[1..2]", "em ?? 1", "((((em))))", "-chars", "a.b(c)#{x}", "em(profile=", "let x = em; x", "1e999*em", "0x10*em", "1_000*em"} {
		f.Add(s, "a</think>b")
	}
	f.Fuzz(func(t *testing.T, text, response string) {
		for _, p := range []scoring.Profile{scoring.Strict, scoring.Reference} {
			m, err := scoring.Builtin().ParseIn(p, text)
			if err != nil {
				_ = err.Error()
				continue
			}
			again, err := scoring.Builtin().Parse(m.String())
			if err != nil || again.String() != m.String() {
				t.Fatalf("%q spells %q, which is read as %v, %v", text, m, again, err)
			}
			rec := scoring.Record{Task: "em", Response: response, Gold: scoring.Text("b"), Length: 7, HasLength: true}
			a, err := m.Score(context.Background(), &rec)
			b, err2 := again.Score(context.Background(), &rec)
			if err != nil || err2 != nil || math.Float64bits(a.Value) != math.Float64bits(b.Value) {
				t.Fatalf("%q: %v %v, its spelling %v %v", text, a.Value, err, b.Value, err2)
			}
			if !a.Scored() && a.Err == nil || math.IsInf(a.Value, 0) {
				t.Fatalf("%q: %v", text, a)
			}
		}
	})
}
