//go:build race

package ndcg

// raceEnabled: sync.Pool drops items at random under the race detector, so
// allocations mean nothing there.
const raceEnabled = true
