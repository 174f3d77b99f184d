package mvsym

import "slices"

// distinct returns the values sorted by structure without duplicates.
func distinct(vs []*Value) []*Value {
	out := slices.Clone(vs)
	slices.SortStableFunc(out, compare)
	return slices.CompactFunc(out, same)
}
