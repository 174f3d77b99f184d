package wire_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/serve/wire"
)

// TestBytes holds every kind of thing to its bytes, written by hand from the
// documentation.
func TestBytes(t *testing.T) {
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"header", wire.AppendHeader(nil, wire.OpScore, 0x01020304), "\x02\x04\x03\x02\x01"},
		{"u32", wire.AppendU32([]byte("x"), 258), "x\x02\x01\x00\x00"},
		{"f64", wire.AppendF64(nil, 1), "\x00\x00\x00\x00\x00\x00\xf0\x3f"},
		{"text", wire.AppendText(nil, "é"), "\x02\x00\x00\x00\xc3\xa9"},
		{"no text", wire.AppendText(nil, ""), "\x00\x00\x00\x00"},
		{"field", wire.AppendField(nil, 'm', "em"), "m\x02\x00\x00\x00em"},
		{"numbers", wire.AppendF64s(nil, 'r', []float64{-2}), "r\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc0"},
		{"whole numbers", wire.AppendU32s(nil, 'g', []uint32{1, math.MaxUint32}), "g\x08\x00\x00\x00\x01\x00\x00\x00\xff\xff\xff\xff"},
		{"error", wire.AppendError(nil, 7, &wire.Error{Code: 422, Item: -1, Msg: "no"}), "\xff\x07\x00\x00\x00\xa6\x01\xff\xff\xff\xff\x02\x00\x00\x00no"},
	} {
		if string(c.got) != c.want {
			t.Errorf("%s is %q, want %q", c.name, c.got, c.want)
		}
	}
}

// message has one of everything that a Reader reads.
func message() []byte {
	b := wire.AppendHeader(nil, wire.OpAdvantage, 9)
	b = wire.AppendField(b, 'e', "grpo")
	b = wire.AppendF64s(b, 'r', []float64{0.5, math.Inf(-1)})
	b = wire.AppendU32s(b, 'g', []uint32{0, 7})
	b = append(b, 0)
	b = wire.AppendU32(b, 2) // two texts
	b = wire.AppendText(b, "")
	b = wire.AppendText(b, "\xed\xa0\x80é")
	b = wire.AppendF64(b, -0.25)
	return append(b, 0x34, 0x12)
}

// read takes a message apart and returns what went wrong.
func read(t *testing.T, b []byte, whole bool) error {
	r := wire.NewReader(b)
	op, id := r.Header()
	tag, name := r.Field()
	tagR, rewards := r.Field()
	tagG, groups := r.Field()
	end, none := r.Field()
	n := r.Count(4)
	var texts []string
	for range n {
		texts = append(texts, r.Text())
	}
	x, code := r.F64(), r.U16()
	r.End()
	if !whole {
		return r.Err()
	}
	rew, err := wire.F64s(rewards)
	if err != nil {
		t.Fatal(err)
	}
	grp, err := wire.U32s(groups)
	if err != nil {
		t.Fatal(err)
	}
	if op != wire.OpAdvantage || id != 9 || tag != 'e' || name != "grpo" || tagR != 'r' || !slices.Equal(rew, []float64{0.5, math.Inf(-1)}) ||
		tagG != 'g' || !slices.Equal(grp, []uint32{0, 7}) || end != 0 || none != "" || !slices.Equal(texts, []string{"", "\xed\xa0\x80é"}) || x != -0.25 || code != 0x1234 {
		t.Errorf("read %v %v %q %q %v %v %v %q %v %x", op, id, tag, name, rew, grp, end, texts, x, code)
	}
	return r.Err()
}

func TestReader(t *testing.T) {
	b := message()
	if err := read(t, b, true); err != nil {
		t.Error(err)
	}
	for n := range len(b) {
		if err := read(t, b[:n:n], false); err == nil || !strings.HasPrefix(err.Error(), "byte ") {
			t.Errorf("the first %d of %d bytes: %v", n, len(b), err)
		}
	}
	if err := read(t, append(b, 0), false); err == nil || !strings.Contains(err.Error(), "1 bytes too many") {
		t.Errorf("a byte too many: %v", err)
	}
}

// TestFirstError: after the first error all reads as zero and the error stays.
func TestFirstError(t *testing.T) {
	r := wire.NewReader([]byte("\x09\x00\x00\x00abc"))
	if s := r.Text(); s != "" || r.Err() == nil {
		t.Fatalf("%q, %v", s, r.Err())
	}
	first := r.Err()
	r.Fail("another")
	if tag, s := r.Field(); tag != 0 || s != "" || r.U8() != 0 || r.U16() != 0 || r.U32() != 0 || r.F64() != 0 || r.Count(0) != 0 || r.Text() != "" {
		t.Error("something was read after an error")
	}
	if r.End(); r.Err() != first {
		t.Errorf("%v instead of %v", r.Err(), first)
	}
}

// TestLengths: what says that it is larger than the message is an error at once.
func TestLengths(t *testing.T) {
	for _, c := range []struct {
		name, msg string
		read      func(*wire.Reader)
	}{
		{"text", "byte 4: a text of 4294967295 bytes where 3 are left", func(r *wire.Reader) { r.Text() }},
		{"count", "byte 4: 4294967295 items where 3 bytes are left", func(r *wire.Reader) { r.Count(1) }},
		{"count of large things", "byte 4: 4294967295 items where 3 bytes are left", func(r *wire.Reader) { r.Count(math.MaxInt32) }},
	} {
		r := wire.NewReader([]byte("\xff\xff\xff\xffabc"))
		if c.read(r); r.Err() == nil || r.Err().Error() != c.msg {
			t.Errorf("%s: %v", c.name, r.Err())
		}
	}
	r := wire.NewReader([]byte("\x03\x00\x00\x00abcdef"))
	if n := r.Count(2); n != 3 || r.Err() != nil || r.Len() != 6 {
		t.Errorf("count %d, %v", n, r.Err())
	}
	r = wire.NewReader([]byte("\x04\x00\x00\x00abcdef"))
	if n := r.Count(2); n != 0 || r.Err() == nil {
		t.Errorf("count %d, %v", n, r.Err())
	}
	if _, err := wire.F64s("1234567"); err == nil {
		t.Error("seven bytes are a number")
	}
	if _, err := wire.U32s("12345"); err == nil {
		t.Error("five bytes are numbers")
	}
	if v, err := wire.F64s(""); len(v) != 0 || err != nil {
		t.Errorf("%v, %v", v, err)
	}
}

func TestError(t *testing.T) {
	for _, c := range []struct {
		e    wire.Error
		text string
	}{{wire.Error{422, 3, "bad"}, "item 3: bad"}, {wire.Error{400, -1, "worse"}, "worse"}, {wire.Error{400, 0, "first"}, "item 0: first"}} {
		if got := c.e.Error(); got != c.text {
			t.Errorf("%q, want %q", got, c.text)
		}
		r := wire.NewReader(wire.AppendError(nil, 5, &c.e))
		op, id := r.Header()
		got := wire.Error{int(r.U16()), int(int32(r.U32())), r.Text()}
		if r.End(); op != wire.OpError || id != 5 || got != c.e || r.Err() != nil {
			t.Errorf("%v %v %v %v", op, id, got, r.Err())
		}
	}
}

// FuzzReader reads any bytes as fields: never a panic, and what was read is
// written back as it was.
func FuzzReader(f *testing.F) {
	f.Add(message())
	f.Add([]byte("m\x02\x00\x00\x00em\x00"))
	f.Add([]byte("m\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := wire.NewReader(b)
		var again []byte
		for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
			again = wire.AppendField(again, tag, text)
		}
		if r.Err() == nil {
			again = append(again, 0)
		}
		if !bytes.HasPrefix(b, again) || r.Err() == nil && len(again)+r.Len() != len(b) {
			t.Errorf("%q read as %q, %v", b, again, r.Err())
		}
	})
}
