package safetensors_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/golongrl/golongrl/trainer/safetensors"
)

func ExampleWrite() {
	var file bytes.Buffer
	specs := []safetensors.Spec{{Name: "w", Shape: []int{2, 2}}, {Name: "b", Shape: []int{2}}}
	err := safetensors.Write(&file, safetensors.BF16, specs, func(i int, dst []float32) error {
		for k := range dst {
			dst[k] = float32(i) + 1.0/3 // which bfloat16 does not have
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := safetensors.New(bytes.NewReader(file.Bytes()), int64(file.Len()), "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range f.Tensors() {
		x := make([]float32, t.Len())
		err := f.ReadFloat32(t.Name, x)
		fmt.Println(t.Name, t.DType, t.Shape, x, err)
	}
	// Output:
	// w BF16 [2 2] [0.33398438 0.33398438 0.33398438 0.33398438] <nil>
	// b BF16 [2] [1.3359375 1.3359375] <nil>
}

func ExampleWriteFolder() {
	dir, _ := os.MkdirTemp("", "model")
	defer os.RemoveAll(dir)
	specs := []safetensors.Spec{{Name: "w", Shape: []int{2, 2}}, {Name: "b", Shape: []int{2}}}
	create := func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) }
	err := safetensors.WriteFolder(create, "model", safetensors.F32, specs, 16, func(int, []float32) error { return nil })
	fmt.Println(safetensors.Bytes(safetensors.F32, specs), "bytes,", err)

	d, err := safetensors.OpenFolder(dir, "model")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer d.Close()
	for _, name := range d.Names() {
		_, f, _ := d.Lookup(name)
		fmt.Println(name, "in", filepath.Base(f.Name()))
	}
	// Output:
	// 24 bytes, <nil>
	// b in model-00002-of-00002.safetensors
	// w in model-00001-of-00002.safetensors
}

func ExampleOpen() {
	path := filepath.Join(os.TempDir(), "golongrl-no-model.safetensors")
	os.WriteFile(path, []byte("<html>404</html>"), 0o666)
	defer os.Remove(path)
	_, err := safetensors.Open(path)
	fmt.Println(err != nil)
	// Output:
	// true
}
