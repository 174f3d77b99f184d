package mathverify

import "testing"

var extractTests = []struct {
	in     string
	status Status
	answer string
	rule   string
}{
	// Boxes.
	{`So \boxed{5}.`, Found, "5", fromBox},
	{`\fbox{5}`, Found, "5", fromBox},
	{`\boxed 5.`, Found, "5", fromBox},
	{`\boxed 55`, BadAnswer, "", fromBox},
	{`\boxed{\frac{1}{2}}`, Found, `\frac{1}{2}`, fromBox},
	{`\boxed{\{1,2\}}`, Found, `\{1,2\}`, fromBox},
	{`first \boxed{5}. Wait, it is \boxed{6}`, Found, "6", fromBox},
	{`\boxed{5}\boxed{6}`, Found, "5, 6", fromBox},
	{`\boxed{1} papers and \boxed{2} bins`, Found, "1, 2", fromBox},
	{`$x = \boxed{1}$ and $y = \boxed{2}$`, Found, "x = 1, y = 2", fromBox},
	{`\boxed{5} but not \boxed{6}`, BadAnswer, "", fromBox},
	{"\\boxed{5}. The final answer is 6.", Found, "6", fromPhrase},
	{"\\boxed{5}\n\\boxed{6}", Found, "5\n6", fromBox},
	{"$$\\boxed{5}$$\n\n$$\\boxed{6}$$", Found, "5\n6", fromBox},
	{`$\equiv \boxed{9} \pmod{11}$`, Found, "9", fromBox},
	{`$\boxed{9} \pm 1$`, BadAnswer, "", fromBox},
	{`$\boxed{5}$ and $\boxed{6}$`, Found, "5, 6", fromBox},
	{`\boxed{1}, \boxed{2} or \boxed{3}`, Found, "1, 2, 3", fromBox},
	{`\boxed{5} and finally \boxed{6}`, Found, "6", fromBox},
	{`\boxed{1}，\boxed{2}`, Found, "1, 2", fromBox},
	{`\boxed{5} and \boxed{5}`, Found, "5", fromBox},
	{`\boxed{\boxed{5}}`, Found, `\boxed{5}`, fromBox},
	{`\boxed{5} and \boxed{6`, BadAnswer, "", fromBox},
	{`\boxed{5`, BadAnswer, "", fromBox},
	{`\boxed{ \boxed{5}`, BadAnswer, "", fromBox},
	{`\boxed{}`, BadAnswer, "", fromBox},
	{`\boxed{5} then \boxed{ }`, BadAnswer, "", fromBox},
	{`a stray { before \boxed{5}`, Found, "5", fromBox},
	{`a stray } before \boxed{5}`, Found, "5", fromBox},
	{`\\boxed{5}`, Found, "5", fromBox},
	{`The answer is 4, or \boxed{5}`, Found, "5", fromBox},
	{`\boxed`, BadAnswer, "", fromBox},
	{`\boxedness is 5`, Found, `\boxedness is 5`, fromText},

	{`\boxed{5} is incorrect.`, BadAnswer, "", fromBox},
	{`The answer is \boxed{5}, but this is wrong.`, BadAnswer, "", fromBox},
	{"> \\boxed{5}\nThat quote is wrong.", BadAnswer, "", fromBox},
	{`\boxed{5} is not the answer.`, BadAnswer, "", fromBox},
	{`\boxed{5} is correct.`, Found, "5", fromBox},
	{`So \boxed{5}. It is not wrong to use the other formula.`, Found, "5", fromBox},
	{`So \boxed{5}. A common mistake is to forget the sign of the square root here.`, Found, "5", fromBox},
	{`\boxed{5} <answer>6</answer>`, BadAnswer, "", fromTag},
	{`\boxed{5} <answer>5.0</answer>`, Found, "5", fromBox},
	{`<answer>\boxed{5}</answer>`, Found, "5", fromBox},

	{`0.\boxed{5}`, BadAnswer, "", fromBox},
	{`\boxed{5}.5`, BadAnswer, "", fromBox},
	{`\boxed{5},000`, BadAnswer, "", fromBox},
	{`$\sqrt{\boxed{5}}$`, BadAnswer, "", fromBox},
	{`$\frac{\boxed{5}}{2}$`, BadAnswer, "", fromBox},
	{`$\boxed{5}\pi$`, BadAnswer, "", fromBox},
	{`$x\neq\boxed{5}$`, BadAnswer, "", fromBox},
	{`$x > \boxed{5}$`, BadAnswer, "", fromBox},
	{`$\mathbf{\boxed{5}}$`, Found, "5", fromBox},
	{"> \\boxed{5}", Found, "5", fromBox},
	{`The answer cannot be \boxed{5}.`, BadAnswer, "", fromBox},
	{`We can rule out \boxed{5}.`, BadAnswer, "", fromBox},
	{`We rule out 3, so \boxed{5}.`, Found, "5", fromBox},
	{"\\boxed{5}\nActually no, it is 6.", BadAnswer, "", fromBox},
	{"\\boxed{5}\nCorrection: the answer is 6.", BadAnswer, "", fromBox},
	{`\boxed{5} (or 6)`, BadAnswer, "", fromBox},
	{`\boxed{5} (million)`, BadAnswer, "", fromBox},
	{`\boxed{4}, I think. Actually, the answer is not 4.`, BadAnswer, "", fromBox},
	{`\boxed{5} (see above)`, Found, "5", fromBox},
	{`\boxed{5}. That cannot be right.`, BadAnswer, "", fromBox},
	{`The trap answer is \boxed{5}.`, BadAnswer, "", fromBox},
	{`\boxed{5} (wrong)`, BadAnswer, "", fromBox},
	{`<reasoning>\boxed{5}</reasoning>`, NoAnswer, "", ""},
	{`<!-- \boxed{5} --> \boxed{6}`, Found, "6", fromBox},
	{`<scratchpad>\boxed{5}`, NoAnswer, "", ""},

	// Answer elements.
	{"<answer>5</answer>", Found, "5", fromTag},
	{"so <answer> 5\n6 </answer> done", Found, "5\n6", fromTag},
	{"<answer>5</answer><answer>6</answer>", BadAnswer, "", fromTag},
	{"<answer>5", BadAnswer, "", fromTag},
	{"<answer></answer>", BadAnswer, "", fromTag},
	{"<answer>5</answer></answer>", BadAnswer, "", fromTag},
	{"<answer><answer>5</answer>", BadAnswer, "", fromTag},

	// Markers.
	{"long text\nof lines, many.\n[Answer]\n5", Found, "5", fromText},
	{"[答案]5.5%\n-2.2%", Found, "5.5%\n-2.2%", fromText},
	{"[Answer] 4\n[Answer] 5", BadAnswer, "", fromMarker},
	{"[Answer] 4\n[答案] 4", BadAnswer, "", fromMarker},
	{"[Answer]", BadAnswer, "", fromMarker},
	{"[Answer] The answer is 5.", Found, "5", fromPhrase},

	// Phrases.
	{"The final answer is 42.", Found, "42", fromPhrase},
	{"The answer is **42**.", Found, "42", fromPhrase},
	{"The answer is: 3.5. It is small", Found, "3.5", fromPhrase},
	{"Answer: 5\nAnswer: 6", Found, "6", fromPhrase},
	{"**Final Answer:** 73", Found, "73", fromPhrase},
	{"Final Answer: **73**", Found, "73", fromPhrase},
	{"Therefore ANSWER IS x+1", Found, "x+1", fromPhrase},
	{"Answer:\n\n7", Found, "7", fromPhrase},
	{"答案是5。谢谢", Found, "5", fromPhrase},
	{"所以答案为：12", Found, "12", fromPhrase},
	{"The answer is $5$ and $6$.", Found, "$5$ and $6$", fromPhrase},
	{"I think the answer is not 5, it is 6", Found, "6", fromPhrase},
	{"The answer is not 5 but 6.", Found, "6", fromPhrase},
	{"The answer isn't 5; it is 6.", Found, "6", fromPhrase},
	{"The answer is not 5 but close.", BadAnswer, "", fromPhrase},
	{"Final answer 5", Found, "5", fromPhrase},
	{"The answer is 5, which is prime.", Found, "5", fromPhrase},
	{"I don't think the answer is 5.", BadAnswer, "", fromPhrase},
	{"I don’t believe that the answer is 5", BadAnswer, "", fromPhrase},
	{"Is it so that the answer is 5?", BadAnswer, "", fromPhrase},
	{"The answer is 5. Wait, that is wrong, 6.", BadAnswer, "", fromPhrase},
	{"The answer is 5.\nSorry, I meant 6", BadAnswer, "", fromPhrase},
	{"The answer is 5. There is no other.", Found, "5", fromPhrase},
	{"The answer is 5. No, it is 6.", BadAnswer, "", fromPhrase},
	{"My first answer: 5\nSecond thoughts: 6", BadAnswer, "", fromPhrase},
	{"The answer is A. It could be B.", BadAnswer, "", fromPhrase},
	{"答案是5。不对，应该是6", BadAnswer, "", fromPhrase},
	{"如果答案是5", BadAnswer, "", fromPhrase},
	{"The answer is ", BadAnswer, "", fromPhrase},
	{"My answers are 5", Found, "5", fromPhrase},
	{"The answers are:\n1\n2", Found, "1\n2", fromPhrase},
	{"The answers are 1 and 2.", Found, "1 and 2", fromPhrase},
	{"The answer is 5 and not 6", Found, "5", fromPhrase},
	{"The answer is\n$$\nx = 5\n$$", Found, "x = 5", fromPhrase},
	{"The answer is:\n\n\\[\n\\frac{1}{2}.\n\\]\n\nThis is small.", Found, `\frac{1}{2}`, fromPhrase},
	{"Answer \\[ \n 9 \n \\]", Found, "9", fromPhrase},
	{"**Answer** $9$", Found, "$9$", fromPhrase},

	{"So the answer is 5 (see step 6).", Found, "5", fromPhrase},
	{"The answer is (1, 2) (the second quadrant is excluded).", Found, "(1, 2)", fromPhrase},
	{"We add.\n#### 7", Found, "7", fromMarker},
	{"The answer is 5 because 2+3=5.", Found, "5", fromPhrase},
	{"The answer is yes, because x>0.", Found, "yes", fromPhrase},
	{"The correct option is B.", Found, "B", fromPhrase},
	{`$\boxed{5}\text{ million}$`, Found, "5 million", fromBox},
	{`$\boxed{5}\text{ apples}$`, Found, "5", fromBox},
	{"We add.\n#### Step 7 of the many steps that follow in this long heading", NoAnswer, "", ""},

	// Conclusions.
	{"We add.\nTherefore, the area is $12$.", Found, "$12$", fromEnd},
	{"We add. The area is **12**.", Found, "12", fromEnd},
	{"We find cases.\nThere are **2** cases. Then no answer.", NoAnswer, "", ""},
	{"We solve it. The solutions are 1 and 2.", Found, "1 and 2", fromEnd},
	{"We solve it.\nThe cases are 1 and 2.", NoAnswer, "", ""},
	{"We add. So it is not clear that the area is $12$.", BadAnswer, "", fromEnd},
	{"We add.\nIs the area **12**?", NoAnswer, "", ""},
	{"We add.\nThe result is small and there is no value.", NoAnswer, "", ""},
	{"Therefore, $x = 5$ is the wrong root.", Found, "Therefore, $x = 5$ is the wrong root.", fromText},

	// Thinking.
	{"<think>\\boxed{5}</think>\nI looked at all of the cases and I could not find an answer to it.\nSorry.", NoAnswer, "", ""},
	{"<think>\\boxed{5}</think>\\boxed{6}", Found, "6", fromBox},
	{"<think>\\boxed{5}", BadAnswer, "", fromThink},
	{"The answer isn't 5", BadAnswer, "", fromPhrase},
	{"答案不是5", BadAnswer, "", fromPhrase},

	// Whole texts.
	{"42", Found, "42", fromText},
	{" 42 \n", Found, "42", fromText},
	{"5\n6", Found, "5\n6", fromText},
	{"No Error\nSome Error", Found, "No Error\nSome Error", fromText},
	{"Let x be 3.\nThen 2x is 6.", NoAnswer, "", ""},
	{"Answer\n5", NoAnswer, "", ""},
	{"", NoAnswer, "", ""},
	{"  \n", NoAnswer, "", ""},
}

func TestExtract(t *testing.T) {
	for _, tt := range extractTests {
		want := Extraction{tt.status, tt.answer, tt.rule}
		if got := Extract(tt.in); got != want {
			t.Errorf("Extract(%q) = %+v, want %+v", tt.in, got, want)
		}
	}
}

// TestNoFalseReward runs whole responses that do not answer the gold value.
// Not one may end in Equal.
func TestNoFalseReward(t *testing.T) {
	tests := []struct{ gold, response string }{
		{"5", "I think the answer is not 5, it is 6"},
		{"5", "I do not know. Problem 5"},
		{"2", "There are 2 cases. Then no answer."},
		{"2021", "The answer is 2024-01-02."},
		{"5", `\boxed{5} is wrong so the answer is \boxed{6}`},
		{"5", `\boxed{5} or \boxed{6}`},
		{"5", `\boxed{6} or \boxed{5}`},
		{"5", `\boxed{1=5}`},
		{"5", `\boxed{5 \text{ is wrong}}`},
		{"2", `\boxed{2 \text{ million}}`},
		{"12", "The answer is 12%."},
		{"50", "The answer is 50%"},
		{`\frac12`, `\boxed{\frac12`},
		{"3", `\boxed{13}`},
		{"3", "The answer is 3.5"},
		{"A", "The answer is A or B."},
		{"100, 200", "The answer is 100, 300"},
		{"-5.2", "The answer is (5.2)"},
		{"1", `\boxed{x^2+y^2=1}`},
		{"2", `\boxed{2d}`},
		{"2", `\boxed{2bc}`},
		{"10", "Step 10:"},
		{"0", `\boxed{x^2-5x+6=0}`},
		{"4", `\boxed{4\sqrt(2)}`},
		{"1,2", `\boxed{(1,2)}`},
	}
	for _, tt := range tests {
		e := Extract(tt.response)
		if e.Status != Found {
			continue
		}
		if v, rule := Verify(tt.gold, e.Answer); v == Equal {
			t.Errorf("gold %q, response %q: %q is equal by %q", tt.gold, tt.response, e.Answer, rule)
		}
	}
}
