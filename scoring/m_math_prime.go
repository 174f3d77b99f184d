package scoring

import (
	"context"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/mathverify"
)

// releasedPrime is prime_math.compute_score, which takes the text of any
// reference. What its string rules leave open, it asks sympy; here the strict
// rules answer, for texts that sympy's parser reads as they do.
func releasedPrime(rec *Record, _ string, gold py.Value) Result {
	return graded(rec, mathverify.GraderPrime, string(py.AppendStr(nil, gold)), primeStep)
}

func primeStep(gold, answer string) mathverify.Verdict {
	for _, s := range [...]string{gold, answer} {
		if _, err := mathverify.Parse(s); err != nil || !sympyReads(s) {
			return mathverify.Different
		}
	}
	v, _, err := mathverify.Options{}.Verify(context.Background(), gold, answer)
	if err != nil {
		return mathverify.Undecided
	}
	return v
}

// sympyReads reports a text of numbers, letters, pi, sqrt(…), brackets and the
// signs of arithmetic. Other texts either fail to parse or mean something else
// as Python: 014 is an error, i and e are symbols, and xy is one symbol.
func sympyReads(s string) bool {
	if s == "" || strings.IndexByte("*/+- ", s[len(s)-1]) >= 0 || s[0] == '*' || s[0] == '/' {
		return false
	}
	for i := 0; i < len(s); {
		c, start := s[i], i
		switch {
		case c >= '0' && c <= '9' || c == '.':
			for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
				i++
			}
			if number := s[start:i]; len(number) > 1 && number[0] == '0' && number[1] != '.' || number == "." || strings.Count(number, ".") > 1 {
				return false
			}
		case c >= 'a' && c <= 'z':
			for i < len(s) && s[i] >= 'a' && s[i] <= 'z' {
				i++
			}
			switch name := s[start:i]; {
			case name == "sqrt":
				if i == len(s) || s[i] != '(' {
					return false
				}
			case name != "pi" && (len(name) > 1 || name == "i" || name == "e"):
				return false
			}
			if i < len(s) && s[i] >= '0' && s[i] <= '9' {
				return false // x2 is one symbol
			}
		case c == ' ' || c == '+' || c == '-' || c == '*' || c == '/' || c == '(' || c == ')' || c == '^':
			i++
		default:
			return false
		}
	}
	return true
}
