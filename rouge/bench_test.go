package rouge

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// words makes n words of a vocabulary in which, as in prose, a few are frequent
// and most are rare, with a full stop after every perSentence words.
func words(seed uint64, n, kinds, perSentence int) string {
	rng := rand.New(rand.NewPCG(seed, 0))
	zipf := rand.NewZipf(rng, 1.3, 4, uint64(kinds-1))
	const letters = "etaoinshrdlucmfw"
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		for k := zipf.Uint64() + 1; k > 0; k >>= 2 {
			b.WriteByte(letters[k&15])
		}
		if i%perSentence == perSentence-1 {
			b.WriteByte('.')
		}
	}
	return b.String()
}

func BenchmarkUnionLCS(b *testing.B) {
	for _, c := range []struct {
		name      string
		ref, hyp  string
		recursion int
	}{
		{"400x12000", words(1, 400, 3000, 20), words(2, 12000, 20000, 20), 0},
		{"400x12000/recursion", words(1, 400, 3000, 20), words(2, 12000, 20000, 20), 990},
		{"400x12000/one-sentence", words(1, 400, 3000, 1e9), words(2, 12000, 20000, 1e9), 0},
		{"60x500", words(1, 60, 300, 15), words(2, 500, 1000, 15), 0},
		{"60x12000/one-word-sentences", words(1, 60, 3000, 1), words(2, 12000, 20000, 1), 0},
		{"4000x12000/short-sentences", words(1, 4000, 20000, 7), words(2, 12000, 20000, 2), 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.ref) + len(c.hyp)))
			for b.Loop() {
				_, err := UnionLCS(c.ref, c.hyp, UnionOptions{Recursion: c.recursion})
				if err != nil && c.recursion == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRougeL(b *testing.B) {
	for _, c := range []struct {
		name string
		n, m int
	}{{"60x500", 60, 500}, {"400x12000", 400, 12000}, {"4000x12000", 4000, 12000}} {
		ref := Tokenize(nil, words(1, c.n, 3000, 20), false)
		hyp := Tokenize(nil, words(2, c.m, 20000, 20), false)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				L(ref, hyp)
			}
		})
	}
}

func BenchmarkRougeN(b *testing.B) {
	ref := Tokenize(nil, words(1, 400, 3000, 20), false)
	hyp := Tokenize(nil, words(2, 12000, 20000, 20), false)
	for _, n := range []int{1, 2, 4} {
		b.Run(string(rune('0'+n))+"/400x12000", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				N(ref, hyp, n)
			}
		})
	}
}

func BenchmarkLSum(b *testing.B) {
	lines := func(s string) string { return strings.ReplaceAll(s, ".", "\n") }
	ref, hyp := lines(words(1, 400, 3000, 20)), lines(words(2, 12000, 20000, 20))
	b.SetBytes(int64(len(ref) + len(hyp)))
	b.ReportAllocs()
	for b.Loop() {
		LSum(ref, hyp, false)
	}
}

func BenchmarkTokenize(b *testing.B) {
	text := words(2, 12000, 20000, 20)
	for _, c := range []struct {
		name, text string
		stem       bool
	}{{"lower", text, false}, {"stem", text, true}, {"upper", strings.ToUpper(text), false}} {
		b.Run(c.name, func(b *testing.B) {
			dst := make([]string, 0, 12000)
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				dst = Tokenize(dst[:0], c.text, c.stem)
			}
		})
	}
}

var inputs = flag.String("inputs", "", "folder of NAME.ref.txt and NAME.hyp.txt, made by benchmarks/reference/rouge_time.py")

// BenchmarkFiles times the scores on the files that the reference packages are
// timed on, and reports the median as they do.
func BenchmarkFiles(b *testing.B) {
	if *inputs == "" {
		b.Skip("no -inputs")
	}
	refs, err := filepath.Glob(filepath.Join(*inputs, "*.ref.txt"))
	if err != nil || len(refs) == 0 {
		b.Fatal("no input files", err)
	}
	for _, path := range refs {
		base := strings.TrimSuffix(path, ".ref.txt")
		ref, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		hyp, err := os.ReadFile(base + ".hyp.txt")
		if err != nil {
			b.Fatal(err)
		}
		benchmarkFile(b, filepath.Base(base), string(ref), string(hyp))
	}
}

func benchmarkFile(b *testing.B, name, ref, hyp string) {
	run := func(metric string, f func()) {
		b.Run(name+"/"+metric, func(b *testing.B) {
			b.ReportAllocs()
			var runs []float64
			for b.Loop() {
				start := time.Now()
				f()
				runs = append(runs, float64(time.Since(start)))
			}
			slices.Sort(runs)
			b.ReportMetric(runs[len(runs)/2], "median-ns")
		})
	}
	run("rouge-l", func() { UnionLCS(ref, hyp, UnionOptions{}) })
	for _, stem := range []bool{false, true} {
		suffix := map[bool]string{true: "+stem"}[stem]
		var r, h []string
		tokens := func() {
			r, h = Tokenize(r[:0], ref, stem), Tokenize(h[:0], hyp, stem)
		}
		run("rouge1"+suffix, func() { tokens(); N(r, h, 1) })
		run("rouge2"+suffix, func() { tokens(); N(r, h, 2) })
		run("rougeL"+suffix, func() { tokens(); L(r, h) })
		run("rougeLsum"+suffix, func() { LSum(ref, hyp, stem) })
	}
}
