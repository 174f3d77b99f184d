package canon

import "testing"

func TestRationalFunctions(t *testing.T) {
	checkPairs(t, Options{}, []pair{
		{"1/2+1/3", "5/6", Zero},
		{"0.1+0.2", "3/10", Zero},
		{"1-2^{-60}", "1-3^{-60}", NonZero},
		{`\frac{10^{30}+1}{10^{30}}`, `\frac{10^{30}+2}{10^{30}}`, NonZero},
		{"12\\%", "12", NonZero},
		{"(x+1)^2", "x^2+2x+1", Zero},
		{"(x+1)^2", "x^2+2x+2", NonZero},
		{`\frac{x^2-1}{x-1}`, "x+1", Zero},
		{`\frac{1}{x-1}-\frac{1}{x+1}`, `\frac{2}{x^2-1}`, Zero},
		{`\frac{1}{x-1}-\frac{1}{x+1}`, `\frac{2}{x^2+1}`, NonZero},
		{"R^2-r^2", "(R-r)(R+r)", Zero},
		{"R^2-r^2", "r^2-R^2", NonZero},
		{"2Aa", "2a^2", NonZero},
		{"(a+b+c)^3-a^3-b^3-c^3", "3(a+b)(b+c)(c+a)", Zero},
		{`\frac{a}{b}+\frac{b}{a}`, `\frac{a^2+b^2}{ab}`, Zero},
		{"x^{2024}-1-x^{2024}", "-1", Zero},
		{"(x-1)(x^9+x^8+x^7+x^6+x^5+x^4+x^3+x^2+x+1)", "x^{10}-1", Zero},
		{`\frac{1}{(x+1)(x+2)}`, `\frac{1}{x+1}-\frac{1}{x+2}`, Zero},
		{`\frac{\frac{1}{x}+\frac1y}{\frac1x-\frac1y}`, `\frac{y+x}{y-x}`, Zero},
		{"a(b+c)", "ab+ac", Zero},
		{"X", "x", NonZero},
		{"x^{-1}", `\frac1x`, Zero},
		{"2^{100000}", "2^{100000}+1", NonZero},
		{"2^{1000000}\\cdot 2", "2^{1000001}", Zero},
		{"f(x+1)-f(1+x)", "0", Zero},
	})
}
