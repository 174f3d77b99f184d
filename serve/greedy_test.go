package serve

import (
	"bytes"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/serve/wire"
)

// answersBoth fails unless small requests are answered soon, in both protocols.
func (r *running) answersBoth(t *testing.T) {
	t.Helper()
	start := time.Now()
	if code, body := r.post(t, "/v1/score", emRow); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	reply, err := r.dial(t, "unix").begin(t).call(scoreMessage(1, [2]string{`{"task":"em","reference":"a"}`, "a"}))
	if err != nil || wireError(reply) != nil {
		t.Errorf("%q, %v", reply, err)
	}
	if took := time.Since(start); took > r.pace.grace/2 {
		t.Errorf("small requests waited %v", took)
	}
}

// TestPromises has clients that take all memory for bodies and send no more.
func TestPromises(t *testing.T) {
	const body = 1 << 20
	r := launch(t, Config{Limits: Limits{Body: body}}, nil)
	begun := strings.Repeat(" ", free+1)
	for i := range bodies {
		if i%2 == 0 {
			fmt.Fprintf(r.dial(t, "tcp"), "POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", body, begun)
		} else {
			io.WriteString(r.dial(t, "tcp").begin(t), string(wire.AppendU32(nil, body))+begun)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if taken, _ := r.memory.load(); taken == bodies*body {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("%d bytes are held", taken)
		}
	}
	r.answersBoth(t)
}

// TestStrangers has clients that promise much before they say the token.
func TestStrangers(t *testing.T) {
	r := launch(t, Config{Token: "right"}, func(s *Server) { s.pace.grace = 150 * time.Millisecond })
	c := r.dial(t, "tcp").begin(t)
	io.WriteString(c, string(wire.AppendU32(nil, 64<<20))+"\x02\x07\x00\x00\x00"+strings.Repeat("a", 2*free))
	reply, err := c.reply()
	if e := wireError(reply); err != nil || e == nil || e.Code != wire.CodeUnauthorized {
		t.Errorf("%q, %v", reply, err)
	}
	if taken, _ := r.memory.load(); taken != 0 {
		t.Errorf("%d bytes are held", taken)
	}
}

// TestUnread has a client that asks for a large answer and does not read it.
func TestUnread(t *testing.T) {
	const items = 6000 // of an answer that is more than the buffers of a connection hold
	row := `,{"id":"` + strings.Repeat("a", 1000) + `"}`
	list := `{"items":[` + strings.Repeat(row, items)[1:] + `]}`
	message := wire.AppendHeader(nil, wire.OpScore, 7)
	message = wire.AppendU32(append(message, 0), 2*items)
	message = append(message, strings.Repeat(string(append(wire.AppendField(nil, wire.TagResponse, ""), 0)), 2*items)...)
	r := launch(t, Config{}, func(s *Server) {
		s.replies = newGate(1, 0) // one at a time, whatever its size
	})
	silent := r.dial(t, "tcp")
	fmt.Fprintf(silent, "POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(list), list)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if taken, _ := r.replies.load(); taken > 0 {
			break
		} else if time.Now().After(deadline) {
			t.Fatal("no answer")
		}
	}
	resp, err := r.web.Post(r.url+"/v1/score", "", strings.NewReader(list))
	if err != nil || resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%v, %v", resp, err)
	}
	reply, err := r.dial(t, "tcp").begin(t).call(message)
	if e := wireError(reply); err != nil || e == nil || e.Code != wire.CodeBusy {
		t.Errorf("%.100q, %v", reply, err)
	}
	r.answersBoth(t)
	silent.Close()
	r.replies.empty(t)
	if code, _ := r.post(t, "/v1/score", list); code != 200 {
		t.Errorf("%d", code)
	}
	reply, err = r.dial(t, "tcp").begin(t).call(message)
	if err != nil || wireError(reply) != nil {
		t.Errorf("%.100q, %v", reply, err)
	}
}

// clocked remembers the deadlines of an answer.
type clocked struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
}

func (c *clocked) SetWriteDeadline(t time.Time) error {
	c.deadlines = append(c.deadlines, t)
	return nil
}

// TestReaders gives those who read more time, and not those who do not.
func TestReaders(t *testing.T) {
	w := &clocked{ResponseRecorder: httptest.NewRecorder()}
	p := pace{grace: time.Second, rate: 1 << 20}
	rec := &recorder{ResponseWriter: w, pace: &p}
	start := time.Now()
	answer := []byte(strings.Repeat("a", 5*keep+7))
	if n, err := rec.Write(answer); n != len(answer) || err != nil || rec.bytes != n || !bytes.Equal(w.Body.Bytes(), answer) {
		t.Errorf("%d, %d, %v", n, rec.bytes, err)
	}
	for i, d := range w.deadlines {
		if late := d.Sub(start) - 2*p.grace - time.Duration(i)*time.Second; late.Abs() > 500*time.Millisecond {
			t.Errorf("after %d MiB the deadline is %v off", i, late)
		}
	}
	if len(w.deadlines) != 6 {
		t.Errorf("%d deadlines", len(w.deadlines))
	}
}
