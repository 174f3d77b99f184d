// Package service answers calls to golongrl, whatever carries them: the HTTP
// routes and the frames of package serve, and the C library. The same call gives
// the same answer through each of them, bit for bit.
//
// A Service holds no state but caches: every answer depends on the call and on
// the Config alone, and a Service is safe for concurrent use.
package service

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/serve/wire"
)

// Config says how calls are answered that do not say it themselves. The zero
// value is the built-in registry, no default metric, the strict profile.
type Config struct {
	Registry *scoring.Registry // nil: scoring.Builtin()
	Metric   string            // judges items that name no metric; "": they are errors
	Profile  scoring.Profile   // of calls that name none
	Workers  int               // goroutines that one call may use; 0: GOMAXPROCS
}

// A Service answers calls.
type Service struct {
	config  Config
	scorers sync.Map // ScoreOptions to *scoring.Scorer
	kept    atomic.Int64
	largest int // bytes of a reply to a message
}

// New makes a Service. It fails if the default metric cannot be understood.
func New(c Config) (*Service, error) {
	if c.Registry == nil {
		c.Registry = scoring.Builtin()
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Workers < 0 {
		return nil, fmt.Errorf("service: %d workers: use at least 1", c.Workers)
	}
	s := &Service{config: c, largest: maxReply}
	if _, err := s.scorer(ScoreOptions{}); err != nil {
		return nil, err
	}
	return s, nil
}

// ScoreOptions are the options of one call to score. The zero value is the
// service's own configuration.
type ScoreOptions struct {
	Metric  string // judges items that name none; "": the service's default
	Profile string // strict or reference; "": the service's default
	Force   bool   // Metric judges every item, whatever it names
	Explain bool   // fill Result.Why
}

// maxScorers bounds the scorers that are kept, and maxKeptSpelling the bytes of
// their metrics. Clients use few; what is beyond is made anew for every call.
const (
	maxScorers      = 256
	maxKeptSpelling = 4 << 10
)

func (s *Service) scorer(o ScoreOptions) (*scoring.Scorer, error) {
	if sc, ok := s.scorers.Load(o); ok {
		return sc.(*scoring.Scorer), nil
	}
	// Scorers keep their spelling, and o may share memory with a message.
	o.Metric, o.Profile = strings.Clone(o.Metric), strings.Clone(o.Profile)
	profile := s.config.Profile
	if o.Profile != "" {
		var err error
		if profile, err = scoring.ParseProfile(o.Profile); err != nil {
			return nil, bad("profile: %v", err)
		}
	}
	metric := cmp.Or(o.Metric, s.config.Metric)
	options := []scoring.Option{
		scoring.WithRegistry(s.config.Registry), scoring.WithProfile(profile), scoring.WithWorkers(1), scoring.WithMetric(metric),
	}
	if o.Force {
		if metric == "" {
			return nil, bad("force needs a metric: it says which metric judges every item")
		}
		options = append(options, scoring.WithForce())
	}
	if o.Explain {
		options = append(options, scoring.WithExplain())
	}
	sc, err := scoring.New(options...)
	if err != nil {
		return nil, bad("metric: %v", err)
	}
	if len(o.Metric) <= maxKeptSpelling && s.kept.Load() < maxScorers {
		if _, had := s.scorers.LoadOrStore(o, sc); !had {
			s.kept.Add(1)
		}
	}
	return sc, nil
}

// RowOptions returns how rows are to be read that o will judge: as golongrl-score
// reads them. The error is a *wire.Error if the options are wrong.
func (s *Service) RowOptions(o ScoreOptions) (*rollout.Options, error) {
	sc, err := s.scorer(o)
	if err != nil {
		return nil, err
	}
	return &rollout.Options{NeedsReference: rollout.NeedsReference(sc)}, nil
}

// bad is an error of the call as a whole.
func bad(format string, args ...any) error {
	return &wire.Error{Code: wire.CodeBadItem, Item: -1, Msg: fmt.Sprintf(format, args...)}
}

// Score judges rows and returns one result for each, in order; rows with an
// error of their own have a result that says so. The error is a *wire.Error if
// the options are wrong, or that of ctx.
func (s *Service) Score(ctx context.Context, o ScoreOptions, rows []rollout.Row) ([]scoring.Result, error) {
	sc, err := s.scorer(o)
	if err != nil {
		return nil, err
	}
	results := make([]scoring.Result, len(rows))
	return results, s.judge(ctx, sc, rows, results)
}

// judge fills results, which are as many as rows.
func (s *Service) judge(ctx context.Context, sc *scoring.Scorer, rows []rollout.Row, results []scoring.Result) error {
	size := func(i int) int { return len(rows[i].Record.Response) }
	return s.each(ctx, len(rows), size, func(i int) { results[i] = rollout.Judge(ctx, sc, &rows[i]) })
}

// alone is the work, in bytes of text, that one goroutine does faster than two
// would.
const alone = 32 << 10

// each calls do for 0 … n-1, on several goroutines if there is enough to do.
// After ctx has ended it calls do no more and returns the error of ctx.
func (s *Service) each(ctx context.Context, n int, size func(int) int, do func(int)) error {
	total := 0
	for i := range n {
		total += 1<<10 + size(i) // short texts cost something too
	}
	workers := min(s.config.Workers, n, 1+total/alone)
	if workers <= 1 {
		for i := range n {
			if err := ctx.Err(); err != nil {
				return err
			}
			do(i)
		}
		return ctx.Err()
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
