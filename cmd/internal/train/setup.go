package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/dataset"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/safetensors"
	"github.com/golongrl/golongrl/trainer/watch"
)

// setup is what a run works with.
type setup struct {
	file      *model.ConfigFile
	open      Open
	policy    Policy
	options   trainer.Options
	oneMetric bool // reward.metric judges all rows
	observers []watch.Observer
	closers   []func() error
}

func (s *setup) observe(o watch.Observer) {
	s.observers = append(s.observers, o)
	s.closers = append(s.closers, o.Close)
}

// close closes everything, last first.
func (s *setup) close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}

func setUp(ctx context.Context, cfg fileConfig, open Open, note func(string)) (s *setup, err error) {
	s = &setup{open: open}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.file, err = model.OpenConfig(filepath.Join(cfg.Model.Path, "config.json")); err != nil {
		return s, err
	}
	shape := s.file.Config
	if cfg.Train.MaxPrompt > shape.MaxLen-cfg.Train.MaxResponse {
		return s, usage("train.max_prompt_length %d and train.max_response_length %d need %d positions, and %s has %d: lower them",
			cfg.Train.MaxPrompt, cfg.Train.MaxResponse, int64(cfg.Train.MaxPrompt)+int64(cfg.Train.MaxResponse), cfg.Model.Path, shape.MaxLen)
	}
	tokens, err := dataset.OpenTokenizer(filepath.Join(cfg.Model.Path, "tokenizer.json"))
	if err != nil {
		return s, err
	}
	if tokens.Size() > shape.Vocab {
		return s, fmt.Errorf("%s: tokenizer.json has %d tokens, but vocab_size of config.json is %d: they are not of one model", cfg.Model.Path, tokens.Size(), shape.Vocab)
	}
	o := &s.options
	if o.Stop, err = stopTokens(cfg, tokens, shape.Vocab); err != nil {
		return s, err
	}
	var score []scoring.Option
	if profile, err := scoring.ParseProfile(cfg.Reward.Profile); err != nil {
		return s, usageError{err}
	} else {
		score = append(score, scoring.WithProfile(profile), scoring.WithExplain())
	}
	if s.oneMetric = cfg.Reward.Metric != ""; s.oneMetric {
		score = append(score, scoring.WithMetric(cfg.Reward.Metric), scoring.WithForce())
	}
	if o.Scorer, err = scoring.New(score...); err != nil {
		return s, usage("reward: %w", err)
	}
	if cfg.Model.Weights != "random" {
		if err := model.Check(cfg.Model.Path, shape); err != nil {
			return s, err
		}
	}
	// Weights come last: mistakes elsewhere are found sooner.
	if err := s.data(cfg, tokens, note); err != nil {
		return s, err
	}
	if err := s.source(ctx, cfg, tokens); err != nil {
		return s, err
	}
	if gen, n := batchSize(cfg.Train), len(o.Train); gen > n {
		note(fmt.Sprintf("%d prompts are asked for at a time, and the data have %d: a prompt comes up to %d times in an update's batch", gen, n, (gen+n-1)/n))
	}
	if err := s.weights(cfg, note); err != nil {
		return s, err
	}
	note(fmt.Sprintf("%s: %d parameters on %s; %s", cfg.Model.Path, shape.Size(), s.policy.Info().Device, s.policy.Plan()))
	if o.Source == nil {
		o.Source = rollouts.NewPolicy(s.policy, tokens)
	}
	o.Policy = s.policy
	o.Dir, o.KeepCheckpoints, o.SaveRollouts, o.Note = cfg.Out, cfg.Keep, cfg.Rollouts.Save, note
	o.Fingerprint = map[string]string{
		"reward.metric": cfg.Reward.Metric, "reward.profile": cfg.Reward.Profile, "rollouts.source": cfg.Rollouts.Source, "data.template": cfg.Data.Template,
	}
	o.Files = checkpoint.PolicyFiles{Config: s.file, Copy: model.Companions(cfg.Model.Path)}
	return s, nil
}

// batchSize is how many prompts are asked for at a time.
func batchSize(c trainer.Config) int {
	if c.Filter == trainer.Resample {
		return c.GenBatch
	}
	return c.TrainBatch
}

// data reads the rows.
func (s *setup) data(cfg fileConfig, tokens *dataset.Tokenizer, note func(string)) error {
	template, err := dataset.ParseTemplate(cfg.Data.Template)
	if err != nil {
		return usageError{err}
	}
	o := dataset.Options{Template: template, Encoder: tokens, MaxPrompt: cfg.Train.MaxPrompt, Check: s.judged}
	for _, f := range []struct {
		path string
		to   *[]*rollouts.Prompt
	}{{cfg.Data.Train, &s.options.Train}, {cfg.Data.Eval, &s.options.Eval}} {
		if f.path == "" {
			continue
		}
		set, err := dataset.Load(f.path, o)
		if err != nil {
			return err
		}
		if set.TooLong > 0 {
			note(fmt.Sprintf("%s: %d of %d prompts have more than %d tokens and are left out", f.path, set.TooLong, set.Rows, cfg.Train.MaxPrompt))
		}
		*f.to = set.Prompts
	}
	return nil
}

// probes are responses that show whether a reference answer can be used: strict
// metrics look at it first, the released ones behind their format gate.
var probes = []string{"", "<think>x</think>\\boxed{a}"}

// judged reports a prompt whose responses no metric could judge, be it that there
// is none or that it cannot use the reference answer.
func (s *setup) judged(p *rollouts.Prompt) error {
	rec := p.Record
	if rec.Metric == "" && rec.Task == "" && rec.TaskErr == nil && !s.oneMetric {
		return errors.New("no metric: add a field task or metric, or set reward.metric in the configuration")
	}
	if _, _, err := s.options.Scorer.Metric(&rec); err != nil {
		return err
	}
	rec.Length, rec.HasLength = 1, true
	for _, rec.Response = range probes {
		r := s.options.Scorer.Score(context.Background(), &rec)
		switch {
		case r.Status != scoring.BadGold && r.Status != scoring.Error:
		case r.Err == nil:
			return fmt.Errorf("the reference answer cannot be used by %s (%s)", r.Metric, r.Status)
		default:
			return fmt.Errorf("the reference answer cannot be used (%s): %w", r.Status, r.Err)
		}
	}
	return nil
}

// weights makes the policy, and the reference before it: that takes what it needs,
// the policy what is left.
func (s *setup) weights(cfg fileConfig, note func(string)) (err error) {
	o := cfg.options()
	if cfg.Train.KLCoef != 0 {
		o.Frozen = true
		reference, err := s.newPolicy(cfg, o)
		if err != nil {
			return fmt.Errorf("the reference policy of train.kl_loss_coef: %w", err)
		}
		note("reference policy: " + reference.Plan())
		s.options.Reference = reference
	}
	o.Frozen = false
	s.policy, err = s.newPolicy(cfg, o)
	return err
}

func (s *setup) newPolicy(cfg fileConfig, o Options) (Policy, error) {
	p, err := s.open(s.file.Config, o)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, p.Close)
	if cfg.Model.Weights == "random" {
		return p, backend.Init(p, random.NewKey(cfg.Train.Seed, streamWeights), 0.02)
	}
	return p, model.Load(cfg.Model.Path, s.file.Config, func(i int, data []float32) error { return p.Write(backend.Weights, i, data) })
}

// streamWeights names the random stream of initial weights, apart from those of
// the trainer.
const streamWeights = 1 << 20

// source makes the source of rollouts, but for the policy itself.
func (s *setup) source(ctx context.Context, cfg fileConfig, tokens *dataset.Tokenizer) error {
	o := &s.options
	switch cfg.Rollouts.Source {
	case "server":
		c := cfg.Rollouts.Server
		publish := &rollouts.Publishing{Dir: c.Publish.Dir, ServerDir: c.Publish.ServerDir, Command: c.Publish.Command, Static: c.Publish.Static}
		switch c.Publish.Reload {
		case "vllm":
			publish.Calls = rollouts.VLLMReload()
		case "sglang":
			publish.Calls = rollouts.SGLangReload()
		}
		server, err := rollouts.NewServer(ctx, rollouts.ServerOptions{
			URL: c.URL, Model: c.Model, Dialect: rollouts.Dialect(c.Dialect), LogProbs: rollouts.LogProbs(c.LogProbs), KeyEnv: c.KeyEnv,
			Vocab: s.file.Config.Vocab, Decoder: tokens, Concurrency: c.Concurrency, Attempts: c.Attempts, Timeout: c.Timeout, Publish: publish,
		})
		if err != nil {
			return err
		}
		o.Source = server
		s.closers = append(s.closers, server.Close) // which gives the folder back
		o.Unrepeatable = true
		o.Export = func(dir string) error {
			return model.Save(dir, s.file, safetensors.BF16, 5<<30, func(i int, dst []float32) error { return s.policy.Read(backend.Weights, i, dst) })
		}
	case "replay":
		r := rollouts.ReplayOptions{Vocab: s.file.Config.Vocab, Stop: o.Stop}
		if cfg.Rollouts.Replay.Tokenize {
			r.Encoder = tokens
		}
		replay, err := rollouts.NewReplay(cfg.Rollouts.Replay.File, r)
		if err != nil {
			return err
		}
		if len(o.Train) == 0 {
			if o.Train, err = replay.Prompts(); err != nil {
				return err
			}
			for _, p := range o.Train {
				if err := s.judged(p); err != nil {
					return fmt.Errorf("%s: prompt %s: %w", cfg.Rollouts.Replay.File, p.ID, err)
				}
				if len(p.Tokens) > cfg.Train.MaxPrompt {
					return fmt.Errorf("%s: prompt %s has %d tokens: raise train.max_prompt_length", cfg.Rollouts.Replay.File, p.ID, len(p.Tokens))
				}
			}
		}
		o.Source = replay
	}
	return nil
}

// stopTokens are those of the configuration or the model's own.
func stopTokens(cfg fileConfig, tokens *dataset.Tokenizer, vocab int) (stop []int32, err error) {
	for _, text := range cfg.Model.Stop {
		id, ok := tokens.ID(text)
		if !ok {
			return nil, usage("model.stop: the tokenizer has no token %q", text)
		}
		stop = append(stop, id)
	}
	if len(stop) > 0 {
		return stop, nil
	}
	if stop, err = model.StopTokens(cfg.Model.Path); err != nil {
		return nil, err
	}
	for _, id := range stop {
		if int(id) >= vocab {
			return nil, usage("%s: eos_token_id is %d, but the vocabulary ends at %d: say in model.stop what ends a response", cfg.Model.Path, id, vocab-1)
		}
	}
	if len(stop) == 0 {
		return nil, usage("%s names no eos_token_id: say in model.stop what ends a response", cfg.Model.Path)
	}
	return stop, nil
}

// describe is the configuration table of the report.
func (s *setup) describe(cfg fileConfig) [][2]string {
	c, m, info := cfg.Train, s.file.Config, s.policy.Info()
	return [][2]string{
		{"model", fmt.Sprintf("%s, %d parameters: %d layers, hidden %d, %d heads of %d (%d key-value), MLP %d, vocabulary %d", cfg.Model.Path, m.Size(), m.Layers, m.Hidden, m.Heads, m.HeadDim, m.KVHeads, m.MLP, m.Vocab)},
		{"device", info.Device},
		{"data", fmt.Sprintf("%s, %d prompts", cfg.Data.Train, len(s.options.Train))},
		{"rollouts", s.options.Source.String()},
		{"seed", strconv.FormatUint(c.Seed, 10)},
		{"batch", fmt.Sprintf("%d prompts x %d responses, filter %s", c.TrainBatch, c.Samples, c.Filter)},
		{"estimator", c.Estimator},
		{"loss", strings.Join([]string{c.Surrogate, c.Correction, c.Aggregation}, ", ")},
		{"AdamW", fmt.Sprintf("%g, warm-up %d, decay %g, clip %g", c.LR, c.Warmup, c.Decay, c.GradClip)},
	}
}

// evaluated makes the table of held-out rewards from the first and the last
// evaluation.
func evaluated(steps []watch.Step, cfg fileConfig) (rows []watch.TaskRow) {
	at := map[string]int{}
	suffix := "/reward/mean@" + strconv.Itoa(cfg.Train.EvalSamples)
	for _, s := range steps {
		for _, m := range s.Metrics {
			task, ok := strings.CutPrefix(m.Name, "val-core/")
			if !ok || !strings.HasSuffix(task, suffix) {
				continue
			}
			task = strings.TrimSuffix(task, suffix)
			e := watch.Estimate{Mean: m.Value, SE: math.NaN()}
			if se, ok := watch.Value(s.Metrics, watch.EvalErrorMetric(task, cfg.Train.EvalSamples)); ok {
				e.SE = se
			}
			i, ok := at[task]
			if !ok {
				i = len(rows)
				at[task] = i
				rows = append(rows, watch.TaskRow{Name: task, Metric: task, Before: e, GreedyBefore: watch.Missing, GreedyAfter: watch.Missing})
			}
			rows[i].After = e
		}
	}
	return rows
}

// evalTable prints it.
func evalTable(rows []watch.TaskRow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-24s %15s %15s %8s\n", "held-out", "before", "after", "gain")
	for _, r := range append(rows, watch.MeanRow(rows)) {
		fmt.Fprintf(&b, "%-24s %15s %15s %+8.3f\n", r.Name, r.Before, r.After, r.After.Mean-r.Before.Mean)
	}
	return b.String()
}
