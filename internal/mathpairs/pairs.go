// Package mathpairs makes labelled pairs of a gold answer and a response by
// construction: an equal answer by applying an identity, a different one by a
// controlled change (a sign, an exponent, a case, a unit, an order, one more or
// less, a tiny amount, a repeated element). The labels follow from how a pair is
// made, never from a verifier.
package mathpairs

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
)

// A Pair is a gold answer, a response, and whether the response is right.
type Pair struct {
	Class    string `json:"class"`
	Gold     string `json:"gold"`
	Response string `json:"response"`
	Answer   string `json:"answer"` // the answer within the response
	Equal    bool   `json:"equal"`
}

// A Source makes pairs. Two sources of one seed make the same pairs.
type Source struct{ r *rand.Rand }

// New returns the source of a seed.
func New(seed uint64) *Source { return &Source{rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))} }

// A maker returns a gold answer, one that equals it, and one that does not, all
// in LaTeX or plain text.
type maker func(*Source) (gold, same, other string)

var makers = [...]struct {
	class string
	make  maker
}{
	{"integer", integers}, {"decimal", decimals}, {"scientific", scientific}, {"percent", percents},
	{"fraction", fractions}, {"mixed", mixed}, {"surd", surds}, {"nested radical", nested}, {"root", roots},
	{"polynomial", polynomials}, {"rational function", rationals}, {"two variables", twoVariables},
	{"trigonometry", trigonometry}, {"exact trigonometry", exactTrig}, {"logarithm", logarithms}, {"power", powers},
	{"complex", complexes}, {"factorial", factorials}, {"sum", sums}, {"calculus", calculus},
	{"set", sets}, {"tuple", tuples}, {"list", lists}, {"interval", intervals}, {"union", unions},
	{"equation", equations}, {"line", linesOfPlane}, {"inequality", inequalities}, {"plus-minus", plusMinus},
	{"unit", units}, {"matrix", matrices}, {"text", texts}, {"choice", choices}, {"lines", values},
	{"tiny", tiny}, {"case", cases}, {"congruence", congruences}, {"ratio", ratios}, {"rounding", roundings},
	{"assignment", assignments}, {"recurring", recurring}, {"constant", constants},
}

// Classes returns the names of the classes in order.
func Classes() []string {
	out := make([]string, len(makers))
	for i, m := range makers {
		out[i] = m.class
	}
	return out
}

// Next returns the next pair; the classes take turns at random, and half of the
// pairs are equal.
func (s *Source) Next() Pair {
	m := makers[s.n(len(makers))]
	return s.pair(m.class, m.make)
}

// Of returns the next pair of a class. It panics for an unknown one.
func (s *Source) Of(class string) Pair {
	for _, m := range makers {
		if m.class == class {
			return s.pair(m.class, m.make)
		}
	}
	panic("mathpairs: no class " + class)
}

func (s *Source) pair(class string, make maker) Pair {
	gold, same, other := make(s)
	p := Pair{Class: class, Gold: gold, Answer: other, Equal: s.bool()}
	if p.Equal {
		p.Answer = same
		if s.n(4) == 0 {
			p.Gold, p.Answer = p.Answer, p.Gold
		}
	} else if s.n(3) == 0 {
		p.Gold, p.Answer = p.Answer, p.Gold
	}
	p.Response = s.wrap(p.Answer)
	return p
}

// wrap puts an answer into a response.
func (s *Source) wrap(a string) string {
	math := strings.ContainsAny(a, `\^_{!`)
	if strings.Contains(a, "\n") {
		return pick(s, "Answer:\n"+a, "[Answer]\n"+a, a)
	}
	in := a
	if math {
		in = "$" + a + "$"
	}
	return pick(s,
		`\boxed{`+a+"}",
		"We work it out step by step.\n\nSo we get $\\boxed{"+a+"}$.",
		"$$\\boxed{"+a+"}$$",
		"First I get \\boxed{17}. Wait, that is wrong. It should be \\boxed{"+a+"}.",
		"The answer is "+in+".",
		"**Final answer:** "+in,
		"<answer>"+in+"</answer>",
		"Therefore, the final answer is: "+in)
}

func (s *Source) n(n int) int           { return s.r.IntN(n) }
func (s *Source) bool() bool            { return s.r.IntN(2) == 0 }
func (s *Source) between(a, b int) int  { return a + s.r.IntN(b-a+1) }
func pick[T any](s *Source, all ...T) T { return all[s.n(len(all))] }

// nonzero returns a number from -n to n, but not 0.
func (s *Source) nonzero(n int) int {
	x := s.between(1, n)
	if s.bool() {
		return -x
	}
	return x
}

// two returns two different numbers from 1 to n.
func (s *Source) two(n int) (a, b int) {
	a = s.between(1, n)
	for b = a; b == a; {
		b = s.between(1, n)
	}
	return a, b
}

// signed writes c with its sign, as in a sum.
func signed(c int) string { return fmt.Sprintf("%+d", c) }

// term writes c·v within a sum, led by its sign.
func term(c int, v string) string {
	switch {
	case c == 0:
		return ""
	case v == "":
		return fmt.Sprintf("%+d", c)
	case c == 1:
		return "+" + v
	case c == -1:
		return "-" + v
	}
	return fmt.Sprintf("%+d%s", c, v)
}

// sum writes terms as a sum, "0" when there are none.
func sum(terms ...string) string {
	out := strings.TrimPrefix(strings.Join(terms, ""), "+")
	if out == "" {
		return "0"
	}
	return out
}

func frac(s *Source, a, b int) string {
	if a < 0 {
		return "-" + frac(s, -a, b)
	}
	if a < 10 && b < 10 && s.n(4) == 0 {
		return fmt.Sprintf(`\frac%d%d`, a, b)
	}
	return pick(s, fmt.Sprintf(`\frac{%d}{%d}`, a, b), fmt.Sprintf(`\dfrac{%d}{%d}`, a, b), fmt.Sprintf("%d/%d", a, b))
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

// grouped writes an integer with separators between its thousands.
func grouped(digits, sep string) string {
	neg := strings.HasPrefix(digits, "-")
	digits = strings.TrimPrefix(digits, "-")
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	out := strings.Join(append([]string{digits}, parts...), sep)
	if neg {
		return "-" + out
	}
	return out
}

// shuffled returns the items in another order where there is one.
func shuffled(s *Source, items []string) []string {
	out := append([]string(nil), items...)
	s.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// terminating returns p/q with a decimal expansion of a few digits.
func terminating(s *Source) (p, q int, dec string) {
	q = pick(s, 2, 4, 5, 8, 10, 16, 20, 25, 40, 50)
	for p = s.between(1, 200); p%q == 0; {
		p = s.between(1, 200)
	}
	g := gcd(p, q)
	p, q = p/g, q/g
	text := new(big.Rat).SetFrac64(int64(p), int64(q)).FloatString(6)
	return p, q, strings.TrimRight(strings.TrimRight(text, "0"), ".")
}
