package cpu

import (
	"reflect"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/model"
)

func TestNewRefuses(t *testing.T) {
	if _, err := New(model.Config{}, Options{}); err == nil {
		t.Error("a model without shape: no error")
	}
	for _, o := range []Options{{Workers: -1}, {MicroTokens: -1}, {ChunkBytes: -1}, {MemoryBytes: -1}, {CacheBytes: -1}, {Recompute: KeepInputs + 1}} {
		if _, err := New(tiny(true), o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}

func TestInfo(t *testing.T) {
	open := func(o Options) *Policy {
		p, err := New(tiny(true), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		return p
	}
	p := open(Options{Workers: 3})
	info := p.Info()
	if info.Backend != "cpu" || info.Workers != 3 || !strings.HasSuffix(info.Device, ", 3 workers") {
		t.Errorf("%+v", info)
	}
	if s := open(Options{Workers: 1, MemoryBytes: 1, CacheBytes: 1}).Info().Signature; s != info.Signature {
		t.Errorf("workers and memory change the signature %q to %q", info.Signature, s)
	}
	for _, o := range []Options{{MicroTokens: 7}, {ChunkBytes: 1}} {
		if s := open(o).Info().Signature; s == info.Signature {
			t.Errorf("%+v does not change the signature %q", o, s)
		}
	}
	if plan := p.Plan(); !strings.HasPrefix(plan, "keep all: ") {
		t.Error(plan)
	}
	if plan := open(Options{MemoryBytes: 1}).Plan(); !strings.HasPrefix(plan, "keep inputs: ") {
		t.Error(plan)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := p.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// What is allocated for a pass is what activationBytes says, and less for each
// level; the budget chooses the first level that fits.
func TestActivationBytes(t *testing.T) {
	cfg, n := million, 512
	var before int64
	for _, level := range []Recompute{KeepInputs, KeepAttention, KeepAll} {
		c := newCore[float32](cfg, nil, Options{})
		c.prepare(n, n, level)
		want := c.activationBytes(n, level)
		got := memory(reflect.ValueOf(c.work)) + int64(4*c.chunkRows()*cfg.Vocab)
		if d := float64(got)/float64(want) - 1; d < -0.01 || d > 1.0/16 {
			t.Errorf("%v takes %d bytes, activationBytes says %d", level, got, want)
		}
		if want <= before {
			t.Errorf("%v takes %d bytes, the level below %d", level, want, before)
		}
		before = want
		for _, test := range []struct {
			budget int64
			want   bool
		}{{want, true}, {want - 1, false}} {
			c.work.opts.MemoryBytes = test.budget
			if got := c.level(n); (got == level) != test.want && level != KeepInputs {
				t.Errorf("budget %d, of %d for %v: %v", test.budget, want, level, got)
			}
		}
	}
}

// memory sums the float32 slices below v, each once.
func memory(v reflect.Value) int64 {
	seen := map[uintptr]int64{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			if v.Type().Elem().Kind() == reflect.Float32 {
				seen[v.Pointer()] = max(seen[v.Pointer()], int64(4*v.Cap()))
				return
			}
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(v)
	var sum int64
	for _, n := range seen {
		sum += n
	}
	return sum
}
