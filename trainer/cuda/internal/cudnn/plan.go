//go:build cuda && cgo

package cudnn

// #include "abi.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// A plan is a graph made ready for a device.
type plan struct {
	graph     *Graph
	plan      descriptor
	made      []descriptor // plan, and what it was made of, which it may refer to
	workspace int64        // bytes
	exact     bool         // computes the same bits each time
	scalars   unsafe.Pointer

	// What is bound: the ids of tensors and their addresses, of which those of
	// tensors with a role are set before each run.
	ids      []int64
	pointers []uint64
	roles    []Role
}

// target is the device that plans are for: a handle, or without a device the
// description of one.
type target struct {
	handle unsafe.Pointer
	device descriptor
}

var errNoEngine = errors.New("cuDNN has no engine for this attention")

// maxConfigs is how many of cuDNN's proposals are tried.
const maxConfigs = 16

// build makes a plan of a graph, of cuDNN's proposals the first that can be built
// and, if ordered is set, that computes the same bits each time.
func (l *library) build(g *Graph, to target, ordered bool) (*plan, error) {
	m := &making{library: l}
	kept := false
	defer func() {
		if !kept {
			m.free()
		}
	}()
	opGraph := m.operations(g, to)
	heuristic := m.new(C.cd_BACKEND_ENGINEHEUR_DESCRIPTOR)
	m.setDescriptors(heuristic, C.cd_ATTR_ENGINEHEUR_OPERATION_GRAPH, opGraph)
	m.setInt(heuristic, C.cd_ATTR_ENGINEHEUR_MODE, C.cd_TYPE_HEUR_MODE, C.cd_HEUR_MODE_A)
	if to.device != nil {
		m.setDescriptors(heuristic, C.cd_ATTR_ENGINEHEUR_DEVICEPROP, to.device)
	}
	m.finish(heuristic, "find engines")
	var have C.int64_t
	configs := make([]descriptor, maxConfigs)
	for i := range configs {
		configs[i] = m.new(C.cd_BACKEND_ENGINECFG_DESCRIPTOR)
	}
	if m.err == nil {
		m.err = m.check(C.cd_get(l.f, heuristic, C.cd_ATTR_ENGINEHEUR_RESULTS, C.cd_TYPE_BACKEND_DESCRIPTOR,
			maxConfigs, &have, unsafe.Pointer(&configs[0])), "list engines")
	}
	if m.err != nil {
		return nil, m.err
	}
	err := fmt.Errorf("%w in version %s", errNoEngine, versionText(l.version))
	for _, config := range configs[:min(int(have), maxConfigs)] {
		exact := m.exact(config)
		if ordered && !exact {
			continue
		}
		p := m.new(C.cd_BACKEND_EXECUTION_PLAN_DESCRIPTOR)
		if to.handle != nil {
			m.set(p, C.cd_ATTR_EXECUTION_PLAN_HANDLE, C.cd_TYPE_HANDLE, 1, unsafe.Pointer(&to.handle))
		}
		if to.device != nil {
			m.setDescriptors(p, C.cd_ATTR_EXECUTION_PLAN_DEVICEPROP, to.device)
		}
		m.setDescriptors(p, C.cd_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, config)
		m.finish(p, "build a plan")
		var size int64
		if m.err == nil {
			m.err = m.check(C.cd_get(l.f, p, C.cd_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, C.cd_TYPE_INT64, 1, nil, unsafe.Pointer(&size)), "ask for the workspace")
		}
		if m.err != nil {
			err, m.err = m.err, nil // the next may do
			continue
		}
		kept = true
		return newPlan(g, p, m.made, size, exact), nil
	}
	return nil, err
}

// exact reports whether the engine of a configuration computes the same bits each
// time.
func (m *making) exact(config descriptor) bool {
	engine := m.new(C.cd_BACKEND_ENGINE_DESCRIPTOR)
	notes := make([]int32, 64)
	var have C.int64_t
	if m.err != nil {
		return false
	}
	if C.cd_get(m.f, config, C.cd_ATTR_ENGINECFG_ENGINE, C.cd_TYPE_BACKEND_DESCRIPTOR, 1, &have, unsafe.Pointer(&engine)) != 0 {
		return false
	}
	if C.cd_get(m.f, engine, C.cd_ATTR_ENGINE_NUMERICAL_NOTE, C.cd_TYPE_NUMERICAL_NOTE, C.int64_t(len(notes)), &have, unsafe.Pointer(&notes[0])) != 0 {
		return false
	}
	for _, n := range notes[:min(int(have), len(notes))] {
		if n == C.cd_NUMERICAL_NOTE_NONDETERMINISTIC {
			return false
		}
	}
	return true
}

func newPlan(g *Graph, d descriptor, made []descriptor, workspace int64, exact bool) *plan {
	p := &plan{graph: g, plan: d, made: made, workspace: workspace, exact: exact}
	p.scalars = C.malloc(C.size_t(16 * len(g.Tensors)))
	for i, t := range g.Tensors {
		if t.Virtual {
			continue
		}
		var at uint64
		if t.Scalar {
			x := unsafe.Add(p.scalars, 16*i)
			*(*float32)(x) = t.Value
			at = uint64(uintptr(x))
		}
		p.ids = append(p.ids, t.ID)
		p.pointers = append(p.pointers, at)
		p.roles = append(p.roles, t.Role)
	}
	return p
}

func (l *library) free(p *plan) {
	(&making{library: l, made: p.made}).free()
	C.free(p.scalars)
}

// run starts a plan on memory by roles.
func (l *library) run(p *plan, handle unsafe.Pointer, memory *[roles]uint64, workspace uint64) error {
	for i, r := range p.roles {
		if r != None {
			p.pointers[i] = memory[r]
		}
	}
	return l.check(C.cd_run(l.f, handle, p.plan, C.int64_t(len(p.ids)), (*C.int64_t)(&p.ids[0]), (*C.uint64_t)(&p.pointers[0]), C.uint64_t(workspace)), "execute")
}

// operations makes the descriptors of a graph.
func (m *making) operations(g *Graph, to target) descriptor {
	tensors := map[*Tensor]descriptor{}
	for _, t := range g.Tensors {
		tensors[t] = m.tensor(t, tensors[t.Offset])
	}
	var ops []descriptor
	for _, o := range g.Ops {
		ops = append(ops, m.operation(o, tensors))
	}
	d := m.new(C.cd_BACKEND_OPERATIONGRAPH_DESCRIPTOR)
	m.setDescriptors(d, C.cd_ATTR_OPERATIONGRAPH_OPS, ops...)
	if to.handle != nil {
		m.set(d, C.cd_ATTR_OPERATIONGRAPH_HANDLE, C.cd_TYPE_HANDLE, 1, unsafe.Pointer(&to.handle))
	}
	return m.finish(d, "make the graph")
}

// Types have cuDNN's numbers; other ones do not compile.
const _ = -((uint(Float) ^ C.cd_DATA_FLOAT) | (uint(Int32) ^ C.cd_DATA_INT32) | (uint(BF16) ^ C.cd_DATA_BFLOAT16) | (uint(Bool) ^ C.cd_DATA_BOOLEAN))

func (m *making) tensor(t *Tensor, offset descriptor) descriptor {
	d := m.new(C.cd_BACKEND_TENSOR_DESCRIPTOR)
	m.setInt(d, C.cd_ATTR_TENSOR_DATA_TYPE, C.cd_TYPE_DATA_TYPE, int32(t.Type))
	m.setInt64(d, C.cd_ATTR_TENSOR_DIMENSIONS, t.Dim[:]...)
	m.setInt64(d, C.cd_ATTR_TENSOR_STRIDES, t.Stride[:]...)
	m.setInt64(d, C.cd_ATTR_TENSOR_UNIQUE_ID, t.ID)
	m.setInt64(d, C.cd_ATTR_TENSOR_BYTE_ALIGNMENT, alignment)
	if t.Virtual {
		m.setTrue(d, C.cd_ATTR_TENSOR_IS_VIRTUAL)
	}
	if t.Scalar {
		m.setTrue(d, C.cd_ATTR_TENSOR_IS_BY_VALUE)
	}
	if t.Offset != nil {
		m.setDescriptors(d, C.cd_ATTR_TENSOR_RAGGED_OFFSET_DESC, offset)
	}
	return m.finish(d, fmt.Sprintf("describe tensor %d", t.ID))
}

// modes are cuDNN's numbers of elementwise operations.
var modes = map[Kind]int32{
	Add: C.cd_POINTWISE_ADD, Sub: C.cd_POINTWISE_SUB, Mul: C.cd_POINTWISE_MUL, Div: C.cd_POINTWISE_DIV,
	Exp: C.cd_POINTWISE_EXP, Log: C.cd_POINTWISE_LOG, Less: C.cd_POINTWISE_CMP_LT, GreaterEqual: C.cd_POINTWISE_CMP_GE,
	And: C.cd_POINTWISE_LOGICAL_AND, Index: C.cd_POINTWISE_GEN_INDEX, Select: C.cd_POINTWISE_BINARY_SELECT, Copy: C.cd_POINTWISE_IDENTITY,
}

func (m *making) operation(o Op, tensors map[*Tensor]descriptor) (d descriptor) {
	switch o.Kind {
	case Matmul:
		how := m.new(C.cd_BACKEND_MATMUL_DESCRIPTOR)
		m.setInt(how, C.cd_ATTR_MATMUL_COMP_TYPE, C.cd_TYPE_DATA_TYPE, int32(o.Compute))
		m.finish(how, "describe a product")
		d = m.new(C.cd_BACKEND_OPERATION_MATMUL_DESCRIPTOR)
		m.setDescriptors(d, C.cd_ATTR_OPERATION_MATMUL_ADESC, tensors[o.In[0]])
		m.setDescriptors(d, C.cd_ATTR_OPERATION_MATMUL_BDESC, tensors[o.In[1]])
		m.setDescriptors(d, C.cd_ATTR_OPERATION_MATMUL_CDESC, tensors[o.Out])
		m.setDescriptors(d, C.cd_ATTR_OPERATION_MATMUL_DESC, how)
		for i, attribute := range []C.int{
			C.cd_ATTR_OPERATION_MATMUL_GEMM_M_OVERRIDE_DESC,
			C.cd_ATTR_OPERATION_MATMUL_GEMM_N_OVERRIDE_DESC,
			C.cd_ATTR_OPERATION_MATMUL_GEMM_K_OVERRIDE_DESC,
		} {
			if o.Extent[i] != nil {
				m.setDescriptors(d, attribute, tensors[o.Extent[i]])
			}
		}
	case Reduce:
		how := m.new(C.cd_BACKEND_REDUCTION_DESCRIPTOR)
		m.setInt(how, C.cd_ATTR_REDUCTION_COMP_TYPE, C.cd_TYPE_DATA_TYPE, int32(o.Compute))
		operator := int32(C.cd_REDUCE_TENSOR_ADD)
		if o.Max {
			operator = C.cd_REDUCE_TENSOR_MAX
		}
		m.setInt(how, C.cd_ATTR_REDUCTION_OPERATOR, C.cd_TYPE_REDUCTION_OPERATOR_TYPE, operator)
		m.finish(how, "describe a reduction")
		d = m.new(C.cd_BACKEND_OPERATION_REDUCTION_DESCRIPTOR)
		m.setDescriptors(d, C.cd_ATTR_OPERATION_REDUCTION_XDESC, tensors[o.In[0]])
		m.setDescriptors(d, C.cd_ATTR_OPERATION_REDUCTION_YDESC, tensors[o.Out])
		m.setDescriptors(d, C.cd_ATTR_OPERATION_REDUCTION_DESC, how)
	case View:
		d = m.new(C.cd_BACKEND_OPERATION_RESHAPE_DESCRIPTOR)
		m.setDescriptors(d, C.cd_ATTR_OPERATION_RESHAPE_XDESC, tensors[o.In[0]])
		m.setDescriptors(d, C.cd_ATTR_OPERATION_RESHAPE_YDESC, tensors[o.Out])
	default:
		how := m.new(C.cd_BACKEND_POINTWISE_DESCRIPTOR)
		m.setInt(how, C.cd_ATTR_POINTWISE_MODE, C.cd_TYPE_POINTWISE_MODE, modes[o.Kind])
		m.setInt(how, C.cd_ATTR_POINTWISE_MATH_PREC, C.cd_TYPE_DATA_TYPE, int32(o.Compute))
		if o.Kind == Index {
			m.setInt64(how, C.cd_ATTR_POINTWISE_AXIS, o.Axis)
		}
		m.finish(how, "describe an elementwise operation")
		d = m.new(C.cd_BACKEND_OPERATION_POINTWISE_DESCRIPTOR)
		m.setDescriptors(d, C.cd_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, how)
		in := []C.int{C.cd_ATTR_OPERATION_POINTWISE_XDESC, C.cd_ATTR_OPERATION_POINTWISE_BDESC, C.cd_ATTR_OPERATION_POINTWISE_TDESC}
		for i, t := range o.In {
			m.setDescriptors(d, in[i], tensors[t])
		}
		m.setDescriptors(d, C.cd_ATTR_OPERATION_POINTWISE_YDESC, tensors[o.Out])
	}
	return m.finish(d, fmt.Sprintf("make operation %d on tensor %d", o.Kind, o.Out.ID))
}
