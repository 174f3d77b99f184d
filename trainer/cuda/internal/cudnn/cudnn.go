//go:build cuda && cgo

package cudnn

// #include "abi.h"
import "C"

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"github.com/golongrl/golongrl/trainer/cuda/internal/dl"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// Config is what a library is opened for.
type Config struct {
	Device gpu.Device // whose memory is used
	Stream uintptr    // of the driver, the one that Device issues to
	CUDA   int        // major version that the driver supports
}

// maxPlans bounds how many plans are kept.
const maxPlans = 64

// longEnough is the length of sequences from which on the library is worth its
// launches.
const longEnough = 512

// A Library is cuDNN in the context that was current when it was opened. It is a
// gpu.Attender for the device of its Config, and may be used between Enter and the
// function that it returns.
type Library struct {
	*library
	Config
	handle unsafe.Pointer

	least int // see worthwhile

	mu      sync.Mutex
	clock   int // counts uses of plans
	plans   map[planKey]*entry
	tried   map[trialKey]bool // whether heads passed the trial
	scratch memory
	tables  [2]uploaded // forward, backward
	notes   []string
}

type trialKey struct {
	q, kv, d  int
	unordered bool
}

type planKey struct {
	Shape
	grad    bool
	ordered bool
}

// An entry is a plan, or why there is none.
type entry struct {
	*plan
	err  error
	used int
}

// A memory is a piece of the device's that grows.
type memory struct {
	at   gpu.Ptr
	size int64
	most int64 // the least that there was not; 0 if there was always enough
}

// An uploaded is tables that lie on the device.
type uploaded struct {
	memory
	data []int32
}

// Open looks for cuDNN 9. It returns nil where none starts, and what a user should
// know either way: path and version, or why there is none. A context must be current.
func Open(c Config) (l *Library, notes []string) {
	if info := c.Device.Info(); info.Major != 9 && info.Major != 10 {
		return nil, nil // our kernels do as well
	}
	for _, path := range dl.Candidates("libcudnn", 9) {
		lib, err := openLibrary(path, c.CUDA)
		if err != nil {
			var absent *absentError
			if !errors.As(err, &absent) || absent.path[0] == '/' { // others are names that the loader may not know
				notes = append(notes, "cuDNN: "+err.Error())
			}
			continue
		}
		l := &Library{library: lib, Config: c, least: longEnough, plans: map[planKey]*entry{}, tried: map[trialKey]bool{}}
		if err := lib.check(C.cd_create(lib.f, C.uint64_t(c.Stream), &l.handle), "start"); err != nil {
			notes = append(notes, lib.lib.Path+": "+err.Error())
			lib.lib.Close()
			continue
		}
		return l, append(notes, fmt.Sprintf("%v, %s", l, lib.lib.Path))
	}
	return nil, append(notes, "cuDNN: none that starts, so attention is computed by kernels of golongrl; "+
		dl.Variable+" may name its folder (Python's package nvidia-cudnn has it, and it wants cuBLASLt and NVRTC of its version of CUDA)")
}

// String returns the library's name and version.
func (l *Library) String() string { return "cuDNN " + versionText(l.version) }

// Notes returns what a user should know of work that was not taken.
func (l *Library) Notes() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.notes)
}

func (l *Library) note(text string) {
	if text = "cuDNN: " + text; !slices.Contains(l.notes, text) {
		l.notes = append(l.notes, text)
	}
}

// Scratch bounds the bytes that Attention and AttentionGrad take, see gpu.Scratcher.
func (l *Library) Scratch(a gpu.Attend, tokens int) int64 {
	if refusal(l.Device.Info(), a, true) != "" {
		return 0
	}
	return scratchFor(a, tokens)
}

// Attention computes attention, unless its sequences are short or the library does
// not compute it. The first time for a model it is tried on a small problem.
func (l *Library) Attention(a gpu.Attend) (taken bool, err error) { return l.attend(a, false) }

// AttentionGrad computes the gradient on the same terms.
func (l *Library) AttentionGrad(a gpu.Attend) (taken bool, err error) { return l.attend(a, true) }

func (l *Library) attend(a gpu.Attend, grad bool) (taken bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !worthwhile(a.Start, l.least) {
		return false, nil
	}
	if why := refusal(l.Device.Info(), a, grad); why != "" {
		l.note("not asked for " + why)
		return false, nil
	}
	heads := trialKey{a.Heads.Q, a.KV, a.D, a.Unordered}
	good, known := l.tried[heads]
	if !known {
		why, err := l.try(a.Heads, a.Unordered)
		if why != "" {
			l.note("wrong numbers in a trial, so it is not used: " + why)
		}
		good = why == "" && err == nil
		if err = l.excuse(err); err != nil {
			return false, err
		}
		l.tried[heads] = good
	}
	if !good {
		return false, nil
	}
	if err := l.compute(a, grad); err != nil {
		return false, l.excuse(err)
	}
	return true, nil
}

// excuse notes an error that leaves the device sound, and returns others.
func (l *Library) excuse(err error) error {
	var status *statusError
	var short *gpu.MemoryError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &short): // its text, which tells what is free, differs each time
		l.note("too little memory for the scratch of long sequences")
		return nil
	case errors.As(err, &status) && !status.launched(), errors.Is(err, errNoEngine):
		l.note("not taken: " + err.Error())
		return nil
	}
	return err
}

// compute runs the plans of all groups.
func (l *Library) compute(a gpu.Attend, grad bool) error {
	all := groups(a.Start)
	plans := make([]*plan, len(all))
	var scratch int64
	for i, g := range all {
		p, err := l.planFor(planKey{shapeOf(a, g, grad), grad, !a.Unordered})
		if err != nil {
			return err
		}
		plans[i] = p
		scratch = max(scratch, p.sizes()[2])
	}
	if len(all) == 0 {
		return nil
	}
	shape := shapeOf(a, all[0], grad)
	t := tabulate(all, shape.rowDistances(grad))
	at, err := l.upload(t.data, grad)
	if err != nil {
		return err
	}
	if err := l.grow(&l.scratch, scratch); err != nil {
		return err
	}
	var where [roles]uint64
	for r, p := range map[Role]gpu.Ptr{
		Q: a.Q.Ptr, K: a.K.Ptr, V: a.V.Ptr, Out: a.Out.Ptr, LSE: a.LSE,
		DOut: a.DOut.Ptr, DQ: a.DQ.Ptr, DK: a.DK.Ptr, DV: a.DV.Ptr,
	} {
		where[r] = uint64(p)
	}
	for i, p := range plans {
		for r, first := range t.at[i] {
			where[r] = uint64(at) + 4*uint64(first)
		}
		sizes := p.sizes()
		where[Sums] = uint64(l.scratch.at) + uint64(sizes[0])
		where[DQSum] = uint64(l.scratch.at) + uint64(sizes[1])
		if err := l.run(p, l.handle, &where, uint64(l.scratch.at)); err != nil {
			return err
		}
	}
	return nil
}

// shapeOf returns the shape of a group's plan.
func shapeOf(a gpu.Attend, g group, grad bool) Shape {
	s := Shape{
		Batch: g.batch, Length: g.length, Heads: a.Heads.Q, Groups: a.KV, D: a.D, Scale: float32(a.Scale),
		LDQ: a.Q.LD, LDK: a.K.LD, LDV: a.V.LD, LDOut: a.Out.LD,
	}
	if grad {
		s.LDDOut, s.LDDQ, s.LDDK, s.LDDV = a.DOut.LD, a.DQ.LD, a.DK.LD, a.DV.LD
	}
	return s
}

// sizes returns where in scratch memory, which begins with the workspace, Sums and
// DQSum begin and where all ends.
func (p *plan) sizes() [3]int64 {
	var s [3]int64
	s[0] = (p.workspace + 255) &^ 255
	for i, r := range []Role{Sums, DQSum} {
		s[i+1] = s[i]
		if t := p.graph.Find(r); t != nil {
			s[i+1] += (4*t.Dim[0]*t.Dim[1]*t.Dim[2]*t.Dim[3] + 255) &^ 255
		}
	}
	return s
}

// grow sees to it that m has so many bytes, of any contents. What failed is not tried
// again: it would wait for the device each time.
func (l *Library) grow(m *memory, bytes int64) error {
	if bytes <= m.size {
		return nil
	}
	if m.most > 0 && bytes >= m.most {
		return &gpu.MemoryError{Bytes: bytes, Text: "cuDNN: no memory, as before"}
	}
	err := l.Device.Free(m.at)
	m.at, m.size = 0, 0
	if err != nil {
		return err
	}
	if m.at, err = l.Device.Alloc(bytes); err != nil {
		m.at, m.most = 0, bytes
		return err
	}
	m.size = bytes
	return nil
}

// upload brings tables to the device, unless the last ones were the same: all layers
// of a model have the same.
func (l *Library) upload(data []int32, grad bool) (gpu.Ptr, error) {
	u := &l.tables[0]
	if grad {
		u = &l.tables[1]
	}
	if slices.Equal(u.data, data) {
		return u.at, nil
	}
	u.data = nil
	if err := l.grow(&u.memory, 4*int64(len(data))); err != nil {
		return 0, err
	}
	if err := l.Device.Upload(u.at, unsafe.Slice((*byte)(unsafe.Pointer(&data[0])), 4*len(data))); err != nil {
		return 0, err
	}
	u.data = data
	return u.at, nil
}

// planFor returns a plan, made when it is first wanted.
func (l *Library) planFor(key planKey) (*plan, error) {
	e := l.plans[key]
	if e == nil {
		if len(l.plans) >= maxPlans {
			if err := l.forget(); err != nil {
				return nil, err
			}
		}
		e = new(entry)
		e.plan, e.err = l.newPlan(key)
		l.plans[key] = e
	}
	l.clock++
	e.used = l.clock
	return e.plan, e.err
}

func (l *Library) newPlan(key planKey) (*plan, error) {
	s, g := key.Shape, Forward(key.Shape)
	if key.grad {
		if pairs := 2 * float64(s.Batch) * float64(s.Heads) * float64(s.Length) * float64(s.Length); key.ordered && pairs > maxOrdered {
			return nil, fmt.Errorf("%w: an ordered gradient of sequences of %d tokens would take %.1f GiB", errNoEngine, s.Length, pairs/(1<<30))
		}
		g = Backward(s, key.ordered)
	}
	return l.build(g, target{handle: l.handle}, key.ordered)
}

// forget drops the half of the plans that was not used for longest.
func (l *Library) forget() error {
	if err := l.Device.Sync(); err != nil { // a kernel of a plan may still run
		return err
	}
	var keys []planKey
	for k := range l.plans {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b planKey) int { return cmp.Compare(l.plans[a].used, l.plans[b].used) })
	for _, k := range keys[:len(keys)/2] {
		if p := l.plans[k].plan; p != nil {
			l.free(p)
		}
		delete(l.plans, k)
	}
	return nil
}

// Close gives back what the library holds, but for memory that it had of the device.
// Its work must be done.
func (l *Library) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.plans {
		if e.plan != nil {
			l.free(e.plan)
		}
	}
	clear(l.plans)
	return l.check(C.cd_destroy(l.f, l.handle), "stop")
}
