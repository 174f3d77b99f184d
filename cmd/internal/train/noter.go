package train

import "github.com/golongrl/golongrl/trainer/watch"

// A noter tells what a policy has to say of how it computes, such as that a library
// was not found, when it comes up.
type noter struct {
	note   func(string)
	policy interface{ Notes() []string } // nil: it has nothing to say
	seen   map[string]bool
}

// of makes p the policy.
func (n *noter) of(p any) {
	n.policy, _ = p.(interface{ Notes() []string })
	n.seen = map[string]bool{}
}

func (n *noter) Step(*watch.Step) error {
	if n.policy == nil {
		return nil
	}
	for _, text := range n.policy.Notes() {
		if !n.seen[text] {
			n.seen[text] = true
			n.note(text)
		}
	}
	return nil
}

func (n *noter) Close() error { return nil }
