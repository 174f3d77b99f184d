//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/golongrl/golongrl/serve/wire"
)

// served is a process of the serve command.
type served struct {
	*exec.Cmd
	url, unix string
	stderr    *bytes.Buffer // after its end
}

// startServe starts the command and waits until it listens on a port and, if
// there is a path, on a socket.
func startServe(t *testing.T, unix string, args ...string) *served {
	t.Helper()
	args = append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)
	if unix != "" {
		args = append(args, "--unix", unix)
	}
	s := &served{Cmd: command(args...), unix: unix, stderr: new(bytes.Buffer)}
	s.Stderr = s.stderr
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() })
	lines := bufio.NewReader(out)
	if unix != "" {
		if line, err := lines.ReadString('\n'); line != "listening on unix:"+unix+"\n" {
			t.Fatalf("%q, %v: %s", line, err, s.stderr)
		}
	}
	line, err := lines.ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("%q, %v: %s", line, err, s.stderr)
	}
	s.url = url
	return s
}

// socketPath is a short path, as sockets need.
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "glr")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

func postJSON(t *testing.T, url string, body string) []byte {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%d %s %v", resp.StatusCode, b, err)
	}
	return b
}

// frames is a connection of frames.
type frames struct {
	net.Conn
	in *bufio.Reader
}

func dialFrames(path string) (*frames, error) {
	c, err := net.Dial("unix", path)
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(c, wire.Preface)
	return &frames{c, bufio.NewReader(c)}, err
}

// call sends a message and returns the reply.
func (f *frames) call(msg []byte) ([]byte, error) {
	if _, err := f.Write(append(wire.AppendU32(nil, uint32(len(msg))), msg...)); err != nil {
		return nil, err
	}
	var n [4]byte
	if _, err := io.ReadFull(f.in, n[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.LittleEndian.Uint32(n[:]))
	_, err := io.ReadFull(f.in, b)
	return b, err
}

// oddRows are rows that few files have.
const oddRows = `{"id":"x","group":true,"task":"f1","reference":["a"],"responses":["[Answer]\na","b",3]}
{"task":"em","reference":"\ud800","response":"<think></think>\ud800"}
{"metric":"0.5*em + 0.5*format","reference":"a","response":"a"}
{"metric":"format","response":"<think></think>a"}
{"metric":"no such","reference":"a","response":"a"}
{"response":"a"}
{"reference":"a"}
{"task":"em","reference":"a","response":"a","length":1e999}
{"metric":"length/0","reference":"a","response":"a","length":1}
{"data_source":"EM","reward_model":{"ground_truth":{"golden_label":"a"}},"response":"<think></think>a","extra_info":{"index":5}}
{"data_source":"unheard","ground_truth":"a","response":"a"}
{"task":"math_verify","reference":"1/2","response":"<think></think>\\boxed{0.5}"}
{"task":"em","reference":"a","response":"b","response":"<think></think>a"}
{"task":"em","reference":5,"response":null,"id":[1]}
[1]
`

// TestServeEqualsScore scores the same rows with the command, over HTTP in one
// request and in one for each, and with frames.
func TestServeEqualsScore(t *testing.T) {
	data, err := os.ReadFile("../../examples/rollouts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(data)+oddRows), "\n")
	file := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(file, []byte(strings.Join(rows, "\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := command("score", "--quiet", "--explain", file).Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == exitNoScore) {
		t.Fatal(err)
	}
	place := regexp.MustCompile(`"error":"[^"]*rows\.jsonl:\d+: `)
	want := strings.Split(strings.TrimSpace(place.ReplaceAllString(string(out), `"error":"`)), "\n")

	s := startServe(t, socketPath(t))
	var batch struct{ Results []json.RawMessage }
	body := postJSON(t, s.url+"/v1/score", `{"explain":true,"items":[`+strings.Join(rows, ",")+`]}`)
	if err := json.Unmarshal(body, &batch); err != nil {
		t.Fatal(err)
	}
	if len(batch.Results) != len(want) || len(want) < len(rows) {
		t.Fatalf("%d results for %d rows, the command has %d", len(batch.Results), len(rows), len(want))
	}
	item := regexp.MustCompile(`^\{"item":\d+,`)
	for i, w := range want {
		if got := item.ReplaceAllString(string(batch.Results[i]), "{"); got != w {
			t.Errorf("HTTP:    %s\ncommand: %s", got, w)
		}
	}

	f, err := dialFrames(s.unix)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, n := 0, 0; i < len(rows); i, n = i+1, n+1 {
		if strings.Contains(rows[i], `"responses"`) {
			var more struct{ Results []json.RawMessage }
			if err := json.Unmarshal(postJSON(t, s.url+"/v1/score", rows[i]), &more); err != nil || len(more.Results) < 2 {
				t.Errorf("%s: %v, %v", rows[i], more, err)
			}
			n += len(more.Results) - 1
			continue
		}
		var wanted struct {
			Score        *float64
			Status, Task string
			Response     any
		}
		json.Unmarshal([]byte(want[n]), &wanted)
		var row struct{ Response *string }
		if json.Unmarshal([]byte(rows[i]), &row); row.Response == nil || strings.Contains(rows[i], `\ud8`) {
			continue // a frame must have a response, and this decoder has no surrogates
		}
		msg := wire.AppendU32(append(wire.AppendHeader(nil, wire.OpScore, 1), 0), 1)
		msg = append(wire.AppendField(wire.AppendField(msg, wire.TagRow, rows[i]), wire.TagResponse, *row.Response), 0)
		reply, err := f.call(msg)
		if err != nil {
			t.Fatal(err)
		}
		r := wire.NewReader(reply)
		if op, _ := r.Header(); op != wire.OpScore || r.Count(1) != 1 {
			t.Fatalf("%s: %q", rows[i], reply)
		}
		if got := r.F64(); wanted.Score == nil && got == got || wanted.Score != nil && got != *wanted.Score {
			t.Errorf("%s: frame %v, command %s", rows[i], got, want[n])
		}
	}
	s.Process.Signal(syscall.SIGTERM)
	if got := status(t, s.Cmd); got != 0 {
		t.Errorf("exit status %d: %s", got, s.stderr)
	}
}

// TestServeDrain stops a server under load. Whatever was sent on a connection
// that the server had not said to close is answered.
func TestServeDrain(t *testing.T) {
	s := startServe(t, socketPath(t), "--max-concurrent", "2")
	addr := strings.TrimPrefix(s.url, "http://")
	row := `{"task":"em","reference":"a","response":"<think></think>a"}`
	request := fmt.Sprintf("POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(row), row)
	msg := wire.AppendU32(append(wire.AppendHeader(nil, wire.OpScore, 1), 0), 1)
	msg = append(wire.AppendField(wire.AppendField(msg, wire.TagRow, row), wire.TagResponse, "<think></think>a"), 0)

	var all sync.WaitGroup
	var answered atomic.Int64
	var told atomic.Int64 // connections that the server said goodbye to
	for range 6 {
		all.Go(func() {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			in := bufio.NewReader(c)
			for {
				if _, err := io.WriteString(c, request); err != nil {
					t.Errorf("HTTP: a request could not be sent: %v", err)
					return
				}
				resp, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Errorf("HTTP: no answer: %v", err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil || resp.StatusCode != 200 || !bytes.Contains(body, []byte(`"score":1,`)) {
					t.Errorf("HTTP: %d %s %v", resp.StatusCode, body, err)
				}
				answered.Add(1)
				if resp.Close {
					told.Add(1)
					return
				}
			}
		})
		all.Go(func() {
			f, err := dialFrames(s.unix)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			for {
				reply, err := f.call(msg)
				if err != nil {
					t.Errorf("frames: no answer: %v", err)
					return
				}
				r := wire.NewReader(reply)
				op, _ := r.Header()
				if op == wire.OpError && r.U16() == wire.CodeClosing {
					told.Add(1)
					return
				}
				if op != wire.OpScore || r.Count(1) != 1 || r.F64() != 1 {
					t.Errorf("frames: %q", reply)
					return
				}
				answered.Add(1)
			}
		})
	}
	for answered.Load() < 200 {
		time.Sleep(time.Millisecond)
	}
	begin := time.Now()
	s.Process.Signal(syscall.SIGTERM)
	if got := status(t, s.Cmd); got != 0 {
		t.Errorf("exit status %d: %s", got, s.stderr)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	all.Wait()
	if told.Load() != 12 {
		t.Errorf("%d of 12 connections were told", told.Load())
	}
	if _, err := os.Lstat(s.unix); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
	if log := s.stderr.String(); strings.Contains(log, "cut off") || !strings.Contains(log, `"msg":"stopped"`) {
		t.Errorf("log:\n%s", log)
	}
}

// TestServeSocket is about the file of the socket.
func TestServeSocket(t *testing.T) {
	path := socketPath(t)
	first := startServe(t, path)
	if info, err := os.Lstat(path); err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	second := command("serve", "--addr", "", "--unix", path)
	if out, err := second.CombinedOutput(); err == nil || second.ProcessState.ExitCode() != 1 || !bytes.Contains(out, []byte("another server listens there")) {
		t.Errorf("%v: %s", err, out)
	}
	if f, err := dialFrames(path); err != nil {
		t.Errorf("the first one is gone: %v", err)
	} else {
		f.Close()
	}
	first.Process.Kill() // the file stays
	status(t, first.Cmd)
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
	third := startServe(t, path, "--exit-when-unused", "100ms")
	f, err := dialFrames(path)
	if err != nil {
		t.Fatal(err)
	}
	hello, err := f.call(wire.AppendHeader(nil, wire.OpHello, 1))
	if err != nil || !bytes.Contains(hello, fmt.Appendf(nil, `"pid":%d`, third.Process.Pid)) {
		t.Errorf("%s, %v", hello, err)
	}
	f.Close()
	if got := status(t, third.Cmd); got != 0 {
		t.Errorf("exit status %d: %s", got, third.stderr)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}

	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, path + strings.Repeat("x", 104), filepath.Join(path, "s"), path + "/none/s"} {
		c := command("serve", "--addr", "", "--unix", p)
		if out, err := c.CombinedOutput(); c.ProcessState.ExitCode() != 1 || !bytes.Contains(out, []byte("--unix")) {
			t.Errorf("%s: %v: %s", p, err, out)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("a file that is no socket was removed: %v", err)
	}
}

// TestSocketOfAnother closes a server whose socket was removed and made anew.
func TestSocketOfAnother(t *testing.T) {
	path := socketPath(t)
	first, err := listenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	second, err := listenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	first.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the second one's socket was removed: %v", err)
	}
	second.Close()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
}

// TestServeSecondSignal ends a server that does not come to an end.
func TestServeSecondSignal(t *testing.T) {
	s := startServe(t, "")
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "POST /slime HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
	time.Sleep(50 * time.Millisecond)
	begin := time.Now()
	s.Process.Signal(syscall.SIGINT)
	time.Sleep(400 * time.Millisecond)
	s.Process.Signal(syscall.SIGINT)
	if got := status(t, s.Cmd); got == 0 || time.Since(begin) > 5*time.Second {
		t.Errorf("exit status %d after %v", got, time.Since(begin))
	}
}

// TestServeOutlivesLog goes on when nobody reads the log any more, as when the
// process that started the server has ended and others use it.
func TestServeOutlivesLog(t *testing.T) {
	c := command("serve", "--addr", "127.0.0.1:0", "--log-level", "debug")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	line, _ := bufio.NewReader(out).ReadString('\n')
	log.Close()
	for range 3 {
		url := strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
		if got := postJSON(t, url+"/v1/score", `{"task":"em","reference":"a","response":"<think></think>a"}`); !bytes.Contains(got, []byte(`"score":1,`)) {
			t.Fatalf("%s", got)
		}
	}
	c.Process.Signal(syscall.SIGTERM)
	if got := status(t, c); got != 0 {
		t.Errorf("exit status %d", got)
	}
}
