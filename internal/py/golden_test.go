package py

import (
	"bufio"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// wtf is a string in a golden: as it is, or {"hex": ...} if it holds lone surrogates,
// which encoding/json would replace.
type wtf string

func (w *wtf) UnmarshalJSON(b []byte) error {
	if b[0] != '{' {
		return json.Unmarshal(b, (*string)(w))
	}
	var obj struct{ Hex string }
	if err := json.Unmarshal(b, &obj); err != nil {
		return err
	}
	s, err := hex.DecodeString(obj.Hex)
	*w = wtf(s)
	return err
}

// eachGolden calls f with every row of testdata/golden/name.jsonl.gz but the first,
// which names the reference, and fails the test if there are fewer than least.
func eachGolden[T any](t *testing.T, name string, least int, f func(row T)) {
	t.Helper()
	file, err := os.Open("testdata/golden/" + name + ".jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zr, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(zr)
	sc.Buffer(nil, 1<<24)
	if !sc.Scan() {
		t.Fatalf("%s: empty golden", name)
	}
	t.Logf("%s", sc.Text())
	rows := 0
	for sc.Scan() {
		var row T
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatalf("%s: %v in %.200s", name, err, sc.Text())
		}
		f(row)
		rows++
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	if rows < least {
		t.Fatalf("%s: %d rows, want at least %d", name, rows, least)
	}
}
