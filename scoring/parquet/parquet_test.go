package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"github.com/golongrl/golongrl/scoring/parquet"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// truth and row are the verl schema in Go.
type truth struct {
	Label string `parquet:"golden_label"`
}
type model struct {
	Truth truth `parquet:"ground_truth"`
}
type row struct {
	Source   string `parquet:"data_source"`
	Prompt   string `parquet:"prompt"`
	Model    model  `parquet:"reward_model"`
	Response string `parquet:"response"`
}

func file[T any](t testing.TB, rows []T, options ...pq.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := pq.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verl(n int) []row {
	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{"EM", "a long prompt", model{truth{fmt.Sprint("gold ", i)}}, fmt.Sprint("response ", i)}
	}
	return rows
}

func read(data []byte, opts *rollout.Options) (rows []rollout.Row) {
	for r := range parquet.Rows(bytes.NewReader(data), int64(len(data)), opts) {
		rows = append(rows, r)
	}
	return rows
}

func TestRows(t *testing.T) {
	for _, opts := range [][]pq.WriterOption{
		nil,
		{pq.MaxRowsPerRowGroup(7)},
		{pq.PageBufferSize(64), pq.DataPageVersion(1)},
		{pq.Compression(&pq.Zstd), pq.PageBufferSize(100)},
	} {
		rows := read(file(t, verl(500), opts...), nil)
		if len(rows) != 500 {
			t.Fatalf("%d rows", len(rows))
		}
		for i, r := range rows {
			if r.Err != nil || r.Line != i+1 || r.Record.Response != fmt.Sprint("response ", i) || r.Record.Gold.String() != fmt.Sprint("gold ", i) || r.Record.Task != "em" {
				t.Fatalf("row %d: %+v", i, r)
			}
		}
	}
}

// TestPages puts lists across pages, which the first page format allows.
func TestPages(t *testing.T) {
	type lists struct {
		Responses []string `parquet:"responses"`
		Reference []string `parquet:"reference,list"`
		Metric    string   `parquet:"metric"`
	}
	var in []lists
	for i := range 300 {
		l := lists{Metric: "f1", Reference: []string{"x"}}
		for j := range i % 40 {
			l.Responses = append(l.Responses, fmt.Sprintf("response %d of row %d", j, i))
		}
		in = append(in, l)
	}
	for _, version := range []int{1, 2} {
		rows := read(file(t, in, pq.PageBufferSize(50), pq.DataPageVersion(version)), nil)
		i, j := 0, 0
		for _, r := range rows {
			if len(in[i].Responses) == 0 {
				if r.Err == nil || r.Line != i+1 {
					t.Fatalf("row %d: %+v", i, r)
				}
				i++
				continue
			}
			if r.Err != nil || r.Line != i+1 || r.Sample != j || r.Record.Response != in[i].Responses[j] {
				t.Fatalf("row %d, sample %d: %+v", i, j, r)
			}
			if j++; j == len(in[i].Responses) {
				i, j = i+1, 0
			}
		}
		if i != len(in) {
			t.Errorf("version %d: %d rows of %d", version, i, len(in))
		}
	}
}

func TestNotUTF8(t *testing.T) {
	rows := verl(3)
	rows[1].Model.Truth.Label = "a\xffb"
	rows[2].Response = "\xed\xa0\x80"
	got := read(file(t, rows), nil)
	if len(got) != 3 || got[0].Err != nil {
		t.Fatalf("got %+v", got)
	}
	for i, field := range map[int]string{1: "reward_model.ground_truth.golden_label", 2: "response"} {
		var e *rollout.FieldError
		if !errors.As(got[i].Err, &e) || e.Line != i+1 || e.Field != field || !strings.Contains(e.Msg, "UTF-8") {
			t.Errorf("row %d: %v", i+1, got[i].Err)
		}
	}
	// A column that is not read does no harm.
	rows = verl(1)
	rows[0].Prompt = "\xff"
	if got := read(file(t, rows), nil); got[0].Err != nil {
		t.Error(got[0].Err)
	}
}

func TestEscapes(t *testing.T) {
	want := "\x00\x01\x1f \"\\/\n\r\t\u2028\U0001F600"
	rows := verl(1)
	rows[0].Response = want
	if got := read(file(t, rows), nil); got[0].Err != nil || got[0].Record.Response != want {
		t.Errorf("got %q, %v", got[0].Record.Response, got[0].Err)
	}
}

func TestLayoutColumns(t *testing.T) {
	type output struct {
		Text string `parquet:"text"`
	}
	type other struct {
		Output []output `parquet:"output"`
		Gold   int64    `parquet:"gold"`
		Huge   string   `parquet:"huge"`
	}
	data := file(t, []other{{[]output{{"a"}, {"b"}}, 7, "x"}})
	for _, layout := range []rollout.Layout{
		{Response: "output.1.text", Reference: "gold"},
		{Response: "output.#(text==b).text", Reference: "gold"},
	} {
		got := read(data, &rollout.Options{Layout: layout})
		if len(got) != 1 || got[0].Err != nil || got[0].Record.Response != "b" || got[0].Record.Gold.String() != "7" {
			t.Errorf("%v: got %+v", layout, got)
		}
	}
	if got := read(data, nil); len(got) != 1 || !strings.Contains(got[0].Err.Error(), "no column has the name of a field") {
		t.Errorf("got %+v", got)
	}
}

// counted counts the bytes that are read.
type counted struct {
	r io.ReaderAt
	n int64
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.n += int64(n)
	return n, err
}

// TestPrompts reads a file whose prompts are most of it without them.
func TestPrompts(t *testing.T) {
	rows := verl(100)
	noise := uint64(1)
	for i := range rows {
		b := make([]byte, 50_000)
		for j := range b {
			noise = noise*6364136223846793005 + 1442695040888963407
			b[j] = 'a' + byte(noise>>60)
		}
		rows[i].Prompt = string(b)
	}
	data := file(t, rows, pq.Compression(&pq.Uncompressed))
	c := &counted{r: bytes.NewReader(data)}
	n := 0
	for r := range parquet.Rows(c, int64(len(data)), nil) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		n++
	}
	if n != 100 || c.n > 500_000 {
		t.Errorf("%d rows took %d bytes of %d", n, c.n, len(data))
	}
}

func TestStop(t *testing.T) {
	data := file(t, verl(50))
	for range parquet.Rows(bytes.NewReader(data), int64(len(data)), nil) {
		break
	}
	for range parquet.Lines(bytes.NewReader(data), int64(len(data)), nil) {
		break
	}
}

func TestDamage(t *testing.T) {
	data := file(t, verl(100), pq.MaxRowsPerRowGroup(25))
	for _, c := range []struct {
		name string
		data []byte
		msg  string
	}{
		{"empty", nil, "the file is too short"},
		{"text", []byte(strings.Repeat("hello ", 10)), "invalid magic"},
		{"cut off", data[:len(data)/2], "not readable as Parquet"},
		{"footer too long", append(append([]byte(nil), data[:len(data)-8]...), "\xff\xff\xff\x7fPAR1"...), "a footer of 2147483647 bytes"},
	} {
		got := read(c.data, nil)
		if len(got) != 1 || got[0].Err == nil || got[0].Line != 1 || !strings.Contains(got[0].Err.Error(), c.msg) {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
	// Damage inside: an error for what is lost, and the other row groups.
	bad := append([]byte(nil), data...)
	for i := 4; i < 60; i++ {
		bad[i] ^= 0x5a
	}
	got := read(bad, nil)
	if len(got) < 76 || got[0].Err == nil || got[len(got)-1].Err != nil || got[len(got)-1].Line != 100 {
		t.Errorf("%d rows, first error %v", len(got), got[0].Err)
	}
}

// TestEveryByte damages every byte of a small file in turn. Whatever comes of
// it is rows or errors.
func TestEveryByte(t *testing.T) {
	data := file(t, verl(20), pq.MaxRowsPerRowGroup(10))
	step := 1
	if testing.Short() {
		step = 17
	}
	for i := 0; i < len(data); i += step {
		for _, mask := range []byte{0xff, 0x01, 0x80} {
			bad := append([]byte(nil), data...)
			bad[i] ^= mask
			n := 0
			for range parquet.Rows(bytes.NewReader(bad), int64(len(bad)), nil) {
				if n++; n > 1000 {
					break // a footer may promise any number of rows
				}
			}
		}
	}
}

// TestMemory reads a file of many row groups in the memory of a few pages.
func TestMemory(t *testing.T) {
	rows := verl(2000)
	for i := range rows {
		rows[i].Response = strings.Repeat(fmt.Sprint("text ", i, " "), 1000)
	}
	data := file(t, rows, pq.MaxRowsPerRowGroup(100), pq.PageBufferSize(1<<16), pq.Compression(&pq.Uncompressed))
	n, most := 0, uint64(0)
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	for line := range parquet.Lines(bytes.NewReader(data), int64(len(data)), nil) {
		if line.Err != nil {
			t.Fatal(line.Err)
		}
		line.Release()
		if n++; n%500 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if n != 2000 {
		t.Errorf("%d rows", n)
	}
	if most > before+8<<20 {
		t.Errorf("a file of %d MB took %d MB", len(data)>>20, (most-before)>>20)
	}
}
