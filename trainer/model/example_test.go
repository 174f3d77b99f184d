package model_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/safetensors"
)

func ExampleSave() {
	root, _ := os.MkdirTemp("", "model")
	defer os.RemoveAll(root)
	dir := filepath.Join(root, "policy")

	c := model.Config{Vocab: 8, Hidden: 4, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 2, MLP: 6, RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 64}
	tensors := c.Tensors()
	err := model.Save(dir, &model.ConfigFile{Config: c}, safetensors.BF16, 0, func(i int, dst []float32) error {
		for k := range dst {
			if tensors[i].Norm {
				dst[k] = 1
			}
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	f, err := model.OpenConfig(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = model.Load(dir, f.Config, func(i int, data []float32) error {
		if i < 2 {
			fmt.Println(tensors[i].Name, tensors[i].Shape, data[0])
		}
		return nil
	})
	fmt.Println(f.Config == c, err)
	// Output:
	// model.embed_tokens.weight [8 4] 0
	// model.layers.0.input_layernorm.weight [4] 1
	// true <nil>
}

func ExampleStopTokens() {
	dir := filepath.Join("testdata", "f32")
	stop, err := model.StopTokens(dir)
	fmt.Println(stop, err)
	for _, path := range model.Companions(dir) {
		fmt.Println(filepath.Base(path))
	}
	// Output:
	// [3 4] <nil>
	// generation_config.json
}

func ExampleSpecs() {
	c := model.Config{Vocab: 8, Hidden: 4, Layers: 0}
	for _, s := range model.Specs(c, "exp_avg.") {
		fmt.Println(s.Name, s.Shape)
	}
	// Output:
	// exp_avg.model.embed_tokens.weight [8 4]
	// exp_avg.model.norm.weight [4]
	// exp_avg.lm_head.weight [8 4]
}

func ExampleWriteFiles() {
	c := model.Config{Vocab: 8, Hidden: 4, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 2, MLP: 6, RopeTheta: 1e4, MaxLen: 64}
	err := model.WriteFiles(printer, &model.ConfigFile{Config: c}, safetensors.F32, 0, func(int, []float32) error { return nil })
	fmt.Println(err)
	// Output:
	// model.safetensors
	// config.json
	// <nil>
}

// discard is a file that nobody keeps.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) Close() error                { return nil }

func printer(name string) (io.WriteCloser, error) {
	fmt.Println(name)
	return discard{}, nil
}
