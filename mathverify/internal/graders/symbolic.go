package graders

import (
	"errors"
	"strings"
)

// Symbolic decides whether two expressions are equal, in place of the sympy
// call of an original. ok is false if it cannot tell. Which syntax a and b are
// in depends on the grader.
type Symbolic func(a, b string) (equal, ok bool)

// ErrUndecided reports an outcome that depends on a symbolic step which nobody
// could decide, or on Python code that is not evaluated here.
var ErrUndecided = errors.New("graders: the outcome depends on a symbolic step that was not decided")

// ErrLimit reports an input that needs more work than a verdict may cost.
var ErrLimit = errors.New("graders: the input is too large for this grader")

// The work of one verdict: bytes looked at, and a charge for each comparison
// of parts.
const (
	maxText  = 1 << 17 // of gold and answer together, after extraction
	maxWork  = 6 << 20
	partWork = 256
	// Beyond maxDepth nested brackets the originals get near Python's
	// recursion limit, which depends on who calls them.
	maxDepth = 200
)

// asker carries the symbolic steps of one pass over a pair.
type asker struct {
	sym     Symbolic
	assume  bool // the answer taken where sym has none
	assumed bool // it was taken at least once
	work    int
	limited bool
}

func (k *asker) ask(a, b string) bool {
	if k.sym != nil {
		if equal, ok := k.sym(a, b); ok {
			return equal
		}
	}
	return k.suppose()
}

// askText is ask of two texts that sympy reads, which for two short decimals
// can only say whether their values are the same.
func (k *asker) askText(a, b string) bool {
	if k.sym != nil {
		if equal, ok := k.sym(a, b); ok {
			return equal
		}
	}
	x, ok1 := shortDecimal(a)
	y, ok2 := shortDecimal(b)
	if ok1 && ok2 {
		return x == y
	}
	return k.suppose()
}

// shortDecimal returns the shortest spelling of a decimal of at most 15 digits,
// which a float holds apart from all others.
func shortDecimal(s string) (string, bool) {
	digits := strings.TrimPrefix(s, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if len(digits) > 15 || !isCanonicalInt(whole) || point && (fraction == "" || digitsEnd(fraction, 0) != len(fraction)) {
		return "", false
	}
	if point {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return s, true
}

func (k *asker) suppose() bool {
	k.assumed = true
	return k.assume
}

// spend charges n for work to be done and reports whether the rest suffices.
func (k *asker) spend(n int) bool {
	k.work += n
	if k.work > maxWork {
		k.limited = true
	}
	return !k.limited
}

// decide runs a monotone rule that is reflexive: first with every open step
// taken as unequal, then, if that matters, as equal.
func decide(gold, answer string, sym Symbolic, rule func(k *asker) (bool, error)) (bool, error) {
	switch {
	case gold == answer:
		return true, nil
	case len(gold)+len(answer) > maxText:
		return false, ErrLimit
	}
	k := asker{sym: sym}
	equal, err := rule(&k)
	switch {
	case k.limited:
		return false, ErrLimit
	case !k.assumed || equal && err == nil:
		return equal, err
	}
	k = asker{sym: sym, assume: true}
	if most, err := rule(&k); err == nil && !k.limited && !most {
		return false, nil
	}
	return false, ErrUndecided
}
