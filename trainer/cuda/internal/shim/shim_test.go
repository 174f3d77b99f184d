package shim

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// A bench is a device on which a test may call must and what rests on it.
type bench struct {
	t *testing.T
	*Device
}

func open(t *testing.T, o Options) bench {
	t.Helper()
	if o.only == nil {
		o.only = []string{"testdata/kernels.cu", "testdata/faults.cu"}
	}
	d, err := Open(o)
	if errors.Is(err, ErrNoCompiler) || errors.Is(err, ErrNoRaces) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	leave, err := d.Enter()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leave)
	return bench{t, d}
}

func (b bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b bench) alloc(bytes int64) gpu.Ptr {
	b.t.Helper()
	p, err := b.Alloc(bytes)
	b.must(err)
	return p
}

func bytesOf[T any](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(x[0])))
}

func put[T any](b bench, x []T) gpu.Ptr {
	b.t.Helper()
	p := b.alloc(int64(len(bytesOf(x))))
	b.must(b.Upload(p, bytesOf(x)))
	return p
}

func get[T any](b bench, p gpu.Ptr, n int) []T {
	b.t.Helper()
	x := make([]T, n)
	b.must(b.Download(bytesOf(x), p))
	return x
}

func (b bench) launch(kernel string, grid, block, shared int, args ...uint64) {
	b.t.Helper()
	b.must(b.Launch(gpu.Launch{Kernel: kernel, Grid: gpu.Dim{grid}, Block: gpu.Dim{block}, Shared: shared, Args: args}))
}

// orders calls f in each order, with and without sanitizers.
func orders(t *testing.T, f func(b bench)) {
	for _, o := range []Options{{}, {Order: Reverse}, {Order: Shuffled, Seed: 3}, {Fast: true}} {
		t.Run(fmt.Sprintf("order%d/fast=%t", o.Order, o.Fast), func(t *testing.T) { f(open(t, o)) })
	}
}

func TestThreads(t *testing.T) {
	orders(t, func(b bench) {
		for _, n := range []int{1, 31, 32, 70, 1024} {
			x := make([]float32, n)
			for i := range x {
				x[i] = float32(i)
			}
			p := put(b, x)
			b.launch("test_rotate", 1, n, 0, uint64(p))
			for i, got := range get[float32](b, p, n) {
				if want := float32((i + 1) % n); got != want {
					b.t.Fatalf("%d threads: element %d is %g, want %g", n, i, got, want)
				}
			}
		}

		y := put(b, make([]int64, 64))
		b.launch("test_leave", 1, 128, 0, uint64(y))
		for i, got := range get[int64](b, y, 64) {
			if got != int64(63-i) {
				b.t.Fatalf("behind threads that left: element %d is %d", i, got)
			}
		}

		z := put(b, make([]uint32, 32))
		b.launch("test_poison", 2, 32, 128, uint64(z))
		for i, got := range get[uint32](b, z, 32) {
			if got != math.MaxUint32 {
				b.t.Fatalf("shared memory begins with %#x at %d", got, i)
			}
		}
	})
}

func TestWarps(t *testing.T) {
	orders(t, func(b bench) {
		const blocks = 3
		y := put(b, make([]int64, blocks*64*8))
		b.must(b.Launch(gpu.Launch{Kernel: "test_shuffles", Grid: gpu.Dim{blocks}, Block: gpu.Dim{4, 4, 4}, Args: []uint64{uint64(y)}}))
		all := get[int64](b, y, blocks*64*8)
		for i := range blocks * 64 {
			t := i % 64
			lane, base := t%32, t-t%32
			want := [8]int{0: base + 5, 1: 2 * (t ^ 3), 2: t, 3: t, 5: 1, 6: 13 + 100, 7: 1000*blocks + i/64}
			if lane%8 >= 2 {
				want[2] = t - 2
			}
			if lane%16 < 13 {
				want[3] = t + 3
			}
			for l := 0; l < 32; l += 3 {
				want[4] |= 1 << l
			}
			if lane < 16 {
				want[5] = t ^ 1
			}
			for k, w := range want {
				if got := all[8*i+k]; got != int64(w) {
					b.t.Errorf("thread %d, operation %d: %d, want %d", t, k, got, w)
				}
			}
		}
	})
}

func TestMatrices(t *testing.T) {
	orders(t, func(b bench) {
		r := rand.New(rand.NewPCG(1, 2))
		bf16 := func(n int) []uint16 {
			x := make([]uint16, n)
			for i := range x {
				x[i] = uint16(math.Float32bits(float32(r.NormFloat64())) >> 16)
			}
			return x
		}
		float := func(x uint16) float64 { return float64(math.Float32frombits(uint32(x) << 16)) }
		x, y := bf16(16*16), bf16(16*8)
		c := put(b, make([]float32, 16*8))
		b.launch("test_mma", 1, 32, 0, uint64(c), uint64(put(b, x)), uint64(put(b, y)))
		for i, got := range get[float32](b, c, 16*8) {
			want, size := 1.0, 1.0
			for k := range 16 {
				p := float(x[i/8*16+k]) * float(y[k*8+i%8])
				want += p
				size += math.Abs(p)
			}
			if !(math.Abs(float64(got)-want) < 1e-6*size) {
				b.t.Errorf("element %d: %g, want %g", i, got, want)
			}
		}
	})
}

func TestCopies(t *testing.T) {
	orders(t, func(b bench) {
		y := put(b, make([]float32, 16))
		b.launch("test_groups", 1, 1, 0, uint64(y), uint64(put(b, []float32{0, 1, 2, 3, 4, 5, 6, 7})))
		for i, got := range get[float32](b, y, 16) {
			if under := i >= 4 && i < 8; under != math.IsNaN(float64(got)) || !under && got != float32(i%8) {
				b.t.Errorf("element %d: %g", i, got)
			}
		}
	})
}

func TestBF16(t *testing.T) {
	b := open(t, Options{})
	// Of each kind: bits of a float32 and of the bf16 next to it.
	cases := [][2]uint32{
		{0x3f800000, 0x3f80}, {0x3f807fff, 0x3f80}, {0x3f808000, 0x3f80}, {0x3f808001, 0x3f81},
		{0x3f818000, 0x3f82}, {0xbf818000, 0xbf82}, {0x7f7fffff, 0x7f80}, {0x7f800000, 0x7f80},
		{0xff800000, 0xff80}, {0x7f800001, 0x7fff}, {0xffffffff, 0x7fff}, {0x00000001, 0}, {0x80000000, 0x8000},
		{0x00018000, 2},
	}
	x := make([]uint32, len(cases))
	for i, c := range cases {
		x[i] = c[0]
	}
	n := len(cases)
	y, z := b.alloc(int64(2*n)), b.alloc(int64(8*n))
	b.launch("test_bf16", 1, n, 0, uint64(y), uint64(z), uint64(put(b, x)))
	low := get[uint16](b, y, n)
	both := get[uint32](b, z, 2*n)
	for i, c := range cases {
		if uint32(low[i]) != c[1] || both[2*i] != c[1]<<16 {
			b.t.Errorf("%#x: %#x and %#x, want %#x", c[0], low[i], both[2*i], c[1])
		}
		if nan := c[1] == 0x7fff; !nan && both[2*i+1] != (c[1]^0x8000)<<16 {
			b.t.Errorf("%#x: the negative is %#x", c[0], both[2*i+1])
		}
	}
}

// TestOrders wants what depends on an order to differ between orders.
func TestOrders(t *testing.T) {
	chains := map[string]bool{}
	for _, o := range []Options{{}, {Order: Reverse}, {Order: Shuffled, Seed: 1}} {
		b := open(t, o)
		y := put(b, make([]int64, 8))
		b.launch("test_chain", 8, 1, 0, uint64(y))
		chains[fmt.Sprint(get[int64](b, y, 8))] = true

		// A missing barrier shows if the neighbour runs later.
		step := 1
		if o.Order == Reverse {
			step = -1
		}
		b.launch("test_race", 1, 64, 0, uint64(put(b, make([]int64, 64))), gpu.Int(step))
		p := put(b, make([]int64, 64))
		b.launch("test_race", 1, 64, 0, uint64(p), gpu.Int(step))
		if got := get[int64](b, p, 64); !slices.Contains(got, -1) {
			t.Errorf("order %d: a race was not seen", o.Order)
		}
	}
	if len(chains) != 3 {
		t.Errorf("%d different results of three orders: %v", len(chains), chains)
	}
}

func TestFaults(t *testing.T) {
	b := open(t, Options{})
	x := uint64(b.alloc(64))
	for _, c := range []struct {
		kernel string
		args   []uint64
		want   string
	}{
		{"fault_deadlock", nil, "deadlock"},
		{"fault_half", nil, "deadlock: 32 of 64 threads wait at __syncwarp, thread 0 first; 32 of 64 threads wait at __syncthreads, thread 16 first"},
		{"fault_mask", nil, "thread 0: __shfl_sync: the mask fffffffe lacks the lane that calls"},
		{"fault_source", nil, "lane 0 reads lane 20, which is not in the mask 0000ffff"},
		{"fault_gone", nil, "thread 7 left the kernel, but lane 0 of its warp waits for it at __shfl_sync"},
		{"fault_leaves", nil, "thread 31 left the kernel"},
		{"fault_kinds", nil, "thread 9: __ballot_sync: lane 0 of the warp is at __shfl_sync"},
		{"fault_barriers", nil, "thread 9: __syncthreads_or: other threads are at __syncthreads"},
		{"fault_copy", []uint64{x}, "not aligned to 16 bytes"},
		{"fault_matrix", nil, "not aligned to 16 bytes"},
	} {
		for wrong := range 2 {
			threads := map[string]int{"fault_copy": 1, "fault_deadlock": 64, "fault_half": 64, "fault_barriers": 64}[c.kernel]
			if threads == 0 {
				threads = 32
			}
			b.launch(c.kernel, 2, threads, 0, append([]uint64{gpu.Int(wrong)}, c.args...)...)
			err := b.Sync()
			if wrong == 0 {
				b.must(err)
			} else if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "kernel "+c.kernel+", block (0, 0, 0), thread ") {
				t.Errorf("%s: %v, want %q", c.kernel, err, c.want)
			}
		}
	}
}

func TestCrashes(t *testing.T) {
	var b bench
	var x uint64
	restart := func() {
		b = open(t, Options{})
		x = uint64(b.alloc(32 * 4))
	}
	restart()
	for _, c := range []struct {
		kernel  string
		threads int
		arg     bool
		want    string
	}{
		{"crash_global", 32, true, "heap-buffer-overflow"},
		{"crash_static", 32, false, "global-buffer-overflow"},
		{"crash_dynamic", 32, false, "use-after-poison"},
		{"crash_local", 32, false, "stack-buffer-overflow"},
		{"crash_aligned", 1, true, "misaligned address"},
		{"crash_async", 32, true, "heap-buffer-overflow"},
		{"crash_bounds", 32, false, "index 32 out of bounds"},
		{"crash_overflow", 1, true, "signed integer overflow"},
	} {
		for wrong := range 2 {
			args := []uint64{gpu.Int(wrong)}
			if c.arg {
				args = append(args, x)
			}
			b.launch(c.kernel, 1, c.threads, 32*4, args...)
			err := b.Sync()
			if wrong == 0 {
				b.must(err)
				continue
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "kernel "+c.kernel) {
				t.Errorf("%s: %v, want %q", c.kernel, err, c.want)
			}
			if again := b.Sync(); again == nil {
				t.Errorf("%s: the device lives", c.kernel)
			}
			restart()
		}
	}
}

func TestLaunchErrors(t *testing.T) {
	b := open(t, Options{})
	one := []uint64{uint64(b.alloc(4096))}
	for _, c := range []struct {
		l    gpu.Launch
		want string
	}{
		{gpu.Launch{Kernel: "nobody"}, "there is no kernel nobody"},
		{gpu.Launch{Kernel: "test_rotate"}, "has 1 parameters, not 0"},
		{gpu.Launch{Kernel: "test_poison", Block: gpu.Dim{33}, Args: one}, "block of (33, 1, 1) threads; at most 32"},
		{gpu.Launch{Kernel: "test_rotate", Block: gpu.Dim{1, 1, 65}, Args: one}, "block of (1, 1, 65)"},
		{gpu.Launch{Kernel: "test_rotate", Grid: gpu.Dim{1, 65536}, Args: one}, "grid of (1, 65536, 1)"},
		{gpu.Launch{Kernel: "test_rotate", Grid: gpu.Dim{-1}, Args: one}, "grid [-1 0 0]"},
		{gpu.Launch{Kernel: "test_poison", Shared: 227<<10 + 1, Args: one}, "bytes of shared memory"},
		{gpu.Launch{Kernel: strings.Repeat("x", 300)}, "a name of 300 bytes"},
	} {
		err := b.Launch(c.l)
		if err == nil {
			err = b.Sync()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40v: %v, want %q", c.l, err, c.want)
		}
	}
	b.must(b.Sync())
}

func TestMemory(t *testing.T) {
	b := open(t, Options{Memory: 1 << 20})
	p := b.alloc(1000)
	if p%256 != 0 {
		t.Errorf("%#x is not aligned to 256 bytes", p)
	}
	if x := get[uint32](b, p, 250); x[0] != math.MaxUint32 || x[249] != math.MaxUint32 {
		t.Error("new memory is not poisoned")
	}
	b.must(b.Upload(p+3, []byte("hello")))
	b.must(b.Copy(p+500, p+3, 5))
	b.must(b.Fill(p+501, 'u', 2))
	if got := get[byte](b, p+500, 5); string(got) != "huulo" {
		t.Errorf("%q", got)
	}
	if got := get[byte](b, p+1000, 0); len(got) != 0 {
		t.Error("a download of nothing")
	}
	for name, f := range map[string]func() error{
		"Upload":   func() error { return b.Upload(p+996, []byte("hello")) },
		"Copy":     func() error { return b.Copy(p, p+996, 5) },
		"Fill":     func() error { return b.Fill(p-1, 0, 1) },
		"Download": func() error { return b.Download(make([]byte, 5), p+996) },
		"Free":     func() error { return b.Free(p + 1) },
	} {
		err := f()
		if err == nil {
			err = b.Sync()
		}
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s out of bounds: %v", name, err)
		}
	}
	_, err := b.Alloc(1 << 20)
	var m *gpu.MemoryError
	if !errors.As(err, &m) || m.Bytes != 1<<20 || m.Free != 1<<20-1000 {
		t.Errorf("Alloc of more than there is: %v", err)
	}
	if _, err := b.Alloc(-1); err == nil {
		t.Error("Alloc(-1) is no error")
	}
	empty := b.alloc(0)
	b.must(b.Upload(empty, nil))
	b.must(b.Free(empty))
	b.must(b.Free(p))
	b.must(b.Free(0))
	if used, _, err := b.Usage(); used != 0 || err != nil {
		t.Errorf("%d bytes are left, %v", used, err)
	}
}

func TestEnter(t *testing.T) {
	d := Test(t, Options{only: []string{"testdata/kernels.cu", "testdata/faults.cu"}})
	if err := d.Sync(); err == nil || !strings.Contains(err.Error(), "Enter") {
		t.Errorf("outside of Enter: %v", err)
	}
	leave, _ := d.Enter()
	inner, _ := d.Enter()
	inner()
	inner()
	if err := d.Sync(); err != nil {
		t.Error(err)
	}
	leave()
	if err := d.Sync(); err == nil {
		t.Error("behind leave, no error")
	}
}

func BenchmarkSwitch(b *testing.B) {
	for _, fast := range []bool{false, true} {
		b.Run(fmt.Sprintf("fast=%t", fast), func(b *testing.B) {
			d := Test(b, Options{Fast: fast, only: []string{"testdata/kernels.cu"}})
			leave, err := d.Enter()
			if err != nil {
				b.Fatal(err)
			}
			defer leave()
			p, err := d.Alloc(4096)
			if err != nil {
				b.Fatal(err)
			}
			_, before, _ := d.Usage()
			for b.Loop() {
				_ = d.Launch(gpu.Launch{Kernel: "test_spin", Block: gpu.Dim{1024}, Args: []uint64{uint64(p), gpu.Int(100)}})
				if err := d.Sync(); err != nil {
					b.Fatal(err)
				}
			}
			_, after, _ := d.Usage()
			b.ReportMetric(float64(after-before)/b.Elapsed().Seconds(), "switches/s")
		})
	}
}
