// Package mvtext finds the answers in a text as Math-Verify 0.8.0 does, up to
// the point where a string is handed to the symbolic parser.
//
// [Candidates] yields the matches in the order in which the reference tries
// them; [NormalizeLatex] and [BoxedContent] rewrite a LaTeX match into the
// string that is parsed. Nothing here decides whether a string is an answer.
//
// The reference runs backtracking regular expressions, some of which take
// minutes on a short hostile text. This package computes what they mean, with
// hand-written scanners in time linear in the text; where the reference would
// run into its alarm, the answer is the one it would have given without it.
//
// Texts are sequences of code points. A byte that is not valid UTF-8 counts as
// one code point of no particular class.
//
// Source: https://github.com/huggingface/Math-Verify version 0.8.0 and
// https://github.com/huggingface/latex2sympy2_extended version 1.10.2.
package mvtext
