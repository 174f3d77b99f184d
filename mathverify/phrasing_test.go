package mathverify

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

// outcome scores a response: what the status and the verdict make of it.
func outcome(gold, response string) string {
	e := Extract(response)
	if e.Status != Found {
		return e.Status.String()
	}
	v, _ := Verify(gold, e.Answer)
	return v.String()
}

var phrasings = []struct{ want, gold, response string }{
	// The words of a denial can be the answer.
	{"equal", "No Error", "The answer is No Error."},
	{"equal", "No Error", "Answer: No error"},
	{"equal", "No Error", "**Answer:** No Error"},
	{"equal", "No Error", "答案是No Error"},
	{"equal", "No", "The answer is No."},
	{"equal", "No", "Answer: No"},
	{"equal", "No", "答案是No。"},
	{"equal", "No solution", "The answer is no solution."},
	{"equal", "Never", "The answer is Never."},
	{"equal", "Never", "**Answer:** Never"},
	{"equal", "Not enough information", "The answer is Not enough information."},
	{"equal", "Not enough information", "Answer: not enough information"},
	{"equal", "Old Town", "The answer is Old Town."},
	{"equal", "First Street", "Answer: First Street"},
	{"equal", "No. 5", "The answer is No. 5."},
	{"equal", "No. 5", "Answer: No. 5"},
	{"equal", "没有错误", "答案是没有错误。"},
	{"equal", "没有错误", "**答案：**没有错误"},
	{"bad answer", "42", "The answer is not 42"},
	{"bad answer", "42", "The answer is not $42$."},
	{"bad answer", "42", "Answer: not 42"},
	{"bad answer", "A", "The answer is not A."},
	{"bad answer", "42", "I don't think that, all in all, the answer is 42."},
	{"bad answer", "42", "It is not true, as some say, that the answer is 42."},
	{"bad answer", "42", "I doubt, frankly, that the answer is 42."},
	{"bad answer", "42", "我不认为答案是42。"},
	{"bad answer", "42", "答案不是42。"},
	{"different", "Paris", "The answer is not Paris."},
	{"bad answer", "42", "The answer is surely not 42."},
	{"bad answer", "42", "The answer is not necessarily 42."},
	{"bad answer", "42", "The answer is no longer 42."},
	{"bad answer", "42", "Nobody says the answer is 42."},

	// Nor do they count anywhere else.
	{"equal", "42", "The answer is 42, not 43."},
	{"equal", "42", "If the speed is constant, the answer is 42."},
	{"equal", "42", "The first train arrives at 3, so the answer is 42."},
	{"equal", "42", "The answer is 42. You could also verify this by multiplication."},
	{"equal", "42", "The answer is 42. You could also verify this as 6 times 7."},
	{"equal", "42", "The answer is 42. However, note that units matter."},
	{"equal", "42", "The answer is 42. This answer is correct."},
	{"equal", "42", "答案是42，而不是43。"},
	{"equal", "42", "答案是42。其实很简单。"},
	{"equal", "42", "如果速度不变，答案是42。"},
	{"equal", "42", "The answer is 42. The answer is not 43."},
	{"bad answer", "42", "The answer is 42. The answer is not 42."},
	{"bad answer", "42", "The answer is 42. The answer might be 43."},
	{"undecided", "3", "The answer is 3, not 4, and 5."},

	// Lines.
	{"equal", "3\n5", "Answer:\n3\n5"},
	{"equal", "3\n5", "The answer is:\n\n3\n5"},
	{"equal", "3\n5", "Answer: 3\n5"},
	{"equal", "3\n5", "We add.\n\n**Answer:**\n3\n5\n\nThese are the two roots of the equation above."},
	{"equal", "St. Louis", "Answer: St. Louis"},
	{"equal", "St. Louis", "The answer is St. Louis. It lies on a river."},
	{"equal", "Dr. Smith", "Answer: Dr. Smith"},
	{"equal", "J. R. Smith", "Answer: J. R. Smith."},
	{"equal", "42", "### Answer\n42"},
	{"equal", "42", "Work.\n\n### Final Answer\n\n42"},
	{"equal", "42", "**Final Answer**\n42"},
	{"equal", "42", "**Final Answer**\n\n**42**"},
	{"equal", "B", "Answer: B. It follows."},

	// Retractions.
	{"bad answer", "42", "The answer is 42. Make that 43."},
	{"bad answer", "42", "The answer is 42.\n\nSo 43."},
	{"bad answer", "42", "The answer is 42. It is 43."},
	{"equal", "42", "The answer is 42.\n\nSo 42."},
	{"bad answer", "42", "Answer: 42\n\nOn second thought, 43."},
	{"bad answer", "42", "The answer is 42. Actually, 43."},
	{"bad answer", "42", "The answer is 42. That is wrong."},
	{"bad answer", "42", "The answer is 42. No, forty-three."},
	{"bad answer", "Paris", "The answer is Paris. It could be London."},
	{"bad answer", "42", `\boxed{42}^2`},
	{"bad answer", "42", `$\boxed{42} + C$`},
	{"bad answer", "42", `$-\boxed{42}$`},
	{"bad answer", "5", `$\boxed{5}!$`},
	{"equal", "42", `So $\boxed{42}$!`},
	{"equal", "42", `$\boxed{42} = 6\cdot 7$`},
	{"bad answer", "42", "[Answer]\n43\n[Answer]\n42"},
	{"bad answer", "42", "[Answer]\n43\n[Answer]\n\\boxed{42}"},

	// Certainly wrong.
	{"different", "42", "42 43"},
	{"different", "42", "[41, 43]"},
	{"different", "42", "between 41 and 43"},
	{"different", "42", "The answer is between 41 and 43."},
	{"bad answer", "42", "The answer might be 42"},
	{"bad answer", "42", "The answer is probably 42."},
	{"different", "42", `\boxed{42!}`},
	{"different", "42", `\boxed{42^2}`},
	{"different", "5", "The answer is 5! = 120"},
	{"different", "5", "The answer is $5!$"},

	// Right, in other words.
	{"equal", "42", "The result is 42."},
	{"equal", "42", "The answer is exactly 42."},
	{"equal", "42", "### Answer\nThe result is 42."},
	{"equal", "42", "**Answer: 42**\n\nLet me verify: 6*7 = 42. Correct!"},
	{"equal", "42", "= 42"},
	{"equal", "42", "The answer = 42"},
	{"equal", "42", "The answer to the question is 42."},
	{"equal", "42", "The answer is 42 apples."},
	{"equal", "42", `\boxed{42\text{ apples}}`},
	{"equal", "1", "The answer is 1 apple."},
	{"different", "42", "The answer is 43 apples."},
	{"different", "42", "The answer is 4200 centimeters."},
	{"equal", "42 apples", "The answer is 42."},
	{"different", "42", "The answer is 42 million."},
	{"different", "42", "The answer is 42 dozens."},
	{"different", "42", "The answer is 42 percent."},
	{"equal", "42", "The answer is 42 cents."},
	{"undecided", "1", "The answer is 1 not."},
	{"equal", "42", `\boxed{42^\circ}`},
	{"equal", "42°", `\boxed{42}`},
	{"equal", "42°", `\boxed{42^{\circ}}`},
	{"undecided", "100,200", "The answer is 100200."},
	{"equal", "411522", "The answer is 411,522."},
}

func TestPhrasings(t *testing.T) {
	for _, tt := range phrasings {
		if got := outcome(tt.gold, tt.response); got != tt.want {
			e := Extract(tt.response)
			t.Errorf("gold %q, response %q: %s, want %s (%+v)", tt.gold, tt.response, got, tt.want, e)
		}
	}
}

// randomGold writes one to six short lines, each a value, plain words, or both.
func randomGold(seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 4))
	nouns := [...]string{"Part", "Cluster", "error", "No", "Not", "old", "first", "river", "Old", "Town", "total", "North", "wait", "wrong", "instead", "集群", "错误", "foo", "alpha", "doc"}
	word := func() string { return nouns[rng.IntN(len(nouns))] }
	line := func() string {
		switch rng.IntN(9) {
		case 0:
			return fmt.Sprint(rng.IntN(2000) - 1000)
		case 1:
			return fmt.Sprintf("%.2f%%", rng.Float64()*100)
		case 2:
			return fmt.Sprintf("%s %d", word(), rng.IntN(20))
		case 3:
			return fmt.Sprintf("%s %c %.2f%%", word(), 'A'+rune(rng.IntN(26)), rng.Float64()*100)
		case 4:
			return fmt.Sprintf("%s_%c: %.2f%%", word(), 'a'+rune(rng.IntN(26)), rng.Float64()*100)
		case 5:
			return fmt.Sprintf("%d. %s", rng.IntN(9)+1, word())
		case 6:
			return fmt.Sprintf("- %s %s", word(), word())
		case 7:
			return fmt.Sprintf("%d/%d", rng.IntN(50), rng.IntN(50)+1)
		}
		return strings.TrimSpace(strings.Repeat(word()+" ", rng.IntN(4)+1))
	}
	lines := make([]string, rng.IntN(6)+1)
	for i := range lines {
		lines[i] = line()
	}
	return strings.Join(lines, "\n")
}

func TestReferenceScores(t *testing.T) {
	t.Logf("seed %d", lawSeed)
	params := gopter.DefaultTestParametersWithSeed(lawSeed)
	params.MinSuccessfulTests = 3000
	p := gopter.NewProperties(params)
	for _, form := range []string{"%s", "[Answer]\n%s", "Some thoughts.\n\n[答案]\n%s\n", "Answer:\n%s", "### Final Answer\n\n%s"} {
		p.Property(fmt.Sprintf("the reference behind %q is Equal", form), prop.ForAll(
			func(seed uint64) (bool, error) {
				gold := randomGold(seed)
				if got := outcome(gold, fmt.Sprintf(form, gold)); got != "equal" {
					return false, fmt.Errorf("gold %q: %s", gold, got)
				}
				return true, nil
			}, gen.UInt64()))
	}
	p.TestingRun(t)
}

// TestWrongLinesNeverScore changes one number of a generated gold.
func TestWrongLinesNeverScore(t *testing.T) {
	t.Logf("seed %d", lawSeed)
	changed := 0
	for seed := range uint64(3000) {
		gold := randomGold(seed)
		i := strings.LastIndexAny(gold, "123456789")
		if i < 0 || strings.Contains(gold, "/") { // 1/3 and 2/6 are equal
			continue
		}
		changed++
		wrong := gold[:i] + string('1'+(gold[i]-'0')%9) + gold[i+1:]
		for _, form := range []string{"%s", "[Answer]\n%s", "Answer:\n%s"} {
			if outcome(gold, fmt.Sprintf(form, wrong)) == "equal" {
				t.Errorf("gold %q: %q is equal behind %q", gold, wrong, form)
			}
		}
	}
	if changed < 1000 {
		t.Errorf("only %d golds changed", changed)
	}
}
