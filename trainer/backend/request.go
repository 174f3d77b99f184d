package backend

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/model"
)

// MinTemperature is the smallest temperature that is not 0: below it, differences of
// logits overflow.
const MinTemperature = 1e-6

// Validate says what is wrong with a request to a policy of shape cfg. A prompt
// must leave room for one token: MaxLen bounds prompt and response together, and
// a response is cut where MaxTokens would exceed it.
func (s Sampling) Validate(cfg model.Config, prompts []Prompt) error {
	switch {
	case s.Temperature != 0 && !(s.Temperature >= MinTemperature && s.Temperature <= math.MaxFloat32):
		return fmt.Errorf("backend: temperature %v: want 0 (greedy) or at least %g", s.Temperature, MinTemperature)
	case !(s.TopP >= 0 && s.TopP <= 1):
		return fmt.Errorf("backend: top-p %v: want a probability, 0 or 1 to turn it off", s.TopP)
	case s.TopK < 0:
		return fmt.Errorf("backend: top-k %d: want a number of tokens, 0 to turn it off", s.TopK)
	case s.MaxTokens < 1:
		return fmt.Errorf("backend: responses of at most %d tokens", s.MaxTokens)
	}
	for _, t := range s.Stop {
		if t < 0 || int(t) >= cfg.Vocab {
			return fmt.Errorf("backend: stop token %d of a vocabulary of %d", t, cfg.Vocab)
		}
	}
	for i, p := range prompts {
		if len(p.Tokens) == 0 {
			return fmt.Errorf("backend: prompt %d is empty", i)
		}
		if len(p.Tokens) >= cfg.MaxLen {
			return fmt.Errorf("backend: prompt %d has %d tokens, which leaves no room for a response in the policy's %d", i, len(p.Tokens), cfg.MaxLen)
		}
		for j, t := range p.Tokens {
			if t < 0 || int(t) >= cfg.Vocab {
				return fmt.Errorf("backend: prompt %d, token %d: %d of a vocabulary of %d", i, j, t, cfg.Vocab)
			}
		}
	}
	return nil
}
