package dataset

import (
	"fmt"
	"os"

	"github.com/golongrl/golongrl/internal/tokenizer"
)

// A Tokenizer is a tokenizer.json of the byte-level BPE family (Qwen, Llama 3,
// GPT-2 and their kin). It is an [Encoder], and a decoder of rollouts. Any number
// of goroutines may use it.
type Tokenizer struct{ t *tokenizer.Tokenizer }

// OpenTokenizer reads the tokenizer.json at path. A file with a part that is not
// known is refused, and the error names the part.
func OpenTokenizer(path string) (*Tokenizer, error) {
	if err := regular(path); err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	t, err := tokenizer.LoadFile(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", path, err)
	}
	return &Tokenizer{t}, nil
}

// regular refuses pipes and devices, which may never end, before they are opened,
// which may wait. What cannot be looked at, opening says.
func regular(path string) error {
	if s, err := os.Stat(path); err == nil && !s.IsDir() && !s.Mode().IsRegular() {
		return fmt.Errorf("%s: no regular file, but a pipe or a device: give a file on disk", path)
	}
	return nil
}

// Encode returns the tokens of text.
func (t *Tokenizer) Encode(text string) []int32 {
	ids := t.t.Encode(text)
	out := make([]int32, len(ids))
	for i, id := range ids {
		out[i] = int32(id)
	}
	return out
}

// Decode returns the text of tokens without special tokens. Tokens that are not
// known are left out.
func (t *Tokenizer) Decode(tokens []int32) string {
	ids := make([]int, len(tokens))
	for i, id := range tokens {
		ids[i] = int(id)
	}
	return t.t.DecodeSkip(ids)
}

// ID returns the token that the file spells so, such as "<|im_end|>".
func (t *Tokenizer) ID(token string) (id int32, ok bool) {
	n, ok := t.t.ID(token)
	return int32(n), ok
}

// Size returns the number of tokens. A model's vocabulary may be larger.
func (t *Tokenizer) Size() int { return t.t.Size() }

// SHA256 returns the hash of the file in hexadecimal.
func (t *Tokenizer) SHA256() string { return t.t.SHA256() }
