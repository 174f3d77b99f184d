package backend

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/model"
)

// Validate says what is impossible about a batch for a model of shape cfg, with
// results going to out; out may be nil. Backends call it before they compute.
//
// A batch may be without sequences and without rows; a sequence has at least one
// token, and at most cfg.MaxLen.
func (b *Batch) Validate(cfg model.Config, out *Rows) error {
	if t := b.Temperature; t != 0 && !(t >= MinTemperature && t <= math.MaxFloat32) {
		return fmt.Errorf("backend: temperature %v: want at least %g and a number that float32 holds, or 0 for 1", t, MinTemperature)
	}
	if err := b.validateSequences(cfg); err != nil {
		return err
	}
	s, last := 0, -1
	for r, t := range b.Rows {
		if t < 0 || t >= len(b.Tokens) {
			return fmt.Errorf("backend: row %d is token %d of %d", r, t, len(b.Tokens))
		}
		if t <= last {
			return fmt.Errorf("backend: row %d is token %d behind token %d; rows ascend", r, t, last)
		}
		last = t
		for t >= b.Start[s+1] {
			s++
		}
		if t == b.Start[s] {
			return fmt.Errorf("backend: row %d is the first token of sequence %d, which nothing predicts", r, s)
		}
	}
	if out == nil {
		return nil
	}
	if n := len(out.LogP); n != len(b.Rows) {
		return fmt.Errorf("backend: %d log-probabilities for %d rows", n, len(b.Rows))
	}
	if n := len(out.Entropy); out.Entropy != nil && n != len(b.Rows) {
		return fmt.Errorf("backend: %d entropies for %d rows", n, len(b.Rows))
	}
	return nil
}

func (b *Batch) validateSequences(cfg model.Config) error {
	end := 0
	for s, t := range b.Start {
		switch {
		case s == 0 && t != 0:
			return fmt.Errorf("backend: the first sequence starts at token %d", t)
		case s > 0 && t <= end:
			return fmt.Errorf("backend: sequence %d from token %d to %d is empty", s-1, end, t)
		case s > 0 && t-end > cfg.MaxLen:
			return fmt.Errorf("backend: sequence %d has %d tokens, the model takes %d", s-1, t-end, cfg.MaxLen)
		}
		end = t
	}
	if end != len(b.Tokens) {
		return fmt.Errorf("backend: %d tokens, but the last sequence ends at %d", len(b.Tokens), end)
	}
	for i, t := range b.Tokens {
		if t < 0 || int(t) >= cfg.Vocab {
			s := 0
			for i >= b.Start[s+1] {
				s++
			}
			return fmt.Errorf("backend: token %d of sequence %d is %d; the vocabulary has %d", i-b.Start[s], s, t, cfg.Vocab)
		}
	}
	return nil
}
