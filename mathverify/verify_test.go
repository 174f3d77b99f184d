package mathverify

import (
	"strings"
	"testing"
)

const (
	eq = Equal
	df = Different
	un = Undecided
)

var verifyTests = []struct {
	a, b string
	want Verdict
	rule string // "" accepts any
}{
	// Integers, signs, decimals.
	{"5", "5", eq, ruleIdentical},
	{"5", "6", df, ruleNumber},
	{"5", "5.0", eq, ruleNumber},
	{"5", "05", eq, ""},
	{"5", "+5", eq, ""},
	{"5", "-5", df, ""},
	{"-5", "−5", eq, ""}, // U+2212
	{"0", "-0", eq, ""},
	{"0", "0.000", eq, ""},
	{"0.5", ".5", eq, ""},
	{"-0.5", "-.5", eq, ""},
	{"3", "3.", eq, ""},
	{"0.1234565", "0.12345649", df, ""},
	{"0.0000001", "0.0000002", df, ""},
	{"0.0000004", "0", df, ""},
	{"3.14159", "3.1416", df, ""},
	{"123456789012345678901234567890", "123456789012345678901234567891", df, ""},
	{"123456789012345678901234567890.0", "123456789012345678901234567890", eq, ""},
	{"1.000000000000000000001", "1", df, ""},
	{"10455", "10455.00", eq, ""},
	{"--5", "5", un, ruleSymbolic},
	{"+-5", "-5", un, ruleSymbolic},
	{"1.2.3", "1.2", un, ruleSymbolic},

	// The accountant's minus and detached signs.
	{"(5.2)", "-5.2", un, ruleSign},
	{"(5.2)", "5.2", un, ruleSign},
	{"(5.2)", "6", df, ruleNumber},
	{"(5.2)", "(5.2)", eq, ""},
	{"(5.2)", "(5.20)", eq, ""},
	{"- 7", "-7", un, ruleSign},
	{"- 7", "8", df, ""},
	{"((5))", "5", un, ""},

	// Scientific notation and powers of ten.
	{"1e3", "1000", eq, ""},
	{"1E+3", "1000", eq, ""},
	{"1e-3", "0.001", eq, ""},
	{"1.5 \\times 10^{3}", "1500", eq, ""},
	{"3×10^8", "300000000", eq, ""},
	{"3\\cdot10^{8}", "3e8", eq, ""},
	{"3*10^10", "30000000000", eq, ""},
	{"3\\times10^10", "30000000000", un, ""}, // 10^{1}0 in LaTeX
	{"10^{3}", "1000", eq, ""},
	{"10^{-20}", "10^{-30}", df, ""},
	{"6.626 \\times 10^{-34}", "1.6 \\times 10^{-19}", df, ""},
	{"8.85\\times 10^{-12}", "0.0", df, ""},
	{"1e10000", "10e9999", eq, ""},
	{"1e10001", "10e10000", un, ruleLimit},
	{"1e999999999", "2", un, ruleLimit},
	{"1e999999999", "1e999999999", eq, ruleIdentical},
	{"1e99999999999999999999", "words here", un, ruleLimit},
	{"2e", "2", un, ""},

	// Fractions.
	{"1/2", "0.5", eq, ""},
	{"\\frac{1}{2}", "1/2", eq, ""},
	{"\\frac12", "\\dfrac{1}{2}", eq, ""},
	{"\\frac1{2}", "\\tfrac{1}2", eq, ""},
	{"\\frac{2}{4}", "\\frac{1}{2}", eq, ""},
	{"-\\frac{1}{2}", "\\frac{-1}{2}", eq, ""},
	{"\\frac{1}{-2}", "-1/2", eq, ""},
	{"\\frac{1}{3}", "0.3333", df, ""},
	{"\\frac{1}{3}", "0.333333333333333333333333", df, ""},
	{"1/3", "2/6", eq, ""},
	{"22/7", "3.142857142857", df, ""},
	{"1/0", "1", un, ""},
	{"1/0", "2/0", un, ""},
	{"1.5/2", "3/4", eq, ""},
	{"½", "0.5", eq, ""},
	{"2½", "2.5", eq, ""},
	{"1/2/3", "1/6", un, ""},
	{"7/1", "7", eq, ""},
	{"0/5", "0", eq, ""},
	{"\\frac{10^{30}+1}{10^{30}}", "\\frac{10^{30}+2}{10^{30}}", un, ""},
	{"\\frac{1000000000000000000000000000001}{1000000000000000000000000000000}", "1", df, ""},
	{"\\frac{1}{2^{99}}", "\\frac{1}{2^{98}}", un, ""},

	// Mixed numbers.
	{"2 1/2", "5/2", eq, ""},
	{"2\\frac{1}{2}", "2.5", eq, ""},
	{"2 \\frac12", "5/2", eq, ""},
	{"-1\\frac{1}{2}", "-1.5", eq, ""},
	{"-1 1/2", "-0.5", df, ""},
	{"2\\frac{3}{2}", "3", un, ""}, // improper: a product or a slip
	{"2\\frac{3}{2}", "3.5", un, ""},
	{"2 1/2", "1", df, ""},
	{"1 234/567", "1234/567", un, ""},
	{"3 0/4", "3", un, ""},
	{"21/2", "2 1/2", df, ""},

	// Percent.
	{"50%", "0.5", eq, ""},
	{"50\\%", "1/2", eq, ""},
	{"50 %", "50 percent", eq, ""},
	{"50%", "50", df, ""},
	{"12", "12%", df, ""},
	{"0.12", "12%", eq, ""},
	{"-5.5%", "-0.055", eq, ""},
	{"５０％", "50%", eq, ""},
	{"50%%", "50%", un, ""},
	{"5 percentage points", "5%", un, ""},

	// Thousands.
	{"1,234,567", "1234567", eq, ""},
	{"1{,}234", "1234", eq, ""},
	{"1 234 567", "1234567", eq, ""},
	{"1\\,000", "1000", eq, ""},
	{"1\\ 000\\ 000", "1000000", eq, ""},
	{"11,\\! 111,\\! 111,\\! 100", "11111111100", eq, ""},
	{"1,234.50", "1234.5", eq, ""},
	{"7,425,000", "7425000", eq, ""},
	{"10,000", "10", df, ""},
	{"1,234", "1.234", df, ""},
	{"0,234", "234", un, ""},   // a decimal comma?
	{"0{,}234", "234", un, ""}, // likewise
	{"0,5", "0.5", un, ruleComma},
	{"1000,99", "1000.99", un, ruleComma},
	{"1,23", "123", un, ruleComma},
	{"1,2345", "12345", un, ruleComma},
	{"1234,567", "1234567", un, ruleComma},
	{"2,345", "2, 345", un, ruleComma},
	{"100200", "100, 200", df, ""},
	{"1 23", "123", un, ""},
	{"12 34", "1234", un, ""},

	// Currency.
	{"$5", "5", eq, ""},
	{"\\$5", "5", eq, ""},
	{"$5$", "5", eq, ""},
	{"-$5", "$-5", eq, ""},
	{"$5", "€5", df, ruleCurrency},
	{"¥5", "￥5", eq, ""},
	{"$1,234.50", "1234.5", eq, ""},
	{"$5 and $6", "€5 and €6", df, ""},
	{"5\\text{ dollars}", "\\$5", un, ""},
	{"$5 million", "5", un, ""},

	// Assignments.
	{"x=5", "5", eq, ruleNumber},
	{"x = 5", "x=5.0", eq, ""},
	{"x=5", "y=5", df, ruleVariable},
	{"x=5", "6", df, ""},
	{"x=y", "y", un, ""},
	{"x=y", "y=x", un, ""},
	{"x=6=5", "5", un, ""},
	{"1=5", "5", un, ""},
	{"x+y=5", "5", un, ""},
	{"x^2=4", "4", un, ""},
	{"a^2+b^2=25", "25", un, ""},
	{"xy=5", "5", un, ""},

	// Wrappers and decoration.
	{"$5$", "\\(5\\)", eq, ""},
	{"$$5$$", "\\[5\\]", eq, ""},
	{"**5**", "5", eq, ""},
	{"**5.**", "**5**.", eq, ""},
	{"`5`", "5", eq, ""},
	{"\\boxed{5}", "5", eq, ""},
	{"\\text{5}", "5", eq, ""},
	{"\\mathrm{5}", "5", eq, ""},
	{"\\mathbf{3}", "3", eq, ""},
	{"\\mathbf{v}", "v", un, ""},
	{"3\\,", "3", eq, ""},
	{"~3\\quad", "3", eq, ""},
	{"\\left(1,2\\right)", "(1,2)", eq, ""},
	{"\\displaystyle\\frac12", "0.5", eq, ""},
	{"５", "5", eq, ""},
	{"－５．５", "-5.5", eq, ""},
	{"42.", "42。", eq, ""},
	{"2**3", "23", un, ""},

	// Words.
	{"No Error", "no error", eq, ruleText},
	{"No  Error", " No Error ", eq, ""},
	{"No Error", "Error", df, ruleText},
	{"\\text{Yes}", "yes", eq, ""},
	{"Yes", "No", df, ""},
	{"Tuesday", "Thursday", df, ""},
	{"listen", "silent", df, ""},
	{"NoError", "No Error", un, ruleSpacing},
	{"Cluster_A", "cluster_a", eq, ""},
	{"Cluster A", "Cluster a", un, ruleCase},
	{"Co", "CO", un, ruleCase},
	{"MM", "mm", un, ruleCase},
	{"US", "us", un, ruleCase},
	{"NO", "no", eq, ""},
	{"don’t know", "Don't know", eq, ""},
	{"é", "e\u0301", eq, ""},
	{"DNE", "does not exist", un, ruleAbsent},
	{"\"No Error\"", "No Error", eq, ""},
	{"不确定", "不确定。", eq, ""},
	{"正确", "错误", df, ""},
	{"True", "False", df, ""},
	{"New York", "New Jersey", df, ""},

	// Letters.
	{"A", "A", eq, ""},
	{"(A)", "A", eq, ""},
	{"\\text{(A)}", "A", eq, ""},
	{"A", "a", df, ""},
	{"A", "B", df, ""},
	{"BAC", "ABC", un, ruleSymbolic},
	{"B. Paris", "B", un, ruleLabel},
	{"x y", "y x", un, ""},
	{"2Aa", "2a^2", un, ""},

	// Numbers and words.
	{"5", "Tuesday", df, ruleTextNum},
	{"5", "five", un, ruleNumeral},
	{"0.5", "half", un, ruleNumeral},
	{"A", "5", df, ""},
	{"2000000", "2 \\text{ million}", un, ""},
	{"2", "2 \\text{ million}", un, ""},
	{"5", "5 \\text{ is wrong}", un, ""},
	{"5\\text{ km}", "5\\text{ kg}", un, ""},
	{"5 km", "5", un, ""},
	{"二", "2", un, ruleNumeral},

	// Lists.
	{"1, 2", "1,2", eq, ruleList},
	{"1, 2", "1 and 2", eq, ""},
	{"1, 2, and 3", "1,2,3", eq, ""},
	{"5\\text{ and }6", "5,6", eq, ""},
	{"$5$ and $6$", "5, 6", eq, ""},
	{"1/2; 3", "0.5, 3.0", eq, ""},
	{"1, 2", "2, 1", un, ruleOrder},
	{"1, 2", "1, 3", df, ruleList},
	{"1, 1, 2", "1, 2", un, ""},
	{"1, 2, 3", "1, 2", df, ""},
	{"6", "6 or 5", df, ruleList},
	{"5", "5, 5", un, ""},
	{"5", "5 and not 6", un, ""},
	{"x=1, y=2", "1, 2", un, ruleVariable},
	{"x=1, x=2", "1, 2", eq, ""},
	{"x=2, y=1", "1, 2", un, ""},
	{"x=1, y=2", "x=2, y=1", df, ""},
	{"Paris, France", "paris, france", eq, ""},
	{"1,234, 5", "1234, 5", eq, ""},
	{"1,, 2", "1, 2", un, ""},
	{"\\pm 3", "3, -3", un, ""},

	// Brackets.
	{"(1,2)", "(1, 2)", eq, ""},
	{"(0.5, 2)", "(\\frac12, 2)", eq, ""},
	{"(1,2)", "(2,1)", df, ruleOrder},
	{"(1,2)", "(1,3)", df, ""},
	{"(1,2)", "[1,2]", un, ruleBrackets},
	{"(1,2)", "\\{1,2\\}", un, ruleBrackets},
	{"\\{1,2\\}", "\\{2,1\\}", eq, ""},
	{"\\{1,2\\}", "\\{1,3\\}", df, ""},
	{"\\{1,1,2\\}", "\\{1,2\\}", un, ""},
	{"(1,000)", "1000", un, ""},
	{"(1,000)", "(1000)", un, ""},
	{"(1,2),(3,4)", "(1, 2), (3, 4)", eq, ""},
	{"(1,2),(3,4)", "(3,4),(1,2)", un, ""},
	{"[1,2)", "[1,2)", eq, ""},
	{"[1,2)", "[1,2]", un, ""},

	// Lines.
	{"5.5%\n-2.2%", "5.5%\n-2.2%", eq, ""},
	{"5.5%\n-2.2%", "0.055\r\n\r\n-0.022\n", eq, ruleLines},
	{"5.5%\n-2.2%", "-2.2%\n5.5%", df, ""},
	{"5.5%\n-2.2%", "5.5%", df, ruleLines},
	{"5.5%\n-2.2%", "5.5%, -2.2%", un, ruleLines},
	{"5\n6", "- 5\n- 6", un, ""},
	{"-5\n-6", "- 5\n- 6", un, ""},

	// Symbolic.
	{"x + 1", "x+1", eq, ruleIdentical},
	{"x - 1", "x-1", eq, ""},
	{"x+1", "1+x", un, ruleSymbolic},
	{"\\sqrt{2}", "\\sqrt 2", un, ""},
	{"\\pi", "3.14", un, ""},
	{"\\infty", "\\infty", eq, ""},
	{"2024-01-02", "2021", un, ""},
	{"12:30", "1:15", un, ""},
	{"A^T", "A", un, ""},
	{"x \\equiv 1 \\pmod 3", "x \\equiv 2 \\pmod 3", un, ""},
	{"1-\\frac{1}{e}", "1+\\frac{1}{e}", un, ""},
	{"5 -3", "5-3", un, ""},
	{"2^{10}", "1024", eq, ""},
	{"2^{10}", "1023", df, ""},
	{"2^10", "1024", un, ""}, // 2^{1}0 in LaTeX
	{"-2^2", "-4", eq, ""},
	{"2^{-3}", "1/8", eq, ""},
	{"0^0", "1", un, ""},
	{"2^{0.5}", "1", un, ""},
	{"2^3/4", "2", un, ""},
	{"9^{9^9}", "9", un, ""},
	{"9^{99999}", "9", un, ruleLimit},
	{"5!", "120", eq, ""},
	{"0!", "1", eq, ""},
	{"5!!", "15", un, ""},
	{"5!%", "1.2", un, ""},
	{"1000!", "1", un, ruleLimit},
	{"99999999999!", "1", un, ruleLimit},
	{"42!", "42", df, ""},
	{"42^2", "42", df, ""},
	{"42^2", "1764", eq, ""},
	{"10^\\circ", "10", eq, ""},
	{"10^{\\circ}", "10°", eq, ""},
	{"42^\\circ", "42", eq, ""},
	{"42°", "43", df, ""},
	{"42°C", "42", un, ""},
	{"42%°", "42", un, ""},

	// Several numbers are not one, unless they may be one badly written.
	{"42", "42 43", df, ""},
	{"42", "[41, 43]", df, ""},
	{"42", "[41,43]", df, ""},
	{"42", "41,43", df, ""},
	{"42", "between 41 and 43", df, ""},
	{"42", "Between $41$ and $43$", df, ""},
	{"42", "from 41 to 43", df, ""},
	{"42", "[42, 42]", un, ""},
	{"42", "42 42", un, ""},
	{"4243", "42 43", un, ""},
	{"1.5", "(1,5)", un, ""},
	{"2", "5 -3", un, ""},
	{"100,200", "100200", un, ruleComma},
	{"411,522", "411522", eq, ""},
	{"$100,200", "100200", eq, ""},
	{"100,200", "100, 200", un, ruleComma},

	{"x=2,y=1", "x=2,=1", un, ""},
	{"x=2 or y=1", "x=2 and y=1", un, ""},
	{"x>1 or x<5", "x>1, x<5", un, ""},
	{"5", "e=5", un, ""},
	{"a=-2, b=3", "a=-2, =3", un, ""},

	{"cat", "CAT", eq, ""},
	{"28 hours", "29 !hours", un, ""},
	{"ABC", "abc", un, ""},
	{"Co", "CO", un, ""},

	// Labels.
	{"Part 1", "part 1", eq, ""},
	{"Part 1", "Part 2", df, ""},
	{"Part 1", "Chapter 1", un, ""},
	{"Cluster A 25.00%", "Cluster A 25%", eq, ""},
	{"Cluster A 25.00%", "Cluster A 26%", df, ""},
	{"Cluster A 25.00%", "Cluster a 25.00%", un, ""},
	{"Version 1.10", "Version 1.1", un, ""},
	{"5 min 0 sec", "4 min 60 sec", un, ""},
	{"1 3/2 cups", "2 1/2 cups", un, ""},
	{"Part 1\nPart 2", "Part 1", df, ""},
	{"Part 1\nPart 2", "Part 1 Part 2", un, ""},
	{"Part 1\nPart 2", "Part 2\nPart 1", df, ""},

	// Nothing.
	{"", "", un, ruleEmpty},
	{"", "5", df, ruleEmpty},
	{" \n ", "x", df, ruleEmpty},

	// Bytes that are not UTF-8, and lone surrogates.
	{"\xff", "\xff", eq, ""},
	{"\xff", "\xfe", un, ""},
	{"\xed\xa0\x80", "\xed\xa0\x81", un, ""},
	{"a\xff", "a\xed\xa0\x80", un, ""},
}

// TestVerifyText holds the rules of spelling to the table, and the whole ladder
// to what they decide.
func TestVerifyText(t *testing.T) {
	for _, tt := range verifyTests {
		v, rule := verifyText(tt.a, tt.b)
		if v != tt.want || tt.rule != "" && rule != tt.rule {
			t.Errorf("verifyText(%q, %q) = %v by %q, want %v %q", tt.a, tt.b, v, rule, tt.want, tt.rule)
		}
		if w, rule := Verify(tt.a, tt.b); v != Undecided && w != v {
			t.Errorf("Verify(%q, %q) = %v by %q, by spelling %v", tt.a, tt.b, w, rule, v)
		}
		v, rule = Verify(tt.a, tt.b)
		if v2, rule2 := Verify(tt.b, tt.a); v2 != v {
			t.Errorf("Verify(%q, %q) = %v by %q, swapped %v by %q", tt.a, tt.b, v, rule, v2, rule2)
		}
		for _, s := range []string{tt.a, tt.b} {
			if v, rule := Verify(s, s); v != Equal && rule != ruleEmpty {
				t.Errorf("Verify(%q, itself) = %v by %q", s, v, rule)
			}
		}
	}
	t.Logf("%d cases", len(verifyTests))
	if len(verifyTests) < 150 {
		t.Error("cases are missing")
	}
}

func TestVerdictStrings(t *testing.T) {
	got := strings.Join([]string{
		Undecided.String(), Different.String(), Equal.String(), Verdict(9).String(),
		NoAnswer.String(), Found.String(), BadAnswer.String(), Status(9).String(),
	}, ", ")
	const want = "undecided, different, equal, Verdict(9), no answer, found, bad answer, Status(9)"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var v Verdict
	var s Status
	if v != Undecided || s != NoAnswer {
		t.Error("the zero values moved")
	}
}

// TestHostile runs inputs that are quadratic or worse when handled naively, in
// every pairing. Each must come back, and none may be a false Equal.
func TestHostileText(t *testing.T) {
	const n = 100_000
	inputs := map[string]string{
		"boxes":       strings.Repeat(`\boxed{`, n),
		"closed":      strings.Repeat(`\boxed{`, n) + "5" + strings.Repeat("}", n),
		"empty boxes": strings.Repeat(`\boxed{}`, n),
		"list":        strings.Repeat(`\boxed{1}, `, n/10) + `\boxed{2}`,
		"braces":      strings.Repeat("{", n) + strings.Repeat("}", n),
		"parens":      strings.Repeat("(", n) + "5" + strings.Repeat(")", n),
		"fracs":       strings.Repeat(`\frac{`, n) + "1",
		"texts":       strings.Repeat(`\text{`, n) + "1" + strings.Repeat("}", n),
		"digits":      strings.Repeat("7", 2*n),
		"fraction":    strings.Repeat("7", n) + "/" + strings.Repeat("3", n),
		"decimals":    "0." + strings.Repeat("0", 2*n) + "1",
		"groups":      "1" + strings.Repeat(",000", n/2),
		"tex groups":  "1" + strings.Repeat("{,}000", n/3),
		"spaces":      "1" + strings.Repeat(" 000", n/2),
		"commas":      strings.Repeat("1,", n) + "1",
		"ands":        strings.Repeat("a and ", n/2) + "b",
		"dollars":     strings.Repeat("$ ", n),
		"delimiters":  strings.Repeat(`\( `, n),
		"backslashes": strings.Repeat(`\`, n),
		"answers":     strings.Repeat("answer ", n/2),
		"answer is":   strings.Repeat("the answer is ", n/5),
		"tags":        strings.Repeat("<answer>", n),
		"markers":     strings.Repeat("[Answer]", n),
		"words":       strings.Repeat("word ", n/2),
		"hyphens":     strings.Repeat("-", n),
		"lines":       strings.Repeat("5\n", n),
		"exponent":    "1e" + strings.Repeat("9", n),
		"tiny":        "1e-999999999",
		"invalid":     strings.Repeat("\xff\xed\xa0\x80", n/4),
		"stars":       strings.Repeat("**", n),
		"percent":     "5" + strings.Repeat("%", n),
	}
	names := make([]string, 0, len(inputs))
	for name := range inputs {
		names = append(names, name)
	}
	for _, a := range names {
		Extract(inputs[a])
		if v, rule := Verify(inputs[a], inputs[a]); v != Equal && rule != ruleEmpty {
			t.Errorf("%s: %v by %q against itself", a, v, rule)
		}
		for _, b := range []string{"5", "words of some length", "1, 2", "x+1"} {
			if v, rule := Verify(inputs[a], b); v == Equal {
				t.Errorf("%s: equal to %q by %q", a, b, rule)
			}
		}
	}
	if v, rule := Verify(inputs["fraction"], "2"); v == Equal {
		t.Errorf("a fraction of %d digits: %v by %q", n, v, rule)
	}
	if v, _ := Verify(inputs["groups"], strings.ReplaceAll(inputs["groups"], ",", "")); v != Equal {
		t.Errorf("a long grouped number: %v", v)
	}
	if v, _ := Verify(inputs["digits"], inputs["digits"]+".0"); v != Equal {
		t.Errorf("a long number: %v", v)
	}
	if v, _ := Verify(inputs["commas"], strings.ReplaceAll(inputs["commas"], ",", ", ")); v != Equal {
		t.Errorf("a long list: %v", v)
	}
}
