package service

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/serve/wire"
)

func errorOf(t *testing.T, reply []byte) *wire.Error {
	t.Helper()
	r := wire.NewReader(reply)
	if op, _ := r.Header(); op != wire.OpError {
		t.Fatalf("the reply has operation %d and %d bytes", op, len(reply))
	}
	return &wire.Error{Code: int(r.U16()), Item: int(int32(r.U32())), Msg: r.Text()}
}

// tiny asks for the scores of n empty responses without a metric, the smallest
// items that there are.
func tiny(n int) []byte {
	b := append(wire.AppendHeader(nil, wire.OpScore, 1), 0)
	b = wire.AppendU32(b, uint32(n))
	return append(b, strings.Repeat("r\x00\x00\x00\x00\x00", n)...)
}

// TestLargestReply: a reply ends where it becomes too large, not with the memory.
func TestLargestReply(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if r := wire.NewReader(s.Call(context.Background(), nil, tiny(100))); !isScore(r) {
		t.Fatal("the reply to 100 items is an error")
	}
	s.largest = 64 << 10
	if e := errorOf(t, s.Call(context.Background(), nil, tiny(5000))); e.Code != wire.CodeTooLarge || !strings.Contains(e.Msg, "send fewer items") {
		t.Errorf("%+v", e)
	}
	b := append(wire.AppendHeader(nil, wire.OpVerify, 1), 0)
	b = wire.AppendU32(b, 4000)
	b = append(b, strings.Repeat("\x01\x00\x00\x001\x00\x00\x00\x00", 4000)...)
	if e := errorOf(t, s.Call(context.Background(), nil, b)); e.Code != wire.CodeTooLarge {
		t.Errorf("%+v", e)
	}
}

func isScore(r *wire.Reader) bool {
	op, _ := r.Header()
	return op == wire.OpScore
}

// TestMemoryOfCounts: a message that claims much, or whose items are many and
// tiny, takes no more memory than a small multiple of its size and its reply.
func TestMemoryOfCounts(t *testing.T) {
	s, err := New(Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	s.largest = 1 << 20
	dst := make([]byte, 0, 4<<20)
	many := tiny(200_000)
	claims := append(append(wire.AppendHeader(nil, wire.OpScore, 1), 0), "\xff\xff\xff\x0f"...)
	pairs := append(append(wire.AppendHeader(nil, wire.OpVerify, 1), 0), "\xff\xff\xff\x0f"...)
	pairs = append(pairs, make([]byte, 1<<20)...)
	for name, m := range map[string][]byte{"many": many, "claimed items": claims, "claimed pairs": pairs} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		errorOf(t, s.Call(context.Background(), dst, m))
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
			t.Errorf("%s: %d bytes allocated for a message of %d", name, got, len(m))
		}
	}
}

// TestKeptScorers: clients cannot fill the memory with options.
func TestKeptScorers(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		s.scorers.Range(func(any, any) bool { n++; return true })
		return n
	}
	for i := range 3 * maxScorers {
		sc, err := s.scorer(ScoreOptions{Metric: fmt.Sprintf("ndcg@%d", i+1)})
		if err != nil || sc == nil {
			t.Fatal(err)
		}
	}
	if n := count(); n != maxScorers || s.kept.Load() != maxScorers {
		t.Errorf("%d scorers are kept, and %d counted", n, s.kept.Load())
	}
	one, _ := s.scorer(ScoreOptions{Metric: "ndcg@1"})
	if again, _ := s.scorer(ScoreOptions{Metric: "ndcg@1"}); one != again {
		t.Error("a scorer that is kept is made anew")
	}

	s, err = New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.scorer(ScoreOptions{Metric: "em" + strings.Repeat(" ", 1<<20)}); err != nil || count() != 1 {
		t.Errorf("%v; %d scorers are kept", err, count())
	}
}

// TestValid holds the check to a list made by hand.
func TestValid(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "abc": true, "é今😀": true, "\xed\xa0\x80": true, "a\xed\xbf\xbfb\xed\xa0\x80": true, "\xed\xa0\xbd\xed\xb8\x80": true,
		"\xff": false, "a\xc3": false, "\xed\xa0": false, "\xed\xa0x": false, "\xed\xc0\x80": false, "\xc0\x80": false, "\xed\xa0\x80\xff": false, "\xf8\x88\x80\x80\x80": false,
	} {
		if got := valid(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestEach does everything once, and stops with its context.
func TestEach(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		s, err := New(Config{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		done := make([]int, 1000)
		if err := s.each(context.Background(), len(done), func(int) int { return 1 << 10 }, func(i int) { done[i]++ }); err != nil {
			t.Fatal(err)
		}
		for i, n := range done {
			if n != 1 {
				t.Fatalf("%d workers: %d was done %d times", workers, i, n)
			}
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.each(ctx, 1000, func(int) int { return 1 << 10 }, func(int) { t.Error("done after the end") }); err != context.Canceled {
			t.Error(err)
		}
		if err := s.each(context.Background(), 0, nil, nil); err != nil {
			t.Error(err)
		}
	}
}

func TestDense(t *testing.T) {
	for text, want := range map[string]bool{
		"[" + strings.Repeat("1,", maxValues) + "1]":      true,
		strings.Repeat("[", 2*maxValues):                  true,
		`["` + strings.Repeat("a,", maxValues) + `"]`:     false,
		`["` + strings.Repeat(`\",`, maxValues) + `"]`:    false,
		"[" + strings.Repeat("1000,", maxValues-1) + "1]": false,
		"[" + strings.Repeat(`"\\",`, maxValues/2) + "1]": false,
		`{"a":"` + strings.Repeat("x", 4*maxValues) + `\`: false,
		strings.Repeat("1,", maxValues-1):                 false,
	} {
		if got := dense(text); got != want {
			t.Errorf("%.20s… of %d bytes: %v", text, len(text), got)
		}
	}
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range []byte{wire.TagRow, wire.TagJSON} {
		b := wire.AppendU32(append(wire.AppendHeader(nil, wire.OpScore, 1), 0), 1)
		b = wire.AppendField(wire.AppendField(b, wire.TagResponse, ""), tag, "["+strings.Repeat("1,", maxValues+1)+"1]")
		if got := s.Call(context.Background(), nil, append(b, 0)); !strings.Contains(string(got), tooDense) {
			t.Errorf("field %q: %.200q", tag, got)
		}
	}
}
