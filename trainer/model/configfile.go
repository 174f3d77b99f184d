package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"

	"github.com/golongrl/golongrl/trainer/safetensors"
)

// A ConfigFile is a config.json of Hugging Face transformers: the shape, and
// all fields as they were read, so that what the shape does not say, such as
// eos_token_id, survives loading and saving.
type ConfigFile struct {
	Config Config
	Fields map[string]json.RawMessage // nil: a new file
}

// maxConfig bounds a config.json.
const maxConfig = 16 << 20

// ReadConfig reads a config.json with model_type "qwen3". Both spellings of
// transformers are read, that of 4.51 (rope_theta, rope_scaling) and that of 5
// (rope_parameters). Fields that may be absent have the defaults of its
// Qwen3Config: head_dim 128 and not hidden_size/num_attention_heads, rope_theta
// 10000, rms_norm_eps 1e-6, max_position_embeddings 32768, no tied head. The
// sizes must be there.
//
// A field that asks for a computation that is not supported, such as another
// rope_type, a sliding window, biases or experts, is an error that names it;
// there is one error, joined, for each such field.
//
// Source: transformers 4.51.3 and 5.23.0, models/qwen3/configuration_qwen3.py
// and modeling_rope_utils.py.
func ReadConfig(r io.Reader) (*ConfigFile, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil {
		return nil, fmt.Errorf("model: config.json: %w", err)
	}
	if len(b) > maxConfig {
		return nil, fmt.Errorf("model: config.json has more than %d bytes", maxConfig)
	}
	f := &ConfigFile{}
	if err := json.Unmarshal(b, &f.Fields); err != nil {
		return nil, fmt.Errorf("model: config.json: %w", err)
	}
	if f.Fields == nil {
		return nil, errors.New("model: config.json is null")
	}
	p := &fields{m: f.Fields}
	p.checkKind()
	if p.errs == nil { // other kinds have other fields
		f.Config = p.config()
		p.checkParts()
	}
	if err := errors.Join(p.errs...); err != nil {
		return nil, err
	}
	if err := f.Config.Validate(); err != nil {
		return nil, fmt.Errorf("%w (in config.json)", err)
	}
	return f, nil
}

// OpenConfig reads a config.json, or that of a model's folder. Errors name the
// file.
func OpenConfig(path string) (*ConfigFile, error) {
	if s, err := os.Stat(path); err == nil && s.IsDir() {
		path = filepath.Join(path, "config.json")
	}
	if s, err := os.Stat(path); err == nil && !s.Mode().IsRegular() { // opening a pipe would wait
		return nil, fmt.Errorf("model: %s is no regular file", path)
	}
	r, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	defer r.Close()
	f, err := ReadConfig(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Write writes a config.json for weights of the given type that transformers
// from 4.51, vLLM and SGLang read. Fields that f was read with and that Config
// and dtype do not determine are kept.
func (f *ConfigFile) Write(w io.Writer, dtype safetensors.DType) error {
	c := f.Config
	if err := c.Validate(); err != nil {
		return err
	}
	name, ok := map[safetensors.DType]string{safetensors.F32: "float32", safetensors.BF16: "bfloat16"}[dtype]
	if !ok {
		return fmt.Errorf("model: cannot write weights as %s", dtype)
	}
	out := map[string]any{}
	if f.Fields == nil {
		maps.Copy(out, map[string]any{
			"attention_bias": false, "attention_dropout": 0.0, "hidden_act": "silu", "initializer_range": 0.02, "use_cache": true,
			"use_sliding_window": false, "sliding_window": nil, "max_window_layers": c.Layers, "rope_scaling": nil,
		})
	}
	for k, v := range f.Fields {
		out[k] = v
	}
	if _, ok := out["layer_types"]; ok {
		types := make([]string, c.Layers)
		for l := range types {
			types[l] = fullAttention
		}
		out["layer_types"] = types
	}
	maps.Copy(out, map[string]any{
		"architectures": []string{architecture}, "model_type": modelType,
		"vocab_size": c.Vocab, "hidden_size": c.Hidden, "num_hidden_layers": c.Layers, "num_attention_heads": c.Heads,
		"num_key_value_heads": c.KVHeads, "head_dim": c.HeadDim, "intermediate_size": c.MLP, "rms_norm_eps": c.NormEps,
		"tie_word_embeddings": c.Tied, "max_position_embeddings": c.MaxLen,
		// The older names and the newer ones; each reader ignores the other.
		"rope_theta": c.RopeTheta, "rope_parameters": map[string]any{"rope_theta": c.RopeTheta, "rope_type": "default"},
		"torch_dtype": name, "dtype": name,
	})
	var b bytes.Buffer
	enc := json.NewEncoder(&b) // which sorts the names
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("model: config.json: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// StopTokens returns the tokens that end a response: eos_token_id of
// generation_config.json in a model's folder or, where that file or the field is
// absent, of config.json; nil if neither has it.
func StopTokens(dir string) ([]int32, error) {
	for _, name := range []string{"generation_config.json", "config.json"} {
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
		ids, err := eosTokens(b)
		if err != nil {
			return nil, fmt.Errorf("model: %s: %w", path, err)
		}
		if ids != nil {
			return ids, nil
		}
	}
	return nil, nil
}

func eosTokens(b []byte) ([]int32, error) {
	var v struct {
		EOS json.RawMessage `json:"eos_token_id"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, err
	}
	if v.EOS == nil || string(v.EOS) == "null" {
		return nil, nil
	}
	var one int32
	var ids []*int32
	if json.Unmarshal(v.EOS, &one) == nil {
		ids = []*int32{&one}
	} else if err := json.Unmarshal(v.EOS, &ids); err != nil {
		return nil, fmt.Errorf("eos_token_id is %s, and must be a token or a list of tokens", v.EOS)
	}
	var out []int32
	for _, id := range ids {
		if id == nil || *id < 0 {
			return nil, fmt.Errorf("eos_token_id is %s, and must be a token or a list of tokens", v.EOS)
		}
		out = append(out, *id)
	}
	return out, nil
}
