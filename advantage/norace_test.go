//go:build !race

package advantage_test

const raceEnabled = false
