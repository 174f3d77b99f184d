package scoring_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
)

// holes are the reward-hacking holes of the released rewards: the value of the
// released code beside the strict one. Numbers are those of docs/metrics.md.
// The reference values were produced by running the released code.
var holes = []struct {
	row       int
	name      string
	metric    string
	gold      scoring.Gold
	response  string
	reference float64
	strict    float64
	status    scoring.Status
}{
	{1, "answer just two sure items", "pairwise", scoring.Lines(parts(10)...), "x</think>[Answer]\nPart 1\nPart 10", 1, 1.0 / 45, scoring.Judged},
	{2, "enumerate lines", "sub_em", scoring.Lines("a", "b"), "x</think>[Answer]\na\nb\nc\nd\ne\nf\ng\nh", 1, 2.0 / 8, scoring.Judged},
	{3, "hedge both ways", "sub_em", scoring.Lines("No Error"), "x</think>[Answer]\nNo Error\n1\n2\n3", 1, 1.0 / 4, scoring.Judged},
	{4, "answer in the thinking, none after", "sub_em", scoring.Lines("Cluster_A 25.00%"), "maybe\nCluster_A 25.00%\n</think>\nblah", 1, 0, scoring.Judged},
	{5, "first line of the thinking is the letter", "choice(rule=longbench_pro)", scoring.Lines("C"), "C\n</think>\nA", 1, 0, scoring.Judged},
	{6, "tag in the thinking, refusal after", "f1", scoring.Lines("a"), "[Answer]\na\n</think>\nI do not know", 0.5, 0, scoring.Judged},
	{8, "append anything after rank k", "ndcg", scoring.Lines("a", "b", "c"), "x</think>[Answer]\na\nb\nc\nx\ny\nz", 1, 0.5, scoring.Judged},
	{10, "word salad", "rouge_l", scoring.Text(words(60)), "x</think>" + salad(60), 0.9833333283333334, 2.0 * (1.0 / 60) * (1.0 / 60) / (2.0 / 60), scoring.Judged},
	{11, "repetition is free", "rouge_l", scoring.Text(words(60)), "</think>" + strings.Repeat(words(60)+" ", 50), 0.9917355321904242, 2.0 / 51, scoring.Judged},
	{12, "summary only in the thinking", "rouge_l", scoring.Text(words(60)), words(60) + " </think>", 0.9917355321904242, 0, scoring.NoAnswer},
	{13, "think less", "rouge_l", scoring.Text(words(60)), otherWords(1500) + " </think> " + words(60), 0.07402837683184273, 1, scoring.Judged},
	{14, "no boundary", "choice", scoring.Text("A"), "x</think>The correct answer is All of the above", 1, 0, scoring.NoAnswer},
	{15, "first match wins", "choice", scoring.Text("A"), "x</think>The correct answer is (A). Correction: The correct answer is (B).", 1, 0, scoring.Judged},
	{16, "bracket form beats the later plain form", "choice", scoring.Text("A"), "x</think>The correct answer is (A), no: The correct answer is B", 1, 0, scoring.Judged},
	{18, "table in the thinking", "iou", scoring.Text(`{"columns":["x"],"data":[["1"]]}`), `<answer>{"columns":["x"],"data":[["1"]]}</answer></think>nothing`, 1, 0, scoring.NoAnswer},
	{19, "a tag in the thinking voids a right answer", "iou", scoring.Text(`{"columns":["x"],"data":[["1"]]}`), `put it in <answer>..</answer></think><answer>{"columns":["x"],"data":[["1"]]}</answer>`, 0, 1, scoring.Judged},
	{20, "columns ignored", "iou", scoring.Text(`{"columns":["a","b"],"data":[["1","2"]]}`), `x</think><answer>{"columns":["b","a"],"data":[["1","2"]]}</answer>`, 1, 0, scoring.Judged},
	// T4 has no reference value here yet; strict looks behind the thinking only and has no laxity.
	{21, "candidates in the tail of the thinking", "math_verify", scoring.Text("7"), `\boxed{7}</think>done.`, 1, 0, scoring.Judged},
	{22, "percent laxity", "math_verify", scoring.Text("12"), `</think>The answer is 12%`, 1, 0, scoring.Judged},
	{22, "six-place rounding", "math_verify", scoring.Text("0.1234567"), `</think>\boxed{0.12345674}`, 1, 0, scoring.Judged},

	// Properties of the metrics: documented, the same on both sides.
	{7, "any order of the right set", "ndcg", scoring.Lines(letters(10)...), "x</think>[Answer]\n" + strings.Join(reversed(letters(10)), "\n"), 0.6678559202923126, 0.6678559202923126, scoring.Judged},
	{9, "dump the whole list", "f1", scoring.Lines("a", "b"), "x</think>[Answer]\n" + strings.Join(letters(10), "\n"), 1.0 / 3, 1.0 / 3, scoring.Judged},
	{17, "any letter", "choice", scoring.Text("A"), "x</think>The correct answer is A", 1, 1, scoring.Judged},
	{23, "bare closing tag", "em", scoring.Text("foo"), "</think>foo", 1, 1, scoring.Judged},
}

func parts(n int) (p []string) {
	for i := 1; i <= n; i++ {
		p = append(p, "Part "+itoa(i))
	}
	return p
}

func letters(n int) (l []string) {
	for i := range n {
		l = append(l, string(rune('a'+i)))
	}
	return l
}

func reversed(s []string) (r []string) {
	for i := len(s) - 1; i >= 0; i-- {
		r = append(r, s[i])
	}
	return r
}

func itoa(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return itoa(i/10) + string(rune('0'+i%10))
}

func numbered(prefix string, n int) []string {
	w := make([]string, n)
	for i := range w {
		w[i] = prefix + itoa(i)
	}
	return w
}

func words(n int) string      { return strings.Join(numbered("w", n), " ") }
func otherWords(n int) string { return strings.Join(numbered("v", n), " ") }
func salad(n int) string      { return strings.Join(reversed(numbered("w", n)), ". ") + "." }

func TestHoles(t *testing.T) {
	ref, err := scoring.New(scoring.WithProfile(scoring.Reference))
	if err != nil {
		t.Fatal(err)
	}
	strict, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, h := range holes {
		seen[h.row] = true
		rec := scoring.Record{Metric: h.metric, Response: h.response, Gold: h.gold}
		r := ref.Score(context.Background(), &rec)
		s := strict.Score(context.Background(), &rec)
		if math.Abs(r.Value-h.reference) > 1e-9 || r.Scored() == math.IsNaN(h.reference) {
			t.Errorf("row %d, %s: reference = %v (%v %v), want %v", h.row, h.name, r.Value, r.Status, r.Err, h.reference)
		}
		if !(math.Abs(s.Value-h.strict) <= 1e-12) || s.Status != h.status {
			t.Errorf("row %d, %s: strict = %v %v (%v), want %v %v", h.row, h.name, s.Value, s.Status, s.Err, h.strict, h.status)
		}
	}
	for row := 1; row <= 23; row++ {
		if !seen[row] {
			t.Errorf("row %d has no test", row)
		}
	}
}
