//go:build !race

package iou

const raceEnabled = false
