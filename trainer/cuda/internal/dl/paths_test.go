package dl

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// touch makes an empty file and returns its path.
func touch(t *testing.T, elem ...string) string {
	t.Helper()
	path := filepath.Join(elem...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCandidates(t *testing.T) {
	root := t.TempDir()
	one := touch(t, root, "one", "libthing.so.12")
	old := touch(t, root, "two", "libthing.so.11")
	two := touch(t, root, "two", "libthing.so.13")
	touch(t, root, "two", "libthing.so.10")
	touch(t, root, "two", "libother.so.13")
	env := touch(t, root, "env[1]", "lib", "python3.11", "site-packages", "nvidia", "cublas", "lib", "libthing.so.12")
	new13 := touch(t, root, "conda", "lib", "python3.12", "site-packages", "nvidia", "cu13", "lib", "libthing.so.13")
	on := touch(t, root, "path", "lib", "python3.9", "dist-packages", "nvidia", "thing", "lib", "libthing.so.11")
	bin := filepath.Dir(touch(t, root, "path", "bin", "python3"))
	away := touch(t, root, "away", "lib", "python3.8", "site-packages", "nvidia", "thing", "lib", "libthing.so.12")
	touch(t, root, "away", "bin", "python3.8")
	if err := os.MkdirAll(filepath.Join(root, "links"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "away", "bin", "python3.8"), filepath.Join(root, "links", "python3")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "three", "libthing.so.13"), 0o755); err != nil {
		t.Fatal(err) // a folder of that name is no library
	}

	list := string(filepath.ListSeparator)
	t.Setenv(Variable, filepath.Join(root, "one")+list+filepath.Join(root, "none")+list+list+filepath.Join(root, "two")+list+filepath.Join(root, "three"))
	t.Setenv("VIRTUAL_ENV", filepath.Join(root, "env[1]"))
	t.Setenv("CONDA_PREFIX", filepath.Join(root, "conda"))
	t.Setenv("PATH", bin+list+list+filepath.Join(root, "links"))
	t.Setenv("HOME", filepath.Join(root, "home"))

	want := []string{one, two, old, "libthing.so.13", "libthing.so.12", "libthing.so.11", env, new13, on, away}
	if got := Candidates("libthing", 13, 12, 11); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := Candidates("libthing"); len(got) != 0 {
		t.Errorf("without versions: %q", got)
	}
	t.Setenv(Variable, "")
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("CONDA_PREFIX", "")
	t.Setenv("PATH", "")
	if got := Candidates("libthing", 12); !slices.Equal(got, []string{"libthing.so.12"}) {
		t.Errorf("nothing to find: %q", got)
	}
}
