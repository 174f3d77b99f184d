//go:build !race

package mathverify_test

const raceEnabled = false
