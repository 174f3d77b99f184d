package mathverify

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/mathverify/internal/graders"
)

// Grader is the answer grader of another stack, repeated rule for rule, for
// comparison with old runs. These graders compare spellings more than values:
// they refuse many right answers and accept a few wrong ones.
type Grader uint8

// The graders. Those marked * ask a symbolic step for what their string rules
// leave open.
const (
	GraderHendrycks Grader = iota // hendrycks/math is_equiv, as in GoLongRL's math_reward.py
	GraderMinerva                 // minerva_math normaliser and "Answer:" lines, as in GoLongRL's math_dapo.py
	GraderDAPO                    // GraderMinerva on the last 500 characters of a response
	GraderStrictBox               // the last \boxed in the last 100 characters, letter for letter
	GraderPRM800K                 // * openai/prm800k grade_answer
	GraderMathRuler               // * mathruler grade_answer, of geometry3k's reward
	GraderPrime                   // * verl's prime_math
	GraderQwen                    // * Qwen2.5-Math math_equal
	GraderDocMath                 // numbers of DocMath-Eval, as in GoLongRL's evaluation
)

var graderNames = [...]string{"hendrycks", "minerva", "dapo", "strict_box", "prm800k", "mathruler", "prime", "qwen", "docmath"}

// String returns the name that [ParseGrader] reads, such as "prm800k".
func (g Grader) String() string {
	if int(g) < len(graderNames) {
		return graderNames[g]
	}
	return "Grader(" + strconv.Itoa(int(g)) + ")"
}

// ParseGrader returns the grader of that name.
func ParseGrader(name string) (Grader, error) {
	for i, n := range graderNames {
		if n == name {
			return Grader(i), nil
		}
	}
	return 0, fmt.Errorf("mathverify: unknown grader %q; use one of %s", name, strings.Join(graderNames[:], ", "))
}

// Symbolic decides a step that an original hands to sympy: whether two
// expressions are equal. They are plain text such as sqrt(3)/2 for
// GraderPRM800K, GraderMathRuler and GraderPrime, and the answers as written for GraderQwen.
type Symbolic func(gold, answer string) Verdict

// Compare grades an extracted answer.
//
// It is [Undecided] if the outcome depends on a symbolic step that symbolic,
// which may be nil, does not decide; on Python code that an original would
// evaluate, beyond arithmetic on literals; or if the input is beyond the bounds
// of a verdict. DocMath's gold is an integer, a float, or true or false; any
// other gold makes every answer different, as in the original.
func (g Grader) Compare(gold, answer string, symbolic Symbolic) Verdict {
	switch g {
	case GraderHendrycks:
		return graded(graders.Hendrycks(gold, answer), nil)
	case GraderMinerva, GraderDAPO:
		return graded(graders.MinervaNormal(answer) == graders.MinervaNormal(gold), nil)
	case GraderStrictBox:
		return graded(answer == gold, nil)
	case GraderPRM800K:
		return graded(graders.PRM800K(gold, answer, symbolic.step()))
	case GraderMathRuler:
		return graded(graders.MathRuler(gold, answer, symbolic.step()))
	case GraderPrime:
		return graded(graders.PrimeEqual(gold, answer, symbolic.step()))
	case GraderQwen:
		return graded(graders.Qwen(gold, answer, symbolic.swapped()))
	case GraderDocMath:
		return graded(graders.DocMathEqual(docGold(gold), answer))
	}
	panic("mathverify: unknown grader " + g.String())
}

// Grade grades a whole response with the extraction of the grader.
//
// GraderPRM800K, GraderMathRuler and GraderQwen have none; they get the last
// box, as in GraderHendrycks. A response without an answer is [Different].
func (g Grader) Grade(gold, response string, symbolic Symbolic) Verdict {
	switch g {
	case GraderMinerva:
		return graded(graders.Minerva(response, gold), nil)
	case GraderDAPO:
		return graded(graders.Dapo(response, gold), nil)
	case GraderStrictBox:
		return graded(graders.StrictBox(response, gold), nil)
	}
	answer, ok := g.Extract(response)
	if !ok {
		return Different
	}
	return g.Compare(gold, answer, symbolic)
}

// Extract returns the answer that the grader takes from a response, and false
// if it takes none. GraderPrime and GraderDocMath always take one.
func (g Grader) Extract(response string) (answer string, ok bool) {
	switch g {
	case GraderHendrycks, GraderPRM800K, GraderMathRuler, GraderQwen:
		return graders.HendrycksBox(response)
	case GraderMinerva:
		return graders.AnswerLine(response)
	case GraderDAPO:
		return graders.AnswerLine(graders.DapoTail(response))
	case GraderStrictBox:
		return graders.TailBox(response)
	case GraderPrime:
		answer, _ = graders.PrimeAnswer(response)
		return answer, true
	case GraderDocMath:
		return graders.DocAnswer(response), true
	}
	panic("mathverify: unknown grader " + g.String())
}

func graded(equal bool, err error) Verdict {
	switch {
	case err != nil:
		return Undecided
	case equal:
		return Equal
	}
	return Different
}

// step is the form in which the graders ask.
func (s Symbolic) step() graders.Symbolic {
	if s == nil {
		return nil
	}
	return func(gold, answer string) (equal, ok bool) {
		v := s(gold, answer)
		return v == Equal, v != Undecided
	}
}

// swapped is step for a grader that names the answer first.
func (s Symbolic) swapped() graders.Symbolic {
	if s == nil {
		return nil
	}
	step := s.step()
	return func(answer, gold string) (equal, ok bool) { return step(gold, answer) }
}

// docGold reads the gold of DocMath: a number or bool, else nothing.
func docGold(gold string) py.Value {
	switch s := py.Strip(gold); s {
	case "true", "True":
		return py.NewBool(true)
	case "false", "False":
		return py.NewBool(false)
	default:
		if v, err := py.Parse(s); err == nil && (v.Kind() == py.Int || v.Kind() == py.Float) {
			return v
		}
	}
	return py.Value{}
}
