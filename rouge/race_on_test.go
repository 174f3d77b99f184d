//go:build race

package rouge

// raceEnabled is set where sync.Pool drops what it is given at random.
const raceEnabled = true
