package mvsym

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// Values as the reference returns them; every row is a reading that a user may
// not expect. "fails" stands for its exceptions.
func TestQuirks(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"R-r", "Add($r,Mul(-1,$r))"},                      // letters lose their case
		{"x^2^3", "Pow(Pow($x,2),3)"},                      // from the left
		{`3\frac{1}{4}`, "13/4"},                           // mixed number
		{"2 3", "5"},                                       // also a mixed number
		{"1 000", "Mul(1,0)"},                              //
		{"1,000", "1000"},                                  //
		{"100,200", "100200"},                              // no list
		{"2, 345", "FiniteSet(2,345)"},                     //
		{"0,125", "F0.125"},                                //
		{"(1,2)", "Interval(1,2,BooleanTrue,BooleanTrue)"}, //
		{"(2,1)", "Tuple(2,1)"},                            // ends in the wrong order
		{"(2,1]", "EmptySet"},                              //
		{"[3,3]", "FiniteSet(3)"},                          //
		{`(\sqrt{2},1.4)`, "Tuple(Pow(2,1/2),F1.4)"},       // the order is computed
		{`x=1,y=2`, "FiniteSet(Equality($x,1),Equality($y,2))"},
		{`x=1,2`, "Equality($x,FiniteSet(1,2))"},
		{"x=y=3", "And(Equality($x,$y),Equality($y,3))"},
		{"x=1=2=3", "And(Equality($x,1),Equality(1,2),Equality(2,3))"},
		{"a;b+c)=d=e", "fails"},
		{`5+)=7=9`, "9"}, // only what is behind the last equals sign
		{"f(x)", "f($x)"},
		{"f(x+1)", "Mul($f,Add($x,1))"},
		{"x(2)", "x(2)"},
		{`\log x`, "log($x,10)"},
		{`\log_2 3\cdot\log_3 4`, "log(Mul(3,log(4,3)),2)"},
		{`\sin 2x\cos x`, "Mul(sin(Mul(2,$x)),cos($x))"},
		{`\tan^{-1}x`, "atan($x)"},
		{"i^2", "Pow($i~,2)"},
		{"3+4I", "Add(3,Mul(4,ImaginaryUnit))"},
		{`90^\circ`, "90"},
		{"A^T", "$a"},
		{"12:00", "ComplexInfinity"},
		{"1:2:3", "Mul(1/2,Pow(3,-1))"},
		{"1e3", "Mul(1,Exp1,3)"},
		{"3E5", "F300000"},
		{`-5\%`, "Mul(-1,5,1/100)"},
		{`x\approx 5`, "5"},
		{`\sqrt{2}\approx 1.41`, "Pow(2,1/2)"},
		{"n!!", "factorial(factorial($n))"},
		{"5!=120", "Unequality(5,120)"},
		{"]1,3[", "fails"},
		{`x \in A`, "Equality($x,$a)"},
		{`x+1 \in A`, "fails"},
		{"1<2<2", "And(StrictLessThan(1,2),StrictLessThan(2,2))"},
		{`\varnothing`, "$varnothing"},
		{`\text{cat}x`, "Mul($cat,$x)"},
		{"weight", "fails"}, // eig is a reserved word
		{"(((5)))", "5"},
		{"", "fails"},
	} {
		got := "fails"
		if v, ok := ParseLatex(c.text, budget.Of(steps)); ok {
			got = v.String()
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestArithmetic(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"2+3*4", "Add(2,Mul(3,4))"},
		{"1/2", "Mul(1,Pow(2,-1))"},
		{"-2^2", "Mul(-1,Pow(2,2))"},
		{"2^-1", "Pow(2,-1)"},
		{"1-2-3", "Add(1,Mul(-1,2),Mul(-1,3))"},
		{"(1/2)^2", "Pow(Mul(1,Pow(2,-1)),2)"},
		{"1.+.5", "Add(F1,F0.5)"},
		{"12-34-56", "Add(12,Mul(-1,34),Mul(-1,56))"},
		{"2024-01-02", "fails"},
		{"2(3)", "fails"},
		{"3 4", "fails"},
		{"6÷2", "fails"},
		{"1.2.3", "fails"},
		{"(2", "fails"},
		{"2*", "fails"},
		{"", "fails"},
	} {
		got := "fails"
		if v, ok := ParseArithmetic(c.text); ok {
			got = v.String()
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}
