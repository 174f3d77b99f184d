package advantage_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
)

// readGolden calls f with every line behind the header of a golden file.
func readGolden(t *testing.T, name string, f func(line int, text []byte)) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReaderSize(z, 1<<20)
	for n := 1; ; n++ {
		text, err := r.ReadBytes('\n')
		if err == io.EOF && len(text) == 0 {
			return
		}
		if err != nil {
			t.Fatalf("%s:%d: %v", name, n, err)
		}
		if n == 1 {
			var header struct{ Reference string }
			if err := json.Unmarshal(text, &header); err != nil || header.Reference == "" {
				t.Fatalf("%s: the header names no reference: %s", name, text)
			}
			t.Logf("%s: %s", name, text)
			continue
		}
		f(n, text)
	}
}

// A ratio is a reward of a golden file: a number, or a string "p/q".
type ratio float64

func (r *ratio) UnmarshalJSON(text []byte) error {
	p, q, isRatio := strings.Cut(strings.Trim(string(text), `"`), "/")
	v, err := strconv.ParseFloat(p, 64)
	if isRatio && err == nil {
		var d float64
		d, err = strconv.ParseFloat(q, 64)
		v /= d
	}
	*r = ratio(v)
	return err
}

func floats(r []ratio) []float64 {
	x := make([]float64, len(r))
	for i, v := range r {
		x[i] = float64(v)
	}
	return x
}

// A goldenBatch is a line of a golden file; what a case is depends on the file.
type goldenBatch[C any] struct {
	Groups    []int
	Tasks     []string
	Rewards   []ratio
	Lengths   []int
	Baselines []float64
	Parts     struct{ Accuracy, Format []ratio }
	Cases     []C
}

func (g *goldenBatch[C]) drawn() *drawn {
	return &drawn{groups: g.Groups, tasks: g.Tasks, rewards: floats(g.Rewards), lengths: g.Lengths, baselines: g.Baselines,
		parts: [2][]float64{floats(g.Parts.Accuracy), floats(g.Parts.Format)}}
}

// fields reads a JSON array into the values that to points to.
func fields(text []byte, to ...any) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	if len(raw) != len(to) {
		return fmt.Errorf("%d fields, want %d", len(raw), len(to))
	}
	for i := range raw {
		if err := json.Unmarshal(raw[i], to[i]); err != nil {
			return err
		}
	}
	return nil
}

// A referenceCase is what a reference returns for float32 and for float64
// rewards, null where it has no digits left, and the rows that its rounding
// errors decide.
type referenceCase struct {
	spec  string
	want  [2][]float64
	noise [2][]int
}

func (c *referenceCase) UnmarshalJSON(text []byte) error {
	return fields(text, &c.spec, &c.want[0], &c.want[1], &c.noise)
}

// TestReference compares with the estimators of the released fork and of verl: to
// 1e-5 of the largest advantage of the batch where they compute in float32, to
// 1e-9 where they are given float64.
func TestReference(t *testing.T) {
	precision := [2]struct {
		name string
		tol  float64
	}{{"float32", 1e-5}, {"float64", 1e-9}}
	for _, file := range []struct {
		name  string
		names []string
	}{
		{"released", []string{"grpo", "dr_grpo", "tmn", "tmn_reweight", "qwenlong"}},
		{"verl", []string{"grpo", "rloo", "opo", "reinforce_pp", "reinforce_pp_baseline", "remax", "gpg", "gdpo", "passk"}},
	} {
		t.Run(file.name, func(t *testing.T) {
			batches, noisy := 0, 0
			var seen [2]map[string]int
			var worst [2]map[string]float64
			for k := range seen {
				seen[k], worst[k] = map[string]int{}, map[string]float64{}
			}
			readGolden(t, file.name+".jsonl.gz", func(line int, text []byte) {
				var g goldenBatch[referenceCase]
				if err := json.Unmarshal(text, &g); err != nil {
					t.Fatalf("line %d: %v", line, err)
				}
				batches++
				d := g.drawn()
				for _, c := range g.Cases {
					name, _, _ := strings.Cut(c.spec, "(")
					got, err := evaluate(c.spec, d)
					if err != nil {
						t.Errorf("line %d: %v", line, err)
						continue
					}
					for k, want := range c.want {
						if want == nil {
							continue
						}
						seen[k][name]++
						noisy += len(c.noise[k])
						ours := slices.Clone(got)
						for _, i := range c.noise[k] {
							ours[i], want[i] = 0, 0
						}
						if s := differ(ours, want, precision[k].tol); s != "" {
							t.Errorf("line %d: %s, %s: %s", line, c.spec, precision[k].name, s)
						}
						for i := range want {
							if off := math.Abs(ours[i] - want[i]); off > 0 {
								worst[k][name] = max(worst[k][name], off/largest(want))
							}
						}
					}
				}
			})
			if batches < 300 {
				t.Errorf("%d batches", batches)
			}
			for _, name := range file.names {
				for k, p := range precision {
					if seen[k][name] < 30 {
						t.Errorf("only %d cases of %s in %s", seen[k][name], name, p.name)
					}
					t.Logf("%-22s %s: %4d cases, largest difference %.2g", name, p.name, seen[k][name], worst[k][name])
				}
			}
			t.Logf("%d batches; %d advantages are rounding errors in the reference", batches, noisy)
		})
	}
}

// An exactCase is a spelling with the exact advantages, rounded to float64.
type exactCase struct {
	spec string
	want []float64
}

func (c *exactCase) UnmarshalJSON(text []byte) error { return fields(text, &c.spec, &c.want) }

// overBatch are estimators whose rounding errors come from statistics over the
// batch or the task, also where a group has only small advantages.
func overBatch(spec string) bool {
	return strings.HasPrefix(spec, "gdpo") || strings.HasPrefix(spec, "reinforce_pp") || strings.Contains(spec, "center=task")
}

// TestExact compares with the definitions evaluated in rational numbers: the
// error of a row is at most 1e-12 times the largest absolute advantage of its
// group (of the batch for estimators that subtract a mean of the batch).
func TestExact(t *testing.T) {
	seen := map[string]int{}
	worst := map[string]float64{}
	readGolden(t, "exact.jsonl.gz", func(line int, text []byte) {
		var g goldenBatch[exactCase]
		if err := json.Unmarshal(text, &g); err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		d := g.drawn()
		groups := d.byGroup()
		for _, c := range g.Cases {
			spec, want := c.spec, c.want
			name, _, _ := strings.Cut(spec, "(")
			seen[name]++
			got, err := evaluate(spec, d)
			if err != nil {
				t.Errorf("line %d: %v", line, err)
				continue
			}
			for key, rows := range groups {
				scale := largest(want)
				if !overBatch(spec) {
					scale = 0
					for _, i := range rows {
						scale = max(scale, math.Abs(want[i]))
					}
				}
				for _, i := range rows {
					off := math.Abs(got[i] - want[i])
					if off > 0 {
						worst[name] = max(worst[name], off/scale)
					}
					if !(off <= 1e-12*scale) {
						t.Errorf("line %d: %s: group %d, row %d: %v, want %v (%.3g of %v)", line, spec, key, i, got[i], want[i], off/scale, scale)
						break
					}
				}
			}
		}
	})
	for _, name := range advantage.Names() {
		if seen[name] < 20 {
			t.Errorf("only %d cases of %s", seen[name], name)
		}
		t.Logf("%-22s %4d cases, largest error %.2g", name, seen[name], worst[name])
	}
}

func evaluate(spec string, d *drawn) (out []float64, err error) {
	est, err := advantage.Parse(spec)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec, err)
	}
	if out, err = run(est, d); err != nil {
		err = fmt.Errorf("%s: %w", spec, err)
	}
	return out, err
}
