package jieba

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"testing"
)

func unpack(t *testing.T) []byte {
	t.Helper()
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The numbers are what benchmarks/reference/jieba_tables.py prints, and
// frequencies are lines of jieba's dict.txt.
func TestModel(t *testing.T) {
	m := tables()
	words, nodes := 0, 0
	for _, n := range m.trie.nodes {
		if n.weight() != 0 {
			words++
		}
		if n&^(noLabel<<labelShift) != 0 {
			nodes++
		}
	}
	if words != 349044 || nodes != 498110 || len(m.weights) != 5088 {
		t.Errorf("%d words in %d nodes with %d weights", words, nodes, len(m.weights))
	}
	for _, tt := range []struct {
		word string
		freq float64
	}{{"北京", 34488}, {"的", 318825}, {"AT&T", 3}, {"T恤", 4}} {
		weight, word, _ := find(m, splitChars(tt.word))
		if want := math.Log(tt.freq) - math.Log(60101967); !word || math.Abs(weight-want) > 1e-12 {
			t.Errorf("weight of %s = %v, %v, want about %v", tt.word, weight, word, want)
		}
	}
	if want := -math.Log(60101967); math.Abs(m.unknown-want) > 1e-12 {
		t.Errorf("weight of an unknown character = %v, want about %v", m.unknown, want)
	}
	size := 4*len(m.trie.nodes) + 4*len(m.trie.bases) + 8*len(m.weights) + 2*len(m.codes) + 8*len(m.singles) + 32*len(m.emits)
	t.Logf("%d trie slots, %.1f MB in all", len(m.trie.nodes), float64(size)/1e6)
	if size > 16e6 {
		t.Errorf("the tables take %d bytes", size)
	}
}

func TestReadModelRejects(t *testing.T) {
	raw := unpack(t)
	change := func(at int, b byte) []byte {
		c := bytes.Clone(raw)
		c[at] = b
		return c
	}
	tests := map[string][]byte{
		"nothing":           nil,
		"no magic":          change(0, 'x'),
		"magic only":        raw[:len(magic)],
		"characters, count": change(len(magic), raw[len(magic)]+1),
		"cut in characters": raw[:len(magic)+1000],
		"cut in weights":    raw[:60000],
		"cut in counts":     raw[:400000],
		"cut in labels":     raw[:1000000],
		"cut in numbers":    raw[:len(raw)-300000],
		"last byte missing": raw[:len(raw)-1],
		"a byte more":       append(bytes.Clone(raw), 0),
	}
	for name, b := range tests {
		if m, err := readModel(b); err == nil || m != nil {
			t.Errorf("%s: no error", name)
		}
	}
}
