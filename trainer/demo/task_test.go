package demo

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/random"
)

// The limits on sizes, beside those of the settings.
const (
	maxPieces   = 64
	maxPrompt   = 64
	maxResponse = 16
)

// TestRules holds the declared reward of every rule against the real metric, and
// that of the right one on every prompt.
func TestRules(t *testing.T) {
	const n = 400
	scorer, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	for i := range tasks {
		task := &tasks[i]
		for j, rule := range task.Rules {
			sum, squares := 0.0, 0.0
			for k := range uint64(n) {
				p, prompt := task.draw(random.NewKey(1, uint64(i), k), k%2 == 0)
				rec := scoring.Record{Gold: task.gold(p), Metric: task.Name, Response: vocabulary.Decode(rule.answer(p))}
				r := scorer.Score(context.Background(), &rec)
				if !r.Scored() || r.Status != scoring.Judged || j == 0 && r.Value != 1 {
					t.Fatalf("%s, %s: %v %v (%v) for %q\n%s", task.Name, rule.Name, r.Value, r.Status, r.Err, rec.Response, vocabulary.Decode(prompt))
				}
				sum += r.Value
				squares += r.Value * r.Value
			}
			mean := sum / n
			tolerance := 1e-4 + 4*math.Sqrt(max(0, squares/n-mean*mean)/n) // of rounding, and of sampling
			if math.Abs(mean-rule.Reward) > tolerance {
				t.Errorf("%s, %s: mean reward %.4f, declared %.4f, tolerance %.4f", task.Name, rule.Name, mean, rule.Reward, tolerance)
			}
		}
	}
}

// TestTeacher holds what the teacher earns to the room that training needs.
func TestTeacher(t *testing.T) {
	var names []string
	mean, right := 0.0, 0.0
	for _, task := range Tasks() {
		names = append(names, task.Name)
		p := 0.0
		for _, r := range task.Rules {
			if !(r.P > 0) {
				t.Errorf("%s, %s: probability %v", task.Name, r.Name, r.P)
			}
			p += r.P
		}
		if math.Abs(p-1) > 1e-12 {
			t.Errorf("%s: probabilities add up to %v", task.Name, p)
		}
		mean += task.Expected() / 9
		right += task.Rules[0].Reward / 9
	}
	want := []string{"em", "choice", "f1", "math_verify", "iou", "sub_em", "ndcg", "pairwise", "rouge_l"}
	if !slices.Equal(names, want) {
		t.Errorf("tasks %v, want %v", names, want)
	}
	if mean < 0.3 || mean > 0.5 || math.Abs(right-1) > 1e-12 {
		t.Errorf("the teacher earns %.3f on average and %.3f by the right rules; want 0.3 to 0.5, and 1", mean, right)
	}
}

// TestLesson holds sizes, the share of every rule, and that a lesson is a
// function of its key.
func TestLesson(t *testing.T) {
	const n = 3000
	for i := range tasks {
		task := &tasks[i]
		count := make([]int, len(task.Rules))
		prompts, answers := 0, 0
		for k := range uint64(n) {
			key := random.NewKey(2, uint64(i), k)
			prompt, answer, rule := task.Lesson(key)
			count[rule]++
			prompts, answers = max(prompts, len(prompt)), max(answers, len(answer))
			if HeldOut(prompt) {
				t.Fatalf("%s: lesson %d shows a prompt that is held out", task.Name, k)
			}
			if at := slices.Index(answer, End); at != len(answer)-1 || slices.Contains(prompt, End) {
				t.Fatalf("%s: the end is at %d of %v", task.Name, at, answer)
			}
			if k == 0 {
				again, same, r := task.Lesson(key)
				if r != rule || !slices.Equal(again, prompt) || !slices.Equal(same, answer) {
					t.Errorf("%s: a lesson differs from itself", task.Name)
				}
			}
		}
		if prompts > maxPrompt || answers > maxResponse {
			t.Errorf("%s: prompts of %d and answers of %d tokens", task.Name, prompts, answers)
		}
		for j, r := range task.Rules {
			if got := float64(count[j]) / n; math.Abs(got-r.P) > 4*math.Sqrt(r.P*(1-r.P)/n) {
				t.Errorf("%s: %s in %.3f of the lessons, declared %.2f", task.Name, r.Name, got, r.P)
			}
		}
	}
}

// TestPrompts holds the split, and that prompts are a function of their key.
func TestPrompts(t *testing.T) {
	for i := range tasks {
		task := &tasks[i]
		seen := map[string]bool{}
		for _, p := range task.Prompts(random.NewKey(3), 500, false) {
			seen[p.Text] = true
			if HeldOut(p.Tokens) {
				t.Fatalf("%s: %q is held out", task.Name, p.Text)
			}
		}
		if len(seen) < 490 {
			t.Errorf("%s: %d distinct prompts of 500", task.Name, len(seen))
		}
		for j, p := range task.Prompts(random.NewKey(4), 64, true) {
			if seen[p.Text] {
				t.Fatalf("%s: %q is trained on and held out", task.Name, p.Text)
			}
			if p.Index != j || p.Task != task.Name || p.Record.Metric != task.Name || !p.Record.Gold.Exists() || p.Text != vocabulary.Decode(p.Tokens) {
				t.Fatalf("%s: prompt %d is %+v", task.Name, j, p)
			}
		}
		a, b := task.Prompts(random.NewKey(3), 8, false), task.Prompts(random.NewKey(5), 8, false)
		same := 0
		for j := range a {
			if !seen[a[j].Text] {
				t.Errorf("%s: other prompts for the same key", task.Name)
			}
			if a[j].Text == b[j].Text {
				same++
			}
		}
		if same == len(a) {
			t.Errorf("%s: the same prompts for another key", task.Name)
		}
	}
}

// TestHeldOut holds the share of the split: 1/8 of many prompts.
func TestHeldOut(t *testing.T) {
	const n = 4000
	held := 0
	for k := range uint64(n) {
		p := tasks[0].make(random.NewKey(6, k))
		if HeldOut(p.tokens(questions[0])) {
			held++
		}
	}
	if got := float64(held) / n; math.Abs(got-0.125) > 4*math.Sqrt(0.125*0.875/n) {
		t.Errorf("%.4f of the prompts are held out, want an eighth", got)
	}
}

func BenchmarkLesson(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		tasks[i%len(tasks)].Lesson(random.NewKey(uint64(i)))
	}
}
