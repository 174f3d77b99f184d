// Package tri holds the three-valued verdict that the packages below share.
package tri

// Verdict is the outcome of a comparison.
type Verdict uint8

const (
	Undecided Verdict = iota // the rules cannot tell
	Different                // proven to differ
	Equal                    // proven to be the same
)

// String returns "undecided", "different" or "equal".
func (v Verdict) String() string {
	return [...]string{"undecided", "different", "equal"}[v]
}

// And is the verdict on two comparisons that must both hold.
func And(a, b Verdict) Verdict {
	switch {
	case a == Different || b == Different:
		return Different
	case a == Equal && b == Equal:
		return Equal
	}
	return Undecided
}

// Or is the verdict on two comparisons of which one must hold.
func Or(a, b Verdict) Verdict {
	switch {
	case a == Equal || b == Equal:
		return Equal
	case a == Different && b == Different:
		return Different
	}
	return Undecided
}
