//go:build race

package mathverify_test

// raceEnabled says that everything takes many times as long.
const raceEnabled = true
