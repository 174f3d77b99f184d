package service_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// newService makes a service or ends the test.
func newService(t testing.TB, c service.Config) *service.Service {
	t.Helper()
	s, err := service.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A field is a tag and a text.
type field struct {
	tag  byte
	text string
}

func appendFields(dst []byte, fields []field) []byte {
	for _, f := range fields {
		dst = wire.AppendField(dst, f.tag, f.text)
	}
	return append(dst, 0)
}

// scoreMessage asks for the scores of items.
func scoreMessage(id uint32, options []field, items ...[]field) []byte {
	b := appendFields(wire.AppendHeader(nil, wire.OpScore, id), options)
	b = wire.AppendU32(b, uint32(len(items)))
	for _, it := range items {
		b = appendFields(b, it)
	}
	return b
}

// An answer is what a reply says of an item.
type answer struct {
	score          uint64 // bits, so that NaN equals NaN
	status         scoring.Status
	metric, task   string
	err, explained string
}

func (a answer) value() float64 { return math.Float64frombits(a.score) }

// call sends a message and returns the reader of a reply's body, or the error
// that the reply is.
func call(t testing.TB, s *service.Service, message []byte) (*wire.Reader, *wire.Error) {
	t.Helper()
	reply := s.Call(context.Background(), []byte("kept"), message)
	if !bytes.HasPrefix(reply, []byte("kept")) {
		t.Fatal("what the reply was appended to is gone")
	}
	return opened(t, reply[4:], message)
}

func opened(t testing.TB, reply, message []byte) (*wire.Reader, *wire.Error) {
	t.Helper()
	r := wire.NewReader(reply)
	op, id := r.Header()
	wantOp, wantID := wire.NewReader(message).Header()
	if len(message) >= wire.HeaderSize && id != wantID {
		t.Fatalf("the reply has the id %d, not %d", id, wantID)
	}
	if op != wire.OpError {
		if op != wantOp {
			t.Fatalf("the reply has the operation %d, not %d", op, wantOp)
		}
		return r, nil
	}
	e := &wire.Error{Code: int(r.U16()), Item: int(int32(r.U32())), Msg: r.Text()}
	if r.End(); r.Err() != nil || e.Msg == "" || e.Code < 400 || e.Code > 599 || e.Item < -1 {
		t.Fatalf("a bad error: %+v, %v", e, r.Err())
	}
	return nil, e
}

// score sends a message that must be answered with results.
func score(t testing.TB, s *service.Service, message []byte) []answer {
	t.Helper()
	r, e := call(t, s, message)
	if e != nil {
		t.Fatal(e)
	}
	return results(t, r)
}

func results(t testing.TB, r *wire.Reader) []answer {
	t.Helper()
	var list []answer
	for range r.Count(10) {
		a := answer{score: math.Float64bits(r.F64()), status: scoring.Status(r.U8())}
		for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
			text = strings.Clone(text)
			switch tag {
			case wire.TagJudgedBy:
				a.metric = text
			case wire.TagTaskName:
				a.task = text
			case wire.TagError:
				a.err = text
			case wire.TagDetail:
				a.explained = text
			default:
				t.Fatalf("a result has the field %q", tag)
			}
		}
		list = append(list, a)
	}
	if r.End(); r.Err() != nil {
		t.Fatal(r.Err())
	}
	return list
}

// em is an item that em judges 1.
var em = []field{{wire.TagItem, "em"}, {wire.TagResponse, "[Answer] 4"}, {wire.TagReference, "4"}}

// lines returns the examples and the first rows of the golden files, whose order
// is random.
func lines(t testing.TB, rows int) []string {
	t.Helper()
	data, err := os.ReadFile("../../examples/rollouts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Split(strings.TrimSpace(string(data)), "\n")
	files, _ := filepath.Glob("../../testdata/golden/*.jsonl.gz")
	if len(files) < 10 {
		t.Fatalf("%d golden files", len(files))
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		zr, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		br := bufio.NewReader(zr)
		for i := range rows + 1 { // 0 is the header
			line, err := br.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				list = append(list, line)
			}
		}
	}
	return list
}
