package backendtest_test

import (
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/backend/backendtest"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
)

// The test of a backend in its own package.
func ExampleRun() {
	_ = func(t *testing.T) {
		open := func(cfg model.Config) (backend.Policy, error) { return cpu.New(cfg, cpu.Options{}) }
		backendtest.Run(t, open, backendtest.Float32)

		// For tests of its own: the shapes that are tried, and what is known of each.
		for i, cfg := range backendtest.Configs() {
			t.Log(i, cfg.Size())
		}
		for _, c := range backendtest.Cases(t) {
			t.Log(c)
		}
	}
}
