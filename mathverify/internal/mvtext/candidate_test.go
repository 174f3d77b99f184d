package mvtext

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// show renders a candidate as kind, string and percent mark.
func show(c Candidate) string {
	parts := make([]string, len(c.Parts))
	for i, p := range c.Parts {
		parts[i] = p.Text
		if p.Percent {
			parts[i] += "|%"
		}
	}
	return fmt.Sprintf("%s@%d", strings.Join(parts, " & "), c.Priority)
}

func TestCandidates(t *testing.T) {
	defaults := Default()
	boxFirst := Default()
	boxFirst.Latex.BoxedPriority = 0
	noBox := Default()
	noBox.Latex.BoxedPriority = -1
	choice := Default()
	choice.Targets = [3]Target{StringTarget}
	anchored := Default()
	anchored.Latex.Unanchored, anchored.Expr.Unanchored = false, false
	one := Default()
	one.FirstMatch = true
	for _, tt := range []struct {
		text   string
		config Config
		want   []string
	}{
		{"", defaults, nil},
		{"no answer here", defaults, nil},
		{"The answer is 42.", defaults, []string{"42@200", "42@300"}},
		// $5$ is five in LaTeX, which is tried first, and five dollars.
		{"The final answer is $5$. I hope it is correct.", defaults, []string{"5@0", "5@50", "5@50", "5@200", "5@200", "5@300", "5@300"}},
		// Rightmost first; a box is tried before what has no words before it.
		{`$1$ and then \boxed{2}, so 3`, defaults, []string{"2@50", "3@300", "1@300", "1@300"}},
		{`$\boxed{2}$ and $3$`, noBox, []string{"2 & 3@300", "3@300"}},
		{`answer: $1$. \boxed{2}`, boxFirst, []string{"2@0", "1@100", "1@100", "1@200", "1@200", "1@300", "1@300"}},
		{`$1$, $2$ or $3$ percent`, defaults, []string{"1 & 2 & 3|%@300", "3@300", "2@300", "1@300"}},
		{"1,234.50 % and 0,5 and .5 and 1 000 and 007", defaults, []string{"7@300", "1000@300", "0.5@300", "0.5@300", "1234.50|%@300"}},
		{"so 2*(3+4) holds", defaults, []string{"2*(3+4)@300", "2@300"}},
		{"2^3.", defaults, []string{"2**3.@300", "2@300"}},
		{"answer = 3 = 4", defaults, []string{"4@200", "4@300", "3@300"}},
		{"costs $5 today", anchored, nil},
		{"It is **B**.", choice, []string{"b@300"}},
		{`bare \frac{1}{2}`, defaults, []string{`\frac{1}{2}@300`}},
		{"a 1 b 2", one, []string{"2@300"}},
		{`\boxed{}`, defaults, nil},
		{`\boxed{7`, defaults, nil},
		{"\xff 5 \xff", defaults, []string{"5@300"}},
	} {
		var got []string
		for c := range Candidates(tt.text, tt.config) {
			got = append(got, show(c))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q:\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

func TestFallback(t *testing.T) {
	for c := range Candidates("$1$ and $x_$", Default()) {
		if got, want := [2]string{c.Fallback(true), c.Fallback(false)}, [2]string{"1 and x_", "1"}; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		break
	}
}

// The reference gives up the whole text on these numbers.
func TestFatal(t *testing.T) {
	for text, want := range map[string]bool{
		"-007": true, "-000": false, "-00.5": false, "٣": true, "1.٣": true, "12": false,
		strings.Repeat("1", 4300): false, strings.Repeat("1", 4301): true, strings.Repeat("1", 4301) + ".5": false,
	} {
		n := 0
		for c := range Candidates(text, Default()) {
			if n++; c.Fatal != want {
				t.Errorf("%.10s…: fatal %v, want %v", text, c.Fatal, want)
			}
		}
		if n != 1 {
			t.Errorf("%.10s…: %d candidates", text, n)
		}
	}
}

// Strings are lower-cased as Python does it: the last sigma of a word is final.
func TestLowercase(t *testing.T) {
	c := Config{Targets: [3]Target{StringTarget}, String: StringConfig{Strings: "\nΝΑΙΣ\n", Unanchored: true, Lowercase: true}}
	for m := range Candidates("ΝΑΙΣ.", c) {
		if m.Parts[0].Text != "ναις" || m.Raw != "ΝΑΙΣ" {
			t.Errorf("got %q, %q", m.Parts[0].Text, m.Raw)
		}
		return
	}
	t.Error("nothing found")
}

// The sequence can be left at any point and drawn again.
func TestCandidatesStop(t *testing.T) {
	seq := Candidates("1 2 3", Default())
	for want := range 3 {
		n := 0
		for range seq {
			if n == want {
				break
			}
			n++
		}
		if n != want {
			t.Errorf("got %d, want %d", n, want)
		}
	}
}
