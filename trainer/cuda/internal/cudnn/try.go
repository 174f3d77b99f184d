//go:build cuda && cgo

package cudnn

import (
	"math"
	"math/rand/v2"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// tryStart packs sequences of lengths that have been wrong: 64 more than a multiple
// of 128, none at all, and a few tokens. The first tokens belong to nobody.
var tryStart = []int{8, 200, 270, 270, 277}

// guard is the rows behind the last.
const guard = 8

// try computes a small problem of a model's heads and compares. It returns what is
// wrong, or "".
func (l *Library) try(h gpu.Heads, unordered bool) (why string, err error) {
	w, kv := h.Q*h.D, h.KV*h.D
	p := newTrial(rand.New(rand.NewPCG(1, 2)), tryStart, Shape{
		Heads: h.Q, Groups: h.KV, D: h.D, Scale: float32(h.Scale),
		LDQ: w + kv, LDK: w + kv, LDV: w + 2*kv, LDOut: w, LDDOut: w, LDDQ: w + 2*kv, LDDK: w + 2*kv, LDDV: w + 2*kv,
	})
	n := tryStart[len(tryStart)-1] + guard
	at := map[Role]gpu.Ptr{}
	defer func() {
		for _, ptr := range at {
			if freed := l.Device.Free(ptr); err == nil {
				err = freed
			}
		}
	}()
	for _, m := range p.pieces() {
		b := encode(m, n)
		if at[m.role], err = l.Device.Alloc(int64(len(b))); err != nil {
			return "", err
		}
		if err = l.Device.Upload(at[m.role], b); err != nil {
			return "", err
		}
	}
	s := p.shape
	a := gpu.Attend{
		Heads: h, Type: gpu.BF16, Start: tryStart, Unordered: unordered,
		Q: gpu.Rows{Ptr: at[Q], LD: s.LDQ}, K: gpu.Rows{Ptr: at[K], LD: s.LDK}, V: gpu.Rows{Ptr: at[V], LD: s.LDV},
		Out: gpu.Rows{Ptr: at[Out], LD: s.LDOut}, LSE: at[LSE], DOut: gpu.Rows{Ptr: at[DOut], LD: s.LDDOut},
		DQ: gpu.Rows{Ptr: at[DQ], LD: s.LDDQ}, DK: gpu.Rows{Ptr: at[DK], LD: s.LDDK}, DV: gpu.Rows{Ptr: at[DV], LD: s.LDDV},
	}
	for _, grad := range []bool{false, true} {
		if err = l.compute(a, grad); err != nil {
			return "", err
		}
	}
	for _, m := range p.pieces() {
		if !m.result {
			continue
		}
		b := make([]byte, len(encode(m, n)))
		if err = l.Device.Download(b, at[m.role]); err != nil {
			return "", err
		}
		if why = p.judge(m, decode(m, b), math.IsNaN); why != "" {
			return why, nil
		}
	}
	return "", nil
}
