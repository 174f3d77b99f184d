package serve

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/serve/wire"
)

// frames answers the frames of a connection, one after the other.
func (sv *serving) frames(c *conn) {
	defer c.Close()
	f := &framer{serving: sv, conn: c, in: bufio.NewReaderSize(c, 16<<10), known: sv.config.Token == ""}
	for f.next() {
	}
}

// framer is a connection that speaks frames.
type framer struct {
	*serving
	conn  *conn
	in    *bufio.Reader
	known bool   // has said the token
	msg   []byte // memory of messages and replies, kept from one to the next
	out   []byte
}

// next answers one frame. It reports false if the connection is to be closed.
func (f *framer) next() bool {
	if f.in.Buffered() == 0 {
		f.conn.quiet(false)
		if _, err := f.in.Peek(1); err != nil {
			return false
		}
	}
	f.msg = f.msg[:0]
	intime := f.conn.spoke()
	start := time.Now()
	size, ok := f.size(start)
	if !ok {
		return false
	}
	if !intime {
		id, _ := f.skip(size, start)
		f.send(id, start, f.stopped(errStopped))
		return false
	}
	if !f.known && size > longestHello {
		id, _ := f.skip(size, start)
		return f.stranger(id, start)
	}
	if int64(size) > f.config.Limits.Body {
		id, _ := f.skip(size, start)
		f.send(id, start, &wire.Error{
			Code: wire.CodeTooLarge, Item: -1,
			Msg: fmt.Sprintf("the message has %d bytes and the limit is %d: send fewer items in a message, or raise the limit (--max-body)", size, f.config.Limits.Body),
		})
		return false
	}
	if !f.receive(int(min(size, free)), start) {
		return false
	}
	if size > free {
		held, err := f.memory.enter(f.ctx, int64(size))
		if err != nil {
			id, ok := f.skip(size-free, time.Now())
			return ok && f.send(id, start, f.stopped(err))
		}
		defer f.memory.leave(held)
		if !f.receive(int(size), time.Now()) {
			return false
		}
	}
	if !f.known {
		if f.known = f.hello(); !f.known {
			return f.stranger(f.id(), start)
		}
	}
	slot, err := f.slots.enter(f.ctx, 1)
	if err != nil {
		return f.send(f.id(), start, f.stopped(err))
	}
	f.call()
	f.slots.leave(slot)
	return f.write(start)
}

// longestHello is how long a message may be before the token has been said:
// strangers get no memory.
const longestHello = 4 << 10

// stranger refuses a client that has not said the token.
func (f *framer) stranger(id uint32, start time.Time) bool {
	f.metrics.refused("token")
	f.send(id, start, &wire.Error{Code: wire.CodeUnauthorized, Item: -1, Msg: "the server has a token: begin with hello and the token"})
	return false
}

// size reads the length of a message. What has come with its first byte needs no
// clock.
func (f *framer) size(start time.Time) (uint32, bool) {
	if f.in.Buffered() < 4 {
		f.conn.SetReadDeadline(start.Add(f.pace.grace))
		defer f.conn.SetReadDeadline(time.Time{})
	}
	b, err := f.in.Peek(4)
	if err != nil {
		return 0, false
	}
	n := binary.LittleEndian.Uint32(b)
	f.in.Discard(4)
	return n, true
}

// skip reads n bytes of a message that is not wanted, so that the client comes to
// read the answer. Of one beyond all limits it reads a part.
func (f *framer) skip(n uint32, start time.Time) (id uint32, ok bool) {
	f.conn.SetReadDeadline(start.Add(f.pace.grace))
	defer f.conn.SetReadDeadline(time.Time{})
	if len(f.msg) == 0 && n >= wire.HeaderSize {
		b, _ := f.in.Peek(wire.HeaderSize)
		f.msg = append(f.msg, b...)
	}
	part := min(int64(n), 4*f.config.Limits.Body)
	_, err := io.CopyN(io.Discard, f.in, part)
	return f.id(), err == nil && part == int64(n)
}

// receive reads on until f.msg has n bytes. Memory grows with what comes of them,
// and so does the time for it.
func (f *framer) receive(n int, start time.Time) bool {
	b := f.msg
	defer func() { f.msg = b }()
	if f.in.Buffered() < n-len(b) {
		defer f.conn.SetReadDeadline(time.Time{})
	}
	for len(b) < n {
		if len(b) == cap(b) {
			grown := make([]byte, len(b), min(n, max(2*cap(b), free)))
			copy(grown, b)
			b = grown
		}
		part := b[len(b):min(n, cap(b), len(b)+keep)]
		if f.in.Buffered() < len(part) {
			f.conn.SetReadDeadline(start.Add(f.pace.allow(int64(len(b)))))
		}
		m, err := io.ReadFull(f.in, part)
		if b = b[:len(b)+m]; err != nil {
			return false
		}
	}
	return true
}

func (f *framer) header() (wire.Op, uint32) { return wire.NewReader(f.msg).Header() }

func (f *framer) id() uint32 {
	_, id := f.header()
	return id
}

// hello reports whether the message is one with the token.
func (f *framer) hello() bool {
	r := wire.NewReader(f.msg)
	if op, _ := r.Header(); op != wire.OpHello {
		return false
	}
	token := r.Text()
	return f.knows(token) && r.Err() == nil
}

// stopped is the error for a message whose turn does not come.
func (f *framer) stopped(err error) *wire.Error {
	if errors.Is(err, errBusy) {
		e := f.busy()
		f.metrics.refused(e.why)
		return &wire.Error{Code: wire.CodeBusy, Item: -1, Msg: e.msg}
	}
	return &wire.Error{Code: wire.CodeClosing, Item: -1, Msg: "the server is stopping: ask another one, or this one when it is back"}
}

// call answers the message. The work stops if the client goes.
func (f *framer) call() {
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	watching := make(chan struct{})
	watch := time.AfterFunc(slow, func() {
		defer close(watching)
		if _, err := f.in.Peek(1); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			cancel()
		}
	})
	f.out = f.service.Call(ctx, append(f.out[:0], 0, 0, 0, 0), f.msg)
	if !watch.Stop() {
		f.conn.SetReadDeadline(time.Unix(1, 0)) // wakes the watcher
		<-watching
		f.conn.SetReadDeadline(time.Time{})
	}
}

// slow is from when on it is worth while to see whether the client is there.
const slow = 50 * time.Millisecond

// send answers with an error.
func (f *framer) send(id uint32, start time.Time, e *wire.Error) bool {
	f.out = wire.AppendError(append(f.out[:0], 0, 0, 0, 0), id, e)
	return f.write(start)
}

// write sends the reply in f.out. The client has more time for it as it reads.
func (f *framer) write(start time.Time) bool {
	held, busy := f.unread(len(f.out))
	if busy != nil {
		f.metrics.refused(busy.why)
		f.out = wire.AppendError(append(f.out[:0], 0, 0, 0, 0), f.id(), &wire.Error{Code: wire.CodeBusy, Item: -1, Msg: busy.msg})
	}
	defer f.replies.leave(held)
	n := len(f.out)
	binary.LittleEndian.PutUint32(f.out, uint32(n-4))
	began := time.Now()
	var err error
	for sent := 0; sent < n && err == nil; {
		f.conn.SetWriteDeadline(began.Add(f.pace.allow(int64(sent))))
		var m int
		m, err = f.conn.Write(f.out[sent:min(n, sent+keep)])
		sent += m
	}
	f.report(start)
	// An idle connection keeps little.
	if cap(f.out) > keep/2 {
		f.out = nil
	}
	if cap(f.msg) > keep/2 {
		f.msg = nil
	}
	return err == nil
}

// report counts the reply in f.out.
func (f *framer) report(start time.Time) {
	r := wire.NewReader(f.out[4:])
	code := 200
	op, _ := r.Header()
	name := opName(op)
	switch op {
	case wire.OpError:
		code = int(r.U16())
		if len(f.msg) > 0 {
			asked, _ := f.header()
			name = opName(asked)
		}
	case wire.OpScore:
		f.count(r)
	}
	took := time.Since(start)
	f.metrics.request("frame "+name, code, took.Seconds(), len(f.out))
	level := slog.LevelDebug
	switch {
	case code >= 500:
		level = slog.LevelError
	case code >= 400:
		level = slog.LevelWarn
	}
	if f.log.Enabled(f.ctx, level) {
		f.log.LogAttrs(f.ctx, level, "frame", slog.String("op", name), slog.Int("code", code), slog.Float64("seconds", took.Seconds()), slog.Int("reply_bytes", len(f.out)))
	}
}

// count counts the results of a reply.
func (f *framer) count(r *wire.Reader) {
	for range r.Count(10) {
		r.F64()
		status := r.U8()
		var metric, task string
		for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
			switch tag {
			case wire.TagJudgedBy:
				metric = text
			case wire.TagTaskName:
				task = text
			}
		}
		f.metrics.item(task, metric, scoring.Status(status).String())
	}
}

func opName(op wire.Op) string {
	switch op {
	case wire.OpHello:
		return "hello"
	case wire.OpScore:
		return "score"
	case wire.OpVerify:
		return "verify"
	case wire.OpAdvantage:
		return "advantage"
	case wire.OpRegistry:
		return "registry"
	}
	return "other"
}
