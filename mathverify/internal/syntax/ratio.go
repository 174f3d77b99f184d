package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// ratio reads a:b, a:b:c and times of day.
func (p *parser) ratio() *tree.Node {
	start := p.tok.start
	first := p.sets()
	if p.tok.kind == tText && first.Op == tree.Number && p.whole(start) && trimSpacing(p.tok.s) == "to" {
		m := p.mark()
		p.next()
		if n := p.sets(); n.Op == tree.Number && p.tok.kind == tEOF {
			return tree.New(tree.Ratio, first, n)
		}
		if p.err == nil {
			p.reset(m)
		}
		return first
	}
	if p.tok.kind != tColon || p.setSep {
		return first
	}
	parts := []*tree.Node{first}
	clock := !p.tok.space && integer(first) && allDigits(p.src[start:p.prevEnd]) && p.prevEnd-start <= 2
	for p.tok.kind == tColon && p.err == nil {
		p.next()
		from := p.tok.start
		n := p.sets()
		parts = append(parts, n)
		clock = clock && integer(n) && p.prevEnd-from == 2 && allDigits(p.src[from:p.prevEnd])
	}
	if clock && len(parts) <= 3 {
		if n := clockOf(parts); n != nil {
			if half, ok := p.half(); ok {
				if h, _ := parts[0].Int64(); h < 1 || h > 12 {
					return p.failWords(start)
				}
				n.Name = half
			}
			return n
		}
	}
	for _, n := range parts {
		if n.Op == tree.Text {
			return p.failWords(start)
		}
		if isStatement(n) {
			return p.fail(start, "a ratio of statements")
		}
	}
	return tree.New(tree.Ratio, parts...)
}

// whole reports that the answer begins at start.
func (p *parser) whole(start int) bool { return strings.Trim(p.src[:start], " $") == "" }

func clockOf(parts []*tree.Node) *tree.Node {
	for i, n := range parts {
		limit := int64(60)
		if i == 0 {
			limit = 24
			if m, _ := parts[1].Int64(); m == 0 {
				limit = 25 // midnight
			}
		}
		if v, _ := n.Int64(); v < 0 || v >= limit {
			return nil
		}
	}
	return tree.New(tree.Clock, parts...)
}

// half passes "a.m." or "p.m.".
func (p *parser) half() (string, bool) {
	if p.tok.kind != tWord && p.tok.kind != tText {
		return "", false
	}
	s := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(p.tok.s, ".", ""), " ", ""))
	s = strings.Trim(s, "~\\")
	switch s {
	case "am", "pm":
		p.next()
		return s, true
	case "a", "p":
		// a.m. outside of \text comes in pieces.
		m := p.mark()
		p.next()
		if p.tok.kind == tDot {
			p.next()
			if p.tok.kind == tWord && strings.EqualFold(p.tok.s, "m") {
				p.next()
				if p.tok.kind == tDot {
					p.next()
				}
				return s + "m", true
			}
		}
		p.reset(m)
	}
	return "", false
}
