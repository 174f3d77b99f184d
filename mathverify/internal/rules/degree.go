package rules

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// degree: x° = x·π/180
func degree(n *tree.Node, _ *budget.Budget) *tree.Node {
	if n.Op != tree.Degree {
		return nil
	}
	return mul(tree.Rat(big.NewRat(1, 180)), n.Args[0], tree.Pi)
}

// based: the value of digits in another base, 101_2 = 5
func based(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Based || !n.Args[0].IsInteger() {
		return nil
	}
	digits := n.Args[0].Rat().Num().String()
	base, ok := new(big.Int).SetString(n.Name, 10)
	if !ok || !base.IsInt64() || base.Int64() < 2 || base.Int64() > 36 || len(digits) > 1000 {
		return nil
	}
	b.Use(int64(len(digits)) * 8)
	v, ok := new(big.Int).SetString(digits, int(base.Int64()))
	if !ok {
		return nil // a digit that the base has not
	}
	return tree.BigInt(v)
}
