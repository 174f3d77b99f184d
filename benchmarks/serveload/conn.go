package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
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

// httpConn keeps one connection alive, as HTTP libraries do.
type httpConn struct {
	base   string
	client *http.Client
	body   bytes.Reader
	answer bytes.Buffer
}

func newHTTP(base string) conn {
	return &httpConn{base: base, client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 1, DisableCompression: true}}}
}

func (c *httpConn) ask(q *question) ([]byte, error) {
	c.body.Reset(q.json)
	req, err := http.NewRequest(http.MethodPost, c.base+q.path, io.NopCloser(&c.body))
	if err != nil {
		return nil, err
	}
	req.ContentLength = int64(len(q.json))
	req.Header.Set("Content-Type", "application/json")
	res, err := c.client.Do(req)
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

func (c *httpConn) close() { c.client.CloseIdleConnections() }

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
