package scoring_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
)

// benchResponses are thinking and an answer of 24 lines, of about 500 tokens,
// 16K tokens and 200 KB.
func benchResponses() map[string]string {
	answer := "</think>\n[Answer]\n"
	for i := range 24 {
		answer += fmt.Sprintf("Cluster_%d river %d.25%%\n", i*7919%100, i)
	}
	out := map[string]string{}
	for name, size := range map[string]int{"500tok": 2_000, "16Ktok": 64_000, "200KB": 200_000} {
		out[name] = "<think>" + strings.Repeat("The committee reviewed [3] of 7 sections, a < b, and found that the total was lower. ", size/84) + answer
	}
	return out
}

var benchSizes = []string{"500tok", "16Ktok", "200KB"}

func benchGold() scoring.Gold {
	var lines []string
	for i := range 20 {
		lines = append(lines, fmt.Sprintf("Cluster_%d river %d.25%%", i*7919%100, i))
	}
	return scoring.Lines(lines...)
}

func BenchmarkMetric(b *testing.B) {
	responses, lines := benchResponses(), benchGold()
	table, _ := scoring.JSON(`{"columns":["year","region"],"data":[["2019","north"],["2020","south"],["2021","west"]]}`)
	prose := scoring.Text("The committee reviewed 3 sections and found that the total was lower than before.")
	golds := map[string]scoring.Gold{"rouge_l": prose, "token_f1": prose, "rougeL": prose, "em": scoring.Text("river"), "choice": scoring.Text("C"), "math_verify": scoring.Text("12.5%"), "iou": table}
	tails := map[string]string{
		"choice":      "\nThe correct answer is (C).",
		"math_verify": `so \boxed{12.5\%}.`,
		"iou":         `<answer>{"columns":["Year","Region"],"data":[["2020","south"],["2019","north"],["2022","west"]]}</answer>`,
	}
	for _, name := range []string{"em", "choice", "f1", "math_verify", "iou", "sub_em", "ndcg", "pairwise", "rouge_l", "token_f1", "rougeL", "format"} {
		for _, profile := range []scoring.Profile{scoring.Strict, scoring.Reference} {
			if name == "math_verify" && profile == scoring.Reference {
				continue
			}
			m, err := scoring.Builtin().ParseIn(profile, name)
			if err != nil {
				b.Fatal(err)
			}
			gold, ok := golds[name]
			if !ok {
				gold = lines
			}
			for _, size := range benchSizes {
				b.Run(fmt.Sprintf("%s/%s/%s", name, profile, size), func(b *testing.B) {
					rec := scoring.Record{Response: responses[size] + tails[name], Gold: gold}
					b.SetBytes(int64(len(rec.Response)))
					b.ReportAllocs()
					for b.Loop() {
						if _, err := m.Score(context.Background(), &rec); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

func BenchmarkLinesOnly(b *testing.B) {
	for _, n := range []int{60, 2000, 6000} {
		var lines []string
		for i := range n {
			lines = append(lines, fmt.Sprintf("Cluster_%d committee %d.%02d%%", i*7919, i%100, i%97))
		}
		response := "</think>\n" + strings.Join(lines, "\n")
		for _, name := range []string{"f1", "sub_em", "ndcg", "pairwise"} {
			for _, p := range []scoring.Profile{scoring.Strict, scoring.Reference} {
				m, _ := scoring.Builtin().ParseIn(p, name)
				b.Run(fmt.Sprintf("%s/%s/%d", name, p, n), func(b *testing.B) {
					rec := scoring.Record{Response: response, Gold: benchGold()}
					b.SetBytes(int64(len(response)))
					b.ReportAllocs()
					for b.Loop() {
						if _, err := m.Score(context.Background(), &rec); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

func BenchmarkComposite(b *testing.B) {
	m, err := scoring.Builtin().Parse("0.9*f1 + 0.1*format")
	if err != nil {
		b.Fatal(err)
	}
	rec := scoring.Record{Response: benchResponses()["500tok"], Gold: benchGold()}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Score(context.Background(), &rec); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scoring.Builtin().Parse("ndcg@10(profile=reference)"); err != nil {
			b.Fatal(err)
		}
	}
}
