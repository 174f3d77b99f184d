package library

import (
	"bytes"
	"errors"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/golongrl/golongrl/serve/wire"
)

func TestGuard(t *testing.T) {
	if err := Guard(func() error { return nil }); err != nil {
		t.Error(err)
	}
	plain := errors.New("plain")
	if err := Guard(func() error { return plain }); err != plain {
		t.Error(err)
	}
	for name, f := range map[string]func(){
		"panic":          func() { panic("boom") },
		"conversion":     func() { _ = any(name).(int) },
		"nil pointer":    func() { var l *Library; l.FreeScorer(1) },
		"runtime error":  func() { var b []byte; _ = b[len(name())] },
		"panic with nil": func() { panic(nil) },
	} {
		err := Guard(func() error { f(); return nil })
		var w *wire.Error
		if !errors.As(err, &w) || w.Code != wire.CodeInternal || w.Item != -1 || !strings.Contains(w.Msg, "please report it") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func name() string { return "name" }

func TestReplies(t *testing.T) {
	l := New(0)
	if n := l.Take(0, nil); n != NotFound {
		t.Error(n)
	}
	first := l.Keep([]byte("first"))
	room := make([]byte, 8)
	if n := l.Take(first, room[:4]); n != 5 || room[0] != 0 {
		t.Error(n, room)
	}
	if n := l.Take(first, room); n != 5 || string(room[:5]) != "first" || room[5] != 0 {
		t.Error(n, room)
	}
	if n := l.Take(first, room); n != NotFound {
		t.Error(n)
	}
	// Taken replies leave their place to others.
	oldest := l.Keep([]byte("oldest"))
	for range 3 * maxKept {
		if n := l.Take(l.Keep([]byte("x")), room); n != 1 {
			t.Fatal(n)
		}
	}
	if n := l.Take(oldest, nil); n != 6 {
		t.Error(n)
	}
	var last uint64
	for range maxKept {
		last = l.Keep([]byte("x"))
	}
	if n := l.Take(oldest, room); n != NotFound {
		t.Error(n)
	}
	if l.bytes != maxKept {
		t.Error(l.bytes, "bytes")
	}
	// Great ones leave less room; memory that is never touched costs nothing.
	great := make([]byte, maxBytes/2)
	for range 2 {
		l.Keep(great)
	}
	if len(l.order) != 2 || l.bytes != maxBytes {
		t.Error(len(l.order), l.bytes)
	}
	huge := l.Keep(make([]byte, maxBytes+1))
	if n := l.Take(huge, nil); n != maxBytes+1 || len(l.order) != 1 {
		t.Error(n, len(l.order))
	}
	for range maxKept + 1 {
		last = l.Keep([]byte("x"))
	}
	if len(l.replies) != maxKept || len(l.order) != maxKept || l.Take(last, room) != 1 || len(l.order) != maxKept-1 {
		t.Error(len(l.replies), len(l.order))
	}
}

func TestScorers(t *testing.T) {
	l := New(0)
	options := string(wire.AppendField(nil, wire.TagMetric, "em"))
	n, err := l.NewScorer(options)
	if got, ok := l.Scorer(n); err != nil || n == 0 || !ok || got != options {
		t.Error(n, err, got, ok)
	}
	if _, err := l.NewScorer(string(wire.AppendField(nil, wire.TagMetric, "nope"))); err == nil || !strings.Contains(err.Error(), "nope") {
		t.Error(err)
	}
	if got, ok := l.Scorer(0); got != "" || !ok {
		t.Error(got, ok)
	}
	if _, ok := l.Scorer(n + 1); ok {
		t.Error("a scorer that nobody made")
	}
	if !l.FreeScorer(n) || l.FreeScorer(n) || l.FreeScorer(0) {
		t.Error("a scorer is freed once")
	}
}

func TestBody(t *testing.T) {
	l := New(0)
	r, err := Body(l.Call(nil, wire.AppendHeader(nil, wire.OpRegistry, 3)))
	if err != nil || r.Len() < 100 {
		t.Error(err)
	}
	_, err = Body(wire.AppendError(nil, 3, &wire.Error{Code: 422, Item: 5, Msg: "no"}))
	var w *wire.Error
	if !errors.As(err, &w) || *w != (wire.Error{Code: 422, Item: 5, Msg: "no"}) {
		t.Error(err)
	}
	if _, err := Body([]byte{255, 0}); err == nil {
		t.Error("half a message is read")
	}
}

func TestWorkers(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, c := range []struct {
		ours, omp string
		want      int
	}{{"", "", 0}, {"", "3", 3}, {"", " 2,4", 2}, {"", "0", 0}, {"", "-1", 0}, {"", "many", 0}, {"5", "2", 5}, {"many", "2", 2}} {
		env := map[string]string{"GOLONGRL_WORKERS": c.ours, "OMP_NUM_THREADS": c.omp}
		if n := Hint(func(name string) string { return env[name] }); n != c.want {
			t.Errorf("%q, %q: %d, not %d", c.ours, c.omp, n, c.want)
		}
	}
	l := New(before + 7)
	if n := l.SetWorkers(0); n != before {
		t.Error(n, "processors; there are", before)
	}
	if n := l.SetWorkers(before + 3); n != before+3 || runtime.GOMAXPROCS(0) != n {
		t.Error(n)
	}
	if n := l.SetWorkers(math.MaxInt32); n != maxWorkers {
		t.Error(n)
	}
	if n := New(1).SetWorkers(0); n != 1 || runtime.GOMAXPROCS(0) != 1 {
		t.Error(n)
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abc", 2, "ab"}, {"aéb", 2, "a"}, {"aéb", 3, "aé"}, {"😀", 3, ""}, {"", 0, ""}} {
		if got := Cut(c.s, c.n); got != c.want {
			t.Errorf("Cut(%q, %d) = %q", c.s, c.n, got)
		}
	}
	var b Buffers
	b.Put(nil)
	b.Put(make([]byte, 10, maxBuffer+1))
	if p := b.Get(); len(p) != 0 || cap(p) > maxBuffer {
		t.Error(len(p), cap(p))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 100 {
				p := append(b.Get(), bytes.Repeat([]byte{byte(i)}, 100)...)
				if runtime.Gosched(); bytes.Count(p, []byte{byte(i)}) != 100 {
					t.Error("a buffer has two users")
				}
				b.Put(p)
			}
		})
	}
	wg.Wait()
}
