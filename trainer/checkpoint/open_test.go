package checkpoint

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestDamage harms a file of the newest checkpoint in every way; the one before
// it is taken, and a note says so.
func TestDamage(t *testing.T) {
	root := t.TempDir()
	mustSave(t, root, 1, 0)
	dir := mustSave(t, root, 2, 0)
	for _, name := range []string{"manifest.json", "policy/model.safetensors", "policy/config.json", "optimizer.safetensors", "trainer.json"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(whole)
		flipped[len(flipped)/2] ^= 4
		for kind, b := range map[string][]byte{"missing": nil, "truncated": whole[:len(whole)-2], "empty": {}, "longer": append(bytes.Clone(whole), 'x'), "flipped": flipped} {
			os.Remove(path)
			if b != nil {
				os.WriteFile(path, b, 0o666)
			}
			c := wantOpen(t, root, 1, 1)
			if !strings.Contains(c.Notes[0], filepath.Join("step-000002", filepath.FromSlash(name))) || !strings.Contains(c.Notes[0], "damaged") {
				t.Errorf("%s %s: note %q", name, kind, c.Notes[0])
			}
			_, err := Open(dir)
			var d *DamageError
			if !errors.As(err, &d) || d.File != name {
				t.Errorf("%s %s: %v", name, kind, err)
			}
		}
		os.WriteFile(path, whole, 0o666)
		wantOpen(t, root, 2, 0)
	}
	// A folder in the place of another step.
	os.RemoveAll(filepath.Join(root, "step-000001"))
	os.Rename(dir, filepath.Join(root, "step-000009"))
	if _, err := Open(root); err == nil || !strings.Contains(err.Error(), "it is of step 2") || !strings.Contains(err.Error(), "no other") {
		t.Error(err)
	}
	os.Mkdir(filepath.Join(root, "step-000001"), 0o777)
	var d *DamageError
	if _, err := Open(root); !errors.As(err, &d) || !strings.Contains(err.Error(), "other 1") {
		t.Error(err)
	}
	if _, err := Open(filepath.Join(root, "step-000001")); !errors.As(err, &d) {
		t.Error(err)
	}
}

// TestDamagedManifest flips each bit of a manifest. Where that is not seen, the
// checkpoint is the same.
func TestDamagedManifest(t *testing.T) {
	dir := mustSave(t, t.TempDir(), 5, 0)
	path := filepath.Join(dir, manifestName)
	whole, _ := os.ReadFile(path)
	want, err := parseManifest(whole, dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		for bit := range 8 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << bit
			m, err := parseManifest(b, dir)
			if err == nil && m.sum() != want.sum() {
				t.Fatalf("bit %d of byte %d passes: %q", bit, i, b[max(0, i-20):i+20])
			}
		}
	}
}

// TestNewerVersion is not damage: what is older must not take its place.
func TestNewerVersion(t *testing.T) {
	root := t.TempDir()
	mustSave(t, root, 1, 0)
	dir := mustSave(t, root, 2, 0)
	path := filepath.Join(dir, manifestName)
	b, _ := os.ReadFile(path)
	os.WriteFile(path, bytes.Replace(b, []byte(`"version": 1`), []byte(`"version": 2`), 1), 0o666)
	if _, err := Open(root); err == nil || !strings.Contains(err.Error(), "version 2") || !strings.Contains(err.Error(), dir) {
		t.Error(err)
	}
}

func TestJSON(t *testing.T) {
	c := wantOpen(t, mustSave(t, t.TempDir(), 5, 0), 5, 0)
	var none struct{}
	if err := c.JSON("trainer.json", &none); err == nil || !strings.Contains(err.Error(), "step") {
		t.Errorf("a field is lost: %v", err)
	}
	if err := c.JSON("none.json", &none); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestReader opens checkpoints while another goroutine saves and deletes them.
func TestReader(t *testing.T) {
	root := t.TempDir()
	mustSave(t, root, 0, 1)
	var stop atomic.Bool
	done := make(chan error)
	go func() {
		var err error
		for step := 1; step < 12 && err == nil; step++ {
			_, err = Save(root, step, 1, content(step))
		}
		stop.Store(true)
		done <- err
	}()
	last := 0
	for finished := false; !finished; {
		finished = stop.Load() // once more after the last
		c, err := Open(root)
		if err != nil {
			t.Fatal(err)
		}
		if c.Step < last || len(c.Notes) > 0 {
			t.Fatalf("step %d after %d, notes %q", c.Step, last, c.Notes)
		}
		last = c.Step
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantOpen(t, root, 11, 0)
}

// FuzzManifest: what is read has names that stay in the folder, and gives itself
// when it is written again.
func FuzzManifest(f *testing.F) {
	good := manifest{Version: version, Step: 3, Files: []file{{"a", 1, "00"}, {"b/c", 2, "ff"}}}
	f.Add(good.encode())
	bad := manifest{Version: version, Files: []file{{"../a", 1, "00"}}}
	f.Add(bad.encode())
	f.Add([]byte(`{"version":2}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseManifest(b, "dir")
		if err != nil {
			return
		}
		for _, f := range m.Files {
			if !filepath.IsLocal(f.Name) {
				t.Fatalf("%q", f.Name)
			}
		}
		again, err := parseManifest(m.encode(), "dir")
		if err != nil || again.sum() != m.sum() {
			t.Fatal(err)
		}
	})
}
