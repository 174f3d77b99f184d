//go:build libgolongrl && cgo

package main

// #include "golongrl.h"
import "C"

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/golongrl/golongrl/cmd/libgolongrl/internal/library"
	"github.com/golongrl/golongrl/serve/wire"
)

// buffers are for messages and answers.
var buffers library.Buffers

// slice is n elements of the caller's memory.
func slice[T any](p *T, n C.size_t, name string) ([]T, error) {
	var element T
	switch {
	case n == 0:
		return nil, nil
	case p == nil:
		return nil, null(name)
	case uint64(n) > math.MaxInt/uint64(unsafe.Sizeof(element)):
		return nil, &wire.Error{Code: wire.CodeBadRequest, Item: -1, Msg: fmt.Sprintf("%s: a length of %d", name, uint64(n))}
	}
	return unsafe.Slice(p, int(n)), nil
}

func buffer(p unsafe.Pointer, n C.size_t) ([]byte, error) {
	return slice((*byte)(p), n, "a buffer")
}

// A writer writes a message. Its methods do nothing after the first error.
type writer struct {
	b    []byte
	item int // the item that is being written, or -1
	err  error
}

func (w *writer) fail(format string, args ...any) {
	if w.err == nil {
		w.err = &wire.Error{Code: wire.CodeBadRequest, Item: w.item, Msg: fmt.Sprintf(format, args...)}
	}
}

// string is the text without a copy.
func (w *writer) string(t C.golongrl_text) string {
	if uint64(t.len) > library.MaxText {
		w.fail("a text of %d bytes: at most %d are possible", uint64(t.len), uint64(library.MaxText))
		return ""
	}
	return unsafe.String((*byte)(unsafe.Pointer(t.data)), int(t.len))
}

func (w *writer) field(tag byte, t C.golongrl_text) {
	if t.data != nil {
		w.b = wire.AppendField(w.b, tag, w.string(t))
	} else if t.len > 0 {
		w.fail("field %q: the text is NULL and its length %d", tag, uint64(t.len))
	}
}

func (w *writer) flag(tag byte, set C.int32_t) {
	if set != 0 {
		w.b = wire.AppendField(w.b, tag, "")
	}
}

func (w *writer) required(name string, t C.golongrl_text) {
	if t.data == nil {
		w.fail("%s is NULL", name)
		return
	}
	w.b = wire.AppendText(w.b, w.string(t))
}

func (w *writer) count(n int) {
	if n > math.MaxUint32 {
		w.fail("%d items: at most %d are possible in a call", n, uint64(math.MaxUint32))
	}
	w.b = wire.AppendU32(w.b, uint32(n))
}

func (w *writer) record(r *C.golongrl_record) {
	if r.response.data == nil {
		w.fail("response is NULL")
	}
	if r.reference.data != nil && r.reference_json.data != nil {
		w.fail("reference and reference_json: give one of them")
	}
	w.field(wire.TagResponse, r.response)
	w.field(wire.TagRow, r.row)
	w.field(wire.TagReference, r.reference)
	w.field(wire.TagJSON, r.reference_json)
	w.field(wire.TagTask, r.task)
	w.field(wire.TagItem, r.metric)
	w.field(wire.TagLang, r.lang)
	w.field(wire.TagPrefix, r.prefix)
	if r.has_length != 0 {
		w.b = wire.AppendF64s(w.b, wire.TagLength, []float64{float64(r.length)})
	}
	w.b = append(w.b, 0)
}

func (w *writer) batch(b *C.golongrl_batch) {
	if b.n > 0 && b.rewards == nil {
		w.fail("rewards is NULL")
	}
	if b.n > 0 && b.groups == nil {
		w.fail("groups is NULL")
	}
	if b.n > library.MaxText/8 {
		w.fail("%d rows: at most %d are possible", uint64(b.n), uint64(library.MaxText/8))
	}
	if w.err != nil {
		return
	}
	w.field(wire.TagEstimator, b.estimator)
	w.floats(wire.TagRewards, b.rewards, b.n)
	w.numbers(wire.TagGroups, b.groups, b.n)
	w.numbers(wire.TagTasks, b.tasks, b.n)
	w.numbers(wire.TagLengths, b.lengths, b.n)
	w.floats(wire.TagBaselines, b.baselines, b.n)
	names, err := slice(b.task_names, b.task_count, "task_names")
	if err != nil {
		w.fail("%v", err)
	}
	if len(names) > 0 {
		w.list(wire.TagNames, func() {
			for _, name := range names {
				w.required("a name of a task", name)
			}
		})
	}
	components, err := slice(b.components, b.component_count, "components")
	if err != nil {
		w.fail("%v", err)
	}
	for _, c := range components {
		values, err := slice(c.values, b.n, "the values of a component")
		if err != nil {
			w.fail("%v", err)
		}
		w.list(wire.TagComponent, func() {
			w.required("the name of a component", c.name)
			for _, v := range values {
				w.b = wire.AppendF64(w.b, float64(v))
			}
		})
	}
	w.b = append(w.b, 0)
}

// floats writes a column that is there.
func (w *writer) floats(tag byte, p *C.double, n C.size_t) {
	if p != nil {
		w.b = wire.AppendF64s(w.b, tag, unsafe.Slice((*float64)(p), int(n)))
	}
}

func (w *writer) numbers(tag byte, p *C.uint32_t, n C.size_t) {
	if p != nil {
		w.b = wire.AppendU32s(w.b, tag, unsafe.Slice((*uint32)(p), int(n)))
	}
}

// list writes a field whose text is what write writes.
func (w *writer) list(tag byte, write func()) {
	w.b = wire.AppendU32(append(w.b, tag), 0)
	at := len(w.b)
	write()
	size := len(w.b) - at
	if size > library.MaxText {
		w.fail("field %q: a list of %d bytes: at most %d are possible", tag, size, uint64(library.MaxText))
		return
	}
	wire.AppendU32(w.b[:at-4], uint32(size))
}

// A reader reads an answer into the caller's memory.
type reader struct {
	*wire.Reader
	room []C.char // for texts
	need int      // bytes of all texts until here
	full bool     // a text found no room
}

// text puts a text where there is room for it.
func (r *reader) text(t *C.golongrl_text, s string) {
	*t = C.golongrl_text{len: C.size_t(len(s))}
	r.full = r.full || len(r.room)-r.need < len(s)
	if !r.full {
		t.data = unsafe.SliceData(r.room)
		if r.need < len(r.room) {
			t.data = &r.room[r.need]
			copy(unsafe.Slice((*byte)(unsafe.Pointer(t.data)), len(s)), s)
		}
	}
	r.need += len(s)
}

func (r *reader) used(n *C.size_t) {
	if n != nil {
		*n = C.size_t(r.need)
	}
}

func (r *reader) result(out *C.golongrl_result) {
	*out = C.golongrl_result{score: C.double(r.F64()), status: C.int32_t(r.U8())}
	for tag, s := r.Field(); tag != 0; tag, s = r.Field() {
		switch tag {
		case wire.TagJudgedBy:
			r.text(&out.metric, s)
		case wire.TagTaskName:
			r.text(&out.task, s)
		case wire.TagError:
			r.text(&out.error, s)
		case wire.TagDetail:
			r.text(&out.detail, s)
		}
	}
}

func (r *reader) verdict(out *C.golongrl_verdict) {
	*out = C.golongrl_verdict{verdict: C.int32_t(r.U8())}
	for tag, s := r.Field(); tag != 0; tag, s = r.Field() {
		switch tag {
		case wire.TagRule:
			r.text(&out.rule, s)
		case wire.TagGold:
			r.text(&out.gold, s)
		case wire.TagAnswer:
			r.text(&out.answer, s)
		case wire.TagNoAnswer:
			r.text(&out.no_answer, s)
		case wire.TagError:
			r.text(&out.error, s)
		}
	}
}

func (r *reader) values(out []C.double) {
	for tag, s := r.Field(); tag != 0; tag, s = r.Field() {
		if tag != wire.TagValues {
			continue
		}
		v, err := wire.F64s(s)
		if err == nil && len(v) != len(out) {
			err = fmt.Errorf("%d advantages for %d rows", len(v), len(out))
		}
		if err != nil {
			r.Fail("%v", err)
			return
		}
		for i := range out {
			out[i] = C.double(v[i])
		}
	}
}
