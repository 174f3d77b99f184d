// Package approx puts rigorous bounds around the values of scalar trees and draws
// the conclusions that bounds allow: that two expressions differ, that a number
// is zero, which of two numbers is greater.
//
// Values come in three strengths. [Rational] is exact. [EvalFast] encloses a
// value in float64 arithmetic and is the cheap way to see a difference. [Eval]
// encloses it to any number of bits.
//
// An enclosure alone can only tell numbers apart. For equality the package uses
// two further facts. A number built from rationals by arithmetic, roots and roots
// of unity cannot be closer to zero than its separation bound unless it is zero
// ([Zero]). And an identity in several independent quantities that holds at
// random points of a large set holds everywhere, up to a stated probability
// ([Identical]).
//
// # Values
//
// Variables are real. Odd roots of negative reals are real, also when written as
// a power with an odd denominator; every other root, power and logarithm takes its
// principal value. A value is real-defined when everything below it is real too.
//
// # Work
//
// Every function charges the budget for what it does, and sizes are checked
// before powers, factorials and binomials are computed.
package approx
