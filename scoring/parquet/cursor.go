package parquet

import (
	"errors"
	"io"

	"github.com/parquet-go/parquet-go"
)

// cursor reads a leaf column row by row.
type cursor struct {
	pages  parquet.Pages
	page   parquet.Page
	reader parquet.ValueReader // of page
	batch  []parquet.Value
	rest   []parquet.Value // of batch, not yet read
	row    []parquet.Value
	flat   bool // nothing repeats: a row is one value
}

var (
	errStuck = errors.New("damaged: a page gives no values and does not end")
	errStart = errors.New("damaged: a row begins in the middle")
)

// next returns the values of the next row, valid until the next call.
func (c *cursor) next() ([]parquet.Value, error) {
	c.row = c.row[:0]
	for {
		if len(c.rest) == 0 {
			if err := c.fill(); err == io.EOF && len(c.row) > 0 {
				return c.row, nil
			} else if err == io.EOF {
				return nil, errShort
			} else if err != nil {
				return nil, err
			}
		}
		v := c.rest[0]
		switch begins := v.RepetitionLevel() == 0; {
		case begins && len(c.row) > 0:
			return c.row, nil
		case !begins && len(c.row) == 0:
			return nil, errStart
		}
		c.row = append(c.row, v)
		if c.rest = c.rest[1:]; c.flat {
			return c.row, nil
		}
	}
}

// fill reads the next values, from the next page if need be.
func (c *cursor) fill() error {
	if c.batch == nil {
		c.batch = make([]parquet.Value, 64)
	}
	for empty := 0; ; {
		if c.reader == nil {
			// What has been read of the row must outlive its page.
			for i, v := range c.row {
				c.row[i] = v.Clone()
			}
			c.release()
			page, err := c.pages.ReadPage()
			if err != nil {
				return err
			}
			c.page, c.reader = page, page.Values()
		}
		n, err := c.reader.ReadValues(c.batch)
		if err != nil && err != io.EOF {
			return err
		}
		if err == io.EOF {
			c.reader = nil
		}
		if n > 0 {
			c.rest = c.batch[:n]
			return nil
		}
		if empty++; empty > 1<<20 {
			return errStuck
		}
	}
}

func (c *cursor) release() {
	if c.page != nil {
		parquet.Release(c.page)
		c.page = nil
	}
}

func (c *cursor) close() {
	c.release()
	if c.pages != nil {
		c.pages.Close()
	}
}
