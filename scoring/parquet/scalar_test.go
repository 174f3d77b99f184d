package parquet

import (
	"math"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		v     parquet.Value
		scale int
		want  string
	}{
		{parquet.Int32Value(-12345), 3, "-12.345"},
		{parquet.Int32Value(5), 3, "0.005"},
		{parquet.Int64Value(math.MinInt64), 0, "-9223372036854775808"},
		{parquet.Int64Value(0), 2, "0.00"},
		{parquet.FixedLenByteArrayValue([]byte{0xff, 0xff}), 1, "-0.1"},
		{parquet.FixedLenByteArrayValue([]byte{0x80, 0x00}), 1, "-3276.8"},
		{parquet.ByteArrayValue([]byte{0x00, 0xff}), 1, "25.5"},
		{parquet.ByteArrayValue(nil), 1, "0.0"},
		{parquet.Int32Value(7), -3, "7"},
		{parquet.Int32Value(7), math.MaxInt32, "7"},
	} {
		if got := string(appendDecimal(nil, c.v, c.scale)); got != c.want {
			t.Errorf("%v, scale %d: got %s, want %s", c.v, c.scale, got, c.want)
		}
	}
}

func TestFloat16(t *testing.T) {
	for _, c := range []struct {
		bits uint16
		want string
	}{
		{0, "0.0"},
		{0x8000, "-0.0"},
		{0x3c00, "1.0"},
		{0xc000, "-2.0"},
		{0x7bff, "65504.0"},
		{0x0400, "6.103515625e-05"},
		{0x0001, "5.960464477539063e-08"},
		{0x3555, "0.333251953125"},
		{0x7c00, "Infinity"},
		{0xfc00, "-Infinity"},
		{0x7e00, "NaN"},
	} {
		v := parquet.FixedLenByteArrayValue([]byte{byte(c.bits), byte(c.bits >> 8)})
		if got := string(appendFloat16(nil, v)); got != c.want {
			t.Errorf("%#04x: got %s, want %s", c.bits, got, c.want)
		}
	}
}

func TestString(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", `""`},
		{"a\"\\\n\x00\x1f", `"a\"\\\n\u0000\u001f"`},
		{"é\xff", "\"é\xff\""},
	} {
		if got := string(appendString(nil, c.in)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}
