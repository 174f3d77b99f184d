//go:build !race

package rouge

const raceEnabled = false
