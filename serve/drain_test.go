package serve

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// waitMetric is a metric that says that it runs and waits to be let go.
func waitMetric(t *testing.T) (reg *scoring.Registry, runs chan struct{}, let chan struct{}) {
	t.Helper()
	runs, let = make(chan struct{}, 100), make(chan struct{})
	reg, err := scoring.Builtin().With("wait", func(*scoring.Options) (scoring.Metric, error) {
		return scoring.Func("wait", func(ctx context.Context, _ *scoring.Record) (scoring.Result, error) {
			runs <- struct{}{}
			select {
			case <-let:
				return scoring.Result{Value: 0.5}, nil
			case <-ctx.Done():
				return scoring.Result{}, ctx.Err()
			}
		}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return reg, runs, let
}

const waitRow = `{"metric":"wait","reference":"a","response":"a"}`

// TestDrain stops a server with a request at work, one in the queue, one that is
// half sent, and idle connections.
func TestDrain(t *testing.T) {
	reg, runs, let := waitMetric(t)
	r := launch(t, Config{Service: service.Config{Registry: reg}, Limits: Limits{Concurrent: 2}}, func(s *Server) { s.pace.linger = 100 * time.Millisecond })
	idle := r.dial(t, "unix").begin(t)
	idle.call(helloMessage(""))
	silent := r.dial(t, "unix")
	var answers sync.WaitGroup
	for range 3 {
		answers.Go(func() {
			if code, body, err := r.ask("/v1/score", waitRow); err != nil || code != 200 || !strings.Contains(body, `"score":0.5`) {
				t.Errorf("%d %s %v", code, body, err)
			}
		})
	}
	<-runs
	<-runs
	for {
		if _, waiting := r.slots.load(); waiting == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	half := r.dial(t, "unix").begin(t)
	msg := frame(scoreMessage(4, [2]string{waitRow, "a"}))
	half.Write(msg[:len(msg)-3])
	time.Sleep(20 * time.Millisecond)

	r.stop()
	for !r.draining.Load() {
		time.Sleep(time.Millisecond)
	}
	for _, c := range []*client{idle, silent} {
		if b, err := io.ReadAll(c.in); len(b) > 0 || err != nil {
			t.Errorf("an idle connection: %q, %v", b, err)
		}
	}
	if c, err := net.Dial("tcp", r.tcp); err == nil {
		c.Close()
		t.Error("it still listens")
	}
	half.Write(msg[len(msg)-3:])
	close(let)
	answers.Wait()
	reply, err := half.reply()
	if rd := wire.NewReader(reply); err != nil || wireError(reply) != nil || len(reply) < 9 {
		t.Errorf("the half sent frame: %q, %v, %v", reply, err, rd.Err())
	}
	if _, err := half.reply(); err == nil {
		t.Error("a frame connection outlives the server")
	}
	r.end(t)
}

// TestReady is what a load balancer sees.
func TestReady(t *testing.T) {
	r := launch(t, Config{}, nil)
	r.draining.Store(true)
	for path, want := range map[string]int{"/readyz": 503, "/healthz": 200} {
		resp, err := r.web.Get(r.url + path)
		if err != nil || resp.StatusCode != want || !resp.Close {
			t.Errorf("%s: %v, %v", path, resp, err)
		}
	}
}

// TestCutOff stops a server whose work does not end.
func TestCutOff(t *testing.T) {
	reg, runs, _ := waitMetric(t)
	r := launch(t, Config{Service: service.Config{Registry: reg}}, func(s *Server) { s.pace.stop = 150 * time.Millisecond })
	code := make(chan int, 1)
	go func() {
		c, _, _ := r.ask("/v1/score", waitRow)
		code <- c
	}()
	c := r.dial(t, "unix").begin(t)
	c.Write(frame(scoreMessage(4, [2]string{waitRow, "a"})))
	<-runs
	<-runs
	r.end(t)
	if got := <-code; got != 503 && got != 0 {
		t.Errorf("HTTP: %d", got)
	}
	if reply, err := c.reply(); err == nil && (wireError(reply) == nil || wireError(reply).Code != wire.CodeClosing) {
		t.Errorf("frame: %q", reply)
	}
	if log := r.log.String(); !strings.Contains(log, `"msg":"cut off","connections":2`) {
		t.Errorf("the log does not say how many were cut off:\n%s", log)
	}
}

// TestClientGone ends the work for clients that do not wait for it.
func TestClientGone(t *testing.T) {
	reg, runs, _ := waitMetric(t)
	r := launch(t, Config{Service: service.Config{Registry: reg}}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-runs
		cancel()
	}()
	req, _ := http.NewRequestWithContext(ctx, "POST", r.url+"/v1/score", strings.NewReader(waitRow))
	if _, err := r.web.Do(req); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	c := r.dial(t, "unix").begin(t)
	c.Write(frame(scoreMessage(4, [2]string{waitRow, "a"})))
	<-runs
	c.Close()
	r.slots.empty(t)
}

func TestUnused(t *testing.T) {
	r := launch(t, Config{Unused: 50 * time.Millisecond}, func(s *Server) { s.pace.first = 10 * time.Second })
	time.Sleep(150 * time.Millisecond)
	c := r.dial(t, "unix").begin(t)
	c.call(helloMessage(""))
	time.Sleep(150 * time.Millisecond)
	if reply, err := c.call(helloMessage("")); err != nil || wireError(reply) != nil {
		t.Fatalf("%q, %v", reply, err)
	}
	c.Close()
	if err := <-r.done; err != nil {
		t.Error(err)
	}
	r.done <- nil
	if log := r.log.String(); !strings.Contains(log, "no client is left") {
		t.Error(log)
	}

	none := launch(t, Config{Unused: time.Hour}, func(s *Server) { s.pace.first = 50 * time.Millisecond })
	if err := <-none.done; err != nil {
		t.Error(err)
	}
	none.done <- nil
}
