package safetensors

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Folder is a model's weights in one file or in shards.
type Folder struct {
	files  []*File          // in the order of their names
	byName map[string]*File // by tensor
}

// index is the content of base.safetensors.index.json.
type index struct {
	Metadata struct {
		TotalSize int64 `json:"total_size"`
	} `json:"metadata"`
	WeightMap map[string]string `json:"weight_map"`
}

// maxIndex bounds the index file: 100 bytes for each of a million tensors.
const maxIndex = maxHeader

// OpenFolder opens base.safetensors in a folder or, where there is none, the
// shards that base.safetensors.index.json names. base is "model" for weights.
// Every tensor of the index must be in its file; files that the index does not
// name are not looked at. Files without the one or the other are fs.ErrNotExist.
func OpenFolder(dir, base string) (*Folder, error) {
	single := filepath.Join(dir, base+".safetensors")
	f, err := Open(single)
	if err == nil {
		d := &Folder{files: []*File{f}, byName: make(map[string]*File, len(f.tensors))}
		for _, t := range f.tensors {
			d.byName[t.Name] = f
		}
		return d, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	path := single + ".index.json"
	x, err := readIndex(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("safetensors: %s holds neither %s.safetensors nor %[2]s.safetensors.index.json: %w", dir, base, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	return openShards(dir, path, x)
}

func readIndex(path string) (*index, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxIndex+1))
	if err != nil {
		return nil, err
	}
	x, err := parseIndex(b)
	if err != nil {
		return nil, &FormatError{File: path, Reason: err.Error()}
	}
	return x, nil
}

func parseIndex(b []byte) (*index, error) {
	if len(b) > maxIndex {
		return nil, fmt.Errorf("the index has more than %d bytes", maxIndex)
	}
	var x index
	if err := json.Unmarshal(b, &x); err != nil {
		return nil, fmt.Errorf("not an index: %v", err)
	}
	if len(x.WeightMap) == 0 {
		return nil, errors.New("weight_map names no tensor")
	}
	for tensor, file := range x.WeightMap {
		if file == "" || file == "." || file != filepath.Base(file) || !filepath.IsLocal(file) || strings.ContainsAny(file, `/\`) {
			return nil, fmt.Errorf("weight_map has %q in file %q, which is not the name of a file in the same folder", tensor, file)
		}
	}
	return &x, nil
}

func openShards(dir, path string, x *index) (*Folder, error) {
	d := &Folder{byName: make(map[string]*File, len(x.WeightMap))}
	names := make([]string, 0, len(x.WeightMap))
	open := map[string]*File{}
	for name, file := range x.WeightMap {
		names = append(names, name)
		open[file] = nil
	}
	slices.Sort(names)
	files := make([]string, 0, len(open))
	for file := range open {
		files = append(files, file)
	}
	slices.Sort(files)
	for _, name := range files {
		f, err := Open(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			err = &FormatError{File: path, Reason: fmt.Sprintf("shard %s is missing; fetch or save it again", name)}
		}
		if err != nil {
			d.Close()
			return nil, err
		}
		open[name] = f
		d.files = append(d.files, f)
	}
	for _, name := range names {
		f := open[x.WeightMap[name]]
		if _, ok := f.Lookup(name); !ok {
			d.Close()
			return nil, &FormatError{File: f.name, Tensor: name, Reason: "the index says that it is in this file, and it is not"}
		}
		d.byName[name] = f
	}
	return d, nil
}

// Names lists the tensors, sorted.
func (d *Folder) Names() []string {
	names := make([]string, 0, len(d.byName))
	for name := range d.byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Lookup finds a tensor, and the file that it is in.
func (d *Folder) Lookup(name string) (t Tensor, file *File, ok bool) {
	if file, ok = d.byName[name]; ok {
		t, ok = file.Lookup(name)
	}
	return t, file, ok
}

// Close closes the files.
func (d *Folder) Close() error {
	var errs []error
	for _, f := range d.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// WriteFolder writes base.safetensors or, if the tensors have more than
// shardBytes bytes and that is not 0, base-00001-of-0000n.safetensors and so on
// with base.safetensors.index.json. A shard holds at most shardBytes bytes of
// tensors, or a single larger one. create makes the files; read is as in
// [Write].
func WriteFolder(create func(name string) (io.WriteCloser, error), base string, dtype DType, specs []Spec, shardBytes int64, read func(i int, dst []float32) error) error {
	shards := split(dtype, specs, shardBytes)
	var tensor []float32
	first := 0
	weightMap := map[string]string{}
	for k, shard := range shards {
		name := base + ".safetensors"
		if len(shards) > 1 {
			name = fmt.Sprintf("%s-%05d-of-%05d.safetensors", base, k+1, len(shards))
		}
		err := put(create, name, func(w io.Writer) error {
			return write(w, dtype, shard, &tensor, func(i int, dst []float32) error { return read(first+i, dst) })
		})
		if err != nil {
			return err
		}
		for _, s := range shard {
			weightMap[s.Name] = name
		}
		first += len(shard)
	}
	if len(shards) == 1 {
		return nil
	}
	x := index{WeightMap: weightMap}
	x.Metadata.TotalSize = Bytes(dtype, specs)
	b, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	return put(create, base+".safetensors.index.json", func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

func put(create func(name string) (io.WriteCloser, error), name string, write func(io.Writer) error) error {
	w, err := create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(w), w.Close())
}

// split cuts specs into runs of at most limit bytes; there is always one.
func split(dtype DType, specs []Spec, limit int64) [][]Spec {
	var shards [][]Spec
	from, size := 0, int64(0)
	for i := range specs {
		n := Bytes(dtype, specs[i:i+1])
		if limit > 0 && i > from && size+n > limit {
			shards = append(shards, specs[from:i])
			from, size = i, 0
		}
		size += n
	}
	return append(shards, specs[from:])
}
