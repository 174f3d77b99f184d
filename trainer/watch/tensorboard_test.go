package watch

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/scoring"
)

// The bytes are those of the tensorboard package; see benchmarks/reference/tfevents.py.
func TestTensorBoardGolden(t *testing.T) {
	var golden map[string]string
	b, err := os.ReadFile("testdata/golden/tensorboard.json")
	if err == nil {
		err = json.Unmarshal(b, &golden)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		resume int
		steps  []Step
	}{
		{"fresh", -1, []Step{
			{Step: 0, Metrics: []Metric{{"critic/rewards/mean", 0.1}, {"zero", 0}, {"minus", -1e30}}, Timings: []Metric{{"timing_s/step", 1.5}}},
			{Step: 300, Metrics: []Metric{{"val/reward/mean", 0.5}, {"nothing", math.NaN()}}, Samples: []Sample{
				{Task: "train", Prompt: "not of an evaluation"},
				{Task: "sort ü", Prompt: "two\r\nlines <b>", Response: "x", Reward: 0.5, Result: scoring.Result{Value: 0.5}, Eval: true},
				{Task: "sort ü", Prompt: "second", Eval: true},
			}},
			{Step: 301},
		}},
		{"resumed", 1, []Step{{Step: 2, Metrics: []Metric{{"critic/rewards/mean", 0.25}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "tb")
			board, err := newTensorBoard(dir, c.resume, func() time.Time { return time.UnixMicro(1750000000250000) })
			if err != nil {
				t.Fatal(err)
			}
			for i := range c.steps {
				if err := board.Step(&c.steps[i]); err != nil {
					t.Fatal(err)
				}
			}
			if err := board.Close(); err != nil {
				t.Fatal(err)
			}
			if err := board.Close(); err != nil {
				t.Errorf("second Close: %v", err)
			}
			if err := board.Step(&Step{Metrics: []Metric{{"a", 1}}}); err == nil {
				t.Error("Step after Close: no error")
			}
			names, _ := filepath.Glob(filepath.Join(dir, "events.out.tfevents.1750000000.*.*.0"))
			if len(names) != 1 {
				t.Fatalf("files %v", names)
			}
			want, err := base64.StdEncoding.DecodeString(golden[c.name])
			if got := read(t, names[0]); err != nil || len(want) == 0 || got != string(want) {
				t.Errorf("got  %q\nwant %q, %v", got, want, err)
			}
		})
	}
}

// TensorBoard reads files in the order of their names.
func TestTensorBoardNamesRise(t *testing.T) {
	dir := t.TempDir()
	clock := time.Unix(2000000000, 0)
	last := ""
	for i := range 5 {
		board, err := newTensorBoard(dir, i, func() time.Time { return clock })
		if err != nil {
			t.Fatal(err)
		}
		board.Close()
		clock = clock.Add(-time.Hour)
		name := filepath.Base(board.file.Name())
		if name <= last {
			t.Errorf("%s does not sort behind %s", name, last)
		}
		last = name
	}
}

func TestMaskedCRC(t *testing.T) {
	// The check value of CRC-32C is that of "123456789": e3069283. Turned by 15
	// bits it is 2507c60d, and e3069283>>15 | e3069283<<17 + a282ead8 = c78ab0e5.
	if got, want := maskedCRC([]byte("123456789")), uint32(0xc78ab0e5); got != want {
		t.Errorf("%x, want %x", got, want)
	}
}

func TestCutMiddle(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{
		{"", 4, ""}, {"abcd", 4, "abcd"}, {"abcdef", 4, "ab\n[… 2 bytes …]\nef"},
		{"äöüß", 4, "ä\n[… 4 bytes …]\nß"}, {"aäöüßz", 4, "a\n[… 8 bytes …]\nz"}, {"a\xffb", 9, "a\ufffdb"},
	} {
		if got := cutMiddle(c.s, c.n); got != c.want {
			t.Errorf("cutMiddle(%q, %d) = %q, want %q", c.s, c.n, got, c.want)
		}
	}
	if got := eventText(&Sample{Response: strings.Repeat("x\n", maxEventText)}); len(got) > 4*maxEventText {
		t.Errorf("%d bytes", len(got))
	}
}
