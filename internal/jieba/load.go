package jieba

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

//go:embed data/tables.bin.gz
var packed []byte

const magic = "jieba 0.42.1\n"

// The han characters of a block.
const (
	firstHan = 0x4E00
	lastHan  = 0x9FD5
)

// Codes number the characters of a block from 1: the 69 ASCII ones in the order
// of asciiChars, then the han characters in the order of the table file, most
// frequent first. Code 0 stands for every other character.
const (
	asciiChars  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#%&+-._"
	lastDigit   = 10
	lastAlnum   = 62
	percentCode = 64
	dotCode     = 68
	lastASCII   = 69
	maxCode     = lastASCII + lastHan - firstHan + 1
)

// model holds everything that cutting reads. It never changes once built.
type model struct {
	codes   [1 << 16]uint16 // character to code
	trie    trie
	weights []float64                      // by weight number; number 0, no word, is -Inf
	singles [maxCode + 1]float64           // weights of the words of one character, by code
	unknown float64                        // weight of a character at which no word starts
	emits   [maxCode + 1 - lastASCII]emits // by code less lastASCII
}

// noWord is less than any sum of weights that a text can reach, and more than
// -Inf.
const noWord = -math.MaxFloat64

// emits holds the log-probabilities of a character in each state.
type emits [4]float64

// loadEmbedded builds the model from the embedded file. The file is part of the
// program, so a defect in it is a panic, not an error.
func loadEmbedded() *model {
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("jieba: embedded tables: " + err.Error())
	}
	raw := bytes.NewBuffer(make([]byte, 0, unpackedSize(packed)+bytes.MinRead))
	if _, err := raw.ReadFrom(zr); err != nil {
		panic("jieba: embedded tables: " + err.Error())
	}
	m, err := readModel(raw.Bytes())
	if err != nil {
		panic("jieba: embedded tables: " + err.Error())
	}
	return m
}

// unpackedSize returns the length that a gzip file states in its last four
// bytes.
func unpackedSize(gz []byte) int {
	return int(binary.LittleEndian.Uint32(gz[len(gz)-4:]))
}

// readModel decodes the format that benchmarks/reference/jieba_tables.py
// describes.
func readModel(raw []byte) (*model, error) {
	if !bytes.HasPrefix(raw, []byte(magic)) {
		return nil, fmt.Errorf("not a %q file", magic)
	}
	r := &reader{b: raw[len(magic):]}
	m := new(model)
	for i := range len(asciiChars) {
		m.codes[asciiChars[i]] = uint16(i + 1)
	}
	if n := r.uvarint(); n != maxCode-lastASCII {
		return nil, fmt.Errorf("%d han characters, want %d", n, maxCode-lastASCII)
	}
	char := firstHan
	for code := lastASCII + 1; code <= maxCode; code++ {
		gap := r.uvarint()
		char += gap>>1 ^ -(gap & 1)
		if char < firstHan || char > lastHan || m.codes[char] != 0 {
			return nil, errors.New("bad order of characters")
		}
		m.codes[char] = uint16(code)
	}
	m.weights = r.floats()
	if len(m.weights) == 0 || len(m.weights) > maxWeights {
		return nil, fmt.Errorf("%d weights", len(m.weights))
	}
	m.unknown = m.weights[0]
	m.weights[0] = math.Inf(-1)
	if err := m.readTrie(r); err != nil {
		return nil, err
	}
	for code := range m.singles {
		m.singles[code] = m.weights[m.trie.nodes[code].weight()]
	}
	values := append([]float64{minProb}, r.floats()...)
	for state := range 4 {
		m.emits[0][state] = minProb
		for i := 1; i < len(m.emits); i++ {
			v := r.uvarint()
			if v >= len(values) {
				return nil, errors.New("bad emission number")
			}
			m.emits[i][state] = values[v]
		}
	}
	if r.failed || len(r.b) != 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return m, nil
}

// reader reads numbers off the front of b. After the first failure it returns
// zeros.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) uvarint() int {
	if len(r.b) > 0 && r.b[0] < 0x80 {
		v := int(r.b[0])
		r.b = r.b[1:]
		return v
	}
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > math.MaxInt32 {
		r.b, r.failed = nil, true
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// floats reads a count and as many float64.
func (r *reader) floats() []float64 {
	n := r.uvarint()
	if n > len(r.b)/8 {
		r.b, r.failed = nil, true
		return nil
	}
	f := make([]float64, n)
	for i := range f {
		f[i] = math.Float64frombits(binary.LittleEndian.Uint64(r.b[8*i:]))
	}
	r.b = r.b[8*n:]
	return f
}
