package advantage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/internal/spelling"
)

// A Convention says which spelling gives the numbers of an estimator of a
// training stack.
type Convention struct {
	Stack     string // golongrl, paper, verl, trl, openrlhf, …
	Name      string // of the estimator in that stack
	Setting   string // what has to be set besides the name; empty: its defaults
	Estimator string // canonical spelling
	Source    string // repository@commit, file, function
	Note      string // what the spelling does not say: limits, and where the stack differs
}

// Conventions lists the settings of the training stacks that this package
// reproduces, stack by stack. Where a stack has a setting that it does not
// reproduce, the note of the nearest one says so.
func Conventions() []Convention { return slices.Clone(conventions) }

// Stacks lists the names of the stacks that [Conventions] knows, in its order:
// the values of the option stack of [Parse].
func Stacks() []string {
	var names []string
	for _, c := range conventions {
		if len(names) == 0 || names[len(names)-1] != c.Stack {
			names = append(names, c.Stack)
		}
	}
	return names
}

// ForStack is the estimator of a training stack. The name is the one it has there
// (group in trl, group_norm in openrlhf) or here (grpo). Where several settings
// go by one name it is the first in [Conventions].
//
// It is an error if there is no such stack, or if the stack has no such name.
func ForStack(stack, name string) (Estimator, error) {
	rows, err := ofStack(stack)
	if err != nil {
		return nil, fmt.Errorf("advantage: %w", err)
	}
	var names []string
	for _, own := range []func(Convention) string{Convention.stacksName, Convention.ourName} {
		for _, c := range rows {
			if own(c) == name {
				return Parse(c.Estimator)
			}
			if !slices.Contains(names, own(c)) {
				names = append(names, own(c))
			}
		}
	}
	return nil, fmt.Errorf("advantage: %w", noSuch(stack, name, names))
}

// presetOf is the spelling of an estimator of this package with the options of a
// stack.
func presetOf(stack, name string) (string, error) {
	rows, err := ofStack(stack)
	if err != nil {
		return "", err
	}
	var names []string
	for _, c := range rows {
		if c.ourName() == name {
			return c.Estimator, nil
		}
		if !slices.Contains(names, c.ourName()) {
			names = append(names, c.ourName())
		}
	}
	return "", noSuch(stack, name, names)
}

func ofStack(stack string) ([]Convention, error) {
	from := slices.IndexFunc(conventions, func(c Convention) bool { return c.Stack == stack })
	if from < 0 {
		return nil, fmt.Errorf("unknown stack %q%s; known are %s", stack, spelling.DidYouMean(stack, Stacks()), strings.Join(Stacks(), " "))
	}
	to := from
	for to < len(conventions) && conventions[to].Stack == stack {
		to++
	}
	return conventions[from:to], nil
}

func noSuch(stack, name string, known []string) error {
	return fmt.Errorf("%s has no estimator %q%s; it has %s", stack, name, spelling.DidYouMean(name, known), strings.Join(known, " "))
}

func (c Convention) stacksName() string { return c.Name }

func (c Convention) ourName() string {
	name, _, _ := strings.Cut(c.Estimator, "(")
	return name
}
