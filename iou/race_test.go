//go:build race

package iou

// raceEnabled: sync.Pool drops items at random under the race detector, so
// allocations mean nothing there.
const raceEnabled = true
