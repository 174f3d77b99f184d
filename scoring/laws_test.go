package scoring_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/scoring"
)

const lawSeed = 20260519

func laws(t *testing.T) *gopter.Properties {
	t.Logf("seed %d", lawSeed)
	p := gopter.DefaultTestParametersWithSeed(lawSeed)
	p.MinSuccessfulTests = 300
	return gopter.NewProperties(p)
}

// genLine draws from few words, so that lines repeat, and from awkward ones.
func genLine() gopter.Gen {
	return gen.SliceOfN(2, gen.OneConstOf("a", "B", "part 1", "Part 2", "İ", "ΑΣ", "ß", "25.00%", "", " ", "\u3000", "[x]", "中文", "No Error")).
		Map(func(w []string) string { return strings.Join(w, " ") })
}

func genLines() gopter.Gen { return gen.SliceOf(genLine()) }

// genResponse draws responses with and without tags.
func genResponse() gopter.Gen {
	return gen.SliceOf(gen.OneConstOf("<think>", "</think>", "[Answer]", "[答案]", "<answer>", "</answer>", `{"data":[["1"]]}`,
		"a\n", "B\n", " Part 1\n", "The correct answer is (A)", "\\boxed{1}", "#### 5", "\n\n", "中文。", "a b a", "\x00", "\xed\xa0\x80")).
		Map(func(w []string) string { return strings.Join(w, "") })
}

func score(t *testing.T, metric string, gold scoring.Gold, response string) scoring.Result {
	m, err := scoring.Builtin().Parse(metric)
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Score(context.Background(), &scoring.Record{Metric: metric, Response: response, Gold: gold})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func allMetrics() (all []string) {
	for name := range scoring.Builtin().Names() {
		all = append(all, name, name+"(profile=reference)")
	}
	return append(all, "choice(profile=reference,rule=longbench_pro)", "ndcg@2", "rouge_l(lang=zh)", "token_f1(lang=zh)", "rouge_l(lang=zh,profile=reference)", "rouge2(stem=true)")
}

func TestLawRange(t *testing.T) {
	ps := laws(t)
	for _, m := range allMetrics() {
		ps.Property(m+" is in [0,1] or has no score", prop.ForAll(func(gold []string, resp string) bool {
			for _, g := range []scoring.Gold{scoring.Lines(gold...), scoring.Text(strings.Join(gold, "\n")), {}} {
				r := score(t, m, g, resp)
				if r.Scored() && (r.Value < 0 || r.Value > 1) || !r.Scored() && (r.Err == nil || r.Status < scoring.BadGold) {
					return false
				}
			}
			return true
		}, genLines(), genResponse()))
	}
	ps.TestingRun(t)
}

// distinctLines are the lines that the strict profile sees.
func distinctLines(lines []string) (d []string) {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" && !slices.Contains(d, l) {
			d = append(d, l)
		}
	}
	return d
}

func TestLawPerfectAnswer(t *testing.T) {
	ps := laws(t)
	for _, m := range []string{"f1", "sub_em", "ndcg", "pairwise", "rouge_l", "token_f1", "em"} {
		ps.Property("the reference itself scores 1 in "+m, prop.ForAll(func(lines []string) bool {
			lines = distinctLines(lines)
			text := strings.Join(lines, "\n")
			if text == "" {
				return true
			}
			gold := scoring.Lines(lines...)
			if m == "em" || m == "rouge_l" || m == "token_f1" {
				gold = scoring.Text(text)
			}
			r := score(t, m, gold, "thoughts</think>[Answer]\n"+text+"\n")
			return math.Abs(r.Value-1) < 1e-12 && r.Status == scoring.Judged
		}, genLines()))
	}
	ps.TestingRun(t)
}

func TestLawPermutation(t *testing.T) {
	ps := laws(t)
	for _, m := range []string{"f1", "sub_em", "f1(profile=reference)", "sub_em(profile=reference)"} {
		ps.Property(m+" does not depend on the order of lines", prop.ForAll(func(gold, pred []string) bool {
			a := score(t, m, scoring.Lines(gold...), "x</think>[Answer]\n"+strings.Join(pred, "\n")+"\nend")
			slices.Reverse(gold)
			slices.Reverse(pred)
			b := score(t, m, scoring.Lines(gold...), "x</think>[Answer]\nend\n"+strings.Join(pred, "\n"))
			// Leading blank lines are trimmed away as a whole, so compare only where none is at the ends.
			if strings.HasPrefix(m, "f1(") && slices.ContainsFunc(pred, func(l string) bool { return strings.TrimSpace(l) == "" }) {
				return true
			}
			return a.Value == b.Value || !a.Scored() && !b.Scored()
		}, genLines(), genLines()))
	}
	ps.TestingRun(t)
}

func TestLawMonotone(t *testing.T) {
	ps := laws(t)
	ps.Property("a further right line never lowers sub_em, f1 and ndcg", prop.ForAll(func(n, have int) bool {
		gold := numbered("g", n)
		have %= n
		for _, m := range []string{"sub_em", "f1", "ndcg"} {
			less := score(t, m, scoring.Lines(gold...), "[Answer]\n"+strings.Join(append(gold[:have:have], "junk"), "\n"))
			more := score(t, m, scoring.Lines(gold...), "[Answer]\n"+strings.Join(gold[:have+1:have+1], "\n"))
			if more.Value <= less.Value {
				return false
			}
		}
		return true
	}, gen.IntRange(1, 12), gen.IntRange(0, 100)))
	ps.Property("a wrong extra line never raises a strict line metric", prop.ForAll(func(lines []string) bool {
		gold := numbered("g", 4)
		for _, m := range []string{"sub_em", "f1", "ndcg", "pairwise"} {
			a := score(t, m, scoring.Lines(gold...), "[Answer]\n"+strings.Join(append(lines, gold[:2]...), "\n"))
			b := score(t, m, scoring.Lines(gold...), "[Answer]\n"+strings.Join(append(append(lines, gold[:2]...), "wrong"), "\n"))
			if b.Value > a.Value {
				return false
			}
		}
		return true
	}, genLines()))
	ps.TestingRun(t)
}

func TestLawSpellingRoundTrip(t *testing.T) {
	ps := laws(t)
	reg := scoring.Builtin()
	names := slices.Collect(reg.Names())
	ps.Property("Parse(m.String()) is m", prop.ForAll(func(name int, k int, lang, profile, gate, stem string) bool {
		text := names[name%len(names)]
		if k > 0 && text == "ndcg" {
			text += "@" + itoa(k)
		}
		text += "(" + profile + lang + gate + stem + ")"
		text = strings.ReplaceAll(text, ",)", ")")
		m, err := reg.Parse(text)
		if err != nil {
			return true // not every option goes with every metric
		}
		again, err := reg.Parse(m.String())
		return err == nil && again.String() == m.String() && !strings.Contains(m.String(), "strict")
	}, gen.IntRange(0, 100), gen.IntRange(0, 20), gen.OneConstOf("", "lang=zh,", "lang=auto,"), gen.OneConstOf("", "profile=strict,", "profile=reference,"),
		gen.OneConstOf("", "gate=required,"), gen.OneConstOf("", "stem=true,", "recursion=900,")))
	ps.Property("the same for expressions", prop.ForAll(func(names []string, ops []string) bool {
		text := "1"
		for i, n := range names {
			text = "(" + text + ops[i%len(ops)] + n + ")"
		}
		m, err := reg.ParseIn(scoring.Reference, text)
		if err != nil {
			return len(names) == 0
		}
		again, err := reg.Parse(m.String())
		if err != nil || again.String() != m.String() {
			t.Logf("%s: %s: %v", text, m, err)
			return false
		}
		return true
	}, gen.SliceOf(gen.OneConstOf("em", "ndcg@10", "rouge_l( lang=zh )", "task", "chars", "min(f1, iou(profile=strict))", "T3", "(f1 > 0.5 ? em : length)", "-words")),
		gen.SliceOfN(3, gen.OneConstOf(" + ", "*", " - ", "/", " ** "))))
	ps.TestingRun(t)
}

func TestLawWorkersAgree(t *testing.T) {
	ps := laws(t)
	metrics := allMetrics()
	ps.Property("1 and 8 workers give the same results in the same order", prop.ForAll(func(resp []string, gold []string) bool {
		var recs []scoring.Record
		for i, r := range resp {
			recs = append(recs, scoring.Record{Metric: metrics[i%len(metrics)], Response: r, Gold: scoring.Lines(gold...)})
		}
		var got [2][]scoring.Result
		for i, n := range []int{1, 8} {
			s, err := scoring.New(scoring.WithWorkers(n), scoring.WithExplain())
			if err != nil {
				t.Fatal(err)
			}
			if got[i], err = s.Append(context.Background(), nil, recs); err != nil {
				t.Fatal(err)
			}
		}
		return slices.EqualFunc(got[0], got[1], func(a, b scoring.Result) bool {
			return math.Float64bits(a.Value) == math.Float64bits(b.Value) && a.Status == b.Status && a.Answer == b.Answer && slices.Equal(a.Why, b.Why) && a.Metric == b.Metric
		})
	}, gen.SliceOf(genResponse()), genLines()))
	ps.TestingRun(t)
}
