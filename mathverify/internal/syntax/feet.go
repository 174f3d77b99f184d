package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// feetInches reads 5'6" and 5' 6”, or returns nil.
func feetInches(s string) *tree.Node {
	if len(s) > 12 || !isDigit(s[0]) {
		return nil
	}
	feet, rest, ok := strings.Cut(s, "'")
	if !ok {
		return nil
	}
	rest = strings.TrimLeft(rest, " ")
	inches, ok := strings.CutSuffix(rest, `"`)
	if !ok {
		inches, ok = strings.CutSuffix(rest, "''")
	}
	if !ok || !allDigits(feet) || !allDigits(inches) {
		return nil
	}
	return tree.New(tree.Add, tree.New(tree.Quantity, subValue(feet), unitNode("ft")), tree.New(tree.Quantity, subValue(inches), unitNode("in")))
}
