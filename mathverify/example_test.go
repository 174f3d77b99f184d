package mathverify_test

import (
	"fmt"

	"github.com/golongrl/golongrl/mathverify"
)

func ExampleVerify() {
	for _, pair := range [][2]string{
		{`\frac{1}{2}`, "50%"},
		{"1,234.50", "1234.5"},
		{"1/3", "0.333"},
		{"12", "12%"},
		{"-5.2", "(5.2)"},
		{"x^2-1", "(x-1)(x+1)"},
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

func ExampleVerdict() {
	fmt.Println(mathverify.Undecided, mathverify.Different, mathverify.Equal)
	// Output: undecided different equal
}
