package checkpoint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// content writes three files that are functions of the step, 100 KB in all.
func content(step int) func(w *Writer) error {
	return func(w *Writer) error {
		for i, name := range []string{"policy/model.safetensors", "policy/config.json", "optimizer.safetensors"} {
			err := w.File(name, func(f io.Writer) error {
				for k := range 10 {
					if _, err := f.Write(bytes.Repeat([]byte{byte(step), byte(i), byte(k)}, 1200*(2-i)+40)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return w.JSON("trainer.json", map[string]int{"step": step})
	}
}

func mustSave(t testing.TB, root string, step, keep int) string {
	t.Helper()
	dir, err := Save(root, step, keep, content(step))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// wantOpen opens root, and holds step and content to what they must be.
func wantOpen(t testing.TB, root string, step, notes int) *Checkpoint {
	t.Helper()
	c, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	if c.Step != step || len(c.Notes) != notes {
		t.Fatalf("step %d with notes %q, want step %d and %d notes", c.Step, c.Notes, step, notes)
	}
	var v struct {
		Step int `json:"step"`
	}
	if err := c.JSON("trainer.json", &v); err != nil || v.Step != step {
		t.Fatalf("%v: step %d in trainer.json, want %d", err, v.Step, step)
	}
	b, err := os.ReadFile(c.Path("policy/model.safetensors"))
	if err != nil || len(b) != 10*3*2440 || b[0] != byte(step) {
		t.Fatalf("%v: %d bytes of weights", err, len(b))
	}
	return c
}

func names(t testing.TB, root string) []string {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestSaveKeepsTheNewest(t *testing.T) {
	root := filepath.Join(t.TempDir(), "a", "root")
	if _, err := Open(root); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	for _, step := range []int{0, 7, 100, 999_999, 1_000_000} {
		dir := mustSave(t, root, step, 2)
		if c := wantOpen(t, root, step, 0); c.Dir != dir {
			t.Errorf("%s, want %s", c.Dir, dir)
		}
	}
	if got := names(t, root); !slices.Equal(got, []string{"step-1000000", "step-999999"}) {
		t.Errorf("%q", got)
	}
	mustSave(t, root, 1_000_001, 0)
	c := wantOpen(t, filepath.Join(root, "step-999999"), 999_999, 0)
	if got := c.Files(); !slices.Equal(got, []string{"optimizer.safetensors", "policy/config.json", "policy/model.safetensors", "trainer.json"}) {
		t.Errorf("%q", got)
	}
	if steps, err := Steps(root); err != nil || !slices.Equal(steps, []int{1_000_001, 1_000_000, 999_999}) {
		t.Errorf("%v, %v", steps, err)
	}
}

func TestSaveReplaces(t *testing.T) {
	root := t.TempDir()
	mustSave(t, root, 3, 1)
	dir, err := Save(root, 3, 1, func(w *Writer) error { return w.JSON("trainer.json", 1) })
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(dir)
	if err != nil || len(c.Files()) != 1 {
		t.Errorf("%v, %v", c, err)
	}
	if got := names(t, root); !slices.Equal(got, []string{"step-000003"}) {
		t.Errorf("%q", got)
	}
	if _, err := Save(root, 2, 1, content(2)); err == nil || !strings.Contains(err.Error(), "step 3") || !strings.Contains(err.Error(), "Rewind") {
		t.Error(err)
	}
}

// TestSaveDiesWhileItReplaces has the folders that a process leaves between two
// renames.
func TestSaveDiesWhileItReplaces(t *testing.T) {
	root := t.TempDir()
	mustSave(t, root, 3, 1)
	mustSave(t, root, 4, 0)
	os.Rename(filepath.Join(root, "step-000004"), filepath.Join(root, ".replaced-step-000004"))
	os.Mkdir(filepath.Join(root, ".writing-step-000004"), 0o777)
	wantOpen(t, root, 4, 0)
	if err := Clean(root); err != nil {
		t.Fatal(err)
	}
	wantOpen(t, root, 4, 0)
	os.Mkdir(filepath.Join(root, ".replaced-step-000004"), 0o777)
	wantOpen(t, root, 4, 0)
	mustSave(t, root, 5, 1)
	if got := names(t, root); !slices.Equal(got, []string{"step-000005"}) {
		t.Errorf("%q", got)
	}
}

func TestRewind(t *testing.T) {
	root := t.TempDir()
	for range 2 {
		for step := 1; step < 4; step++ {
			mustSave(t, root, step, 0)
		}
		aside, err := Rewind(root, 1)
		if err != nil || len(aside) != 2 {
			t.Fatalf("%q, %v", aside, err)
		}
		wantOpen(t, root, 1, 0)
		wantOpen(t, aside[0], 3, 0)
	}
	if got := names(t, root); !slices.Equal(got, []string{"aside-step-000002", "aside-step-000002.2", "aside-step-000003", "aside-step-000003.2", "step-000001"}) {
		t.Errorf("%q", got)
	}
	if aside, err := Rewind(filepath.Join(root, "none"), 0); err != nil || aside != nil {
		t.Errorf("%q, %v", aside, err)
	}
}

// limited fails as a full disk does after n bytes.
type limited struct {
	w io.Writer
	n *int
}

func (l limited) Write(b []byte) (int, error) {
	if *l.n < len(b) {
		n, _ := l.w.Write(b[:*l.n])
		*l.n = 0
		return n, &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	*l.n -= len(b)
	return l.w.Write(b)
}

func TestFullDisk(t *testing.T) {
	root := t.TempDir()
	mustSave(t, root, 1, 1)
	failed := 0
	for n := 0; ; n += 9973 {
		left := n
		_, err := save(root, 2, 1, content(2), func(w io.Writer) io.Writer { return limited{w, &left} })
		if err == nil {
			break
		}
		failed++
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "disk is full") || !strings.Contains(err.Error(), "step-000001") || !strings.Contains(err.Error(), "free space") {
			t.Fatal(err)
		}
		wantOpen(t, root, 1, 0)
		if got := names(t, root); len(got) != 1 { // nothing takes up the space that is left
			t.Fatalf("%q", got)
		}
	}
	wantOpen(t, root, 2, 0)
	if failed < 10 {
		t.Errorf("only %d failures", failed)
	}
	dev, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full")
	}
	defer dev.Close()
	if _, err := save(root, 3, 1, content(3), func(io.Writer) io.Writer { return dev }); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	wantOpen(t, root, 2, 0)
}

func TestSaveErrors(t *testing.T) {
	root := t.TempDir()
	mustSave(t, root, 1, 1)
	stop := errors.New("device is gone")
	for name, f := range map[string]func(w *Writer) error{
		"device is gone":          func(w *Writer) error { return errors.Join(content(2)(w), stop) },
		"is there already":        func(w *Writer) error { return errors.Join(content(2)(w), w.JSON("trainer.json", 0)) },
		"\"../x\" is no name":     func(w *Writer) error { return w.JSON("../x", 0) },
		"\"/x\" is no name":       func(w *Writer) error { return w.JSON("/x", 0) },
		"\"\" is no name":         func(w *Writer) error { return w.JSON("", 0) },
		"\"manifest.json\" is no": func(w *Writer) error { return w.JSON("manifest.json", 0) },
		"unsupported type":        func(w *Writer) error { return w.JSON("x", func() {}) },
		"files were not closed":   func(w *Writer) error { _, err := w.Create("x"); return err },
		"no such file":            func(w *Writer) error { return w.Copy("x", filepath.Join(root, "none")) },
		"step-000001":             func(w *Writer) error { return stop }, // the last one is named
		"1 bytes were written, not 2": func(w *Writer) error {
			return w.File("x", func(io.Writer) error { return errors.New("1 bytes were written, not 2") })
		},
	} {
		if _, err := Save(root, 2, 1, f); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
		wantOpen(t, root, 1, 0)
		if got := names(t, root); len(got) != 1 {
			t.Errorf("%q", got)
		}
	}
	file := filepath.Join(root, "step-000001", "trainer.json")
	if _, err := Save(file, 2, 1, content(2)); err == nil || !strings.Contains(err.Error(), "not saved") {
		t.Error(err)
	}
	if _, err := Open(file); err == nil || !strings.Contains(err.Error(), "no folder") {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("step -1 is saved")
		}
	}()
	Save(root, -1, 0, content(0))
}

func TestSymlink(t *testing.T) {
	base := t.TempDir()
	link := filepath.Join(base, "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Skip(err)
	}
	mustSave(t, link, 1, 1)
	mustSave(t, link, 2, 1)
	wantOpen(t, link, 2, 0)
}

func TestReadOnly(t *testing.T) {
	root := t.TempDir()
	mustSave(t, root, 1, 1)
	os.Mkdir(filepath.Join(root, ".writing-step-000002"), 0o777)
	os.Chmod(root, 0o555)
	defer os.Chmod(root, 0o777)
	if f, err := os.Create(filepath.Join(root, "x")); err == nil {
		f.Close()
		t.Skip("permissions do not bind this user")
	}
	wantOpen(t, root, 1, 0)
	if _, err := Save(root, 2, 1, content(2)); !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
	wantOpen(t, root, 1, 0)
	os.Chmod(root, 0o777)
	config := filepath.Join(root, "step-000001", "policy", "config.json")
	os.Chmod(config, 0)
	if _, err := Open(root); !errors.Is(err, fs.ErrPermission) {
		t.Error(err) // and no other checkpoint in its place
	}
	// An old one that cannot be deleted does not undo the new one.
	os.Chmod(config, 0o666)
	sub := filepath.Dir(config)
	os.Chmod(sub, 0o555)
	defer filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			os.Chmod(p, 0o777)
		}
		return nil
	})
	dir, err := Save(root, 2, 1, content(2))
	if dir == "" || !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "is saved, but") {
		t.Errorf("%q, %v", dir, err)
	}
	wantOpen(t, root, 2, 0)
}

func TestAtomicFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.html")
	put := func(text string, err error) error {
		return AtomicFile(path, func(w io.Writer) error { fmt.Fprint(w, text); return err })
	}
	want := func(text string) {
		t.Helper()
		if b, err := os.ReadFile(path); err != nil || string(b) != text {
			t.Errorf("%q, %v", b, err)
		}
		if got := names(t, dir); len(got) != 1 && !slices.Contains(got, "target") {
			t.Errorf("%q", got)
		}
	}
	if err := put("one", nil); err != nil {
		t.Fatal(err)
	}
	want("one")
	stop := errors.New("stop")
	if err := put("half", stop); !errors.Is(err, stop) || !strings.Contains(err.Error(), "left as it was") {
		t.Error(err)
	}
	want("one")
	if err := put(strings.Repeat("two", 50_000), nil); err != nil {
		t.Fatal(err)
	}
	want(strings.Repeat("two", 50_000))
	if err := AtomicFile(filepath.Join(dir, "no", "x"), func(io.Writer) error { return nil }); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	target := filepath.Join(dir, "target")
	os.Rename(path, target)
	if os.Symlink("target", path) != nil {
		return
	}
	if err := put("three", nil); err != nil {
		t.Error(err)
	}
	want("three")
	if b, _ := os.ReadFile(target); string(b) != "three" {
		t.Errorf("the target of the link has %q", b)
	}
}
