package canon

import "testing"

func TestModularIdentities(t *testing.T) {
	checkPairs(t, Options{}, []pair{
		{"(x+1)^{1000}(x-1)^{1000}", "(x^2-1)^{1000}", Zero},
		{"(x+1)^{1000}(x-1)^{1000}", "(x^2+1)^{1000}", NonZero},
		{"(x+1)^{1000}", "(x+1)^{1000}+1", NonZero},
		{"(x+1)^{100000}", "(1+x)^{99999}(x+1)", Zero},
		{"2^{200000}-1", "(2^{100000}-1)(2^{100000}+1)", Zero},
		{"2^{200000}-1", "(2^{100000}-1)(2^{100000}-1)", NonZero},
		{"(a+b+c+d)^{60}", "(d+c+b+a)^{60}", Zero},
		{`\frac{1}{(x+y)^{999}}+\frac{1}{(x+y)^{999}}`, `\frac{2}{(y+x)^{999}}`, Zero},
		{"x^{9^{9^{9}}}", "x^{9^{9^{9}}}+1", Unknown},
	})
}

// TestModularIsRepeatable pins that the random choices follow from the
// question alone.
func TestModularIsRepeatable(t *testing.T) {
	for range 5 {
		if r := equalTest(t, "(x+y)^{3000}", "(x+y)^{1500}(y+x)^{1500}", Options{}); r != Zero {
			t.Error(r)
		}
	}
}
