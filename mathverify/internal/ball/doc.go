// Package ball does rigorous arithmetic on real and complex balls: a midpoint
// of arbitrary precision with a radius that is always rounded up.
//
// A [Real] stands for every number within its radius of its midpoint. If the
// operands of a function contain numbers x and y, its result contains the exact
// mathematical result at x and y, at every precision:
//
//	x in a, y in b  implies  x*y in Mul(a, b, prec)
//
// The precision says how much work to spend and how tight the result is; it
// never decides whether the result is right. What a ball proves is therefore
// one-sided. Two balls that do not overlap hold different numbers; two balls
// that overlap prove nothing at any precision.
//
// The zero value of Real is the exact number 0, and a result of radius zero is
// exact. A ball whose bounds were lost (an exponent beyond ±2^28, mostly) is
// unbounded: it contains the whole line, and every function accepts it. A
// function whose value is not defined on the whole of its operand returns
// false.
//
// Nothing here panics on data, takes time that depends on anything but the
// precision and the operands' sizes, or keeps state that a result depends on.
// All of it may be used by many goroutines at once. Precisions are taken into
// the range [MinPrec, MaxPrec].
//
// [Fast] is the same idea in three float64: it settles most inequalities in
// well under a microsecond and leaves the rest to Real and Complex.
package ball
