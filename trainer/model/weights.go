package model

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/trainer/safetensors"
)

const (
	weightsBase = "model"
	embedName   = "model.embed_tokens.weight"
	headName    = "lm_head.weight"
)

// Load reads the weights of a model's folder, model.safetensors or shards with an
// index, and calls write for every tensor of [Config.Tensors], in order. The
// slice is reused; the largest tensor is in memory at most twice. F32, BF16 and
// F16 are read, without rounding.
//
// Every tensor must be there with its shape, and nothing else but rotary
// frequencies, which older programs saved. Where the head is tied, the files may
// hold the embedding, the head, or both with the same numbers. Errors name the
// file and the tensor. All shapes are checked before write is first called.
func Load(dir string, c Config, write func(i int, data []float32) error) error {
	d, tensors, stored, err := open(dir, c)
	if err != nil {
		return err
	}
	defer d.Close()
	buf := make([]float32, largest(tensors))
	for i, t := range tensors {
		_, f, _ := d.Lookup(stored[i])
		data := buf[:t.Len()]
		if err := f.ReadFloat32(stored[i], data); err != nil {
			return fmt.Errorf("model: %w", err)
		}
		if c.Tied && stored[i] == embedName {
			if err := sameHead(d, data); err != nil {
				return err
			}
		}
		if err := write(i, data); err != nil {
			return fmt.Errorf("model: %s: tensor %q: %w", f.Name(), stored[i], err)
		}
	}
	return nil
}

// Check reports whether the weights of a model's folder are those of c, as
// [Load] does, but reads their names and shapes only. So a config.json that
// claims too much is found before there is memory for it.
func Check(dir string, c Config) error {
	d, _, _, err := open(dir, c)
	if err != nil {
		return err
	}
	return d.Close()
}

// open opens the weights of c and finds each tensor's name in the files.
func open(dir string, c Config) (d *safetensors.Folder, tensors []Tensor, stored []string, err error) {
	if err := c.Validate(); err != nil {
		return nil, nil, nil, err
	}
	d, err = safetensors.OpenFolder(dir, weightsBase)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil, fmt.Errorf("model: %w%s", err, hint(dir))
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("model: %w", err)
	}
	tensors = c.Tensors()
	if stored, err = match(d, c, tensors); err != nil {
		d.Close()
		return nil, nil, nil, err
	}
	return d, tensors, stored, nil
}

// hint says what a folder without safetensors files may be.
func hint(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	for _, h := range []struct{ pattern, text string }{
		{"pytorch_model*.bin", "it holds PyTorch pickles; save the model again with transformers' save_pretrained"},
		{"adapter_model*", "it holds a LoRA adapter; merge it into its model and save that"},
		{"*.gguf", "it holds GGUF files; use the model's safetensors"},
		{"model-*.safetensors", "it holds shards without their index"},
	} {
		for _, e := range entries {
			if ok, _ := filepath.Match(h.pattern, e.Name()); ok {
				return "; " + h.text
			}
		}
	}
	return ""
}

// match finds each tensor's name in the files, and holds the files to c.
func match(d *safetensors.Folder, c Config, tensors []Tensor) ([]string, error) {
	stored := make([]string, len(tensors))
	known := map[string]bool{}
	if c.Tied {
		known[headName] = true
	}
	for i, t := range tensors {
		name := t.Name
		if _, _, ok := d.Lookup(name); !ok && c.Tied && name == embedName {
			name = headName
		}
		got, f, ok := d.Lookup(name)
		if !ok {
			return nil, missing(d, t.Name)
		}
		if !slices.Equal(got.Shape, t.Shape) {
			return nil, fmt.Errorf("model: %s: tensor %q has shape %v, and config.json says %v", f.Name(), name, got.Shape, t.Shape)
		}
		stored[i], known[name] = name, true
	}
	for _, name := range d.Names() {
		if known[name] || strings.HasSuffix(name, "rotary_emb.inv_freq") {
			continue
		}
		_, f, _ := d.Lookup(name)
		return nil, fmt.Errorf("model: %s: tensor %q belongs to no Qwen3 with this config.json; it would be ignored, and the model another one", f.Name(), name)
	}
	return stored, nil
}

func missing(d *safetensors.Folder, name string) error {
	where := "the folder"
	if names := d.Names(); len(names) > 0 {
		_, f, _ := d.Lookup(names[0])
		where = filepath.Dir(f.Name())
	}
	text := ""
	if _, _, ok := d.Lookup(strings.TrimPrefix(name, "model.")); ok && strings.HasPrefix(name, "model.") {
		text = "; the names are those of a bare Qwen3Model: save it as " + architecture
	} else if name == headName {
		text = "; if the head is the embedding, config.json must have tie_word_embeddings true"
	}
	return fmt.Errorf("model: %s: tensor %q is missing%s", where, name, text)
}

// sameHead compares a head that is stored beside the embedding it is tied to.
func sameHead(d *safetensors.Folder, embed []float32) error {
	head, f, ok := d.Lookup(headName)
	if !ok {
		return nil
	}
	if head.Len() != len(embed) {
		return fmt.Errorf("model: %s: tensor %q has shape %v, and the embedding that config.json ties it to has %d elements", f.Name(), headName, head.Shape, len(embed))
	}
	data := make([]float32, len(embed))
	if err := f.ReadFloat32(headName, data); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	for i, x := range data {
		if math.Float32bits(x) != math.Float32bits(embed[i]) {
			return fmt.Errorf("model: %s: tensor %q differs from the embedding that config.json ties it to; set tie_word_embeddings to false if the head is its own", f.Name(), headName)
		}
	}
	return nil
}

func largest(tensors []Tensor) int {
	n := 0
	for _, t := range tensors {
		n = max(n, t.Len())
	}
	return n
}

// Files is how [WriteFiles] creates the files of a folder, by their names.
type Files func(name string) (io.WriteCloser, error)

// WriteFiles writes a model with config.json last: weights as F32 or BF16 in
// model.safetensors or, if they have more than shardBytes bytes and that is not
// 0, in shards with an index. It calls read for every tensor of
// [Config.Tensors], in order, to fill dst.
func WriteFiles(create Files, f *ConfigFile, dtype safetensors.DType, shardBytes int64, read func(i int, dst []float32) error) error {
	if err := f.Write(io.Discard, dtype); err != nil { // before anything is written
		return err
	}
	if err := safetensors.WriteFolder(create, weightsBase, dtype, Specs(f.Config, ""), shardBytes, read); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	w, err := create("config.json")
	if err != nil {
		return fmt.Errorf("model: %w", err)
	}
	return errors.Join(f.Write(w, dtype), w.Close())
}

// Specs lists the tensors of a model for a writer, with a prefix before their
// names.
func Specs(c Config, prefix string) []safetensors.Spec {
	tensors := c.Tensors()
	specs := make([]safetensors.Spec, len(tensors))
	for i, t := range tensors {
		specs[i] = safetensors.Spec{Name: prefix + t.Name, Shape: t.Shape}
	}
	return specs
}

// Save writes a model as [WriteFiles] does into a folder, which is made if it is
// not there. It is an error if the folder holds weights or a config.json: of two
// models in a folder, programs load different parts.
//
// The folder is not written at once; until config.json is there, it is no model.
func Save(dir string, f *ConfigFile, dtype safetensors.DType, shardBytes int64, read func(i int, dst []float32) error) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("model: %w", err)
	}
	for _, e := range entries {
		if n := e.Name(); n == "config.json" || strings.HasSuffix(n, ".safetensors") || strings.HasSuffix(n, ".safetensors.index.json") {
			return fmt.Errorf("model: %s holds %s of another model; save to a new folder", dir, n)
		}
	}
	return WriteFiles(func(name string) (io.WriteCloser, error) {
		return os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	}, f, dtype, shardBytes, read)
}

// companions are the files of a model that are neither its shape nor its
// weights: the tokenizer, its template, and how to sample.
var companions = []string{
	"added_tokens.json", "chat_template.jinja", "chat_template.json", "generation_config.json", "merges.txt", "special_tokens_map.json",
	"tokenizer.json", "tokenizer_config.json", "vocab.json",
}

// Companions lists the files of a model's folder that are to lie beside weights
// saved anew, so that programs that ask for a tokenizer or a chat template find
// it. Files that are not there are left out.
func Companions(dir string) []string {
	var paths []string
	for _, name := range companions {
		path := filepath.Join(dir, name)
		if s, err := os.Stat(path); err == nil && s.Mode().IsRegular() {
			paths = append(paths, path)
		}
	}
	return paths
}
