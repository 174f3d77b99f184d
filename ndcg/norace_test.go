//go:build !race

package ndcg

const raceEnabled = false
