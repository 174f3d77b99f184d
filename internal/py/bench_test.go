package py

import (
	"encoding/json"
	"strings"
	"testing"
)

const (
	english = "The quick brown fox jumps over the lazy dog, and then Alice (42) answered: it's not over yet. "
	chinese = "这是一个用于测试速度的中文段落，其中包含标点符号。“引号”、数字123以及English单词。"
	russian = "Съешь же ещё этих мягких французских булок, да выпей чаю. Москва и Санкт-Петербург. "
	viet    = "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền. "
)

func fill(s string, n int) string { return strings.Repeat(s, n/len(s)+1) }

var texts = []struct{ name, s string }{
	{"english", fill(english, 64<<10)},
	{"lower", strings.ToLower(fill(english, 64<<10))},
	{"lines", fill(english+"\n\n", 64<<10)},
	{"chinese", fill(chinese, 64<<10)},
	{"russian", fill(russian, 64<<10)},
	{"viet", fill(viet, 64<<10)},
}

func benchText(b *testing.B, f func(s string)) {
	for _, text := range texts {
		b.Run(text.name, func(b *testing.B) {
			b.SetBytes(int64(len(text.s)))
			b.ReportAllocs()
			for b.Loop() {
				f(text.s)
			}
		})
	}
}

func BenchmarkLower(b *testing.B)         { benchText(b, func(s string) { sink = Lower(s) }) }
func BenchmarkCollapseSpace(b *testing.B) { benchText(b, func(s string) { sink = CollapseSpace(s) }) }
func BenchmarkRuneCount(b *testing.B)     { benchText(b, func(s string) { sinkInt = RuneCount(s) }) }

func BenchmarkAppendFields(b *testing.B) {
	var words []string
	benchText(b, func(s string) { words = AppendFields(words[:0], s) })
}

func BenchmarkAppendRepr(b *testing.B) {
	var buf []byte
	benchText(b, func(s string) { buf = AppendRepr(buf[:0], s) })
}

func BenchmarkAppendJSONString(b *testing.B) {
	var buf []byte
	benchText(b, func(s string) { buf = AppendJSONString(buf[:0], s) })
}

var sinkInt int

func BenchmarkAppendFloat(b *testing.B) {
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendFloat(buf[:0], 0.1234567890123)
	}
}

// documents for Parse: a scored line with a long prompt and response, one with a
// response full of escapes, a table, and a list of numbers.
func benchDocs() []struct{ name, doc string } {
	quote := func(s string) string { return string(AppendJSONString(nil, s)) }
	row := `{"data_source": "multitableqa_pretraining", "prompt": ` + quote(fill(english, 500<<10)) +
		`, "response": ` + quote(fill(english+"\n", 64<<10)) + `, "ground_truth": {"golden_label": "A"}, "extra_info": {"reward_mode": "EM", "index": 7}}`
	small := `{"data_source": "EM", "response": ` + quote(fill(english+"\n", 2<<10)) + `, "ground_truth": {"golden_label": "A"}, "extra_info": {"reward_mode": "EM", "index": 7}}`
	escapes, err := json.Marshal(fill("a\nb\t\"c\"\\", 64<<10))
	if err != nil {
		panic(err)
	}
	return []struct{ name, doc string }{
		{"line500K", row},
		{"line2K", small},
		{"escapes", string(escapes)},
		{"plain", quote(fill(chinese, 256<<10))},
		{"table", `{"columns": ["a", "b", "c"], "data": [` + strings.Repeat(`["Alice", 12.5, "2019-01-01"], `, 500) + `[]]}`},
		{"numbers", "[" + strings.Repeat("1, 22, 333, -4.5e6, ", 500) + "0]"},
	}
}

func BenchmarkParse(b *testing.B) {
	for _, d := range benchDocs() {
		b.Run(d.name, func(b *testing.B) {
			b.SetBytes(int64(len(d.doc)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(d.doc); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkStr(b *testing.B) {
	doc := string(AppendJSONString(nil, fill(english+"\n", 64<<10)))
	v, err := Parse(doc)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		sink = v.Str()
	}
}
