package serve

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// score answers POST /v1/score: the rows of {"items":[…]}, or one row.
func (s *Server) score(w http.ResponseWriter, r *http.Request) {
	out := getBuffer()
	defer putBuffer(out)
	c := calls.Get().(*scoreCall)
	defer c.release()
	err := c.read(bodyOf(r))
	if err == nil {
		err = s.scoreRows(r, c, out)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.reply(w, *out)
}

// A scoreCall is a request to score.
type scoreCall struct {
	options service.ScoreOptions
	items   []string // texts of rows
	batch   bool     // there is a member items
	rows    []rollout.Row
	owner   []int // item of every row
}

var calls = sync.Pool{New: func() any { return new(scoreCall) }}

// release gives the memory of the call back, but for what large calls took.
func (c *scoreCall) release() {
	clear(c.rows[:cap(c.rows)])
	clear(c.items)
	if cap(c.rows) <= chunk+64 && cap(c.items) <= 1<<14 {
		*c = scoreCall{items: c.items[:0], rows: c.rows[:0], owner: c.owner[:0]}
		calls.Put(c)
	}
}

// read takes the request apart. The rows themselves are read later.
func (c *scoreCall) read(data []byte) error {
	src := text(data)
	list, err := members(src)
	if err != nil {
		return err
	}
	c.batch = slices.ContainsFunc(list, func(m member) bool { return m.key == "items" })
	own := ""
	for _, m := range list {
		var err error
		switch {
		case m.raw == "null" && m.key != "items":
		case m.key == "profile":
			c.options.Profile, err = str(m.key, m.raw)
		case m.key == "force":
			c.options.Force, err = flag(m.key, m.raw)
		case m.key == "explain":
			c.options.Explain, err = flag(m.key, m.raw)
		case m.key == "metric" && c.batch:
			c.options.Metric, err = str(m.key, m.raw)
		case m.key == "metric":
			own = m.raw
		case m.key == "items":
			c.items, err = elements(m.key, m.raw)
		case c.batch:
			err = badItem(-1, "%s: there is no such member beside items: use metric, profile, force or explain", strconv.Quote(m.key))
		}
		if err != nil {
			return err
		}
	}
	if !c.batch {
		c.items = append(c.items[:0], src)
		if c.options.Force && own != "" {
			// A metric that is to judge whatever the row names is the row's own.
			c.options.Metric, err = str("metric", own)
		}
	}
	return err
}

// chunkBytes bounds the text of the rows that are held at a time, besides chunk.
const chunkBytes = 8 << 20

// scoreRows appends the answer to out. Rows are judged in parts, so that memory
// depends on the text of the request alone.
func (s *Server) scoreRows(r *http.Request, c *scoreCall, out *[]byte) error {
	options, err := s.service.RowOptions(c.options)
	if err != nil {
		return err
	}
	b := (*out)[:0]
	defer func() { *out = b }()
	list := c.batch
	if c.batch {
		b = append(b, `{"results":[`...)
	}
	for next := 0; next < len(c.items); {
		c.rows, c.owner = c.rows[:0], c.owner[:0]
		for size := 0; next < len(c.items) && len(c.rows) < chunk && size < chunkBytes; next++ {
			size += len(c.items[next])
			if dense(c.items[next]) {
				return c.place(next, http.StatusRequestEntityTooLarge, "too many values in a row: send the fields that are needed")
			}
			line := rollout.Line{N: next + 1, Data: bytesOf(c.items[next])}
			n := len(c.rows)
			c.rows = rollout.Decode(c.rows, line, options)
			for range c.rows[n:] {
				c.owner = append(c.owner, next)
			}
		}
		if !c.batch {
			var e *rollout.FieldError
			if errors.As(c.rows[0].Err, &e) && e.Field == "" {
				return badRequest("%s", e.Msg) // no row at all
			}
			if list = len(c.rows) > 1 || hasResponses(c.items[0]); list {
				b = append(b, `{"results":[`...)
			}
		}
		results, err := s.service.Score(r.Context(), c.options, c.rows)
		if err != nil {
			return err
		}
		for i := range results {
			if n := len(b); list && b[n-1] != '[' {
				b = append(b, ',')
			}
			b = s.appendItem(b, c, i, &results[i], list)
		}
		if len(b) > maxReply {
			return replyTooLarge()
		}
	}
	if list {
		b = append(b, `]}`...)
	}
	return nil
}

// appendItem appends a result, with the number of its item if there are several.
func (s *Server) appendItem(b []byte, c *scoreCall, i int, res *scoring.Result, numbered bool) []byte {
	s.metrics.item(res.Task, res.Metric, res.Status.String())
	if numbered {
		b = append(b, `{"item":`...)
		b = strconv.AppendInt(b, int64(c.owner[i]), 10)
	}
	n := len(b)
	b = rollout.AppendResult(b, "", &c.rows[i], res, c.options.Explain)
	if numbered {
		b[n] = ',' // instead of its brace
	}
	return b
}

// place is an error about item number i of a batch, or the only one.
func (c *scoreCall) place(i, code int, msg string) error {
	if !c.batch {
		i = -1
	}
	return &wire.Error{Code: code, Item: i, Msg: msg}
}

// hasResponses reports whether a row has a list of responses, if only of one.
func hasResponses(src string) bool {
	list, err := members(src)
	return err == nil && slices.ContainsFunc(list, func(m member) bool { return m.key == "responses" && m.raw != "null" })
}
