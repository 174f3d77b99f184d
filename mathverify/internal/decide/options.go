package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/scalar"
)

// Options say which differences do not count. The zero value is strict: exact,
// symmetric, and with only those coercions between kinds that the rules of this
// package name.
type Options struct {
	// Scalar says how single values compare: the base of a bare \log, a
	// relative tolerance.
	Scalar scalar.Options

	// FoldCase reads upper-case symbols as lower-case ones.
	FoldCase bool
	// IgnoreUnits compares the numbers of quantities only.
	IgnoreUnits bool
	// IgnorePercent reads n% as n when n/100 does not fit.
	IgnorePercent bool
	// OrderedLists compares lists item by item, in the order written.
	OrderedLists bool
	// TupleAsSet ignores the brackets around values: (1,2), [1,2], {1,2} and
	// 1,2 are the same set.
	TupleAsSet bool
	// RenameVariables makes answers equal that differ in the names of their
	// variables only, taken in alphabetical order.
	RenameVariables bool
	// NoSolutionSets keeps relations apart from the sets of their solutions.
	NoSolutionSets bool
	// DropNames compares "x=1, y=2" with "1, 2" by values alone.
	DropNames bool
	// MergeLists drops repeated values from lists: 1,1,2 is 1,2.
	MergeLists bool
}
