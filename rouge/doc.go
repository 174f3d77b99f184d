// Package rouge computes ROUGE scores of a text against a reference, exactly
// as three definitions in use give them, and in time close to that of reading
// the text.
//
//   - UnionLCS is rouge-l of the Python package rouge 1.0.1: texts in, the set
//     of words on the longest common subsequences of all sentence pairs.
//   - L is the sequence score: the longest common subsequence of two token
//     lists, where repeated tokens count as often as they occur.
//   - Tokenize, N, L and LSum are rouge1 to rouge9, rougeL and rougeLsum of the
//     Python package rouge-score 0.1.2, with its tokenizer and its stemmer.
//
// In every score the reference comes first:
//
//	Precision = matched / size of the hypothesis
//	Recall    = matched / size of the reference
//
// # How it is fast
//
// Rows of the longest-common-subsequence table are bit vectors, 64 reference
// words to a machine word (Hyyrö, "Bit-parallel LCS-length computation
// revisited", AWOCA 2004). Where a particular subsequence is asked for, not
// only its length, each column records the machine words that it changed, and
// the back-trace undoes them one column at a time; see bits.go.
//
// # Work and memory
//
// The longest common subsequence takes up to n·m/64 machine operations. The
// functions with a budget count these and return ErrBudget when it is spent;
// nothing depends on the clock, so a given input always ends the same way. The
// rest is linear in the length of the texts. Scratch memory is pooled, and all
// functions may be called from any number of goroutines.
//
// Strings may hold any bytes. Invalid UTF-8 and surrogates stored as three
// bytes are ordinary parts of a word.
package rouge
