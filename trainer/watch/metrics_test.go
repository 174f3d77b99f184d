package watch

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func steps(from, to int) []Step {
	var out []Step
	for i := from; i <= to; i++ {
		out = append(out, Step{
			Step:    i,
			Metrics: []Metric{{"z", float64(i) / 3}, {"a/b", math.NaN()}},
			Timings: []Metric{{"timing_s/step", 1.5}},
		})
	}
	return out
}

func write(t *testing.T, path string, resume int, list []Step) {
	t.Helper()
	m, err := NewMetrics(path, resume)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if err := m.Step(&list[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMetricsLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	write(t, path, -1, []Step{
		{Step: 0},
		{Step: 7, Metrics: []Metric{{"b", 0.1}, {"a", -3}, {"inf", math.Inf(-1)}, {"é\"<\n", 1e-7}, {"big", 123456789}, {"huge", 1e22}, {"-0", math.Copysign(0, -1)}}},
		{Step: 7, Timings: []Metric{{"timing_s/step", 2}}},
	})
	want := `{"step":0,"metrics":{}}
{"step":7,"metrics":{"b":0.1,"a":-3,"inf":null,"é\"\u003c\n":1e-07,"big":123456789,"huge":1e+22,"-0":-0}}
{"step":7,"metrics":{}}
`
	if got := read(t, path); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got, want := read(t, filepath.Join(filepath.Dir(path), "timings.jsonl")), `{"step":7,"timings":{"timing_s/step":2}}`+"\n"; got != want {
		t.Errorf("timings %q, want %q", got, want)
	}
	back, err := ReadSteps(path)
	if err != nil || len(back) != 3 || back[1].Step != 7 || len(back[1].Metrics) != 7 {
		t.Fatalf("read %v, %v", back, err)
	}
	for i, m := range back[1].Metrics {
		want := []Metric{{"b", 0.1}, {"a", -3}, {"inf", math.NaN()}, {"é\"<\n", 1e-7}, {"big", 123456789}, {"huge", 1e22}, {"-0", math.Copysign(0, -1)}}[i]
		if m.Name != want.Name || math.Float64bits(m.Value) != math.Float64bits(want.Value) && !math.IsNaN(want.Value) {
			t.Errorf("metric %d is %v, want %v", i, m, want)
		}
	}
}

// A run that is killed anywhere and resumed anywhere before leaves the same bytes
// as one that was not.
func TestMetricsResume(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole", "metrics.jsonl")
	os.Mkdir(filepath.Dir(whole), 0o755)
	write(t, whole, -1, steps(0, 9))
	want, wantTimings := read(t, whole), read(t, filepath.Join(dir, "whole", "timings.jsonl"))
	for cut := 0; cut <= len(want); cut += 11 { // 11 divides no length of a line
		lines := strings.Count(want[:cut], "\n") // those of steps 0 to lines-1 are whole
		path := filepath.Join(dir, "metrics.jsonl")
		if err := os.WriteFile(path, []byte(want[:cut]), 0o644); err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(dir, "timings.jsonl"), []byte(wantTimings[:min(cut, len(wantTimings))]), 0o644)
		for _, resume := range []int{lines - 1, lines - 3} {
			if resume < -1 {
				continue
			}
			write(t, path, resume, steps(resume+1, 9))
			if got := read(t, path); got != want {
				t.Fatalf("cut at %d, resumed after %d:\n%s", cut, resume, got)
			}
		}
	}
	if got := read(t, filepath.Join(dir, "timings.jsonl")); got != wantTimings {
		t.Errorf("timings:\n%s", got)
	}
}

func TestMetricsRefuses(t *testing.T) {
	good := `{"step":1,"metrics":{"a":1}}` + "\n"
	for _, c := range []struct{ name, file, want string }{
		{"text", good + "hello\n", "line 2: no JSON object"},
		{"no step", good + `{"metrics":{}}` + "\n", `line 2: no number of a step`},
		{"fraction", `{"step":1.5,"metrics":{}}` + "\n", `line 1: no number of a step`},
		{"negative", `{"step":-1,"metrics":{}}` + "\n", `line 1: no number of a step`},
		{"no metrics", `{"step":1}` + "\n", `line 1: no object under "metrics"`},
		{"array", `{"step":1,"metrics":[1]}` + "\n", `no object under "metrics"`},
		{"string", `{"step":1,"metrics":{"a":"1"}}` + "\n", `metric "a" is no number`},
		{"nested", `{"step":1,"metrics":{"a":{"b":1}}}` + "\n", `metric "a" is no number`},
		{"twice", `{"step":1,"metrics":{"a":1,"a":2}}` + "\n", `metric "a" twice`},
		{"out of range", `{"step":1,"metrics":{"a":1e999}}` + "\n", "line 1"},
		{"falling", strings.Replace(good, "1", "2", 1) + good, "line 2: step 1 after step 2"},
		{"empty line", good + "\n" + good, "line 2"},
		{"other file", "A file of another kind, without a line feed", "line 1: not the beginning of a step"},
		{"long", strings.Repeat("x", maxLine+1<<17), "line 1: longer than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "m.jsonl")
			os.WriteFile(path, []byte(c.file), 0o644)
			if m, err := NewMetrics(path, 1); err == nil {
				m.Close()
				t.Fatal("no error")
			} else if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %q, want %q in it", err, c.want)
			}
			if read(t, path) != c.file {
				t.Error("the file was changed")
			}
			if _, err := ReadSteps(path); err == nil {
				t.Error("ReadSteps: no error")
			}
		})
	}
}

// A file beside that is corrupt leaves both as they are.
func TestMetricsChecksBothFirst(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "metrics.jsonl")
	write(t, path, -1, steps(0, 3))
	os.WriteFile(filepath.Join(dir, "timings.jsonl"), []byte("x\n"), 0o644)
	before := read(t, path)
	if _, err := NewMetrics(path, 1); err == nil || read(t, path) != before {
		t.Errorf("error %v, file\n%s", err, read(t, path))
	}
}

func TestMetricsTorn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.jsonl")
	good := `{"step":1,"metrics":{"a":1}}` + "\n"
	for _, tail := range []string{"", "{", `{"st`, `{"step":2,"metrics":{"a":`, `{"step":1,"metrics":{"a":1}}`, "\x00\x00\x00"} {
		os.WriteFile(path, []byte(good+tail), 0o644)
		if s, err := ReadSteps(path); err != nil || len(s) != 1 {
			t.Errorf("%q: %v, %v", tail, s, err)
		}
		write(t, path, 5, nil)
		if got := read(t, path); got != good {
			t.Errorf("%q left %q", tail, got)
		}
	}
}

func TestMetricsErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := NewMetrics(filepath.Join(dir, "timings.jsonl"), 0); err == nil {
		t.Error("metrics in timings.jsonl: no error")
	}
	if _, err := NewMetrics(filepath.Join(dir, "no", "m.jsonl"), 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	m, err := NewMetrics(filepath.Join(dir, "m.jsonl"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		step int
		ok   bool
	}{{3, true}, {3, true}, {2, false}, {-1, false}, {4, true}} {
		if err := m.Step(&Step{Step: c.step}); (err == nil) != c.ok {
			t.Errorf("step %d: %v", c.step, err)
		}
	}
	if err := m.Sync(); err != nil {
		t.Error(err)
	}
	m.Close()
	if err := m.Step(&Step{Step: 9}); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Step after Close: %v", err)
	}
	if _, err := ReadSteps(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadSteps of nothing: %v", err)
	}
}

// What was read and written again is read as the same, and nothing panics.
func FuzzParseLine(f *testing.F) {
	for _, s := range []string{`{"step":1,"metrics":{"a":1,"b":null}}`, `{"step":0,"metrics":{}}`, `{"metrics":{"é":1e-300},"step":9}`, `{"step":1,"metrics":{"a":}}`, `[]`, "null"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := parseLine(text, "metrics")
		if err != nil {
			return
		}
		written := appendLine(nil, l.step, "metrics", l.metrics)
		back, err := parseLine(written[:len(written)-1], "metrics")
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if again := appendLine(nil, back.step, "metrics", back.metrics); string(again) != string(written) {
			t.Fatalf("%s became %s", written, again)
		}
	})
}

func BenchmarkMetrics(b *testing.B) {
	m, err := NewMetrics(filepath.Join(b.TempDir(), "m.jsonl"), -1)
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	s := Step{}
	for i := range 150 {
		s.Metrics = append(s.Metrics, Metric{"task_metrics/some_task/" + itoa(i), float64(i) / 7})
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Step++
		if err := m.Step(&s); err != nil {
			b.Fatal(err)
		}
	}
}
