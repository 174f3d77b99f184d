package backend_test

import (
	"fmt"
	"log"
	"math"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

var shape = model.Config{
	Vocab: 9, Hidden: 4, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 2, MLP: 3,
	RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 4,
}

func ExampleInit() {
	p, err := cpu.New(shape, cpu.Options{Workers: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	if err := backend.Init(p, random.NewKey(17), 0.02); err != nil {
		log.Fatal(err)
	}
	norm := make([]float32, shape.Hidden)
	if err := p.Read(backend.Weights, 1, norm); err != nil {
		log.Fatal(err)
	}
	fmt.Println(shape.Tensors()[1].Name, norm)
	// Output: model.layers.0.input_layernorm.weight [1 1 1 1]
}

func TestInitRefuses(t *testing.T) {
	p, err := cpu.New(shape, cpu.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, std := range []float64{-1, math.NaN(), math.Inf(1)} {
		if backend.Init(p, 1, std) == nil {
			t.Errorf("deviation %v: no error", std)
		}
	}
}

// backendtest tries what is refused on every policy; here is what is said.
func TestValidateNamesThePlace(t *testing.T) {
	for _, test := range []struct {
		b    backend.Batch
		want string
	}{
		{backend.Batch{Tokens: []int32{1, 2, 9}, Start: []int{0, 1, 3}}, "token 1 of sequence 1 is 9; the vocabulary has 9"},
		{backend.Batch{Tokens: []int32{1, 2}, Start: []int{0, 1, 1, 2}}, "sequence 1 from token 1 to 1 is empty"},
		{backend.Batch{Tokens: make([]int32, 6), Start: []int{0, 1, 6}}, "sequence 1 has 5 tokens, the model takes 4"},
		{backend.Batch{Tokens: make([]int32, 3), Start: []int{0, 2}}, "3 tokens, but the last sequence ends at 2"},
		{backend.Batch{Tokens: make([]int32, 4), Start: []int{0, 2, 4}, Rows: []int{1, 2}}, "row 1 is the first token of sequence 1"},
		{backend.Batch{Tokens: make([]int32, 4), Start: []int{0, 4}, Rows: []int{2, 1}}, "row 1 is token 1 behind token 2"},
		{backend.Batch{Tokens: make([]int32, 4), Start: []int{0, 4}, Rows: []int{4}}, "row 0 is token 4 of 4"},
		{backend.Batch{Temperature: math.Inf(1)}, "temperature +Inf"},
		{backend.Batch{Temperature: 5e-324}, "temperature 5e-324"},
		{backend.Batch{Temperature: math.Nextafter(backend.MinTemperature, 0)}, "want at least 1e-06"},
		{backend.Batch{Temperature: 1e46}, "temperature 1e+46"},
	} {
		err := test.b.Validate(shape, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.b, err, test.want)
		}
	}
	for _, temperature := range []float64{0, backend.MinTemperature, math.MaxFloat32} {
		if err := (&backend.Batch{Temperature: temperature}).Validate(shape, nil); err != nil {
			t.Error(err)
		}
	}
	good := backend.Batch{Tokens: []int32{8, 0, 1, 2, 3}, Start: []int{0, 1, 5}, Rows: []int{2, 4}}
	if err := good.Validate(shape, &backend.Rows{LogP: make([]float64, 2)}); err != nil {
		t.Error(err)
	}
	if err := good.Validate(shape, &backend.Rows{LogP: make([]float64, 2), Entropy: make([]float64, 1)}); err == nil {
		t.Error("one entropy for two rows: no error")
	}
}
