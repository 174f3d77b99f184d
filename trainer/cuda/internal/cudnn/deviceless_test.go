//go:build cuda && cgo

package cudnn

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/dl"
)

// installed opens the library of this machine, without a device.
func installed(t *testing.T) *library {
	var why error
	for _, path := range dl.Candidates("libcudnn", 9) {
		l, err := openLibrary(path, 13)
		if err == nil {
			t.Logf("cuDNN %s, %s", versionText(l.version), l.lib.Path)
			return l
		}
		if why == nil || path[0] == '/' {
			why = err
		}
	}
	t.Skip("no cuDNN to plan with: ", why)
	return nil
}

// gpuText describes an H100, as cuDNN writes it, or what differs from it.
func gpuText(t *testing.T, changes map[string]any) []byte {
	b, err := os.ReadFile("testdata/h100.json")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for k, x := range changes {
		m[k] = x
	}
	if b, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPlans has the library make plans for a GPU that is described to it: it accepts
// the graphs and has engines for them. A plan takes a second or more.
func TestPlans(t *testing.T) {
	l := installed(t)
	h100, err := l.described(gpuText(t, nil))
	if err != nil {
		t.Skip("plans without a device are made from cuDNN 9.8 on: ", err)
	}
	model := func(batch, length, heads, groups, d int) Shape {
		w, kv := heads*d, groups*d
		return Shape{Batch: batch, Length: length, Heads: heads, Groups: groups, D: d, Scale: 0.125,
			LDQ: w + kv, LDK: w + kv, LDV: w + 2*kv, LDOut: w, LDDOut: w, LDDQ: w + 2*kv, LDDK: w + 2*kv, LDDV: w + 2*kv}
	}
	type want struct {
		name     string
		shape    Shape
		perToken int64 // bytes of workspace of the gradient, at most
	}
	all := []want{{"Qwen3-0.6B at 4K", model(1, 4096, 16, 8, 128), 9000}}
	more := os.Getenv("GOLONGRL_CUDNN_ALL") != ""
	if more {
		all = append(all,
			want{"at 64K", model(1, 65536, 16, 8, 128), 9000},
			want{"at 160K", model(1, 163840, 16, 8, 128), 9000},
			want{"many", model(64, 512, 16, 8, 128), 9000},
			want{"one head", model(4, 2048, 1, 1, 64), 9000},
			want{"heads without groups", model(4, 2048, 8, 8, 64), 9000},
			want{"Qwen3-4B", model(4, 2048, 32, 8, 128), 20000},
			want{"one group", model(4, 2048, 14, 1, 64), 9000},
			want{"heads of 80", model(4, 2048, 16, 4, 80), 9000},
			want{"heads of 96", model(4, 2048, 16, 4, 96), 9000},
			want{"heads of 256", model(1, 4096, 8, 4, 256), 9000},
		)
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			p, err := l.build(Forward(c.shape), h100, true)
			if err != nil {
				t.Fatal("forward: ", err)
			}
			t.Logf("forward: %d bytes of workspace", p.workspace)
			l.free(p)
			if p, err = l.build(Backward(c.shape, false), h100, false); err != nil {
				t.Fatal("backward: ", err)
			}
			t.Logf("backward: %d bytes of workspace", p.workspace)
			if tokens := int64(c.shape.Batch) * int64(c.shape.Length); p.workspace > c.perToken*tokens+1<<20 {
				t.Errorf("%d bytes of workspace for %d tokens", p.workspace, tokens)
			}
			l.free(p)
			if pairs := int64(c.shape.Batch) * int64(c.shape.Heads) * int64(c.shape.Length) * int64(c.shape.Length); 2*pairs > maxOrdered {
				return
			}
			if p, err = l.build(Backward(c.shape, true), h100, true); err != nil {
				t.Fatal("backward, ordered: ", err)
			}
			t.Logf("backward, ordered: %d bytes of workspace", p.workspace)
			l.free(p)
		})
	}
	if more {
		b200, err := l.described(gpuText(t, map[string]any{"deviceVer": 1000, "multiProcessorCount": 148, "deviceName": "NVIDIA B200"}))
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range []*Graph{Forward(all[0].shape), Backward(all[0].shape, false)} {
			p, err := l.build(g, b200, false)
			if err != nil {
				t.Fatal("B200: ", err)
			}
			l.free(p)
		}
	}
	// What no engine computes is an error, and not a crash.
	bad := model(1, 4096, 16, 8, 100)
	if p, err := l.build(Forward(bad), h100, false); err == nil {
		l.free(p)
		t.Error("heads of 100 elements have a plan")
	}
}
