package advantage

import "fmt"

// presetOf is the spelling of an estimator with the options of a stack.
func presetOf(stack, name string) (string, error) {
	return "", fmt.Errorf("unknown stack %q", stack)
}
