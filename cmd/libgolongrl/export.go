//go:build libgolongrl && cgo

package main

// #include <stdlib.h>
// #include "golongrl.h"
import "C"

import (
	"errors"
	"unsafe"

	"github.com/golongrl/golongrl/cmd/libgolongrl/internal/library"
	"github.com/golongrl/golongrl/serve/wire"
)

// The exported functions, which shim.c calls.

var lib = library.New(library.Hint(getenv))

// getenv asks C: what the program has set since it started is not known to Go.
func getenv(name string) string {
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	return C.GoString(C.getenv(s))
}

func init() { library.TuneMemory() }

func main() {}

//export golongrlGoCall
func golongrlGoCall(message unsafe.Pointer, size C.size_t, reply unsafe.Pointer, room C.size_t, more *C.uint64_t) (n C.int64_t) {
	err := library.Guard(func() error {
		in, err := buffer(message, size)
		if err != nil {
			return err
		}
		out, err := buffer(reply, room)
		if err != nil {
			return err
		}
		var kept uint64
		var answer []byte
		n, answer = answerInto(out, in)
		if answer != nil && more != nil {
			kept = lib.Keep(answer)
		}
		if more != nil {
			*more = C.uint64_t(kept)
		}
		return nil
	})
	if err != nil {
		return C.int64_t(code(err))
	}
	return n
}

// answerInto answers a message into out. If there is no room it returns the
// answer too.
func answerInto(out, message []byte) (C.int64_t, []byte) {
	answer := lib.Call(out[:0], message)
	if len(answer) <= len(out) {
		if len(answer) > 0 && unsafe.SliceData(answer) != unsafe.SliceData(out) {
			copy(out, answer) // an append that grew for a moment
		}
		return C.int64_t(len(answer)), nil
	}
	return C.int64_t(len(answer)), answer
}

//export golongrlGoTake
func golongrlGoTake(more C.uint64_t, reply unsafe.Pointer, room C.size_t) (n C.int64_t) {
	err := library.Guard(func() error {
		out, err := buffer(reply, room)
		n = C.int64_t(lib.Take(uint64(more), out))
		return err
	})
	if err != nil {
		return C.int64_t(code(err))
	}
	return n
}

//export golongrlGoSetWorkers
func golongrlGoSetWorkers(n C.int32_t) (workers C.int32_t) {
	err := library.Guard(func() error {
		workers = C.int32_t(lib.SetWorkers(int(n)))
		return nil
	})
	if err != nil {
		return C.int32_t(code(err))
	}
	return workers
}

//export golongrlGoScorerNew
func golongrlGoScorerNew(o *C.golongrl_options, e *C.golongrl_error) (scorer C.golongrl_scorer) {
	fill(e, library.Guard(func() error {
		if o == nil {
			return null("options")
		}
		w := writer{}
		w.field(wire.TagMetric, o.metric)
		w.field(wire.TagProfile, o.profile)
		w.flag(wire.TagForce, o.force)
		w.flag(wire.TagExplain, o.explain)
		if w.err != nil {
			return w.err
		}
		n, err := lib.NewScorer(string(w.b))
		scorer = C.golongrl_scorer(n)
		return err
	}))
	return scorer
}

//export golongrlGoScorerFree
func golongrlGoScorerFree(scorer C.golongrl_scorer) (result C.int32_t) {
	if err := library.Guard(func() error {
		if !lib.FreeScorer(uint64(scorer)) {
			result = library.NotFound
		}
		return nil
	}); err != nil {
		return C.int32_t(code(err))
	}
	return result
}

//export golongrlGoScore
func golongrlGoScore(scorer C.golongrl_scorer, records *C.golongrl_record, n C.size_t, results *C.golongrl_result, text *C.char, room C.size_t, used *C.size_t, e *C.golongrl_error) C.int32_t {
	return fill(e, library.Guard(func() error {
		options, ok := lib.Scorer(uint64(scorer))
		if !ok {
			return &wire.Error{Code: -library.NotFound, Item: -1, Msg: "there is no such scorer: make it with golongrl_scorer_new and use it before golongrl_scorer_free"}
		}
		in, err := slice(records, n, "records")
		if err != nil {
			return err
		}
		out, err := slice(results, n, "results")
		if err != nil {
			return err
		}
		texts, err := slice(text, room, "text")
		if err != nil {
			return err
		}
		return ask(wire.OpScore, func(w *writer) {
			w.b = append(append(w.b, options...), 0)
			w.count(len(in))
			for i := range in {
				w.item = i
				w.record(&in[i])
			}
		}, func(r *reader) {
			r.room = texts
			r.U32()
			for i := range out {
				r.result(&out[i])
			}
			r.used(used)
		})
	}))
}

//export golongrlGoVerify
func golongrlGoVerify(options *C.char, size C.size_t, pairs *C.golongrl_pair, n C.size_t, verdicts *C.golongrl_verdict, text *C.char, room C.size_t, used *C.size_t, e *C.golongrl_error) C.int32_t {
	return fill(e, library.Guard(func() error {
		if options == nil && size > 0 {
			return null("options")
		}
		in, err := slice(pairs, n, "pairs")
		if err != nil {
			return err
		}
		out, err := slice(verdicts, n, "verdicts")
		if err != nil {
			return err
		}
		texts, err := slice(text, room, "text")
		if err != nil {
			return err
		}
		return ask(wire.OpVerify, func(w *writer) {
			w.field(wire.TagOptions, C.golongrl_text{data: options, len: size})
			w.b = append(w.b, 0)
			w.count(len(in))
			for i := range in {
				w.item = i
				w.required("gold", in[i].gold)
				w.required("response", in[i].response)
			}
		}, func(r *reader) {
			r.room = texts
			r.U32()
			for i := range out {
				r.verdict(&out[i])
			}
			r.used(used)
		})
	}))
}

//export golongrlGoAdvantage
func golongrlGoAdvantage(batch *C.golongrl_batch, values *C.double, e *C.golongrl_error) C.int32_t {
	return fill(e, library.Guard(func() error {
		if batch == nil {
			return null("batch")
		}
		out, err := slice(values, batch.n, "advantages")
		if err != nil {
			return err
		}
		return ask(wire.OpAdvantage, func(w *writer) { w.batch(batch) }, func(r *reader) { r.values(out) })
	}))
}

// ask writes a message, has it answered and reads the answer.
func ask(op wire.Op, write func(*writer), read func(*reader)) error {
	w := writer{b: wire.AppendHeader(buffers.Get(), op, 0), item: -1}
	defer func() { buffers.Put(w.b) }()
	write(&w)
	if w.err != nil {
		return w.err
	}
	answer := lib.Call(buffers.Get(), w.b)
	defer buffers.Put(answer)
	body, err := library.Body(answer)
	if err != nil {
		return err
	}
	r := reader{Reader: body}
	read(&r)
	return r.Err()
}

// fill tells the caller about err and returns its code.
func fill(e *C.golongrl_error, err error) C.int32_t {
	if err == nil {
		return library.OK
	}
	if e != nil {
		w := wireError(err)
		e.code, e.item = C.int32_t(-w.Code), C.int32_t(w.Item)
		message := unsafe.Slice((*byte)(unsafe.Pointer(&e.message)), len(e.message))
		message[copy(message[:len(message)-1], library.Cut(w.Msg, len(message)-1))] = 0
	}
	return C.int32_t(code(err))
}

func code(err error) int { return -wireError(err).Code }

func wireError(err error) *wire.Error {
	var w *wire.Error
	if errors.As(err, &w) {
		return w
	}
	return &wire.Error{Code: wire.CodeInternal, Item: -1, Msg: err.Error()}
}

func null(name string) error {
	return &wire.Error{Code: wire.CodeBadRequest, Item: -1, Msg: name + " is NULL"}
}
