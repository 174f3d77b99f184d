package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/golongrl/golongrl/internal/filelock"
)

// longestSocket is how long the path of a socket may be on all systems.
const longestSocket = 103

// listenUnix listens on a socket that this user alone may use. A socket that
// nobody listens on, which a killed server leaves, is replaced.
func listenUnix(path string) (net.Listener, error) {
	if len(path) > longestSocket {
		return nil, fmt.Errorf("the path has %d bytes and a socket may have %d: choose a shorter one", len(path), longestSocket)
	}
	unlock, err := lockFolder(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer unlock()
	if info, err := os.Lstat(path); err == nil {
		if info.Mode()&os.ModeSocket == 0 {
			return nil, errors.New("is there and is no socket: choose another path")
		}
		if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
			c.Close()
			return nil, errors.New("another server listens there: stop it or choose another path")
		} else if !refused(err) {
			return nil, err
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := privately(func() (net.Listener, error) { return net.Listen("unix", path) })
	if err != nil {
		return nil, err
	}
	made, err := os.Lstat(path)
	if err != nil {
		l.Close()
		return nil, err
	}
	own := &ownSocket{UnixListener: l.(*net.UnixListener), path: path, made: made}
	own.SetUnlinkOnClose(false)
	return own, nil
}

// An ownSocket removes its file when it is closed, but not that of another server
// that has taken its place.
type ownSocket struct {
	*net.UnixListener
	path string
	made os.FileInfo
	once sync.Once
}

func (s *ownSocket) Close() error {
	s.once.Do(func() {
		if now, err := os.Lstat(s.path); err == nil && os.SameFile(now, s.made) {
			os.Remove(s.path)
		}
	})
	return s.UnixListener.Close()
}

// lockFolder keeps a folder for the moment in which a stale socket is replaced:
// of two servers that find one, the second must see the socket of the first.
func lockFolder(dir string) (unlock func(), err error) {
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		f, err := os.Open(dir)
		if err != nil {
			return nil, err
		}
		release, err := filelock.File(f)
		if err == nil {
			return func() { release(); f.Close() }, nil
		}
		f.Close()
		if !errors.Is(err, filelock.ErrLocked) || time.Now().After(end) {
			return func() {}, nil // some other program has it, for reasons of its own
		}
	}
}
