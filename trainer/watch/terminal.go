package watch

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"
)

// Terminal returns an Observer that tells of progress on w, usually os.Stderr: step
// of total, mean reward, loss, tokens per second and the time left. On a terminal
// this is one line that changes, elsewhere a line for the first and the last step
// and in between every ten seconds. Evaluations have lines of their own, which
// stay. Errors of w are left out: progress that nobody can read stops no run.
//
// The time left is the mean time of the latest twenty steps times the steps left;
// without a total there is none.
func Terminal(w io.Writer, total int) Observer {
	f, ok := w.(*os.File)
	if ok {
		info, err := f.Stat()
		ok = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return &terminal{w: w, total: total, live: ok, now: time.Now}
}

type terminal struct {
	w     io.Writer
	total int
	live  bool
	now   func() time.Time

	latest  []moment
	printed time.Time
	width   int    // of what is on the line
	pending string // the newest line that was not printed
}

type moment struct {
	step int
	at   time.Time
}

func (t *terminal) Step(s *Step) error {
	now := t.now()
	if len(t.latest) > 20 {
		t.latest = append(t.latest[:0], t.latest[1:]...)
	}
	t.latest = append(t.latest, moment{s.Step, now})
	line := t.line(s, now)
	switch {
	case ofEvaluation(s.Metrics):
		t.erase()
		fmt.Fprintln(t.w, line)
		t.pending = ""
	case t.live:
		pad := max(0, t.width-len([]rune(line)))
		t.width = len([]rune(line))
		fmt.Fprint(t.w, "\r"+line+strings.Repeat(" ", pad))
	case t.printed.IsZero() || s.Step == t.total || now.Sub(t.printed) >= 10*time.Second:
		t.printed, t.pending = now, ""
		fmt.Fprintln(t.w, line)
	default:
		t.pending = line
	}
	return nil
}

// Close ends the line, and elsewhere prints the newest step if it was not.
func (t *terminal) Close() error {
	if t.width > 0 {
		fmt.Fprintln(t.w)
		t.width = 0
	}
	if t.pending != "" {
		fmt.Fprintln(t.w, t.pending)
		t.pending = ""
	}
	return nil
}

func (t *terminal) erase() {
	if t.width > 0 {
		fmt.Fprint(t.w, "\r"+strings.Repeat(" ", t.width)+"\r")
		t.width = 0
	}
}

func (t *terminal) line(s *Step, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "step %d", s.Step)
	if t.total > 0 {
		fmt.Fprintf(&b, "/%d", t.total)
	}
	for _, f := range []struct {
		name, as, format string
		timing           bool
	}{
		{SupervisedLoss, "supervised loss", "%.3f", false},
		{EvalReward, "held-out reward", "%.3f", false},
		{EvalGreedy, "greedy", "%.3f", false},
		{RewardMean, "reward", "%.3f", false},
		{PolicyLoss, "loss", "%.4f", false},
		{Throughput, "", "%.0f tokens/s", true},
	} {
		from := s.Metrics
		if f.timing {
			from = s.Timings
		}
		if v, ok := Value(from, f.name); ok && !math.IsNaN(v) {
			b.WriteString("  ")
			if f.as != "" {
				b.WriteString(f.as + " ")
			}
			fmt.Fprintf(&b, f.format, v)
		}
	}
	if done := s.Step - t.latest[0].step; done > 0 && s.Step < t.total && !ofEvaluation(s.Metrics) {
		left := now.Sub(t.latest[0].at) / time.Duration(done) * time.Duration(t.total-s.Step)
		b.WriteString("  " + left.Round(time.Second).String() + " left")
	}
	line := []rune(b.String())
	if t.live && len(line) > 79 {
		line = line[:79]
	}
	return string(line)
}
