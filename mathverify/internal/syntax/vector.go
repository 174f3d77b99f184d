package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// arrow is what the face of a letter tells about it.
type arrow uint8

const (
	aNumber arrow = iota
	aVector       // an arrow above, or a bold small letter
	aMatrix       // a bold capital
)

// arrow returns what the factor at the token is by its face.
func (p *parser) arrow() arrow {
	switch p.tok.kind {
	case tCmd:
		switch p.tok.s {
		case "vec", "overrightarrow":
			return aVector
		case "hat":
			rest := p.src[p.tok.end:min(p.tok.end+8, len(p.src))]
			for _, s := range [...]string{"{i}", "{j}", "{k}", `{\imath}`, `{\jmath}`, " i", " j", " k"} {
				if strings.HasPrefix(rest, s) {
					return aVector
				}
			}
		}
	case tSym:
		if len(p.tok.s) > 1 || p.src[p.tok.start] != '\\' || p.tok.part {
			return aNumber
		}
		if c := p.tok.s[0]; 'A' <= c && c <= 'Z' {
			return aMatrix
		}
		return aVector
	}
	return aNumber
}

// vectorProduct returns the product of two vectors by the sign between them:
// they are not those of numbers, for a cross product changes its sign with the
// order, and a scalar product cannot be divided by.
func vectorProduct(sign string, f, g *tree.Node) *tree.Node {
	switch sign {
	case "times":
		return tree.Fn("cross", f, g)
	case "cdot":
		if isDot(f) || isDot(g) || plainBold(f) && plainBold(g) {
			return nil
		}
		if tree.String(g) < tree.String(f) {
			f, g = g, f // a scalar product has no order
		}
		return tree.Fn("dot", f, g)
	}
	return nil
}

// plainBold reports the letters that print in bold because they are no constants.
func plainBold(n *tree.Node) bool {
	return n.Op == tree.Symbol && (n.Name == "i" || n.Name == "e")
}

func isDot(n *tree.Node) bool { return n.Op == tree.Func && n.Name == "dot" }

// matrixProduct returns the product of matrices in their order.
func (p *parser) matrixProduct(f, g *tree.Node) *tree.Node {
	if isStatement(g) {
		return p.fail(p.tok.start, "a statement in a product")
	}
	if f.Op == tree.Call && f.Name == "matmul" {
		p.bud.Use(int64(len(f.Args)))
		return tree.Named(tree.Call, "matmul", append(f.Args[:len(f.Args):len(f.Args)], g)...)
	}
	return tree.Named(tree.Call, "matmul", f, g)
}
