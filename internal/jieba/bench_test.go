package jieba

import (
	"flag"
	"os"
	"strings"
	"testing"
)

// The side-by-side measurement is, in one shell,
//
//	python benchmarks/reference/jieba_time.py internal/jieba/testdata/golden/cut.jsonl.gz
//	go test ./internal/jieba -run '^$' -bench . -cpu 1
//
// or both with a text file of your own: jieba_time.py FILE, and -text FILE here.
var textFile = flag.String("text", "", "also time the lines of this UTF-8 `file`")

// benchTexts returns named lists of texts: the golden's kinds that stand for
// ordinary text, for the hidden Markov model and for Latin-heavy text.
func benchTexts(b *testing.B) (names []string, texts map[string][]string) {
	names, texts = []string{"news", "singles", "mixed"}, map[string][]string{}
	readGoldens(b, goldenFile, func(g golden) { texts[g.Kind] = append(texts[g.Kind], g.text()) })
	if *textFile != "" {
		raw, err := os.ReadFile(*textFile)
		if err != nil {
			b.Fatal(err)
		}
		names = append(names, "text")
		texts["text"] = strings.SplitAfter(string(raw), "\n")
	}
	return names, texts
}

func benchmark(b *testing.B, cut func(text string)) {
	Load()
	names, texts := benchTexts(b)
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			size := 0
			for _, t := range texts[name] {
				size += len(t)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, t := range texts[name] {
					cut(t)
				}
			}
		})
	}
}

func BenchmarkAppendCut(b *testing.B) {
	var dst []string
	benchmark(b, func(text string) { dst = AppendCut(dst[:0], text) })
}

func BenchmarkAppendJoined(b *testing.B) {
	var dst []byte
	benchmark(b, func(text string) { dst = AppendJoined(dst[:0], text) })
}

func BenchmarkLoad(b *testing.B) {
	b.SetBytes(int64(len(packed)))
	b.ReportAllocs()
	for b.Loop() {
		loadEmbedded()
	}
}
