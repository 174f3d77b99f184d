package jieba

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var cutsFile = flag.String("cuts", "", "also check the texts of this `file`, made by benchmarks/reference/jieba_golden.py")

const goldenFile = "testdata/golden/cut.jsonl.gz"

// golden is a text with the lengths of its tokens in bytes.
type golden struct {
	Kind  string `json:"kind"`
	Text  string `json:"t"`
	Bytes []byte `json:"b"` // instead of Text, for texts that JSON cannot hold
	Sizes []int  `json:"n"`
}

func (g golden) text() string {
	if g.Bytes != nil {
		return string(g.Bytes)
	}
	return g.Text
}

// tokens returns the tokens of the reference.
func (g golden) tokens() []string {
	var tokens []string
	text := g.text()
	for _, n := range g.Sizes {
		tokens = append(tokens, text[:n])
		text = text[n:]
	}
	return tokens
}

// readGoldens calls yield for every row of a golden file after its first line.
func readGoldens(tb testing.TB, name string, yield func(golden)) {
	tb.Helper()
	f, err := os.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	r := bufio.NewReaderSize(zr, 1<<16)
	head, err := r.ReadString('\n')
	if err != nil || !strings.Contains(head, `"reference": "jieba 0.42.1,`) {
		tb.Fatalf("%s starts with %q, %v", name, head, err)
	}
	for d := json.NewDecoder(r); d.More(); {
		var g golden
		if err := d.Decode(&g); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		yield(g)
	}
}

func TestGolden(t *testing.T) {
	files := []string{goldenFile}
	if *cutsFile != "" {
		files = append(files, *cutsFile)
	}
	for _, name := range files {
		rows, tokens, size, bad := 0, 0, 0, 0
		kinds := map[string]int{}
		var got []string
		readGoldens(t, name, func(g golden) {
			text, want := g.text(), g.tokens()
			rows++
			tokens += len(want)
			size += len(text)
			kinds[g.Kind]++
			got = AppendCut(got[:0], text)
			if !slices.Equal(got, want) {
				if bad++; bad <= 20 {
					t.Errorf("%s: %q\n got %q\nwant %q", g.Kind, text, got, want)
				}
			}
			if joined := string(AppendJoined(nil, text)); joined != strings.Join(want, " ") {
				t.Errorf("%s: %q joined is %q", g.Kind, text, joined)
			}
		})
		t.Logf("%s: %d texts, %d bytes, %d tokens, %d texts differ; %v", name, rows, size, tokens, bad, kinds)
		if rows < 2500 {
			t.Errorf("%s: %d rows", name, rows)
		}
	}
}
