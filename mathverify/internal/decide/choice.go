package decide

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// labeled returns the letter and the value, which may be missing, of a choice.
func labeled(n *tree.Node) (letter string, value *tree.Node) {
	letter = strings.Trim(n.Name, "().: ")
	if len(n.Args) > 0 {
		value = n.Args[0]
	}
	return letter, value
}

// choices compares two labeled values. "(B) 12" and "(B) 13" contradict each
// other in a way that no rule can settle.
func (c *comparer) choices(a, b *tree.Node) (tri.Verdict, string) {
	x, v := labeled(a)
	y, w := labeled(b)
	same := tri.Undecided // b) and (B)
	switch {
	case x == y:
		same = tri.Equal
	case !strings.EqualFold(x, y):
		same = tri.Different
	}
	if v == nil || w == nil {
		return same, ruleChoice
	}
	if content, _ := c.compare(v, w); content != same {
		if content == tri.Different && same == tri.Different {
			return tri.Different, ruleChoice
		}
		return tri.Undecided, ruleChoice
	}
	return same, ruleChoice
}

// oneChoice compares a labeled value with another answer, which is either the
// letter or the value.
func (c *comparer) oneChoice(other, labeledValue *tree.Node) (tri.Verdict, string) {
	name, v := labeled(labeledValue)
	if other.Op == tree.Set && len(other.Args) == 1 {
		other = other.Args[0]
	}
	if l := letter(other); l != "" {
		switch {
		case l == name:
			return tri.Equal, ruleChoice
		case strings.EqualFold(l, name):
			return tri.Undecided, ruleCase
		}
	}
	if v == nil {
		return tri.Different, ruleChoice
	}
	w, rule := c.compare(other, v)
	if w == tri.Equal && letter(other) != "" {
		return tri.Undecided, ruleChoice // is B the choice or the value of A?
	}
	return w, rule
}
