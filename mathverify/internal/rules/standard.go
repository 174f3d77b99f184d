package rules

import (
	"slices"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// bound is the name that the variable of a sum gets. No answer can hold it.
const boundName = "\x00k"

// standard: a sum or product that nothing computes gets a standard variable and
// a standard order of its terms and factors, so that it equals itself in other
// letters
func standard(n *tree.Node, b *budget.Budget) *tree.Node {
	x := n.Args[1].Name
	if len(n.Args) != 4 || n.Args[1].Op != tree.Symbol || strings.HasPrefix(x, boundName) {
		return nil
	}
	const most = 500
	if tree.Size(n.Args[0], most) >= most {
		return nil
	}
	name := boundName
	for depends(n.Args[0], name) {
		name += "k" // a sum within
	}
	b.Use(int64(8 * tree.Size(n.Args[0], most)))
	body := tree.Map(n.Args[0], func(m *tree.Node) *tree.Node {
		switch m.Op {
		case tree.Symbol:
			if m.Name == x {
				return tree.Sym(name)
			}
			if subscripted(m.Name, x) {
				return tree.Sym(renamed(m.Name, x, name))
			}
		case tree.Add, tree.Mul:
			if !tree.Any(m, structured) {
				args := slices.Clone(m.Args)
				slices.SortFunc(args, tree.Compare)
				return m.With(args)
			}
		}
		return m
	})
	return n.With([]*tree.Node{body, tree.Sym(name), n.Args[2], n.Args[3]})
}

// renamed replaces the variable in the subscript of a name.
func renamed(name, x, by string) string {
	base, sub, _ := strings.Cut(name, "_")
	var out strings.Builder
	for i := 0; i < len(sub); {
		if strings.HasPrefix(sub[i:], x) && (i == 0 || !letter(sub[i-1])) && (i+len(x) == len(sub) || !letter(sub[i+len(x)])) {
			out.WriteString(by)
			i += len(x)
			continue
		}
		out.WriteByte(sub[i])
		i++
	}
	return base + "_" + out.String()
}
