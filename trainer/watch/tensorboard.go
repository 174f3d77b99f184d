package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// TensorBoard writes steps as a TensorBoard event file: every metric and timing a
// scalar under its own name, and of every evaluation the first sample of each task
// as text under samples/<task>. It is an [Observer].
//
// The wall time of an event is the only thing in it that two runs with equal seeds
// do not share. Scalars are float32, as the format has it.
//
// Source: TensorFlow, tensorflow/core/util/event.proto and
// tensorflow/core/framework/summary.proto.
type TensorBoard struct {
	file *os.File
	now  func() time.Time
	err  error
}

// maxEventText bounds a sample's text in an event file, which TensorBoard reads
// whole.
const maxEventText = 16 << 10

// NewTensorBoard makes the event file
//
//	events.out.tfevents.<seconds>.<host>.<process>.<number>
//
// in dir, which it makes too. With a resumeStep that is not negative the file tells
// TensorBoard to forget what earlier files of the folder hold of later steps. Its
// name sorts behind theirs even if the clock was turned back, as TensorBoard reads
// files in the order of their names.
func NewTensorBoard(dir string, resumeStep int) (*TensorBoard, error) {
	return newTensorBoard(dir, resumeStep, time.Now)
}

func newTensorBoard(dir string, resumeStep int, now func() time.Time) (*TensorBoard, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	seconds := now().Unix()
	for _, e := range entries {
		if rest, ok := strings.CutPrefix(e.Name(), eventPrefix); ok {
			digits, _, _ := strings.Cut(rest, ".")
			if s, err := strconv.ParseInt(digits, 10, 64); err == nil && s >= seconds && s < 1e11 {
				seconds = s + 1
			}
		}
	}
	host, err := os.Hostname()
	if err != nil || host == "" || strings.ContainsAny(host, `/\`) {
		host = "localhost"
	}
	t := &TensorBoard{now: now}
	for n := 0; ; n++ {
		name := fmt.Sprintf("%s%010d.%s.%d.%d", eventPrefix, seconds, host, os.Getpid(), n)
		t.file, err = os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	b := appendRecord(nil, appendBytes(t.event(0), eventFileVersion, "brain.Event:2"))
	if resumeStep >= 0 {
		log := appendVarint(nil, sessionStatus, sessionStart)
		b = appendRecord(b, appendBytes(t.event(resumeStep+1), eventSessionLog, log))
	}
	if _, err := t.file.Write(b); err != nil {
		t.file.Close()
		return nil, err
	}
	return t, nil
}

const eventPrefix = "events.out.tfevents."

// Numbers of fields, and values of enumerations.
const (
	eventWallTime    = 1
	eventStep        = 2
	eventFileVersion = 3
	eventSummary     = 5
	eventSessionLog  = 7

	summaryValue   = 1
	valueTag       = 1
	valueScalar    = 2
	valueTensor    = 8
	valueMetadata  = 9
	metadataPlugin = 1
	pluginName     = 1

	tensorType   = 1
	tensorShape  = 2
	tensorString = 8
	shapeDim     = 2
	dimSize      = 1
	typeString   = 7

	sessionStatus = 1
	sessionStart  = 1
)

// event begins one.
func (t *TensorBoard) event(step int) []byte {
	b := appendDouble(nil, eventWallTime, float64(t.now().UnixMicro())/1e6)
	if step == 0 {
		return b // the default is not written
	}
	return appendVarint(b, eventStep, uint64(step))
}

// Step writes an event. After an error of a write every later call returns it.
func (t *TensorBoard) Step(s *Step) error {
	if t.err != nil {
		return t.err
	}
	if s.Step < 0 {
		return fmt.Errorf("watch: step %d", s.Step)
	}
	var summary []byte
	for _, metrics := range [][]Metric{s.Metrics, s.Timings} {
		for _, m := range metrics {
			v := appendBytes(nil, valueTag, strings.ToValidUTF8(m.Name, "\ufffd"))
			summary = appendBytes(summary, summaryValue, appendFloat(v, valueScalar, float32(m.Value)))
		}
	}
	seen := map[string]bool{}
	for i := range s.Samples {
		x := &s.Samples[i]
		if x.Eval && !seen[x.Task] {
			seen[x.Task] = true
			summary = appendBytes(summary, summaryValue, textValue("samples/"+x.Task, eventText(x)))
		}
	}
	if len(summary) == 0 {
		return nil
	}
	_, t.err = t.file.Write(appendRecord(nil, appendBytes(t.event(s.Step), eventSummary, summary)))
	return t.err
}

// textValue is a value of TensorBoard's text plugin: a tensor of one string.
func textValue(tag, text string) []byte {
	v := appendBytes(nil, valueTag, strings.ToValidUTF8(tag, "\ufffd"))
	shape := appendBytes(nil, shapeDim, appendVarint(nil, dimSize, 1))
	tensor := appendVarint(nil, tensorType, typeString)
	tensor = appendBytes(tensor, tensorShape, shape)
	tensor = appendBytes(tensor, tensorString, text)
	v = appendBytes(v, valueTensor, tensor)
	return appendBytes(v, valueMetadata, appendBytes(nil, metadataPlugin, appendBytes(nil, pluginName, "text")))
}

// eventText is a sample as Markdown. What models and data wrote is indented, which
// makes it a block of code: nothing in it is Markdown or HTML.
func eventText(s *Sample) string {
	var b strings.Builder
	for _, part := range []struct{ title, text string }{{"prompt", s.Prompt}, {"response", s.Response}, {"reference", s.Reference}} {
		b.WriteString("**" + part.title + "**\n\n    ")
		text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(cutMiddle(part.text, maxEventText/4))
		b.WriteString(strings.ReplaceAll(text, "\n", "\n    "))
		b.WriteString("\n\n")
	}
	fmt.Fprintf(&b, "**reward** %v, %s\n", s.Reward, s.Result.Status)
	return b.String()
}

// cutMiddle shortens s to about n bytes: begin and end stay. What is no UTF-8
// becomes U+FFFD.
func cutMiddle(s string, n int) string {
	if len(s) > n {
		head, tail := n/2, len(s)-n/2
		for head > 0 && !utf8.RuneStart(s[head]) {
			head--
		}
		for tail < len(s) && !utf8.RuneStart(s[tail]) {
			tail++
		}
		s = s[:head] + fmt.Sprintf("\n[… %d bytes …]\n", tail-head) + s[tail:]
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// Sync makes what was written outlast a loss of power.
func (t *TensorBoard) Sync() error { return t.file.Sync() }

// Close closes the file. A second call does nothing.
func (t *TensorBoard) Close() error {
	if err := t.file.Close(); !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return nil
}
