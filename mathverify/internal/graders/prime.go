package graders

import (
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

// Prime grades a response as verl's prime_math does: [PrimeAnswer] extracts the
// answer, which is right if it is equal to gold by the rule of [PRM800K] (in
// verl's copy, which keeps spaces and braces), or else by a comparison of
// numbers with tolerance 1e-4, percentages included, and of brackets and tuples
// part by part.
//
// The original's last resort, sympy's simplify, never runs in this version: its
// time limit is used as a context manager, which it is not, so every call fails
// and counts as unequal. Only the rule of PRM800K asks symbolic.
//
// Source: GoLongRL c34dba3, prime_math, compute_score.
func Prime(response, gold string, symbolic Symbolic) (bool, error) {
	answer, _ := PrimeAnswer(response)
	return PrimeEqual(gold, answer, symbolic)
}

// PrimeEqual is [Prime] for an extracted answer.
func PrimeEqual(gold, answer string, symbolic Symbolic) (bool, error) {
	return decide(gold, answer, symbolic, func(k *asker) (bool, error) { return primeEqual(k, gold, answer) })
}

// piText is str(math.pi).
const piText = "3.141592653589793"

// primeEqual compares an extracted answer with gold.
func primeEqual(k *asker, gold, answer string) (bool, error) {
	if equal, err := gradeText(k, gold, answer, verl); equal || err != nil {
		return equal, err
	}
	pis := []string{piText}
	if strings.Contains(answer, `\pi`) || strings.Contains(gold, `\pi`) {
		pis = append(pis, "3.14")
	}
	any := false
	for _, pi := range pis {
		e := primeMath{asker: k, pi: pi}
		equal := e.equal(pyText(answer), pyText(gold), 0)
		switch {
		case e.err == errPyRaises: // caught: the answer is wrong, whatever the other value of pi gives
			return false, nil
		case e.err != nil:
			return false, e.err
		}
		any = any || equal
	}
	return any, nil
}

// PrimeAnswer returns what verl's prime_math takes for the answer: the text
// behind "answer:" or "answer is", before "is the answer", in the last box,
// before the last ". ", and behind the last of "be ", "is ", "=" and the like,
// each step on what the one before left. matched reports whether any step
// applied and the answer has a digit.
//
// Source: GoLongRL c34dba3, prime_math, match_answer.
func PrimeAnswer(response string) (answer string, matched bool) {
	s := response
	behind := func(marker string) {
		lower := py.Lower(s)
		if i := strings.LastIndex(lower, marker); i >= 0 {
			s = py.Strip(s[lowerIndex(s, lower, i+len(marker)):])
			matched = true
		}
	}
	for _, m := range [...]string{"answer:", "answer is", "answers are"} {
		behind(m)
	}
	for _, m := range [...]string{"is answer", "is the answer", "are answers", "are the answers"} {
		lower := py.Lower(s)
		if i := strings.LastIndex(lower, m); i >= 0 {
			s = py.Strip(s[:lowerIndex(s, lower, i)])
			matched = true
		}
	}
	if box, ok := primeBox(s); ok && box != "" {
		s, matched = box, true
	}
	if strings.Contains(s, ". ") {
		lower := py.Lower(s)
		s = py.Strip(s[:lowerIndex(s, lower, strings.LastIndex(lower, ". "))])
	}
	for _, m := range [...]string{"be ", "is ", "are ", "=", ": ", "get ", "be\n", "is\n", "are\n", ":\n", "get\n"} {
		behind(m)
	}
	return s, matched && strings.ContainsFunc(s, py.IsDigit)
}

// primeBox returns the stripped text between the first opening brace behind the
// last \boxed, or else \fbox, and the closing brace that balances the count.
func primeBox(s string) (string, bool) {
	i := strings.LastIndex(s, `\boxed`)
	if i < 0 {
		i = strings.LastIndex(s, `\fbox`)
	}
	if i < 0 {
		return "", false
	}
	open, end := braces(s[i:])
	if open < 0 || end < 0 {
		return "", false
	}
	return py.Strip(s[i:][min(open+1, end):end]), true
}
