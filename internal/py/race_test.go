//go:build race

package py

// raceEnabled tells tests that sync.Pool forgets at random.
const raceEnabled = true
