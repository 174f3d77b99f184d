package main

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// byteSize is a flag such as 64MiB.
type byteSize int

var units = []struct {
	name string
	size uint64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9},
	{"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"B", 1},
}

func (b *byteSize) String() string {
	for _, u := range []int{2, 1, 0} {
		if n := int(*b); n > 0 && n%int(units[u].size) == 0 {
			return strconv.Itoa(n/int(units[u].size)) + units[u].name
		}
	}
	return strconv.Itoa(int(*b))
}

func (b *byteSize) Set(s string) error {
	number, size := s, uint64(1)
	for _, u := range units {
		if n := len(s) - len(u.name); n > 0 && strings.EqualFold(s[n:], u.name) {
			number, size = s[:n], u.size
			break
		}
	}
	n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 63)
	if err != nil || n == 0 || n > math.MaxInt/2/size {
		return fmt.Errorf("use a size such as 64MiB, 1GB or 1048576")
	}
	*b = byteSize(n * size)
	return nil
}

func (b *byteSize) Type() string { return "size" }

// oneOf is a flag with few values.
type oneOf struct {
	value   string
	allowed []string
}

func (o *oneOf) String() string { return o.value }
func (o *oneOf) Type() string   { return strings.Join(o.allowed, "|") }
func (o *oneOf) Set(s string) error {
	for _, a := range o.allowed {
		if s == a {
			o.value = s
			return nil
		}
	}
	return fmt.Errorf("use %s", strings.Join(o.allowed, " or "))
}

func choice(allowed ...string) oneOf { return oneOf{allowed[0], allowed} }

// judging holds the flags that say how rows are read and judged.
type judging struct {
	metric  string
	profile oneOf
	force   bool
	workers int
	maxLine byteSize
	layout  rollout.Layout
}

func newJudging() *judging {
	return &judging{profile: choice("strict", "reference"), workers: runtime.GOMAXPROCS(0), maxLine: 64 << 20}
}

// readFlags adds the flags of reading.
func (j *judging) readFlags(f *pflag.FlagSet) {
	f.Var(&j.maxLine, "max-line", "longest line to read; a longer one is an error row")
	for _, p := range []struct {
		path       *string
		name, what string
	}{
		{&j.layout.Response, "response", "the response, or the list of responses"},
		{&j.layout.Reference, "reference", "the reference answer; rows then have the simple schema"},
		{&j.layout.ID, "id", "the id"},
		{&j.layout.Group, "group", "the group"},
		{&j.layout.Task, "task", "the task"},
		{&j.layout.Metric, "metric", "the metric"},
		{&j.layout.Lang, "lang", "the language"},
		{&j.layout.Length, "length", "the length in tokens"},
	} {
		f.StringVar(p.path, p.name+"-path", "", "gjson `path` of "+p.what)
	}
}

// check finds what is wrong with values that are wrong only together.
func (j *judging) check(f *pflag.FlagSet) error {
	if j.force && j.metric == "" {
		return usage("--force needs --metric: it says which metric judges every row")
	}
	if f.Changed("metric") && strings.TrimSpace(j.metric) == "" {
		return usage("--metric is empty: name a metric; golongrl-score metrics lists them")
	}
	const maxWorkers = 4096 // each has its own memory
	if j.workers < 1 || j.workers > maxWorkers {
		return usage("--workers %d: use at least 1 and at most %d", j.workers, maxWorkers)
	}
	var err error
	f.Visit(func(flag *pflag.Flag) {
		if strings.HasSuffix(flag.Name, "-path") && flag.Value.String() == "" && err == nil {
			err = usage("--%s is empty: give a path such as choices.0.message.content", flag.Name)
		}
	})
	return err
}

// scorer makes the scorer that the flags ask for.
func (j *judging) scorer(profile scoring.Profile, options ...scoring.Option) (*scoring.Scorer, error) {
	options = append(options, scoring.WithProfile(profile), scoring.WithWorkers(j.workers))
	if j.metric != "" {
		options = append(options, scoring.WithMetric(j.metric))
	}
	if j.force {
		options = append(options, scoring.WithForce())
	}
	s, err := scoring.New(options...)
	if err != nil {
		return nil, usage("--metric: %v", err)
	}
	return s, nil
}

func (j *judging) profileValue() scoring.Profile {
	p, _ := scoring.ParseProfile(j.profile.value) // one of the two
	return p
}

// rolloutOptions are the options of reading for rows that s will judge.
func (j *judging) rolloutOptions(s *scoring.Scorer) *rollout.Options {
	return &rollout.Options{Layout: j.layout, NeedsReference: rollout.NeedsReference(s)}
}
