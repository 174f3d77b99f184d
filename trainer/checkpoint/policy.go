package checkpoint

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/safetensors"
)

const (
	policyDir     = "policy"
	optimizerBase = "optimizer"
)

// moments are the tensors of optimizer.safetensors, by the names that PyTorch's
// AdamW has for them.
var moments = []struct {
	prefix string
	kind   backend.State
}{{"exp_avg.", backend.Moment1}, {"exp_avg_sq.", backend.Moment2}}

// PolicyFiles says how [SavePolicy] saves. The zero value is ready to use.
type PolicyFiles struct {
	// Config is the config.json that the policy was loaded with, whose fields are
	// to be kept; nil if there was none.
	Config *model.ConfigFile

	// Copy are files that are to lie beside the weights, such as those of
	// [model.Companions].
	Copy []string

	// ShardBytes is the size beyond which weights and moments are cut into several
	// files; 0 is 5 GB.
	ShardBytes int64
}

func (o PolicyFiles) shardBytes() int64 {
	if o.ShardBytes > 0 {
		return o.ShardBytes
	}
	return 5_000_000_000
}

// SavePolicy writes a policy's weights to policy/, a folder that transformers and
// vLLM open, and its moments to optimizer.safetensors. Both are float32 and
// bit for bit what the policy holds. Gradients are not saved: between updates
// they are zero.
func SavePolicy(w *Writer, p backend.Policy, o PolicyFiles) error {
	c := p.Config()
	f := &model.ConfigFile{Config: c}
	if o.Config != nil {
		f.Fields = o.Config.Fields
	}
	for _, from := range o.Copy {
		if err := w.Copy(policyDir+"/"+filepath.Base(from), from); err != nil {
			return err
		}
	}
	create := func(name string) (io.WriteCloser, error) { return w.Create(policyDir + "/" + name) }
	err := model.WriteFiles(create, f, safetensors.F32, o.shardBytes(), func(i int, dst []float32) error { return p.Read(backend.Weights, i, dst) })
	if err != nil {
		return err
	}
	var specs []safetensors.Spec
	for _, m := range moments {
		specs = append(specs, model.Specs(c, m.prefix)...)
	}
	n := len(specs) / len(moments)
	return safetensors.WriteFolder(w.Create, optimizerBase, safetensors.F32, specs, o.shardBytes(), func(i int, dst []float32) error {
		return p.Read(moments[i/n].kind, i%n, dst)
	})
}

// LoadPolicy fills a policy with the weights and moments of a checkpoint. If the
// checkpoint is of another shape, that is a *[MismatchError], and nothing is
// changed.
func LoadPolicy(c *Checkpoint, p backend.Policy) error {
	dir := c.Path(policyDir)
	f, err := model.OpenConfig(dir)
	if err != nil {
		return err
	}
	shape := p.Config()
	if err := Compare("the policy in "+dir, f.Config, shape); err != nil {
		return err
	}
	d, err := safetensors.OpenFolder(c.Dir, optimizerBase)
	if err != nil {
		return err
	}
	defer d.Close()
	tensors := shape.Tensors()
	for _, m := range moments {
		for _, t := range tensors {
			got, file, ok := d.Lookup(m.prefix + t.Name)
			if !ok {
				return &DamageError{Dir: c.Dir, File: optimizerBase + ".safetensors", Reason: "tensor " + m.prefix + t.Name + " is missing"}
			}
			if !slices.Equal(got.Shape, t.Shape) || got.DType != safetensors.F32 {
				return fmt.Errorf("checkpoint: %s: tensor %q is %s %v, and should be F32 %v", file.Name(), got.Name, got.DType, got.Shape, t.Shape)
			}
		}
	}
	err = model.Load(dir, shape, func(i int, data []float32) error { return p.Write(backend.Weights, i, data) })
	if err != nil {
		return err
	}
	buf := []float32(nil)
	for _, m := range moments {
		for i, t := range tensors {
			_, file, _ := d.Lookup(m.prefix + t.Name)
			buf = slices.Grow(buf[:0], t.Len())[:t.Len()]
			if err := file.ReadFloat32(m.prefix+t.Name, buf); err != nil {
				return err
			}
			if err := p.Write(m.kind, i, buf); err != nil {
				return fmt.Errorf("checkpoint: %s: tensor %q: %w", file.Name(), m.prefix+t.Name, err)
			}
		}
	}
	return nil
}
