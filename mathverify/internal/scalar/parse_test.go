package scalar

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/infix"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// parse reads a formula of the tests.
func parse(t testing.TB, s string) *tree.Node {
	t.Helper()
	return infix.Parse(t, s)
}
