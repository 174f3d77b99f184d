package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// version is that of the layout; it changes when older programs would misread.
const version = 1

const manifestName = "manifest.json"

// maxManifest bounds a manifest.
const maxManifest = 64 << 20

// A manifest lists what a checkpoint consists of.
type manifest struct {
	Version int    `json:"version"`
	Step    int    `json:"step"`
	Files   []file `json:"files"` // sorted by name
	Sum     string `json:"sum"`   // SHA-256 of the lines of the other fields
}

type file struct {
	Name string `json:"name"` // with slashes
	Size int64  `json:"size"`
	Sum  string `json:"sha256"`
}

// sum is what Sum must be. It does not depend on how JSON is spelt.
func (m *manifest) sum() string {
	h := sha256.New()
	fmt.Fprintln(h, m.Version, m.Step, len(m.Files))
	for _, f := range m.Files {
		fmt.Fprintln(h, f.Size, f.Sum, f.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (m *manifest) encode() []byte {
	m.Sum = m.sum()
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		panic(err) // strings and numbers
	}
	return append(b, '\n')
}

// A versionError is a checkpoint of a layout that this program does not know.
type versionError struct {
	dir     string
	version int
}

func (e *versionError) Error() string {
	return fmt.Sprintf("checkpoint: %s has version %d, and this program reads version %d; use the program that wrote it", e.dir, e.version, version)
}

// parseManifest reads a manifest of the checkpoint in dir, which is for errors.
func parseManifest(b []byte, dir string) (*manifest, error) {
	damaged := func(format string, args ...any) (*manifest, error) {
		return nil, &DamageError{Dir: dir, File: manifestName, Reason: fmt.Sprintf(format, args...)}
	}
	if len(b) > maxManifest {
		return damaged("more than %d bytes", maxManifest)
	}
	var m manifest
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&m); err != nil {
		return damaged("%v", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return damaged("something is behind it")
	}
	if m.Version > version {
		return nil, &versionError{dir, m.Version}
	}
	if m.Version != version || m.Sum != m.sum() {
		return damaged("its fields do not give its sum")
	}
	last := ""
	for _, f := range m.Files {
		if f.Name <= last || f.Size < 0 || !validName(f.Name) {
			return damaged("it has no sense at file %q", f.Name)
		}
		last = f.Name
	}
	return &m, nil
}

// validName accepts names of files in a checkpoint and below.
func validName(name string) bool {
	return fs.ValidPath(name) && name != "." && name != manifestName && path.Clean(name) == name && !bytes.ContainsAny([]byte(name), "\\:\n\x00")
}
