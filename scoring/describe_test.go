package scoring_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
)

// TestInfos holds the list to what the registry knows.
func TestInfos(t *testing.T) {
	var names []string
	for _, m := range scoring.Infos() {
		names = append(names, m.Name)
		if m.Summary == "" {
			t.Errorf("%s has no summary", m.Name)
		}
		for _, a := range m.Aliases {
			if got := scoring.TaskName(a); got != m.Name {
				t.Errorf("%s is %s, not %s", a, got, m.Name)
			}
		}
		for _, o := range m.Options {
			key, values, ok := strings.Cut(o, "=")
			values, profile, _ := strings.Cut(values, " (")
			if profile != "" {
				profile = ",profile=reference"
			}
			for _, v := range strings.Split(strings.ReplaceAll(values, "N", "9"), "|") {
				spelling := m.Name + "(" + key + "=" + v + profile + ")"
				if !ok {
					spelling = m.Name + "@5"
				}
				got, err := scoring.Builtin().Parse(spelling)
				if err != nil {
					t.Errorf("%s: %v", spelling, err)
				} else if v != "f" && !strings.Contains(got.String(), strings.TrimPrefix(o, "@k")[:0]+v) && ok {
					t.Errorf("%s is %s", spelling, got)
				}
			}
		}
	}
	if want := slices.Collect(scoring.Builtin().Names()); !slices.Equal(names, want) {
		t.Errorf("got  %v\nwant %v", names, want)
	}
	if len(scoring.RewardModes()) != 25 {
		t.Errorf("%d reward modes", len(scoring.RewardModes()))
	}
	for _, mode := range scoring.RewardModes() {
		if !slices.Contains(names, scoring.TaskName(mode)) {
			t.Errorf("%s is no metric", mode)
		}
	}
}

func ExampleInfos() {
	for _, m := range scoring.Infos()[:2] {
		fmt.Println(m.Name, m.Aliases, m.Summary)
	}
	// Output:
	// em [T1 EM] the answer equals the reference
	// choice [T2 selection Accuracy] the chosen letter, A to J, is the reference's
}

func ExampleRewardModes() {
	mode := scoring.RewardModes()[0]
	fmt.Println(mode, "is", scoring.TaskName(mode))
	// Output: T1.1 Global Cohesive Retrieval is ndcg
}
