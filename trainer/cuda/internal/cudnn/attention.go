package cudnn

import "math"

// A Shape is what a plan is made for.
type Shape struct {
	Batch  int // sequences, at most
	Length int // tokens of the longest, at most
	Heads  int // of queries
	Groups int // heads of keys and values
	D      int
	Scale  float32

	// Distances of rows in elements; the last four are of the gradient.
	LDQ, LDK, LDV, LDOut     int
	LDDOut, LDDQ, LDDK, LDDV int
}

// alignment is how many bytes rows begin at multiples of.
const alignment = 16

// graph is a Graph that knows its shape.
type graph struct {
	Graph
	Shape
	len *Tensor
}

func newGraph(s Shape) *graph {
	g := &graph{Shape: s}
	g.len = g.tensor(Tensor{Type: Int32, Dim: [4]int64{int64(s.Batch), 1, 1, 1}, Stride: [4]int64{1, 1, 1, 1}, Role: Len})
	return g
}

// rows returns the ragged tensor of a role, [batch, heads, length, d], of which
// rows begin ld elements apart.
func (g *graph) rows(r Role, t Type, heads, d, ld int) *Tensor {
	b, l := int64(g.Batch), int64(g.Length)
	off := g.tensor(Tensor{Type: Int32, Dim: [4]int64{b + 1, 1, 1, 1}, Stride: [4]int64{1, 1, 1, 1}, Role: offsets[r]})
	return g.tensor(Tensor{
		Type:   t,
		Dim:    [4]int64{b, int64(heads), l, int64(d)},
		Stride: [4]int64{l * int64(ld), int64(d), int64(ld), 1},
		Offset: off,
		Role:   r,
	})
}

// transpose swaps the last two dimensions of an operand.
func transpose(t *Tensor) *Tensor {
	t.Dim[2], t.Dim[3] = t.Dim[3], t.Dim[2]
	t.Stride[2], t.Stride[3] = t.Stride[3], t.Stride[2]
	return t
}

// scores appends scale q·k of all pairs, and minus infinity for those beyond the
// lengths of sequences.
func (g *graph) scores(q, kt *Tensor) *Tensor {
	dim := [4]int64{int64(g.Batch), int64(g.Heads), int64(g.Length), int64(g.Length)}
	s := g.matmul(q, kt, g.virtual(Float, dim), [3]*Tensor{g.len, g.len, nil})
	s = g.each(Mul, s, g.scalar(g.Scale))
	row := g.test(Less, g.index(s, 2, Int32), g.len)
	col := g.test(Less, g.index(s, 3, Int32), g.len)
	return g.each(Select, s, g.scalar(float32(math.Inf(-1))), g.test(And, row, col))
}

// causal appends minus infinity for keys behind their query.
func (g *graph) causal(s *Tensor) *Tensor {
	row, col := g.index(s, 2, Float), g.index(s, 3, Float)
	return g.each(Select, s, g.scalar(float32(math.Inf(-1))), g.test(GreaterEqual, row, col))
}

func (g *graph) matmul(a, b, c *Tensor, extent [3]*Tensor) *Tensor {
	return g.op(Op{Kind: Matmul, In: []*Tensor{a, b}, Out: c, Compute: Float, Extent: extent})
}

func (g *graph) reduce(x, y *Tensor, largest bool) *Tensor {
	return g.op(Op{Kind: Reduce, In: []*Tensor{x}, Out: y, Compute: Float, Max: largest})
}

// perRow returns the extents of one number for each query.
func (g *graph) perRow() [4]int64 {
	return [4]int64{int64(g.Batch), int64(g.Heads), int64(g.Length), 1}
}

// Forward returns the graph of causal attention over ragged sequences,
//
//	Out = softmax(scale Q Kᵀ) V     LSE = log sum exp(scale Q Kᵀ)
//
// where LSE, float32, has a row of Heads numbers for each token.
//
// Source: Dao, arXiv 2307.08691, section 2, for the mathematics; the operations and
// their order are those that cuDNN's attention engines recognise.
func Forward(s Shape) *Graph {
	g := newGraph(s)
	q := g.rows(Q, BF16, s.Heads, s.D, s.LDQ)
	kt := transpose(g.rows(K, BF16, s.Groups, s.D, s.LDK))
	v := g.rows(V, BF16, s.Groups, s.D, s.LDV)
	out := g.rows(Out, BF16, s.Heads, s.D, s.LDOut)
	lse := g.rows(LSE, Float, s.Heads, 1, s.Heads)

	x := g.causal(g.scores(q, kt))
	largest := g.reduce(x, g.virtual(Float, g.perRow()), true)
	e := g.each(Exp, g.each(Sub, x, largest))
	sum := g.reduce(e, g.virtual(Float, g.perRow()), false)
	g.op(Op{Kind: Add, In: []*Tensor{largest, g.each(Log, sum)}, Out: lse, Compute: Float})
	p := g.op(Op{Kind: Div, In: []*Tensor{e, sum}, Out: g.virtual(BF16, e.Dim), Compute: Float})
	g.matmul(p, v, out, [3]*Tensor{g.len, nil, g.len})
	return &g.Graph
}

// Backward returns the graph of the gradient of Forward,
//
//	P = exp(scale Q Kᵀ - LSE)        DV = Pᵀ DOut
//	S = scale P (DOut Vᵀ - sums)     DK = Sᵀ Q     DQ = S K
//
// with sums the products of rows of DOut and Out, and DK and DV summed over the
// query heads of a group. If ordered is not set, DQ may be summed by atomic
// additions in scratch memory.
func Backward(s Shape, ordered bool) *Graph {
	g := newGraph(s)
	q := g.rows(Q, BF16, s.Heads, s.D, s.LDQ)
	kt := transpose(g.rows(K, BF16, s.Groups, s.D, s.LDK))
	vt := transpose(g.rows(V, BF16, s.Groups, s.D, s.LDV))
	out := g.rows(Out, BF16, s.Heads, s.D, s.LDOut)
	lse := g.rows(LSE, Float, s.Heads, 1, s.Heads)
	dout := g.rows(DOut, BF16, s.Heads, s.D, s.LDDOut)
	dq := g.rows(DQ, BF16, s.Heads, s.D, s.LDDQ)
	dk := g.rows(DK, BF16, s.Groups, s.D, s.LDDK)
	dv := g.rows(DV, BF16, s.Groups, s.D, s.LDDV)

	sums := g.tensor(Tensor{Type: Float, Dim: g.perRow(), Stride: packed(g.perRow()), Role: Sums})
	products := g.reduce(g.each(Mul, dout, out), g.virtual(Float, g.perRow()), false)
	g.op(Op{Kind: Mul, In: []*Tensor{products, g.scalar(1)}, Out: sums, Compute: Float})

	p := g.each(Exp, g.causal(g.each(Sub, g.scores(q, kt), lse)))
	g.intoKeys(p, dout, dv)

	dp := g.matmul(dout, vt, g.virtual(Float, p.Dim), [3]*Tensor{g.len, g.len, nil})
	ds := g.each(Mul, g.each(Mul, g.each(Sub, dp, sums), p), g.scalar(s.Scale))
	g.intoKeys(ds, q, dk)

	k := transpose(g.tensor(Tensor{Type: BF16, Dim: kt.Dim, Stride: kt.Stride, Virtual: true, Offset: kt.Offset}))
	g.op(Op{Kind: View, In: []*Tensor{kt}, Out: k})
	extent := [3]*Tensor{g.len, nil, g.len}
	if ordered {
		g.matmul(ds, k, dq, extent)
		return &g.Graph
	}
	sum := g.tensor(Tensor{Type: Float, Dim: dq.Dim, Stride: packed(dq.Dim), Role: DQSum})
	g.matmul(ds, k, sum, extent)
	g.op(Op{Kind: Copy, In: []*Tensor{sum}, Out: dq, Compute: Float})
	return &g.Graph
}

// intoKeys appends y = wᵀ x, w a number for each pair of query and key and x
// a row for each query, summed over the query heads of a group.
func (g *graph) intoKeys(w, x, y *Tensor) {
	dim := w.Dim
	t := g.tensor(Tensor{Type: BF16, Dim: dim, Stride: packed(dim), Virtual: true})
	t.Stride[2], t.Stride[3] = t.Stride[3], t.Stride[2]
	g.op(Op{Kind: View, In: []*Tensor{w}, Out: t})
	extent := [3]*Tensor{g.len, nil, g.len}
	if g.Heads == g.Groups {
		g.matmul(t, x, y, extent)
		return
	}
	all := y.Dim
	all[1] = int64(g.Heads)
	g.reduce(g.matmul(t, x, g.virtual(BF16, all), extent), y, false)
}
