package trainer

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
)

// failingPolicy fails to learn until it is repaired.
type failingPolicy struct {
	backend.Policy
	err error
}

func (p *failingPolicy) Accumulate(ctx context.Context, b *backend.Batch, o backend.Objective, out *backend.Rows) error {
	if p.err != nil {
		return p.err
	}
	return p.Policy.Accumulate(ctx, b, o, out)
}

// TestFailedStepKeepsState: what estimators remember belongs to updates that were
// made. A step that fails leaves it as it was, and can be taken again.
func TestFailedStepKeepsState(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Config)
	}{
		{"ha_dw", func(c *Config) { c.Estimator, c.HADWWindow, c.HADWEta = "ha_dw", 3, 1 }},
		{"aepo", func(c *Config) { c.Estimator = "aepo(high=1,low=0.5)" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := toyConfig()
			cfg.Filter = Keep
			c.change(&cfg)
			steps := func(broken bool) []State {
				p := &failingPolicy{Policy: toyPolicy(t, 1, 1)}
				tr := newToy(t, cfg, func(o *Options) { o.Policy = p })
				var states []State
				for range 2 {
					if broken {
						before, at := tr.State(), weights(t, p)
						p.err = errors.New("the device is gone")
						if err := tr.Step(t.Context()); !errors.Is(err, p.err) {
							t.Fatal(err)
						}
						if !reflect.DeepEqual(before, tr.State()) || !slices.Equal(at, weights(t, p)) {
							t.Errorf("state %+v behind a failure, %+v before", tr.State(), before)
						}
						p.err = nil
					}
					if err := tr.Step(t.Context()); err != nil {
						t.Fatal(err)
					}
					states = append(states, tr.State())
				}
				return states
			}
			want, got := steps(false), steps(true)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("states %+v, without failures %+v", got, want)
			}
			if last := want[1]; reflect.DeepEqual(last.HADW, State{}.HADW) && !last.Masked {
				t.Errorf("%s remembers nothing: %+v", c.name, last)
			}
		})
	}
}
