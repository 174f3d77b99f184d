package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// atomicFile is a file that appears under its name only when it is complete.
type atomicFile struct {
	*os.File
	name string // "" if the file is written in place
}

// createAtomic begins a file beside its place, so that it can be renamed. What
// is no ordinary file, such as /dev/null or a pipe, is written in place.
func createAtomic(name string) (*atomicFile, error) {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real // replace what a link leads to, not the link
	}
	mode := fs.FileMode(0o666)
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a folder: give the name of a file", name)
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		return &atomicFile{File: f}, err
	case err == nil:
		mode = info.Mode().Perm()
	}
	dir, base := filepath.Split(name)
	for try := 0; ; try++ {
		temp := dir + "." + base + "." + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(try) + ".tmp"
		f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) && try < 1000 {
			continue
		}
		var e *fs.PathError
		if errors.As(err, &e) {
			e.Path = name // the user knows of no other
		}
		return &atomicFile{f, name}, err
	}
}

// commit makes the file durable and gives it its name.
func (a *atomicFile) commit() error {
	if a.name == "" {
		return a.Close()
	}
	err := a.Sync()
	if e := a.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(a.File.Name(), a.name)
	}
	if err != nil {
		os.Remove(a.File.Name())
		return err
	}
	// The name is durable once the folder is. Not every system can do that, and
	// the file is complete all the same.
	if d, err := os.Open(filepath.Dir(a.name)); err == nil {
		d.Sync()
		d.Close()
	}
	return nil
}

// abort leaves nothing behind.
func (a *atomicFile) abort() {
	a.Close()
	if a.name != "" {
		os.Remove(a.File.Name())
	}
}
