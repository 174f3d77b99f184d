package backend

import (
	"math"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/model"
)

func TestSamplingValidate(t *testing.T) {
	cfg := model.Config{Vocab: 11, MaxLen: 4}
	one := func(tokens ...int32) []Prompt { return []Prompt{{Tokens: []int32{0}}, {Tokens: tokens}} }
	for _, x := range []struct {
		want    string // part of the error; empty: none
		s       Sampling
		prompts []Prompt
	}{
		{"", Sampling{MaxTokens: 1}, nil},
		{"", Sampling{Temperature: MinTemperature, TopP: 1, TopK: 100, MaxTokens: 9, Stop: []int32{0, 10}}, one(10, 0, 3)},
		{"prompt 1 is empty", Sampling{MaxTokens: 1}, one()},
		{"prompt 1, token 2: 11 of a vocabulary of 11", Sampling{MaxTokens: 1}, one(0, 1, 11)},
		{"prompt 1, token 0: -1", Sampling{MaxTokens: 1}, one(-1)},
		{"prompt 1 has 4 tokens", Sampling{MaxTokens: 1}, one(1, 2, 3, 4)},
		{"temperature NaN", Sampling{Temperature: math.NaN(), MaxTokens: 4}, nil},
		{"temperature -1", Sampling{Temperature: -1, MaxTokens: 4}, nil},
		{"temperature 1e-07", Sampling{Temperature: 1e-7, MaxTokens: 4}, nil},
		{"temperature +Inf", Sampling{Temperature: math.Inf(1), MaxTokens: 4}, nil},
		{"top-p 1.1", Sampling{TopP: 1.1, MaxTokens: 4}, nil},
		{"top-p NaN", Sampling{TopP: math.NaN(), MaxTokens: 4}, nil},
		{"top-k -1", Sampling{TopK: -1, MaxTokens: 4}, nil},
		{"at most 0 tokens", Sampling{}, nil},
		{"stop token 11", Sampling{MaxTokens: 1, Stop: []int32{11}}, nil},
	} {
		err := x.s.Validate(cfg, x.prompts)
		if x.want == "" && err != nil || x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want)) {
			t.Errorf("%+v: got %v, want %q", x.s, err, x.want)
		}
	}
}
