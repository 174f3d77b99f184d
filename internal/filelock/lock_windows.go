package filelock

import (
	"errors"
	"os"
	"syscall"
)

// lock takes f for this process by a file beside it that no other process
// may open, until it is closed, also by the end of the process.
func lock(f *os.File) (unlock func(), err error) {
	name, err := syscall.UTF16PtrFromString(f.Name() + ".lock")
	if err != nil {
		return nil, err
	}
	const sharingViolation = syscall.Errno(32)
	h, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return func() { syscall.CloseHandle(h) }, nil
}
