package main

import (
	"testing"
)

func TestRun(t *testing.T) {
	b := newBench(t)
	stdout, stderr := mustCall(t, "run", "--config", b.config("out", knobs{}))
	t.Log(stdout)
	t.Log(stderr)
	t.Log(read(t, b.path("out/metrics.jsonl")))
	t.Log(read(t, b.path("out/rollouts/step-000001.jsonl")))
}
