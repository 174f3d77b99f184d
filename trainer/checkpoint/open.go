package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A Checkpoint is one that has been verified.
type Checkpoint struct {
	Dir  string
	Step int

	// Notes say what was wrong with later checkpoints, which were passed over.
	// They are for people, who should be told.
	Notes []string

	files []file
}

// Open opens the newest checkpoint of a root, or the checkpoint whose own folder
// is given, and holds all its files to the sizes and checksums of its manifest.
//
// A damaged checkpoint of a root is passed over for the one before it, with a
// note. A file that cannot be read, and a checkpoint of a newer version of this
// package, are errors: what is missing there is not lost. If all are damaged,
// that is a [DamageError], and if there is none, [ErrNone].
//
// A checkpoint that is deleted while it is read, by a run that goes on, is passed
// over; files that are read from a Checkpoint later can still be gone.
func Open(path string) (*Checkpoint, error) {
	if s, err := os.Stat(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s does not exist", ErrNone, path)
		}
		return nil, fmt.Errorf("checkpoint: %w", err)
	} else if !s.IsDir() {
		return nil, fmt.Errorf("checkpoint: %s is no folder", path)
	}
	if _, err := os.Lstat(filepath.Join(path, manifestName)); err == nil {
		return verify(path)
	}
	if _, ok := parseStep(filepath.Base(path)); ok {
		return verify(path) // which lacks its manifest
	}
	// A run that saves while this reads may delete what it is about to read.
	for range 100 {
		c, again, err := openNewest(path)
		if !again {
			return c, err
		}
	}
	return nil, fmt.Errorf("checkpoint: %s changes faster than it can be read", path)
}

// openNewest also reports that a checkpoint went away meanwhile.
func openNewest(root string) (c *Checkpoint, again bool, err error) {
	ps, err := places(root)
	if err != nil {
		return nil, false, fmt.Errorf("checkpoint: %w", err)
	}
	if len(ps) == 0 {
		return nil, false, fmt.Errorf("%w in %s", ErrNone, root)
	}
	var notes []string
	var first error
	for _, p := range ps {
		dir := filepath.Join(root, p.name)
		c, err := verify(dir)
		if err == nil && c.Step != p.step {
			err = &DamageError{Dir: dir, Reason: fmt.Sprintf("it is of step %d", c.Step)}
		}
		if err == nil {
			c.Notes = notes
			return c, false, nil
		}
		if _, gone := os.Lstat(dir); errors.Is(gone, fs.ErrNotExist) {
			return nil, true, nil
		}
		var damage *DamageError
		if !errors.As(err, &damage) {
			return nil, false, err
		}
		notes = append(notes, err.Error())
		first = cmpErr(first, err)
	}
	if len(ps) == 1 {
		return nil, false, fmt.Errorf("%w; there is no other checkpoint in %s", first, root)
	}
	return nil, false, fmt.Errorf("%w; the other %d checkpoints in %s are damaged, too", first, len(ps)-1, root)
}

// verify opens the checkpoint in dir.
func verify(dir string) (*Checkpoint, error) {
	b, err := readAtMost(filepath.Join(dir, manifestName), maxManifest+1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &DamageError{Dir: dir, File: manifestName, Reason: "it is missing"}
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	m, err := parseManifest(b, dir)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Files { // sizes first: they cost nothing
		s, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f.Name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, &DamageError{Dir: dir, File: f.Name, Reason: "it is missing"}
		case err != nil:
			return nil, fmt.Errorf("checkpoint: %w", err)
		case s.Size() != f.Size || !s.Mode().IsRegular():
			return nil, &DamageError{Dir: dir, File: f.Name, Reason: fmt.Sprintf("it has %d bytes, and %d were written", s.Size(), f.Size)}
		}
	}
	for _, f := range m.Files {
		sum, err := checksum(filepath.Join(dir, filepath.FromSlash(f.Name)))
		if err != nil {
			return nil, fmt.Errorf("checkpoint: %w", err)
		}
		if sum != f.Sum {
			return nil, &DamageError{Dir: dir, File: f.Name, Reason: "its bytes are not those that were written (SHA-256 differs)"}
		}
	}
	return &Checkpoint{Dir: dir, Step: m.Step, files: m.Files}, nil
}

func readAtMost(path string, n int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, n))
}

func checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, struct{ io.Reader }{f}, make([]byte, 1<<18)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Files lists the names of the files, sorted, with slashes.
func (c *Checkpoint) Files() []string {
	names := make([]string, len(c.files))
	for i, f := range c.files {
		names[i] = f.Name
	}
	return names
}

// Path returns the path of a file or folder of the checkpoint.
func (c *Checkpoint) Path(name string) string { return filepath.Join(c.Dir, filepath.FromSlash(name)) }

// JSON decodes a file into v. Fields that v does not have are an error, as what
// they say would be lost.
func (c *Checkpoint) JSON(name string, v any) error {
	f, err := os.Open(c.Path(name))
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	defer f.Close()
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("checkpoint: %s: %w", c.Path(name), err)
	}
	return nil
}
