package advantage

import (
	"fmt"
	"strings"
)

// A Warning is something about a batch that is legal and often a mistake.
type Warning struct {
	Kind    WarningKind
	Task    string // of warnings about one task
	Count   int    // of prompts or rows, as Kind says
	Message string // one sentence without a full stop
}

// WarningKind says what a [Warning] is about.
type WarningKind string

// The kinds of warnings.
const (
	WarnSingles    WarningKind = "single_rollouts" // Count prompts have one rollout
	WarnSizes      WarningKind = "unequal_groups"  // Count prompts have fewer rollouts than the largest
	WarnConstant   WarningKind = "no_variance"     // all Count prompts, of the batch or of a task, have equal rewards
	WarnNoise      WarningKind = "rounding_noise"  // in Count prompts the rewards differ by no more than rounding errors
	WarnLengths    WarningKind = "no_lengths"      // Count estimators use lengths and there are none
	WarnComponents WarningKind = "no_components"   // Count estimators use components and there are none
	WarnEmptyTask  WarningKind = "empty_task"      // Count prompts have the empty string as task
	WarnAlikeTasks WarningKind = "alike_tasks"     // Task differs from an earlier one only in case or white space; Count is 1
	WarnOnePrompt  WarningKind = "one_prompt_task" // a task of Count = 1 prompt
	WarnRange      WarningKind = "reward_range"    // Count rows of the task have rewards outside [0, 1]
)

func (d *diagnosis) warn(ests []Estimator) {
	d.warnBatch()
	d.warnFields(ests)
	first := make(map[string]string) // of the tasks with the same folded name
	for i := range d.report.Tasks {
		t := &d.report.Tasks[i]
		if d.b.Index.Tasks() > 0 {
			d.warnName(t, first)
		}
		d.warnRange(t, d.outside[i])
	}
}

func (d *diagnosis) add(kind WarningKind, task string, count int, format string, args ...any) {
	d.report.Warnings = append(d.report.Warnings, Warning{kind, task, count, fmt.Sprintf(format, args...)})
}

func (d *diagnosis) warnBatch() {
	r := &d.report
	if r.Rows == 0 {
		return
	}
	if r.Singles > 0 {
		d.add(WarnSingles, "", r.Singles, "%d of %s a single rollout, which says nothing about the prompt: advantage 0 unless single=reference", r.Singles, have(r.Groups))
	}
	least, most := d.b.Index.Size(0), 0
	for g := range r.Groups {
		least, most = min(least, d.b.Index.Size(g)), max(most, d.b.Index.Size(g))
	}
	if least != most {
		fewer := 0
		for g := range r.Groups {
			if d.b.Index.Size(g) < most {
				fewer++
			}
		}
		d.add(WarnSizes, "", fewer, "prompts have from %d to %d rollouts; %d of %d fewer than the most", least, most, fewer, r.Groups)
	}
	if n := r.ZeroVariance; n > 0 && n+r.Singles == r.Groups {
		d.add(WarnConstant, "", n, "no prompt has rewards that differ; nothing can be learned from centred rewards")
	}
	if d.noisy > 0 {
		d.add(WarnNoise, "", d.noisy, "in %s rewards that differ by less than a billionth; dividing by their deviation makes advantages of rounding errors: round the rewards", count(d.noisy, "prompt"))
	}
}

func (d *diagnosis) warnFields(ests []Estimator) {
	if d.report.Rows == 0 {
		return
	}
	var lengths, components []string
	for _, e := range ests {
		if e.Needs()&Lengths != 0 && d.b.Lengths == nil {
			lengths = append(lengths, e.String())
		}
		if e.Needs()&Components != 0 && d.b.Components == nil {
			components = append(components, e.String())
		}
	}
	if len(lengths) > 0 {
		d.add(WarnLengths, "", len(lengths), "no lengths are known; all responses count as equally long in %s", strings.Join(lengths, " and "))
	}
	if len(components) > 0 {
		d.add(WarnComponents, "", len(components), "no components are known; the reward is the only one in %s", strings.Join(components, " and "))
	}
}

// warnName adds what concerns the name of a task and its prompts beside others.
func (d *diagnosis) warnName(t *TaskReport, first map[string]string) {
	if t.Name == "" {
		d.add(WarnEmptyTask, t.Name, t.Prompts, "%s no task name; the empty name is a task of its own", have(t.Prompts))
	}
	if other, ok := first[fold(t.Name)]; ok {
		d.add(WarnAlikeTasks, t.Name, 1, "tasks %q and %q differ only in case or white space, and are two tasks", other, t.Name)
	} else {
		first[fold(t.Name)] = t.Name
	}
	if t.Prompts == 1 {
		d.add(WarnOnePrompt, t.Name, 1, "task %q has one prompt; tmn can only scale it as grpo does", t.Name)
	}
	if t.ZeroVariance > 0 && t.ZeroVariance+t.Singles == t.Prompts && t.Prompts < d.report.Groups {
		d.add(WarnConstant, t.Name, t.ZeroVariance, "no prompt of task %q has rewards that differ; the task contributes nothing", t.Name)
	}
}

func (d *diagnosis) warnRange(t *TaskReport, outside int) {
	if outside == 0 {
		return
	}
	what := "rewards"
	if d.b.Index.Tasks() > 0 {
		what = fmt.Sprintf("rewards of task %q", t.Name)
	}
	d.add(WarnRange, t.Name, outside, "%s lie outside [0, 1] in %s: from %v to %v", what, count(outside, "row"), t.MinReward, t.MaxReward)
}

func fold(task string) string { return strings.ToLower(strings.Join(strings.Fields(task), " ")) }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func have(prompts int) string {
	if prompts == 1 {
		return "1 prompt has"
	}
	return fmt.Sprintf("%d prompts have", prompts)
}
