// Package filelock keeps files and folders for one process at a time.
//
// A lock goes with its process, however that ends; where the operating system
// has none, a file beside the locked one stands for it and outlives a crash.
// File systems without locks, such as Lustre by default, are used without.
package filelock

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode"
)

// ErrLocked is the error of taking what another process has.
var ErrLocked = errors.New("in use by another run: wait for its end, or give another folder")

// File takes an open file for this process until it calls unlock, which it must
// do before it closes the file. A second open file of the same process is
// another taker.
//
// Errors: [ErrLocked], and what the operating system says.
func File(f *os.File) (unlock func(), err error) { return lock(f) }

// Name begins the names of what Dir puts into a folder.
const Name = ".lock"

// Dir takes a folder, which must exist, by a file .lock in it that says which
// process has it. unlock gives the folder back and removes the file, where the
// operating system lets it; a second call does nothing.
//
// Errors: [ErrLocked] with the other process, and what the operating system says.
func Dir(dir string) (unlock func(), err error) {
	path := filepath.Join(dir, Name)
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			return nil, err
		}
		release, err := lock(f)
		if err != nil {
			if errors.Is(err, ErrLocked) {
				err = fmt.Errorf("%s is %w%s", dir, err, holder(f))
			}
			f.Close()
			return nil, err
		}
		if !current(f, path) { // given back between the two calls
			release()
			f.Close()
			continue
		}
		// Who has it is for people, and no reason not to go on.
		if f.Truncate(0) == nil {
			f.WriteString(self())
		}
		return sync.OnceFunc(func() {
			os.Remove(path)
			release()
			f.Close()
		}), nil
	}
}

// current reports whether f is still the file at path.
func current(f *os.File, path string) bool {
	have, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(have, there)
}

// self says which process this is.
func self() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown machine"
	}
	return fmt.Sprintf("process %d on %s\n", os.Getpid(), host)
}

// printable keeps a file from writing anything but text into a message.
func printable(r rune) rune {
	if !unicode.IsPrint(r) {
		return '?'
	}
	return r
}

// holder reads it, for a message.
func holder(f *os.File) string {
	text, err := io.ReadAll(io.NewSectionReader(f, 0, 200))
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if err != nil || len(line) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s)", strings.Map(printable, string(line)))
}
