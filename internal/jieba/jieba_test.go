package jieba

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

func TestAppendCut(t *testing.T) {
	// Outputs of jieba 0.42.1, except where the input is not valid UTF-8.
	tests := []struct{ in, want string }{
		{"", ""},
		{"我来到北京清华大学", "我|来到|北京|清华大学"},
		{"研究生命起源", "研究|生命|起源"},
		{"a b", "a| |b"},
		{"a\r\n\nb\n\r", "a|\r\n|\n|b|\n|\r"},
		{"1.5%的x.y-3.14", "1.5%|的|x|.|y|-|3.14"},
		{"\xff", "\xff"},
		{"中\xff国", "中|\xff|国"},
		{"\xe4\xb8", "\xe4|\xb8"},
		{"北\xe4\xb8京", "北|\xe4|\xb8|京"},
		{"\xed\xa0\x80", "\xed\xa0\x80"},
		{"中\xed\xa0\xbd\xed\xb8\x80国", "中|\xed\xa0\xbd|\xed\xb8\x80|国"},
		{"\xed\xa0", "\xed|\xa0"},
		{"\xe0\x80\x80", "\xe0|\x80|\x80"},
		{"\xf0\x9f\x98\x80\xf4\x90\x80\x80", "\U0001F600|\xf4|\x90|\x80|\x80"},
	}
	for _, tt := range tests {
		if got := strings.Join(AppendCut(nil, tt.in), "|"); got != tt.want {
			t.Errorf("AppendCut(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestAppendKeepsPrefix(t *testing.T) {
	if got := AppendCut([]string{"x"}, "北京"); !slices.Equal(got, []string{"x", "北京"}) {
		t.Errorf("AppendCut = %q", got)
	}
	if got := string(AppendJoined([]byte("x"), "研究生命起源")); got != "x研究 生命 起源" {
		t.Errorf("AppendJoined = %q", got)
	}
}

// The dictionary's runs of single characters are two or three long, so isWord
// meets longer words only here.
func TestIsWord(t *testing.T) {
	for _, text := range []string{"中华人民共和国的", "上不去了", "AT&T", "北京大学生", "鿕鿕鿕鿕"} {
		c := newCutter()
		n := c.scan(text, 0)
		c.lookUp(n)
		for j := 2; j <= n; j++ {
			_, want, _ := find(c.m, splitChars(text)[:j])
			if got := c.isWord(0, j); got != want {
				t.Errorf("isWord of the first %d characters of %s = %v, want %v", j, text, got, want)
			}
		}
	}
}

// randomTexts draws texts of every kind of character and byte, weighted towards
// what the tables know.
func randomTexts() gopter.Gen {
	Load()
	pieces := []gopter.Gen{
		gen.OneConstOf("中国", "北京", "的", "了", "研究", "生命", "起源", "大学", "。", "，", " ", "\r", "\n", "\r\n", "\u3000"),
		gen.OneConstOf("1", ".", "%", "a", "Z", "-", "_", "+", "#", "&", "1.5", "AT&T", "c#", "T恤", "卡拉OK"),
		gen.OneConstOf("\xed\xa0\x80", "\xed\xbf\xbf", "\xff", "\xe4", "\xb8\xad", "\xf0\x9f", "\U0001F600", "\U00020000"),
		gen.Int32Range(firstHan, lastHan).Map(func(r int32) string { return string(r) }),
		gen.Int32Range(0x4E00, 0x4E40).Map(func(r int32) string { return string(r) }),
		gen.AnyString(),
	}
	return gen.SliceOf(gen.OneGenOf(pieces...)).Map(func(parts []string) string { return strings.Join(parts, "") })
}

func TestLaws(t *testing.T) {
	const seed = 20240801
	t.Logf("seed %d", seed)
	p := gopter.DefaultTestParametersWithSeed(seed)
	p.MinSuccessfulTests = 1500
	p.MaxSize = 120
	laws := gopter.NewProperties(p)
	laws.Property("the tokens put together are the text", prop.ForAll(func(s string) bool {
		tokens := AppendCut(nil, s)
		return strings.Join(tokens, "") == s && !slices.Contains(tokens, "")
	}, randomTexts()))
	laws.Property("the cut is the one by definition", prop.ForAll(func(s string) bool {
		return slices.Equal(AppendCut(nil, s), cutByDefinition(tables(), s))
	}, randomTexts()))
	laws.Property("AppendJoined is AppendCut joined", prop.ForAll(func(s string) bool {
		return string(AppendJoined(nil, s)) == strings.Join(AppendCut(nil, s), " ")
	}, randomTexts()))
	laws.Property("a line break parts texts", prop.ForAll(func(a, b string) bool {
		if strings.HasSuffix(a, "\r") {
			return true
		}
		want := append(append(AppendCut(nil, a), "\n"), AppendCut(nil, b)...)
		return slices.Equal(AppendCut(nil, a+"\n"+b), want)
	}, randomTexts(), randomTexts()))
	laws.TestingRun(t)
}

// TestLong cuts texts whose blocks end at, before and after the sizes at which
// scratch is cut into pieces, grows and is given up.
func TestLong(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, seed))
	var words []string
	readGoldens(t, goldenFile, func(g golden) {
		if g.Kind == "dictionary" || g.Kind == "singles" {
			words = append(words, g.tokens()...)
		}
	})
	for _, size := range []int{
		pieceLen - 1, pieceLen, pieceLen + 1, pieceLen + pieceLen/4 - maxPad - 1, pieceLen + pieceLen/4 - maxPad,
		pieceLen + pieceLen/4, 2*pieceLen + pieceLen/2, 3 * pieceLen, maxKept + 3*pieceLen,
	} {
		for _, separator := range []string{"", "。", "\r\n", "x.5%"} {
			var b strings.Builder
			for n := 0; n < size; {
				w := words[r.IntN(len(words))]
				n += len(splitChars(w))
				b.WriteString(w)
				if n > size-size/8 {
					b.WriteString(separator)
				}
			}
			// The words are mostly han: cut to the size in characters.
			text := strings.Join(splitChars(b.String())[:size], "")
			if got, want := AppendCut(nil, text), cutByDefinition(tables(), text); !slices.Equal(got, want) {
				t.Errorf("%d characters with %q: %d tokens, want %d", size, separator, len(got), len(want))
			}
		}
	}
}

func TestConcurrent(t *testing.T) {
	var rows []golden
	readGoldens(t, goldenFile, func(g golden) { rows = append(rows, g) })
	var wg sync.WaitGroup
	for k := range 8 {
		wg.Go(func() {
			var got []string
			for i := k; i < len(rows); i += 3 {
				text := rows[i].text()
				got = AppendCut(got[:0], text)
				if !slices.Equal(got, rows[i].tokens()) {
					t.Errorf("goroutine %d: %q", k, text)
				}
			}
		})
	}
	wg.Wait()
}

func TestAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool drops items at random under the race detector")
	}
	text := strings.Repeat("国家统计局昨天表示，司马若曦的GDP增长了3.5%。", 100)
	tokens := AppendCut(nil, text)
	joined := AppendJoined(nil, text)
	if n := testing.AllocsPerRun(100, func() { tokens = AppendCut(tokens[:0], text) }); n != 0 {
		t.Errorf("AppendCut allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { joined = AppendJoined(joined[:0], text) }); n != 0 {
		t.Errorf("AppendJoined allocates %v times", n)
	}
}

func FuzzCut(f *testing.F) {
	n := 0
	readGoldens(f, goldenFile, func(g golden) {
		if n++; n%40 == 0 && g.Kind != "long" {
			f.Add(g.text())
		}
	})
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<14 {
			return
		}
		got := AppendCut(nil, s)
		if want := cutByDefinition(tables(), s); !slices.Equal(got, want) {
			t.Errorf("AppendCut(%q)\n got %q\nwant %q", s, got, want)
		}
		if strings.Join(got, "") != s {
			t.Errorf("AppendCut(%q) loses text: %q", s, got)
		}
	})
}

func ExampleAppendCut() {
	fmt.Printf("%q\n", AppendCut(nil, "他来到了网易杭研大厦"))
	// Output: ["他" "来到" "了" "网易" "杭研" "大厦"]
}

func ExampleAppendJoined() {
	fmt.Printf("%s\n", AppendJoined(nil, "今天天气不错，气温25.5度"))
	// Output: 今天天气 不错 ， 气温 25.5 度
}

func ExampleLoad() {
	Load() // a server pays here, not in its first request
	fmt.Println(len(AppendCut(nil, "南京市长江大桥")))
	// Output: 2
}
