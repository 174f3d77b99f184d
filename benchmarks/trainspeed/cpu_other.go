//go:build !linux

package main

import "time"

var began = time.Now()

// cpuTime is wall time where processor time is not at hand.
func cpuTime() time.Duration { return time.Since(began) }
