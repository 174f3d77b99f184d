// Package scalar decides whether two expressions have the same value.
//
// [Equal] climbs a ladder, cheapest step first: trees written alike, exact
// rationals, a float64 filter that can only tell values apart, exact canonical
// forms that can only prove them equal, interval evaluation, separation bounds
// and randomised identity tests. What no step decides is undecided, and the rule
// says why.
package scalar
