//go:build race

package loss_test

// raceEnabled says that memory is dropped from pools at random.
const raceEnabled = true
