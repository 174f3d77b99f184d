package watch

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTerminal(t *testing.T) {
	run := func(live bool) string {
		var b bytes.Buffer
		clock := time.Unix(0, 0)
		o := &terminal{w: &b, total: 30, live: live, now: func() time.Time { return clock }}
		o.Step(&Step{Step: 0, Metrics: []Metric{{EvalReward, 0.25}}})
		for i := 1; i <= 30; i++ {
			clock = clock.Add(3 * time.Second)
			o.Step(&Step{Step: i, Metrics: []Metric{{RewardMean, float64(i) / 100}, {PolicyLoss, -0.5}}, Timings: []Metric{{Throughput, 1234}}})
			if i == 20 {
				o.Step(&Step{Step: i, Metrics: []Metric{{EvalReward, 0.5}, {"val/greedy/mean", 0.75}}})
			}
		}
		o.Close()
		return b.String()
	}
	want := `step 0/30  held-out reward 0.250
step 1/30  reward 0.010  loss -0.5000  1234 tokens/s  1m27s left
step 5/30  reward 0.050  loss -0.5000  1234 tokens/s  1m15s left
step 9/30  reward 0.090  loss -0.5000  1234 tokens/s  1m3s left
step 13/30  reward 0.130  loss -0.5000  1234 tokens/s  51s left
step 17/30  reward 0.170  loss -0.5000  1234 tokens/s  39s left
step 20/30  held-out reward 0.500  greedy 0.750
step 21/30  reward 0.210  loss -0.5000  1234 tokens/s  27s left
step 25/30  reward 0.250  loss -0.5000  1234 tokens/s  15s left
step 29/30  reward 0.290  loss -0.5000  1234 tokens/s  3s left
step 30/30  reward 0.300  loss -0.5000  1234 tokens/s
`
	if got := run(false); got != want {
		t.Errorf("lines:\n%s", got)
	}
	got := run(true)
	if n := strings.Count(got, "\n"); n != 3 { // two evaluations and the end
		t.Errorf("%d lines in %q", n, got)
	}
	// What a terminal shows in the end: of each line what was written last.
	var shown []string
	for _, l := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
		screen := []rune{}
		for _, part := range strings.Split(l, "\r") {
			p := []rune(part)
			screen = append(p, screen[min(len(p), len(screen)):]...)
		}
		shown = append(shown, strings.TrimRight(string(screen), " "))
	}
	if want := []string{"step 0/30  held-out reward 0.250", "step 20/30  held-out reward 0.500  greedy 0.750", "step 30/30  reward 0.300  loss -0.5000  1234 tokens/s"}; strings.Join(shown, "|") != strings.Join(want, "|") {
		t.Errorf("a terminal shows %q", shown)
	}
}

// Elsewhere than on a terminal the last step of a run that stopped early is told
// too, and an error of the writer is not the run's.
func TestTerminalEarlyEnd(t *testing.T) {
	var b bytes.Buffer
	o := Terminal(&b, 0)
	for i := range 3 {
		if err := o.Step(&Step{Step: i, Metrics: []Metric{{SupervisedLoss, 2}}}); err != nil {
			t.Fatal(err)
		}
	}
	o.Close()
	o.Close()
	if got, want := b.String(), "step 0  supervised loss 2.000\nstep 2  supervised loss 2.000\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	o = Terminal(failing{errors.New("closed")}, 3)
	if err := errors.Join(o.Step(&Step{}), o.Close()); err != nil {
		t.Error(err)
	}
}

func TestMulti(t *testing.T) {
	a, b, want := &counter{}, &counter{}, errors.New("full")
	a.err = want
	m := Multi(a, nil, Terminal(&bytes.Buffer{}, 0), b)
	if err := m.Step(&Step{}); !errors.Is(err, want) {
		t.Errorf("error %v", err)
	}
	if err := m.Close(); !errors.Is(err, want) {
		t.Errorf("error %v", err)
	}
	if err := m.(interface{ Sync() error }).Sync(); !errors.Is(err, want) {
		t.Errorf("error %v", err)
	}
	if a.calls != 3 || b.calls != 3 {
		t.Errorf("%d and %d calls", a.calls, b.calls)
	}
}

type counter struct {
	calls int
	err   error
}

func (c *counter) Step(*Step) error { c.calls++; return c.err }
func (c *counter) Close() error     { c.calls++; return c.err }
func (c *counter) Sync() error      { c.calls++; return c.err }
