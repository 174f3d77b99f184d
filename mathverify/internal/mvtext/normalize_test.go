package mvtext

import "testing"

func TestBoxedContent(t *testing.T) {
	for _, tt := range []struct {
		text, all, last string
	}{
		{"5", "5", "5"},
		{"", "", ""},
		{`\boxed{5}`, "5", "5"},
		{`\boxed { 5 }`, "5", "5"},
		{`\fbox{5}`, "5", "5"},
		{`\boxed5 cm`, "5 cm", "5 cm"},
		{`\boxed`, `\boxed`, `\boxed`},
		{`\boxed{5`, "{5", "{5"},
		{`\boxed{1} \boxed{2}`, "1,2", "1,2"},
		{`\boxed{1}, and also, after some thought, \boxed{2}`, "1,2", "1,2"},
		{`\boxed{2}, and also, after some thought, \boxed{2}`, "2,2", "2"},
		{`\boxed{1} with nothing that separates \boxed{2}`, "1,2", "2"},
		{`\boxed{1}圆圆圆圆圆圆圆圆圆\boxed{2}`, "1,2", "1,2"},
		{`\boxed{1}圆圆圆圆圆圆圆圆圆圆\boxed{2}`, "1,2", "2"},
		{`\boxed{a \boxed{b} c}`, "b", "b"},
		{`\boxed{1} \boxed{2`, "{2", "{2"},
		{`\boxed1 \boxed{2}`, "2", "2"},
		{`\fbox{1} \boxed{\frac{1}{2}}`, `1,\frac{1}{2}`, `1,\frac{1}{2}`},
	} {
		if got := BoxedContent(tt.text, BoxAll); got != tt.all {
			t.Errorf("all %q: got %q, want %q", tt.text, got, tt.all)
		}
		if got := BoxedContent(tt.text, BoxLast); got != tt.last {
			t.Errorf("last %q: got %q, want %q", tt.text, got, tt.last)
		}
		if got := BoxedContent(tt.text, BoxNone); got != tt.text {
			t.Errorf("none %q: got %q", tt.text, got)
		}
	}
}

func TestNormalizeLatex(t *testing.T) {
	equations := DefaultNormalization()
	equations.Equations = true
	for _, tt := range []struct {
		n          Normalization
		text, want string
	}{
		{DefaultNormalization(), " 42 ", "42"},
		{DefaultNormalization(), `\boxed{\left( 1, 2 \right]}`, `( 1, 2 ]`},
		{DefaultNormalization(), `\dfrac12`, `\frac{1}{2}`},
		{DefaultNormalization(), `\frac1{2}`, `\frac{1}{2}`},
		{DefaultNormalization(), `\frac{1}2`, `\frac{1}{2}`},
		{DefaultNormalization(), `\frac xy`, `\frac{x}{y}`},
		{DefaultNormalization(), `\frac ab`, `\frac`}, // "ab" is a unit
		{DefaultNormalization(), `\frac12+\frac3`, `\frac{1}{2}+\frac3`},
		{DefaultNormalization(), `\sqrt3+sqrt(2)`, `\sqrt{3}+\sqrt{2}`},
		{DefaultNormalization(), `\sqrt(2)`, `\\sqrt{2}`}, // a slip of the reference
		{DefaultNormalization(), `x^(10)`, `x^{10}`},
		{DefaultNormalization(), `\log_28`, `\log_{2}{8}`},
		{DefaultNormalization(), "3/4", `\frac{3}{4}`},
		{DefaultNormalization(), "03/4", "03/4"},
		{DefaultNormalization(), "1/2/3", "1/2/3"},
		{DefaultNormalization(), ".5", `\frac{1}{2}`},
		{DefaultNormalization(), ".50", "0.50"},
		{DefaultNormalization(), `1{,}000`, "1,000"},
		{DefaultNormalization(), `2 and 3`, "2, 3"},
		{DefaultNormalization(), `band`, "band"},
		{DefaultNormalization(), `2,\text{ or }3`, "2,3"},
		{DefaultNormalization(), `50 percent`, `50\%`},
		{DefaultNormalization(), `-infinity`, `-\infty`},
		{DefaultNormalization(), `(5)_{3}`, `\frac{(5)!}{((5)-(3))!}`},
		{DefaultNormalization(), `12.5\text{ million dollars}`, "12.5"},
		{DefaultNormalization(), `10\text{ cm}^2`, "10"},
		{DefaultNormalization(), `1-\frac{1}{\mathrm{e}}`, `1-\frac{1}{`}, // likewise
		{DefaultNormalization(), `\text{yes}`, `\text{yes}`},
		{DefaultNormalization(), "5 square meters", "5"},
		{DefaultNormalization(), "5 cm  ", "5"},
		{DefaultNormalization(), "5 miles per hour", "5 miles"}, // at most two
		{DefaultNormalization(), "5 a m", "5"},                  // "a ." stands for "a", a space and any code point
		{DefaultNormalization(), "2d", "2"},
		{DefaultNormalization(), `\\frac{1}{2}`, `\frac{1}{2}`},
		{DefaultNormalization(), `\begin{pmatrix}1\\a\end{pmatrix}`, `\begin{pmatrix}1\\a\end{pmatrix}`},
		{equations, "x=2=3", "3"},
		{equations, "x<=2=3", "x<=2=3"},
		{equations, "x=2=3,4", "x=2=3,4"},
		{Normalization{}, ` \boxed{ \dfrac12 m} `, `\dfrac12 m`},
	} {
		if got := NormalizeLatex(tt.text, tt.n); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}
