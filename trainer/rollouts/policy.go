package rollouts

import (
	"context"
	"errors"
	"fmt"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/random"
)

// NewPolicy returns the source that samples from p itself. Samples are a function
// of the request and of the weights of p, so Publish has nothing to do.
func NewPolicy(p backend.Policy, d Decoder) Source {
	return &policySource{p, d}
}

type policySource struct {
	p backend.Policy
	d Decoder
}

func (s *policySource) Generate(ctx context.Context, req *Request, done func(Sample)) error {
	if err := req.check(s.p.Config().Vocab); err != nil {
		return err
	}
	prompts := make([]backend.Prompt, len(req.Prompts))
	for i, p := range req.Prompts {
		keys := make([]random.Key, req.N)
		for j := range keys {
			keys[j] = req.Key(i, j)
		}
		prompts[i] = backend.Prompt{Tokens: p.Tokens, Keys: keys}
	}
	return s.p.Generate(ctx, prompts, req.Sampling, func(prompt, sample int, r backend.Generated) {
		done(Sample{
			Prompt: prompt, Index: sample, Tokens: r.Tokens, LogP: r.LogP,
			Text: s.d.Decode(r.Tokens), Stopped: r.Stopped, Version: req.Version,
		})
	})
}

func (s *policySource) Publish(context.Context, int, func(string) error) error { return nil }

func (s *policySource) String() string { return "policy" }

// check finds requests that no source can answer. vocab is 0 if it is not known.
func (req *Request) check(vocab int) error {
	switch {
	case req.N < 1:
		return fmt.Errorf("rollouts: %d samples per prompt: ask for at least one", req.N)
	case req.Sampling.MaxTokens < 1:
		return fmt.Errorf("rollouts: responses of %d tokens: allow at least one", req.Sampling.MaxTokens)
	case len(req.Prompts) == 0:
		return errors.New("rollouts: a request without prompts")
	}
	for _, p := range req.Prompts {
		if len(p.Tokens) == 0 {
			return fmt.Errorf("rollouts: prompt %s has no tokens", p.ID)
		}
		if vocab == 0 {
			continue
		}
		for _, t := range p.Tokens {
			if t < 0 || int(t) >= vocab {
				return fmt.Errorf("rollouts: prompt %s has token %d, but the vocabulary ends at %d: use the tokenizer of the model", p.ID, t, vocab-1)
			}
		}
	}
	return nil
}
