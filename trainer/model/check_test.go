package model_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/model"
)

// TestValidateLimits: what a config.json claims overflows nothing.
func TestValidateLimits(t *testing.T) {
	good := model.Config{Vocab: 151936, Hidden: 1024, Layers: 28, Heads: 16, KVHeads: 8, HeadDim: 128, MLP: 3072, RopeTheta: 1e6, NormEps: 1e-6, MaxLen: 40960}
	for _, test := range []struct {
		name   string
		change func(c *model.Config)
		want   string // "": valid
	}{
		{"Qwen3-0.6B", func(*model.Config) {}, ""},
		{"all at their most", func(c *model.Config) {
			c.Vocab, c.Hidden, c.Layers, c.Heads, c.KVHeads, c.HeadDim, c.MLP = 1<<30, 1<<30, 1<<16, 1<<30, 1<<30, 1<<30, 1<<30
		}, "these sizes make 3.25e+32 parameters"},
		{"layers", func(c *model.Config) { c.Layers = 1<<16 + 1 }, "num_hidden_layers is 65537, more than 65536"},
		{"vocabulary", func(c *model.Config) { c.Vocab = 1 << 30 }, "parameters, more than"},
		{"a width that wraps to 0", func(c *model.Config) { c.Heads, c.KVHeads, c.HeadDim, c.Hidden = 1<<30, 1<<30, 1<<4, 1<<30 }, "parameters, more than"},
		{"more", func(c *model.Config) { c.MLP = 1<<30 + 1 }, "intermediate_size"},
	} {
		c := good
		test.change(&c)
		err := c.Validate()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	// The bound counts what is there: the largest width of one layer's MLP that
	// passes makes at most 2^40 parameters, or half of what an int counts, and one more
	// more.
	for _, tied := range []bool{false, true} {
		c := good
		c.Tied, c.Layers = tied, 1
		most := min(1<<40, math.MaxInt/2)
		c.MLP = 1
		rest := c.Size() - 3*c.Hidden
		c.MLP = (most - rest) / (3 * c.Hidden)
		if err := c.Validate(); err != nil || c.Size() > most {
			t.Errorf("%d parameters: %v", c.Size(), err)
		}
		c.MLP++
		if err := c.Validate(); err == nil {
			t.Errorf("more than %d parameters pass", most)
		}
	}
}

// TestCheck: the headers alone tell weights of another shape.
func TestCheck(t *testing.T) {
	for _, name := range []string{"bf16_shards", "f16_tied", "f32"} {
		dir := filepath.Join("testdata", name)
		if err := model.Check(dir, open(t, dir).Config); err != nil {
			t.Error(err)
		}
	}
	dir := filepath.Join("testdata", "f32")
	c := open(t, dir).Config
	c.MLP = 1 << 20
	if err := model.Check(dir, c); err == nil || !strings.Contains(err.Error(), "has shape") || !strings.Contains(err.Error(), "1048576") {
		t.Error(err)
	}
	c.MLP = 0
	if err := model.Check(dir, c); err == nil || !strings.Contains(err.Error(), "intermediate_size is 0") {
		t.Error(err)
	}
	if err := model.Check(t.TempDir(), open(t, dir).Config); err == nil || !strings.Contains(err.Error(), "safetensors") {
		t.Error(err)
	}
}

// TestOpenConfigDevice: what may never end is not read.
func TestOpenConfigDevice(t *testing.T) {
	if _, err := os.Stat(os.DevNull); err != nil {
		t.Skip(err)
	}
	if _, err := model.OpenConfig(os.DevNull); err == nil || err.Error() != "model: "+os.DevNull+" is no regular file" {
		t.Error(err)
	}
}

func ExampleCheck() {
	dir := filepath.Join("testdata", "f32")
	f, err := model.OpenConfig(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(model.Check(dir, f.Config))
	f.Config.Layers++
	fmt.Println(model.Check(dir, f.Config) != nil)
	// Output:
	// <nil>
	// true
}
