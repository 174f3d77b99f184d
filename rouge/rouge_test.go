package rouge

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
)

func TestSpecialCases(t *testing.T) {
	for _, c := range []struct {
		ref, hyp []string
		want     Score
	}{
		{nil, nil, Score{}},
		{nil, []string{"a"}, Score{}},
		{[]string{"a"}, nil, Score{}},
		{[]string{"a"}, []string{"b"}, Score{}},
		{[]string{"a"}, []string{"a"}, Score{1, 1, 1}},
		{[]string{""}, []string{""}, Score{1, 1, 1}},
		{[]string{"a"}, []string{"a", "a"}, Score{0.5, 1, 2.0 / 3}},
	} {
		if got := L(c.ref, c.hyp); got != c.want {
			t.Errorf("L(%q, %q) = %v, want %v", c.ref, c.hyp, got, c.want)
		}
		if got := N(c.ref, c.hyp, 1); got != c.want {
			t.Errorf("N(%q, %q, 1) = %v, want %v", c.ref, c.hyp, got, c.want)
		}
		ref, hyp := strings.Join(c.ref, "\n"), strings.Join(c.hyp, "\n")
		if got := LSum(ref, hyp, false); ref != "" && got != c.want {
			t.Errorf("LSum(%q, %q) = %v, want %v", ref, hyp, got, c.want)
		}
	}
	for _, ref := range []string{"", "a b", "\n", "?"} {
		for _, hyp := range []string{"", "\n\n", "!"} {
			if got := LSum(ref, hyp, true); got != (Score{}) {
				t.Errorf("LSum(%q, %q) = %v, want zeros", ref, hyp, got)
			}
		}
	}
	for _, n := range []int{2, 9, 1 << 40} {
		if got := N([]string{"a"}, []string{"a"}, n); got != (Score{}) {
			t.Errorf("N %d of one token is %v, want zeros", n, got)
		}
	}
	for _, side := range []string{"", ".", "...."} {
		for _, c := range [][2]string{{side, "a"}, {"a", side}, {side, side}} {
			if got, err := UnionLCS(c[0], c[1], UnionOptions{}); err != ErrEmpty || got != (Score{}) {
				t.Errorf("UnionLCS(%q, %q) = %v, %v; want ErrEmpty", c[0], c[1], got, err)
			}
		}
	}
}

func TestPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"rouge: n-gram length is not positive": func() { N(nil, nil, 0) },
		"rouge: negative budget":               func() { LBudget(nil, nil, -1) },
		"rouge: negative budget ":              func() { LSumBudget("", "", false, -1) },
		"rouge: negative budget  ":             func() { UnionLCS("", "", UnionOptions{Budget: -1}) },
	} {
		func() {
			defer func() {
				if got := recover(); got != strings.TrimSpace(name) {
					t.Errorf("panic %v, want %s", got, name)
				}
			}()
			f()
		}()
	}
}

// TestBudget finds, for each function, the least budget that suffices: below it
// the answer is ErrBudget, from it on the answer without a budget.
func TestBudget(t *testing.T) {
	setMaxLog(t, 50)
	const seed = 7
	t.Logf("seed %d", seed)
	ref, hyp := words(seed, 300, 60, 1e9), words(seed+1, 700, 60, 1e9)
	short, shorter := words(seed+2, 90, 50, 9), words(seed+3, 200, 50, 6)
	r, h := strings.Fields(ref), strings.Fields(hyp)
	union := func(ref, hyp string) func(int64) (Score, error) {
		return func(b int64) (Score, error) { return UnionLCS(ref, hyp, UnionOptions{Budget: b}) }
	}
	lsum := func(ref, hyp string) func(int64) (Score, error) {
		return func(b int64) (Score, error) { return LSumBudget(ref, hyp, false, b) }
	}
	lines := func(s string) string { return strings.ReplaceAll(s, ".", "\n") }
	for name, f := range map[string]func(int64) (Score, error){
		"UnionLCS":           union(ref, hyp),
		"UnionLCS sentences": union(short, shorter),
		"L":                  func(b int64) (Score, error) { return LBudget(r, h, b) },
		"LSum":               lsum(ref, hyp),
		"LSum lines":         lsum(lines(short), lines(shorter)),
	} {
		want, err := f(0)
		if err != nil {
			t.Fatal(name, err)
		}
		least := int64(0)
		for b := int64(1); ; b++ {
			got, err := f(b)
			if err == ErrBudget && got == (Score{}) {
				continue
			}
			if err != nil || got != want {
				t.Fatalf("%s with budget %d = %v, %v; want %v", name, b, got, err, want)
			}
			least = b
			break
		}
		t.Logf("%s needs %d steps", name, least)
		if least < 100 {
			t.Errorf("%s needs %d steps only", name, least)
		}
		for b := least; b < least+100; b++ {
			if got, err := f(b); err != nil || got != want {
				t.Errorf("%s with budget %d = %v, %v; want %v", name, b, got, err, want)
			}
		}
	}
}

// TestLargeText runs megabytes of text through everything against a reference of
// ordinary size, and through UnionLCS against itself until the budget ends it.
func TestLargeText(t *testing.T) {
	size := 2 << 20
	if testing.Short() || raceEnabled {
		size = 1 << 19
	}
	ref := words(1, 400, 3000, 20)
	refTokens := Tokenize(nil, ref, false)
	var tokens []string
	for _, unit := range []string{".", " ", "\n", "a", "y", "A", "a ", "ab. ", "\u3000.", "\u4e2d", "\u4e2d ",
		"\xff", "\xe3\x80", "\u212a", "\u0130", "\xed\xa0\x80 ", "e t a o. ", words(3, 2000, 4000, 17) + "\n"} {
		text := strings.Repeat(unit, size/len(unit))
		tokens = Tokenize(tokens[:0], text, true)
		N(refTokens, tokens, 2)
		if _, err := LBudget(refTokens, tokens, 0); err != nil {
			t.Errorf("LBudget(%.10q...): %v", unit, err)
		}
		if _, err := LSumBudget(ref, text, false, 0); err != nil {
			t.Errorf("LSumBudget(%.10q...): %v", unit, err)
		}
		if _, err := UnionLCS(ref, text, UnionOptions{}); err != nil && err != ErrEmpty {
			t.Errorf("UnionLCS(%.10q...): %v", unit, err)
		}
		if _, err := UnionLCS(text, text, UnionOptions{Budget: 1 << 24}); err != nil && err != ErrEmpty && err != ErrBudget {
			t.Errorf("UnionLCS with itself (%.10q...): %v", unit, err)
		}
		Stem(text)
	}
}

// FuzzScores looks for panics and for scores outside [0, 1].
func FuzzScores(f *testing.F) {
	f.Add("a b. c", "a. b c")
	f.Add("\xed\xa0\x80 \x85.", "\u212a \u0130x")
	f.Fuzz(func(t *testing.T, ref, hyp string) {
		r, h := Tokenize(nil, ref, true), Tokenize(nil, hyp, false)
		u, _ := UnionLCS(ref, hyp, UnionOptions{})
		for _, s := range []Score{u, L(r, h), N(r, h, 2), LSum(ref, hyp, true)} {
			if err := inRange(s); err != nil {
				t.Error(err)
			}
		}
		Stem(ref)
		if err := unionLaw(ref, hyp); len(ref)*len(hyp) < 1<<16 && utf8.ValidString(ref) && err != nil {
			t.Error(err)
		}
	})
}

func TestRandomBytes(t *testing.T) {
	const seed = 11
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	alphabet := []string{"a", "b", "yed", "ing", " ", ".", "\n", "\x00", "\xc2", "\x85", "\xe2", "\x80", "\xa8", "\xe3", "\xed\xa0\x80",
		"\xed\xb0\x80", "\xf0\x9f", "\u0130", "\u212a", "\xe2\x84"}
	text := func() string {
		var b strings.Builder
		for range rng.IntN(60) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		return b.String()
	}
	for range 3000 {
		ref, hyp := text(), text()
		if err := unionLaw(ref, hyp); err != nil {
			t.Fatalf("%q, %q: %v", ref, hyp, err)
		}
		if got, want := LSum(ref, hyp, false), plainLSum(ref, hyp); got != want {
			t.Fatalf("LSum(%q, %q) = %v, want %v", ref, hyp, got, want)
		}
		Stem(ref)
	}
}

// TestConcurrent shares the pool between goroutines.
func TestConcurrent(t *testing.T) {
	type result struct{ union, l, n, lsum Score }
	texts := make([]string, 12)
	for i := range texts {
		texts[i] = words(uint64(i), 20+i*30, 100, 5+i*3)
	}
	run := func(ref, hyp string) (r result) {
		r.union, _ = UnionLCS(ref, hyp, UnionOptions{})
		a, b := strings.Fields(ref), strings.Fields(hyp)
		r.l, r.n, r.lsum = L(a, b), N(a, b, 2), LSum(ref, hyp, true)
		return r
	}
	want := map[[2]int]result{}
	for i := range texts {
		for j := range texts {
			want[[2]int{i, j}] = run(texts[i], texts[j])
		}
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for k := range len(texts) * len(texts) {
				i, j := (k+g*17)%len(texts), k/len(texts)
				if got := run(texts[i], texts[j]); got != want[[2]int{i, j}] {
					t.Errorf("texts %d and %d: %v, want %v", i, j, got, want[[2]int{i, j}])
				}
			}
		})
	}
	wg.Wait()
}

func TestNoAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties the pool")
	}
	ref, hyp := words(1, 200, 300, 20), words(2, 900, 500, 20)
	r, h := Tokenize(nil, ref, false), Tokenize(nil, hyp, false)
	dst := make([]string, 0, 2*len(h))
	long := strings.ReplaceAll(hyp, ".", "")
	for name, f := range map[string]func(){
		"UnionLCS":      func() { UnionLCS(ref, hyp, UnionOptions{}) },
		"UnionLCS wide": func() { UnionLCS(long, hyp, UnionOptions{}) },
		"L":             func() { L(r, h) },
		"N":             func() { N(r, h, 3) },
		"LSum":          func() { LSum(ref, hyp, false) },
		"LSum wide":     func() { LSum(long, long, false) },
		"Tokenize":      func() { dst = Tokenize(dst[:0], hyp, false) },
	} {
		if got := testing.AllocsPerRun(50, f); got >= 1 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}

func TestVocab(t *testing.T) {
	const seed = 5
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	var v vocab
	for range 3 {
		v.reset()
		want := map[string]int32{}
		for range 5000 {
			w := make([]byte, rng.IntN(12))
			for i := range w {
				w[i] = "\x00ab"[rng.IntN(3)]
			}
			s := string(w)
			id, ok := want[s]
			if !ok {
				if got := v.find(s); got != -1 {
					t.Fatalf("find(%q) = %d before add", s, got)
				}
				id = int32(len(want))
				want[s] = id
			}
			if got := v.add(s); got != id {
				t.Fatalf("add(%q) = %d, want %d", s, got, id)
			}
		}
		for s, id := range want {
			if got := v.find(s); got != id {
				t.Fatalf("find(%q) = %d, want %d", s, got, id)
			}
		}
	}
}

// TestSkip puts every byte at every place of a word.
func TestSkip(t *testing.T) {
	for n := range 20 {
		for at := range n {
			for b := range 256 {
				s := []byte(strings.Repeat("q", n))
				s[at] = byte(b)
				// The scalar loop after a skip looks at what it left, so a
				// skip may stop early but never pass an end.
				for i := range at + 1 {
					plain, token := skipPlain(string(s), i), skipLower(string(s), i)
					if class[b] != inWord && plain > at {
						t.Fatalf("skipPlain(%q, %d) = %d", s, i, plain)
					}
					if letter[b] != lower && token > at {
						t.Fatalf("skipLower(%q, %d) = %d", s, i, token)
					}
					if b == 'z' && (plain+8 <= n || token+8 <= n) {
						t.Fatalf("skip(%q, %d) = %d, %d", s, i, plain, token)
					}
				}
			}
		}
	}
}

// TestSpaceLeads checks the bytes at which the splitter looks for white space.
func TestSpaceLeads(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		want := uint8(inWord)
		switch {
		case r == '.':
			want = isStop
		case py.IsSpace(r) && r < utf8.RuneSelf:
			want = isSpace
		case py.IsSpace(r):
			want = isLead
		case r >= utf8.RuneSelf:
			continue
		}
		if got := class[string(r)[0]]; got != want {
			t.Errorf("%U has class %d, want %d", r, got, want)
		}
	}
}

func ExampleUnionLCS() {
	s, err := UnionLCS("w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8. w1 w3 w8 w9 w5", UnionOptions{})
	fmt.Printf("P %.1f R %.1f F1 %.7f %v\n", s.Precision, s.Recall, s.F1, err)
	_, err = UnionLCS("w1 w2", "w3 w4 w5", UnionOptions{Recursion: 3})
	fmt.Println(err)
	// Output:
	// P 0.5 R 0.8 F1 0.6153846 <nil>
	// rouge: back-trace exceeds the recursion limit
}

func ExampleL() {
	ref := strings.Fields("the cat sat on the mat")
	hyp := strings.Fields("the cat lay on a mat today")
	fmt.Printf("%.4f\n", L(ref, hyp))
	// Output: {0.5714 0.6667 0.6154}
}

func ExampleLBudget() {
	ref := strings.Fields("a b c d")
	hyp := strings.Fields("d c b a")
	_, err := LBudget(ref, hyp, 2)
	fmt.Println(err)
	s, err := LBudget(ref, hyp, 100)
	fmt.Println(s.F1, err)
	// Output:
	// rouge: step budget exhausted
	// 0.25 <nil>
}

func ExampleN() {
	ref := Tokenize(nil, "The cat sat on the mat.", false)
	hyp := Tokenize(nil, "The cat lay on the mat.", false)
	fmt.Printf("%.4f\n%.4f\n", N(ref, hyp, 1), N(ref, hyp, 2))
	// Output:
	// {0.8333 0.8333 0.8333}
	// {0.6000 0.6000 0.6000}
}

func ExampleLSum() {
	ref := "The cat sat.\nThe dog barked loudly."
	hyp := "A dog was barking.\nThe cats sat down."
	fmt.Printf("%.4f\n%.4f\n", LSum(ref, hyp, false).F1, LSum(ref, hyp, true).F1)
	// Output:
	// 0.4000
	// 0.6667
}

func ExampleLSumBudget() {
	_, err := LSumBudget("one two\nthree", "three\ntwo one", false, 3)
	fmt.Println(err)
	// Output: rouge: step budget exhausted
}

func ExampleTokenize() {
	fmt.Printf("%q\n", Tokenize(nil, "The foxes' Café: 3rd try!", false))
	fmt.Printf("%q\n", Tokenize(nil, "The foxes' Café: 3rd try!", true))
	// Output:
	// ["the" "foxes" "caf" "3rd" "try"]
	// ["the" "fox" "caf" "3rd" "try"]
}

func ExampleStem() {
	for _, w := range []string{"Relational", "hopping", "happily", "dying", "try"} {
		fmt.Print(Stem(w), " ")
	}
	// Output: relat hop happili die tri
}
