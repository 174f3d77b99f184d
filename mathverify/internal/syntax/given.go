package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// given splits off conditions at the end: "x = 2kπ, k ∈ Z", "1/x, x ≠ 0". It
// returns nil when there are none.
func (it *items) given() *tree.Node {
	from := len(it.nodes)
	for from > 1 && it.seps[from-2] == sepComma && it.condition(it.nodes[from-1]) {
		from--
	}
	if from == len(it.nodes) || it.inner && from > 1 {
		return nil
	}
	for _, s := range it.seps[:from-1] {
		if s == sepSemi {
			return nil
		}
	}
	front := items{nodes: it.nodes[:from], seps: it.seps[:from-1]}
	for _, n := range front.nodes {
		if it.condition(n) && isStatement(n) && membership(n) {
			return nil
		}
	}
	cond := it.nodes[from]
	if from < len(it.nodes)-1 {
		cond = tree.New(tree.And, it.nodes[from:]...)
	}
	return tree.New(tree.Given, front.combine(), cond)
}

func membership(n *tree.Node) bool {
	return n.Op == tree.Chain && len(n.Rels) == 1 && n.Rels[0] == tree.In
}

// condition reports whether a statement restricts a symbol that the first item
// uses without defining it.
func (it *items) condition(n *tree.Node) bool {
	if n.Op != tree.Chain || n.Args[0].Op != tree.Symbol && n.Args[len(n.Args)-1].Op != tree.Symbol && len(n.Args) < 3 {
		return false
	}
	for _, r := range n.Rels {
		switch r {
		case tree.In, tree.Ne, tree.Lt, tree.Le, tree.Gt, tree.Ge:
		default:
			return false
		}
	}
	var name string
	for _, a := range n.Args {
		if a.Op == tree.Symbol {
			name = a.Name
			break
		}
	}
	if name == "" {
		return false
	}
	body := it.nodes[0]
	if body.Op == tree.Chain {
		if body.Rels[0] != tree.Eq && body.Rels[0] != tree.In || body.Args[0].Op == tree.Symbol && body.Args[0].Name == name {
			return false
		}
		if body.Args[0].Op != tree.Symbol && body.Args[0].Op != tree.Call {
			return false
		}
	}
	return tree.Any(body, func(m *tree.Node) bool { return m.Op == tree.Symbol && m.Name == name })
}

// conditionWord reports words that introduce a condition.
func conditionWord(s string) int {
	if len(s) > 24 {
		return 0
	}
	switch strings.ToLower(strings.Trim(s, " ,~")) {
	case "where", "for", "if", "when", "with", "given", "such that", "for all", "for any", "where k is an integer", "provided", "as":
		return 1
	case "otherwise", "else":
		return 2
	}
	return 0
}
