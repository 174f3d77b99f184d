//go:build race

package main

// raceEnabled says that memory is not what it would be.
const raceEnabled = true
