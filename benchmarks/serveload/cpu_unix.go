//go:build unix

package main

import "syscall"

// ownCPU returns the seconds of CPU time of this process.
func ownCPU() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec) + float64(u.Stime.Sec) + float64(u.Utime.Usec)/1e6 + float64(u.Stime.Usec)/1e6
}
