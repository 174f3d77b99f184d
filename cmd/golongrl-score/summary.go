package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/golongrl/golongrl/scoring"
)

// summary counts rows per task.
type summary struct {
	tasks map[string]*taskCount
	total taskCount
	start time.Time
}

type taskCount struct {
	name       string
	rows       int64
	scored     int64
	outOfRange int64
	sum        float64 // of scores, added in input order
	status     [16]int64
	took       time.Duration
}

// maxTasks bounds the table, and with it the memory that a file with ever new
// task names can take.
const (
	maxTasks   = 1000
	otherTasks = "(others)"
)

func newSummary() *summary {
	return &summary{tasks: map[string]*taskCount{}, total: taskCount{name: "total"}, start: time.Now()}
}

func (s *summary) add(stats []rowStat) {
	for i := range stats {
		r := &stats[i]
		t := s.tasks[r.task]
		if t == nil {
			name := strings.Clone(r.task)
			if len(s.tasks) >= maxTasks {
				name = otherTasks
			}
			if t = s.tasks[name]; t == nil {
				t = &taskCount{name: name}
				s.tasks[name] = t
			}
		}
		t.add(r)
		s.total.add(r)
	}
}

func (t *taskCount) add(r *rowStat) {
	t.rows++
	if !math.IsNaN(r.score) {
		t.scored++
		t.sum += r.score
	}
	if r.outOfRange {
		t.outOfRange++
	}
	t.status[r.status]++
	t.took += r.took
}

// unscored returns how many rows have no score.
func (s *summary) unscored() int64 { return s.total.rows - s.total.scored }

// sorted returns the tasks in the order of the metrics, then by name; rows of
// no task come last.
func (s *summary) sorted() []*taskCount {
	order := map[string]int{}
	for name := range scoring.Builtin().Names() {
		order[name] = len(order)
	}
	rank := func(t *taskCount) int {
		switch n, ok := order[scoring.TaskName(t.name)]; {
		case ok:
			return n
		case t.name == "":
			return len(order) + 1
		}
		return len(order)
	}
	var list []*taskCount
	for _, t := range s.tasks {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *taskCount) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.name, b.name))
	})
	return list
}

// write prints a line per task, one for all, and the speed.
func (s *summary) write(w io.Writer) error {
	var b strings.Builder
	var seen []scoring.Status
	list := s.sorted()
	wide := len(s.total.name)
	for _, t := range list {
		wide = max(wide, utf8.RuneCountInString(t.label()))
	}
	// Numbers are aligned on the right, names on the left.
	tw := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(tw, "%-*s\trows\tmean\t", wide, "task")
	for _, st := range scoring.Statuses() {
		if s.total.status[st] > 0 {
			seen = append(seen, st)
			fmt.Fprintf(tw, "%s\t", st)
		}
	}
	fmt.Fprintln(tw, "time\t")
	for _, t := range list {
		t.write(tw, wide, seen)
	}
	if len(list) != 1 {
		s.total.write(tw, wide, seen)
	}
	tw.Flush()
	// Columns aligned on the right have the space between them on the left.
	text := strings.ReplaceAll("\n"+b.String(), "\n  ", "\n")[1:]
	b.Reset()
	b.WriteString(text)
	wall := time.Since(s.start)
	fmt.Fprintf(&b, "%s in %s", count(s.total.rows, "row"), round(wall))
	if seconds := wall.Seconds(); s.total.rows > 0 && seconds > 0 {
		fmt.Fprintf(&b, ", %.0f rows/s", float64(s.total.rows)/seconds)
	}
	if n := s.unscored(); n > 0 {
		fmt.Fprintf(&b, "; %s without a score", count(n, "row"))
	}
	if n := s.total.outOfRange; n > 0 {
		fmt.Fprintf(&b, "; %s outside [0, 1]", count(n, "score"))
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *taskCount) label() string { return printable(t.name, 40) }

func (t *taskCount) write(w io.Writer, wide int, seen []scoring.Status) {
	mean := "-"
	if t.scored > 0 {
		mean = fmt.Sprintf("%.4f", t.sum/float64(t.scored))
	}
	fmt.Fprintf(w, "%-*s\t%d\t%s\t", wide, t.label(), t.rows, mean)
	for _, st := range seen {
		share := "-"
		if n := t.status[st]; n > 0 {
			share = fmt.Sprintf("%.1f%%", 100*float64(n)/float64(t.rows))
		}
		fmt.Fprintf(w, "%s\t", share)
	}
	fmt.Fprintf(w, "%s\t\n", round(t.took))
}

func count(n int64, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// round shortens d to three digits or so.
func round(d time.Duration) time.Duration {
	for unit := time.Nanosecond; unit < time.Second; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
	return d.Round(time.Second / 10)
}
