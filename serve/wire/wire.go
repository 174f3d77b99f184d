// Package wire is the binary form of calls to golongrl: what clients write on the
// frame socket of the reward server, and what the C library takes.
//
// All numbers are little-endian. A frame is
//
//	length  u32    bytes that follow
//	op      u8
//	id      u32    chosen by the client, repeated in the reply
//	body
//
// and what follows the length is a message, which the C library takes as it is.
// A connection begins with the four bytes of [Preface]; the client then sends
// frames and gets one reply to each, in order. A reply has the same op, or
// [OpError].
//
// Bodies are made of three things: numbers; a text, which is a u32 and as many
// bytes; and a list of fields, each a tag of one byte and a text, ended by a tag
// of 0. A field whose tag the reader does not know is an error, so that a client
// never believes that something was heeded that was not; of fields with the same
// tag the last counts. Texts are UTF-8; as in the rest of golongrl a lone
// surrogate, as Python's strings may hold, is written as the three bytes that it
// would have, except in the JSON of [TagRow], which has escapes for them.
//
//	Score      fields(options)  n u32  n x fields(item)
//	  reply    n u32  n x (score f64, status u8, fields(result))
//	Verify     fields(options)  n u32  n x (gold text, response text)
//	  reply    n u32  n x (verdict u8, fields(verdict))
//	Advantage  fields(batch)
//	  reply    fields(advantages)
//	Registry   empty;  reply: JSON, as GET /v1/registry
//	Hello      the bearer token, or nothing;  reply: JSON {"version":…,"pid":…}
//	Error      code u16, item i32 (-1: none), message text
//
// A score is NaN where there is none. What is wrong with an item, such as text
// that is not UTF-8, is the error of its result; what is wrong with the options or
// the message is the error of the call. A reply of more than 256 MiB is an error
// too, with [CodeTooLarge]. Lengths and counts are checked against the bytes that
// are there before anything is allocated.
package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"
)

// Preface begins a connection. Its last byte is the version of the protocol.
const Preface = "GLR1"

// An Op says what a message asks for.
type Op uint8

// The operations.
const (
	OpHello     Op = 1
	OpScore     Op = 2
	OpVerify    Op = 3
	OpAdvantage Op = 4
	OpRegistry  Op = 5
	OpError     Op = 255
)

// HeaderSize is the size of a message without its body: op and id.
const HeaderSize = 5

// The fields of the options of Score.
const (
	TagMetric  = 'm' // metric of items that name none
	TagProfile = 'p' // strict (default) or reference
	TagForce   = 'f' // empty: the metric judges every item, whatever it names
	TagExplain = 'e' // empty: replies have TagDetail
)

// The fields of an item of Score. An item is a response with either a row, which
// is read as golongrl-score reads lines of JSON but for the response, or any of the
// others.
const (
	TagResponse  = 'r' // required
	TagRow       = 'j' // a JSON object: package scoring/rollout has its schema
	TagReference = 'g' // the reference answer, a text
	TagJSON      = 'G' // the reference answer, any JSON value
	TagTask      = 't'
	TagItem      = 'm' // the item's own metric
	TagLang      = 'l'
	TagLength    = 'n' // f64: length of the response in tokens
	TagPrefix    = 'x' // random_string_to_prepend of MRCR
)

// The fields of a result of Score.
const (
	TagJudgedBy = 'm' // canonical spelling of the metric
	TagTaskName = 't' // canonical name of the item's task
	TagError    = 'E' // what was wrong and what to do
	TagDetail   = 'd' // JSON: {"answer":…,"why":[…],"parts":[…]}
)

// The fields of Verify: its options, and those of a verdict.
const (
	TagOptions  = 'o' // JSON object, as in POST /v1/verify
	TagRule     = 'r' // the rule that decided
	TagGold     = 'g' // the gold answer as it was found
	TagAnswer   = 'a' // the answer of the response as it was found
	TagNoAnswer = 'n' // why there is no answer: no_answer or bad_answer
)

// The fields of Advantage. Lists have one element per row; a reward that is NaN
// keeps its row out of everything and gives it the advantage NaN.
const (
	TagEstimator = 'e' // the spelling; in the reply the canonical one
	TagRewards   = 'r' // f64s
	TagGroups    = 'g' // u32s: rows of equal number answer the same prompt
	TagTasks     = 't' // u32s: which of the names is the row's task
	TagNames     = 'T' // texts: the names of the tasks
	TagLengths   = 'l' // u32s: tokens of the responses
	TagBaselines = 'b' // f64s: rewards of the greedy responses
	TagComponent = 'c' // text: name; f64s. May be repeated
	TagValues    = 'a' // reply: f64s
)

// The verdicts of Verify.
const (
	Different uint8 = iota
	Equal
	Undecided
)

// The codes of OpError, with the meaning that they have in HTTP.
const (
	CodeBadRequest   = 400 // the message cannot be read
	CodeUnauthorized = 401
	CodeTooLarge     = 413
	CodeBadItem      = 422 // an option or an item cannot be used
	CodeBusy         = 429 // come again later
	CodeInternal     = 500
	CodeClosing      = 503
)

// An Error is the body of an OpError message.
type Error struct {
	Code int
	Item int // index of the item that is meant, or -1
	Msg  string
}

func (e *Error) Error() string {
	if e.Item >= 0 {
		return fmt.Sprintf("item %d: %s", e.Item, e.Msg)
	}
	return e.Msg
}

// AppendHeader appends op and id.
func AppendHeader(dst []byte, op Op, id uint32) []byte {
	return binary.LittleEndian.AppendUint32(append(dst, byte(op)), id)
}

// AppendError appends a whole OpError message.
func AppendError(dst []byte, id uint32, e *Error) []byte {
	dst = AppendHeader(dst, OpError, id)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(e.Code))
	dst = AppendU32(dst, uint32(int32(e.Item)))
	return AppendText(dst, e.Msg)
}

// AppendU32 appends a number.
func AppendU32(dst []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(dst, v) }

// AppendF64 appends a number.
func AppendF64(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

// AppendText appends a length and s.
func AppendText(dst []byte, s string) []byte { return append(AppendU32(dst, uint32(len(s))), s...) }

// AppendField appends a field of text. A list of fields is ended by a byte 0.
func AppendField(dst []byte, tag byte, s string) []byte { return AppendText(append(dst, tag), s) }

// AppendF64s appends a field of numbers.
func AppendF64s(dst []byte, tag byte, v []float64) []byte {
	dst = AppendU32(append(dst, tag), uint32(8*len(v)))
	for _, x := range v {
		dst = AppendF64(dst, x)
	}
	return dst
}

// AppendU32s appends a field of numbers.
func AppendU32s(dst []byte, tag byte, v []uint32) []byte {
	dst = AppendU32(append(dst, tag), uint32(4*len(v)))
	for _, x := range v {
		dst = AppendU32(dst, x)
	}
	return dst
}

// A Reader takes a message apart. After the first thing that is not there, Err
// says so and everything reads as zero. Texts share the memory of the message.
type Reader struct {
	b   []byte
	at  int // bytes read
	err error
}

// NewReader returns a reader of b.
func NewReader(b []byte) *Reader { return &Reader{b: b} }

// Err returns what was wrong first, with its place.
func (r *Reader) Err() error { return r.err }

// Len is the number of bytes left.
func (r *Reader) Len() int { return len(r.b) - r.at }

func (r *Reader) take(n int, what string) []byte {
	if r.err == nil && (n < 0 || n > r.Len()) {
		r.Fail("byte %d: %s needs %d bytes and %d are left", r.at, what, n, r.Len())
	}
	if r.err != nil {
		return nil
	}
	b := r.b[r.at : r.at+n]
	r.at += n
	return b
}

// Fail makes the reader stop with an error, unless there is one.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// Header reads op and id.
func (r *Reader) Header() (Op, uint32) { return Op(r.U8()), r.U32() }

// U8 reads a byte.
func (r *Reader) U8() uint8 {
	if b := r.take(1, "a byte"); b != nil {
		return b[0]
	}
	return 0
}

// U16 reads a number.
func (r *Reader) U16() uint16 {
	if b := r.take(2, "a number"); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// U32 reads a number.
func (r *Reader) U32() uint32 {
	if b := r.take(4, "a number"); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// F64 reads a number.
func (r *Reader) F64() float64 {
	if b := r.take(8, "a number"); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// Text reads a length and as many bytes.
func (r *Reader) Text() string {
	n := r.U32()
	if int64(n) > int64(r.Len()) && r.err == nil {
		r.Fail("byte %d: a text of %d bytes where %d are left", r.at, n, r.Len())
	}
	b := r.take(int(n), "a text")
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Field reads a field; its tag is 0 at the end of the list and after an error.
func (r *Reader) Field() (tag byte, text string) {
	if tag = r.U8(); tag == 0 {
		return 0, ""
	}
	text = r.Text()
	if r.err != nil {
		return 0, ""
	}
	return tag, text
}

// Count reads the number of things that follow, each of at least min bytes.
func (r *Reader) Count(min int) int {
	n := r.U32()
	if r.err == nil && int64(n)*int64(min) > int64(r.Len()) {
		r.Fail("byte %d: %d items where %d bytes are left", r.at, n, r.Len())
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

// End fails if anything is left.
func (r *Reader) End() {
	if r.err == nil && r.Len() > 0 {
		r.Fail("byte %d: %d bytes too many", r.at, r.Len())
	}
}

// F64s reads the text of a field of numbers.
func F64s(text string) ([]float64, error) {
	if len(text)%8 != 0 {
		return nil, fmt.Errorf("%d bytes are no list of numbers of 8 bytes", len(text))
	}
	v := make([]float64, len(text)/8)
	for i := range v {
		v[i] = math.Float64frombits(binary.LittleEndian.Uint64(bytesOf(text[8*i : 8*i+8])))
	}
	return v, nil
}

// U32s reads the text of a field of numbers.
func U32s(text string) ([]uint32, error) {
	if len(text)%4 != 0 {
		return nil, fmt.Errorf("%d bytes are no list of numbers of 4 bytes", len(text))
	}
	v := make([]uint32, len(text)/4)
	for i := range v {
		v[i] = binary.LittleEndian.Uint32(bytesOf(text[4*i : 4*i+4]))
	}
	return v, nil
}

// bytesOf is s without a copy, to be read only.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
