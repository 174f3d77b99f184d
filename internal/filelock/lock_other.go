//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package filelock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// lock takes f for this process by a file beside it. After a crash it
// stays, and the error says to delete it.
func lock(f *os.File) (unlock func(), err error) {
	name := f.Name() + ".lock"
	g, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%w (or, if that has crashed, delete %s)", ErrLocked, name)
	}
	if err != nil {
		return nil, err
	}
	g.Close()
	return func() { os.Remove(name) }, nil
}
