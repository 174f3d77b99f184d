package ndcg

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"os"
	"strings"
	"testing"
)

func TestAt(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	const log2of3 = 1.584962500721156 // math.Log2(3) is one unit off
	tests := []struct {
		name      string
		k         int
		run, gold []float64
		want      float64
	}{
		{"perfect", 3, []float64{3, 2, 1}, []float64{3, 2, 1}, 1},
		{"gold in any order", 3, []float64{3, 2, 1}, []float64{1, 3, 2}, 1},
		{"reversed", 3, []float64{1, 2, 3}, []float64{3, 2, 1}, 0.7899980042460358},
		{"cut", 1, []float64{1, 3}, []float64{3, 1}, 1.0 / 3},
		{"k past both", 9, []float64{2}, []float64{2}, 1},
		{"unjudged keeps its rank", 2, []float64{0, 1}, []float64{1}, 1 / log2of3},
		{"negative keeps its rank", 2, []float64{-5, 1}, []float64{1}, 1 / log2of3},
		{"NaN counts 0", 2, []float64{nan, 1}, []float64{1, nan}, 1 / log2of3},
		{"infinity counts 0", 2, []float64{inf, 1}, []float64{inf, 1}, 1 / log2of3},
		{"no overflow", 2, []float64{1e308, 1e308}, []float64{1e308, 1e308}, 1},
		{"subnormal", 1, []float64{5e-324}, []float64{5e-324}, 1},
		{"nothing relevant", 3, []float64{1}, []float64{0, -1}, 0},
		{"empty run", 3, nil, []float64{1}, 0},
		{"empty gold", 3, []float64{1}, nil, 0},
		{"k zero", 0, []float64{1}, []float64{1}, 0},
		{"k negative", -1, []float64{1}, []float64{1}, 0},
	}
	for _, tt := range tests {
		if got := At(tt.k, tt.run, tt.gold); got != tt.want {
			t.Errorf("%s: At(%d, %v, %v) = %v, want %v", tt.name, tt.k, tt.run, tt.gold, got, tt.want)
		}
	}
}

// The numbers of this table come from the reference.
func TestRanked(t *testing.T) {
	abc := []string{"a", "b", "c"}
	tests := []struct {
		name       string
		gold, pred []string
		want       float64
	}{
		{"reversed", abc, []string{"c", "b", "a"}, 0.7899980042460358},
		{"repeated later", abc, []string{"a", "b", "c", "a"}, 0.8675034925694372},
		{"repeated at once", abc, []string{"a", "a", "b", "c"}, 1},
		{"tail is free", abc, []string{"a", "b", "c", "x", "y"}, 1},
		{"gold repeats", []string{"a", "b", "a"}, []string{"a", "b"}, 0.8597186998521972},
		{"NUL cuts a line", abc, []string{"a", "b\x00x", "c"}, 1},
		{"NUL cuts gold", []string{"\x00a", "b", "c"}, []string{"b", "c"}, 0.5525004989384911},
		{"NUL merges predictions", abc, []string{"a", "b\x00x", "b", "c"}, 0},
		{"NUL merges gold", []string{"a\x00x", "a", "c"}, abc, 0},
		{"NUL on both sides", []string{"x\x00a", "b", "x\x00a"}, []string{"x\x00c", "x\x00c", "b"}, 0.8597186998521972},
		{"empty ids", []string{"", "", ""}, []string{""}, 1},
		{"empty gold", nil, abc, 0},
		{"empty pred", abc, nil, 0},
	}
	for _, tt := range tests {
		if got := Ranked(len(tt.gold), tt.gold, tt.pred); got != tt.want {
			t.Errorf("%s: Ranked(%q, %q) = %v, want %v", tt.name, tt.gold, tt.pred, got, tt.want)
		}
	}
}

func TestDistinct(t *testing.T) {
	abc := []string{"a", "b", "c"}
	tests := []struct {
		name       string
		k          int
		gold, pred []string
		want       float64
	}{
		{"repeated later", 3, abc, []string{"a", "b", "c", "a"}, 1},
		{"repeated at once", 3, abc, []string{"a", "a", "b", "c"}, 1},
		{"gold repeats", 3, []string{"a", "b", "a"}, []string{"a", "b"}, 1},
		{"reversed", 3, abc, []string{"c", "b", "a"}, 0.7899980042460358},
		{"NUL is a byte", 2, []string{"a\x00x", "a\x00y"}, []string{"a\x00x", "a\x00y"}, 1},
		{"NUL tells apart", 1, []string{"a\x00x"}, []string{"a"}, 0},
		{"k zero", 0, abc, abc, 0},
	}
	for _, tt := range tests {
		if got := Distinct(tt.k, tt.gold, tt.pred); got != tt.want {
			t.Errorf("%s: Distinct(%d, %q, %q) = %v, want %v", tt.name, tt.k, tt.gold, tt.pred, got, tt.want)
		}
	}
}

func TestCrashes(t *testing.T) {
	tests := []struct {
		line string
		want bool
	}{
		{"", false},
		{"plain", false},
		{"\xed\xa0\x80", true},             // U+D800
		{"x\xed\xbf\xbfy", true},           // U+DFFF
		{"\xed\xed\xb0\x80", true},         // a stray byte before U+DC00
		{"\xed\x9f\xbf", false},            // U+D7FF
		{"\xee\x80\x80", false},            // U+E000
		{"\xed\xa0", false},                // truncated
		{"\xed\xa0\x41", false},            // not a sequence
		{"\U0001F600 \u4e2d\u6587", false}, // pairs and CJK
	}
	for _, tt := range tests {
		if got := Crashes([]string{tt.line}, nil); got != tt.want {
			t.Errorf("Crashes(%q, nil) = %v, want %v", tt.line, got, tt.want)
		}
		if got := Crashes(nil, []string{"ok", tt.line}); got != tt.want {
			t.Errorf("Crashes(nil, %q) = %v, want %v", tt.line, got, tt.want)
		}
	}
}

// TestGolden holds Ranked to the released reward: to the last bit for up to
// 1,619 gold lines, within 1e-15 beyond, where glibc's log2 is not correctly
// rounded.
func TestGolden(t *testing.T) {
	f, err := os.Open("testdata/golden/ndcg.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<22)
	if !sc.Scan() || !strings.Contains(sc.Text(), `"pytrec-eval-terrier":"0.5.11"`) {
		t.Fatalf("first line does not name the reference: %.100s", sc.Text())
	}
	n, exact := 0, 0
	for sc.Scan() {
		var row struct {
			Gold, Pred []string
			Score      float64
		}
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		n++
		got := Ranked(len(row.Gold), row.Gold, row.Pred)
		if got == row.Score {
			exact++
		} else if len(row.Gold) < 1620 || math.Abs(got-row.Score) > 1e-15 {
			t.Errorf("row %d: Ranked(%.80q, %.80q) = %v, want %v", n, row.Gold, row.Pred, got, row.Score)
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	if n < 2500 {
		t.Errorf("only %d rows", n)
	}
	t.Logf("%d rows, %d equal to the last bit", n, exact)
}

// TestDiscounts compares the table with 200-bit logarithms.
func TestDiscounts(t *testing.T) {
	const n = 3000
	log := discounts(n)
	for i := range n {
		if want := bigLog2(i + 2); log[i] != want {
			t.Errorf("log2(%d) = %v, want %v", i+2, log[i], want)
		}
	}
	// Far ranks, where the steps of the recurrence have added up.
	log = discounts(1 << 17)
	for i := 1<<17 - 200; i < 1<<17-2; i++ {
		if want := bigLog2(i + 2); log[i] != want {
			t.Errorf("log2(%d) = %v, want %v", i+2, log[i], want)
		}
	}
}

// bigLog2 computes log2(n) bit by bit: square, and halve when 2 is reached.
func bigLog2(n int) float64 {
	const prec = 200
	x := new(big.Float).SetPrec(prec).SetInt64(int64(n))
	two := big.NewFloat(2)
	whole := 0
	for x.Cmp(two) >= 0 {
		x.Quo(x, two)
		whole++
	}
	out := new(big.Float).SetPrec(prec).SetInt64(int64(whole))
	bit := big.NewFloat(1)
	for range 80 {
		bit = new(big.Float).Quo(bit, two)
		x.Mul(x, x)
		if x.Cmp(two) >= 0 {
			x.Quo(x, two)
			out.Add(out, bit)
		}
	}
	f, _ := out.Float64()
	return f
}

func TestAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools")
	}
	gold, pred := sequence("id", 200), sequence("id", 300)
	run, gains := make([]float64, 300), make([]float64, 300)
	for i := range run {
		run[i], gains[i] = float64(i), float64(i)
	}
	sink := 0.0
	for _, f := range []func(){
		func() { sink += At(200, run, gains) },
		func() { sink += Ranked(200, gold, pred) },
		func() { sink += Distinct(200, gold, pred) },
	} {
		f()
		if n := testing.AllocsPerRun(200, f); n >= 1 {
			t.Errorf("%v allocations, want 0", n)
		}
	}
	if sink == 0 {
		t.Error("scores are 0")
	}
}

// TestLarge runs lists of 10⁵ lines, of which half repeat.
func TestLarge(t *testing.T) {
	gold := sequence("id", 100_000)
	pred := append(sequence("id", 50_000), gold...)
	if got := Ranked(len(gold), gold, pred); got != 1 {
		t.Errorf("Ranked = %v, want 1: every line's last position is its gold one", got)
	}
	if got := Distinct(len(gold), gold, pred); got != 1 {
		t.Errorf("Distinct = %v, want 1", got)
	}
}

func sequence(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s-%d", prefix, i)
	}
	return out
}
