package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A compiler is a fake device with two modules, of which the second may be wrong.
type compiler struct {
	fake
	wrong error
}

func (c *compiler) LoadAll(done func(string, time.Duration)) error {
	done("gemm", 2*time.Second)
	if c.wrong == nil {
		done("rows", time.Second)
	}
	return c.wrong
}

// The stage load compiles every module and says how long each takes, or which cannot
// be compiled.
func TestLoadCompiles(t *testing.T) {
	for _, wrong := range []error{nil, errors.New("module rows: no")} {
		file := filepath.Join(t.TempDir(), "results.json")
		_, out, said := program(t, &compiler{fake{name: "fake"}, wrong}, sizes{}, "-stage", "load", "-o", file)
		r, err := read(file)
		if err != nil || r == nil {
			t.Fatalf("no report: %v\n%s\n%s", err, out, said)
		}
		p := r.piece("load", "modules")
		if p == nil || (p.State == Passed) != (wrong == nil) {
			t.Fatalf("with error %v: %+v\n%s\n%s", wrong, p, out, said)
		}
		took := map[string]float64{}
		for _, x := range p.Values {
			took[x.Name] = x.Value
		}
		all := 3.0
		if wrong != nil {
			all = 2
		}
		if took["compiling gemm"] != 2 || took["compiling rows"] != all-2 || took["compiling all"] != all {
			t.Errorf("with error %v: %v", wrong, took)
		}
		if wrong != nil && !strings.Contains(strings.Join(p.Problem, " "), "module rows") {
			t.Errorf("problems %q", p.Problem)
		}
	}
}
