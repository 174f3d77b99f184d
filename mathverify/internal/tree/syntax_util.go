package tree

// Written returns num/den, den > 0, as written with n digits behind the point:
// a Decimal without big numbers.
func Written(num, den int64, n int) *Node {
	a, b := num, den
	for b != 0 {
		a, b = b, a%b
	}
	if a < 0 {
		a = -a
	}
	if a > 1 {
		num, den = num/a, den/a
	}
	return &Node{Op: Number, num: num, den: den, Digits: n}
}
