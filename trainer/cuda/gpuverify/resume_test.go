package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/internal/filelock"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

func hash(t *testing.T) string {
	t.Helper()
	h, err := buildHash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func save(t *testing.T, file string, r *Report) {
	t.Helper()
	if err := r.write(file); err != nil {
		t.Fatal(err)
	}
}

// under is a report that says that a piece is under way.
func under(t *testing.T, tries int) *Report {
	return &Report{Build: hash(t), Device: (&fake{name: "fake"}).Info(), Pieces: []*Piece{{Stage: stageKernels, Name: "op/0", State: Running, Tries: tries}}}
}

// A piece in which the process ended is tried once more, and is a failure where the
// process ended twice, or by its own fault.
func TestCrash(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.json")
	d := &fake{name: "fake"}
	fine := func() (float64, error) { return 0, nil }
	args := []string{"-stage", "kernels", "-o", file}

	save(t, file, under(t, 1))
	status, out, _ := program(t, d, cases(fine, fine), args...)
	if status != 0 || !strings.Contains(out, "try 2: a process ended while this ran") || !strings.Contains(out, "2 ok, 0 failed") {
		t.Errorf("once: status %d\n%s", status, out)
	}
	save(t, file, under(t, 2))
	status, out, _ = program(t, d, cases(fine, fine), args...)
	if status != exitFailed || !strings.Contains(out, "2 processes ended while this ran") || !strings.Contains(out, "1 ok, 1 failed") {
		t.Errorf("twice: status %d\n%s", status, out)
	}
	save(t, file, under(t, 1))
	if status, out, said := program(t, d, sizes{}, "-crashed", "139", "-o", file); status != 0 || !strings.Contains(out, "op/0") {
		t.Errorf("noting a crash: status %d\n%s%s", status, out, said)
	}
	status, out, _ = program(t, d, cases(fine, fine), args...)
	if status != exitFailed || !strings.Contains(out, "op/0: the process ended with status 139 while this ran") || !strings.Contains(out, "1 ok, 1 failed") {
		t.Errorf("crashed: status %d\n%s", status, out)
	}
}

// What does not end is left behind: a failure, unless it was stopped or had little
// time, which leaves nothing.
func TestStuck(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	stuck := func() (float64, error) { <-release; return 0, nil }
	fine := func() (float64, error) { return 0, nil }
	file := filepath.Join(t.TempDir(), "results.json")
	size := cases(stuck, fine)
	size.grace = time.Millisecond
	args := []string{"-stage", "kernels", "-o", file, "-budget", "50ms"}
	status, out, _ := program(t, &fake{name: "fake"}, size, args...)
	if status != exitMore || !strings.Contains(out, "failed  kernels/op/0\n        it had not ended after") {
		t.Errorf("status %d\n%s", status, out)
	}
	if status, out, _ = program(t, &fake{name: "fake"}, size, args...); status != exitFailed || !strings.Contains(out, "1 ok, 1 failed") {
		t.Errorf("the next run: status %d\n%s", status, out)
	}

	late := filepath.Join(t.TempDir(), "results.json")
	slow := func() (float64, error) { time.Sleep(150 * time.Millisecond); return 0, nil }
	size = cases(slow, stuck)
	size.grace = time.Millisecond
	status, out, _ = program(t, &fake{name: "fake"}, size, "-stage", "kernels", "-o", late, "-budget", "200ms")
	r, err := read(late)
	if status != exitMore || err != nil || len(r.Pieces) != 1 {
		t.Errorf("begun late: status %d, %v\n%s", status, err, out)
	}
}

// Results of another build, device, driver or libraries are kept and not gone on with.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "results.json")
	info := gpu.Info{Name: "a", Driver: "12.4", Libraries: []string{"cuBLASLt 12.4"}, Free: 1}
	piece := &Piece{Stage: stageKernels, Name: "op/0", State: Passed}
	old := &Report{Build: "x", Device: info, Pieces: []*Piece{piece}}

	save(t, file, old)
	r, note, err := resume(file, "x")
	if err != nil || note != "" || len(r.Pieces) != 1 {
		t.Fatalf("the same build: %v, %q", err, note)
	}
	same := info
	same.Free, same.Notes = 2, []string{"a folder without cuDNN"}
	if r, note, err = r.onDevice(file, same); err != nil || note != "" || len(r.Pieces) != 1 || r.Device.Free != 2 {
		t.Fatalf("the same device: %v, %q", err, note)
	}
	for i, change := range []func(*gpu.Info){
		func(x *gpu.Info) { x.Name = "b" }, func(x *gpu.Info) { x.Driver = "12.5" }, func(x *gpu.Info) { x.Libraries = []string{"cuBLASLt 12.5"} },
	} {
		save(t, file, old)
		r, _, err := resume(file, "x")
		if err != nil {
			t.Fatal(err)
		}
		other := info
		other.Libraries = info.Libraries
		change(&other)
		r, note, err := r.onDevice(file, other)
		kept := filepath.Join(dir, []string{"results-1.json", "results-2.json", "results-3.json"}[i])
		if err != nil || len(r.Pieces) != 0 || r.Build != "x" || !strings.Contains(note, kept) {
			t.Errorf("%d: %v, %q", i, err, note)
		}
		if k, err := read(kept); err != nil || k == nil || len(k.Pieces) != 1 {
			t.Errorf("%d: %s is not the old results: %v", i, kept, err)
		}
	}
	save(t, file, old)
	status, out, said := program(t, &fake{name: "fake"}, cases(func() (float64, error) { return 0, nil }), "-stage", "kernels", "-o", file)
	if status != 0 || !strings.Contains(out, "1 ok, 0 failed") || !strings.Contains(said, "another build") || !strings.Contains(said, "results-4.json") {
		t.Errorf("another build: status %d\n%s%s", status, out, said)
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	unlock, err := filelock.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"-stage", "kernels", "-brief", "-o", filepath.Join(dir, "results.json")}
	if status, _, said := program(t, &fake{}, sizes{}, args...); status != exitUsage || !strings.Contains(said, "in use by another run") {
		t.Errorf("status %d: %s", status, said)
	}
	unlock()
	if status, out, said := program(t, &fake{}, sizes{}, args...); status != 0 || strings.Contains(out, "|") {
		t.Errorf("unlocked, brief: status %d\n%s%s", status, out, said)
	}
	if _, err := os.Stat(filepath.Join(dir, filelock.Name)); err == nil {
		t.Error("the lock is left behind")
	}
}

// An opening that hangs ends with its time or a signal.
func TestOpenHangs(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	var said bytes.Buffer
	open := func(int) (gpu.Device, error) { <-release; return nil, nil }
	args := []string{"-budget", "20ms", "-o", filepath.Join(t.TempDir(), "results.json")}
	if status := run(t.Context(), args, &said, &said, open, sizes{}); status != exitNoGPU || !strings.Contains(said.String(), "not opened within 20ms") {
		t.Errorf("status %d: %s", status, &said)
	}
}
