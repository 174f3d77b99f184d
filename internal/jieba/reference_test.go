package jieba

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"
)

// cutByDefinition is jieba.cut written down as the reference defines it, with
// maps, regular expressions and strings, and none of the passes, packed tables
// and back pointers of this package. Only the numbers come from the model.
func cutByDefinition(m *model, s string) []string {
	var tokens []string
	var block []string
	flush := func() {
		if len(block) > 0 {
			tokens = append(tokens, cutBlockByDefinition(m, block)...)
			block = nil
		}
	}
	chars := splitChars(s)
	for i := 0; i < len(chars); i++ {
		switch c := chars[i]; {
		case blockChar.MatchString(c):
			block = append(block, c)
		case c == "\r" && i+1 < len(chars) && chars[i+1] == "\n":
			flush()
			tokens = append(tokens, "\r\n")
			i++
		default:
			flush()
			tokens = append(tokens, c)
		}
	}
	flush()
	return tokens
}

var (
	blockChar = regexp.MustCompile(`^[\x{4E00}-\x{9FD5}a-zA-Z0-9+#&._%\-]$`)
	hanChar   = regexp.MustCompile(`^[\x{4E00}-\x{9FD5}]$`)
	latin     = regexp.MustCompile(`[a-zA-Z0-9]+(?:\.[0-9]+)?%?`)
)

// splitChars splits s into characters, counting a surrogate as one.
func splitChars(s string) []string {
	var chars []string
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 && len(s) >= 3 && s[0] == 0xED &&
			s[1] >= 0xA0 && s[1] <= 0xBF && s[2] >= 0x80 && s[2] <= 0xBF {
			n = 3
		}
		chars = append(chars, s[:n])
		s = s[n:]
	}
	return chars
}

// find returns a word's weight, and whether the text is the start of a word.
func find(m *model, chars []string) (weight float64, word, prefix bool) {
	p := uint32(0)
	var n node
	for i, c := range chars {
		r, _ := utf8.DecodeRuneInString(c)
		if p, n = m.trie.child(p, m.codes[r]); i == 0 {
			n = m.trie.nodes[p]
		}
		if n.weight() == 0 && n&parental == 0 {
			return 0, false, false
		}
	}
	return m.weights[n.weight()], n.weight() != 0, true
}

func cutBlockByDefinition(m *model, chars []string) []string {
	n := len(chars)
	type best struct {
		sum float64
		end int
	}
	route := map[int]best{n: {}}
	for i := n - 1; i >= 0; i-- {
		route[i] = best{sum: math.Inf(-1)}
		for j := i + 1; j <= n; j++ {
			weight, word, prefix := find(m, chars[i:j])
			if !prefix {
				break
			}
			if sum := weight + route[j].sum; word && sum >= route[i].sum {
				route[i] = best{sum, j}
			}
		}
		if route[i].end == 0 {
			route[i] = best{m.unknown + route[i+1].sum, i + 1}
		}
	}
	var tokens, run []string
	flush := func() {
		if _, word, _ := find(m, run); len(run) > 1 && !word {
			run = cutRunByDefinition(m, run)
		}
		tokens = append(tokens, run...)
		run = nil
	}
	for i := 0; i < n; i = route[i].end {
		if end := route[i].end; end == i+1 {
			run = append(run, chars[i])
		} else {
			flush()
			tokens = append(tokens, strings.Join(chars[i:end], ""))
		}
	}
	flush()
	return tokens
}

func cutRunByDefinition(m *model, chars []string) []string {
	var tokens []string
	for i := 0; i < len(chars); {
		j := i
		for han := hanChar.MatchString(chars[i]); j < len(chars) && hanChar.MatchString(chars[j]) == han; {
			j++
		}
		if hanChar.MatchString(chars[i]) {
			tokens = append(tokens, cutHanByDefinition(m, chars[i:j])...)
		} else {
			text, at := strings.Join(chars[i:j], ""), 0
			for _, span := range latin.FindAllStringIndex(text, -1) {
				tokens = append(tokens, text[at:span[0]], text[span[0]:span[1]])
				at = span[1]
			}
			tokens = append(tokens, text[at:])
		}
		i = j
	}
	kept := tokens[:0]
	for _, t := range tokens {
		if t != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

func cutHanByDefinition(m *model, chars []string) []string {
	start := map[byte]float64{'B': startB, 'E': startE, 'M': startM, 'S': startS}
	before := map[byte]string{'B': "ES", 'E': "BM", 'M': "BM", 'S': "ES"}
	trans := map[string]float64{
		"BE": transBE, "BM": transBM, "EB": transEB, "ES": transES,
		"ME": transME, "MM": transMM, "SB": transSB, "SS": transSS,
	}
	emit := func(k, state int) float64 {
		r, _ := utf8.DecodeRuneInString(chars[k])
		return m.emits[m.codes[r]-lastASCII][state]
	}
	prob, path := map[byte]float64{}, map[byte]string{}
	for k := range chars {
		newProb, newPath := map[byte]float64{}, map[byte]string{}
		for state, y := range []byte("BEMS") {
			if k == 0 {
				newProb[y], newPath[y] = start[y]+emit(k, state), string(y)
				continue
			}
			first := true
			for _, x := range []byte(before[y]) { // in rising order: the later wins a tie
				p := prob[x] + trans[string([]byte{x, y})] + emit(k, state)
				if first || p >= newProb[y] {
					newProb[y], newPath[y] = p, path[x]+string(y)
				}
				first = false
			}
		}
		prob, path = newProb, newPath
	}
	states := path['E']
	if prob['S'] >= prob['E'] {
		states = path['S']
	}
	var tokens []string
	token := ""
	for k, c := range chars {
		token += c
		if states[k] == 'E' || states[k] == 'S' {
			tokens = append(tokens, token)
			token = ""
		}
	}
	return tokens
}
