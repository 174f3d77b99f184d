package rollouts

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/trainer/random"
)

// notTokens is why a server cannot be trained from.
type notTokens struct{ what string }

func (e *notTokens) Error() string { return e.what }

// seed returns a seed that every server takes: vLLM takes 64 bits with a sign.
func seed(key random.Key) int64 { return int64(key.Uint64(0) >> 1) }

// topP returns 1 for off.
func topP(p float64) float64 {
	if p == 0 {
		return 1
	}
	return p
}

// topK returns -1 for off, which all versions of both servers take.
func topK(k int) int {
	if k == 0 {
		return -1
	}
	return k
}

type vllm struct{}

func (vllm) name() Dialect      { return VLLM }
func (vllm) path() string       { return "/v1/completions" }
func (vllm) logprobs() LogProbs { return Raw }

// vllmRequest sets every parameter of sampling, for vLLM takes what is left out
// from the model's generation_config.json.
type vllmRequest struct {
	Model             string  `json:"model"`
	Prompt            []int32 `json:"prompt"`
	N                 int     `json:"n"`
	MaxTokens         int     `json:"max_tokens"`
	Temperature       float64 `json:"temperature"`
	TopP              float64 `json:"top_p"`
	TopK              int     `json:"top_k"`
	MinP              float64 `json:"min_p"`
	RepetitionPenalty float64 `json:"repetition_penalty"`
	PresencePenalty   float64 `json:"presence_penalty"`
	FrequencyPenalty  float64 `json:"frequency_penalty"`
	Seed              int64   `json:"seed"`
	StopTokenIDs      []int32 `json:"stop_token_ids"`
	IgnoreEOS         bool    `json:"ignore_eos"`
	Logprobs          int     `json:"logprobs"` // 0: of the sampled token alone
	ReturnTokenIDs    bool    `json:"return_token_ids"`
	TokensAsIDs       bool    `json:"return_tokens_as_token_ids"`
	Stream            bool    `json:"stream"`
}

func (vllm) request(model string, p []int32, req *Request, key random.Key) any {
	s := req.Sampling
	return &vllmRequest{
		Model: model, Prompt: p, N: 1, MaxTokens: s.MaxTokens, Temperature: s.Temperature, TopP: topP(s.TopP), TopK: topK(s.TopK),
		RepetitionPenalty: 1, Seed: seed(key), StopTokenIDs: append([]int32{}, s.Stop...), IgnoreEOS: true, ReturnTokenIDs: true, TokensAsIDs: true,
	}
}

func (vllm) reply(from *api, body []byte, prompt []int32) (answer, error) {
	var r struct {
		Model   string `json:"model"`
		Choices []struct {
			FinishReason   *string `json:"finish_reason"`
			TokenIDs       []int32 `json:"token_ids"`
			PromptTokenIDs []int32 `json:"prompt_token_ids"`
			Logprobs       *struct {
				Tokens        []json.RawMessage `json:"tokens"`
				TokenLogprobs []*float32        `json:"token_logprobs"`
			} `json:"logprobs"`
		} `json:"choices"`
		Usage *struct {
			PromptTokens *int `json:"prompt_tokens"`
		} `json:"usage"`
	}
	if err := unmarshal(from, body, &r); err != nil {
		return answer{}, err
	}
	if len(r.Choices) != 1 {
		return answer{}, fmt.Errorf("the server returned %d choices for one", len(r.Choices))
	}
	c := &r.Choices[0]
	a := answer{tokens: c.TokenIDs, finish: "no reason", model: r.Model}
	if c.FinishReason != nil {
		a.finish = *c.FinishReason
	}
	if c.Logprobs == nil || c.Logprobs.TokenLogprobs == nil {
		return a, &notTokens{"the reply has no log-probabilities (choices[0].logprobs.token_logprobs)"}
	}
	named, ok := tokenNames(c.Logprobs.Tokens)
	switch {
	case a.tokens == nil && !ok:
		return a, &notTokens{"the reply has text but no token ids (neither choices[0].token_ids nor logprobs.tokens of the form token_id:N)"}
	case a.tokens == nil:
		a.tokens = named
	case ok && !slices.Equal(named, a.tokens):
		return a, errors.New("the server contradicts itself: token_ids and logprobs.tokens differ")
	}
	var err error
	if a.logp, err = present(c.Logprobs.TokenLogprobs); err != nil {
		return a, err
	}
	if c.PromptTokenIDs != nil && !slices.Equal(c.PromptTokenIDs, prompt) {
		return a, errors.New("the server answered another prompt than it was sent: prompt_token_ids differ")
	}
	if r.Usage != nil && r.Usage.PromptTokens != nil && *r.Usage.PromptTokens != len(prompt) {
		return a, fmt.Errorf("the server read %d prompt tokens where %d were sent", *r.Usage.PromptTokens, len(prompt))
	}
	return a, nil
}

// tokenNames reads "token_id:17". ok is false if these are texts.
func tokenNames(names []json.RawMessage) (ids []int32, ok bool) {
	ids = make([]int32, len(names))
	for i, raw := range names {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return nil, false
		}
		digits, found := strings.CutPrefix(s, "token_id:")
		n, err := strconv.ParseInt(digits, 10, 32)
		if !found || err != nil {
			return nil, false
		}
		ids[i] = int32(n)
	}
	return ids, len(names) > 0
}

func present(ps []*float32) ([]float32, error) {
	out := make([]float32, len(ps))
	for i, p := range ps {
		if p == nil {
			return nil, fmt.Errorf("the server returned no log-probability for token %d of the response", i)
		}
		out[i] = *p
	}
	return out, nil
}

type sglang struct{}

func (sglang) name() Dialect      { return SGLang }
func (sglang) path() string       { return "/generate" }
func (sglang) logprobs() LogProbs { return Processed }

type sglangRequest struct {
	InputIDs      []int32 `json:"input_ids"`
	ReturnLogprob bool    `json:"return_logprob"`
	Stream        bool    `json:"stream"`
	Sampling      struct {
		MaxNewTokens      int     `json:"max_new_tokens"`
		Temperature       float64 `json:"temperature"`
		TopP              float64 `json:"top_p"`
		TopK              int     `json:"top_k"`
		MinP              float64 `json:"min_p"`
		RepetitionPenalty float64 `json:"repetition_penalty"`
		StopTokenIDs      []int32 `json:"stop_token_ids,omitempty"`
		Seed              int64   `json:"sampling_seed"`
	} `json:"sampling_params"`
}

func (sglang) request(_ string, p []int32, req *Request, key random.Key) any {
	r := &sglangRequest{InputIDs: p, ReturnLogprob: true}
	s := req.Sampling
	r.Sampling.MaxNewTokens, r.Sampling.Temperature, r.Sampling.TopP, r.Sampling.TopK = s.MaxTokens, s.Temperature, topP(s.TopP), topK(s.TopK)
	r.Sampling.RepetitionPenalty, r.Sampling.StopTokenIDs = 1, s.Stop
	r.Sampling.Seed = seed(key) >> 32 // 31 bits: it becomes a tensor of 32 in some versions
	return r
}

func (sglang) reply(from *api, body []byte, prompt []int32) (answer, error) {
	var r struct {
		Meta *struct {
			Finish *struct {
				Type    string `json:"type"`
				Message string `json:"message"`
			} `json:"finish_reason"`
			PromptTokens     *int              `json:"prompt_tokens"`
			CompletionTokens *int              `json:"completion_tokens"`
			Tokens           []json.RawMessage `json:"output_token_logprobs"`
		} `json:"meta_info"`
	}
	if err := unmarshal(from, body, &r); err != nil {
		return answer{}, err
	}
	m := r.Meta
	if m == nil || m.Finish == nil {
		return answer{}, &notTokens{"the reply has no meta_info with a finish_reason: this is not /generate of SGLang"}
	}
	a := answer{finish: m.Finish.Type}
	if m.Finish.Type == "abort" {
		return a, &temporary{err: fmt.Errorf("the server aborted the response: %s", from.say([]byte(m.Finish.Message)))}
	}
	if m.Tokens == nil {
		return a, &notTokens{"the reply has no token ids with log-probabilities (meta_info.output_token_logprobs)"}
	}
	for i, raw := range m.Tokens {
		var triple []json.RawMessage
		var lp *float32
		var id *int32
		if json.Unmarshal(raw, &triple) != nil || len(triple) < 2 || json.Unmarshal(triple[0], &lp) != nil || json.Unmarshal(triple[1], &id) != nil || lp == nil || id == nil {
			return a, fmt.Errorf("the server returned no log-probability and id for token %d of the response", i)
		}
		a.tokens, a.logp = append(a.tokens, *id), append(a.logp, *lp)
	}
	if m.CompletionTokens != nil && *m.CompletionTokens != len(a.tokens) {
		return a, fmt.Errorf("the server returned %d of %d tokens", len(a.tokens), *m.CompletionTokens)
	}
	if m.PromptTokens != nil && *m.PromptTokens != len(prompt) {
		return a, fmt.Errorf("the server read %d prompt tokens where %d were sent", *m.PromptTokens, len(prompt))
	}
	return a, nil
}

// unmarshal reads a reply. A reply that is no JSON may have been cut short by
// something on the way, so it is asked for again.
func unmarshal(from *api, body []byte, v any) error {
	if err := json.Unmarshal(body, v); err != nil {
		return &temporary{err: fmt.Errorf("the reply is not as it should be: %w: %s", err, from.say(body))}
	}
	return nil
}
