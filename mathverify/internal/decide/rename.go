package decide

import (
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// renameLike returns a with its variables renamed to those of b, both in
// alphabetical order, for option RenameVariables.
func renameLike(a, b *tree.Node) (*tree.Node, bool) {
	from, to := tree.Free(a), tree.Free(b)
	if len(from) != len(to) {
		return nil, false
	}
	slices.Sort(from)
	slices.Sort(to)
	if slices.Equal(from, to) {
		return nil, false
	}
	for i, x := range from {
		a = tree.Replace(a, x, placeholder(i))
	}
	for i, x := range to {
		a = tree.Replace(a, placeholder(i).Name, tree.Sym(x))
	}
	return a, true
}
