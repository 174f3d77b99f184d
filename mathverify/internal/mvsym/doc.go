// Package mvsym reproduces how Math-Verify 0.8.0 understands and compares
// answers: the grammar of latex2sympy2_extended 1.10.2, the objects that sympy
// 1.14.0 would build from it, and the comparison rules on top, with the verdicts
// that are wrong left as they are.
//
// The objects are kept as written ([Value] is what sympy calls an unevaluated
// expression); a comparison evaluates them with the exact and interval
// arithmetic of the packages beside this one instead of sympy. Where sympy would
// have used its clock, the step budget decides, and a comparison that runs out
// is not equal. testdata/deviations.md lists what is known to differ.
package mvsym
