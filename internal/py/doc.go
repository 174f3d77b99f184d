// Package py gives Go code the text and JSON semantics of Python 3.11.
//
// The reference rewards are Python programs: what they lower-case, split, print and
// parse follows str, float and json.loads of that language, in its Unicode 14
// version.  This package repeats those operations exactly and without Python, so
// that a score never differs because two runtimes disagree about a space.
//
// # Strings
//
// A Python str is a sequence of code points that may hold lone surrogates, which JSON
// produces from an unpaired \ud800.  Here such a str is a Go string in generalized
// UTF-8 (WTF-8): a surrogate is stored as the three bytes its value would have, ED A0
// 80 to ED BF BF.  The mapping is one to one, so equal strings are equal strs.  No
// function panics on bytes that are not even that; such a byte counts as one
// character, belongs to no class and is copied through unchanged.
//
// # JSON
//
// [Parse] accepts exactly what json.loads of CPython 3.11 accepts, with its values
// and its error positions, and returns a tree of [Value] that shares the memory of
// the source.
//
// Source: CPython 3.11, Objects/unicodeobject.c, Objects/unicodectype.c,
// Python/pystrtod.c, Modules/_json.c.
package py
