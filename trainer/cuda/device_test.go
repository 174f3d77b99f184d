//go:build cuda && cgo

package cuda

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/dl"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// fakeCUDA reports whether the driver is that of package shim, which runs kernels
// on the CPU; see scripts/cuda-test-fake.
func fakeCUDA() bool { return os.Getenv("GOLONGRL_FAKE_CUDA") != "" }

// opened returns GPU 0 and ties the test to it.
func opened(t *testing.T) *device {
	t.Helper()
	d, err := open(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	leave, err := d.Enter()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leave)
	return d
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestInfo(t *testing.T) {
	i := opened(t).Info()
	if i.Name == "" || i.Major < 8 || i.SMs < 1 || i.Shared < plainShared || i.Free < 1 || i.Memory < i.Free || !strings.Contains(i.Driver, ".") {
		t.Errorf("%+v", i)
	}
	if len(i.Notes) < 2 || !strings.HasPrefix(i.Notes[0], "headers of CUDA 1") || !strings.Contains(strings.Join(i.Notes, "\n"), "cuBLASLt") {
		t.Errorf("notes %q", i.Notes)
	}
	for _, l := range i.Libraries {
		if len(strings.Fields(l)) != 2 { // no path, nothing of others
			t.Errorf("library %q", l)
		}
	}
}

// TestCopies moves bytes of lengths around the segments of the staging memory, to
// and from odd addresses, and looks at what is beside them.
func TestCopies(t *testing.T) {
	d := opened(t)
	r := rand.New(rand.NewPCG(1, 2))
	const most = ringSegments*ringSegment + 2*halvesSize + 5
	pattern := make([]byte, most)
	for i := range pattern {
		pattern[i] = byte(r.Uint32())
	}
	sizes := []int{0, 1, 3, 255, 4097, halvesSize - 1, halvesSize, halvesSize + 1, 2*halvesSize + 7, most}
	if testing.Short() {
		sizes = sizes[:8]
	}
	for _, n := range sizes {
		const beside = 64
		p, err := d.Alloc(int64(n + 2*beside))
		check(t, err)
		q, err := d.Alloc(int64(n + 2*beside))
		check(t, err)
		if p%256 != 0 || q%256 != 0 {
			t.Errorf("%#x and %#x are not aligned", p, q)
		}
		check(t, d.Fill(p, 0xaa, int64(n+2*beside)))
		check(t, d.Fill(q, 0xbb, int64(n+2*beside)))
		src := bytes.Clone(pattern[:n])
		check(t, d.Upload(p+beside+1, src))
		clear(src) // it may be used again
		check(t, d.Copy(q+beside+3, p+beside+1, int64(n)))
		check(t, d.Upload(p+beside+1, src))
		got := make([]byte, n)
		check(t, d.Download(got, q+beside+3))
		if !bytes.Equal(got, pattern[:n]) {
			t.Errorf("%d bytes came back changed", n)
		}
		for _, at := range []struct {
			p    gpu.Ptr
			want byte
		}{{p, 0xaa}, {q, 0xbb}} {
			for _, off := range []gpu.Ptr{0, beside + gpu.Ptr(n) + 3} {
				edge := make([]byte, beside-3)
				check(t, d.Download(edge, at.p+off))
				if !bytes.Equal(edge, bytes.Repeat([]byte{at.want}, len(edge))) {
					t.Errorf("%d bytes: others changed", n)
				}
			}
		}
		check(t, d.Free(p))
		check(t, d.Free(q))
	}
}

// TestManyUploads sends more small pieces than the ring has room for.
func TestManyUploads(t *testing.T) {
	d := opened(t)
	const pieces, size = 700, 70001
	p, err := d.Alloc(size)
	check(t, err)
	src := make([]byte, size)
	for i := range pieces {
		for j := i % 7; j < size; j += 7 {
			src[j] = byte(i)
		}
		check(t, d.Upload(p, src))
	}
	got := make([]byte, size)
	check(t, d.Download(got, p))
	if !bytes.Equal(got, src) {
		t.Error("the last upload is not what is there")
	}
	if pieces*size <= ringSegments*ringSegment {
		t.Error("the test is too small")
	}
}

func TestMemoryErrors(t *testing.T) {
	d := opened(t)
	_, err := d.Alloc(1 << 50)
	var m *gpu.MemoryError
	if !errors.As(err, &m) || m.Bytes != 1<<50 || m.Free <= 0 || !strings.Contains(m.Text, "GiB") {
		t.Errorf("%v: %+v", err, m)
	}
	if _, err := d.Alloc(-1); err == nil {
		t.Error("a negative size")
	}
	check(t, d.Free(0))
	p, err := d.Alloc(0)
	check(t, err)
	if p == 0 {
		t.Error("no address for an empty piece")
	}
	check(t, d.Free(p))
	if err := d.Free(p); err == nil {
		t.Error("freed twice")
	}
	check(t, d.Sync())
}

func TestOrdinals(t *testing.T) {
	for _, i := range []int{-1, 1 << 20} {
		d, err := OpenDevice(i)
		if d != nil || err == nil || !strings.Contains(err.Error(), "CUDA_VISIBLE_DEVICES") {
			t.Errorf("GPU %d: %v, %v", i, d, err)
		}
	}
}

func TestLaunchErrors(t *testing.T) {
	d := opened(t)
	const name = "add_columns"
	k, err := d.find(name)
	check(t, err)
	args := make([]uint64, k.params)
	for _, c := range []struct {
		what string
		l    gpu.Launch
	}{
		{"there is no kernel", gpu.Launch{Kernel: "none_f32"}},
		{"arguments", gpu.Launch{Kernel: name, Args: args[1:]}},
		{"arguments", gpu.Launch{Kernel: name, Args: append(args, 0)}},
		{"grid", gpu.Launch{Kernel: name, Args: args, Grid: gpu.Dim{1, 65536}}},
		{"grid", gpu.Launch{Kernel: name, Args: args, Block: gpu.Dim{1025}}},
		{"shared memory", gpu.Launch{Kernel: name, Args: args, Shared: 1 << 20}},
	} {
		if err := d.Launch(c.l); err == nil || !strings.Contains(err.Error(), c.what) || !strings.Contains(err.Error(), c.l.Kernel) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	check(t, d.Sync()) // nothing was started
}

// TestEnter uses the device from several goroutines at a time, each with memory of
// its own.
func TestEnter(t *testing.T) {
	d, err := open(0)
	check(t, err)
	defer d.Close()
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 20 {
				leave, err := d.Enter()
				if err != nil {
					t.Error(err)
					return
				}
				nested, err := d.Enter()
				if err != nil {
					t.Error(err)
					leave()
					return
				}
				want := bytes.Repeat([]byte{byte(g*20 + i)}, 1000+g)
				got := make([]byte, len(want))
				p, err := d.Alloc(int64(len(want)))
				nested()
				if err = errors.Join(err, d.Upload(p, want), d.Download(got, p), d.Free(p)); err != nil {
					t.Error(err)
				}
				if !bytes.Equal(got, want) {
					t.Error("bytes of another goroutine")
				}
				leave()
			}
		})
	}
	all.Wait()
}

func TestClose(t *testing.T) {
	d, err := open(0)
	check(t, err)
	leave, err := d.Enter()
	check(t, err)
	_, err = d.Alloc(1000) // Close frees it
	check(t, err)
	leave()
	check(t, d.Close())
	check(t, d.Close())
	if _, err := d.Enter(); err == nil {
		t.Error("entered a closed device")
	}
	again := opened(t) // the context can be had anew
	check(t, again.Sync())
}

// withFakeLibrary has the device find the matrix library of package cublaslt's
// testdata, which multiplies on the host.
func withFakeLibrary(t *testing.T) {
	t.Helper()
	if !fakeCUDA() {
		t.Skip("not on the driver of package shim, whose memory the host reads")
	}
	gxx, err := exec.LookPath("g++")
	if err != nil {
		t.Skip("no g++")
	}
	folder := t.TempDir()
	out, err := exec.Command(gxx, "-O2", "-shared", "-fPIC", "-std=c++17", "-o", filepath.Join(folder, "libcublasLt.so.12"),
		filepath.Join("internal", "cublaslt", "testdata", "cublaslt.cc")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv(dl.Variable, folder)
}
