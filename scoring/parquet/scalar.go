package parquet

import (
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"unsafe"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/golongrl/golongrl/internal/py"
)

// writer returns how the values of a leaf become JSON.
func writer(t parquet.Type) func(dst []byte, v parquet.Value) []byte {
	if logical := t.LogicalType(); logical != nil {
		switch l := logical.Value.(type) {
		case *format.DecimalType:
			scale := int(l.Scale)
			return func(dst []byte, v parquet.Value) []byte { return appendDecimal(dst, v, scale) }
		case *format.IntType:
			if !l.IsSigned {
				return appendUnsigned
			}
		case *format.UUIDType:
			return appendUUID
		}
	}
	return appendValue
}

// appendValue appends a value by its physical type.
func appendValue(dst []byte, v parquet.Value) []byte {
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.AppendBool(dst, v.Boolean())
	case parquet.Int32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10)
	case parquet.Int64:
		return strconv.AppendInt(dst, v.Int64(), 10)
	case parquet.Int96:
		return append(dst, v.Int96().String()...)
	case parquet.Float:
		return appendFloat(dst, float64(v.Float()))
	case parquet.Double:
		return appendFloat(dst, v.Double())
	}
	b := v.ByteArray()
	return appendString(dst, unsafe.String(unsafe.SliceData(b), len(b)))
}

func appendUnsigned(dst []byte, v parquet.Value) []byte {
	if v.Kind() == parquet.Int32 {
		return strconv.AppendUint(dst, uint64(v.Uint32()), 10)
	}
	return strconv.AppendUint(dst, v.Uint64(), 10)
}

// appendFloat appends f in the spelling of Python's json module.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return py.AppendFloat(dst, f)
}

// appendDecimal appends an unscaled integer, of two's complement if it is in
// bytes, with scale digits behind the point.
func appendDecimal(dst []byte, v parquet.Value, scale int) []byte {
	var n big.Int
	switch v.Kind() {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default:
		b := v.ByteArray()
		n.SetBytes(b)
		if len(b) > 0 && b[0] >= 0x80 {
			n.Sub(&n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	if n.Sign() < 0 {
		dst = append(dst, '-')
		n.Abs(&n)
	}
	digits := n.String()
	const most = 1 << 10 // no decimal has as many digits
	if scale <= 0 || scale > most {
		return append(dst, digits...)
	}
	for len(digits) <= scale {
		digits = "0" + digits
	}
	dst = append(dst, digits[:len(digits)-scale]...)
	dst = append(dst, '.')
	return append(dst, digits[len(digits)-scale:]...)
}

func appendUUID(dst []byte, v parquet.Value) []byte {
	b := v.ByteArray()
	if len(b) != 16 {
		return appendValue(dst, v)
	}
	dst = append(dst, '"')
	for i, end := range []int{4, 6, 8, 10, 16} {
		if i > 0 {
			dst = append(dst, '-')
		}
		start := []int{0, 4, 6, 8, 10}[i]
		dst = hex.AppendEncode(dst, b[start:end])
	}
	return append(dst, '"')
}

func appendFloat16(dst []byte, v parquet.Value) []byte {
	b := v.ByteArray()
	if len(b) != 2 {
		return appendValue(dst, v)
	}
	bits := uint16(b[0]) | uint16(b[1])<<8
	sign := 1 - 2*float64(bits>>15)
	exp, frac := int(bits>>10&31), float64(bits&1023)
	switch exp {
	case 0:
		return appendFloat(dst, sign*math.Ldexp(frac, -24))
	case 31:
		if frac != 0 {
			return appendFloat(dst, math.NaN())
		}
		return appendFloat(dst, sign*math.Inf(1))
	}
	return appendFloat(dst, sign*math.Ldexp(1024+frac, exp-25))
}

// appendString appends s as a JSON string. Bytes that are no UTF-8 stay as they
// are, for the decoder to report with field and place.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
