package main

import (
	"bytes"

	"github.com/klauspost/compress/s2"
)

// packed holds lines of text in the order in which they were added, compressed
// so that millions of rows fit into memory.
type packed struct {
	blocks [][]byte
	open   []byte // lines that are not yet compressed
}

const blockSize = 1 << 20

// add takes a line, which must not contain a newline.
func (p *packed) add(line string) {
	if p.open == nil {
		p.open = make([]byte, 0, blockSize+blockSize/4)
	}
	p.open = append(append(p.open, line...), '\n')
	if len(p.open) < blockSize {
		return
	}
	p.blocks = append(p.blocks, bytes.Clone(s2.Encode(nil, p.open)))
	const keep = 4 * blockSize
	if p.open = p.open[:0]; cap(p.open) > keep {
		p.open = nil
	}
}

// each hands the lines to f in order, without newlines, until it returns an
// error. f must not keep them.
func (p *packed) each(f func(line []byte) error) error {
	var buf []byte
	for i := 0; i <= len(p.blocks); i++ {
		text := p.open
		if i < len(p.blocks) {
			var err error
			if buf, err = s2.Decode(buf[:cap(buf)], p.blocks[i]); err != nil {
				return err
			}
			text = buf
		}
		for len(text) > 0 {
			n := bytes.IndexByte(text, '\n')
			if err := f(text[:n]); err != nil {
				return err
			}
			text = text[n+1:]
		}
	}
	return nil
}
