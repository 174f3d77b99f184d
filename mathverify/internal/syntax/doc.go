// Package syntax reads one answer, written in LaTeX, plain text or Unicode
// mathematics, into a tree.
//
// The lexer makes tokens on demand and without allocation; the parser is a
// recursive descent that looks at most one token ahead, except for a few
// bounded look-aheads on the bytes that follow. Both take linear time.
//
// The printers in package tree write what Parse reads back to the same tree.
package syntax
