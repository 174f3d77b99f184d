//go:build race

package advantage_test

// raceEnabled says that memory is dropped from pools at random.
const raceEnabled = true
