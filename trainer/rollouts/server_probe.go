package rollouts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/random"
)

// probe finds the model and the dialect, and asks for one token to see that all
// that training needs comes back.
func (s *Server) probe(ctx context.Context) error {
	owner, err := s.findModel(ctx)
	var status *statusError
	if err != nil && !(s.o.Model != "" && errors.As(err, &status) && status.status != http.StatusUnauthorized && status.status != http.StatusForbidden) {
		return err // else the list is not needed
	}
	var tries []dialect
	switch s.o.Dialect {
	case VLLM:
		tries = []dialect{vllm{}}
	case SGLang:
		tries = []dialect{sglang{}}
	case Auto:
		tries = []dialect{vllm{}, sglang{}}
		if strings.EqualFold(owner, "sglang") {
			tries = []dialect{sglang{}}
		}
	default:
		return fmt.Errorf("dialect %q is not known: give auto, vllm or sglang", s.o.Dialect)
	}
	var reasons []string
	for _, d := range tries {
		err := s.probeDialect(ctx, d)
		if err == nil {
			s.dialect = d
			return nil
		}
		var lacks *notTokens
		if !errors.As(err, &lacks) && !(errors.As(err, &status) && slices.Contains(refusals, status.status)) {
			return fmt.Errorf("asking %s as %s: %w", s.api.base, d.name(), err)
		}
		reasons = append(reasons, fmt.Sprintf("as %s: %v", d.name(), err))
	}
	name := "this server"
	if owner != "" {
		name = fmt.Sprintf("this server (of %s)", s.api.say([]byte(owner)))
	}
	return fmt.Errorf("%s at %s cannot be trained from: training needs the sampled token ids and their log-probabilities, and text must not be encoded again (%s); use vLLM 0.10.2 or later, which knows return_token_ids, or SGLang with its own route /generate",
		name, s.api.base, strings.Join(reasons, "; "))
}

// refusals are what servers say to a route or a field that they do not know.
var refusals = []int{http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnprocessableEntity, http.StatusNotImplemented}

// findModel asks for the list of models. owner is who the server says owns it,
// "vllm" or "sglang".
func (s *Server) findModel(ctx context.Context) (owner string, err error) {
	s.model = s.o.Model
	var list struct {
		Data []struct {
			ID      string `json:"id"`
			OwnedBy string `json:"owned_by"`
			Root    string `json:"root"` // equal for the names of a model
		} `json:"data"`
	}
	err = s.api.try(ctx, 0, func(ctx context.Context) error {
		body, err := s.api.send(ctx, http.MethodGet, s.api.base+"/v1/models", nil)
		if err != nil {
			return err
		}
		if json.Unmarshal(body, &list) != nil {
			return fmt.Errorf("%s/v1/models: no list of models: is this an OpenAI-compatible server?", s.api.base)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	names := []string{}
	for _, m := range list.Data {
		if m.ID == s.o.Model || s.o.Model == "" && len(list.Data) == 1 {
			s.model = m.ID
			for _, other := range list.Data {
				if other.Root == m.Root {
					s.aliases = append(s.aliases, other.ID)
				}
			}
			return m.OwnedBy, nil
		}
		if len(names) < 8 {
			names = append(names, s.api.say([]byte(m.ID)))
		}
	}
	if s.o.Model == "" {
		return "", fmt.Errorf("%s lists %d models: name one of %s", s.api.base, len(list.Data), strings.Join(names, ", "))
	}
	return "", fmt.Errorf("%s does not serve %q: name one of %s", s.api.base, s.o.Model, strings.Join(names, ", "))
}

// probeDialect asks for one token after token 0.
func (s *Server) probeDialect(ctx context.Context, d dialect) error {
	prompt := []int32{0}
	req := &Request{N: 1, Sampling: backend.Sampling{Temperature: 1, MaxTokens: 1}}
	return s.api.try(ctx, 0, func(ctx context.Context) error {
		body, err := s.api.post(ctx, d.path(), d.request(s.model, prompt, req, random.Key(0)))
		if err != nil {
			return err
		}
		a, err := d.reply(&s.api, body, prompt)
		if err != nil {
			return err
		}
		return s.check(&a, 1)
	})
}
