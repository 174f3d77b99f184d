package cudnn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// A host computes graphs in float64. Memory by roles holds elements of all types.
type host struct {
	memory [roles][]float64
	made   map[*Tensor][]float64 // virtual tensors, by their strides
}

func offset(t *Tensor, i [4]int64) (at int64) {
	for d, x := range i {
		if t.Dim[d] == 1 {
			x = 0 // repeated
		}
		at += x * t.Stride[d]
	}
	return at
}

// place returns the memory of an element, or false for rows beyond a sequence's
// tokens, which no kernel may touch.
func (h *host) place(t *Tensor, i [4]int64) (*float64, bool) {
	if t.Scalar {
		x := float64(t.Value)
		return &x, true
	}
	data := h.memory[t.Role]
	if t.Virtual {
		if h.made[t] == nil {
			n := int64(1)
			for d := range t.Dim {
				n += (t.Dim[d] - 1) * t.Stride[d]
			}
			h.made[t] = make([]float64, n)
		}
		data = h.made[t]
	}
	at := offset(t, i)
	if t.Offset != nil && !t.Virtual {
		token := 2 // the dimension of tokens has the largest stride, and more than one
		if t.Stride[3] > t.Stride[2] {
			token = 3
		}
		if i[token] >= int64(h.memory[Len][i[0]]) {
			return nil, false
		}
		at += int64(h.memory[t.Offset.Role][i[0]]) - i[0]*t.Stride[0]
	}
	return &data[at], true
}

func (h *host) load(t *Tensor, i [4]int64) float64 {
	p, ok := h.place(t, i)
	if !ok {
		return math.NaN() // what lies there must not matter
	}
	return *p
}

func (h *host) store(t *Tensor, i [4]int64, x float64) {
	if p, ok := h.place(t, i); ok {
		*p = x
	}
}

func every(dim [4]int64, do func(i [4]int64)) {
	var i [4]int64
	for i[0] = 0; i[0] < dim[0]; i[0]++ {
		for i[1] = 0; i[1] < dim[1]; i[1]++ {
			for i[2] = 0; i[2] < dim[2]; i[2]++ {
				for i[3] = 0; i[3] < dim[3]; i[3]++ {
					do(i)
				}
			}
		}
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (h *host) run(t *testing.T, g *Graph) {
	for _, o := range g.Ops {
		switch o.Kind {
		case Matmul:
			h.matmul(o)
		case Reduce:
			h.reduce(o)
		case View:
			x, y := o.In[0], o.Out
			every(x.Dim, func(i [4]int64) {
				j := i
				if y.Dim != x.Dim || y.Stride != x.Stride {
					j[2], j[3] = i[3], i[2]
				}
				h.store(y, j, h.load(x, i))
			})
		default:
			every(o.Out.Dim, func(i [4]int64) {
				var in [3]float64
				if o.Kind != Index {
					for k, x := range o.In {
						in[k] = h.load(x, i)
					}
				}
				h.store(o.Out, i, each(t, o, in, i))
			})
		}
	}
}

func each(t *testing.T, o Op, in [3]float64, i [4]int64) float64 {
	switch o.Kind {
	case Add:
		return in[0] + in[1]
	case Sub:
		return in[0] - in[1]
	case Mul:
		return in[0] * in[1]
	case Div:
		return in[0] / in[1]
	case Exp:
		return math.Exp(in[0])
	case Log:
		return math.Log(in[0])
	case Less:
		return truth(in[0] < in[1])
	case GreaterEqual:
		return truth(in[0] >= in[1])
	case And:
		return truth(in[0] != 0 && in[1] != 0)
	case Index:
		return float64(i[o.Axis])
	case Select:
		if in[2] != 0 {
			return in[0]
		}
		return in[1]
	case Copy:
		return in[0]
	}
	t.Fatalf("operation %d", o.Kind)
	return 0
}

func (h *host) matmul(o Op) {
	a, b := o.In[0], o.In[1]
	group := a.Dim[1] / b.Dim[1]
	every(o.Out.Dim, func(i [4]int64) {
		inside := func(d int, x int64) bool {
			return o.Extent[d] == nil || x < int64(h.memory[Len][i[0]])
		}
		sum := 0.0
		for k := range a.Dim[3] {
			if inside(0, i[2]) && inside(1, i[3]) && inside(2, k) {
				sum += h.load(a, [4]int64{i[0], i[1], i[2], k}) * h.load(b, [4]int64{i[0], i[1] / group, k, i[3]})
			}
		}
		h.store(o.Out, i, sum)
	})
}

func (h *host) reduce(o Op) {
	x, y := o.In[0], o.Out
	every(y.Dim, func(i [4]int64) {
		var from, n [4]int64
		for d := range i {
			n[d] = x.Dim[d] / y.Dim[d]
			from[d] = i[d] * n[d]
		}
		r := 0.0
		if o.Max {
			r = math.Inf(-1)
		}
		every(n, func(j [4]int64) {
			for d := range j {
				j[d] += from[d]
			}
			if e := h.load(x, j); o.Max {
				r = max(r, e)
			} else {
				r += e
			}
		})
		h.store(y, i, r)
	})
}

// spread lays out rows of width elements ld apart, NaN between them.
func spread(x []float64, width, ld int) []float64 {
	y := make([]float64, len(x)/width*ld)
	for i := range y {
		y[i] = math.NaN()
	}
	for i := range x {
		y[i/width*ld+i%width] = x[i]
	}
	return y
}

// blank returns NaN for what is to be written.
func blank(x []float64, width, ld int) []float64 {
	y := spread(x, width, ld)
	for i := range y {
		y[i] = math.NaN()
	}
	return y
}

// testShape has rows of all kinds of distances.
func testShape(heads, groups, d int) Shape {
	w, kv := heads*d, groups*d
	return Shape{Heads: heads, Groups: groups, D: d, Scale: 0.5,
		LDQ: w + 3, LDK: kv + 1, LDV: kv + 2, LDOut: w, LDDOut: w + 1, LDDQ: w + 5, LDDK: kv, LDDV: kv + 7}
}

// bind lays a trial out in a host's memory.
func (p *trial) bind() *host {
	h := &host{}
	for _, m := range p.pieces() {
		h.memory[m.role] = spread(m.data, m.width, m.ld)
		if m.result {
			h.memory[m.role] = blank(m.data, m.width, m.ld)
		}
	}
	return h
}

// group binds a group's tables and scratch, and returns its shape.
func (p *trial) group(h *host, g group) Shape {
	s := p.shape
	s.Batch, s.Length = g.batch, g.length
	wide := func(x []int32) (y []float64) {
		for _, e := range x {
			y = append(y, float64(e))
		}
		return y
	}
	h.made = map[*Tensor][]float64{}
	h.memory[Len] = wide(g.lengths(nil))
	for r, ld := range s.rowDistances(true) {
		h.memory[offsets[r]] = wide(g.offsets(nil, ld))
	}
	h.memory[Sums] = make([]float64, g.batch*s.Heads*g.length)
	h.memory[DQSum] = make([]float64, g.batch*s.Heads*g.length*s.D)
	return s
}

func same(t *testing.T, what string, got, want []float64, width, ld int) {
	t.Helper()
	for i, y := range got {
		if row, col := i/ld, i%ld; col >= width {
			if !math.IsNaN(y) {
				t.Errorf("%s: element %d of row %d lies between rows and was written", what, col, row)
				return
			}
		} else if x := want[row*width+col]; !(math.Abs(x-y) < 1e-12) {
			t.Errorf("%s: element %d of row %d is %v, want %v", what, col, row, y, x)
			return
		}
	}
}

func TestGraphsAgainstNaiveAttention(t *testing.T) {
	for _, c := range []struct {
		start            []int
		heads, groups, d int
	}{
		{[]int{0, 5}, 1, 1, 8},
		{[]int{0, 1, 8, 8, 17}, 4, 2, 4},
		{[]int{0, 3, 9, 14}, 2, 2, 3},
		{[]int{0, 7, 14}, 3, 1, 7},
	} {
		for _, ordered := range []bool{false, true} {
			t.Run(fmt.Sprint(c, ordered), func(t *testing.T) {
				p := newTrial(rand.New(rand.NewPCG(uint64(c.d), 7)), c.start, testShape(c.heads, c.groups, c.d))
				h := p.bind()
				var all []group
				for _, g := range groups(c.start) {
					g.length = 16 // what is computed here grows with its square
					all = append(all, g)
				}
				for _, g := range all {
					h.run(t, Forward(p.group(h, g)))
				}
				for _, g := range all {
					h.run(t, Backward(p.group(h, g), ordered))
				}
				for _, m := range p.pieces() {
					if m.result {
						same(t, results[m.role], h.memory[m.role], m.data, m.width, m.ld)
					}
				}
			})
		}
	}
}
