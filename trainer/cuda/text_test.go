//go:build cuda && cgo

package cuda

import (
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/kernels"
	"gorgonia.org/cu"
)

func TestErrorTexts(t *testing.T) {
	err := failed(cu.IllegalAddress, "wait")
	e, ok := err.(*Error)
	if !ok || e.Code != 700 || e.Name != "CUDA_ERROR_ILLEGAL_ADDRESS" || e.Text == "" || !e.late() {
		t.Fatalf("%#v", err)
	}
	e.Kernel = "gemm_f32"
	if s := e.Error(); !strings.Contains(s, "gemm_f32") || !strings.Contains(s, "wait: CUDA_ERROR_ILLEGAL_ADDRESS (700)") {
		t.Error(s)
	}
	if e := failed(cu.InvalidValue, "launch").(*Error); e.late() || strings.Contains(e.Error(), "kernel") {
		t.Error(e)
	}
	if failed(nil, "nothing") != nil {
		t.Error("an error of nothing")
	}
}

func TestParameters(t *testing.T) {
	n := parameters(`
.visible .entry two_f32(
	.param .u64 two_f32_param_0,
	.param .f64 two_f32_param_1
)
.maxntid 256, 1, 1
{
	ld.param.u64 	%rd1, [two_f32_param_0];
}
.visible .entry none_f32()
{
`)
	if len(n) != 2 || n["two_f32"] != 2 || n["none_f32"] != 0 {
		t.Errorf("%v", n)
	}
	modules, err := kernels.Modules()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		n := parameters(string(m.PTX))
		for _, k := range m.Kernels {
			if n[k] < 1 || n[k] > maxArgs {
				t.Errorf("%s has %d parameters", k, n[k])
			}
		}
		if len(n) != len(m.Kernels) {
			t.Errorf("module %s: parameters of %d kernels, which are %d", m.Name, len(n), len(m.Kernels))
		}
	}
}
