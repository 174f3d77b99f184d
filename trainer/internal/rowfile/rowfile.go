// Package rowfile opens files of rows: JSON Lines, plain or packed with gzip or
// zstd, and Parquet.
package rowfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/golongrl/golongrl/scoring/parquet"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// MaxLine is the default limit for the bytes of a line: a prompt of 160K tokens
// takes about one megabyte.
const MaxLine = 64 << 20

// Lines yields the rows of the file at path as lines of JSON with all their
// fields. What cannot be read is a line with an error, which names the line and
// not the file. Which format it is shows in the first bytes; a file called
// .parquet must be Parquet. maxLine bounds a line; 0 is MaxLine.
func Lines(path string, maxLine int) iter.Seq[rollout.Line] {
	if maxLine == 0 {
		maxLine = MaxLine
	}
	return func(yield func(rollout.Line) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(unreadable(err.Error()))
			return
		}
		defer f.Close()
		lines, err := open(f, maxLine)
		if err != nil {
			yield(unreadable(err.Error()))
			return
		}
		lines(yield)
	}
}

func unreadable(msg string) rollout.Line {
	return rollout.Line{N: 1, Err: &rollout.FieldError{Line: 1, Msg: msg}}
}

// unsupported are formats that are often met and not read.
var unsupported = []struct{ magic, name string }{
	{"BZh", "bzip2"}, {"\xfd7zXZ\x00", "xz"}, {"PK\x03\x04", "zip"}, {"ARROW1", "Arrow"},
	{"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
}

func open(f *os.File, maxLine int) (iter.Seq[rollout.Line], error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("a folder: give the name of a file")
	}
	r := bufio.NewReaderSize(f, 64<<10)
	head, _ := r.Peek(8) // fewer bytes, or an error, show again when lines are read
	is := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case is("PAR1") || strings.EqualFold(filepath.Ext(f.Name()), ".parquet"):
		if !info.Mode().IsRegular() {
			return nil, errors.New("a Parquet file cannot be read from a pipe: give a file on disk")
		}
		return parquet.Objects(f, info.Size()), nil
	case is("\x1f\x8b"):
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("not readable as gzip: %v: check the file", err)
		}
		return rollout.Lines(z, maxLine), nil
	case is("\x28\xb5\x2f\xfd"):
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, fmt.Errorf("not readable as zstd: %v: check the file", err)
		}
		return closing(rollout.Lines(z, maxLine), z), nil
	}
	for _, u := range unsupported {
		if is(u.magic) {
			return nil, fmt.Errorf("%s is not supported: convert the file to JSON lines, plain or with gzip or zstd", u.name)
		}
	}
	return rollout.Lines(io.Reader(r), maxLine), nil
}

// closing lets go of the decoder's memory behind the last line.
func closing(lines iter.Seq[rollout.Line], z *zstd.Decoder) iter.Seq[rollout.Line] {
	return func(yield func(rollout.Line) bool) {
		defer z.Close()
		lines(yield)
	}
}
