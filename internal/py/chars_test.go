package py

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

const lastRune = 0x10ffff

// lastTested bounds the loops over all code points.  Under the race detector, which has
// nothing to find in them, they stop early.
func lastTested() rune {
	if raceEnabled {
		return 0x1ffff
	}
	return lastRune
}

// charProperties computes for one character what py_goldens.py computes.
var charProperties = map[string]func(dst []byte, r rune, c string) []byte{
	"isspace":     class(IsSpace),
	"isprintable": class(IsPrintable),
	"isalnum":     class(IsAlnum),
	"isdigit":     class(IsDigit),
	"isdecimal":   class(IsDecimal),
	"lower":       line(func(c string) string { return Lower(c) }),
	"casefold":    line(func(c string) string { return Casefold(c) }),
	"repr":        line(func(c string) string { return string(AppendRepr(nil, c)) }),
	"split": func(dst []byte, _ rune, c string) []byte {
		return strconv.AppendInt(dst, int64(len(AppendFields(nil, "a"+c+"b"))), 10)
	},
	"sigma-before":  line(func(c string) string { return Lower(c + "Σ") }),
	"sigma-between": line(func(c string) string { return Lower("a" + c + "Σ") }),
	"sigma-after":   line(func(c string) string { return Lower("aΣ" + c) }),
	"sigma-around":  line(func(c string) string { return Lower("aΣ" + c + "b") }),
}

func class(is func(rune) bool) func([]byte, rune, string) []byte {
	return func(dst []byte, r rune, _ string) []byte {
		if is(r) {
			return append(dst, '1')
		}
		return append(dst, '0')
	}
}

func line(f func(string) string) func([]byte, rune, string) []byte {
	return func(dst []byte, _ rune, c string) []byte { return append(append(dst, f(c)...), '\n') }
}

func TestEveryCodePoint(t *testing.T) {
	const block = 0x1000
	type row struct {
		Property, Blocks string
		Map              string
		Of               [][2]json.RawMessage
	}
	seen := 0
	eachGolden(t, "chars", len(charProperties)+2, func(row row) {
		if row.Map != "" {
			checkCaseMap(t, row.Map, row.Of)
			return
		}
		seen++
		get := charProperties[row.Property]
		if get == nil {
			t.Fatalf("unknown property %q", row.Property)
		}
		var buf []byte
		blocks := strings.Split(row.Blocks, ",")
		blocks = blocks[:(lastTested()+1)/block]
		for i, want := range blocks {
			buf = buf[:0]
			for r := rune(i * block); r < rune(i+1)*block; r++ {
				buf = get(buf, r, string(appendRune(nil, r)))
			}
			sum := sha256.Sum256(buf)
			if got := hex.EncodeToString(sum[:6]); got != want {
				t.Errorf("%s differs in U+%04X..U+%04X", row.Property, i*block, (i+1)*block-1)
			}
		}
	})
	if seen != len(charProperties) {
		t.Errorf("%d properties checked, want %d", seen, len(charProperties))
	}
}

// checkCaseMap compares one mapping with the golden's list of the code points that it
// changes, so that a difference the hashes show has a name.
func checkCaseMap(t *testing.T, name string, of [][2]json.RawMessage) {
	t.Helper()
	f := map[string]func(string) string{"lower": Lower, "casefold": Casefold}[name]
	want := map[rune]string{}
	for _, pair := range of {
		cp, err := strconv.Atoi(string(pair[0]))
		var to wtf
		if err2 := json.Unmarshal(pair[1], &to); err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		want[rune(cp)] = string(to)
	}
	if len(want) < 1000 {
		t.Fatalf("%s: only %d mappings", name, len(want))
	}
	for r := rune(0); r <= lastTested(); r++ {
		c := string(appendRune(nil, r))
		w, ok := want[r]
		if !ok {
			w = c
		}
		if got := f(c); got != w {
			t.Errorf("%s(U+%04X) = %q, want %q", name, r, got, w)
		}
	}
}

// Values outside the code space are in no class and do not reach a table's end.
func TestClassOutOfRange(t *testing.T) {
	for _, r := range []rune{-1, lastRune + 1, 1<<31 - 1, -1 << 31} {
		if IsSpace(r) || IsPrintable(r) || IsAlnum(r) || IsDigit(r) || IsDecimal(r) {
			t.Errorf("%#x belongs to a class", r)
		}
	}
}
