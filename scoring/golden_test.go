package scoring_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
)

// openGolden calls f with every row behind the header of a golden file, and
// fails the test if the file does not name its reference.
func openGolden(t *testing.T, path string, f func(line int, row py.Value)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zr, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	br := bufio.NewReaderSize(zr, 1<<20)
	for n := 1; ; n++ {
		line, err := br.ReadString('\n')
		if line == "" && err != nil {
			return
		}
		v, perr := py.Parse(line)
		if perr != nil {
			t.Fatalf("%s:%d: %v", path, n, perr)
		}
		if n == 1 {
			ref, ok := v.Get("reference")
			if !ok || ref.Str() == "" {
				t.Fatalf("%s: the header names no reference", path)
			}
			t.Logf("%s: %s", filepath.Base(path), line)
			continue
		}
		f(n, v)
	}
}

func get(v py.Value, keys ...string) py.Value {
	for _, k := range keys {
		v, _ = v.Get(k)
	}
	return v
}

// releasedRecord builds the record of a row in the GoLongRL/verl schema.
func releasedRecord(row py.Value) scoring.Record {
	rec := scoring.Record{Response: get(row, "response").Str()}
	var err error
	rec.Task, rec.Lang, rec.Gold, err = scoring.Released(get(row, "data_source").Str(), get(row, "reward_model", "ground_truth"), get(row, "extra_info"))
	if rec.TaskErr = err; err != nil {
		rec.Task = ""
	}
	return rec
}

// TestReleasedGoldens holds the reference profile to the values of the released
// Python code, null exactly where that code raises.
func TestReleasedGoldens(t *testing.T) {
	files, _ := filepath.Glob("../testdata/golden/*.jsonl.gz")
	scorer, err := scoring.New(scoring.WithProfile(scoring.Reference))
	if err != nil {
		t.Fatal(err)
	}
	strict, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	tested := 0
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".jsonl.gz")
		if name == "token_f1" || name == "math_verify" {
			continue // they have tests of their own
		}
		t.Run(name, func(t *testing.T) {
			rows, wrong := 0, 0
			openGolden(t, path, func(n int, row py.Value) {
				rows++
				rec := releasedRecord(row)
				got := scorer.Score(context.Background(), &rec)
				want := get(row, "expected")
				ok := got.Scored() && want.Kind() != py.Null && math.Abs(got.Value-want.Float()) <= 1e-9 ||
					!got.Scored() && want.Kind() == py.Null && got.Status == scoring.Error && got.Err != nil
				if !ok {
					if wrong++; wrong <= 10 {
						t.Errorf("line %d: %v (%v, %v), want %s %s\n%.600s", n, got.Value, got.Status, got.Err, want.Raw(), get(row, "raises").Str(), row.Raw())
					}
				}
				if r := strict.Score(context.Background(), &rec); r.Scored() && (r.Value < 0 || r.Value > 1) {
					t.Errorf("line %d: strict %v is out of range", n, r.Value)
				}
			})
			if least := map[bool]int{true: 100, false: 2000}[name == "dispatch"]; rows < least || wrong > 0 {
				t.Errorf("%d of %d rows differ; at least %d rows expected", wrong, rows, least)
			}
		})
		tested++
	}
	if tested < 9 {
		t.Errorf("only %d golden files", tested)
	}
}

// TestMathVerifyGolden holds the sources that Math-Verify or sympy decides to
// the values of the released code with Math-Verify 0.8.0. What that package
// computes is repeated by rules, not by its computer algebra, so that a few rows
// may differ; they are counted by what they expect and listed.
func TestMathVerifyGolden(t *testing.T) {
	scorer, err := scoring.New(scoring.WithProfile(scoring.Reference))
	if err != nil {
		t.Fatal(err)
	}
	rows, wrong := 0, map[string]int{}
	openGolden(t, "../testdata/golden/math_verify.jsonl.gz", func(n int, row py.Value) {
		rows++
		rec := releasedRecord(row)
		got := scorer.Score(context.Background(), &rec)
		want := get(row, "expected")
		kind := ""
		switch {
		case !got.Scored() && want.Kind() == py.Null && got.Status == scoring.Error && got.Err != nil:
		case !got.Scored() && got.Status == scoring.Undecided:
			kind = "undecided"
		case !got.Scored() || want.Kind() == py.Null:
			kind = "raises in one of them"
		case got.Value > want.Float():
			kind = "too high"
		case got.Value < want.Float():
			kind = "too low"
		}
		if kind != "" {
			wrong[kind]++
			t.Logf("line %d, %s: %v (%v, %v), want %s %s\n%s %s %.900s", n, kind, got.Value, got.Status, got.Err, want.Raw(), get(row, "raises").Str(),
				get(row, "data_source").Raw(), get(row, "reward_model").Raw(), get(row, "response").Raw())
		}
	})
	sum := 0
	for _, n := range wrong {
		sum += n
	}
	t.Logf("%d of %d rows differ: %v", sum, rows, wrong)
	if rows < 1500 || sum*200 > rows {
		t.Errorf("%d of %d rows differ; at most 0.5 %% of at least 1,500 may", sum, rows)
	}
}

func TestTokenF1Golden(t *testing.T) {
	wrong := 0
	openGolden(t, "../testdata/golden/token_f1.jsonl.gz", func(n int, row py.Value) {
		rec := scoring.Record{Metric: "token_f1(profile=reference)", Response: get(row, "response").Str(), Gold: scoring.GoldValue(get(row, "reference")), Lang: get(row, "lang").Str()}
		scorer, _ := scoring.New()
		got := scorer.Score(context.Background(), &rec)
		if want := get(row, "expected").Float(); math.Abs(got.Value-want) > 1e-12 {
			if wrong++; wrong <= 10 {
				t.Errorf("line %d: %v, want %v\n%.400s", n, got.Value, want, row.Raw())
			}
		}
	})
	if wrong > 0 {
		t.Errorf("%d rows differ", wrong)
	}
}
