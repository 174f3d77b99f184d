package main

import (
	"context"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golongrl/golongrl/serve"
)

// serving starts a server in this process that ends with the test.
func serving(t *testing.T, limits serve.Limits) *server {
	t.Helper()
	srv, err := serve.New(serve.Config{Limits: limits, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "load") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	unix, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ctx, tcp, unix) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		os.RemoveAll(dir)
	})
	return &server{http: "http://" + tcp.Addr().String(), unix: path, pid: os.Getpid()}
}

var allKinds = sync.OnceValues(newKinds)

// TestLoad puts a little load of every kind on a server. All answers are checked;
// how fast they come is no concern of tests.
func TestLoad(t *testing.T) {
	s := serving(t, serve.Limits{})
	r := newReport(plan{}, s)
	if err := measure(context.Background(), plan{seconds: 40 * time.Millisecond, connections: 3, requests: 1200}, s, r); err != nil {
		t.Fatal(err)
	}
	if len(r.Steps) != 10 || len(r.Memory) != 5 {
		t.Fatalf("%d steps, %d measurements of memory", len(r.Steps), len(r.Memory))
	}
	for _, st := range r.Steps {
		if st.Requests == 0 || st.Scores < st.Requests || !slices.IsSorted(st.Latency[:]) || st.Latency[0] <= 0 {
			t.Errorf("%+v", st)
		}
	}
	if u := r.Memory[4]; u.Requests != 1200 || u.RSS <= 0 && cpuModel() != "unknown CPU" {
		t.Errorf("%+v", r.Memory)
	}
	text := r.markdown()
	for _, want := range []string{"| batches of 64 | HTTP | 3 |", "| one at a time, at half that rate | frames | 64 |", "| slime | HTTP |", "| 1200 | ", "scores per second in batches of 64", "target 1.2"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	name := filepath.Join(t.TempDir(), "r.json")
	if err := r.writeJSON(name); err != nil {
		t.Fatal(err)
	}
}

// TestWrongAnswers: a server that errs by one bit ends the load.
func TestWrongAnswers(t *testing.T) {
	kinds, err := allKinds()
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]func(q *question) string{
		"a bit": func(q *question) string {
			return string(mustJSON(result{Score: new(math.Nextafter(q.want[0], 2)), Status: "judged"}))
		},
		"no score":  func(*question) string { return `{"score":null,"status":"error","error":"no"}` },
		"zero":      func(*question) string { return `{"score":0,"status":"judged"}` },
		"no answer": func(*question) string { return `` },
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			io.WriteString(w, answer(kinds["single"].questions[0]))
		}))
		k := &kind{name: "single", scores: 1, questions: kinds["single"].questions[:1]}
		s := &server{http: srv.URL}
		_, err := closed(context.Background(), s, way{"HTTP", func() (conn, error) { return newHTTP(s.http) }}, k, 2, time.Second)
		if err == nil || !strings.Contains(err.Error(), "/v1/score") {
			t.Errorf("%s: %v", name, err)
		}
		srv.Close()
	}
}

// TestScheduled: latencies count from when a request was due, so that one slow
// answer is felt by all that were due meanwhile.
func TestScheduled(t *testing.T) {
	q := &question{path: "/", read: readNumber, want: []float64{1}}
	q.json = []byte("{}")
	var mu sync.Mutex
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock() // one at a time
		defer mu.Unlock()
		if asked++; asked == maxOpen+1 { // the first that is measured
			time.Sleep(150 * time.Millisecond)
		}
		io.WriteString(w, "1")
	}))
	defer srv.Close()
	s := &server{http: srv.URL}
	k := &kind{name: "stall", scores: 1, questions: []*question{q}}
	st, err := open(context.Background(), s, way{"HTTP", func() (conn, error) { return newHTTP(s.http) }}, k, 500, 200*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	// Most of the hundred requests were due while the first was answered.
	if st.Requests < 50 || st.Latency[0] < 20 {
		t.Errorf("%d requests, half of them within %v ms", st.Requests, st.Latency[0])
	}
}

// TestOverload: beyond its limits the server refuses, and what it answers is right.
func TestOverload(t *testing.T) {
	s := serving(t, serve.Limits{Concurrent: 1, Queue: 1})
	kinds, err := allKinds()
	if err != nil {
		t.Fatal(err)
	}
	for name, dial := range map[string]func() (conn, error){
		"HTTP":   func() (conn, error) { return newHTTP(s.http) },
		"frames": func() (conn, error) { return newFrames(s.unix) },
	} {
		var mu sync.Mutex
		answered, refused := 0, 0
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				c, err := dial()
				if err != nil {
					t.Error(err)
					return
				}
				defer c.close()
				for _, q := range kinds["batch"].questions[:10] {
					answer, err := c.ask(q)
					if err == nil {
						err = q.check(answer, name == "frames")
					}
					busy := err != nil && (strings.Contains(err.Error(), "429 Too Many Requests") || strings.Contains(err.Error(), "error 429"))
					mu.Lock()
					switch {
					case err == nil:
						answered++
					case busy:
						refused++
					default:
						t.Errorf("%s: %v", name, err)
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if answered == 0 || refused == 0 || answered+refused != 80 {
			t.Errorf("%s: %d answered, %d refused", name, answered, refused)
		}
	}
}
