package model

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

const (
	modelType     = "qwen3"
	architecture  = "Qwen3ForCausalLM"
	fullAttention = "full_attention"
)

// fields reads the fields of a config.json and gathers what is wrong with them.
type fields struct {
	m    map[string]json.RawMessage
	errs []error
}

func (p *fields) fail(format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("model: config.json: "+format, args...))
}

// has reports a field that is there and not null.
func (p *fields) has(name string) bool {
	v, ok := p.m[name]
	return ok && string(v) != "null"
}

// get decodes a field. It reports whether it is there; if it is not of the type
// of v, that is an error, and v is not changed.
func get[T any](p *fields, name, kind string, v *T) bool {
	if !p.has(name) {
		return false
	}
	var x T
	if err := json.Unmarshal(p.m[name], &x); err != nil {
		p.fail("%s is %.60s, and must be %s", name, p.m[name], kind)
		return false
	}
	*v = x
	return true
}

// size reads a size; absent is an error unless there is a default.
func (p *fields) size(name string, def int) int {
	if !p.has(name) {
		if def == 0 {
			p.fail("%s is missing", name)
		}
		return def
	}
	n, err := strconv.ParseInt(string(p.m[name]), 10, 32)
	if err != nil || n <= 0 {
		p.fail("%s is %.60s, and must be a positive integer", name, p.m[name])
		return 1
	}
	return int(n)
}

func (p *fields) config() Config {
	c := Config{
		Vocab: p.size("vocab_size", 0), Hidden: p.size("hidden_size", 0), Layers: p.size("num_hidden_layers", 0),
		Heads: p.size("num_attention_heads", 0), MLP: p.size("intermediate_size", 0), MaxLen: p.size("max_position_embeddings", 32768),
		RopeTheta: p.rope(), NormEps: 1e-6,
	}
	c.HeadDim = p.size("head_dim", 128)
	if _, null := p.m["head_dim"]; null && !p.has("head_dim") {
		p.fail("head_dim is null; write the width of a head")
	}
	if _, ok := p.m["num_key_value_heads"]; ok {
		c.KVHeads = p.size("num_key_value_heads", c.Heads) // null: as many
	} else {
		p.fail("num_key_value_heads is missing")
	}
	get(p, "rms_norm_eps", "a number", &c.NormEps)
	get(p, "tie_word_embeddings", "true or false", &c.Tied)
	return c
}

// rope reads theta, wherever it is, and refuses everything but plain rotary
// embeddings.
func (p *fields) rope() float64 {
	theta, found := math.NaN(), ""
	take := func(where string, v float64) {
		if found != "" && v != theta {
			p.fail("%s is %v, but %s is %v; remove the wrong one", found, theta, where, v)
		}
		theta, found = v, where
	}
	var top float64
	if get(p, "rope_theta", "a number", &top) {
		take("rope_theta", top)
	}
	p.whole("partial_rotary_factor", p.m["partial_rotary_factor"])
	for _, name := range []string{"rope_parameters", "rope_scaling"} {
		var table map[string]json.RawMessage
		if !get(p, name, "a table", &table) {
			continue
		}
		p.ropeTable(name, table, take)
	}
	if found == "" {
		return 10000
	}
	return theta
}

// ropeTable reads rope_parameters or rope_scaling.
func (p *fields) ropeTable(name string, table map[string]json.RawMessage, take func(where string, v float64)) {
	for _, k := range []string{"rope_type", "type"} {
		if v, ok := table[k]; ok && string(v) != "null" && string(v) != `"default"` {
			p.fail("%s has %s %.60s; only default is supported: remove %[1]s, which shortens the context that the model was made for, or use another model", name, k, v)
			return
		}
	}
	for _, k := range slices.Sorted(maps.Keys(table)) {
		v := table[k]
		switch {
		case string(v) == "null" || k == "rope_type" || k == "type":
		case k == "rope_theta":
			var x float64
			if json.Unmarshal(v, &x) != nil {
				p.fail("%s has rope_theta %.60s, and it must be a number", name, v)
				continue
			}
			take(name+".rope_theta", x)
		case k == "partial_rotary_factor":
			p.whole(name+"."+k, v)
		default:
			p.fail("%s has %s %.60s, which is not supported; remove it if the model does without", name, k, v)
		}
	}
}

// whole refuses rotary embeddings of a part of a head.
func (p *fields) whole(name string, v json.RawMessage) {
	var x float64
	if v == nil || string(v) == "null" || json.Unmarshal(v, &x) == nil && x == 1 {
		return
	}
	p.fail("%s is %.60s; only 1 is supported: use another model", name, v)
}

// checkKind refuses other models than Qwen3's dense causal one.
func (p *fields) checkKind() {
	var kind string
	switch {
	case !get(p, "model_type", "a string", &kind):
		if p.errs == nil {
			p.fail("model_type is missing; only %q is supported", modelType)
		}
	case kind == "qwen3_moe":
		p.fail("model_type is %q: experts are not supported; use a dense Qwen3", kind)
	case kind != modelType:
		p.fail("model_type is %q; only %q is supported", kind, modelType)
	}
	var arch []string
	if get(p, "architectures", "a list of strings", &arch) && len(arch) > 0 && !slices.Contains(arch, architecture) {
		p.fail("architectures is %q; only %q is supported", arch, architecture)
	}
}

// checkParts refuses what would change the computation.
func (p *fields) checkParts() {
	for _, r := range []struct{ name, why string }{
		{"quantization_config", "quantised weights are not supported; use the model in bfloat16"},
		{"compression_config", "quantised weights are not supported; use the model in bfloat16"},
		{"num_experts", "experts are not supported; use a dense Qwen3"},
		{"num_local_experts", "experts are not supported; use a dense Qwen3"},
		{"n_routed_experts", "experts are not supported; use a dense Qwen3"},
		{"dual_chunk_attention_config", "only plain attention is supported; remove it, which shortens the context that the model was made for"},
		{"auto_map", "the model brings its own code, which is not run; remove it if the model is a plain " + architecture},
	} {
		if p.has(r.name) {
			p.fail("%s is %.60s: %s", r.name, p.m[r.name], r.why)
		}
	}
	for _, name := range []string{"use_sliding_window", "attention_bias"} {
		var on bool
		if get(p, name, "true or false", &on) && on {
			p.fail("%s is true, which is not supported; use a model without", name)
		}
	}
	act := "silu"
	if get(p, "hidden_act", "a string", &act); act != "silu" {
		p.fail("hidden_act is %q; only silu is supported", act)
	}
	var dropout float64
	if get(p, "attention_dropout", "a number", &dropout) && dropout != 0 {
		p.fail("attention_dropout is %v, which is not supported; set it to 0", dropout)
	}
	var types []string
	if get(p, "layer_types", "a list of strings", &types) {
		for l, t := range types {
			if t != fullAttention {
				p.fail("layer_types has %q for layer %d; only %s is supported", t, l, fullAttention)
				break
			}
		}
		if n := p.size("num_hidden_layers", 1); len(types) != n {
			p.fail("layer_types has %d layers, and num_hidden_layers is %d", len(types), n)
		}
	}
}
