package model_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/safetensors"
)

// qwen06 has the fields of the published Qwen3-0.6B, as transformers 4.51 wrote
// them.
const qwen06 = `{"architectures":["Qwen3ForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"bos_token_id":151643,"eos_token_id":151645,
"head_dim":128,"hidden_act":"silu","hidden_size":1024,"initializer_range":0.02,"intermediate_size":3072,"max_position_embeddings":40960,
"max_window_layers":28,"model_type":"qwen3","num_attention_heads":16,"num_hidden_layers":28,"num_key_value_heads":8,"rms_norm_eps":1e-06,
"rope_scaling":null,"rope_theta":1000000,"sliding_window":null,"tie_word_embeddings":true,"torch_dtype":"bfloat16","transformers_version":"4.51.0",
"use_cache":true,"use_sliding_window":false,"vocab_size":151936}`

var qwen06Config = model.Config{Vocab: 151936, Hidden: 1024, Layers: 28, Heads: 16, KVHeads: 8, HeadDim: 128, MLP: 3072, RopeTheta: 1e6, NormEps: 1e-6, Tied: true, MaxLen: 40960}

// edited returns qwen06 with fields changed; a value of "" removes the field.
func edited(t testing.TB, fields ...string) string {
	t.Helper()
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(qwen06), &m); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		if delete(m, fields[i]); fields[i+1] != "" {
			m[fields[i]] = json.RawMessage(fields[i+1])
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReadConfig(t *testing.T) {
	change := func(f func(*model.Config)) model.Config { c := qwen06Config; f(&c); return c }
	for _, test := range []struct {
		fields []string
		want   model.Config
	}{
		{nil, qwen06Config},
		// What Qwen3Config of both versions fills in.
		{[]string{"head_dim", "", "rms_norm_eps", "", "max_position_embeddings", "", "rope_theta", "", "rope_scaling", "", "tie_word_embeddings", "", "hidden_act", "", "architectures", ""},
			change(func(c *model.Config) { c.RopeTheta, c.MaxLen, c.Tied = 10000, 32768, false })},
		{[]string{"num_key_value_heads", "null"}, change(func(c *model.Config) { c.KVHeads = 16 })},
		{[]string{"head_dim", "64"}, change(func(c *model.Config) { c.HeadDim = 64 })},
		// The spelling of version 5.
		{[]string{"rope_theta", "", "rope_parameters", `{"rope_theta":5e6,"rope_type":"default"}`}, change(func(c *model.Config) { c.RopeTheta = 5e6 })},
		{[]string{"rope_parameters", `{"rope_theta":1000000.0,"type":"default","partial_rotary_factor":1.0,"factor":null}`}, qwen06Config},
		{[]string{"rope_scaling", `{"rope_type":"default"}`}, qwen06Config},
		{[]string{"sliding_window", "4096"}, qwen06Config}, // which nothing uses
		{[]string{"layer_types", `[` + strings.Repeat(`"full_attention",`, 27) + `"full_attention"]`}, qwen06Config},
		{[]string{"quantization_config", "null", "num_experts", "null", "something_new", "[1]"}, qwen06Config},
	} {
		f, err := model.ReadConfig(strings.NewReader(edited(t, test.fields...)))
		if err != nil {
			t.Errorf("%q: %v", test.fields, err)
		} else if f.Config != test.want {
			t.Errorf("%q: %+v", test.fields, f.Config)
		}
	}
	if n := qwen06Config.Size(); n != 596_049_920 { // as published
		t.Errorf("%d parameters", n)
	}
}

func TestReadConfigRefuses(t *testing.T) {
	for _, test := range []struct {
		field, value string
		want         string
	}{
		{"model_type", "", "model_type is missing"},
		{"model_type", `"qwen2"`, `model_type is "qwen2"`},
		{"model_type", `"qwen3_moe"`, "experts"},
		{"model_type", `3`, "model_type is 3"},
		{"architectures", `["Qwen3ForSequenceClassification"]`, "Qwen3ForSequenceClassification"},
		{"vocab_size", "", "vocab_size is missing"},
		{"vocab_size", "null", "vocab_size is missing"},
		{"vocab_size", "0", "vocab_size is 0"},
		{"vocab_size", "-5", "vocab_size is -5"},
		{"vocab_size", "1.5", "vocab_size is 1.5"},
		{"vocab_size", `"151936"`, `vocab_size is "151936"`},
		{"vocab_size", "99999999999999999999", "vocab_size is 9"},
		{"vocab_size", "2000000000", "vocab_size is 2000000000"},
		{"num_key_value_heads", "", "num_key_value_heads is missing"},
		{"num_key_value_heads", "5", "no multiple"},
		{"head_dim", "null", "head_dim is null"},
		{"head_dim", "7", "head_dim 7 is odd"},
		{"rms_norm_eps", "-1", "rms_norm_eps is -1"},
		{"rms_norm_eps", `"small"`, "rms_norm_eps is"},
		{"rope_theta", "0", "rope_theta is 0"},
		{"rope_theta", "[1]", "rope_theta is [1]"},
		{"rope_scaling", `{"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":32768}`, `rope_scaling has rope_type "yarn"`},
		{"rope_scaling", `{"type":"linear","factor":2}`, `rope_scaling has type "linear"`},
		{"rope_scaling", `"yarn"`, "must be a table"},
		{"rope_parameters", `{"rope_theta":10000}`, "rope_theta is 1e+06, but rope_parameters.rope_theta is 10000"},
		{"rope_parameters", `{"full_attention":{"rope_theta":10000}}`, "full_attention"},
		{"rope_parameters", `{"partial_rotary_factor":0.5}`, "rope_parameters.partial_rotary_factor is 0.5"},
		{"rope_parameters", `{"mrope_section":[1]}`, "mrope_section"},
		{"rope_parameters", `{"rope_theta":"x"}`, "must be a number"},
		{"partial_rotary_factor", "0.25", "partial_rotary_factor is 0.25"},
		{"use_sliding_window", "true", "use_sliding_window is true"},
		{"use_sliding_window", `"no"`, "must be true or false"},
		{"attention_bias", "true", "attention_bias is true"},
		{"hidden_act", `"gelu"`, `hidden_act is "gelu"`},
		{"attention_dropout", "0.1", "attention_dropout is 0.1"},
		{"layer_types", `["full_attention"]`, "layer_types has 1 layers"},
		{"layer_types", `[` + strings.Repeat(`"full_attention",`, 27) + `"sliding_attention"]`, `"sliding_attention" for layer 27`},
		{"quantization_config", `{"quant_method":"fp8"}`, "quantization_config"},
		{"compression_config", `{}`, "compression_config"},
		{"num_experts", "128", "num_experts is 128"},
		{"dual_chunk_attention_config", `{"chunk_size":1}`, "dual_chunk_attention_config"},
		{"auto_map", `{"AutoModel":"x.Y"}`, "auto_map"},
		{"tie_word_embeddings", "1", "tie_word_embeddings is 1"},
	} {
		_, err := model.ReadConfig(strings.NewReader(edited(t, test.field, test.value)))
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "config.json") {
			t.Errorf("%s %s: error %v, want %q", test.field, test.value, err, test.want)
		}
	}
	// All that is wrong is said at once.
	_, err := model.ReadConfig(strings.NewReader(edited(t, "attention_bias", "true", "hidden_act", `"relu"`, "hidden_size", "")))
	for _, want := range []string{"attention_bias", "hidden_act", "hidden_size"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
	for _, text := range []string{"", "null", "[]", "{", "{} x", "\xff", `{"model_type":"qwen3","x":NaN}`} {
		if _, err := model.ReadConfig(strings.NewReader(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	if _, err := model.ReadConfig(strings.NewReader(strings.Repeat(" ", 17<<20))); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "none")
	if _, err := model.OpenConfig(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
}

// TestWriteConfig reads back what is written, from old fields and from none.
func TestWriteConfig(t *testing.T) {
	old, err := model.ReadConfig(strings.NewReader(edited(t, "torch_dtype", `"float16"`, "layer_types", `[`+strings.Repeat(`"full_attention",`, 27)+`"full_attention"]`, "note", `"a<b"`)))
	if err != nil {
		t.Fatal(err)
	}
	old.Config.Layers = 3
	for _, f := range []*model.ConfigFile{old, {Config: qwen06Config}} {
		var b strings.Builder
		if err := f.Write(&b, safetensors.BF16); err != nil {
			t.Fatal(err)
		}
		g, err := model.ReadConfig(strings.NewReader(b.String()))
		if err != nil {
			t.Fatalf("%v in %s", err, &b)
		}
		if g.Config != f.Config || string(g.Fields["dtype"]) != `"bfloat16"` || string(g.Fields["torch_dtype"]) != `"bfloat16"` {
			t.Errorf("%s", &b)
		}
		if f == old && (string(g.Fields["note"]) != string(old.Fields["note"]) || string(g.Fields["eos_token_id"]) != "151645") {
			t.Errorf("%s", &b)
		}
	}
}

func TestStopTokens(t *testing.T) {
	for _, test := range []struct {
		generation, config string
		want               []int32
		err                string
	}{
		{`{"eos_token_id":[151645,151643]}`, qwen06, []int32{151645, 151643}, ""},
		{`{}`, qwen06, []int32{151645}, ""},
		{"", qwen06, []int32{151645}, ""},
		{"", `{"eos_token_id":null}`, nil, ""},
		{"", "", nil, ""},
		{`{"eos_token_id":"x"}`, qwen06, nil, "generation_config.json"},
		{`{"eos_token_id":[null]}`, qwen06, nil, "must be a token"},
		{`{"eos_token_id":-1}`, qwen06, nil, "must be a token"},
		{`{`, qwen06, nil, "generation_config.json"},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"generation_config.json": test.generation, "config.json": test.config} {
			if text != "" {
				os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666)
			}
		}
		got, err := model.StopTokens(dir)
		if !slices.Equal(got, test.want) || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s %s: %v, %v", test.generation, test.config, got, err)
		}
	}
}

// FuzzReadConfig: what is read is valid, and is the same when it is written and
// read again.
func FuzzReadConfig(f *testing.F) {
	f.Add(qwen06)
	f.Add(edited(f, "rope_parameters", `{"rope_type":"default","rope_theta":1e6}`, "layer_types", "null"))
	f.Add(edited(f, "rope_scaling", `{"type":"yarn"}`, "vocab_size", "1e9"))
	f.Add(`{"model_type":"qwen3"}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := model.ReadConfig(strings.NewReader(text))
		if err != nil {
			return
		}
		if err := c.Config.Validate(); err != nil {
			t.Fatal(err)
		}
		if c.Config.Layers > 10_000 { // whose layer_types would be long
			return
		}
		var b strings.Builder
		if err := c.Write(&b, safetensors.F32); err != nil {
			t.Fatal(err)
		}
		again, err := model.ReadConfig(strings.NewReader(b.String()))
		if err != nil {
			t.Fatalf("%v in %s", err, &b)
		}
		if again.Config != c.Config {
			t.Fatalf("%+v became %+v", c.Config, again.Config)
		}
	})
}

func ExampleReadConfig() {
	f, err := model.ReadConfig(strings.NewReader(qwen06))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Config.Layers, "layers,", f.Config.Size(), "parameters, ends with", string(f.Fields["eos_token_id"]))
	long := strings.Replace(qwen06, `"rope_scaling":null`, `"rope_scaling":{"rope_type":"yarn","factor":4.0}`, 1)
	_, err = model.ReadConfig(strings.NewReader(long))
	fmt.Println(strings.SplitN(err.Error(), ";", 2)[0])
	// Output:
	// 28 layers, 596049920 parameters, ends with 151645
	// model: config.json: rope_scaling has rope_type "yarn"
}
