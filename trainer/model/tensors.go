package model

import "fmt"

// A Tensor is one parameter tensor of a policy.
type Tensor struct {
	Name   string // as in the safetensors files of Hugging Face
	Shape  []int  // row-major; a projection is [out, in]
	Offset int    // of its first element in the flat parameter vector
	Decay  bool   // weight decay applies: matrices, not the weights of norms
	Norm   bool   // weight of an RMSNorm, initially 1
}

// Len returns the number of elements.
func (t Tensor) Len() int {
	n := 1
	for _, s := range t.Shape {
		n *= s
	}
	return n
}

// Tensors lists the parameters in the order of the flat vector that holds them
// all. q_proj, k_proj and v_proj of a layer lie behind one another, so that they
// are one matrix of QDim + 2 KVDim rows; so do gate_proj and up_proj.
func (c Config) Tensors() []Tensor {
	var ts []Tensor
	offset := 0
	add := func(name string, shape ...int) {
		t := Tensor{Name: name, Shape: shape, Offset: offset, Decay: len(shape) > 1, Norm: len(shape) == 1}
		offset += t.Len()
		ts = append(ts, t)
	}
	add("model.embed_tokens.weight", c.Vocab, c.Hidden)
	for l := range c.Layers {
		p := fmt.Sprintf("model.layers.%d.", l)
		add(p+"input_layernorm.weight", c.Hidden)
		add(p+"self_attn.q_proj.weight", c.QDim(), c.Hidden)
		add(p+"self_attn.k_proj.weight", c.KVDim(), c.Hidden)
		add(p+"self_attn.v_proj.weight", c.KVDim(), c.Hidden)
		add(p+"self_attn.q_norm.weight", c.HeadDim)
		add(p+"self_attn.k_norm.weight", c.HeadDim)
		add(p+"self_attn.o_proj.weight", c.Hidden, c.QDim())
		add(p+"post_attention_layernorm.weight", c.Hidden)
		add(p+"mlp.gate_proj.weight", c.MLP, c.Hidden)
		add(p+"mlp.up_proj.weight", c.MLP, c.Hidden)
		add(p+"mlp.down_proj.weight", c.Hidden, c.MLP)
	}
	add("model.norm.weight", c.Hidden)
	if !c.Tied {
		add("lm_head.weight", c.Vocab, c.Hidden)
	}
	return ts
}

// Size returns the number of parameters.
func (c Config) Size() int {
	ts := c.Tensors()
	last := ts[len(ts)-1]
	return last.Offset + last.Len()
}
