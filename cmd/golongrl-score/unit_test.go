package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

func TestByteSize(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
		back string
	}{
		{"1", 1, "1"}, {"64MiB", 64 << 20, "64MiB"}, {"64mib", 64 << 20, "64MiB"}, {"1GB", 1e9, "1000000000"},
		{"5 KiB", 5 << 10, "5KiB"}, {"3k", 3 << 10, "3KiB"}, {"7B", 7, "7"}, {"1M", 1 << 20, "1MiB"}, {"4KB", 4000, "4000"},
	} {
		var b byteSize
		if err := b.Set(c.in); err != nil || int(b) != c.want || b.String() != c.back {
			t.Errorf("%s: got %d, %s, %v", c.in, int(b), b.String(), err)
		}
		if err := b.Set(b.String()); err != nil || int(b) != c.want {
			t.Errorf("%s does not read back", b.String())
		}
	}
	for _, in := range []string{"", "0", "-1", "1.5MB", "MiB", "9223372036854775807", "99999999999GB", "0x10", "5TB", "1e3"} {
		var b byteSize
		if err := b.Set(in); err == nil {
			t.Errorf("%q is accepted as %d", in, int(b))
		}
	}
}

// failing fails after n bytes.
type failing struct{ n int }

func (f *failing) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, syscall.ENOSPC
	}
	return len(p), nil
}

func TestSink(t *testing.T) {
	var b bytes.Buffer
	s := &sink{w: &b}
	s.write([]byte("a\n"), 1)
	if b.Len() != 0 {
		t.Error("a row was written though input flows")
	}
	s.wait(true)
	if b.String() != "a\n" {
		t.Error("a row is held back while the input makes us wait")
	}
	s.write([]byte("b\n"), 1)
	if b.String() != "a\nb\n" {
		t.Error("a row that came late is held back")
	}
	s.wait(false)
	s.write(bytes.Repeat([]byte("c\n"), 1<<16), 1<<16)
	if b.Len() != 4+2<<16 {
		t.Error("a full buffer is held back")
	}
	s.write([]byte("d\n"), 1)
	rows, err := s.stop()
	if rows != 3+1<<16 || err != nil || !bytes.HasSuffix(b.Bytes(), []byte("c\nd\n")) {
		t.Errorf("%d rows, %v", rows, err)
	}
	if err := s.write([]byte("e\n"), 1); !errors.Is(err, errStopped) {
		t.Errorf("a row was taken after the end: %v", err)
	}
	s.wait(true)
	if _, err := s.stop(); err != nil || !bytes.HasSuffix(b.Bytes(), []byte("d\n")) {
		t.Error("something was written after the end")
	}

	s = &sink{w: &failing{3}, failed: make(chan error, 1)}
	s.wait(true)
	if err := s.write([]byte("a\n"), 1); err != nil {
		t.Error(err)
	}
	if err := s.write([]byte("b\n"), 1); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	if err := <-s.failed; !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	s.wait(true)
	if _, err := s.stop(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
}

// scoreText runs the pipeline over text.
func scoreText(t *testing.T, text string, workers int) string {
	t.Helper()
	scorer, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	p := &pipeline{scorer: scorer, options: &rollout.Options{}, workers: workers, explain: true}
	var out bytes.Buffer
	lines := func(yield func(placed) bool) {
		for l := range rollout.Lines(strings.NewReader(text), 1<<20) {
			if !yield(placed{"f", l}) {
				return
			}
		}
	}
	err = p.run(lines, func(b *batch) error {
		out.Write(b.out)
		// Whoever still looks at the line sees this.
		for i := range b.line.Data {
			b.line.Data[i] = 0xAA
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestReuse spoils the memory of each line once it is done. Results that come
// out otherwise than on their own show a metric that keeps what it was given.
func TestReuse(t *testing.T) {
	var lines []string
	for i := range 400 {
		task := scoring.RewardModes()[i%25]
		switch i % 5 {
		case 1:
			task = []string{"em", "choice", "math_verify", "iou", "token_f1", "rouge2", "rougeLsum", "gsm8k", "search_r1", "format"}[i/5%10]
		case 2:
			task = "0.5*sub_em + 0.5*rouge_l(lang=zh)"
		case 3:
			task = "ndcg@" + strconv.Itoa(i)
		}
		answer := fmt.Sprintf("Part %d\\nthe quick brown fox %d\\n今天天气很好%d", i%7, i%11, i%3)
		lines = append(lines, fmt.Sprintf(`{"id":"id %d","metric":%q,"lang":"zh","response":"<think>t</think>[Answer]\n%s","reference":["Part 3","%s"]}`, i, task, answer, answer))
	}
	var want strings.Builder
	for i, l := range lines {
		one := scoreText(t, l, 1)
		want.WriteString(strings.ReplaceAll(one, "f:1:", fmt.Sprintf("f:%d:", i+1)))
	}
	for _, workers := range []int{1, 4} {
		if got := scoreText(t, strings.Join(lines, "\n"), workers); got != want.String() {
			t.Errorf("%d workers: the results of 400 lines differ from those of each alone", workers)
		}
	}
}

func TestPipelineStops(t *testing.T) {
	scorer, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	p := &pipeline{scorer: scorer, options: &rollout.Options{}, workers: 3}
	full := errors.New("full")
	n := 0
	err = p.run(func(yield func(placed) bool) {
		for yield(placed{"f", rollout.Line{N: 1, Data: []byte("x")}}) {
		}
	}, func(*batch) error {
		if n++; n == 5 {
			return full
		}
		return nil
	})
	if err != full || n != 5 {
		t.Errorf("%v after %d", err, n)
	}
}

// TestPanic makes a row out of a metric that panics.
func TestPanic(t *testing.T) {
	reg, err := scoring.Builtin().With("mine", func(o *scoring.Options) (scoring.Metric, error) {
		return scoring.Func("mine", func(context.Context, *scoring.Record) (scoring.Result, error) { panic("oh") }), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	scorer, err := scoring.New(scoring.WithRegistry(reg))
	if err != nil {
		t.Fatal(err)
	}
	p := &pipeline{scorer: scorer, options: &rollout.Options{}, workers: 1}
	b := p.line(placed{"f", rollout.Line{N: 3, Data: []byte(`{"metric":"mine","response":"","reference":1}`)}})
	if got := string(b.out); !strings.Contains(got, `"metric":"mine","score":null,"status":"error","error":"f:3: internal error: oh: please report it with this row"`) {
		t.Errorf("got %s", got)
	}
}

func TestSummary(t *testing.T) {
	s := newSummary()
	for i := range maxTasks + 500 {
		s.add([]rowStat{{task: fmt.Sprint("task ", i), score: 0.5, status: scoring.Judged}})
	}
	s.add([]rowStat{{task: "em", score: math.NaN(), status: scoring.Error}, {task: "task 1", score: 2, outOfRange: true}})
	if n := len(s.tasks); n > maxTasks+1 {
		t.Errorf("%d tasks are kept", n)
	}
	if s.total.rows != maxTasks+502 || s.unscored() != 1 {
		t.Errorf("%d rows, %d without a score", s.total.rows, s.unscored())
	}
	var b strings.Builder
	if err := s.write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n(others) ", "\ntask 1 ", "1.2500", "; 1 row without a score; 1 score outside [0, 1]\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q", want)
		}
	}

	s = newSummary()
	for _, task := range []string{"zzz", "rouge_l", "", "T1", "em", "aaa", "Accuracy"} {
		s.add([]rowStat{{task: task, score: 1}})
	}
	var names []string
	for _, task := range s.sorted() {
		names = append(names, task.name)
	}
	if want := []string{"T1", "em", "Accuracy", "rouge_l", "aaa", "zzz", ""}; !slices.Equal(names, want) {
		t.Errorf("got %q", names)
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"": "-", "a\nb\tc": "a⏎b c", "\x1b[31m": "\ufffd[31m", "\xff\xed\xa0\x80": "\ufffd\ufffd\ufffd\ufffd", "0123456789": "0123456…",
	} {
		if got := printable(in, 7); got != want {
			t.Errorf("%q: got %q", in, got)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", []string{"-"}},
		{"short", []string{"short"}},
		{"one two three four", []string{"one two", "three four"}},
		{"0123456789abc", []string{"0123456789", "abc"}},
		{"今天天气很好", []string{"今天天气很", "好"}},
		{"a\n\nb", []string{"a", "-", "b"}},
	} {
		if got := wrap(c.in, 10); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q", c.in, got)
		}
	}
}

// TestProgress draws the bar, which needs no terminal for that.
func TestProgress(t *testing.T) {
	if p := newProgress(io.Discard, 10); p != nil {
		t.Error("a bar where there is no terminal")
	}
	var none *progress
	none.add(1)
	none.clear()
	var b bytes.Buffer
	p := drawnOn(&b, 100)
	p.add(50)
	p.clear()
	if !strings.Contains(b.String(), "50%") {
		t.Errorf("got %q", b.String())
	}
	if isTerminal(os.Stdin) && isTerminal(&b) {
		t.Error("a buffer is no terminal")
	}
}
