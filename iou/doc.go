// Package iou scores tables by multiset intersection over union of their rows.
//
//	IoU = |P ∩ G| / (|P| + |G| - |P ∩ G|)
//
// with P the predicted rows, G the gold rows, and repeated rows counted as
// often as they occur on both sides.
//
// [Rows] works on row keys of any origin. [Reference] is the released GoLongRL
// reward: rows are Python values compared by their str(), and column names are
// ignored. [Tables] is the strict form: a row is a map from column name to
// cell, so the order of columns is irrelevant, and numbers compare as exact
// decimals. [ParseTable] reads a strict table from JSON.
//
// Every function is pure and safe for concurrent use, and every score is
// symmetric in its two tables.
package iou
