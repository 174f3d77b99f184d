// Package store keeps the answers of a run: a file of JSON lines that only
// grows, and an index beside it.
//
// A line is in the file when Append returns, so that it outlives the process;
// it is on the disk a second or 64 lines later, so that it outlives the machine.
// Of several lines with one key the last counts.
//
// The index, the file with .idx after its name, is a cache: where each line is,
// and its checksum. It lets a log of hundreds of megabytes open in milliseconds.
// What it lacks is read from the log; damaged, foreign or absent, it is made
// anew. It may be deleted at any time.
package store

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"os"
	"sync"
	"time"

	"github.com/golongrl/golongrl/internal/filelock"
)

// A KeyFunc reads what the index needs from a line: its key, and whether it
// records a failure. A line that it refuses is damaged. It is called
// concurrently and must not keep the line.
type KeyFunc func(line []byte) (key string, failed bool, err error)

const (
	syncLines = 64
	syncAfter = time.Second
	maxLine   = 1 << 30
)

// ErrLocked is the error of opening a log that is open already.
var ErrLocked = filelock.ErrLocked

// errReadOnly is what Append says of a log opened by Read.
var errReadOnly = errors.New("store: the log was opened for reading")

// A Log is an open log. Its methods may be called concurrently.
type Log struct {
	path     string
	key      KeyFunc
	file     *os.File
	unlock   func()
	dropped  int64
	readOnly bool

	mu    sync.Mutex
	recs  []record       // in the order of the first line of each key
	byKey map[string]int // of recs
	end   int64          // of the log
	lines int
	err   error // of writing; it stays

	index    index
	unsynced int
	timer    *time.Timer
	kick     chan struct{}
	stop     chan struct{}
	stopped  chan struct{}
	syncing  sync.Mutex // held by the one that flushes
	shut     bool
	closing  sync.Once
	closed   error
}

// A record is the last line of a key.
type record struct {
	key    string
	failed bool
	off    int64
	size   int // without the newline
	line   int // from 1
	sum    uint32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Open opens the log at path, or creates it, for one process alone; where file
// systems have no locks, nothing keeps others out.
//
// A last line that is cut off is dropped, see [Log.Dropped]. One that lacks only
// its newline is kept. Any other line that key refuses is an error that names
// it. The error of a log in use is [ErrLocked].
func Open(path string, key KeyFunc) (*Log, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	unlock, err := filelock.File(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	l := newLog(path, key, f)
	l.unlock = unlock
	if err := l.load(); err != nil {
		l.index.close()
		unlock()
		f.Close()
		return nil, err
	}
	l.kick, l.stop, l.stopped = make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go l.flusher()
	return l, nil
}

// Read opens the log at path for reading, also while another process writes it:
// it shows the lines that were whole by then, and changes nothing.
func Read(path string, key KeyFunc) (*Log, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	l := newLog(path, key, f)
	l.readOnly, l.err = true, errReadOnly
	if err := l.load(); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

func newLog(path string, key KeyFunc, f *os.File) *Log {
	return &Log{path: path, key: key, file: f, byKey: map[string]int{}, index: index{path: path + ".idx"}}
}

// load reads the index and what the log has beyond it.
func (l *Log) load() error {
	info, err := l.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file: give the name of a file", l.path)
	}
	size := info.Size()
	entries, valid := l.index.load()
	if !l.matches(entries, size) {
		entries, valid = nil, 0
	}
	for i := range entries {
		l.add(entries[i])
	}
	fresh := len(entries) == 0
	if err := l.scan(size); err != nil {
		return err
	}
	if l.readOnly {
		return nil
	}
	l.index.open(valid, fresh)
	l.index.write()
	return nil
}

// matches reports whether the entries are of this log: it is as long, and the
// first and the last line have their checksums. A change between these is found
// when its line is read.
func (l *Log) matches(entries []record, size int64) bool {
	if len(entries) == 0 {
		return true
	}
	last := entries[len(entries)-1]
	if last.off+int64(last.size)+1 > size {
		return false
	}
	for _, r := range []record{entries[0], last} {
		if _, err := l.read(r); err != nil {
			return false
		}
	}
	return true
}

// add takes a line into the tables.
func (l *Log) add(r record) {
	l.lines++
	r.line = l.lines
	l.end = r.off + int64(r.size) + 1
	if i, ok := l.byKey[r.key]; ok {
		r.key = l.recs[i].key
		l.recs[i] = r
		return
	}
	l.byKey[r.key] = len(l.recs)
	l.recs = append(l.recs, r)
}

// read returns the line of a record, having checked it.
func (l *Log) read(r record) ([]byte, error) {
	b := make([]byte, r.size+1)
	if n, err := l.file.ReadAt(b, r.off); n < len(b) {
		if err == io.EOF {
			err = errors.New("the file is shorter than it was")
		}
		return nil, l.bad(r.line, err)
	}
	line := b[:r.size:r.size]
	if b[r.size] != '\n' || crc32.Checksum(line, castagnoli) != r.sum {
		return nil, l.bad(r.line, fmt.Errorf("changed since it was written: restore the file, or, if the change is wanted, delete %s.idx", l.path))
	}
	return line, nil
}

func (l *Log) bad(line int, err error) error {
	return fmt.Errorf("%s: line %d: %w", l.path, line, err)
}

// Append adds a line, which must be one object of JSON that the key function
// accepts, without a newline. When it returns nil, the line is in the file. After
// an error of the disk every further call returns that error.
func (l *Log) Append(line []byte) error {
	if bytes.IndexByte(line, '\n') >= 0 {
		return errors.New("store: a line with a newline in it")
	}
	if len(line) > maxLine {
		return fmt.Errorf("store: a line of %d bytes: at most %d can be kept", len(line), maxLine)
	}
	key, failed, err := l.key(line)
	if err != nil {
		return fmt.Errorf("store: a line that could not be read again: %w", err)
	}
	sum := crc32.Checksum(line, castagnoli)
	whole := append(append(make([]byte, 0, len(line)+1), line...), '\n')

	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	if l.shut {
		return fs.ErrClosed
	}
	if _, err := l.file.WriteAt(whole, l.end); err != nil {
		l.err = fmt.Errorf("%w: nothing more is kept: make room and go on with what is there", err)
		l.file.Truncate(l.end) // what stays is dropped when the log is opened
		return l.err
	}
	r := record{key: key, failed: failed, off: l.end, size: len(line), sum: sum}
	l.add(r)
	l.index.add(r)
	l.unsynced++
	switch {
	case l.unsynced == syncLines:
		l.wake()
	case l.unsynced == 1:
		l.timer = time.AfterFunc(syncAfter, l.wake)
	}
	return nil
}

func (l *Log) wake() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

// flusher writes batches to the disk, so that Append does not wait for it.
func (l *Log) flusher() {
	defer close(l.stopped)
	for {
		select {
		case <-l.kick:
			l.Sync() // Append and Close return its error
		case <-l.stop:
			return
		}
	}
}

// Sync returns when all lines appended so far are on the disk.
func (l *Log) Sync() error {
	if l.readOnly {
		return nil
	}
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	n, err := l.unsynced, l.err
	l.unsynced = 0
	if l.timer != nil {
		l.timer.Stop()
	}
	frame := l.index.take()
	l.mu.Unlock()
	if n > 0 {
		if e := l.file.Sync(); e != nil {
			// The kernel may have thrown the pages away: nothing after this is sure.
			l.mu.Lock()
			if l.err == nil {
				l.err = e
			}
			err = l.err
			l.mu.Unlock()
		}
	}
	l.index.put(frame) // after the log, so that it never knows more
	return err
}

// Get returns the last line of key.
func (l *Log) Get(key string) (line []byte, ok bool, err error) {
	l.mu.Lock()
	i, ok := l.byKey[key]
	var r record
	if ok {
		r = l.recs[i]
	}
	l.mu.Unlock()
	if !ok {
		return nil, false, nil
	}
	line, err = l.read(r)
	return line, err == nil, err
}

// Has reports whether there is a line of key, and whether the last one records
// a failure.
func (l *Log) Has(key string) (ok, failed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, ok := l.byKey[key]
	return ok, ok && l.recs[i].failed
}

// Path returns the path as given to Open or Read.
func (l *Log) Path() string { return l.path }

// Len returns the number of keys.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.recs)
}

// Keys yields the keys in the order of their first lines, and whether the last
// line of each records a failure.
func (l *Log) Keys() iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for i := 0; ; i++ {
			l.mu.Lock()
			if i >= len(l.recs) {
				l.mu.Unlock()
				return
			}
			r := l.recs[i]
			l.mu.Unlock()
			if !yield(r.key, r.failed) {
				return
			}
		}
	}
}

// Dropped returns how many bytes of a line that was cut off Open took away, or
// Read left out.
func (l *Log) Dropped() int64 { return l.dropped }

// Close writes what is left to the disk and ends the use of the log. It returns
// the error of any earlier write.
func (l *Log) Close() error {
	l.closing.Do(func() {
		if !l.readOnly {
			l.mu.Lock()
			l.shut = true
			l.mu.Unlock()
			close(l.stop)
			<-l.stopped
			l.closed = l.Sync()
			l.index.close()
			defer l.unlock()
		}
		if err := l.file.Close(); l.closed == nil {
			l.closed = err
		}
	})
	return l.closed
}
