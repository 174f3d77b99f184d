package scalar

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// Neither of these may be called equal, and none may take long or much memory.
var hostile = [][2]string{
	{"9^(9^9)", "9^(9^9)+1"},
	{"9^(9^(9^9))", "9^(9^(9^9))+1"},
	{"2^(2^(2^(2^(2^2))))", "7"},
	{"(10^9)!", "5"},
	{"(10^6)!", "(10^6)!+1"},
	{"((10^3)!)!", "1"},
	{"binom(10^9,5*10^8)", "2^(10^9)"},
	{"sin(10^(10^8))", "1/2"},
	{"sin(10^(10^5))", "1/2"},
	{"mod(7^(10^9),6)", "5"},
	{"mod(7^(7^(7^7)),10^40+1)", "5"},
	{"2^(10^10)-2^(10^10)", "1"},
	{"(x+1)^100000", "(x+1)^100001"},
	{"(x+y+z+w)^500", "(x+y+z-w)^500"},
	{"x^(x^(x^(x^x)))", "x^(x^(x^x))"},
	{"sqrt((x^2-20.01*x+100.1)^2)", "x^2-20.01*x+100.1"},
	{"sqrt((x-10^10)^2)", "10^10-x"},
	{"max(x,2^100)", "2^100"},
	{"|x^2-3*x+2|", "x^2-3*x+2"},
	{"|x-y|", "x-y"},
	{"1/(sqrt(2)^2-2)", "3"},
	{"x+2305843009213693951*10^-60", "x"},
	{"sum(1/k,k,1,20000)", "10"},
	{"sum(sin(k),k,1,20000)", "1"},
	{"prod(k^k,k,1,20000)", "1"},
	{"sum(sum(sum(j*k*l,j,1,1000),k,1,1000),l,1,1000)", "1"},
	{"root(2,10^9)", "1"},
	{"(1+1/10^9)^(10^9)", "e"},
	{"sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13)+sqrt(17)+sqrt(19)+sqrt(23)+sqrt(29)", "sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13)+sqrt(17)+sqrt(19)+sqrt(23)+sqrt(29)+10^-500"},
	{"gcd(10^30000+1,10^29999+7)", "3"},
	{"n!!!!!!", "n"},
	{"tan(pi/2)", "0"},
	{"ln(ln(ln(2)))", "1"},
	{"f(f(f(x)))", "f(f(x))"},
	{"cos(1/10^4000)", "1"},
	{"e^(10^9)", "e^(10^9+1)"},
	{"e^(e^(e^e))", "e^(e^e)"},
	{"e^(e^(e^(e^e)))", "e^(e^e)"},
}

func TestHostile(t *testing.T) {
	hostile := append(hostile[:len(hostile):len(hostile)],
		[2]string{strings.Repeat("(", 3000) + "x" + strings.Repeat(")+1", 3000), "x"},
		[2]string{strings.Repeat("sqrt(", 500) + "x" + strings.Repeat("+1)", 500), "x"},
		[2]string{strings.Repeat("sin(", 500) + "x" + strings.Repeat(")", 500), "x"},
		[2]string{strings.Repeat("x+", 20000) + "1", strings.Repeat("x+", 20000) + "2"},
		[2]string{strings.Repeat("(x+1)*", 2000) + "1", strings.Repeat("(x+1)*", 2000) + "2"},
		[2]string{strings.Repeat("sqrt(x+1)+", 2000) + "1", strings.Repeat("sqrt(x+1)+", 2000) + "y"},
		[2]string{strings.Repeat("2^", 100) + "x", "x"},
		[2]string{strings.Repeat("9", 100000), strings.Repeat("9", 99999) + "8"},
		[2]string{"sqrt(" + strings.Repeat("9", 100000) + ")", "3"},
	)
	for _, c := range hostile {
		a, b := parse(t, c[0]), parse(t, c[1])
		name := c[0][:min(len(c[0]), 60)]
		bud := budget.Of(steps)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		v, rule := Equal(a, b, Options{}, bud)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if v == tri.Equal {
			t.Errorf("%s: %v (%s)", name, v, rule)
		}
		alloc := (after.TotalAlloc - before.TotalAlloc) >> 20
		t.Logf("%-60s %-10v %-26s %8d steps %8.2f ms %5d MB in all", name, v, rule, steps-bud.Left(), took.Seconds()*1e3, alloc)
		// Time is only logged closely: the machine may be busy.
		if took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}
