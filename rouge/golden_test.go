package rouge

import (
	"bufio"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// readGolden decodes the header line and the cases of a golden file, written by
// benchmarks/reference/rouge_goldens.py.
func readGolden[H, C any](t *testing.T, name string) (head H, cases []C) {
	t.Helper()
	f, err := os.Open("testdata/golden/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for n := 0; lines.Scan(); n++ {
		var c C
		if n == 0 {
			err = json.Unmarshal(lines.Bytes(), &head)
			t.Logf("%s", lines.Bytes())
		} else if err = json.Unmarshal(lines.Bytes(), &c); err == nil {
			cases = append(cases, c)
		}
		if err != nil {
			t.Fatalf("%s line %d: %v", name, n+1, err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return head, cases
}

// header is what every golden file starts with.
type header struct {
	Reference string
	Cases     int
}

func (h header) check(t *testing.T, reference string, n, atLeast int) {
	t.Helper()
	if !strings.HasPrefix(h.Reference, reference) || h.Cases != n || n < atLeast {
		t.Fatalf("%d cases, header %+v; want %s and at least %d", n, h, reference, atLeast)
	}
}

// pair is a reference and a hypothesis text.
type pair struct {
	Ref, Hyp string
	Hex      bool // texts are hexadecimal, because they hold surrogates
}

func (p pair) texts(t *testing.T) (ref, hyp string) {
	t.Helper()
	if !p.Hex {
		return p.Ref, p.Hyp
	}
	r, err1 := hex.DecodeString(p.Ref)
	h, err2 := hex.DecodeString(p.Hyp)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return string(r), string(h)
}

type unionCase struct {
	pair
	P, R, F float64
	Depth   int
	Empty   bool
}

// TestUnionLCSGolden demands the very bits of the Python package's floats, and
// the very depth at which its recursion would fail.
func TestUnionLCSGolden(t *testing.T) {
	head, cases := readGolden[header, unionCase](t, "union.jsonl.gz")
	head.check(t, "rouge 1.0.1", len(cases), 2500)
	deep := 0
	for _, c := range cases {
		ref, hyp := c.texts(t)
		got, err := UnionLCS(ref, hyp, UnionOptions{})
		if c.Empty {
			if err != ErrEmpty {
				t.Errorf("UnionLCS(%q, %q) = %v, want ErrEmpty", ref, hyp, err)
			}
			continue
		}
		want := Score{c.P, c.R, c.F}
		if err != nil || got != want {
			t.Errorf("UnionLCS(%q, %q) = %v, %v; want %v", ref, hyp, got, err, want)
		}
		if got, err := UnionLCS(ref, hyp, UnionOptions{Recursion: c.Depth}); err != nil || got != want {
			t.Errorf("UnionLCS(%q, %q) at recursion %d = %v, %v; want %v", ref, hyp, c.Depth, got, err, want)
		}
		if c.Depth > 1 {
			deep++
			if _, err := UnionLCS(ref, hyp, UnionOptions{Recursion: c.Depth - 1}); err != ErrRecursion {
				t.Errorf("UnionLCS(%q, %q) at recursion %d = %v; want ErrRecursion", ref, hyp, c.Depth-1, err)
			}
		}
	}
	if deep < 2000 {
		t.Errorf("only %d cases nest", deep)
	}
}

// TestUnionLCSGoldenBlocks repeats the golden with a log so short that every
// wide table is split into blocks and computed twice.
func TestUnionLCSGoldenBlocks(t *testing.T) {
	setMaxLog(t, 5)
	TestUnionLCSGolden(t)
}

func setMaxLog(t *testing.T, n int) {
	old := maxLog
	maxLog = n
	t.Cleanup(func() { maxLog = old })
}

type scoreCase struct {
	pair
	Plain, Stem, Long [][3]float64
}

func score(v [3]float64) Score { return Score{v[0], v[1], v[2]} }

func TestScoreGolden(t *testing.T) {
	head, cases := readGolden[header, scoreCase](t, "score.jsonl.gz")
	head.check(t, "rouge-score 0.1.2, nltk 3.10.4", len(cases), 2500)
	for _, c := range cases {
		ref, hyp := c.texts(t)
		for _, stem := range []bool{false, true} {
			r, h := Tokenize(nil, ref, stem), Tokenize(nil, hyp, stem)
			got := []Score{N(r, h, 1), N(r, h, 2), L(r, h), LSum(ref, hyp, stem)}
			want := c.Plain
			if stem {
				want = c.Stem
			}
			for i, g := range got {
				if w := score(want[i]); g != w {
					t.Errorf("ref %q, hyp %q, stem %v: score %d is %v, want %v", ref, hyp, stem, i, g, w)
				}
			}
			for i, w := range c.Long {
				if g := N(r, h, i+3); !stem && g != score(w) {
					t.Errorf("ref %q, hyp %q: N %d is %v, want %v", ref, hyp, i+3, g, score(w))
				}
			}
		}
	}
}

func TestScoreGoldenBlocks(t *testing.T) {
	setMaxLog(t, 5)
	TestScoreGolden(t)
}

func TestStemGolden(t *testing.T) {
	head, cases := readGolden[header, [2]string](t, "stem.jsonl.gz")
	head.check(t, "nltk 3.10.4", len(cases), 20000)
	changed := 0
	for _, c := range cases {
		if got := Stem(c[0]); got != c[1] {
			t.Errorf("Stem(%q) = %q, want %q", c[0], got, c[1])
		}
		if c[0] != c[1] {
			changed++
		}
	}
	t.Logf("%d of %d words change", changed, len(cases))
}

type tokenCase struct {
	text        string
	plain, stem []string
}

func (c *tokenCase) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&c.text, &c.plain, &c.stem})
}

func TestTokenizeGolden(t *testing.T) {
	type tokenHeader struct {
		header
		AsciiWhenLowered []rune `json:"ascii_when_lowered"`
	}
	head, cases := readGolden[tokenHeader, tokenCase](t, "tokens.jsonl.gz")
	head.check(t, "rouge-score 0.1.2", len(cases), 500)
	for _, c := range cases {
		if got := Tokenize(nil, c.text, false); !slices.Equal(got, c.plain) {
			t.Errorf("Tokenize(%q) = %q, want %q", c.text, got, c.plain)
		}
		if got := Tokenize(nil, c.text, true); !slices.Equal(got, c.stem) {
			t.Errorf("Tokenize(%q, stem) = %q, want %q", c.text, got, c.stem)
		}
	}
	// Python's own list of the letters outside ASCII that make a token.
	var got []rune
	for r := rune(0x80); r <= 0x10FFFF; r++ {
		if len(Tokenize(nil, string(r), false)) > 0 {
			got = append(got, r)
		}
	}
	if !slices.Equal(got, head.AsciiWhenLowered) {
		t.Errorf("tokens from %U, want %U", got, head.AsciiWhenLowered)
	}
}

// The values that the specification of the released rewards records from runs
// of the rouge package, to the digits given there.
func TestUnionLCSRecorded(t *testing.T) {
	for _, c := range []struct {
		ref, hyp string
		p, r, f  float64
	}{
		{"w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8. w1 w3 w8 w9 w5", 0.5, 0.8, 0.6153846},
		{"a b c d", "a x b y", 0.5, 0.5, 0.499999995},
		{"a a a b", "a b b b", 1, 1, 0.999999995},
		{"x y", "x. . y", 0.6667, 1, 0.8},
	} {
		got, err := UnionLCS(c.ref, c.hyp, UnionOptions{})
		if err != nil || math.Abs(got.Precision-c.p) > 5e-5 || math.Abs(got.Recall-c.r) > 5e-5 ||
			math.Abs(got.F1-c.f) > 5e-8 {
			t.Errorf("UnionLCS(%q, %q) = %v, %v; want %v %v %v", c.ref, c.hyp, got, err, c.p, c.r, c.f)
		}
	}
}
