package jieba

// The hidden Markov model's constants, natural logarithms, by the letters of
// the states: B begin, M middle, E end, S single.
//
// Source: jieba 0.42.1, finalseg/prob_start.py and finalseg/prob_trans.py.
const (
	minProb = -3.14e100 // stands for a probability of 0

	startB = -0.26268660809250016
	startE = minProb
	startM = minProb
	startS = -1.4652633398537678

	transBE = -0.510825623765990
	transBM = -0.916290731874155
	transEB = -0.5897149736854513
	transES = -0.8085250474669937
	transME = -0.33344856811948514
	transMM = -1.2603623820268226
	transSB = -0.7211965654669841
	transSS = -0.6658631448798212
)

// States by index into emits, in the order of the table file.
const (
	stateB = iota
	stateE
	stateM
	stateS
)

// Back pointers, one bit for each state a character may be in: every state can
// follow two others, and the bit says that it was the one with the later
// letter, which also wins a tie.
const (
	fromS = 1 << stateB // B came from S, not E
	fromM = 1 << stateE // E came from M, not B
	stayM = 1 << stateM // M came from M, not B
	stayS = 1 << stateS // S came from S, not E
)

// cutRun stores in c.ends from index t on the ends of the words of the characters
// [i, j) of the piece, two and more, all of which the best route takes one by
// one, and returns the index after the last.
func (c *cutter) cutRun(i, j, t int) int {
	if c.isWord(i, j) {
		return t + copy(c.ends[t:], c.offs[i+1:j+1])
	}
	for i < j {
		k := i
		if c.codes[i] > lastASCII {
			for k < j && c.codes[k] > lastASCII {
				k++
			}
			t = c.cutHan(i, k, t)
		} else {
			for k < j && c.codes[k] <= lastASCII {
				k++
			}
			t = c.cutASCII(i, k, t)
		}
		i = k
	}
	return t
}

// cutASCII cuts the ASCII characters [i, j) at the matches of
// [a-zA-Z0-9]+(\.\d+)?%? , keeping what lies between two matches together. It
// stores like cutRun.
func (c *cutter) cutASCII(i, j, t int) int {
	codes, offs, ends := c.codes, c.offs, c.ends
	for i < j {
		if codes[i] > lastAlnum {
			for i < j && codes[i] > lastAlnum {
				i++
			}
		} else {
			for i < j && codes[i] <= lastAlnum {
				i++
			}
			if i+1 < j && codes[i] == dotCode && codes[i+1] <= lastDigit {
				for i++; i < j && codes[i] <= lastDigit; {
					i++
				}
			}
			if i < j && codes[i] == percentCode {
				i++
			}
		}
		ends[t] = offs[i]
		t++
	}
	return t
}

// cutHan cuts the han characters [i, j) after every one that the most probable
// sequence of states has in E or S. A sequence always ends in one of the two. It
// stores like cutRun.
func (c *cutter) cutHan(i, j, t int) int {
	codes, path := c.codes[i:j], c.path[:j-i]
	e := &c.m.emits[codes[0]-lastASCII]
	pb, pe := startB+e[stateB], startE+e[stateE]
	pm, ps := startM+e[stateM], startS+e[stateS]
	for k := 1; k < len(codes); k++ {
		e = &c.m.emits[codes[k]-lastASCII]
		var back uint8
		// The emission is added before comparing: it can swallow a difference
		// and so make a tie.
		nb := pe + transEB + e[stateB]
		if p := ps + transSB + e[stateB]; p >= nb {
			nb = p
			back = fromS
		}
		ne := pb + transBE + e[stateE]
		if p := pm + transME + e[stateE]; p >= ne {
			ne = p
			back |= fromM
		}
		nm := pb + transBM + e[stateM]
		if p := pm + transMM + e[stateM]; p >= nm {
			nm = p
			back |= stayM
		}
		ns := pe + transES + e[stateS]
		if p := ps + transSS + e[stateS]; p >= ns {
			ns = p
			back |= stayS
		}
		pb, pe, pm, ps = nb, ne, nm, ns
		path[k] = back
	}

	state := stateE
	if ps >= pe {
		state = stateS
	}
	for k := len(path) - 1; k >= 0; k-- {
		back := path[k]
		path[k] = uint8(state)
		state = previous(state, back)
	}
	for k, state := range path {
		if state == stateE || state == stateS {
			c.ends[t] = c.offs[i+k+1]
			t++
		}
	}
	return t
}

// previous returns the state before state, given the back pointers at state.
func previous(state int, back uint8) int {
	later := back>>state&1 != 0
	switch {
	case state == stateB && later, state == stateS && later:
		return stateS
	case state == stateB, state == stateS:
		return stateE
	case later:
		return stateM
	}
	return stateB
}
