// Package model describes Qwen3 dense decoders: their shape, the tensors they
// consist of, and the files that Hugging Face, vLLM and SGLang keep them in.
package model

import (
	"fmt"
	"math"
)

// A Config is the shape of a Qwen3 dense decoder. The names in the comments are
// those of config.json.
type Config struct {
	Vocab     int     // vocab_size
	Hidden    int     // hidden_size
	Layers    int     // num_hidden_layers
	Heads     int     // num_attention_heads
	KVHeads   int     // num_key_value_heads; divides Heads
	HeadDim   int     // head_dim, even; not Hidden/Heads in general
	MLP       int     // intermediate_size
	RopeTheta float64 // rope_theta
	NormEps   float64 // rms_norm_eps
	Tied      bool    // tie_word_embeddings: the head is the embedding
	MaxLen    int     // max_position_embeddings
}

// Bounds of what a folder may claim to hold. The total is below what would
// overflow an int, on machines of 32 bits too.
const (
	maxLayers     = 1 << 16
	maxParameters = min(1<<40, math.MaxInt/2)
)

// Validate says which size is impossible. So is a model of more than 2^40
// parameters, or of half of what an int can count.
func (c Config) Validate() error {
	for _, s := range []struct {
		name string
		n    int
	}{
		{"vocab_size", c.Vocab}, {"hidden_size", c.Hidden}, {"num_hidden_layers", c.Layers}, {"num_attention_heads", c.Heads},
		{"num_key_value_heads", c.KVHeads}, {"head_dim", c.HeadDim}, {"intermediate_size", c.MLP}, {"max_position_embeddings", c.MaxLen},
	} {
		if s.n <= 0 || s.n > 1<<30 {
			return fmt.Errorf("model: %s is %d", s.name, s.n)
		}
	}
	switch {
	case c.Layers > maxLayers:
		return fmt.Errorf("model: num_hidden_layers is %d, more than %d", c.Layers, maxLayers)
	case c.parameters() > maxParameters:
		return fmt.Errorf("model: these sizes make %.3g parameters, more than %.3g", c.parameters(), float64(maxParameters))
	case c.Heads%c.KVHeads != 0:
		return fmt.Errorf("model: num_attention_heads %d is no multiple of num_key_value_heads %d", c.Heads, c.KVHeads)
	case c.HeadDim%2 != 0:
		return fmt.Errorf("model: head_dim %d is odd; rotary embeddings turn pairs", c.HeadDim)
	case !(c.RopeTheta > 0):
		return fmt.Errorf("model: rope_theta is %v", c.RopeTheta)
	case !(c.NormEps >= 0):
		return fmt.Errorf("model: rms_norm_eps is %v", c.NormEps)
	}
	return nil
}

// parameters is what [Config.Size] is, where that overflows too; exact below 2^53.
func (c Config) parameters() float64 {
	hidden, head, mlp := float64(c.Hidden), float64(c.HeadDim), float64(c.MLP)
	heads := 2*float64(c.Heads) + 2*float64(c.KVHeads) // of queries and output, keys and values
	n := float64(c.Vocab)*hidden + hidden + float64(c.Layers)*(2*hidden+2*head+heads*head*hidden+3*mlp*hidden)
	if !c.Tied {
		n += float64(c.Vocab) * hidden
	}
	return n
}

// QDim returns Heads HeadDim, the width of the queries.
func (c Config) QDim() int { return c.Heads * c.HeadDim }

// KVDim returns KVHeads HeadDim, the width of the keys.
func (c Config) KVDim() int { return c.KVHeads * c.HeadDim }
