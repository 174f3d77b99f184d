package rollouts_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/rollouts"
)

func TestPolicy(t *testing.T) {
	s := rollouts.NewPolicy(fakePolicy{}, letters{})
	req := request(3, 2)
	got, err := collect(t, s, req)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range got {
		p, j := i/2, i%2
		want := canned(req.Prompts[p].Tokens, uint64(req.Key(p, j)), req.Sampling)
		if !reflect.DeepEqual(x.Tokens, want.Tokens) || !reflect.DeepEqual(x.LogP, want.LogP) || x.Stopped != want.Stopped || x.Text != (letters{}).Decode(want.Tokens) || x.Version != 2 || x.Err != nil {
			t.Errorf("%d: %+v, want %+v", i, x, want)
		}
	}
	if err := s.Publish(context.Background(), 3, nil); err != nil || s.String() != "policy" {
		t.Error(err, s)
	}
}

func TestRequestCheck(t *testing.T) {
	s := rollouts.NewPolicy(fakePolicy{}, letters{})
	for _, c := range []struct {
		edit func(*rollouts.Request)
		want string
	}{
		{func(r *rollouts.Request) { r.N = 0 }, "0 samples per prompt"},
		{func(r *rollouts.Request) { r.Sampling.MaxTokens = 0 }, "responses of 0 tokens"},
		{func(r *rollouts.Request) { r.Prompts = nil }, "without prompts"},
		{func(r *rollouts.Request) { r.Prompts[1].Tokens = nil }, "prompt 1 has no tokens"},
		{func(r *rollouts.Request) { r.Prompts[1].Tokens[0] = vocab }, "prompt 1 has token 32, but the vocabulary ends at 31"},
		{func(r *rollouts.Request) { r.Prompts[0].Tokens[1] = -1 }, "prompt 0 has token -1"},
	} {
		req := request(2, 1)
		c.edit(req)
		err := s.Generate(context.Background(), req, func(rollouts.Sample) { t.Error("a sample") })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
