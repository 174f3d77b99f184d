package train

import (
	"slices"
	"testing"
)

type talker []string

func (t talker) Notes() []string { return t }

func TestNoter(t *testing.T) {
	var heard []string
	n := &noter{note: func(text string) { heard = append(heard, text) }}
	if err := n.Step(nil); err != nil || heard != nil {
		t.Errorf("without a policy: %v, %q", err, heard)
	}
	n.of("says nothing")
	n.Step(nil)
	n.of(talker{"a", "b"})
	n.Step(nil)
	n.policy = talker{"b", "c", "a"}
	n.Step(nil)
	if want := []string{"a", "b", "c"}; !slices.Equal(heard, want) {
		t.Errorf("%q, want %q", heard, want)
	}
}
