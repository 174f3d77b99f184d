package trainer

import (
	"context"
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// An Evaluation is the rewards of the policy on prompts that it is not trained
// on.
type Evaluation struct {
	Tasks []Score // in the order of their names
	// Mean is the mean of the tasks' means, and SE its standard error.
	Mean, SE float64
	Samples  []watch.Sample
}

// A Score is the rewards of a task.
type Score struct {
	Task    string
	Prompts int
	Samples int // judged
	// Mean is the mean over prompts of the mean reward of their samples; SE is the
	// standard deviation of the latter divided by the root of their number, 0 for a
	// single prompt. Without a judged sample both are NaN.
	Mean, SE float64
	Failed   int // samples without a score, which count nowhere
}

// Evaluate samples n responses to every evaluation prompt and judges them. The
// random streams depend on seed, prompt and sample alone, so that two policies
// are compared on common random numbers.
func (t *Trainer) Evaluate(ctx context.Context, n int, d Draw) (*Evaluation, error) {
	req := &rollouts.Request{Step: t.state.Step, Version: t.state.Step, N: n, Prompts: t.o.Eval, Sampling: t.sampling(d), Eval: true}
	req.Key = func(prompt, sample int) random.Key {
		return random.NewKey(t.cfg.Seed, keyEval, uint64(prompt), uint64(sample))
	}
	rows, _, err := t.judge(ctx, t.o.Source, req)
	if err != nil {
		return nil, fmt.Errorf("trainer: evaluation after update %d: rollouts from %s: %w", t.state.Step, t.o.Source, err)
	}
	means := map[string][]float64{}
	scores := map[string]*Score{}
	for i := 0; i < len(rows); i += n {
		task := rows[i].prompt.Task
		s := scores[task]
		if s == nil {
			s = &Score{Task: task}
			scores[task] = s
		}
		var rewards []float64
		for _, r := range rows[i : i+n] {
			if reward, ok := r.reward(); ok {
				rewards = append(rewards, reward)
			} else {
				s.Failed++
			}
		}
		s.Samples += len(rewards)
		if len(rewards) > 0 {
			means[task] = append(means[task], mean(rewards))
		}
	}
	e := &Evaluation{Samples: t.samples(rows, true)}
	variance := 0.0
	for _, task := range t.tasks {
		s := scores[task]
		if s == nil {
			continue
		}
		x := means[task]
		s.Prompts, s.Mean = len(x), mean(x)
		if len(x) > 1 {
			s.SE = deviation(x, 1) / math.Sqrt(float64(len(x)))
		}
		if len(x) > 0 {
			e.Mean += s.Mean
			variance += float64(s.SE * s.SE)
		} else {
			s.Mean, s.SE = math.NaN(), math.NaN()
		}
		e.Tasks = append(e.Tasks, *s)
	}
	judged := 0
	for _, s := range e.Tasks {
		if s.Prompts > 0 {
			judged++
		}
	}
	if judged == 0 {
		return nil, fmt.Errorf("trainer: evaluation after update %d: no response could be judged", t.state.Step)
	}
	e.Mean /= float64(judged)
	e.SE = math.Sqrt(variance) / float64(judged)
	return e, nil
}

// evaluate does what the configuration says and tells the observers.
func (t *Trainer) evaluate(ctx context.Context) error {
	e, err := t.Evaluate(ctx, t.cfg.EvalSamples, t.cfg.EvalSampling)
	if err != nil {
		return err
	}
	return t.tell(&watch.Step{Step: t.state.Step, Metrics: e.Metrics(t.cfg.EvalSamples), Samples: e.Samples})
}

// Metrics names the results of an evaluation with n samples per prompt.
func (e *Evaluation) Metrics(n int) []watch.Metric {
	m := []watch.Metric{{Name: watch.EvalReward, Value: e.Mean}, {Name: "val/reward/se", Value: e.SE}}
	failed := 0
	for _, s := range e.Tasks {
		m = append(m, watch.Metric{Name: watch.EvalMetric(s.Task, n), Value: s.Mean}, watch.Metric{Name: watch.EvalErrorMetric(s.Task, n), Value: s.SE})
		failed += s.Failed
	}
	return append(m, watch.Metric{Name: "val/unscored", Value: float64(failed)})
}
