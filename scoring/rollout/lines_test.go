package rollout_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/scoring/rollout"
)

// show writes lines as "N:data" or "N!error".
func show(r io.Reader, max int) []string {
	var out []string
	for l := range rollout.Lines(r, max) {
		if l.Err != nil {
			out = append(out, fmt.Sprintf("%d!%v", l.N, l.Err))
		} else {
			out = append(out, fmt.Sprintf("%d:%s", l.N, l.Data))
		}
		l.Release()
	}
	return out
}

func TestLines(t *testing.T) {
	long := "line 2: longer than 4 bytes: raise the limit (--max-line)"
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", nil},
		{"blank", "\n \t\r\n\n", nil},
		{"one", "a\n", []string{"1:a"}},
		{"no newline at the end", "a\nb", []string{"1:a", "2:b"}},
		{"blank lines are counted", "\na\r\n\n \nb\n\n", []string{"2:a\r", "5:b"}},
		{"byte order mark", "\ufeffa\n\ufeffb", []string{"1:a", "2:\ufeffb"}},
		{"byte order mark alone", "\ufeff\na", []string{"2:a"}},
		{"as long as may be", "1234\n1234", []string{"1:1234", "2:1234"}},
		{"too long", "1\n12345\n12\n", []string{"1:1", "2!" + long, "3:12"}},
		{"too long at the end", "1\n12345", []string{"1:1", "2!" + long}},
		{"too long and blank", "1\n     \n2", []string{"1:1", "2!" + long, "3:2"}},
	} {
		max := 4
		if strings.Contains(c.in, "\ufeff") {
			max = 100
		}
		for _, wrap := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader, iotest.HalfReader,
		} {
			if got := show(wrap(strings.NewReader(c.in)), max); !slices.Equal(got, c.want) {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
	}
}

// TestLinesLaw compares with strings.Split on random text and chunks.
func TestLinesLaw(t *testing.T) {
	const seed = 20260212
	t.Log("seed", seed)
	p := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(seed))
	p.Property("lines are those of strings.Split but for blank ones", prop.ForAll(
		func(parts []string, crossChunk bool) bool {
			text := strings.Join(parts, "\n")
			if crossChunk {
				text = strings.Repeat("x", 256<<10-3) + text
			}
			var want []string
			for i, l := range strings.Split(text, "\n") {
				if strings.Trim(l, " \t\r") != "" {
					want = append(want, fmt.Sprintf("%d:%s", i+1, l))
				}
			}
			return slices.Equal(show(strings.NewReader(text), 1<<30), want)
		},
		gen.SliceOf(gen.OneGenOf(gen.AlphaString(), gen.OneConstOf("", " \t", "\r"))), gen.Bool(),
	))
	p.TestingRun(t)
}

func TestReadError(t *testing.T) {
	cause := errors.New("disk on fire")
	got := show(io.MultiReader(strings.NewReader("a\nhalf"), iotest.ErrReader(cause)), 100)
	want := []string{"1:a", "2!line 2: reading failed 4 bytes into the line: disk on fire: check the file"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	got = show(io.MultiReader(strings.NewReader("a\n"), iotest.ErrReader(io.ErrUnexpectedEOF)), 100)
	want = []string{"1:a", "2!line 2: reading failed: unexpected EOF: the file is cut off: restore or compress it anew"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for l := range rollout.Lines(iotest.ErrReader(cause), 10) {
		if !errors.Is(l.Err, cause) {
			t.Errorf("the error %v is not its cause", l.Err)
		}
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestNoProgress(t *testing.T) {
	got := show(idle{}, 10)
	if len(got) != 1 || !strings.Contains(got[0], io.ErrNoProgress.Error()) {
		t.Errorf("got %q", got)
	}
}

func TestLinesStop(t *testing.T) {
	for l := range rollout.Lines(strings.NewReader("a\nb\nc"), 10) {
		if l.N > 1 {
			t.Fatal("went on")
		}
		break
	}
}

func TestLinesLimit(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	rollout.Lines(strings.NewReader(""), 0)
}

// endless gives n bytes of one line, then a short line.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	switch {
	case e.n <= 0:
		return 0, io.EOF
	case e.n <= int64(len(p)):
		n := copy(p, strings.Repeat("x", int(e.n)-1)+"\n")
		e.n = 0
		return n, nil
	}
	for i := range p {
		p[i] = 'x'
	}
	e.n -= int64(len(p))
	return len(p), nil
}

// TestLongLineMemory reads a line of 2 GB with a limit of 1 MiB.
func TestLongLineMemory(t *testing.T) {
	size := int64(2 << 30)
	if testing.Short() {
		size = 64 << 20
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := io.MultiReader(&endless{size}, strings.NewReader("last\n"))
	var got []string
	for l := range rollout.Lines(r, 1<<20) {
		if l.Err != nil {
			got = append(got, "error")
		} else {
			got = append(got, string(l.Data))
		}
	}
	runtime.ReadMemStats(&after)
	if !slices.Equal(got, []string{"error", "last"}) {
		t.Errorf("got %q", got)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
		t.Errorf("%d bytes were allocated for a line over a limit of 1 MiB", n)
	}
}

// TestRelease reuses memory and gives the same lines.
func TestRelease(t *testing.T) {
	text := bytes.Repeat([]byte(strings.Repeat("y", 1000)+"\n"), 2000)
	allocs := testing.AllocsPerRun(5, func() {
		for l := range rollout.Lines(bytes.NewReader(text), 1<<20) {
			if len(l.Data) != 1000 || l.Data[999] != 'y' {
				t.Fatal("wrong line")
			}
			l.Release()
		}
	})
	if allocs > 200 && !raceEnabled { // a garbage collection may empty the pool, and the race detector does
		t.Errorf("%v allocations for 2000 lines", allocs)
	}
}
