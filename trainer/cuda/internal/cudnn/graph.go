package cudnn

// A Type is an element type, by cuDNN's number.
type Type int32

// The types of elements.
const (
	Float Type = 0
	Int32 Type = 4
	BF16  Type = 9
	Bool  Type = 11
)

// A Tensor is an operand. Element (i0, i1, i2, i3) lies at the sum of i times
// Stride; of a ragged one Offset[i0] takes the place of i0 times Stride[0].
type Tensor struct {
	ID      int64
	Type    Type
	Dim     [4]int64
	Stride  [4]int64
	Virtual bool    // exists within the kernel only
	Scalar  bool    // is Value, given by the host
	Value   float32 // of a scalar
	Offset  *Tensor // nil if not ragged
	Role    Role    // what is bound to it
}

// A Role says which memory a tensor stands for.
type Role uint8

// The roles of tensors that are neither virtual nor scalars.
const (
	None    Role = iota
	Q            // queries
	K            // keys
	V            // values
	Out          // outputs
	LSE          // log-sum-exp of scores
	DOut         // gradients
	DQ           //
	DK           //
	DV           //
	Sums         // scratch: sums of DOut times Out
	DQSum        // scratch: gradients of queries in float32
	Len          // tokens of each sequence
	OffQ         // offsets of sequences in elements of the tensor named
	OffK         //
	OffV         //
	OffOut       //
	OffLSE       //
	OffDOut      //
	OffDQ        //
	OffDK        //
	OffDV        //
	roles
)

// offsets holds the role of the offsets of each ragged tensor.
var offsets = map[Role]Role{Q: OffQ, K: OffK, V: OffV, Out: OffOut, LSE: OffLSE, DOut: OffDOut, DQ: OffDQ, DK: OffDK, DV: OffDV}

// A Kind is what an operation does; those from Add on are elementwise.
type Kind uint8

// The kinds of operations. Operands of extent 1 are repeated.
const (
	Matmul Kind = iota // over the last two dimensions; heads of In[1] are shared by groups
	Reduce             // In[0] to the extents of Out: sums, or maxima if Max is set
	View               // In[0] under other strides; its elements keep their index or swap the last two
	Add
	Sub
	Mul
	Div
	Exp
	Log
	Less
	GreaterEqual
	And
	Index  // of the element along dimension Axis
	Select // In[0] where In[2] holds, else In[1]
	Copy
)

// An Op is one operation.
type Op struct {
	Kind    Kind
	In      []*Tensor
	Out     *Tensor
	Compute Type
	Axis    int64      // of Index
	Max     bool       // of Reduce
	Extent  [3]*Tensor // of Matmul: rows, columns and inner elements in use of each sequence
}

// A Graph is operations in an order in which they can be computed.
type Graph struct {
	Tensors []*Tensor
	Ops     []Op
}

// Find returns the tensor of a role, or nil.
func (g *Graph) Find(r Role) *Tensor {
	for _, t := range g.Tensors {
		if t.Role == r {
			return t
		}
	}
	return nil
}

func (g *Graph) tensor(t Tensor) *Tensor {
	t.ID = int64(len(g.Tensors)) + 1
	g.Tensors = append(g.Tensors, &t)
	return &t
}

// virtual returns a tensor within the kernel, its elements without gaps.
func (g *Graph) virtual(t Type, dim [4]int64) *Tensor {
	return g.tensor(Tensor{Type: t, Dim: dim, Stride: packed(dim), Virtual: true})
}

func (g *Graph) scalar(x float32) *Tensor {
	one := [4]int64{1, 1, 1, 1}
	return g.tensor(Tensor{Type: Float, Dim: one, Stride: one, Scalar: true, Value: x})
}

func packed(dim [4]int64) [4]int64 {
	return [4]int64{dim[1] * dim[2] * dim[3], dim[2] * dim[3], dim[3], 1}
}

func (g *Graph) op(o Op) *Tensor {
	g.Ops = append(g.Ops, o)
	return o.Out
}

// each appends an elementwise operation in float32 and returns its virtual result,
// which has the extents of the first operand.
func (g *Graph) each(k Kind, in ...*Tensor) *Tensor {
	return g.op(Op{Kind: k, In: in, Out: g.virtual(Float, in[0].Dim), Compute: Float})
}

// test appends a comparison.
func (g *Graph) test(k Kind, a, b *Tensor) *Tensor {
	return g.op(Op{Kind: k, In: []*Tensor{a, b}, Out: g.virtual(Bool, a.Dim), Compute: Bool})
}

// index appends the numbers of rows (axis 2) or columns (axis 3).
func (g *Graph) index(of *Tensor, axis int64, compute Type) *Tensor {
	return g.op(Op{Kind: Index, In: []*Tensor{of}, Out: g.virtual(Int32, of.Dim), Compute: compute, Axis: axis})
}
