//go:build cuda && cgo

package cuda

import "fmt"

// An Error is what the driver says.
type Error struct {
	What   string // was tried
	Code   int    // of the driver, such as 700
	Name   string // "CUDA_ERROR_ILLEGAL_ADDRESS"
	Text   string // "an illegal memory access was encountered"
	Kernel string // the last that was launched, where that matters; an earlier one may be at fault
}

// Error says what failed and what would tell more.
func (e *Error) Error() string {
	s := fmt.Sprintf("cuda: %s: %s (%d): %s", e.What, e.Name, e.Code, e.Text)
	switch {
	case !e.late():
	case e.Kernel == "":
		s += "; the device has failed and the process must be started anew"
	case syncEach():
		s += fmt.Sprintf("; in kernel %s", e.Kernel)
	default:
		s += fmt.Sprintf("; the last kernel launched was %s, but an earlier one may be at fault: GOLONGRL_CUDA_SYNC=1 finds which", e.Kernel)
	}
	return s
}

// late reports whether the error is of what the device did, which any later call
// may return, rather than of the call.
func (e *Error) late() bool {
	switch e.Code {
	case 214, 220, 226, // memory or a link has lost bits
		700, 702, 710, 714, 715, 716, 717, 718, 719: // a kernel has gone wrong
		return true
	}
	return false
}
