package scoring_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/scoring"
)

// TestChoiceStrict covers what counts as a committed statement. The gold is B.
func TestChoiceStrict(t *testing.T) {
	for _, c := range []struct {
		response string
		want     float64
		status   scoring.Status
	}{
		{"B", 1, scoring.Judged},
		{"b", 1, scoring.Judged},
		{"(B)", 1, scoring.Judged},
		{"(b)", 1, scoring.Judged},
		{"**B**", 1, scoring.Judged},
		{"B.", 1, scoring.Judged},
		{"B) Paris", 1, scoring.Judged},
		{"(B) Paris", 1, scoring.Judged},
		{"**B.** Paris is right", 1, scoring.Judged},
		{"B. Paris", 1, scoring.Judged},
		{"[Answer]\nB", 1, scoring.Judged},
		{"[Answer] B", 1, scoring.Judged},
		{"[Answer]\nB\n", 1, scoring.Judged},
		{"[答案]\nB", 1, scoring.Judged},
		{"The correct answer is (B)", 1, scoring.Judged},
		{"The correct answer is B.", 1, scoring.Judged},
		{"The correct answer is **(B)**.", 1, scoring.Judged},
		{"the answer is: B", 1, scoring.Judged},
		{"Answer: B", 1, scoring.Judged},
		{"**Answer:** B", 1, scoring.Judged},
		{"**Answer**: B", 1, scoring.Judged},
		{"Final answer: option B", 1, scoring.Judged},
		{"The right choice is B, because A is wrong", 1, scoring.Judged},
		{"The best option is (B)", 1, scoring.Judged},
		{"I choose B", 1, scoring.Judged},
		{"I would pick option B here", 1, scoring.Judged},
		{`So $\boxed{B}$.`, 1, scoring.Judged},
		{`\boxed{\text{B}}`, 1, scoring.Judged},
		{`\boxed{(B)}`, 1, scoring.Judged},
		{"正确答案是B。", 1, scoring.Judged},
		{"答案：B", 1, scoring.Judged},
		{"答案为（B）", 1, scoring.Judged},
		{"故选B", 1, scoring.Judged},
		{"我选择 B。", 1, scoring.Judged},
		{"正确选项是B", 1, scoring.Judged},
		{"The answer is A. Wait, correction: the answer is B.", 1, scoring.Judged},
		{"A is tempting.\n\nB", 1, scoring.Judged},
		{"x</think>The correct answer is (B)", 1, scoring.Judged},

		{"The answer is B, A is wrong.", 1, scoring.Judged},
		{"The answer is B. Wait, correction: the answer is A.", 0, scoring.Judged},
		{"A", 0, scoring.Judged},
		{"B\nA", 0, scoring.Judged},
		{"The correct answer is (A)", 0, scoring.Judged},

		{"The correct answer is Berlin", 0, scoring.NoAnswer},
		{"The correct answer is B2", 0, scoring.NoAnswer},
		{"The correct answer is B-sharp", 0, scoring.NoAnswer},
		{"The correct answer is not B", 0, scoring.NoAnswer},
		{"I would not choose B", 0, scoring.NoAnswer},
		{"不选B", 0, scoring.NoAnswer},
		{"Option B is about Paris", 0, scoring.NoAnswer},
		{"选项B", 0, scoring.NoAnswer},
		{"Could the answer be B?", 0, scoring.NoAnswer},
		{"Is the correct answer: B?", 0, scoring.NoAnswer},
		{"nothing here", 0, scoring.NoAnswer},
		{"A. Rome\nB. Paris\nC. Oslo", 0, scoring.NoAnswer},

		{"The answer is A or B", 0, scoring.BadAnswer},
		{"The answer is (A) or (B)", 0, scoring.BadAnswer},
		{"The answer is B/C", 0, scoring.BadAnswer},
		{"The answer is A, B", 0, scoring.BadAnswer},
		{`\boxed{B,C}`, 0, scoring.BadAnswer},
		{"答案是B或C", 0, scoring.BadAnswer},

		{"", 0, scoring.NoAnswer},
		{"<think>B", 0, scoring.BadFormat},
		{"</think>B</think>", 0, scoring.BadFormat},
		{"</think><think>B", 0, scoring.BadFormat},
		{"[Answer]A[Answer]B", 0, scoring.BadFormat},
		{"[Answer]A[答案]B", 0, scoring.BadFormat},
	} {
		r := score(t, "choice", scoring.Text("B"), c.response)
		if r.Value != c.want || r.Status != c.status {
			t.Errorf("%q: %v %v (judged %q), want %v %v", c.response, r.Value, r.Status, r.Answer, c.want, c.status)
		}
	}
}

func TestChoiceGold(t *testing.T) {
	for gold, ok := range map[string]bool{
		"B": true, "b": true, "(B)": true, "B. Paris": true, "The correct answer is (B)": true, "J": true, "\\boxed{B}": true,
		"K": false, "Paris": false, "": false, "12": false, "A or B": false,
	} {
		r := score(t, "choice", scoring.Text(gold), "B")
		if r.Scored() != ok || !ok && r.Status != scoring.BadGold {
			t.Errorf("gold %q: %v %v %v", gold, r.Value, r.Status, r.Err)
		}
	}
	if r := score(t, "choice", scoring.Lines("A", "B"), "B"); r.Value != 1 {
		t.Errorf("a list is accepted alternatives, got %v", r)
	}
}

// TestChoiceIsLinear would take minutes if the search were quadratic.
func TestChoiceIsLinear(t *testing.T) {
	for _, unit := range []string{"A ", "B\n", "The answer is A? ", "the answer is ", "(", "选 B? "} {
		start := time.Now()
		score(t, "choice", scoring.Text("B"), strings.Repeat(unit, 4<<20/len(unit)))
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%q: 4 MB take %v", unit, d)
		}
	}
}
