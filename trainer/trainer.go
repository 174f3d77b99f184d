// Package trainer is the policy-update loop: prompts, rollouts, rewards,
// advantages, update.
//
// A [Trainer] is given a policy ([backend.Policy]), a source of responses
// ([rollouts.Source]), prompts with their reference answers and a scorer, and
// does what a [Config] says. All that happens is a function of these: a run that
// was killed and resumed goes on with the same bits on the CPU.
package trainer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// Options are what a trainer works with. Policy, Source, Train and Scorer are
// required.
type Options struct {
	Policy    backend.Policy
	Reference backend.Policy // for a KL penalty; never updated
	Source    rollouts.Source

	Train, Eval []*rollouts.Prompt
	Scorer      *scoring.Scorer
	Scorers     int     // goroutines that score; 0: one per processor
	Stop        []int32 // tokens that end a response

	Observers []watch.Observer

	// Dir is where checkpoints and rollouts go; "" keeps nothing.
	Dir string
	// KeepCheckpoints is how many are kept; 0 is 2.
	KeepCheckpoints int
	// Files says what else belongs into the checkpoints' folder of the policy.
	Files checkpoint.PolicyFiles
	// SaveRollouts writes the rollouts of every update to Dir.
	SaveRollouts bool
	// Export writes the policy as a folder that model servers load, for sources
	// that need one; nil if Source samples from Policy itself.
	Export func(dir string) error
	// Unrepeatable says that Source cannot be asked again for the same samples:
	// a resumed run then begins with the recorded rollouts of the next update.
	Unrepeatable bool

	// Fingerprint is what else decides the numbers of a run, such as the spelling
	// of the metric and the source of rollouts. A run is resumed only under the
	// fingerprint that it began with.
	Fingerprint map[string]string

	// Note is told what a person should know and no metric says.
	Note func(text string)
}

// A Trainer trains one policy. It is used by one goroutine.
type Trainer struct {
	cfg Config
	o   Options
	p   parsed

	order *order
	tasks []string // of all prompts, sorted
	state State

	recorded  rollouts.Source // of the next update, from before a resumption
	data      string          // digest of the training prompts
	reference string          // digest of the reference policy
	toldOwn   bool            // that log-probabilities are missing
	toldFar   bool            // that they are far from the policy's
	saved     *State          // in the newest checkpoint; nil: none
}

// State is what a run has come to, beside weights and moments.
type State struct {
	Step   int `json:"step"`   // updates done
	Cursor int `json:"cursor"` // prompts handed out

	// Optimizer counts the steps of AdamW, which are fewer than updates where one
	// had nothing to learn from and more with several mini-batches.
	Optimizer int `json:"optimizer_steps"`

	// Of estimators that remember.
	HADW   advantage.HADWState `json:"ha_dw"`
	Masked bool                `json:"aepo_masked"`

	// Evaluated is 1 more than the update behind which [Trainer.Run] evaluated last,
	// 0 before the first time: a run that is interrupted in between evaluates when
	// it goes on.
	Evaluated int `json:"evaluated"`
}

// New returns a trainer at step 0. It does not look for checkpoints; see Resume.
func New(cfg Config, o Options) (*Trainer, error) {
	p, err := cfg.parse()
	if err != nil {
		return nil, fmt.Errorf("trainer: %w", err)
	}
	switch {
	case o.Policy == nil || o.Source == nil || o.Scorer == nil:
		panic("trainer: a policy, a source of rollouts and a scorer are required")
	case len(o.Train) == 0:
		return nil, errors.New("trainer: there are no prompts to train on")
	case cfg.EvalEvery > 0 && len(o.Eval) == 0:
		return nil, errors.New("trainer: test_freq is set, but there are no prompts to evaluate on; give evaluation data or set test_freq to 0")
	case cfg.KLCoef != 0 && o.Reference == nil:
		return nil, errors.New("trainer: kl_loss_coef is set, but there is no reference policy")
	}
	if o.Scorers <= 0 {
		o.Scorers = runtime.GOMAXPROCS(0)
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	if o.KeepCheckpoints <= 0 {
		o.KeepCheckpoints = 2
	}
	t := &Trainer{cfg: cfg, o: o, p: p, order: newOrder(o.Train, cfg.Order == "balanced", cfg.Seed)}
	for _, prompts := range [][]*rollouts.Prompt{o.Train, o.Eval} {
		for _, p := range prompts {
			t.tasks = append(t.tasks, p.Task)
		}
	}
	slices.Sort(t.tasks)
	t.tasks = slices.Compact(t.tasks)
	if err := t.checkPrompts(); err != nil {
		return nil, err
	}
	return t, nil
}

// checkPrompts refuses prompts that files and metrics could not tell apart.
func (t *Trainer) checkPrompts() error {
	names := map[string]string{}
	for _, task := range t.tasks {
		if !utf8.ValidString(task) || strings.ContainsFunc(task, unicode.IsControl) {
			return fmt.Errorf("trainer: the task %q has characters that cannot be printed", task)
		}
		name := watch.TaskMetric(task, "")
		if other, ok := names[name]; ok {
			return fmt.Errorf("trainer: the tasks %q and %q would share the metrics %s: rename one of them", other, task, name)
		}
		names[name] = task
	}
	for _, prompts := range [][]*rollouts.Prompt{t.o.Train, t.o.Eval} {
		for _, p := range prompts {
			if !json.Valid([]byte(p.ID)) {
				return fmt.Errorf("trainer: the ID %q of prompt %d is no JSON: give a number or a string in quotation marks", p.ID, p.Index)
			}
			if len(p.Tokens) == 0 || len(p.Tokens) > t.cfg.MaxPrompt {
				return fmt.Errorf("trainer: prompt %s has %d tokens, but must have 1 to %d (max_prompt_length)", p.ID, len(p.Tokens), t.cfg.MaxPrompt)
			}
		}
	}
	return nil
}

// Observe adds an observer, such as one that is opened for the step at which a
// resumed run goes on.
func (t *Trainer) Observe(o watch.Observer) { t.o.Observers = append(t.o.Observers, o) }

// State returns what the run has come to.
func (t *Trainer) State() State { return t.state }

// Steps returns the number of updates of the whole run. With the filter resample
// and a number of epochs it is an upper bound: how many prompts an update takes
// is not known before.
func (t *Trainer) Steps() int {
	if t.cfg.Steps > 0 {
		return t.cfg.Steps
	}
	return int(max(1, t.prompts()/int64(t.perUpdate())))
}

// prompts returns how many prompts the epochs have.
func (t *Trainer) prompts() int64 { return int64(t.cfg.Epochs) * int64(len(t.o.Train)) }

// perUpdate returns how many prompts an update takes at least.
func (t *Trainer) perUpdate() int {
	if t.cfg.Filter == Resample {
		return t.cfg.GenBatch
	}
	return t.cfg.TrainBatch
}

// done reports whether the run is at its end.
func (t *Trainer) done() bool {
	if t.cfg.Steps > 0 {
		return t.state.Step >= t.cfg.Steps
	}
	return t.state.Step > 0 && int64(t.state.Cursor+t.perUpdate()) > t.prompts()
}

// Run trains until the end of the run or an error, evaluates and saves as the
// configuration says, and at the end once more. Observers are told of every step,
// and closed by the caller.
//
// When ctx ends, Run saves what it has come to and returns an error that is that
// of ctx.
func (t *Trainer) Run(ctx context.Context) error {
	if err := t.publish(ctx); err != nil { // whatever the source holds so far
		return err
	}
	evaluated := t.state.Evaluated
	if err := t.evaluateIfDue(ctx); err != nil {
		return err
	}
	if t.state.Step > 0 && t.state.Evaluated != evaluated { // which an interruption had kept from it
		if err := t.Save(); err != nil {
			return err
		}
	}
	for !t.done() {
		if err := t.Step(ctx); err != nil {
			return err
		}
		if err := t.evaluateIfDue(ctx); err != nil {
			return err
		}
		if t.done() || t.cfg.SaveEvery > 0 && t.state.Step%t.cfg.SaveEvery == 0 {
			if err := t.Save(); err != nil {
				return err
			}
		}
	}
	return nil
}

// evaluateIfDue evaluates before the first update, every EvalEvery updates and
// behind the last one, unless that is done.
func (t *Trainer) evaluateIfDue(ctx context.Context) error {
	now := t.state.Step
	if t.cfg.EvalEvery == 0 || now%t.cfg.EvalEvery != 0 && !t.done() || t.state.Evaluated > now {
		return nil
	}
	if err := t.evaluate(ctx); err != nil {
		return t.keep(ctx, err)
	}
	t.state.Evaluated = now + 1
	return nil
}

// keep saves what the run has come to when it ends between updates, and returns
// err, or that of ctx if it has ended.
func (t *Trainer) keep(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	fresh := t.state.Step == 0 && t.state.Evaluated == 0
	if fresh || t.saved != nil && t.saved.Step == t.state.Step && t.saved.Evaluated == t.state.Evaluated {
		return err
	}
	return errors.Join(err, t.Save())
}

// Step makes one update: it gathers rollouts, judges them and teaches the policy.
func (t *Trainer) Step(ctx context.Context) error {
	c := clock{begin: time.Now()}
	b, err := t.collect(ctx)
	if err != nil {
		return t.keep(ctx, err)
	}
	c.collected = time.Now()
	if err := t.advantages(ctx, b); err != nil {
		return t.keep(ctx, err)
	}
	if err := t.record(b); err != nil {
		return err
	}
	c.advantages = time.Now()
	steps := t.state.Optimizer
	u, err := t.update(ctx, b)
	if err != nil {
		if ctx.Err() != nil && t.state.Optimizer == steps {
			return t.keep(ctx, err) // the policy is as it was
		}
		return t.postMortem(b, err)
	}
	c.updated = time.Now()
	if r := &u.Rollout; !t.toldFar && (r.High+r.Low > 0.5 || r.Vetoed > 0.5) {
		t.toldFar = true
		t.o.Note(fmt.Sprintf("update %d: the rollout correction takes %.0f %% of the tokens and %.0f %% of the responses out: the engine that samples does not have the policy's weights, or its log-probabilities are not at the policy's temperature",
			t.state.Step+1, 100*(r.High+r.Low), 100*r.Vetoed))
	}
	t.recorded = nil
	t.state.Step++
	t.state.Cursor = b.cursor
	t.state.HADW, t.state.Masked = b.after.HADW, b.after.Masked
	published := t.publish(ctx)
	step := t.report(b, u)
	c.end = time.Now()
	step.Timings = c.timings(b, u)
	if err := t.tell(step); err != nil {
		return err
	}
	if published != nil {
		// The update is made, whatever became of the source: it is kept, and
		// published again by the run that goes on.
		if ctx.Err() != nil {
			published = ctx.Err()
		}
		return errors.Join(published, t.Save())
	}
	return nil
}

func (t *Trainer) tell(s *watch.Step) error {
	for _, o := range t.o.Observers {
		if err := o.Step(s); err != nil {
			return fmt.Errorf("trainer: step %d: %w", s.Step, err)
		}
	}
	return nil
}

// rate returns the learning rate of the next update.
func (t *Trainer) rate() float64 {
	if t.cfg.Warmup == 0 {
		return t.cfg.LR
	}
	return t.cfg.LR * math.Min(1, float64(t.state.Step+1)/float64(t.cfg.Warmup))
}
