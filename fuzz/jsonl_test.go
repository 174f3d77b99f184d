package fuzz

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// layouts are those that rows are read by, the standard one first.
var layouts = []rollout.Options{
	{},
	{Layout: rollout.Layout{Response: "response", Reference: "reward_model.ground_truth", ID: "extra_info.index"}},
	{Layout: rollout.Layout{Response: "responses.#", Reference: "*", Group: "extra_info|@values.0", Lang: "@this.lang"}},
}

// checkRow checks what holds for every row, however bad the input.
func checkRow(t *testing.T, row *rollout.Row, n int) {
	t.Helper()
	if row.Line != n {
		t.Errorf("a row of line %d says line %d", n, row.Line)
	}
	if !json.Valid([]byte(row.ID)) || !json.Valid([]byte(row.Group)) {
		t.Errorf("line %d: id %q or group %q is not JSON", n, row.ID, row.Group)
	}
	if row.Err != nil {
		var e *rollout.FieldError
		if !errors.As(row.Err, &e) || e.Line != n || e.Msg == "" {
			t.Errorf("line %d: the error %v has no line or no message", n, row.Err)
		}
		return
	}
	for _, profile := range []scoring.Profile{scoring.Strict, scoring.Reference} {
		s, err := scoring.New(scoring.WithProfile(profile), scoring.WithExplain(), scoring.WithMetric("token_f1"))
		if err != nil {
			t.Fatal(err)
		}
		if r := s.Score(context.Background(), &row.Record); !r.Scored() && r.Err == nil {
			t.Errorf("line %d: no score and no error under %v", n, profile)
		}
	}
}

// blank reports whether a line is nothing but white space.
func blank(line []byte) bool { return len(bytes.Trim(line, " \t\r")) == 0 }

// FuzzJSONL reads any bytes as lines of JSON and scores what comes out. No line
// is lost: each that is not blank has a row.
func FuzzJSONL(f *testing.F) {
	for _, name := range []string{"../examples/rollouts.jsonl", "../examples/malformed.jsonl"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		i := 0
		for line := range bytes.Lines(data) {
			if i++; i%3 == 0 {
				f.Add(line, uint16(0))
			}
		}
	}
	f.Add([]byte("\ufeff{\"id\":\"\\ud800\",\"id\":2,\"metric\":\"em\",\"responses\":[\"a\",1],\"reference\":[1]}\r\n\n{}\nx"), uint16(9))
	f.Add([]byte("{\"data_source\":\"longbench_pro\",\"ground_truth\":\"{}\",\"reward_mode\":\"\",\"response\":\"\"}"), uint16(1))
	f.Fuzz(func(t *testing.T, data []byte, limit uint16) {
		longest := 1 << 20
		if limit > 0 {
			longest = int(limit)
		}
		text := bytes.TrimPrefix(data, []byte("\ufeff"))
		var want []int // lines with rows
		for i, line := range bytes.Split(text, []byte("\n")) {
			if !blank(line) || len(line) > longest {
				want = append(want, i+1)
			}
		}
		if len(text) < len(data) && longest < 1000 {
			want = nil // the mark counts, so that the first line may be too long
		}
		var got []int
		var rows []rollout.Row
		for line := range rollout.Lines(bytes.NewReader(data), longest) {
			got = append(got, line.N)
			for i := range layouts {
				rows = rollout.Decode(rows[:0], line, &layouts[i])
				if len(rows) == 0 {
					t.Errorf("line %d has no row", line.N)
				}
				for j := range rows {
					checkRow(t, &rows[j], line.N)
				}
			}
			line.Release()
		}
		if want != nil && !slices.Equal(got, want) {
			t.Errorf("lines %v have rows, want %v", got, want)
		}
		if len(data) < 4096 {
			var slow []int
			for line := range rollout.Lines(iotest.OneByteReader(io.Reader(bytes.NewReader(data))), longest) {
				slow = append(slow, line.N)
			}
			if !slices.Equal(got, slow) {
				t.Errorf("read at once %v, by the byte %v", got, slow)
			}
		}
	})
}
