package advantage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
)

// groupwise and taskwise are the estimators whose rows hear only of their group
// and of their task.
var (
	groupwise = []string{"grpo", "dr_grpo", "rloo", "opo", "passk", "maxrl", "f_grpo"}
	taskwise  = []string{"tmn", "tmn_reweight", "qwenlong", "qwenlong(center=task)"}
)

// TestLawLocality: what others get is nobody's business.
func TestLawLocality(t *testing.T) {
	byGroup, byTask := estimators(t, groupwise...), estimators(t, slices.Concat(groupwise, taskwise)...)
	law(t, "other groups and tasks have no influence", func(seed uint64) string {
		rng := rngOf(seed)
		d := draw(seed, ordinary)
		chosen := rng.IntN(d.rows())
		changed := d.pick(order(d.rows()))
		for i := range changed.rewards {
			if d.tasks[i] == d.tasks[chosen] {
				changed.rewards[i] = rng.NormFloat64()
			}
		}
		for _, e := range byTask {
			before, after := mustRun(e, d), mustRun(e, changed)
			for i := range before {
				if d.tasks[i] != d.tasks[chosen] && before[i] != after[i] {
					return fmt.Sprintf("%s: row %d went from %v to %v", e, i, before[i], after[i])
				}
			}
		}
		changed = d.pick(order(d.rows()))
		for i := range changed.rewards {
			if d.groups[i] == d.groups[chosen] {
				changed.rewards[i] = rng.NormFloat64()
			}
		}
		for _, e := range byGroup {
			before, after := mustRun(e, d), mustRun(e, changed)
			for i := range before {
				if d.groups[i] != d.groups[chosen] && before[i] != after[i] {
					return fmt.Sprintf("%s: row %d went from %v to %v", e, i, before[i], after[i])
				}
			}
		}
		return ""
	})
}

// knowsGroups reports whether a group is treated as one: equal rewards give 0,
// and a single rollout too.
func knowsGroups(spec string) bool {
	return !strings.HasPrefix(spec, "reinforce_pp") && !strings.HasPrefix(spec, "remax") && !strings.HasPrefix(spec, "gdpo") && !strings.Contains(spec, "center=task")
}

// TestLawConstant: groups of equal rewards get exactly 0; drop_constant is
// removing them by hand; single rollouts get 0 and change nothing.
func TestLawConstant(t *testing.T) {
	for _, name := range advantage.Names() {
		if knowsGroups(name) {
			law(t, name+": equal rewards and single rollouts give 0", func(seed uint64) string {
				d := draw(seed, ordinary)
				a := mustRun(advantage.MustParse(name), d)
				for g, rows := range d.byGroup() {
					for _, i := range rows {
						if d.constant(rows) && a[i] != 0 {
							return fmt.Sprintf("group %d, rows %v: %v", g, rows, a[i])
						}
					}
				}
				return ""
			})
			law(t, name+": single rollouts change nothing", func(seed uint64) string {
				d := draw(seed, ordinary)
				var rows []int
				for _, g := range d.byGroup() {
					if len(g) > 1 {
						rows = append(rows, g...)
					}
				}
				return sameWithout(name, d, rows)
			})
		}
		info, _ := advantage.Describe(name)
		if !slices.ContainsFunc(info.Options, func(o advantage.OptionInfo) bool { return o.Name == "drop_constant" }) {
			continue
		}
		law(t, name+": drop_constant removes groups of equal rewards", func(seed uint64) string {
			d := draw(seed, ordinary)
			var rows []int
			for _, g := range d.byGroup() {
				if len(g) == 1 || !d.constant(g) {
					rows = append(rows, g...)
				}
			}
			return sameWithout(name+"(drop_constant=true)", d, rows)
		})
	}
}

// sameWithout compares the advantages of all rows with those of rows alone; the
// others must have 0.
func sameWithout(spec string, d *drawn, rows []int) string {
	slices.Sort(rows)
	est := advantage.MustParse(spec)
	all := mustRun(est, d)
	var kept []float64
	for _, i := range rows {
		kept = append(kept, all[i])
		all[i] = 0
	}
	if m := largest(all); m != 0 {
		return fmt.Sprintf("%s: a row that is left out has %v", spec, m)
	}
	if len(rows) == 0 {
		return ""
	}
	if s := differ(kept, mustRun(est, d.pick(rows)), 1e-12); s != "" {
		return fmt.Sprintf("%s: %s", spec, s)
	}
	return ""
}
