package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// running is a server that listens on a port and on a socket.
type running struct {
	*Server
	url, tcp, unix string
	web            *http.Client
	stop           context.CancelFunc
	done           chan error
	log            *lines
}

// lines is a log to look at.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// launch starts a server. tune may change what only tests do.
func launch(t testing.TB, c Config, tune func(*Server)) *running {
	t.Helper()
	log := new(lines)
	c.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	s.pace.linger = 20 * time.Millisecond
	if tune != nil {
		tune(s)
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "glr") // that of the test may be too long
	if err != nil {
		t.Fatal(err)
	}
	unix, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{
		Server: s, url: "http://" + tcp.Addr().String(), tcp: tcp.Addr().String(), unix: unix.Addr().String(),
		web: &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}, stop: stop, done: make(chan error, 1), log: log,
	}
	go func() { r.done <- s.Serve(ctx, tcp, unix) }()
	t.Cleanup(func() {
		r.web.CloseIdleConnections()
		r.end(t)
		os.RemoveAll(dir)
	})
	return r
}

// end stops the server and waits for it.
func (r *running) end(t testing.TB) {
	t.Helper()
	r.stop()
	select {
	case err := <-r.done:
		r.done <- err
		if err != nil {
			t.Errorf("Serve: %v", err)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("Serve does not return")
	}
}

func (r *running) post(t testing.TB, path, body string) (int, string) {
	t.Helper()
	code, reply, err := r.ask(path, body)
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return code, reply
}

func (r *running) ask(path, body string) (int, string, error) {
	resp, err := r.web.Post(r.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// client is a connection of frames.
type client struct {
	net.Conn
	in *bufio.Reader
}

func (r *running) dial(t testing.TB, network string) *client {
	t.Helper()
	address := r.unix
	if network == "tcp" {
		address = r.tcp
	}
	c, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return &client{c, bufio.NewReader(c)}
}

func (c *client) begin(t testing.TB) *client {
	t.Helper()
	if _, err := c.Write([]byte(wire.Preface)); err != nil {
		t.Fatal(err)
	}
	return c
}

// call sends a message and returns the reply.
func (c *client) call(msg []byte) ([]byte, error) {
	if _, err := c.Write(frame(msg)); err != nil {
		return nil, err
	}
	return c.reply()
}

func (c *client) reply() ([]byte, error) {
	var n [4]byte
	if _, err := io.ReadFull(c.in, n[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.LittleEndian.Uint32(n[:]))
	_, err := io.ReadFull(c.in, b)
	return b, err
}

func frame(msg []byte) []byte { return append(wire.AppendU32(nil, uint32(len(msg))), msg...) }

func helloMessage(token string) []byte {
	b := wire.AppendHeader(nil, wire.OpHello, 9)
	if token != "" {
		b = wire.AppendText(b, token)
	}
	return b
}

func scoreMessage(id uint32, items ...[2]string) []byte {
	b := append(wire.AppendHeader(nil, wire.OpScore, id), 0)
	b = wire.AppendU32(b, uint32(len(items)))
	for _, it := range items {
		b = wire.AppendField(wire.AppendField(b, wire.TagRow, it[0]), wire.TagResponse, it[1])
		b = append(b, 0)
	}
	return b
}

// wireError is the error that a reply is, or nil.
func wireError(reply []byte) *wire.Error {
	r := wire.NewReader(reply)
	if op, _ := r.Header(); op != wire.OpError {
		return nil
	}
	return &wire.Error{Code: int(r.U16()), Item: int(int32(r.U32())), Msg: r.Text()}
}

// empty waits until nothing is held.
func (g *gate) empty(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		taken, waiting := g.load()
		if taken == 0 && waiting == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d are held, %d wait", taken, waiting)
		}
	}
}

const emRow = `{"task":"em","reference":"a","response":"<think></think>a"}`

// TestBothProtocols asks for the same thing in every way there is.
func TestBothProtocols(t *testing.T) {
	r := launch(t, Config{}, nil)
	if code, body := r.post(t, "/v1/score", emRow); code != 200 || body != `{"id":1,"sample":0,"group":1,"task":"em","metric":"em","score":1,"status":"judged"}` {
		t.Errorf("%d %s", code, body)
	}
	for _, network := range []string{"tcp", "unix"} {
		c := r.dial(t, network)
		// The preface comes in two parts, and two frames in one.
		c.Write([]byte(wire.Preface[:2]))
		time.Sleep(10 * time.Millisecond)
		msg := scoreMessage(7, [2]string{`{"task":"em","reference":"a"}`, "<think></think>a"})
		c.Write(append([]byte(wire.Preface[2:]), append(frame(msg), frame(helloMessage(""))...)...))
		for _, op := range []wire.Op{wire.OpScore, wire.OpHello} {
			reply, err := c.reply()
			if err != nil {
				t.Fatal(err)
			}
			rd := wire.NewReader(reply)
			if got, id := rd.Header(); got != op || id == 0 {
				t.Errorf("%s: op %d, id %d", network, got, id)
			}
			if op == wire.OpScore && (rd.Count(1) != 1 || rd.F64() != 1) {
				t.Errorf("%s: %q", network, reply)
			}
		}
	}
	for _, g := range []*gate{r.memory, r.slots} {
		g.empty(t)
	}
	// What begins like the preface and is not it is HTTP.
	c := r.dial(t, "unix")
	c.Write([]byte("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"))
	if line, err := c.in.ReadString('\n'); err != nil || line != "HTTP/1.1 200 OK\r\n" {
		t.Errorf("%q, %v", line, err)
	}
}

func TestToken(t *testing.T) {
	r := launch(t, Config{Token: "right"}, nil)
	for path, free := range map[string]bool{"/healthz": true, "/readyz": true, "/metrics": false, "/v1/registry": false, "/openapi.json": false} {
		for auth, ok := range map[string]bool{"": free, "Bearer wrong": free, "Bearer right": true, "Basic right": free, "bearer right": true, "right": free} {
			req, _ := http.NewRequest("GET", r.url+path, nil)
			req.Header.Set("Authorization", auth)
			resp, err := r.web.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if want := map[bool]int{true: 200, false: 401}[ok]; resp.StatusCode != want {
				t.Errorf("%s with %q: %d", path, auth, resp.StatusCode)
			}
		}
	}
	if code, _ := r.post(t, "/v1/score", emRow); code != 401 {
		t.Errorf("POST without a token: %d", code)
	}
	for _, msg := range [][]byte{helloMessage("wrong"), helloMessage(""), scoreMessage(9), {1}, {}} {
		c := r.dial(t, "unix").begin(t)
		reply, err := c.call(msg)
		if e := wireError(reply); err != nil || e == nil || e.Code != wire.CodeUnauthorized {
			t.Errorf("%q: %v, %v", msg, e, err)
		}
		if _, err := c.call(helloMessage("right")); err == nil {
			t.Errorf("%q: the connection goes on", msg)
		}
	}
	c := r.dial(t, "unix").begin(t)
	for _, msg := range [][]byte{helloMessage("right"), scoreMessage(3)} {
		if reply, err := c.call(msg); err != nil || wireError(reply) != nil {
			t.Errorf("%q: %q, %v", msg, reply, err)
		}
	}
	if log := r.log.String(); strings.Contains(log, "right") || strings.Contains(log, "wrong") {
		t.Errorf("the log has a token:\n%s", log)
	}
}

// TestSlow is about clients that stop in the middle.
func TestSlow(t *testing.T) {
	r := launch(t, Config{}, func(s *Server) { s.pace.grace = 150 * time.Millisecond })
	ended := func(network, sent, want string) {
		c := r.dial(t, network)
		io.WriteString(c, sent)
		got, err := io.ReadAll(c.in)
		if err != nil || !strings.HasPrefix(string(got), want) || want == "" && len(got) > 0 {
			t.Errorf("%s: after %q: %q, %v", network, sent, got, err)
		}
	}
	var all sync.WaitGroup
	for _, network := range []string{"tcp", "unix"} {
		for sent, want := range map[string]string{
			"GL":                                  "",
			wire.Preface + "\x05\x00":             "",
			wire.Preface + "\x05\x00\x00\x00\x01": "",
			wire.Preface + "\xff\xff\xff\xff\x01": string(wire.AppendU32(nil, 0)[1:1]),
			"GET / HTTP/1.1\r\nHost: x\r\n":       "",
			"POST /slime HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{": "HTTP/1.1 408 ",
			"POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{":  "HTTP/1.1 404 ",
		} {
			if strings.Contains(sent, "\xff") {
				continue // TestLarge
			}
			all.Go(func() { ended(network, sent, want) })
		}
	}
	all.Go(func() { ended("tcp", "", "") })
	all.Go(func() { // on a socket, who says nothing may do so
		c := r.dial(t, "unix")
		silent := r.dial(t, "tcp").begin(t) // and so may who speaks frames
		time.Sleep(500 * time.Millisecond)
		if reply, err := c.begin(t).call(helloMessage("")); err != nil || wireError(reply) != nil {
			t.Errorf("%q, %v", reply, err)
		}
		if reply, err := silent.call(helloMessage("")); err != nil || wireError(reply) != nil {
			t.Errorf("%q, %v", reply, err)
		}
	})
	all.Wait()
}

// TestLarge is about messages beyond the limit, as long as they say to be or not.
func TestLarge(t *testing.T) {
	r := launch(t, Config{Limits: Limits{Body: 1000}}, func(s *Server) { s.pace.grace = 150 * time.Millisecond })
	long := `{"task":"em","reference":"a","response":"` + strings.Repeat("a", 2000) + `"}`
	if code, body := r.post(t, "/v1/score", long); code != 413 || !strings.Contains(body, "more than 1000 bytes") {
		t.Errorf("%d %s", code, body)
	}
	resp, err := r.web.Post(r.url+"/v1/score", "", struct{ io.Reader }{strings.NewReader(long)}) // in chunks
	if err != nil || resp.StatusCode != 413 {
		t.Errorf("%v, %v", resp, err)
	}
	for _, size := range []uint32{1001, 1 << 31} {
		c := r.dial(t, "unix").begin(t)
		c.Write(append(wire.AppendU32(nil, size), helloMessage("")...))
		reply, err := c.reply()
		if e := wireError(reply); err != nil || e == nil || e.Code != wire.CodeTooLarge || !strings.Contains(e.Msg, "limit is 1000") {
			t.Errorf("%d: %v, %v", size, e, err)
		}
		if rest, err := io.ReadAll(c.in); len(rest) > 0 || err != nil {
			t.Errorf("the connection goes on: %q, %v", rest, err)
		}
	}
	if code, _ := r.post(t, "/v1/score", emRow); code != 200 {
		t.Errorf("after it: %d", code)
	}
}

// TestQueue has one request at work, one that waits, and no room for a third.
func TestQueue(t *testing.T) {
	r := launch(t, Config{Limits: Limits{Concurrent: 1, Queue: 1}}, nil)
	held, _ := r.slots.enter(t.Context(), 1)
	type answer struct {
		code int
		body string
		err  error
	}
	first := make(chan answer, 1)
	go func() {
		code, body, err := r.ask("/v1/score", emRow)
		first <- answer{code, body, err}
	}()
	for {
		if _, waiting := r.slots.load(); waiting == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	resp, err := r.web.Post(r.url+"/v1/score", "", strings.NewReader(emRow))
	if err != nil || resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "1" {
		t.Fatalf("%v, %v", resp, err)
	}
	c := r.dial(t, "unix").begin(t)
	reply, err := c.call(scoreMessage(5))
	if e := wireError(reply); err != nil || e == nil || e.Code != wire.CodeBusy {
		t.Errorf("frame: %v, %v", e, err)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if resp, err := r.web.Get(r.url + path); err != nil || resp.StatusCode != 200 {
			t.Errorf("%s waits too: %v, %v", path, resp, err)
		}
	}
	r.slots.leave(held)
	if a := <-first; a.code != 200 || a.err != nil {
		t.Errorf("who waited: %+v", a)
	}
	if reply, err := c.call(scoreMessage(5)); err != nil || wireError(reply) != nil {
		t.Errorf("the connection is gone: %q, %v", reply, err)
	}
}

// TestPanic is about defects of our own.
func TestPanic(t *testing.T) {
	r := launch(t, Config{}, func(s *Server) {
		s.routes = append(s.routes, route{method: "POST", path: "/panic", work: true, handler: func(http.ResponseWriter, *http.Request) { panic("secret") }})
	})
	for range 2 * r.config.Limits.Concurrent { // nothing is held
		if code, body := r.post(t, "/panic", "{}"); code != 500 || !strings.Contains(body, "report") || strings.Contains(body, "secret") {
			t.Errorf("%d %s", code, body)
		}
	}
	if log := r.log.String(); !strings.Contains(log, "listen_test.go") || strings.Contains(log, "secret") {
		t.Error(log)
	}
	r.memory.empty(t)
}

// TestLogs looks for the texts of requests in the log.
func TestLogs(t *testing.T) {
	r := launch(t, Config{}, nil)
	for path, body := range map[string]string{
		"/v1/score":     `{"metric":"xyzzy","reference":"xyzzy","response":"xyzzy"}`,
		"/v1/advantage": `{"estimator":"xyzzy","rewards":[1],"groups":[1]}`,
		"/xyzzy":        `{"xyzzy":`,
		"/slime":        `{"response":"xyzzy","label":"xyzzy"}`,
	} {
		r.post(t, path, body)
	}
	req, _ := http.NewRequest("xyzzy", r.url+"/slime", nil)
	if resp, err := r.web.Do(req); err != nil || resp.StatusCode != 405 {
		t.Errorf("%v, %v", resp, err)
	}
	r.end(t)
	if log := r.log.String(); strings.Contains(log, "xyzzy") || strings.Count(log, `"msg":"request"`) != 5 {
		t.Error(log)
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []Config{
		{Limits: Limits{Body: -1}}, {Limits: Limits{Body: 1 << 33}}, {Limits: Limits{Concurrent: -1}}, {Limits: Limits{Queue: -1}},
		{Service: service.Config{Metric: "no such"}}, {Service: service.Config{Workers: -1}},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	s, err := New(Config{})
	if err != nil || s.config.Limits.Body != 64<<20 || s.config.Limits.Queue != 1024 || s.config.Limits.Concurrent < 2 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestListenerFails ends the server with the error.
func TestListenerFails(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s.pace.linger = time.Millisecond
	if err := s.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
}
