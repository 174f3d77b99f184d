package checkpoint

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Writer takes the files of a checkpoint. It is used by one goroutine.
type Writer struct {
	dir   string
	files []file
	dirs  map[string]bool // sub-folders, with slashes
	open  int
	bytes int64

	// disk is between the files and the disk, for tests of disks that are full.
	disk func(io.Writer) io.Writer
}

// Create makes a file; its name may have folders, with slashes. The file is on
// the disk when Close returns without error.
func (w *Writer) Create(name string) (io.WriteCloser, error) {
	if !validName(name) {
		return nil, fmt.Errorf("checkpoint: %q is no name for a file in a checkpoint", name)
	}
	if slices.ContainsFunc(w.files, func(f file) bool { return f.Name == name }) {
		return nil, fmt.Errorf("checkpoint: file %s is there already", name)
	}
	full := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		return nil, err
	}
	for d := path.Dir(name); d != "."; d = path.Dir(d) {
		w.dirs[d] = true
	}
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	w.open++
	o := &output{w: w, f: f, name: name, hash: sha256.New()}
	o.buf = bufio.NewWriterSize(w.disk(f), 1<<18)
	return o, nil
}

// An output is a file that is being written.
type output struct {
	w    *Writer
	f    *os.File
	buf  *bufio.Writer
	hash hash.Hash
	name string
	size int64
	err  error // the first
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.buf.Write(b)
	o.hash.Write(b[:n])
	o.size += int64(n)
	o.w.bytes += int64(n)
	o.err = cmpErr(o.err, err)
	return n, err
}

func (o *output) Close() error {
	if o.f == nil {
		return fs.ErrClosed
	}
	err := cmpErr(o.err, o.buf.Flush())
	if err == nil {
		err = o.f.Sync()
	}
	err = cmpErr(err, o.f.Close())
	o.f = nil
	o.w.open--
	if err == nil {
		o.w.files = append(o.w.files, file{Name: o.name, Size: o.size, Sum: hex.EncodeToString(o.hash.Sum(nil))})
	}
	return err
}

// cmpErr returns the first error.
func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// File writes a file by a function.
func (w *Writer) File(name string, write func(io.Writer) error) error {
	f, err := w.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// JSON writes a value as indented JSON.
func (w *Writer) JSON(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("checkpoint: %s: %w", name, err)
	}
	return w.File(name, func(f io.Writer) error { _, err := f.Write(append(b, '\n')); return err })
}

// Copy copies a file from elsewhere.
func (w *Writer) Copy(name, from string) error {
	src, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	defer src.Close()
	return w.File(name, func(f io.Writer) error { _, err := io.Copy(f, src); return err })
}

// finish writes the manifest and brings the folders to the disk.
func (w *Writer) finish(step int) error {
	if w.open != 0 {
		return fmt.Errorf("checkpoint: %d files were not closed", w.open)
	}
	slices.SortFunc(w.files, func(a, b file) int { return strings.Compare(a.Name, b.Name) })
	m := manifest{Version: version, Step: step, Files: w.files}
	f, err := os.OpenFile(filepath.Join(w.dir, manifestName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = w.disk(f).Write(m.encode())
	if err == nil {
		err = f.Sync()
	}
	if err := cmpErr(err, f.Close()); err != nil {
		return err
	}
	for d := range w.dirs {
		if err := syncDir(filepath.Join(w.dir, filepath.FromSlash(d))); err != nil {
			return err
		}
	}
	return syncDir(w.dir)
}

// Save writes the checkpoint of a step into root and returns its folder. files
// writes its content. Then all but the newest keep are deleted, unless keep is
// 0.
//
// After an error, and if the process dies, all earlier checkpoints are as they
// were. Only if deleting the old ones fails, which is an error too, is there a
// folder as well: that checkpoint is whole.
//
// A checkpoint of the same step is replaced. One of a later step is an error:
// it is of another run, or of a future that was given up, see [Rewind].
//
// It panics if step is negative.
func Save(root string, step, keep int, files func(w *Writer) error) (dir string, err error) {
	return save(root, step, keep, files, func(w io.Writer) io.Writer { return w })
}

func save(root string, step, keep int, files func(w *Writer) error, disk func(io.Writer) io.Writer) (string, error) {
	if step < 0 {
		panic("checkpoint: negative step")
	}
	w := &Writer{dirs: map[string]bool{}, disk: disk}
	dir, err := w.save(root, step, files)
	if err != nil {
		if w.dir != "" {
			os.RemoveAll(w.dir)
		}
		return "", w.explain(root, step, err)
	}
	if err := prune(root, keep); err != nil {
		return dir, fmt.Errorf("checkpoint: %s is saved, but an older one cannot be deleted: %w", dir, err)
	}
	return dir, nil
}

func (w *Writer) save(root string, step int, files func(w *Writer) error) (string, error) {
	if err := makeRoot(root); err != nil {
		return "", err
	}
	if err := Clean(root); err != nil {
		return "", err
	}
	steps, err := Steps(root)
	if err != nil {
		return "", err
	}
	if len(steps) > 0 && steps[0] > step {
		return "", fmt.Errorf("there is one of step %d, which is later; go on from it, take another folder, or give it up with Rewind", steps[0])
	}
	w.dir = filepath.Join(root, writing+stepName(step))
	if err := os.Mkdir(w.dir, 0o777); err != nil {
		return "", err
	}
	if err := files(w); err != nil {
		return "", err
	}
	if err := w.finish(step); err != nil {
		return "", err
	}
	dir, old := filepath.Join(root, stepName(step)), filepath.Join(root, replaced+stepName(step))
	// A folder cannot be renamed over another. Until the new one is in its place,
	// Open reads the old one under its other name.
	err = os.Rename(dir, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.Rename(w.dir, dir); err != nil {
		os.Rename(old, dir)
		return "", err
	}
	if err := syncDir(root); err != nil {
		return "", err
	}
	return dir, nil
}

// makeRoot makes the root folder if it is not there.
func makeRoot(root string) error {
	if s, err := os.Stat(root); err == nil && s.IsDir() {
		return nil
	}
	if err := os.MkdirAll(root, 0o777); err != nil {
		return err
	}
	return syncDir(filepath.Dir(root))
}

// explain says what became of a checkpoint, and what is left.
func (w *Writer) explain(root string, step int, err error) error {
	last := "there is no earlier one"
	if ps, e := places(root); e == nil && len(ps) > 0 {
		last = "the last one is " + filepath.Join(root, ps[0].name)
	}
	if full(err) {
		return fmt.Errorf("checkpoint: step %d is not saved, the disk is full after %d bytes of it (%s); free space in %s or keep fewer checkpoints: %w", step, w.bytes, last, root, err)
	}
	return fmt.Errorf("checkpoint: step %d is not saved in %s (%s): %w", step, root, last, err)
}

// prune deletes all but the newest checkpoints. A folder gets another name
// before its files go, so that what is left of it after a crash is no damaged
// checkpoint.
func prune(root string, keep int) error {
	if err := Clean(root); err != nil { // the one that was replaced
		return err
	}
	if keep <= 0 {
		return nil
	}
	ps, err := places(root)
	if err != nil {
		return err
	}
	for i, p := range ps {
		if i < keep {
			continue
		}
		gone := filepath.Join(root, writing+p.name)
		if err := os.Rename(filepath.Join(root, p.name), gone); err != nil {
			return err
		}
		if err := os.RemoveAll(gone); err != nil {
			return err
		}
	}
	return nil
}

// Clean deletes what killed calls of [Save] have left in root. Save does so,
// too. A root that does not exist is clean.
func Clean(root string) error {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	var errs []error
	for _, e := range entries {
		name := filepath.Join(root, e.Name())
		if strings.HasPrefix(e.Name(), writing) {
			errs = append(errs, os.RemoveAll(name))
		}
		if step, ok := strings.CutPrefix(e.Name(), replaced); ok {
			now := filepath.Join(root, step)
			if _, err := os.Lstat(now); errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, os.Rename(name, now))
			} else {
				errs = append(errs, os.RemoveAll(name))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("checkpoint: leftovers in %s cannot be deleted: %w", root, err)
	}
	return nil
}

// Rewind gives up the checkpoints of steps later than the given one, as a run
// does that goes on from an older checkpoint. They are renamed to aside-step-N,
// where nothing finds or deletes them, and their new names are returned.
func Rewind(root string, step int) ([]string, error) {
	if err := Clean(root); err != nil {
		return nil, err
	}
	steps, err := Steps(root)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range steps {
		if s <= step {
			break
		}
		to := filepath.Join(root, setAside+stepName(s))
		for i := 2; ; i++ {
			if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
				break
			}
			to = filepath.Join(root, fmt.Sprintf("%s%s.%d", setAside, stepName(s), i))
		}
		if err := os.Rename(filepath.Join(root, stepName(s)), to); err != nil {
			return names, fmt.Errorf("checkpoint: %w", err)
		}
		names = append(names, to)
	}
	if len(names) == 0 {
		return nil, nil
	}
	return names, syncDir(root)
}
