// Package parquet reads rollouts from Parquet files, in the same schemas as
// [rollout] reads them from lines of JSON.
//
// A row becomes the JSON text that a JSON file would hold in its place, and
// takes the same way from there: what is an error there is one here. Only the
// columns that hold fields in use are read, so that prompts cost nothing, and
// one page of each column is in memory at a time.
//
// Columns become JSON thus:
//
//	group                      object
//	LIST, repeated             list
//	MAP                        object
//	null                       null
//	BOOLEAN                    true, false
//	integers, dates and times  number, as stored
//	FLOAT, DOUBLE, FLOAT16     number, NaN, Infinity
//	DECIMAL                    number with its fraction
//	UUID                       string
//	other bytes                string; bytes that are not UTF-8 are an error
//
// A damaged file gives errors and not panics. The library behind this package
// panics on some; they are caught here, the only place in this module where
// that is done, since both the code and the data are foreign.
//
// Source: Apache Parquet format 2.11, LogicalTypes.md; record assembly after
// Melnik et al., "Dremel", VLDB 2010, section 4.
package parquet
