package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/golongrl/golongrl/serve/wire"
)

// patience is how long an answer may take before the load is given up.
const patience = 30 * time.Second

// A conn asks one thing at a time. The answer is valid until the next one.
type conn interface {
	ask(q *question) ([]byte, error)
	close()
}

// httpConn keeps one connection alive, as HTTP libraries do. It is not net/http's
// client, which has two goroutines for every connection: what is measured is the
// server, and both share the cores.
type httpConn struct {
	net.Conn
	host   string
	in     *bufio.Reader
	out    []byte
	answer bytes.Buffer
}

func newHTTP(base string) (conn, error) {
	host := strings.TrimPrefix(base, "http://")
	c, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &httpConn{Conn: c, host: host, in: bufio.NewReader(c)}, nil
}

func (c *httpConn) ask(q *question) ([]byte, error) {
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	c.out = fmt.Appendf(c.out[:0], "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", q.path, c.host, len(q.json))
	c.out = append(c.out, q.json...)
	if _, err := c.Write(c.out); err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	c.answer.Reset()
	if _, err := c.answer.ReadFrom(res.Body); err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s: %s", q.path, res.Status, c.answer.Bytes())
	}
	return c.answer.Bytes(), nil
}

func (c *httpConn) close() { c.Close() }

// frameConn speaks frames on a unix socket.
type frameConn struct {
	net.Conn
	out, in []byte
}

func newFrames(path string) (conn, error) {
	c, err := net.Dial("unix", path)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(c, wire.Preface); err != nil {
		c.Close()
		return nil, err
	}
	return &frameConn{Conn: c}, nil
}

func (c *frameConn) ask(q *question) ([]byte, error) {
	c.SetDeadline(time.Now().Add(patience))
	c.out = append(wire.AppendU32(c.out[:0], uint32(len(q.message))), q.message...)
	if _, err := c.Write(c.out); err != nil {
		return nil, err
	}
	var size [4]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint32(size[:]))
	if n > 256<<20 {
		return nil, errors.New("the answer is larger than any that was asked for")
	}
	if cap(c.in) < n {
		c.in = make([]byte, n)
	}
	c.in = c.in[:n]
	_, err := io.ReadFull(c, c.in)
	return c.in, err
}

func (c *frameConn) close() { c.Close() }
