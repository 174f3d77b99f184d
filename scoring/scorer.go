package scoring

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"

	"github.com/golongrl/golongrl/internal/ordered"
)

// A Scorer judges records. It is immutable and safe for concurrent use, and its
// results depend on nothing but the record: not on the number of workers, on
// the other records, on time or on load.
type Scorer struct {
	reg     *Registry
	profile Profile
	metric  Metric // default or forced; nil if there is none
	force   bool
	explain bool
	workers int
}

// An Option sets how a [Scorer] works.
type Option func(*config)

type config struct {
	s      Scorer
	metric string
}

// WithMetric sets the metric of records that name none.
func WithMetric(spelling string) Option { return func(c *config) { c.metric = spelling } }

// WithForce makes the metric of [WithMetric] judge every record, whatever the
// record names.
func WithForce() Option { return func(c *config) { c.s.force = true } }

// WithProfile sets what metric names without a profile= of their own mean. The
// default is Strict.
func WithProfile(p Profile) Option { return func(c *config) { c.s.profile = p } }

// WithRegistry sets where metric names are looked up. The default is
// [Builtin].
func WithRegistry(r *Registry) Option { return func(c *config) { c.s.reg = r } }

// WithWorkers sets how many records are judged at a time by [Scorer.Append] and
// [Scorer.Stream]. The default is GOMAXPROCS. It panics if n < 1.
func WithWorkers(n int) Option {
	if n < 1 {
		panic("scoring: WithWorkers needs at least one worker")
	}
	return func(c *config) { c.s.workers = n }
}

// WithExplain fills [Result.Why].
func WithExplain() Option { return func(c *config) { c.s.explain = true } }

// New makes a Scorer. It fails if the metric cannot be understood, with a
// [*SpellingError], or if WithForce comes without WithMetric.
func New(options ...Option) (*Scorer, error) {
	c := config{s: Scorer{reg: Builtin(), workers: runtime.GOMAXPROCS(0)}}
	for _, o := range options {
		o(&c)
	}
	s := &c.s
	if c.metric != "" {
		m, err := s.reg.ParseIn(s.profile, c.metric)
		if err != nil {
			return nil, err
		}
		s.metric = m
	} else if s.force {
		return nil, errors.New("scoring: WithForce needs WithMetric")
	}
	return s, nil
}

// Metric returns the metric that judges rec, and the canonical name of the
// record's task for per-task statistics.
func (s *Scorer) Metric(rec *Record) (m Metric, task string, err error) {
	text := rec.Metric
	if text == "" {
		text = rec.Task
	}
	switch {
	case s.force:
		m = s.metric
	case rec.Metric == "" && rec.TaskErr != nil:
		return nil, "", rec.TaskErr
	case text == "" && s.metric != nil:
		m = s.metric
	case text == "":
		return nil, "", errors.New("the record names no metric and there is no default: add a field task or metric, or give a default metric")
	default:
		if m, err = s.reg.ParseIn(s.profile, text); err != nil {
			return nil, "", err
		}
	}
	if rec.Task != "" {
		if task = TaskName(rec.Task); !isIdent(task) { // an expression
			if own, err := s.reg.ParseIn(s.profile, rec.Task); err == nil {
				task = own.String()
			}
		}
	} else {
		task = TaskName(m.String())
	}
	return m, task, nil
}

// Score judges one record. What goes wrong is a Result of status Error, except
// that Score panics if a metric of the caller's own does.
func (s *Scorer) Score(ctx context.Context, rec *Record) Result {
	m, task, err := s.Metric(rec)
	var unknown *UnknownSourceError
	switch {
	case errors.As(err, &unknown) && s.profile == Reference:
		// The released code knows the source only after its gate.
		if _, ok, why := releasedGate(rec.Response); !ok {
			r := gateFail(why)
			r.Err = err
			return r
		}
		if unknown.empty {
			r := zero(BadGold, "the reference is empty")
			r.Err = err
			return r
		}
		return null(Error, "%w", err)
	case err != nil:
		return null(Error, "%w", err)
	}
	if s.explain && !rec.explain {
		c := *rec
		c.explain, rec = true, &c
	}
	r, err := m.Score(ctx, rec)
	if err != nil {
		r = null(Error, "%s: %w", m, err)
	}
	if r.Status == BadGold && !rec.Gold.Exists() && rec.Gold.raises != "" {
		r.Err = errors.New("the reference cannot be read as the released code does: " + rec.Gold.raises)
	}
	if !s.explain {
		r.Why = nil
	}
	r.Metric, r.Task = m.String(), task
	return r
}

// Append judges recs and appends the results, in order, to dst. If ctx ends
// first it returns the results before the first record that was not judged, and
// an error.
func (s *Scorer) Append(ctx context.Context, dst []Result, recs []Record) ([]Result, error) {
	indices := func(yield func(int) bool) {
		for i := range recs {
			if !yield(i) {
				return
			}
		}
	}
	n := len(dst)
	judge := func(i int) Result { return s.Score(ctx, &recs[i]) }
	for r := range ordered.Map(ctx, s.workers, 0, nil, indices, judge) {
		if ctx.Err() != nil {
			break
		}
		dst = append(dst, r)
	}
	if done := len(dst) - n; done < len(recs) {
		return dst, fmt.Errorf("scoring: stopped after %d of %d records: %w", done, len(recs), ctx.Err())
	}
	return dst, nil
}

// Stream judges records as they arrive and yields the results in input order,
// whatever the number of workers. A record that comes with an error yields that
// error and no result, and the rest is judged all the same. If ctx ends, Stream
// yields its error last.
func (s *Scorer) Stream(ctx context.Context, recs iter.Seq2[Record, error]) iter.Seq2[Result, error] {
	type item struct {
		rec Record
		err error
	}
	type outcome struct {
		r   Result
		err error
	}
	items := func(yield func(*item) bool) {
		for rec, err := range recs {
			if !yield(&item{rec, err}) {
				return
			}
		}
	}
	const limit = 256 << 20
	weight := func(it *item) int64 { return int64(len(it.rec.Response)) }
	judge := func(it *item) outcome {
		if it.err != nil {
			return outcome{null(Error, "%w", it.err), it.err}
		}
		return outcome{r: s.Score(ctx, &it.rec)}
	}
	return func(yield func(Result, error) bool) {
		for o := range ordered.Map(ctx, s.workers, limit, weight, items, judge) {
			if ctx.Err() != nil {
				break
			}
			if !yield(o.r, o.err) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(null(Error, "%w", err), err)
		}
	}
}
