package cudnn

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
)

// A trial is attention over packed sequences, its operands representable in bf16, and
// what a plain computation in float64 makes of it: the library is tried on it before
// it is trusted.
type trial struct {
	start                []int
	shape                Shape
	q, k, v, dout        []float64 // of one token after another
	out, lse, dq, dk, dv []float64
}

func fill(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(r.IntN(257)-128) / 128
	}
	return x
}

// newTrial makes a trial of a shape's heads and row distances. Tokens before start[0]
// belong to nobody.
func newTrial(r *rand.Rand, start []int, shape Shape) *trial {
	heads := shape.Heads
	n, w, kv := start[len(start)-1], heads*shape.D, shape.Groups*shape.D
	p := &trial{start: start, shape: shape}
	p.q, p.k, p.v, p.dout = fill(r, n*w), fill(r, n*kv), fill(r, n*kv), fill(r, n*w)
	p.compute()
	return p
}

func (p *trial) compute() {
	start, heads := p.start, p.shape.Heads
	n, w, kv := start[len(start)-1], heads*p.shape.D, p.shape.Groups*p.shape.D
	p.out, p.lse, p.dq = make([]float64, n*w), make([]float64, n*heads), make([]float64, n*w)
	p.dk, p.dv = make([]float64, n*kv), make([]float64, n*kv)
	for s := 1; s < len(start); s++ {
		for i := start[s-1]; i < start[s]; i++ {
			for h := range heads {
				p.row(start[s-1], i, h)
			}
		}
	}
}

// row computes query i of head h, of a sequence that begins at from.
func (p *trial) row(from, i, h int) {
	d, heads, groups := p.shape.D, p.shape.Heads, p.shape.Groups
	kv := func(j int) int { return (j*groups + h/(heads/groups)) * d }
	at := (i*heads + h) * d
	scale := float64(p.shape.Scale)
	w := make([]float64, i+1) // by token; those before from are not used
	sum := 0.0
	for j := from; j <= i; j++ {
		dot := 0.0
		for e := range d {
			dot += p.q[at+e] * p.k[kv(j)+e]
		}
		w[j] = math.Exp(scale * dot)
		sum += w[j]
	}
	p.lse[i*heads+h] = math.Log(sum)
	mean := 0.0
	for j := from; j <= i; j++ {
		w[j] /= sum
		for e := range d {
			p.out[at+e] += w[j] * p.v[kv(j)+e]
			p.dv[kv(j)+e] += w[j] * p.dout[at+e]
			mean += w[j] * p.v[kv(j)+e] * p.dout[at+e]
		}
	}
	for j := from; j <= i; j++ {
		dp := 0.0
		for e := range d {
			dp += p.v[kv(j)+e] * p.dout[at+e]
		}
		ds := scale * w[j] * (dp - mean)
		for e := range d {
			p.dq[at+e] += ds * p.k[kv(j)+e]
			p.dk[kv(j)+e] += ds * p.q[at+e]
		}
	}
}

// A piece is one matrix of a trial.
type piece struct {
	role      Role
	data      []float64
	width, ld int
	result    bool // of the library's, forward or backward
}

// pieces lists the matrices, results in the order in which they are computed.
func (p *trial) pieces() []piece {
	s := p.shape
	w, kv := s.Heads*s.D, s.Groups*s.D
	return []piece{
		{Q, p.q, w, s.LDQ, false}, {K, p.k, kv, s.LDK, false}, {V, p.v, kv, s.LDV, false}, {DOut, p.dout, w, s.LDDOut, false},
		{Out, p.out, w, s.LDOut, true}, {LSE, p.lse, s.Heads, s.Heads, true},
		{DQ, p.dq, w, s.LDDQ, true}, {DK, p.dk, kv, s.LDDK, true}, {DV, p.dv, kv, s.LDDV, true},
	}
}

// Names of results in messages.
var results = map[Role]string{
	Out: "output", LSE: "log-sum-exp", DQ: "gradient of queries", DK: "gradient of keys", DV: "gradient of values",
}

// tolerance is how far the root of the mean squared error may be from that of the
// results: those are rounded to 8 bits, and so are probabilities on the way. No
// single error may be more than ten times that.
const tolerance = 0.02

// judge compares a result with what is expected. got holds rows ld apart, and more
// rows than were computed; is tells what was there before, which must be left between
// rows and in rows of nobody. It returns "" or what is wrong.
func (p *trial) judge(m piece, got []float64, is func(float64) bool) string {
	first, end := p.start[0], p.start[len(p.start)-1]
	var square, wrong, worst float64
	for i, x := range got {
		row, col := i/m.ld, i%m.ld
		if row < first || row >= end || col >= m.width {
			if !is(x) {
				return results[m.role] + ": memory that is no part of it was written"
			}
			continue
		}
		want := m.data[row*m.width+col]
		e := math.Abs(x - want)
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return results[m.role] + ": not a number"
		}
		square += want * want
		wrong += e * e
		worst = max(worst, e)
	}
	n := float64((end - first) * m.width)
	if rms := math.Sqrt(square / n); math.Sqrt(wrong/n) > tolerance*rms || worst > 10*tolerance*max(rms, 1) {
		return fmt.Sprintf("%s: off by %.2g on average and %.2g at most, where the numbers are about %.2g", results[m.role], math.Sqrt(wrong/n), worst, rms)
	}
	return ""
}

// encode returns the bytes of n rows of a matrix, float32 for the log-sum-exp and bf16
// for others. What is not to be read, and all of a result, is not a number.
func encode(m piece, n int) []byte {
	var b []byte
	for i := range n * m.ld {
		row, col := i/m.ld, i%m.ld
		x := float32(math.NaN())
		if at := row*m.width + col; !m.result && col < m.width && at < len(m.data) {
			x = float32(m.data[at])
		}
		bits := math.Float32bits(x)
		if m.role != LSE {
			b = binary.LittleEndian.AppendUint16(b, uint16(bits>>16)) // exact, or a NaN
		} else {
			b = binary.LittleEndian.AppendUint32(b, bits)
		}
	}
	return b
}

// decode is the inverse of encode.
func decode(m piece, b []byte) (x []float64) {
	for len(b) > 0 {
		bits := uint32(binary.LittleEndian.Uint16(b)) << 16
		if m.role == LSE {
			bits = binary.LittleEndian.Uint32(b)
			b = b[2:]
		}
		b = b[2:]
		x = append(x, float64(math.Float32frombits(bits)))
	}
	return x
}
