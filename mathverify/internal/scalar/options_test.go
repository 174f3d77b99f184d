package scalar

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		o    Options
		want tri.Verdict
	}{
		{"log(x)", "ln(x)", Options{LogBase: E}, tri.Equal},
		{"log(x)", "ln(x)", Options{LogBase: Ten}, tri.Different},
		{"log(100)", "2", Options{LogBase: Ten}, tri.Equal},
		{"log(100)", "2", Options{LogBase: E}, tri.Different},
		{"log(100)", "3", Options{}, tri.Different},
		{"X+1", "x+1", Options{}, tri.Different},
		{"X+1", "x+1", Options{FoldCase: true}, tri.Equal},
		{"3.14", "pi", Options{RelTol: 0.001}, tri.Equal},
		{"3.14", "pi", Options{RelTol: 0.0001}, tri.Different},
		{"100", "99", Options{RelTol: 0.01}, tri.Equal},
		{"99", "100", Options{RelTol: 0.01}, tri.Equal},
		{"100", "98.9", Options{RelTol: 0.01}, tri.Different},
		{"0", "10^-300", Options{RelTol: 0.01}, tri.Different},
		{"0", "0", Options{RelTol: 0.01}, tri.Equal},
		{"1.0000000001*x", "x", Options{RelTol: 0.01}, tri.Different},
	} {
		v, rule := Equal(parse(t, c.a), parse(t, c.b), c.o, budget.Of(steps))
		if v != c.want {
			t.Errorf("%s = %s with %+v: %v (%s), want %v", c.a, c.b, c.o, v, rule, c.want)
		}
	}
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		a, b    string
		o       Options
		c       int
		certain bool
	}{
		{"1/3", "1/2", Options{}, -1, true},
		{"sqrt(2)+sqrt(3)", "sqrt(5+2*sqrt(6))", Options{}, 0, true},
		{"ln(8)", "3*ln(2)", Options{}, 0, true},
		{"e^pi", "pi^e", Options{}, 1, true},
		{"-inf", "5", Options{}, -1, true},
		{"inf", "-inf", Options{}, 1, true},
		{"inf", "inf", Options{}, 0, true},
		{"log(5)", "2", Options{}, -1, true},
		{"log(5)", "1", Options{}, 0, false}, // ln 5 > 1 > lg 5
		{"log(5)", "1", Options{LogBase: E}, 1, true},
		{"i", "1", Options{}, 0, false},
		{"sqrt(0-4)", "2*i", Options{}, 0, false},
		{"x", "x", Options{}, 0, false},
		{"1/0", "1", Options{}, 0, false},
	} {
		got, certain := Order(parse(t, c.a), parse(t, c.b), c.o, budget.Of(steps))
		if got != c.c || certain != c.certain {
			t.Errorf("%s ? %s: %d, %v, want %d, %v", c.a, c.b, got, certain, c.c, c.certain)
		}
	}
}
