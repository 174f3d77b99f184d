package ball

// Cost returns about how many steps of 20 ns an elementary function takes at a
// precision: Exp, Log, Sin, Cos, Atan, Root of a number of ordinary size.
// A division or square root is about an eighth of that, a sum or product a
// thirtieth. A complex function takes two or three times as much, a complex
// power with a complex exponent eight times, Gamma twenty times.
//
// An argument of Sin, Cos or Tan beyond 2^e, e <= 8192, costs as much as e more
// bits of precision, and so does one of Sin, Log, Sinh or Atan that is within
// 2^-e, e <= prec/2, of the function's zero.
func Cost(prec uint) int {
	p := clampPrec(prec)
	w := p/64 + 1
	// The number of multiplications grows with the cube root of the precision,
	// the price of each with the square of its words, less Karatsuba's gain.
	return 250 + halvings(p)*(w*w/12+6*w)
}
