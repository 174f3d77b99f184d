package mathverify_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/golongrl/golongrl/mathverify"
)

// Match is all that a reward needs: the gold answer and the whole response.
func ExampleMatch() {
	for _, pair := range [][2]string{
		// Spellings do not count.
		{`\frac{\sqrt{3}}{3}`, `Rationalising, we get \boxed{1/\sqrt3}.`},
		{`\{-2, 2\}`, `Hence $x^2 = 4$, and the answer is $x = \pm 2$.`},
		{"0.075", `The operating margin is \boxed{7.5\%}.`},
		{`x > 5`, `\boxed{(5, \infty)}`},
		{`\frac{\pi}{4}`, `\boxed{\arctan\frac12 + \arctan\frac13}`},
		{"1/3", `\boxed{0.3333}`},                            // close is not equal
		{"12", `So it is \boxed{12}. No, wait: \boxed{21}.`}, // the last word counts
		{"12", `I don't think the answer is 12.`},
	} {
		fmt.Println(mathverify.Match(pair[0], pair[1]), pair[0], "←", pair[1])
	}
	// Output:
	// true \frac{\sqrt{3}}{3} ← Rationalising, we get \boxed{1/\sqrt3}.
	// true \{-2, 2\} ← Hence $x^2 = 4$, and the answer is $x = \pm 2$.
	// true 0.075 ← The operating margin is \boxed{7.5\%}.
	// true x > 5 ← \boxed{(5, \infty)}
	// true \frac{\pi}{4} ← \boxed{\arctan\frac12 + \arctan\frac13}
	// false 1/3 ← \boxed{0.3333}
	// false 12 ← So it is \boxed{12}. No, wait: \boxed{21}.
	// false 12 ← I don't think the answer is 12.
}

// Check tells what was found and read, and which rule decided.
func ExampleOptions_Check() {
	var strict mathverify.Options
	for _, response := range []string{
		`From $2x + 1 = 7$ we get \boxed{x = 3}.`,
		`The answer is 3.0.`,
		`\boxed{4}`,
		`The answer is 3. No, that is wrong.`,
		"I have no idea.\nLet me think about it again, and again.",
	} {
		r, err := strict.Check(context.Background(), "3", response)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%v by %q: %v %q\n", r.Verdict, r.Rule, r.Answer.Status, r.Answer.Answer)
	}
	// Output:
	// equal by "number": found "x = 3"
	// equal by "number": found "3.0"
	// different by "number": found "4"
	// different by "bad answer": bad answer ""
	// different by "no answer": no answer ""
}

// An undecided sample is neither right nor wrong: mask it instead of punishing
// an answer that no rule can judge.
func ExampleOptions_Check_undecided() {
	r, err := mathverify.Options{}.Check(context.Background(), "-5.2", `The change is \boxed{(5.2)}.`)
	fmt.Println(r.Verdict, r.Rule, err) // an accountant's loss, or a number in brackets
	r, err = mathverify.Options{Steps: 1000}.Check(context.Background(), "(x+y)^{40}", `\boxed{(x^2+2xy+y^2)^{20}}`)
	fmt.Println(r.Verdict, r.Rule, err) // the budget of steps is too small
	// Output:
	// undecided sign convention <nil>
	// undecided budget <nil>
}

// Presets repeat other graders, to compare with runs that were scored by them.
func ExampleOptions_Check_preset() {
	const gold = `\frac{2}{3}`
	for _, response := range []string{
		`\boxed{\frac{2}{3}} ` + strings.Repeat("See the notes. ", 40), // beyond the last 500 characters
		`\boxed{0.6666667}`,
		`\boxed{4/6}`,
	} {
		for _, preset := range []mathverify.Preset{mathverify.Strict, mathverify.MathVerify, mathverify.GoLongRL, mathverify.Hendrycks} {
			r, err := mathverify.Options{Preset: preset}.Check(context.Background(), gold, response)
			if err != nil {
				fmt.Println(err)
			}
			fmt.Printf("%v: %v; ", preset, r.Verdict)
		}
		fmt.Printf("gold %s\n", gold)
	}
	// Output:
	// strict: equal; mathverify: equal; golongrl: different; hendrycks: equal; gold \frac{2}{3}
	// strict: different; mathverify: equal; golongrl: equal; hendrycks: different; gold \frac{2}{3}
	// strict: equal; mathverify: equal; golongrl: equal; hendrycks: different; gold \frac{2}{3}
}

// Options switch off differences that do not count in a data set.
func ExampleOptions_Verify() {
	for _, c := range []struct {
		options      mathverify.Options
		gold, answer string
	}{
		{mathverify.Options{}, "3.14", "3.142"},
		{mathverify.Options{RelTol: 1e-3}, "3.14", "3.142"},
		{mathverify.Options{}, "12", `12\%`},
		{mathverify.Options{IgnorePercent: true}, "12", `12\%`},
		{mathverify.Options{}, "3,141", "3.141"},
		{mathverify.Options{DecimalComma: true}, "3,141", "3.141"},
		{mathverify.Options{}, `\ln 2`, `\log 2`},
		{mathverify.Options{LogBase: mathverify.Base10}, `\ln 2`, `\log 2`},
		{mathverify.Options{}, "(1, 2)", "{1, 2}"},
		{mathverify.Options{TupleAsSet: true}, "(1, 2)", "{1, 2}"},
	} {
		verdict, rule, err := c.options.Verify(context.Background(), c.gold, c.answer)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s, %s: %v (%s)\n", c.gold, c.answer, verdict, rule)
	}
	// Output:
	// 3.14, 3.142: different (number)
	// 3.14, 3.142: equal (relative tolerance)
	// 12, 12\%: different (number)
	// 12, 12\%: equal (percent)
	// 3,141, 3.141: different (number)
	// 3,141, 3.141: equal (identical)
	// \ln 2, \log 2: equal (canonical form)
	// \ln 2, \log 2: different (interval evaluation)
	// (1, 2), {1, 2}: different (kinds)
	// (1, 2), {1, 2}: equal (brackets)
}

// Validate refuses what would otherwise be silently ignored.
func ExampleOptions_Validate() {
	fmt.Println(mathverify.Options{RelTol: 0.01}.Validate())
	fmt.Println(mathverify.Options{RelTol: 1.5}.Validate())
	fmt.Println(mathverify.Options{Preset: mathverify.Hendrycks, RelTol: 0.01}.Validate())
	// Output:
	// <nil>
	// mathverify: RelTol is 1.5, and must be at least 0 and below 1
	// mathverify: the preset hendrycks has its own rules: it takes no other options
}

func ExampleVerify() {
	for _, pair := range [][2]string{
		{`\frac{1}{2}`, "50%"},
		{"1,234.50", "1234.5"},
		{"1/3", "0.333"},
		{"12", "12%"},
		{"-5.2", "(5.2)"},
		{"x^2-1", "(x-1)(x+1)"},
		{`2\cos\frac{\pi}{5}`, `\frac{1+\sqrt5}{2}`},
		{`\sqrt{x^2}`, "x"},
		{"3 km", "3000 m"},
		{"No Error", "no error."},
	} {
		verdict, rule := mathverify.Verify(pair[0], pair[1])
		fmt.Printf("%s, %s: %v (%s)\n", pair[0], pair[1], verdict, rule)
	}
	// Output:
	// \frac{1}{2}, 50%: equal (number)
	// 1,234.50, 1234.5: equal (number)
	// 1/3, 0.333: different (number)
	// 12, 12%: different (number)
	// -5.2, (5.2): undecided (sign convention)
	// x^2-1, (x-1)(x+1): equal (canonical form)
	// 2\cos\frac{\pi}{5}, \frac{1+\sqrt5}{2}: equal (canonical form)
	// \sqrt{x^2}, x: different (values at a point)
	// 3 km, 3000 m: equal (unit)
	// No Error, no error.: equal (text)
}

func ExampleExtract() {
	for _, response := range []string{
		`I get \boxed{5}. Wait, it is \boxed{6}.`,
		"The answer is **42**.",
		"I don't think the answer is 42.",
		`\boxed{\frac{1}{2`,
		"Some thoughts.\nNo result.\nSee x+1.",
	} {
		e := mathverify.Extract(response)
		fmt.Printf("%v %q %s\n", e.Status, e.Answer, e.Rule)
	}
	// Output:
	// found "6" box
	// found "42" phrase
	// bad answer "" phrase
	// bad answer "" box
	// no answer ""
}

// Parse shows how an answer is read, whatever its spelling.
func ExampleParse() {
	for _, s := range []string{`\frac12`, "2/4", `3\frac{1}{2}`, `x \in [1, \infty)`, `\{1,2\}`, "1,234.5", "$y=2x+1$", "no solution", "3 km/h"} {
		e, err := mathverify.Parse(s)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: %s, %v\n", s, e.Kind(), e)
	}
	// Output:
	// \frac12: expression, 1/2
	// 2/4: expression, 2/4
	// 3\frac{1}{2}: expression, 3 + 1/2
	// x \in [1, \infty): relation, x \in [1, oo)
	// \{1,2\}: set, \{1, 2\}
	// 1,234.5: number, 1234.5
	// $y=2x+1$: equation, y = 2*x + 1
	// no solution: text, "no solution"
	// 3 km/h: quantity, 3 \text{km/h}
}

func ExampleExpr() {
	a, _ := mathverify.Parse(`\dfrac{x+1}{2}`)
	b, _ := mathverify.Parse("(x+1)/2")
	c, _ := mathverify.Parse("x/2 + 1/2")
	fmt.Println(a.String(), a.LaTeX(), a.Kind())
	fmt.Println(a.Same(b), a.Same(c)) // Same is about the way of writing, Verify about the value
	verdict, _ := mathverify.Verify(a.LaTeX(), c.LaTeX())
	fmt.Println(verdict)
	// Output:
	// (x + 1)/2 \frac{x + 1}{2} expression
	// true false
	// equal
}

func ExampleSyntaxError() {
	_, err := mathverify.Parse(`\frac{1}{x+`)
	if bad := (*mathverify.SyntaxError)(nil); errors.As(err, &bad) {
		fmt.Println(bad.Msg, "at byte", bad.Offset)
	}
	// Output:
	// unexpected end at byte 11
}

func ExampleParsePreset() {
	preset, err := mathverify.ParsePreset("golongrl")
	fmt.Println(preset == mathverify.GoLongRL, err)
	_, err = mathverify.ParsePreset("sympy")
	fmt.Println(err)
	// Output:
	// true <nil>
	// mathverify: no preset is called "sympy"; the presets are strict, mathverify, golongrl, math_metric, hendrycks, minerva, prm800k, prime_math, qwen and docmath
}

func ExamplePresets() {
	fmt.Println(strings.Join(mathverify.Presets(), " "))
	// Output:
	// strict mathverify golongrl math_metric hendrycks minerva prm800k prime_math qwen docmath
}

func ExampleVerdict() {
	fmt.Println(mathverify.Undecided, mathverify.Different, mathverify.Equal)
	// Output: undecided different equal
}
