package watch

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Metrics writes steps as JSON lines. It is an [Observer]. Its file has one
// object per step,
//
//	{"step":12,"metrics":{"critic/rewards/mean":0.5,"actor/pg_loss":null}}
//
// with the metrics in the order of [Step.Metrics], values as the shortest decimal
// that reads back as the same float64, and null for what JSON has no number for:
// NaN and the infinities. Timings go to timings.jsonl in the same folder,
//
//	{"step":12,"timings":{"timing_s/step":1.25}}
//
// so that the first file is a function of configuration and seeds alone and a
// resumed run ends with the same bytes as an uninterrupted one. Samples are not
// written. Every step is handed to the operating system before Step returns: a
// killed process loses nothing, and after [Metrics.Sync] neither does a machine
// without power.
type Metrics struct {
	files [2]*os.File // metrics, timings
	last  int
	buf   []byte
	err   error // the first of a write; nothing is written after it
}

// NewMetrics opens the files for a run that goes on after resumeStep: lines of
// later steps are cut off, as is a last line that a killed process left unfinished.
// With a negative resumeStep both files begin anew. A file that is not there is
// made; one that ends before resumeStep is taken as it is. Files that hold anything
// else than such lines are left as they are and give an error with the line's
// number.
//
// timings.jsonl lies in path's folder; path is refused if it is that name itself.
func NewMetrics(path string, resumeStep int) (*Metrics, error) {
	timings := filepath.Join(filepath.Dir(path), "timings.jsonl")
	if filepath.Base(path) == "timings.jsonl" {
		return nil, fmt.Errorf("%s: this name is for the timings beside it; choose another", path)
	}
	m := new(Metrics)
	paths, keep := [2]string{path, timings}, [2]int64{}
	for i := range m.files { // both are looked at before any is changed
		if err := m.open(i, paths[i], resumeStep, &keep[i]); err != nil {
			m.closeFiles()
			return nil, err
		}
	}
	for i, f := range m.files {
		err := f.Truncate(keep[i])
		if err == nil {
			_, err = f.Seek(keep[i], io.SeekStart)
		}
		if err != nil {
			m.closeFiles()
			return nil, err
		}
	}
	return m, nil
}

var lineKeys = [2]string{"metrics", "timings"}

// open opens file i and finds the end of its last line that stays.
func (m *Metrics) open(i int, path string, resumeStep int, keep *int64) (err error) {
	if m.files[i], err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644); err != nil || resumeStep < 0 {
		return err
	}
	err = scanLines(m.files[i], lineKeys[i], func(l line) error {
		if l.step <= resumeStep {
			*keep, m.last = l.end, max(m.last, l.step)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (m *Metrics) closeFiles() {
	for _, f := range m.files {
		if f != nil {
			f.Close()
		}
	}
}

// Step writes a line to each file; a step without timings writes only one. Several
// steps may have the same number, but none a lower one than its predecessor. After
// an error of a write, such as that of a full disk, every later call returns it.
func (m *Metrics) Step(s *Step) error {
	if m.err != nil {
		return m.err
	}
	if s.Step < m.last {
		return fmt.Errorf("watch: step %d after step %d", s.Step, m.last)
	}
	m.last = s.Step
	for i, metrics := range [2][]Metric{s.Metrics, s.Timings} {
		if i == 1 && len(metrics) == 0 {
			continue
		}
		m.buf = appendLine(m.buf[:0], s.Step, lineKeys[i], metrics)
		if _, err := m.files[i].Write(m.buf); err != nil {
			m.err = err
			return err
		}
	}
	return nil
}

// Sync makes what was written outlast a loss of power. A trainer calls it before
// it writes a checkpoint, so that no checkpoint is ahead of its metrics.
func (m *Metrics) Sync() error {
	return errors.Join(m.files[0].Sync(), m.files[1].Sync())
}

// Close syncs and closes the files. A second call does nothing.
func (m *Metrics) Close() error {
	var errs []error
	for _, f := range m.files {
		if err := f.Sync(); errors.Is(err, fs.ErrClosed) {
			continue
		} else if err != nil {
			errs = append(errs, err)
		}
		if err := f.Close(); err != nil {
			errs = append(errs, err)
		}
	}
	if m.err == nil {
		m.err = fs.ErrClosed
	}
	return errors.Join(errs...)
}
