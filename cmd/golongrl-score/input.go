package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/golongrl/golongrl/scoring/parquet"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// input is what a command reads: files, or standard input by the name "-".
type input struct {
	names   []string
	stdin   *os.File
	stdout  io.Writer // where rows go; nil if to a file of its own
	maxLine int
	options *rollout.Options          // nil if Parquet is not read
	wrap    func(io.Reader) io.Reader // around what is read from a file
}

// stdinName is how errors call standard input.
const stdinName = "stdin"

// check finds files that cannot be read before anything is scored. It returns
// the size of all, or -1 if that is not known.
func (in *input) check() (total int64, err error) {
	if len(in.names) == 0 {
		in.names = []string{"-"}
	}
	stdins := 0
	for _, name := range in.names {
		var info fs.FileInfo
		if name == "-" {
			if stdins++; stdins > 1 {
				return 0, usage("standard input (-) can be read only once")
			}
			info, err = in.stdin.Stat()
			if err != nil {
				return 0, usage("standard input: %v", err)
			}
		} else {
			info, err = os.Stat(name)
			if err == nil && info.IsDir() {
				err = fmt.Errorf("%s is a folder: give the names of files", name)
			}
			if err == nil && info.Mode().IsRegular() { // opening a pipe would disturb it
				var f *os.File
				if f, err = os.Open(name); err == nil {
					f.Close()
				}
			}
			if err != nil {
				return 0, usage("%v", err)
			}
		}
		if info.Mode().IsRegular() && info.Size() > 0 && in.writes(info) {
			return 0, usage("%s is read and, as standard output, written: reading would never end; use --out", name)
		}
		if !info.Mode().IsRegular() {
			total = -1
		} else if total >= 0 {
			total += info.Size()
		}
	}
	return total, nil
}

// writes reports whether standard output is the file of info.
func (in *input) writes(info fs.FileInfo) bool {
	f, ok := in.stdout.(*os.File)
	if !ok {
		return false
	}
	out, err := f.Stat()
	return err == nil && os.SameFile(info, out)
}

// lines yields the lines of all files.
func (in *input) lines(yield func(placed) bool) {
	for _, name := range in.names {
		f, err := in.stdin, error(nil)
		file := stdinName
		if name != "-" {
			file = name
			if f, err = os.Open(name); err != nil {
				if !yield(placed{file, unreadable(err.Error())}) {
					return
				}
				continue
			}
		}
		more := in.file(file, f, yield)
		if name != "-" {
			f.Close()
		}
		if !more {
			return
		}
	}
}

func (in *input) file(name string, f *os.File, yield func(placed) bool) (more bool) {
	lines, closer := in.open(name, f)
	defer closer()
	for l := range lines {
		if !yield(placed{name, l}) {
			return false
		}
	}
	return true
}

// unreadable is the line that stands for a file that cannot be read.
func unreadable(msg string) rollout.Line {
	return rollout.Line{N: 1, Err: &rollout.FieldError{Line: 1, Msg: msg}}
}

func only(l rollout.Line) iter.Seq[rollout.Line] {
	return func(yield func(rollout.Line) bool) { yield(l) }
}

// magic are the first bytes of formats.
var magic = struct{ gzip, zstd, parquet string }{"\x1f\x8b", "\x28\xb5\x2f\xfd", "PAR1"}

// unsupported are formats that are often met and not read.
var unsupported = []struct{ magic, name string }{
	{"BZh", "bzip2"}, {"\xfd7zXZ\x00", "xz"}, {"PK\x03\x04", "zip"}, {"PARE", "Parquet with an encrypted footer"},
	{"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"}, {"ARROW1", "Arrow"},
}

// open finds out the format of f by its first bytes.
func (in *input) open(name string, f *os.File) (lines iter.Seq[rollout.Line], closer func()) {
	nothing := func() {}
	r := bufio.NewReaderSize(in.wrap(f), 4096)
	head, _ := r.Peek(8) // fewer bytes, or an error, show again when lines are read
	is := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case is(magic.parquet) || strings.HasSuffix(strings.ToLower(name), ".parquet"):
		if in.options == nil {
			return only(unreadable("Parquet is not supported here: convert the file to JSON lines, plain or with gzip or zstd")), nothing
		}
		info, err := f.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return only(unreadable("Parquet cannot be read from a pipe: give the name of the file")), nothing
		}
		return parquet.Lines(&countedAt{f, in.wrap}, info.Size(), in.options), nothing
	case is(magic.gzip):
		z, err := gzip.NewReader(r)
		if err != nil {
			return only(unreadable(fmt.Sprintf("not readable as gzip: %v: check the file", err))), nothing
		}
		return rollout.Lines(z, in.maxLine), nothing
	case is(magic.zstd) || isSkippable(head):
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return only(unreadable(fmt.Sprintf("not readable as zstd: %v: check the file", err))), nothing
		}
		return rollout.Lines(z, in.maxLine), z.Close
	}
	for _, u := range unsupported {
		if is(u.magic) {
			return only(unreadable(u.name + " is not supported: convert the file to JSON lines, plain or with gzip or zstd")), nothing
		}
	}
	return rollout.Lines(r, in.maxLine), nothing
}

// isSkippable reports whether head is that of a zstd file that begins with a
// skippable frame.
func isSkippable(head []byte) bool {
	return len(head) >= 4 && head[0]>>4 == 5 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18})
}

// countedAt lets reads by place show in the progress bar.
type countedAt struct {
	f    *os.File
	wrap func(io.Reader) io.Reader
}

func (c *countedAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := io.ReadFull(c.wrap(io.NewSectionReader(c.f, off, int64(len(p)))), p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
