package advantage

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

type statefulRecord struct {
	Kind      string
	Group     []int
	Reward    []float64
	History   []float64
	Scale     bool
	Exact     bool
	Advantage []float64

	Window int
	Steps  []statefulRecord

	MaxLen        int `json:"max_len"`
	Buffer, Cache int
	Factor        float64
	Length        []int
	Penalty       []float64

	Keep, Rounded []int
}

// TestStatefulGolden compares with the authors' ha_dw, with the penalties of verl
// and TRL and with the filter of the recipe, all run in Python.
func TestStatefulGolden(t *testing.T) {
	file, err := os.Open("testdata/golden/stateful.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	lines.Scan() // the header
	seen := map[string]int{}
	for lines.Scan() {
		var r statefulRecord
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		seen[r.Kind]++
		switch r.Kind {
		case "ha_dw":
			e := MustParse("ha_dw(form=code,single=reference)").(HADW)
			e.Scale = r.Scale
			if r.History != nil {
				e.Fixed, e.Anchor = true, 0
				for _, y := range r.History {
					e.Anchor += y / float64(len(r.History))
				}
			}
			r.compare(t, e, 1e-9)
		case "ha_dw_run":
			h := HADWHistory{Estimator: MustParse("ha_dw(form=code,single=reference)").(HADW), Window: r.Window}
			for _, s := range r.Steps {
				e, err := h.Step(s.Reward)
				if err != nil {
					t.Fatal(err)
				}
				tolerance := 1e-9
				if !s.Exact {
					tolerance = 1e-6 // their anchor has gone through float32
				}
				s.compare(t, e, tolerance)
			}
		case "verl_overlong":
			got := make([]float64, len(r.Length))
			if OverlongPenalty(got, r.Length, r.MaxLen, r.Buffer, r.Factor); !slices.Equal(got, r.Penalty) {
				t.Errorf("verl, %d of %d times %v: %v, want %v", r.Buffer, r.MaxLen, r.Factor, got, r.Penalty)
			}
		case "trl_overlong":
			got := make([]float64, len(r.Length))
			if SoftOverlong(got, r.Length, r.MaxLen, r.Cache); !slices.Equal(got, r.Penalty) {
				t.Errorf("TRL, %d of %d: %v, want %v", r.Cache, r.MaxLen, got, r.Penalty)
			}
		case "filter_groups":
			keep := make([]bool, len(r.Group))
			if _, err := DynamicSample(keep, r.batch(t)); err != nil {
				t.Fatal(err)
			}
			for i, k := range keep {
				rounded := slices.Contains(r.Rounded, r.Group[i])
				if theirs := slices.Contains(r.Keep, i); k != (theirs && !rounded) {
					t.Errorf("filter_groups: row %d of group %d kept: %v, want %v", i, r.Group[i], k, theirs)
				}
				if rounded {
					seen["rounded"]++
				}
			}
		default:
			t.Fatalf("unknown kind %q", r.Kind)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for kind, least := range map[string]int{"ha_dw": 120, "ha_dw_run": 4, "verl_overlong": 6, "trl_overlong": 5, "filter_groups": 60, "rounded": 1} {
		if seen[kind] < least {
			t.Errorf("%d records of %s, want at least %d", seen[kind], kind, least)
		}
	}
}

func (r *statefulRecord) batch(t *testing.T) *Batch {
	ix, err := NewIndex(r.Group, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Batch{Index: ix, Rewards: r.Reward}
}

func (r *statefulRecord) compare(t *testing.T, e Estimator, tolerance float64) {
	t.Helper()
	got := make([]float64, len(r.Reward))
	if err := e.Advantages(got, r.batch(t)); err != nil {
		t.Fatal(err)
	}
	for i, want := range r.Advantage {
		if math.Abs(got[i]-want) > tolerance*max(1, math.Abs(want)) {
			t.Errorf("%s: row %d of group %d: %v, want %v", e, i, r.Group[i], got[i], want)
		}
	}
}
