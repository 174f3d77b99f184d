package cpu

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"math"
	"os"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/backend/backendtest"
	"github.com/golongrl/golongrl/trainer/model"
)

var write = flag.Bool("write", false, "write the numbers of backendtest anew")

func TestBackend(t *testing.T) {
	if *write {
		writeBackendCases(t)
	}
	backendtest.Run(t, func(cfg model.Config) (backend.Policy, error) {
		return New(cfg, Options{Workers: 2, MicroTokens: 20, ChunkBytes: 4 * 4 * cfg.Vocab})
	}, backendtest.Float32)
}

// The numbers that other backends are compared with are those of this code in
// float64.
func TestBackendCases(t *testing.T) {
	for _, want := range backendtest.Cases(t) {
		got := backendCase(t, want.Config)
		for r, lp := range want.LogP {
			if math.Abs(got.LogP[r]-lp) > 1e-12 || math.Abs(got.Entropy[r]-want.Entropy[r]) > 1e-12 {
				t.Errorf("row %d: %v, written %v", r, got.LogP[r], lp)
			}
		}
		for i, x := range want.Config.Tensors() {
			for j := range x.Len() {
				if g, w := got.Grads[i][j], want.Grads[i][j]; math.Abs(float64(g-w)) > 1e-6*max(1, math.Abs(float64(w))) {
					t.Fatalf("%s, element %d: gradient %v, written %v", x.Name, j, g, w)
				}
				if g, w := got.Changes[i][j], want.Changes[i][j]; math.Abs(float64(g-w)) > 1e-9 {
					t.Fatalf("%s, element %d: change %v, written %v", x.Name, j, g, w)
				}
			}
		}
	}
}

func backendCase(t *testing.T, cfg model.Config) *backendtest.Case {
	c := newCore[float64](cfg, nil, Options{})
	out := &backendtest.Case{Config: cfg}
	first := make([]float64, len(c.w))
	for i, x := range c.tensors {
		for j := range x.Len() {
			c.w[x.Offset+j] = float64(out.Weight(i, j, x.Norm))
		}
	}
	copy(first, c.w)
	// each returns the tensors of v - minus.
	each := func(v, minus []float64) [][]float32 {
		var ts [][]float32
		for _, x := range c.tensors {
			t := make([]float32, x.Len())
			for j := range t {
				t[j] = float32(v[x.Offset+j] - minus[x.Offset+j])
			}
			ts = append(ts, t)
		}
		return ts
	}
	b := out.Batch()
	for i := range 3 {
		rows := newRows(b)
		if err := c.accumulate(context.Background(), b, backendtest.Objective{}, rows); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			out.LogP, out.Entropy = rows.LogP, rows.Entropy
			out.Grads = each(c.g, make([]float64, len(c.g)))
		}
		done, err := c.update(out.Step(i))
		if err != nil {
			t.Fatal(err)
		}
		out.Norms = append(out.Norms, done.GradNorm)
	}
	out.Changes = each(c.w, first)
	return out
}

func writeBackendCases(t *testing.T) {
	var cases []*backendtest.Case
	for _, cfg := range backendtest.Configs() {
		cases = append(cases, backendCase(t, cfg))
	}
	var text bytes.Buffer
	z := gzip.NewWriter(&text)
	if err := json.NewEncoder(z).Encode(cases); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("../backend/backendtest/testdata/cases.json.gz", text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Skip("written; run again without -write")
}
