package scoring_test

import (
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
)

// choiceCases are responses by gold and outcome. wrong means a commitment to
// another letter.
var choiceCases = []struct {
	name      string
	gold      string
	value     float64
	status    scoring.Status
	responses []string
}{
	{"commits", "B", 1, scoring.Judged, []string{
		"Option B", "Option B.", "B is correct.", "Option B is correct.", "The answer is _B_.", "The answer is 'B'.", `The answer is \(B\).`,
		`\boxed{\textbf{(B)}}`, "It's B.", "It’s B.", "I'll go with option B.", "The answer to the question is B.", "Ans: B", "Choice: B", "<answer>B</answer>",
		"<answer>\nB. Paris\n</answer>", "The answer is <b>B</b>.", `{"answer": "B"}`, "Answer: [[B]]", `The answer is $\boxed{\text{(B)}}$.`,
		"B选项正确。", "选项B是正确的。", "B是正确答案。", "选择选项B", "答案：Ｂ", "Ｂ", "The answer is Ｂ.", "故本题选B。", "因此，答案应该是 **B**。", "答案是B选项。",
		"B. Paris\n\nExplanation: Paris is the capital.", "(B) Paris\nReason: it is.", "The correct answer is:\n\n**B. Paris**", "Answer:\nB. Paris",
		"## Final answer\n\nB. Paris", "答案是：\nB. 巴黎", "The correct answer is **B. Paris**", "B, because Paris is the capital",
		"The answer is B, I think.", "Answer: B, I am sure.", "The answer is B and I am confident.", "答案是B，A是错的", "The answer is B; I checked.",
		"The answer is B, A is wrong.", "The answer is B, not C.", "A is wrong, so the answer is B.", "So B is correct.", "Therefore, option B (Paris) is the best answer.",
		"The answer to the question " + strings.Repeat("of the river ", 15) + "is B", "The answer to No. 5 is B.", "The answer is probably B.",
		"I think it's B.", "Thus I pick B.", "Choose B.", "You should choose B.", "The correct one is B.", "The answer is B.Paris", "The answer is B\nA is wrong.",
		"(A) is wrong\n(B)", "\u3000B\u3000", "B\r\n", "A. Rome\nB. Paris\nC. Oslo\nThe answer is B.",
	}},
	{"asides", "B", 1, scoring.Judged, []string{
		"If the speed is constant, the answer is B.", "Assuming that x = 3, then the answer is (B).", "The correct answer is B. The incorrect answer is A.", "The correct answer is B. Many people would choose A.",
		"The correct answer is B. Students often select C.", "The correct answer is B. If the year were 1990, the answer would be C.",
		"The answer is B. Some might say the answer is C.", "The answer is B. Another answer is C.", "The answer is B. I don't think the answer is C.",
		"The answer is B. It is not true that C is correct.", "The answer is B. Initially I chose C.", "The answer is B. Could it be C?", "The answer is B. Option C is wrong.",
		"正确答案是B。错误答案是A。", "答案是B，不要选A。", "选B。A选项错误，容易误选A。", "答案是B。很多人选A。", "答案是B。如果是1990年，答案是C。",
	}},
	{"no commitment", "B", 0, scoring.NoAnswer, []string{
		"The wrong answer is B.", "Incorrect answer: B", "不要选B", "不应该选择B", "错误答案是B", "It is wrong to choose B.", "If the answer is B, then we are done.",
		"You could choose B.", "Option B is wrong", "B is incorrect.", "(B)?", "B?", "B ?", "The answer is Bé", "B%", "The answer is B%", "The correct answer is Berlin",
		"B2", "The answer is B2", "B-sharp", "The answer is B-sharp", "The answer is B.C. 400", "The answer is Be\u0301",
		"The answer is B\u0301", "The answer is B if it rains.", "The answer is B = 5", "Bob", "选B股", "答案是B型血", "答案是B是吗？", "The answer could be B.",
		"The answer might be B.", "可能选B", "Is the answer B, as he says?", "(B) is wrong", "B: incorrect", "Vitamin B", "The answer choices: B was first",
		"Neither A nor B is correct.", "B and C are wrong.", "A. Rome\nB. Paris", "Which is the correct answer:\nB. Rome\nC. Paris", "Option A\nx\nOption B\ny", "J. B. Bach wrote it.",
	}},
	{"offers two", "B", 0, scoring.BadAnswer, []string{
		"The answer is B (or C).", "B, but C is also possible.", `\boxed{A} or \boxed{B}`, `\boxed{B} or \boxed{A}`, `\boxed{A}\boxed{B}`, `\boxed{B \text{ or } C}`,
		"The answer is B as well as C", "The answer is B or possibly C", "B C", "(B)(C)", "B through D", "B/C", "B-D", "B–D", "答案是B还是C", "both A and B", "either A or B",
		"The answer is both A and B.", "The answer is either A or B.", "The answer is A. Or the answer is B or C.", "Answer: B, C", "Answer: B & C", "答案是B和C", "选B、C",
		"The answer is B, or C.", "The answer is A or the answer is B.", "The answer is B or I.", "The answer is B to K",
	}},
	{"taken back", "B", 0, scoring.Judged, takenBack},
	{"taken back", "C", 1, scoring.Judged, takenBack},
	{"the article", "A", 0, scoring.NoAnswer, []string{
		"The answer is A lot of money.", "Answer: A man went home.", "A man went home.", "选A股", "The answer is A Tale of Two Cities.", "Answer: A so-called hero", "The correct answer is Ａ股",
	}},
	{"the pronoun", "I", 0, scoring.NoAnswer, []string{
		"The answer is I don't know", "Answer: I cannot determine.", "Answer: I am not sure", "I, for one, do not know.", "I think so.",
	}},
	{"A before a function word", "A", 1, scoring.Judged, []string{
		"The answer is A because it says so.", "The answer is A, since it says so.", "The answer is A in this case.", "Answer: A. Rome", "The answer is (A) Rome", "The answer is A.", "A",
		"The answer is A given the text.", "The answer is A and not B.",
	}},
	{"the letter I", "I", 1, scoring.Judged, []string{"The answer is I.", "The answer is I because it says so.", "I", "(I)", "Answer: I"}},
}

var takenBack = []string{
	"The answer is B. Sorry, it's C.", "The answer is B.\nCorrection: C", "The answer is B. Actually C.", "The answer is B. No, C.", "The answer is B. Wait, C.",
	"The answer is B. Wait, correction: the answer is C.", "The answer is B, no, C.", "The answer is B — wait, C.", "The answer is B. I mean C.", "The answer is B. Hold on, C.",
	"The answer is not B, it is C.", `\boxed{B}` + "\n" + `\boxed{C}`, "B\nC", "答案是B。不对，答案是C。",
}

func TestChoiceCases(t *testing.T) {
	for _, g := range choiceCases {
		for _, response := range g.responses {
			r := score(t, "choice", scoring.Text(g.gold), response)
			if r.Value != g.value || r.Status != g.status {
				t.Errorf("%s: %q for %s: %v %v (judged %q), want %v %v", g.name, response, g.gold, r.Value, r.Status, r.Answer, g.value, g.status)
			}
		}
	}
}

// TestChoiceMarks holds that marks around the response and the thinking before it change nothing.
func TestChoiceMarks(t *testing.T) {
	for _, g := range choiceCases {
		for _, response := range g.responses {
			for _, wrapped := range []string{"x</think>" + response, "\n\n" + response + "\n", "[Answer]\n" + response} {
				r := score(t, "choice", scoring.Text(g.gold), wrapped)
				if r.Value != g.value || r.Status != g.status {
					t.Errorf("%s: %q for %s: %v %v, want %v %v", g.name, wrapped, g.gold, r.Value, r.Status, g.value, g.status)
				}
			}
		}
	}
}

func TestChoiceAnswerText(t *testing.T) {
	for response, want := range map[string]string{
		"So the answer is (B), I think.":   "answer is (B)",
		"The answer is B.":                 "answer is B",
		`Hence \boxed{\textbf{(B)}} holds`: `\boxed{\textbf{(B)}}`,
		`Thus $\boxed{B}$.`:                `\boxed{B}`,
		"故选（B）。":                           "选（B）",
		"正确答案是Ｂ。":                          "答案是Ｂ",
		"It's B.":                          "It's B",
		"Option B is correct.":             "Option B",
		"The answer is B or C.":            "answer is B",
		"<answer>B</answer>":               "<answer>B",
	} {
		if r := score(t, "choice", scoring.Text("B"), response); r.Answer != want {
			t.Errorf("%q: judged %q, want %q", response, r.Answer, want)
		}
	}
}
