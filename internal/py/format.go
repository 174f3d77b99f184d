package py

import "unicode/utf8"

// AppendStr appends str(v) and returns dst: a String as it is, any other value as
// AppendReprValue has it.
func AppendStr(dst []byte, v Value) []byte {
	if v.kind != String {
		return AppendReprValue(dst, v)
	}
	if v.form == escaped {
		return appendUnescaped(dst, v.text[1:len(v.text)-1])
	}
	return append(dst, v.Str()...)
}

// AppendReprValue appends repr(v) and returns dst: True, False and None by name, floats
// by AppendFloat, strings by AppendRepr, and lists and dicts of these.  It appends
// nothing if v does not exist.
func AppendReprValue(dst []byte, v Value) []byte {
	switch v.kind {
	case Null:
		return append(dst, "None"...)
	case Bool:
		if v.Bool() {
			return append(dst, "True"...)
		}
		return append(dst, "False"...)
	case Int:
		return append(dst, v.IntText()...)
	case Float:
		return AppendFloat(dst, v.Float())
	case String:
		return AppendRepr(dst, v.Str())
	case List:
		dst = append(dst, '[')
		for i, item := range v.Items() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = AppendReprValue(dst, item)
		}
		return append(dst, ']')
	case Dict:
		dst = append(dst, '{')
		for i, p := range v.Pairs() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = AppendRepr(dst, p.Key)
			dst = append(dst, ": "...)
			dst = AppendReprValue(dst, p.Val)
		}
		return append(dst, '}')
	}
	return dst
}

// appendJSON appends JSON text for v.
func appendJSON(dst []byte, v Value) []byte {
	switch {
	case v.form == decoded:
		return AppendJSONString(dst, v.text)
	case v.form != built:
		return append(dst, v.text...)
	case v.kind == List:
		dst = append(dst, '[')
		for i, item := range v.Items() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, item)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i, p := range v.Pairs() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendJSONString(dst, p.Key)
		dst = append(dst, ':')
		dst = appendJSON(dst, p.Val)
	}
	return append(dst, '}')
}

// AppendJSONString appends s as a JSON string and returns dst.  The output is valid
// UTF-8 and as short as JSON allows: only quotes, backslashes and control characters
// are escaped, besides surrogates, which become \udXXX.  A byte that belongs to no code
// point becomes \ufffd.
//
// For a str without such bytes the text reads back as s, with one exception that JSON
// itself makes: a high surrogate followed by a low one reads back as one code point.
func AppendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	valid := utf8.ValidString(s)
	for i := 0; i < len(s); {
		n := plainLen(s, i)
		if valid {
			dst = append(dst, s[i:i+n]...)
		} else {
			dst = appendValid(dst, s[i:i+n])
		}
		if i += n; i == len(s) {
			break
		}
		switch c := s[i]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = appendUEscape(dst, rune(c))
		}
		i++
	}
	return append(dst, '"')
}

// appendValid appends s, which needs no escapes but for surrogates and invalid bytes.
func appendValid(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, size := DecodeRune(s[i:])
		if size == 1 && r == utf8.RuneError || 0xd800 <= r && r <= 0xdfff {
			dst = appendUEscape(dst, r)
		} else {
			dst = append(dst, s[i:i+size]...)
		}
		i += size
	}
	return dst
}

func appendUEscape(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
