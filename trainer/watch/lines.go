package watch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
)

// maxLine bounds a line of a metrics file: some 100,000 metrics.
const maxLine = 8 << 20

func itoa(n int) string { return strconv.Itoa(n) }

// appendLine appends a step's line.
func appendLine(b []byte, step int, key string, metrics []Metric) []byte {
	b = append(b, `{"step":`...)
	b = strconv.AppendInt(b, int64(step), 10)
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":`...)
	b = appendMetrics(b, metrics)
	return append(b, "}\n"...)
}

func appendMetrics(b []byte, metrics []Metric) []byte {
	b = append(b, '{')
	for i, m := range metrics {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, m.Name)
		b = append(b, ':')
		b = appendNumber(b, m.Value)
	}
	return append(b, '}')
}

// appendString appends s in quotes. Bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			q, _ := json.Marshal(s)
			return append(b, q...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// appendNumber appends the shortest decimal that reads back as x.
func appendNumber(b []byte, x float64) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(b, "null"...)
	}
	format := byte('f')
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, x, format, -1, 64)
}

// ReadSteps reads the steps of a file that [Metrics] wrote, without their timings,
// for a [Recorder] that goes on with them. Values that are null are NaN. An
// unfinished last line is left out; any other line that is no step is an error with
// its number.
func ReadSteps(path string) ([]Step, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var steps []Step
	err = scanLines(f, "metrics", func(l line) error {
		steps = append(steps, Step{Step: l.step, Metrics: l.metrics})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return steps, nil
}

// A line is one of a metrics file.
type line struct {
	step    int
	metrics []Metric
	end     int64 // offset of the byte behind it
}

// scanLines calls each with the lines of r, whose steps never fall. A last line
// without its line feed is skipped if it is the beginning of a line or, as power
// cuts leave it, zeros.
func scanLines(r io.Reader, key string, each func(line) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var at int64
	last := 0
	for n := 1; ; n++ {
		text, err := readLine(in)
		if errors.Is(err, io.EOF) {
			if prefix := `{"step":`; len(bytes.Trim(text, "\x00")) > 0 && !bytes.HasPrefix(text, []byte(prefix[:min(len(text), len(prefix))])) {
				return fmt.Errorf("line %d: not the beginning of a step; is this a metrics file?", n)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		at += int64(len(text)) + 1
		l, err := parseLine(text, key)
		if err != nil {
			return fmt.Errorf("line %d: %w; delete the file or restore it", n, err)
		}
		if l.step < last {
			return fmt.Errorf("line %d: step %d after step %d; delete the file or restore it", n, l.step, last)
		}
		last, l.end = l.step, at
		if err := each(l); err != nil {
			return err
		}
	}
}

// readLine returns a line without its line feed, or what there is and io.EOF.
func readLine(in *bufio.Reader) ([]byte, error) {
	var text []byte
	for {
		part, err := in.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case err == nil:
			return text[:len(text)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return text, err
		case len(text) > maxLine:
			return nil, fmt.Errorf("longer than %d bytes; is this a metrics file?", maxLine)
		}
	}
}

// parseLine reads {"step":N,"key":{name:number or null, ...}}, keeping the order of
// names.
func parseLine(text []byte, key string) (l line, err error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return l, fmt.Errorf("no JSON object: %w", err)
	}
	step, err := strconv.Atoi(string(object["step"]))
	if err != nil || step < 0 {
		return l, errors.New(`no number of a step under "step"`)
	}
	l.step = step
	d := json.NewDecoder(bytes.NewReader(object[key]))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return l, fmt.Errorf("no object under %q", key)
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return l, err
		}
		name := t.(string) // a key: the text is known to be valid
		if seen[name] {
			return l, fmt.Errorf("metric %q twice", name)
		}
		seen[name] = true
		t, err = d.Token()
		if err != nil {
			return l, err
		}
		switch v := t.(type) {
		case float64:
			l.metrics = append(l.metrics, Metric{name, v})
		case nil:
			l.metrics = append(l.metrics, Metric{name, math.NaN()})
		default:
			return l, fmt.Errorf("metric %q is no number", name)
		}
	}
	return l, nil
}
