package shim

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// An Order is the order in which blocks run, and threads where nothing else orders
// them. A kernel that is right is so in each.
type Order int

// The orders.
const (
	Forward Order = iota
	Reverse
	Shuffled
)

// Options say what device to open.
type Options struct {
	// Fast compiles without the sanitizers: about twice as fast, but it sees less.
	Fast bool
	// Races compiles with ThreadSanitizer instead of the other sanitizers, and is
	// five to ten times as slow. Two accesses of threads of a block to the same bytes,
	// one of them a write, with no barrier between, are then an error, whatever the
	// values. The device dies of the first one.
	Races  bool
	Order  Order
	Seed   uint64   // of Shuffled
	Memory int64    // bytes of the device; 0 means 8 GiB
	Files  []string // .cu files besides trainer/cuda/kernels/*.cu

	only []string // .cu files instead of those
}

// Device is a gpu.Device made of a process that runs kernels on the CPU.
type Device struct {
	info    gpu.Info
	entered atomic.Int32

	mu     sync.Mutex
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	out    *bufio.Writer
	in     *bufio.Reader
	report *report
	last   string // kernel
	dead   error
}

// Open compiles the kernels, unless that has been done, and starts a device.
// ErrNoCompiler means that there is no g++, ErrNoRaces that it does not find races.
func Open(o Options) (*Device, error) {
	b, err := newBuild(o)
	if err != nil {
		return nil, err
	}
	program, err := b.program(o)
	if err != nil {
		return nil, err
	}
	if o.Memory == 0 {
		o.Memory = 8 << 30
	}
	d := &Device{report: &report{}}
	d.info = gpu.Info{
		Name: "CPU that runs the kernels' source", Major: 8, Minor: 0, SMs: 4, Shared: 163 << 10,
		Memory: o.Memory, Free: o.Memory, Emulated: true,
	}
	d.cmd = exec.Command(program)
	d.cmd.Env = append(os.Environ(), "ASAN_OPTIONS=detect_leaks=0", "UBSAN_OPTIONS=print_stacktrace=1:abort_on_error=1", "TSAN_OPTIONS=halt_on_error=1:report_thread_leaks=0")
	d.cmd.Stderr = d.report
	if d.stdin, err = d.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("shim: %w", err)
	}
	stdout, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("shim: %w", err)
	}
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("shim: %w", err)
	}
	d.out = bufio.NewWriterSize(d.stdin, 1<<16)
	d.in = bufio.NewReaderSize(stdout, 1<<16)
	d.put('O', uint64(o.Order), o.Seed, uint64(o.Memory))
	return d, nil
}

// Test opens a device for t and closes it at the end. Where there is no g++, or no
// ThreadSanitizer for Options.Races, the test is skipped.
func Test(t testing.TB, o Options) *Device {
	t.Helper()
	d, err := Open(o)
	if errors.Is(err, ErrNoCompiler) || errors.Is(err, ErrNoRaces) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil && !t.Failed() {
			t.Errorf("Close: %v", err)
		}
	})
	return d
}

// Info implements gpu.Device.
func (d *Device) Info() gpu.Info { return d.info }

// Enter implements gpu.Device. Calls outside of it are errors, because a GPU's
// context would not be current there.
func (d *Device) Enter() (leave func(), err error) {
	d.entered.Add(1)
	var once sync.Once
	return func() { once.Do(func() { d.entered.Add(-1) }) }, nil
}

// begin locks the device for one call.
func (d *Device) begin() error {
	d.mu.Lock()
	if d.dead != nil {
		d.mu.Unlock()
		return d.dead
	}
	if d.entered.Load() <= 0 {
		d.mu.Unlock()
		return errors.New("shim: a call outside of Enter")
	}
	return nil
}

// put writes a command.
func (d *Device) put(command byte, words ...uint64) {
	var b [1 + 8*4]byte
	b[0] = command
	for i, w := range words {
		binary.LittleEndian.PutUint64(b[1+8*i:], w)
	}
	_, _ = d.out.Write(b[:1+8*len(words)]) // an error stays in d.out
}

// fail says why the process does not answer any more.
func (d *Device) fail(err error) error {
	if d.dead != nil {
		return d.dead
	}
	_ = d.stdin.Close()
	if e := d.cmd.Wait(); e != nil {
		err = e
	}
	if text := race(d.report.all()); text != "" {
		d.dead = fmt.Errorf("shim: %s", text)
		return d.dead
	}
	d.dead = fmt.Errorf("shim: the device died, last kernel %q: %w\n%s", d.last, err, d.report)
	return d.dead
}

// answer reads the answer to the last command.
func (d *Device) answer(values ...*uint64) error {
	if err := d.out.Flush(); err != nil {
		return d.fail(err)
	}
	var b [8]byte
	if _, err := io.ReadFull(d.in, b[:4]); err != nil {
		return d.fail(err)
	}
	if n := binary.LittleEndian.Uint32(b[:4]); n > 0 {
		text := make([]byte, n)
		if _, err := io.ReadFull(d.in, text); err != nil {
			return d.fail(err)
		}
		return fmt.Errorf("shim: %s", text)
	}
	for _, v := range values {
		if _, err := io.ReadFull(d.in, b[:]); err != nil {
			return d.fail(err)
		}
		*v = binary.LittleEndian.Uint64(b[:])
	}
	return nil
}

// Alloc implements gpu.Device. The memory is filled with 0xff, NaN of every type.
func (d *Device) Alloc(bytes int64) (gpu.Ptr, error) {
	if bytes < 0 {
		return 0, fmt.Errorf("shim: Alloc of %d bytes", bytes)
	}
	if err := d.begin(); err != nil {
		return 0, err
	}
	defer d.mu.Unlock()
	d.put('A', uint64(bytes))
	var p, free uint64
	if err := d.answer(&p, &free); err != nil {
		return 0, err
	}
	if p == 0 {
		return 0, &gpu.MemoryError{Bytes: bytes, Free: int64(free), Text: fmt.Sprintf("shim: no memory for %d bytes; %d are free", bytes, free)}
	}
	return gpu.Ptr(p), nil
}

// Free implements gpu.Device.
func (d *Device) Free(p gpu.Ptr) error {
	if p == 0 {
		return nil
	}
	if err := d.begin(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	d.put('F', uint64(p))
	d.put('S')
	return d.answer()
}

// Upload implements gpu.Device.
func (d *Device) Upload(dst gpu.Ptr, src []byte) error {
	if err := d.begin(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	d.put('U', uint64(dst), uint64(len(src)))
	if _, err := d.out.Write(src); err != nil {
		return d.fail(err)
	}
	return nil
}

// Download implements gpu.Device.
func (d *Device) Download(dst []byte, src gpu.Ptr) error {
	if err := d.begin(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	d.put('D', uint64(src), uint64(len(dst)))
	if err := d.answer(); err != nil {
		return err
	}
	if _, err := io.ReadFull(d.in, dst); err != nil {
		return d.fail(err)
	}
	return nil
}

// Copy implements gpu.Device.
func (d *Device) Copy(dst, src gpu.Ptr, bytes int64) error {
	return d.send('C', uint64(dst), uint64(src), uint64(bytes))
}

// Fill implements gpu.Device.
func (d *Device) Fill(dst gpu.Ptr, value byte, bytes int64) error {
	if err := d.begin(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	d.put('M', uint64(dst))
	_ = d.out.WriteByte(value)
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(bytes))
	if _, err := d.out.Write(b[:]); err != nil {
		return d.fail(err)
	}
	return nil
}

func (d *Device) send(command byte, words ...uint64) error {
	if err := d.begin(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	d.put(command, words...)
	return nil
}

// Launch implements gpu.Device. It does not wait: what goes wrong comes from a
// later call.
func (d *Device) Launch(l gpu.Launch) error {
	if len(l.Kernel) > 255 || len(l.Args) > 255 {
		return fmt.Errorf("shim: kernel %.255s: a name of %d bytes, %d arguments", l.Kernel, len(l.Kernel), len(l.Args))
	}
	b := make([]byte, 0, 512)
	b = append(b, 'L', byte(len(l.Kernel)))
	b = append(b, l.Kernel...)
	for _, dim := range []gpu.Dim{l.Grid, l.Block} {
		for _, n := range dim {
			if n < 0 || int64(n) > 1<<32-1 {
				return fmt.Errorf("shim: kernel %s: grid %v, block %v", l.Kernel, l.Grid, l.Block)
			}
			b = binary.LittleEndian.AppendUint32(b, uint32(max(n, 1)))
		}
	}
	if l.Shared < 0 || int64(l.Shared) > 1<<32-1 {
		return fmt.Errorf("shim: kernel %s: %d bytes of shared memory", l.Kernel, l.Shared)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(l.Shared))
	b = append(b, byte(len(l.Args)))
	for _, a := range l.Args {
		b = binary.LittleEndian.AppendUint64(b, a)
	}
	if err := d.begin(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	d.last = l.Kernel
	if _, err := d.out.Write(b); err != nil {
		return d.fail(err)
	}
	return nil
}

// Sync implements gpu.Device.
func (d *Device) Sync() error {
	if err := d.begin(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	d.put('S')
	return d.answer()
}

// Usage returns the bytes that are allocated and how often fibers were switched.
func (d *Device) Usage() (bytes int64, switches uint64, err error) {
	if err := d.begin(); err != nil {
		return 0, 0, err
	}
	defer d.mu.Unlock()
	d.put('I')
	var total, used uint64
	err = d.answer(&total, &used, &switches)
	return int64(used), switches, err
}

// Close implements gpu.Device. It returns an error if the process had crashed.
func (d *Device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead != nil {
		return d.dead
	}
	d.put('S')
	err := d.answer()
	if d.dead != nil {
		return d.dead
	}
	_ = d.stdin.Close()
	if e := d.cmd.Wait(); err == nil {
		err = e
	}
	d.dead = errors.New("shim: the device is closed")
	return err
}

// A report keeps the beginning of what the process writes as errors.
type report struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *report) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if room := 1<<16 - r.b.Len(); room > 0 {
		r.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (r *report) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// String returns the lines that say most.
func (r *report) String() string {
	all := r.all()
	text := first(all, 25)
	if i := strings.LastIndex(all, "shim: in kernel"); i >= 0 && !strings.Contains(text, "shim: in kernel") {
		text += first(all[i:], 1)
	}
	return text
}
