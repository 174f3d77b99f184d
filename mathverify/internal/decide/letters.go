package decide

import (
	"slices"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// letterRuns compares two answers that are runs of letters, "abc" or "BAC", as
// the parser reads them: as a product. Up to three letters that are not all
// capitals are one. Capitals may be an ordering, a polygon or a word, and longer runs a word:
// then only another spelling with other letters is certain to differ.
func (c *comparer) letterRuns(a, b *tree.Node) (v tri.Verdict, rule string, ok bool) {
	if v, ok := figures(a, b); ok {
		return v, ruleLetters, true
	}
	x, y := letterRun(a), letterRun(b)
	if x == "" || y == "" {
		return 0, "", false
	}
	if x == y {
		return tri.Equal, ruleIdentical, true
	}
	if isProduct(x) && isProduct(y) {
		return 0, "", false
	}
	if len(x) == len(y) && strings.ToUpper(x) == x && len(x) == 2 && x[0] == y[1] && x[1] == y[0] {
		return tri.Undecided, ruleLetters, true // the segments AB and BA
	}
	if strings.EqualFold(x, y) {
		return tri.Undecided, ruleCase, true
	}
	return tri.Different, ruleLetters, true
}

// figures compares two figures named by their points: the segment AB is BA and
// the length AB, the angle ABC is CBA, and a triangle has no order.
func figures(a, b *tree.Node) (v tri.Verdict, ok bool) {
	f, x := figure(a)
	g, y := figure(b)
	if f == "" || g == "" || f == "run" && g == "run" {
		return 0, false
	}
	if f == "run" {
		f = "segment"
	}
	if g == "run" {
		g = "segment"
	}
	switch {
	case f != g:
		return tri.Undecided, true
	case x == y, f != "vector" && f != "arc" && f != "triangle" && x == backwards(y):
		return tri.Equal, true
	case f == "triangle" && len(x) == 3 && strings.Trim(x, y) == "" && strings.Trim(y, x) == "":
		return tri.Equal, true
	case f == "arc" && len(x) == 2 && x == backwards(y):
		return tri.Equal, true
	}
	return tri.Different, true
}

// figure returns the kind of a figure and its points; "run" for capitals that
// may be the length of a segment.
func figure(n *tree.Node) (kind, points string) {
	if n.Op == tree.Func && len(n.Args) == 1 && n.Args[0].Op == tree.Text {
		switch n.Name {
		case "angle", "arc", "segment", "triangle", "vector":
			return n.Name, n.Args[0].Name
		}
	}
	if capitals(n) {
		return "run", n.Name
	}
	return "", ""
}

func backwards(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// factors returns the letters of a product of letters, however it was written.
func factors(n *tree.Node) string {
	if n.Op != tree.Mul || n.Name != "" {
		return letterRun(n)
	}
	var out strings.Builder
	for _, a := range n.Args {
		if letter(a) == "" || out.Len() > 8 {
			return ""
		}
		out.WriteString(letter(a))
	}
	return out.String()
}

// permuted reports two runs of the same small letters.
func permuted(x, y string) bool {
	if len(x) != len(y) || len(x) < 2 || len(x) > 8 || strings.ToLower(x) != x {
		return false
	}
	p, q := []byte(x), []byte(y)
	slices.Sort(p)
	slices.Sort(q)
	return string(p) == string(q)
}

func isProduct(run string) bool { return len(run) <= 3 && strings.ToUpper(run) != run }

// wordRun returns the words that an expression of letters may be: a run, or
// runs with hyphens between, "right-angled", that were read as a difference.
func wordRun(n *tree.Node) string {
	if n.Op != tree.Add {
		return letterRun(n)
	}
	var out string
	for i, t := range n.Args {
		if i > 0 {
			if t.Op != tree.Neg {
				return ""
			}
			t, out = t.Args[0], out+"-"
		}
		run := letterRun(t)
		if len(run) < 3 {
			return ""
		}
		out += run
	}
	return out
}

// letterRun returns the letters of a product that was written as one run.
func letterRun(n *tree.Node) string {
	if n.Op == tree.Mul && len(n.Name) > 1 {
		return n.Name
	}
	return ""
}
