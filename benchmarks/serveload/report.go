package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// The targets.
const (
	wantScores = 30_000 // per second in batches of 64
	wantP99    = 5.0    // milliseconds at half the capacity
	wantGrowth = 1.2    // of memory from a tenth of the requests to all
)

// A report is what was measured, where and when.
type report struct {
	Date     string
	Machine  string
	Go       string
	Revision string `json:",omitempty"`
	Measured string // how long each measurement took
	Steps    []*step
	Memory   []usage `json:",omitempty"`
}

func newReport(p plan, s *server) *report {
	r := &report{Date: time.Now().UTC().Format(time.DateOnly), Machine: machine(), Go: runtime.Version(), Measured: p.seconds.String()}
	if s.pid == 0 {
		r.Machine = "client: " + r.Machine
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, kv := range info.Settings {
			switch {
			case kv.Key == "vcs.revision":
				r.Revision = kv.Value[:min(len(kv.Value), 12)] + r.Revision
			case kv.Key == "vcs.modified" && kv.Value == "true":
				r.Revision += ", with changes"
			}
		}
	}
	return r
}

func (r *report) add(what string, s *step) {
	s.What = what
	r.Steps = append(r.Steps, s)
}

func (r *report) writeJSON(name string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(b, '\n'), 0o644)
}

func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s; %s; %s", r.Date, r.Machine, r.Go)
	if r.Revision != "" {
		fmt.Fprintf(&b, "; revision %s", r.Revision)
	}
	fmt.Fprintf(&b, ".\nClient and server share the machine. Each line took %s or a quarter of it; every answer was checked.\n\n", r.Measured)
	b.WriteString("| requests | protocol | connections | requests/s | scores/s | CPU of server, s per 10⁶ scores | of client | median, ms | 99 %, ms | 99.9 %, ms | largest, ms |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, s := range r.Steps {
		fmt.Fprintf(&b, "| %s | %s | %d | %.0f | %.0f | %.1f | %.1f | %.2f | %.2f | %.2f | %.1f |\n",
			s.What, s.Protocol, s.Connections, s.RequestsPerSecond, s.ScoresPerSecond, s.ServerCPU, s.ClientCPU, s.Latency[0], s.Latency[2], s.Latency[3], s.Latency[4])
	}
	if len(r.Memory) > 0 {
		b.WriteString("\n| requests so far | memory of the server, MiB | largest so far, MiB |\n|---|---|---|\n")
		for _, u := range r.Memory {
			fmt.Fprintf(&b, "| %d | %.1f | %.1f |\n", u.Requests, float64(u.RSS)/(1<<20), float64(u.Peak)/(1<<20))
		}
	}
	b.WriteString("\n")
	for _, t := range r.targets() {
		b.WriteString("- " + t + "\n")
	}
	return b.String()
}

// targets says of each target whether it was met.
func (r *report) targets() (list []string) {
	verdict := func(ok bool) string {
		if ok {
			return "met"
		}
		return "missed"
	}
	for _, s := range r.Steps {
		switch {
		case strings.HasPrefix(s.What, "batches"):
			list = append(list, fmt.Sprintf("%s, scores per second in batches of 64: %.0f, target %d: %s", s.Protocol, s.ScoresPerSecond, wantScores, verdict(s.ScoresPerSecond >= wantScores)))
		case s.Rate > 0:
			list = append(list, fmt.Sprintf("%s, 99 %% of single requests at half the capacity, %.0f a second: within %.2f ms, target %g: %s", s.Protocol, s.Rate, s.Latency[2], wantP99, verdict(s.Latency[2] < wantP99)))
		}
	}
	if n := len(r.Memory); n > 1 {
		last, tenth := r.Memory[n-1], r.Memory[1]
		growth := float64(last.RSS) / float64(max(tenth.RSS, 1))
		list = append(list, fmt.Sprintf("memory after %d requests: %.2f times that after %d, target %g: %s", last.Requests, growth, tenth.Requests, wantGrowth, verdict(growth <= wantGrowth)))
	}
	return list
}
