package syntax

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// TestCases reads testdata/cases.txt: a text, " => ", and its tree.
func TestCases(t *testing.T) {
	file, err := os.Open("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	rows := 0
	for line := 1; sc.Scan(); line++ {
		if strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		in, want, ok := strings.Cut(sc.Text(), " => ")
		if !ok {
			t.Fatalf("line %d: no arrow", line)
		}
		rows++
		in = strings.ReplaceAll(in, "␤", "\n")
		n, err := parse(t, in)
		if err != nil {
			t.Errorf("line %d: %q: %v", line, in, err)
			continue
		}
		if got := dump(n); got != want {
			t.Errorf("line %d: %q\n got %s\nwant %s", line, in, got, want)
		}
		printed(t, in, n)
	}
	if rows < 400 {
		t.Errorf("%d rows are too few", rows)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		in     string
		offset int
	}{
		{"", 0}, {"   ", 0}, {`\frac{1}`, 8}, {`\frac{1}{`, 9}, {"(1,2", 0}, {"3+", 2}, {"1 2", 2}, {"x=", 2}, {`\sqrt{}`, 6}, {"|x", 2}, {`\unknown{3}`, 0},
		{`\begin{pmatrix}1&2\\3\end{pmatrix}`, 0}, {"[1,2", 0}, {`\{1,2`, 5}, {"^2", 0}, {"2^", 2}, {"%", 0}, {`\left(1`, 0}, {`\lim x`, 0}, {"#", 0},
		{"x=2,=1", 4}, {`5\text{ (-)}`, 1},
	} {
		n, err := parse(t, c.in)
		if err == nil {
			t.Errorf("%q reads as %s", c.in, tree.String(n))
			continue
		}
		e, ok := err.(*Error)
		if !ok {
			t.Fatalf("%q: %T", c.in, err)
		}
		if e.Offset != c.offset {
			t.Errorf("%q: fault at %d, want %d: %v", c.in, e.Offset, c.offset, e)
		}
	}
}

func TestCaret(t *testing.T) {
	_, err := parse(t, `\frac{1}`)
	want := "| \\frac{1}\n| ........^"
	if got := err.(*Error).Caret(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	long := strings.Repeat("x+", 100) + "§" + strings.Repeat("+x", 100)
	_, err = parse(t, long)
	if got := err.(*Error).Caret(); len(got) > 4*snippet {
		t.Errorf("a caret of %d bytes", len(got))
	}
}

func TestDecimalComma(t *testing.T) {
	for _, c := range [][2]string{
		{"3,14", "3.14"}, {"0,5", "0.5"}, {"1,234", "1.234"}, {"1.234,5", "1234.5"}, {"1.234,567", "1234.567"}, {"1.234", "1.234"}, {"-2,5", "-2.5"},
		{"1, 2", "List<,>(1 2)"}, {"(1,2)", "Tuple<(>(1 2)"}, {"1 000,5", "1000.5"}, {`1\,000`, "1000"}, {"1{,}000", "1000"}, {"1,\\!000", "1000"},
	} {
		b := budget.Of(1e6)
		n, err := Parse(c[0], Options{DecimalComma: true}, b)
		if err != nil || dump(n) != c[1] {
			t.Errorf("%q: %s, want %s (%v)", c[0], dump(n), c[1], err)
		}
	}
}

// TestTight checks that the digits behind a tight comma are kept, which a
// decimal comma needs.
func TestTight(t *testing.T) {
	for _, c := range []struct {
		in     string
		name   string
		digits int
	}{{"3,14", ",tight", 2}, {"3,05", ",tight", 2}, {"100,200", ",tight", 3}, {"1, 2", ",", -1}, {"1,2,3", ",", -1}} {
		n, err := parse(t, c.in)
		if err != nil || n.Op != tree.List || n.Name != c.name || n.Args[1].Digits != c.digits {
			t.Errorf("%q: %s %d, %v", c.in, dump(n), n.Args[1].Digits, err)
		}
	}
}
