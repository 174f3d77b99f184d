// Package mathverify decides whether a mathematical answer is right.
//
// [Extract] finds the final answer in the visible text of a response. [Verify]
// compares it with the gold answer and returns one of three verdicts: [Equal],
// [Different], or [Undecided] when the rules here cannot tell. Undecided is
// never folded into Different: a trainer can mask such samples.
//
// This layer knows strings, not algebra. Numbers are compared exactly, as
// rationals of any size: integers, decimals, scientific notation, fractions,
// mixed numbers, percentages. Words are compared as words. Anything symbolic is
// Equal only when both sides are written alike, and Undecided otherwise. The
// rules prefer Undecided to a guess: a wrong Equal is a reward for a wrong
// answer.
//
// Every function is pure, safe for
// concurrent use, and bounded: time is near linear in the input, and no input
// makes a large number out of a short text.
package mathverify
