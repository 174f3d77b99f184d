package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/engine"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/model"
)

// torch runs the PyTorch side and returns its lines of JSON. Without an
// interpreter that has torch the piece is absent.
func (v *verifier) torch(limit time.Duration, args ...string) ([][]byte, error) {
	if v.python == "" {
		return nil, absent("no interpreter is given")
	}
	if _, err := exec.LookPath(v.python); err != nil {
		return nil, absent("there is no %s", v.python)
	}
	if _, err := os.Stat(v.script); err != nil {
		return nil, absent("there is no %s", v.script)
	}
	if err := exec.CommandContext(v.ctx, v.python, "-c", "import torch").Run(); err != nil {
		return nil, absent("%s has no torch", v.python)
	}
	if !v.deadline.IsZero() { // a process left behind would keep the GPU's memory
		limit = min(limit, time.Until(v.deadline))
	}
	ctx, cancel := context.WithTimeout(v.ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, v.python, append([]string{"-B", v.script}, args...)...)
	cmd.WaitDelay = 5 * time.Second
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var lines [][]byte
	scan := bufio.NewScanner(&out)
	scan.Buffer(nil, 1<<30)
	for scan.Scan() {
		if l := scan.Bytes(); len(l) > 0 && l[0] == '{' {
			lines = append(lines, bytes.Clone(l))
		}
	}
	if ctx.Err() != nil {
		return lines, fmt.Errorf("PyTorch took longer than %v", limit.Round(time.Second))
	}
	if err != nil && len(lines) == 0 {
		text := strings.TrimSpace(said.String())
		return nil, fmt.Errorf("PyTorch: %w: %s", err, text[max(0, len(text)-500):])
	}
	return lines, nil
}

// question is what qwen3_gpu.py dump reads.
type question struct {
	Config      model.Config
	Weights     string
	Tokens      []int32
	Start, Rows []int
	Coef        []float64
	Temperature float64
}

// dump has PyTorch compute log-probabilities and gradient of a shape.
func (v *verifier) dump(s *stepShape, b *backend.Batch, weights [][]float32, coef []float64, precision gpu.Type) (logp []float64, grads [][]float32, err error) {
	dir, err := os.MkdirTemp("", "gpuverify")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	q := question{s.cfg, "weights.f32", b.Tokens, b.Start, b.Rows, coef, b.Temperature}
	in, out := filepath.Join(dir, "in.json"), filepath.Join(dir, "out.f32")
	text, err := json.Marshal(q)
	if err != nil {
		return nil, nil, err
	}
	var flat []byte
	for _, w := range weights {
		for _, x := range w {
			flat = binary.LittleEndian.AppendUint32(flat, math.Float32bits(x))
		}
	}
	if err := errors.Join(os.WriteFile(in, text, 0o666), os.WriteFile(filepath.Join(dir, q.Weights), flat, 0o666)); err != nil {
		return nil, nil, err
	}
	kind := map[gpu.Type]string{gpu.F32: "float32", gpu.BF16: "bfloat16"}[precision]
	lines, err := v.torch(5*time.Minute, "dump", in, out, "--dtype", kind)
	if err != nil {
		return nil, nil, err
	}
	if len(lines) != 1 {
		return nil, nil, fmt.Errorf("PyTorch says %d lines, not 1", len(lines))
	}
	var reply struct{ LogP []float64 }
	if err := json.Unmarshal(lines[0], &reply); err != nil {
		return nil, nil, err
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		return nil, nil, err
	}
	if len(reply.LogP) != len(b.Rows) || len(raw) != 4*s.cfg.Size() {
		return nil, nil, fmt.Errorf("PyTorch answers %d log-probabilities and %d bytes of gradient", len(reply.LogP), len(raw))
	}
	for _, t := range s.cfg.Tensors() {
		g := make([]float32, t.Len())
		for i := range g {
			g[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*(t.Offset+i):]))
		}
		grads = append(grads, g)
	}
	return reply.LogP, grads, nil
}

// against compares the policy with PyTorch: on the CPU in float32, which is as
// exact on both sides, and on the GPU in bf16, where both round.
func (v *verifier) against(p *Piece, s *stepShape) error {
	b := s.batch()
	coef := newCoefficients(len(b.Rows), false)
	precisions := []gpu.Type{gpu.F32, gpu.BF16}
	if v.dev.Info().Emulated {
		precisions = precisions[:1] // it has no GPU for PyTorch
	}
	for _, precision := range precisions {
		if err := v.againstIn(p, s, b, coef, precision); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) againstIn(p *Piece, s *stepShape, b *backend.Batch, coef coefficients, precision gpu.Type) (err error) {
	policy, err := engine.New(v.dev, s.cfg, s.options(variant{precision: precision}))
	if err != nil {
		return err
	}
	defer closing(policy, &err)
	weights, err := s.write(policy)
	if err != nil {
		return err
	}
	logp, grads, err := v.dump(s, b, weights, coef.logp, precision)
	if err != nil {
		return err
	}
	out := newRows(b)
	if err := policy.Accumulate(v.ctx, b, coef, out); err != nil {
		return err
	}
	got, err := tensors(policy, backend.Gradient)
	if err != nil {
		return err
	}
	may := permitted[precision]
	if precision == gpu.BF16 { // both sides round
		may.logp, may.gradient, may.cosine = 2*may.logp, 2*may.gradient, 2*may.cosine
	}
	part := &Piece{}
	part.check("log-probability", farthest(out.LogP, logp), may.logp)
	compareGradients(part, s.cfg, got, grads, may)
	for _, x := range part.Values {
		p.Values = append(p.Values, Value{precision.String() + " " + x.Name, x.Value, x.Unit})
	}
	for _, x := range part.Problem {
		p.fail("%v: %s", precision, x)
	}
	p.Notes = append(p.Notes, part.Notes...)
	return nil
}
