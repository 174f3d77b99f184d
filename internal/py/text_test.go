package py

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

func TestTextGolden(t *testing.T) {
	type row struct {
		S, Strip, Lower, Casefold, Repr wtf
		Split                           []wtf
		Len                             int
	}
	eachGolden(t, "text", 2000, func(row row) {
		s := string(row.S)
		check := func(name, got string, want wtf) {
			t.Helper()
			if got != string(want) {
				t.Errorf("%s(%q) = %q, want %q", name, s, got, want)
			}
		}
		check("Strip", Strip(s), row.Strip)
		check("Lower", Lower(s), row.Lower)
		check("Casefold", Casefold(s), row.Casefold)
		check("AppendRepr", string(AppendRepr(nil, s)), row.Repr)
		if got := RuneCount(s); got != row.Len {
			t.Errorf("RuneCount(%q) = %d, want %d", s, got, row.Len)
		}
		words := make([]string, len(row.Split))
		for i, w := range row.Split {
			words[i] = string(w)
		}
		if got := AppendFields(nil, s); !slices.Equal(got, words) {
			t.Errorf("AppendFields(%q) = %q, want %q", s, got, words)
		}
		joined := wtf(strings.Join(words, " "))
		check("CollapseSpace", CollapseSpace(s), joined)
		check("AppendCollapsed", string(AppendCollapsed([]byte("x"), s)), "x"+joined)
	})
}

// Bytes that are no code point count as one character each and are kept.
func TestInvalidBytes(t *testing.T) {
	for _, tt := range []struct {
		s, lower, strip, collapsed, repr, json string
		n                                      int
	}{
		{"A\xffB", "a\xffb", "A\xffB", "A\xffB", "'A\xffB'", `"A\ufffdB"`, 3},
		{" \xa0 ", " \xa0 ", "\xa0", "\xa0", "' \xa0 '", `" \ufffd "`, 3},
		{"\x85", "\x85", "\x85", "\x85", "'\x85'", `"\ufffd"`, 1},
		{"\xed\xa0", "\xed\xa0", "\xed\xa0", "\xed\xa0", "'\xed\xa0'", `"\ufffd\ufffd"`, 2},
		{"\xed\xa0\x80 \xc3", "\xed\xa0\x80 \xc3", "\xed\xa0\x80 \xc3", "\xed\xa0\x80 \xc3", "'\\ud800 \xc3'", `"\ud800 \ufffd"`, 3},
		{"\xc1\xbf\xf4\x90\x80\x80", "\xc1\xbf\xf4\x90\x80\x80", "\xc1\xbf\xf4\x90\x80\x80", "\xc1\xbf\xf4\x90\x80\x80",
			"'\xc1\xbf\xf4\x90\x80\x80'", `"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"`, 6},
		{"aΣ\xff", "aς\xff", "aΣ\xff", "aΣ\xff", "'aΣ\xff'", `"aΣ\ufffd"`, 3},
		{"\xffΣ", "\xffσ", "\xffΣ", "\xffΣ", "'\xffΣ'", `"\ufffdΣ"`, 2},
		{"\xe2\x80  x", "\xe2\x80  x", "\xe2\x80  x", "\xe2\x80 x", "'\xe2\x80  x'", `"\ufffd\ufffd  x"`, 5},
	} {
		for _, c := range []struct{ name, got, want string }{
			{"Lower", Lower(tt.s), tt.lower},
			{"Strip", Strip(tt.s), tt.strip},
			{"CollapseSpace", CollapseSpace(tt.s), tt.collapsed},
			{"AppendRepr", string(AppendRepr(nil, tt.s)), tt.repr},
			{"AppendJSONString", string(AppendJSONString(nil, tt.s)), tt.json},
		} {
			if c.got != c.want {
				t.Errorf("%s(%q) = %q, want %q", c.name, tt.s, c.got, c.want)
			}
		}
		if got := RuneCount(tt.s); got != tt.n {
			t.Errorf("RuneCount(%q) = %d, want %d", tt.s, got, tt.n)
		}
	}
}

func TestDecodeRune(t *testing.T) {
	for _, tt := range []struct {
		s    string
		r    rune
		size int
	}{
		{"", 0xfffd, 0}, {"a", 'a', 1}, {"é", 'é', 2}, {"\ufffd", 0xfffd, 3}, {"😀", '😀', 4},
		{"\xed\xa0\x80", 0xd800, 3}, {"\xed\xbf\xbf", 0xdfff, 3}, {"\xed\xaf\xbfx", 0xdbff, 3}, {"\xed\xb0\x80", 0xdc00, 3},
		{"\xed\x9f\xbf", 0xd7ff, 3}, {"\xee\x80\x80", 0xe000, 3}, {"\xed\xa0", 0xfffd, 1}, {"\xed\xc0\x80", 0xfffd, 1},
		{"\xed\xa0\xc0", 0xfffd, 1}, {"\xff", 0xfffd, 1}, {"\x80", 0xfffd, 1}, {"\xc0\x80", 0xfffd, 1}, {"\xf4\x90\x80\x80", 0xfffd, 1},
	} {
		if r, size := DecodeRune(tt.s); r != tt.r || size != tt.size {
			t.Errorf("DecodeRune(%q) = U+%04X, %d, want U+%04X, %d", tt.s, r, size, tt.r, tt.size)
		}
	}
	for r := rune(0); r <= lastTested(); r++ {
		c := string(appendRune(nil, r))
		if got, size := DecodeRune(c); got != r || size != len(c) {
			t.Fatalf("DecodeRune of U+%04X = U+%04X, %d", r, got, size)
		}
		if got, size := decodeLast("é" + c); got != r || size != len(c) {
			t.Fatalf("decodeLast of U+%04X = U+%04X, %d", r, got, size)
		}
		if RuneCount(c) != 1 {
			t.Fatalf("RuneCount of U+%04X = %d", r, RuneCount(c))
		}
	}
}

// A result equal to the argument shares its memory.
func TestUnchangedIsSame(t *testing.T) {
	for _, s := range []string{"plain words only", "中文 étude ß ς 1.", strings.Repeat("lower case text ", 50) + ".", "\xff\xed\xa0\x80"} {
		for name, f := range map[string]func(string) string{"Lower": Lower, "Strip": Strip, "CollapseSpace": CollapseSpace} {
			if got := f(s); unsafe.StringData(got) != unsafe.StringData(s) || got != s {
				t.Errorf("%s(%.20q) made a copy", name, s)
			}
			if n := testing.AllocsPerRun(10, func() { sink = f(s) }); n != 0 {
				t.Errorf("%s(%.20q): %v allocations", name, s, n)
			}
		}
	}
	if s := "strasse"; unsafe.StringData(Casefold(s)) != unsafe.StringData(s) {
		t.Error("Casefold made a copy")
	}
}

var sink string

func TestTextAllocs(t *testing.T) {
	s := strings.Repeat("Some  Words\there ", 20)
	buf := make([]byte, 0, 2*len(s))
	words := make([]string, 0, 200)
	for name, f := range map[string]func(){
		"AppendCollapsed":  func() { buf = AppendCollapsed(buf[:0], s) },
		"AppendFields":     func() { words = AppendFields(words[:0], s) },
		"AppendRepr":       func() { buf = AppendRepr(buf[:0], s) },
		"AppendJSONString": func() { buf = AppendJSONString(buf[:0], s) },
		"AppendFloat":      func() { buf = AppendFloat(buf[:0], 1.0/3) },
		"Strip":            func() { sink = Strip(s) },
	} {
		if n := testing.AllocsPerRun(20, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestFloatGolden(t *testing.T) {
	eachGolden(t, "floats", 3000, func(row [2]string) {
		bits, err := strconv.ParseUint(row[0], 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		f := math.Float64frombits(bits)
		if got := string(AppendFloat([]byte("="), f)); got != "="+row[1] {
			t.Errorf("AppendFloat(%x) %s, want %s", bits, got, row[1])
		}
	})
}
