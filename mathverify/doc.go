// Package mathverify decides whether a mathematical answer is right.
//
// [Match] is the short way: it finds the final answer of a response and compares
// it with the gold answer. [Options.Check] tells how: which answers were found
// and read, the verdict, and the rule that decided. [Extract], [Parse] and
// [Verify] are its parts.
//
// A verdict is one of three: [Equal], [Different], or [Undecided] when no rule
// can tell. Undecided is never folded into Different, so that a trainer can mask
// such samples, and nothing is Equal because it looks so to some digits: a wrong
// Equal is a reward for a wrong answer.
//
// The zero [Options] are the strict rules of this package. Other presets
// reproduce graders that people compare with: [MathVerify] and [GoLongRL], which
// accept and refuse what Math-Verify 0.8.0 and the released reward accept and
// refuse, and the string rules of Hendrycks, Minerva, PRM800K, prime_math, Qwen
// and DocMath.
//
// Every function is pure and safe for concurrent use. Work is bounded by a
// budget of steps and never by time: the same texts get the same verdict on every
// machine, thread and load.
package mathverify
