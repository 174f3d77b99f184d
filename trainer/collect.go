package trainer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// A rollout is a response with its judgement.
type rollout struct {
	rollouts.Sample
	prompt    *rollouts.Prompt
	result    scoring.Result
	value     float64 // the reward, where scored
	scored    bool
	batch     int  // of the update's generation batches
	trains    bool // belongs to the update
	advantage float64
}

// reward returns what the rollout is rewarded with, and whether it was judged.
func (r *rollout) reward() (float64, bool) { return r.value, r.scored }

// A batch is the rollouts of an update.
type batch struct {
	seen   []*rollout // all that were generated, in order of prompts and samples
	rows   []*rollout // those that train, prompt by prompt
	sizes  []int      // how many of rows every prompt has
	cursor int        // prompts handed out behind it

	batches, prompts int                // generated
	dropped          []*rollouts.Prompt // whose rewards are all equal
	failed, unscored int                // responses
	first            error
	rewards          advantage.Batch // of rows

	replayed            bool  // from a recording of this very update
	after               State // what estimators remember behind it
	generating, scoring time.Duration
}

// collect gathers the rollouts of the next update.
func (t *Trainer) collect(ctx context.Context) (*batch, error) {
	b := &batch{cursor: t.state.Cursor, replayed: t.recorded != nil}
	sampling := advantage.DynamicSampling{Prompts: t.cfg.TrainBatch, MaxBatches: t.cfg.MaxGenBatches}
	for full := false; !full; {
		rows, err := t.generation(ctx, b, t.perUpdate())
		if err != nil {
			return nil, err
		}
		groups, err := scored(b, rows)
		if err != nil {
			return nil, err
		}
		if len(groups.rows) == 0 {
			return nil, fmt.Errorf("trainer: update %d: none of %d responses could be judged; the first: %w", t.state.Step+1, len(rows), b.first)
		}
		keep := make([]bool, len(groups.rows))
		switch t.cfg.Filter {
		case Resample:
			if full, err = sampling.Add(keep, &groups.batch); err != nil {
				return nil, fmt.Errorf("trainer: update %d: %w", t.state.Step+1, err)
			}
		case Skip:
			if _, err := advantage.DynamicSample(keep, &groups.batch); err != nil {
				return nil, err
			}
			full = true
		default:
			for i := range keep {
				keep[i] = true
			}
			full = true
		}
		b.take(groups.rows, keep)
		if t.cfg.Filter != Keep {
			b.drop(&groups)
		}
	}
	if b.failed+b.unscored > 0 {
		t.o.Note(fmt.Sprintf("update %d: of %d responses %d never came and %d could not be judged, and are left out; the first: %v", t.state.Step+1, len(b.seen), b.failed, b.unscored, b.first))
	}
	return b, b.index()
}

// generation asks for the next gen prompts and scores their samples while others
// are still being sampled.
func (t *Trainer) generation(ctx context.Context, b *batch, gen int) ([]*rollout, error) {
	n := t.cfg.Samples
	req := &rollouts.Request{Step: t.state.Step + 1, Batch: b.batches, Version: t.state.Step, N: n, Sampling: t.sampling(t.cfg.Sampling)}
	first := b.cursor
	for range gen {
		req.Prompts = append(req.Prompts, t.order.at(b.cursor))
		b.cursor++
	}
	// The place of a prompt in the run, and not its row: a prompt that comes
	// again draws other samples.
	req.Key = func(prompt, sample int) random.Key {
		return random.NewKey(t.cfg.Seed, keyRollout, uint64(first+prompt), uint64(sample))
	}
	began := time.Now()
	rows, scoring, err := t.judge(ctx, t.source(), req)
	b.generating += time.Since(began)
	b.scoring += scoring
	if err != nil {
		return nil, fmt.Errorf("trainer: update %d: rollouts from %s: %w", req.Step, t.source(), err)
	}
	if t.cfg.Permute {
		t.permute(rows, first)
	}
	b.batches++
	b.prompts += gen
	b.seen = append(b.seen, rows...)
	return rows, nil
}

// source is where the rollouts of the next update come from.
func (t *Trainer) source() rollouts.Source {
	if t.recorded != nil {
		return t.recorded
	}
	return t.o.Source
}

// permute deals the rewards of every prompt to its rollouts at random.
func (t *Trainer) permute(rows []*rollout, first int) {
	n := t.cfg.Samples
	for g := 0; g < len(rows); g += n {
		var judged []*rollout
		var values []float64
		for _, r := range rows[g : g+n] {
			if r.scored {
				judged, values = append(judged, r), append(values, r.value)
			}
		}
		for i, j := range random.NewKey(t.cfg.Seed, keyPermute, uint64(first+g/n)).Perm(len(judged)) {
			judged[i].value = values[j]
		}
	}
}

func (t *Trainer) sampling(d Draw) backend.Sampling {
	return backend.Sampling{Temperature: d.Temperature, TopP: d.TopP, TopK: max(0, d.TopK), MaxTokens: t.cfg.MaxResponse, Stop: t.o.Stop}
}

// judge generates and scores. Rollouts come back in order of prompts and samples,
// whatever order they were made in. The time is what scoring took behind the end
// of the generation.
func (t *Trainer) judge(ctx context.Context, source rollouts.Source, req *rollouts.Request) ([]*rollout, time.Duration, error) {
	rows := make([]*rollout, len(req.Prompts)*req.N)
	work := make(chan *rollout, len(rows))
	var wg sync.WaitGroup
	for range t.o.Scorers {
		wg.Go(func() {
			for r := range work {
				t.score(ctx, r)
			}
		})
	}
	var broken error
	err := source.Generate(ctx, req, func(s rollouts.Sample) {
		if s.Prompt < 0 || s.Prompt >= len(req.Prompts) || s.Index < 0 || s.Index >= req.N {
			broken = errors.Join(broken, fmt.Errorf("a sample %d of prompt %d that nobody asked for", s.Index, s.Prompt))
			return
		}
		i := s.Prompt*req.N + s.Index
		if rows[i] != nil {
			broken = errors.Join(broken, fmt.Errorf("sample %d of prompt %d came twice", s.Index, s.Prompt))
			return
		}
		rows[i] = &rollout{Sample: s, prompt: req.Prompts[s.Prompt], batch: req.Batch}
		if err := t.checkSample(&s); err != nil {
			broken = errors.Join(broken, fmt.Errorf("prompt %s, sample %d: %w", req.Prompts[s.Prompt].ID, s.Index, err))
			return
		}
		if s.Err == nil {
			work <- rows[i]
		}
	})
	close(work)
	generated := time.Now()
	wg.Wait()
	late := time.Since(generated)
	if err == nil {
		err = broken
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, late, err
	}
	for i, r := range rows {
		if r == nil {
			return nil, late, fmt.Errorf("sample %d of prompt %d never came", i%req.N, i/req.N)
		}
	}
	return rows, late, nil
}

// checkSample refuses what a source must not deliver.
func (t *Trainer) checkSample(s *rollouts.Sample) error {
	if s.Err != nil {
		return nil
	}
	if s.LogP != nil && len(s.LogP) != len(s.Tokens) {
		return fmt.Errorf("%d tokens and %d log-probabilities", len(s.Tokens), len(s.LogP))
	}
	if len(s.Tokens) > t.cfg.MaxResponse {
		return fmt.Errorf("%d tokens, and max_response_length is %d", len(s.Tokens), t.cfg.MaxResponse)
	}
	vocab := t.o.Policy.Config().Vocab
	for i, token := range s.Tokens {
		if token < 0 || int(token) >= vocab {
			return fmt.Errorf("token %d is %d, and the vocabulary has %d", i, token, vocab)
		}
	}
	return nil
}

// score judges a rollout.
func (t *Trainer) score(ctx context.Context, r *rollout) {
	defer func() {
		if v := recover(); v != nil { // a metric of the caller's own
			panic(fmt.Sprintf("trainer: scoring prompt %s, sample %d: %v", r.prompt.ID, r.Index, v))
		}
	}()
	rec := r.prompt.Record
	rec.Response = r.Text
	rec.Length, rec.HasLength = float64(len(r.Tokens)), true
	r.result = t.o.Scorer.Score(ctx, &rec)
	r.value, r.scored = r.result.Value, r.result.Scored()
	switch s := r.result.Status; {
	case t.cfg.Undecided == "zero" && (s == scoring.Undecided || s == scoring.OverBudget):
		r.value, r.scored = 0, true
	case math.IsInf(r.value, 0) || math.IsNaN(r.value):
		r.scored = false
		if r.result.Err == nil {
			r.result.Err = fmt.Errorf("the metric gives %v", r.value)
		}
	}
}

// grouped is rollouts with a score.
type grouped struct {
	rows  []*rollout
	batch advantage.Batch
}

// scored leaves out what has no score, which is counted in b and is no 0.
func scored(b *batch, rows []*rollout) (g grouped, err error) {
	var sizes []int
	var tasks []string
	last := -1
	for _, r := range rows {
		reward, ok := r.reward()
		if !ok {
			why := r.Err
			if why != nil {
				b.failed++
			} else {
				b.unscored++
				why = fmt.Errorf("prompt %s, sample %d: %s: %w", r.prompt.ID, r.Index, r.result.Status, cause(r.result))
			}
			if b.first == nil {
				b.first = why
			}
			continue
		}
		if r.Sample.Prompt != last {
			sizes, tasks = append(sizes, 0), append(tasks, r.prompt.Task)
			last = r.Sample.Prompt
		}
		sizes[len(sizes)-1]++
		g.rows = append(g.rows, r)
		g.batch.Rewards = append(g.batch.Rewards, reward)
	}
	if len(sizes) > 0 {
		g.batch.Index, err = advantage.NewIndexSizes(sizes, tasks)
	}
	return g, err
}

func cause(r scoring.Result) error {
	if r.Err != nil {
		return r.Err
	}
	return errors.New("there is no score")
}

// take adds the kept rows to the update.
func (b *batch) take(rows []*rollout, keep []bool) {
	last := -1
	for i, r := range rows {
		if !keep[i] {
			continue
		}
		if r.Sample.Prompt != last {
			b.sizes = append(b.sizes, 0)
			last = r.Sample.Prompt
		}
		b.sizes[len(b.sizes)-1]++
		r.trains = true
		b.rows = append(b.rows, r)
	}
}

// drop notes prompts whose rewards are all equal.
func (b *batch) drop(g *grouped) {
	ix := g.batch.Index
	for k := range ix.Groups() {
		first := ix.Row(k, 0)
		same := ix.Size(k) > 1
		for j := range ix.Size(k) {
			same = same && g.batch.Rewards[ix.Row(k, j)] == g.batch.Rewards[first]
		}
		if same {
			b.dropped = append(b.dropped, g.rows[first].prompt)
		}
	}
}

// index makes the batch that estimators read.
func (b *batch) index() (err error) {
	if len(b.rows) == 0 {
		return nil
	}
	var tasks []string
	i := 0
	for _, n := range b.sizes {
		tasks = append(tasks, b.rows[i].prompt.Task)
		i += n
	}
	b.rewards.Index, err = advantage.NewIndexSizes(b.sizes, tasks)
	for _, r := range b.rows {
		reward, _ := r.reward()
		b.rewards.Rewards = append(b.rewards.Rewards, reward)
		b.rewards.Lengths = append(b.rewards.Lengths, len(r.Tokens))
	}
	return err
}
