// Package decide compares answers of every kind: values, words, choices,
// quantities with units, lists, sets, intervals, points, matrices, ratios,
// clock times, congruences, equations, inequalities, families of solutions and
// piecewise functions.
//
// An answer is of one kind by its outermost form. Two answers of one kind are
// compared by the rule of that kind; every pair of kinds that may still mean
// the same has a rule of its own, and any other pair differs. Values inside
// are compared by package scalar.
package decide
