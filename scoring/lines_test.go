package scoring

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
)

// TestNormalLine compares the fast normalisation with its definition.
func TestNormalLine(t *testing.T) {
	alphabet := []string{"a", "b", "Z", "A", " ", "  ", "\t", "\r", "\x00", "\x1c", "\x1f", "\x7f", "@", "[", "`", "{", "é", "İ", "Σ", "\u3000", "\u200b", "word", "0123456789abcdef"}
	rng := rand.New(rand.NewPCG(7, 7))
	s := new(lineScratch)
	for range 200_000 {
		var b strings.Builder
		for range rng.IntN(12) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		line := b.String()
		want := py.CollapseSpace(py.Lower(line))
		if got := s.normalLine(line); got != want {
			t.Fatalf("normalLine(%q) = %q, want %q", line, got, want)
		}
		s.arena = s.arena[:min(len(s.arena), 1<<12)]
		if len(s.arena) == 1<<12 {
			s.arena = s.arena[:0]
		}
	}
}

// TestAppendLinesIsPython holds line-by-line lower-casing to the released
// order: lower the text, then split, also around the final sigma.
func TestAppendLinesIsPython(t *testing.T) {
	alphabet := []string{"Σ", "ΑΣ", "\n", "'", "\u0301", "a", " ", "İ", "\r\n", "\u00ad"}
	rng := rand.New(rand.NewPCG(8, 8))
	s := new(lineScratch)
	for range 50_000 {
		var b strings.Builder
		for range rng.IntN(10) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		var want []string
		for l := range strings.SplitSeq(py.Lower(py.Strip(b.String())), "\n") {
			want = append(want, py.CollapseSpace(l))
		}
		got := s.appendLines(nil, b.String())
		if strings.Join(got, "|") != strings.Join(want, "|") || len(got) != len(want) {
			t.Fatalf("%q: %q, want %q", b.String(), got, want)
		}
	}
}

func TestLineTable(t *testing.T) {
	var table lineTable
	table.reset(1000)
	want := map[string]int32{}
	rng := rand.New(rand.NewPCG(9, 9))
	for i := range 1000 {
		key := strings.Repeat("k", rng.IntN(40))
		at := table.find(key)
		if _, ok := want[key]; ok != (at != nil) || ok && want[key] != *at {
			t.Fatalf("%q: found %v, want %v", key, at != nil, want)
		}
		if at == nil {
			table.put(key, int32(i))
			want[key] = int32(i)
		} else if i%3 == 0 {
			table.add(key, 5)
			want[key] += 5
		}
	}
	if len(table.keys) != len(want) {
		t.Errorf("%d keys, want %d", len(table.keys), len(want))
	}
}

func TestLastRunes(t *testing.T) {
	for _, c := range []struct {
		s, want string
		n       int
	}{
		{"abc", "bc", 2}, {"abc", "abc", 9}, {"", "", 3}, {"日本語", "本語", 2}, {"a\xed\xa0\x80b", "\xed\xa0\x80b", 2}, {"x😀", "😀", 1}, {"a\xff\xfe", "\xff\xfe", 2},
	} {
		if got := lastRunes(c.s, c.n); got != c.want {
			t.Errorf("lastRunes(%q, %d) = %q, want %q", c.s, c.n, got, c.want)
		}
	}
}

func TestReleasedNamesAreKnown(t *testing.T) {
	for mode := range longBenchProModes {
		if _, err := Builtin().ParseIn(Reference, mode); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
	if len(longBenchProModes) != 25 {
		t.Errorf("%d modes", len(longBenchProModes))
	}
}
