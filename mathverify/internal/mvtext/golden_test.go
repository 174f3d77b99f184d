package mvtext

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"
)

var goldenFiles = flag.String("golden", "testdata/golden/*.jsonl.gz", "goldens to compare with")

// TestGolden compares with what Math-Verify found and wrote, see
// benchmarks/reference/mathverify_extract_goldens.py.
func TestGolden(t *testing.T) {
	files, _ := filepath.Glob(*goldenFiles)
	if len(files) == 0 {
		t.Fatal("no goldens")
	}
	for _, file := range files {
		texts, normals, bad := 0, 0, 0
		eachLine(t, file, func(line []byte) {
			var row struct {
				Text   *string
				Config []any
				Found  [][]any
				Latex  string
				Norm   []any
				Out    string
			}
			if err := json.Unmarshal(line, &row); err != nil {
				t.Fatal(err)
			}
			switch {
			case row.Text != nil:
				texts++
				got := found(*row.Text, goldenConfig(row.Config))
				want := make([]string, len(row.Found))
				for i, f := range row.Found {
					want[i] = marshal(f)
				}
				if !slices.Equal(got, want) {
					if bad++; bad <= 10 {
						t.Errorf("%q %s:\n%s", *row.Text, marshal(row.Config), difference(got, want))
					}
				}
			case row.Norm != nil:
				normals++
				if got := NormalizeLatex(row.Latex, goldenNormalization(row.Norm)); got != row.Out {
					if bad++; bad <= 10 {
						t.Errorf("NormalizeLatex(%q, %v)\n got %q\nwant %q", row.Latex, row.Norm, got, row.Out)
					}
				}
			}
		})
		t.Logf("%s: %d texts, %d normalisations, %d differ", filepath.Base(file), texts, normals, bad)
		if bad > 10 {
			t.Errorf("%d differ in all", bad)
		}
	}
}

// found renders the candidates as the golden script does.
func found(text string, c Config) []string {
	var rows []string
	for m := range Candidates(text, c) {
		kind := [...]string{Latex: "latex", Number: "number", Arithmetic: "expr", Literal: "literal"}[m.Kind]
		parts := []any{}
		for _, p := range m.Parts {
			parts = append(parts, []any{p.Text, p.Percent})
		}
		row := []any{kind, utf8.RuneCountInString(text[:m.Start]), utf8.RuneCountInString(text[:m.End]), m.Fallback(false), m.Fallback(true), parts}
		if m.Fatal {
			row = append(row, "fatal")
		}
		rows = append(rows, marshal(row))
	}
	return rows
}

func difference(got, want []string) string {
	var b bytes.Buffer
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			b.WriteString(" got " + g + "\nwant " + w + "\n")
		}
	}
	return b.String()
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func goldenNormalization(flags []any) Normalization {
	on := func(i int) bool { return flags[i].(float64) != 0 }
	return Normalization{on(0), on(1), on(2), on(3), on(4), BoxMode(flags[5].(float64))}
}

func goldenConfig(v []any) Config {
	c := Default()
	c.Targets = [3]Target{}
	for i, k := range v[0].(string) {
		c.Targets[i] = map[rune]Target{'l': LatexTarget, 'e': ExprTarget, 's': StringTarget}[k]
	}
	c.Latex = LatexConfig{v[2].(bool), int(v[1].(float64)), goldenNormalization(v[5].([]any))}
	c.Expr.Unanchored = v[2].(bool)
	c.String = StringConfig{"", v[2].(bool), v[4].(bool)}
	for i, s := range v[3].([]any) {
		if i > 0 {
			c.String.Strings += "\n"
		}
		c.String.Strings += s.(string)
	}
	return c
}

func eachLine(t testing.TB, file string, f func([]byte)) {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	s := bufio.NewScanner(z)
	s.Buffer(nil, 64<<20)
	s.Scan() // the versions
	for s.Scan() {
		f(s.Bytes())
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
}
