// Package jieba cuts Chinese text into words exactly as the Python package
// jieba 0.42.1 does in its precise mode with the hidden Markov model on:
// jieba.cut(s, cut_all=False, HMM=True) with the dictionary it ships and no
// user words.
//
// A text falls into blocks, the longest runs of U+4E00 to U+9FD5, ASCII letters
// and digits and the signs # % & + - . _ ; between blocks every character is a
// token, except that CR LF is one. A block of n characters is cut in two steps.
//
//  1. Over all ways to write it as dictionary words, take the most probable:
//
//     route[n] = 0
//     route[i] = max over words c[i:j] of (log f(c[i:j]) - log F) + route[j]
//
//     where f is a word's frequency and F the sum of all; of equal sums the
//     longest word wins. A position at which no word starts counts as a word
//     of one character and frequency 1.
//
//  2. Each longest run of one-character words is looked at again, unless the
//     whole run is itself a dictionary word: its han part goes through a
//     hidden Markov model with the states begin, middle, end and single, whose
//     Viterbi path places the cuts; its ASCII part is cut into numbers and
//     names by the pattern [a-zA-Z0-9]+(\.\d+)?%? .
//
// Sums are taken in the reference's order in float64 over the reference's own
// logarithms, so ties break as there and the cuts are the same on every
// platform.
//
// A character is a code point; a lone surrogate stored as three bytes (ED A0 80
// to ED BF BF) is one character, and so is each byte that is not part of valid
// UTF-8. The tokens of a text, put together, are the text.
//
// The tables are loaded by the first call: a program that never cuts pays for
// 1.2 MB of its binary and nothing else. They come from jieba, Copyright (c)
// 2013 Sun Junyi, MIT licence, in data/LICENSE.
//
// Source: jieba 0.42.1, Tokenizer.cut and jieba.finalseg.cut.
package jieba

import (
	"slices"
	"sync"
)

// AppendCut appends the words of s to dst and returns it. The words are
// substrings of s: their text is not copied, and they keep s alive. An empty s
// has no words. AppendCut may be called from any number of goroutines.
//
// Source: jieba 0.42.1, jieba.cut(s, cut_all=False).
func AppendCut(dst []string, s string) []string {
	if s == "" {
		return dst
	}
	c := newCutter()
	for start := 0; start < len(s); {
		ends := c.next(s, start)
		dst = slices.Grow(dst, len(ends))
		for _, end := range ends {
			dst = append(dst, s[start:end])
			start = end
		}
	}
	c.free()
	return dst
}

// AppendJoined appends the words of s to dst with a single space between each
// two and returns it: the text that a metric over space-separated words reads.
// A space in s is a word of its own, so "a b" becomes "a   b" with three
// spaces. AppendJoined may be called from any number of goroutines.
//
// Source: jieba 0.42.1, " ".join(jieba.cut(s)).
func AppendJoined(dst []byte, s string) []byte {
	if s == "" {
		return dst
	}
	c := newCutter()
	for start := 0; start < len(s); {
		ends := c.next(s, start)
		dst = slices.Grow(dst, ends[len(ends)-1]-start+len(ends))
		for _, end := range ends {
			if start > 0 {
				dst = append(dst, ' ')
			}
			dst = append(dst, s[start:end]...)
			start = end
		}
	}
	c.free()
	return dst
}

// Load loads the tables now instead of in the first call that cuts. Later calls
// do nothing.
func Load() { tables() }

// tables returns the model, which the first caller builds while others wait.
var tables = sync.OnceValue(loadEmbedded)
