package advantage

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// stackBatch is a batch of the golden of the stacks.
type stackBatch struct {
	Batch      string
	Groups     []int
	Tasks      []string
	Rewards    []float64
	Lengths    []int
	Baselines  []float64
	Components map[string][]float64
}

func (s *stackBatch) batch(t *testing.T) *Batch {
	ix, err := NewIndex(s.Groups, s.Tasks)
	if err != nil {
		t.Fatal(err)
	}
	b := &Batch{Index: ix, Rewards: s.Rewards, Lengths: s.Lengths, Baselines: s.Baselines}
	for _, name := range []string{"accuracy", "format"} {
		b.Names = append(b.Names, name)
		b.Components = append(b.Components, s.Components[name])
	}
	return b
}

// stackResult is what a stack computed for the batches of the golden.
type stackResult struct {
	Stack, Name, Setting string
	Options              string // written besides the spelling of the convention
	Want                 map[string][]float64
}

// readStacks reads the golden of benchmarks/reference/advantage_stack_goldens.py.
func readStacks(t *testing.T) (map[string]*stackBatch, []stackResult) {
	f, err := os.Open("testdata/golden/stacks.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	batches := make(map[string]*stackBatch)
	var results []stackResult
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			stackBatch
			stackResult
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		switch {
		case line.Batch != "":
			batches[line.Batch] = &line.stackBatch
		case line.Stack != "":
			results = append(results, line.stackResult)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return batches, results
}

// overRows are the conventions that whiten over rows and not over tokens.
func overRows(c Convention) bool { return strings.HasSuffix(c.Note, withoutTokens) }

// TestConventions compares every convention with what its stack computed. Only
// those of the papers have no code to compare with.
func TestConventions(t *testing.T) {
	batches, results := readStacks(t)
	compared := make(map[string]int)
	for _, r := range results {
		key := fmt.Sprintf("%s/%s/%s", r.Stack, r.Name, r.Setting)
		t.Run(key+"/"+r.Options, func(t *testing.T) {
			i := slices.IndexFunc(conventions, func(c Convention) bool {
				return c.Stack == r.Stack && c.Name == r.Name && c.Setting == r.Setting
			})
			if i < 0 {
				t.Fatal("no such convention")
			}
			c := conventions[i]
			est, err := Parse(withOptions(c.Estimator, r.Options))
			if err != nil {
				t.Fatal(err)
			}
			var worst float64
			for name, want := range r.Want {
				b := batches[name].batch(t)
				if overRows(c) {
					b.Lengths = nil
				}
				got := make([]float64, len(want))
				if err := est.Advantages(got, b); err != nil {
					t.Fatal(err)
				}
				size := 1.0
				for _, w := range want {
					size = max(size, math.Abs(w))
				}
				for i := range want {
					if d := math.Abs(got[i]-want[i]) / size; !(d <= 1e-9) {
						t.Fatalf("%s, %s: rewards %v of groups %v\ngot  %v\nwant %v", name, est, b.Rewards, batches[name].Groups, got, want)
					} else {
						worst = max(worst, d)
					}
				}
			}
			compared[key] += len(r.Want)
			t.Logf("%s: %d batches, largest difference %.1e", est, len(r.Want), worst)
		})
	}
	for _, c := range conventions {
		key := fmt.Sprintf("%s/%s/%s", c.Stack, c.Name, c.Setting)
		if n := compared[key]; c.Stack != "paper" && n < 40 {
			t.Errorf("%s was compared on %d batches", key, n)
		}
	}
}

func withOptions(spelling, options string) string {
	switch {
	case options == "":
		return spelling
	case strings.HasSuffix(spelling, ")"):
		return strings.TrimSuffix(spelling, ")") + "," + options + ")"
	}
	return spelling + "(" + options + ")"
}

// TestConventionTable checks the table itself.
func TestConventionTable(t *testing.T) {
	seen := make(map[string]bool)
	var stacks []string
	for _, c := range Conventions() {
		key := fmt.Sprintf("%s/%s/%s", c.Stack, c.Name, c.Setting)
		if seen[key] {
			t.Errorf("%s is there twice", key)
		}
		seen[key] = true
		if !slices.Contains(stacks, c.Stack) {
			stacks = append(stacks, c.Stack)
		} else if stacks[len(stacks)-1] != c.Stack {
			t.Errorf("%s does not stand with its stack", key)
		}
		est, err := Parse(c.Estimator)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		if got := est.String(); got != c.Estimator {
			t.Errorf("%s: %s is not canonical, which is %s", key, c.Estimator, got)
		}
		if c.Source == "" || c.Name == "" {
			t.Errorf("%s has no source or no name", key)
		}
		if est, err := ForStack(c.Stack, c.Name); err != nil {
			t.Errorf("%s: %v", key, err)
		} else if c.Setting == "" && est.String() != c.Estimator {
			t.Errorf("ForStack(%q, %q) is %s, its defaults are %s", c.Stack, c.Name, est, c.Estimator)
		}
		if est, err := ForStack(c.Stack, c.ourName()); err != nil {
			t.Errorf("%s: %v", key, err)
		} else if _, err := Parse(c.ourName() + "(stack=" + c.Stack + ")"); err != nil {
			t.Errorf("%s: %v (ForStack gives %s)", key, err, est)
		}
	}
	if !slices.Equal(stacks, Stacks()) {
		t.Errorf("Stacks() is %v, want %v", Stacks(), stacks)
	}
	Conventions()[0].Stack = "changed"
	if conventions[0].Stack == "changed" {
		t.Error("Conventions gives its table away")
	}
}

func TestForStack(t *testing.T) {
	tests := []struct{ stack, name, want string }{
		{"trl", "group", "grpo(eps=0.0001)"},
		{"trl", "grpo", "grpo(eps=0.0001)"},
		{"openrlhf", "group_norm", "grpo(eps=1e-09)"},
		{"openrlhf", "dr_grpo", "dr_grpo"},
		{"open_instruct", "standard", "grpo(ddof=0,eps=1e-08)"},
		{"nemo_rl", "grpo", "grpo(baseline=loo)"},
		{"golongrl", "tmn_grpo", "tmn(single=reference)"},
		{"golongrl", "tmn_reweight", "tmn_reweight(single=reference)"},
		{"golongrl", "recipe", "tmn_reweight(drop_constant=true,single=reference)"},
		{"paper", "tmn_reweight", "tmn_reweight"},
	}
	for _, c := range tests {
		got, err := ForStack(c.stack, c.name)
		if err != nil {
			t.Errorf("ForStack(%q, %q): %v", c.stack, c.name, err)
		} else if got.String() != c.want {
			t.Errorf("ForStack(%q, %q) is %s, want %s", c.stack, c.name, got, c.want)
		}
	}
	for _, c := range []struct{ stack, name, want string }{
		{"tlr", "group", `advantage: unknown stack "tlr", did you mean trl?; known are golongrl paper verl trl `},
		{"", "grpo", `advantage: unknown stack ""; known are `},
		{"open_instruct", "standart", `advantage: open_instruct has no estimator "standart", did you mean standard?; it has centered standard dr_grpo grpo`},
		{"open_instruct", "", `advantage: open_instruct has no estimator ""; it has `},
	} {
		if got, err := ForStack(c.stack, c.name); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("ForStack(%q, %q) is %v, %v; want an error %s…", c.stack, c.name, got, err, c.want)
		}
	}
}

// TestOptionStack checks that what is written counts more than the stack,
// wherever it stands.
func TestOptionStack(t *testing.T) {
	for spelling, want := range map[string]string{
		"grpo(stack=trl)":                                  "grpo(eps=0.0001)",
		"grpo(stack=verl)":                                 "grpo(single=reference)",
		"grpo(eps=0.5,stack=trl)":                          "grpo(eps=0.5)",
		"grpo( stack = open_instruct , ddof=1 )":           "grpo(eps=1e-08)",
		"tmn_reweight(stack=golongrl,drop_constant=true)":  "tmn_reweight(drop_constant=true,single=reference)",
		"tmn_reweight(alpha=0.5,stack=golongrl,gamma=2)":   "tmn_reweight(alpha=0.5,gamma=2,single=reference)",
		"f_grpo(base=grpo(stack=nemo_rl,eps=0.1),gamma=2)": "f_grpo(base=grpo(baseline=loo,eps=0.1),gamma=2)",
	} {
		got, err := Parse(spelling)
		if err != nil {
			t.Errorf("%s: %v", spelling, err)
		} else if got.String() != want {
			t.Errorf("%s is %s, want %s", spelling, got, want)
		}
	}
	for spelling, want := range map[string]string{
		"tmn(stack=trl)":  "trl has no estimator \"tmn\"; it has grpo batch_std dr_grpo gdpo rloo\n | tmn(stack=trl)\n | ..........^",
		"grpo(stack=nix)": "unknown stack \"nix\"; known are golongrl paper verl trl ",
	} {
		if _, err := Parse(spelling); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s…", spelling, err, want)
		}
	}
}
