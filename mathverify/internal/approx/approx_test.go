package approx

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

func steps() *budget.Budget { return budget.Of(2_000_000) }

func TestRational(t *testing.T) {
	for _, c := range []struct {
		in, want string
		err      error
	}{
		{in: "1/2+1/3", want: "5/6"},
		{in: "2^-3", want: "1/8"},
		{in: "(4/9)^(3/2)", want: "8/27"},
		{in: "(-8)^(2/3)", want: "4"},
		{in: "root(-27,3)", want: "-3"},
		{in: "9223372036854775807+1", want: "9223372036854775808"},
		{in: "-9223372036854775807-1", want: "-9223372036854775808"},
		{in: "9223372036854775808-1", want: "9223372036854775807"},
		{in: "3037000500*3037000500", want: "9223372037000250000"},
		{in: "(1/3037000500)^2", want: "1/9223372037000250000"},
		{in: "50%", want: "1/2"},
		{in: "5!", want: "120"},
		{in: "6!!", want: "48"},
		{in: "7!!", want: "105"},
		{in: "0!!", want: "1"},
		{in: "21!/20!", want: "21"},
		{in: "binom(5,2)", want: "10"},
		{in: "binom(5,7)", want: "0"},
		{in: "binom(-2,3)", want: "-4"},
		{in: "binom(1/2,2)", want: "-1/8"},
		{in: "binom(100,98)", want: "4950"},
		{in: "perm(5,2)", want: "20"},
		{in: "multinom(4,2,2)", want: "6"},
		{in: "gamma(5)", want: "24"},
		{in: "gcd(12,18,8)", want: "2"},
		{in: "lcm(4,6)", want: "12"},
		{in: "gcd(0,0)", want: "0"},
		{in: "mod(-7,3)", want: "2"},
		{in: "mod(7^(10^9),6)", want: "1"},
		{in: "mod(3^(3^(3^(3^3))),100)", want: "87"},
		{in: "mod((10^9)!,7)", want: "0"},
		{in: "mod(7/2,1)", want: "1/2"},
		{in: "floor(-5/2)", want: "-3"},
		{in: "ceil(-5/2)", want: "-2"},
		{in: "frac(-5/2)", want: "1/2"},
		{in: "sgn(-3)", want: "-1"},
		{in: "max(1/2,1/3,2/3)", want: "2/3"},
		{in: "min(1/2,1/3,2/3)", want: "1/3"},
		{in: "phi(36)", want: "12"},
		{in: "sum(k^2,k,1,10)", want: "385"},
		{in: "prod(k,k,1,5)", want: "120"},
		{in: "sum(k,k,1,0)", want: "0"},
		{in: "|0-3|", want: "3"},
		{in: "1^(10^30)", want: "1"},
		{in: "(0-1)^(10^30+1)", want: "-1"},
		{in: "1/0", err: ErrUndefined},
		{in: "0^0", err: ErrUndefined},
		{in: "0^(0-1)", err: ErrUndefined},
		{in: "(0-3)!", err: ErrUndefined},
		{in: "mod(5,0)", err: ErrUndefined},
		{in: "9^(9^9)", err: ErrTooBig},
		{in: "(10^9)!", err: ErrTooBig},
		{in: "binom(10^9,5*10^8)", err: ErrTooBig},
		{in: "2^(10^30)", err: ErrTooBig},
		{in: "sqrt(2)", err: ErrUnsupported},
		{in: "sqrt(0-4)", err: ErrUnsupported},
		{in: "x", err: ErrUnsupported},
		{in: "pi", err: ErrUnsupported},
		{in: "sin(0)", err: ErrUnsupported},
	} {
		q, err := Rational(parse(t, c.in), steps())
		if err != c.err {
			t.Errorf("%s: error %v, want %v", c.in, err, c.err)
		} else if err == nil && q.Rat().RatString() != c.want {
			t.Errorf("%s = %s, want %s", c.in, q.Rat().RatString(), c.want)
		}
	}
}

func TestZero(t *testing.T) {
	for _, c := range []struct {
		in           string
		zero, proven bool
	}{
		{"sqrt(2)^2-2", true, true},
		{"sqrt(2)+sqrt(3)-sqrt(5+2*sqrt(6))", true, true},
		{"sqrt(2)+sqrt(3)-sqrt(5+2*sqrt(6))+10^-100", false, true},
		{"root(2+sqrt(5),3)+root(2-sqrt(5),3)-1", true, true},
		{"root(root(2,3)-1,3)-root(1/9,3)+root(2/9,3)-root(4/9,3)", true, true},
		{"cos(pi/7)*cos(2*pi/7)*cos(4*pi/7)+1/8", true, true},
		{"cos(36°)-(1+sqrt(5))/4", true, true},
		{"e^(i*pi)+1", true, true},
		{"e^(2*i*pi/3)+e^(4*i*pi/3)+1", true, true},
		{"sqrt(i)-(1+i)/sqrt(2)", true, true},
		{"sqrt(0-4)-2*i", true, true},
		{"(0-8)^(1/3)+2", true, true},
		{"|3+4*i|-5", true, true},
		{"|1+sqrt(2)*i|-sqrt(3)", true, true},
		{"re((1+sqrt(2)*i)^2)+1", true, true},
		{"im((1+sqrt(2)*i)^2)-2*sqrt(2)", true, true},
		{"conj(sqrt(2)+i)-sqrt(2)+i", true, true},
		{"tan(pi/8)-sqrt(2)+1", true, true},
		{"sec(pi/3)-2", true, true},
		{"1/(sqrt(3)-sqrt(2))-sqrt(3)-sqrt(2)", true, true},
		{"sqrt(10^40+1)-10^20", false, true},
		{"sqrt(2)-1.41421356237309504880168872420969807856967187537694", false, true},
		{"2^(1/3)*4^(1/3)-2", true, true},
		{"6^(3/2)-6*sqrt(6)", true, true},
		{"pi-pi", false, false},                    // π is not algebraic
		{"ln(4)-2*ln(2)", false, false},            // nor are logarithms
		{"1/(sqrt(2)^2-2)", false, false},          // no value
		{"sqrt(2)*9^(9^9)-1", false, false},        // too big
		{"x-x", false, false},                      // no constant
		{"sqrt(2)^(10^7)-2^5000000", false, false}, // its separation bound is out of reach
	} {
		zero, proven := Zero(parse(t, c.in), nil, steps())
		if zero != c.zero || proven != c.proven {
			t.Errorf("%s: zero %v, proven %v, want %v, %v", c.in, zero, proven, c.zero, c.proven)
		}
	}
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		a, b    string
		c       int
		certain bool
	}{
		{"1/2", "1/3", 1, true},
		{"sqrt(2)", "3/2", -1, true},
		{"sqrt(8)", "2*sqrt(2)", 0, true},
		{"e^pi", "pi^e", 1, true},
		{"e^(pi*sqrt(163))", "640320^3+744", -1, true},
		{"sqrt(10^40+1)", "10^20", 1, true},
		{"i", "1", 0, false},
		{"ln(4)", "2*ln(2)", 0, false},
	} {
		got, certain := Order(parse(t, c.a), parse(t, c.b), nil, steps())
		if got != c.c || certain != c.certain {
			t.Errorf("%s ? %s: %d, %v, want %d, %v", c.a, c.b, got, certain, c.c, c.certain)
		}
	}
}

func TestApart(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"9^(9^9)", "10", true},
		{"9^(9^9)", "3^(9^9)", true},
		{"9^(9^9)", "3^(2*9^9)", false}, // equal
		{"9^(9^(9^9))", "9^(9^9)", true},
		{"(10^9)!", "(10^9+1)!", true},
		{"(10^9)!", "2^(10^9)", true},
		{"binom(10^9,5*10^8)", "2^(10^9)", true},
		{"binom(10^9,5*10^8)", "2", true},
		{"9^(9^9)+1", "9^(9^9)", false}, // too near
		{"9^(9^9)*2", "9^(9^9)", true},
		{"2^-(9^9)", "3^-(9^9)", true},
		{"5", "6", true},
		{"0-5", "5", false}, // of one size
	} {
		if got := Apart(parse(t, c.a), parse(t, c.b), steps()); got != c.want {
			t.Errorf("%s, %s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
