package rouge

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/internal/py"
)

// lawSeed fixes every random choice below.
const lawSeed = 20261123

func laws(t *testing.T, runs int) *gopter.Properties {
	t.Helper()
	t.Logf("seed %d", lawSeed)
	p := gopter.DefaultTestParametersWithSeed(lawSeed)
	p.MinSuccessfulTests = runs
	return gopter.NewProperties(p)
}

// tokens generates token sequences over small and large alphabets, with lengths
// around multiples of 64 as likely as any other.
func tokens() gopter.Gen {
	return gen.IntRange(0, 9).FlatMap(func(v any) gopter.Gen {
		n := []int{0, 1, 2, 7, 30, 63, 64, 65, 128, 193}[v.(int)]
		return gen.IntRange(0, 3).FlatMap(func(k any) gopter.Gen {
			kinds := []int{1, 3, 12, 90}[k.(int)]
			return gen.SliceOfN(n, gen.IntRange(0, kinds).Map(func(i int) string { return fmt.Sprint("w", i) }))
		}, reflect.TypeOf([]string{}))
	}, reflect.TypeOf([]string{}))
}

// texts generates texts of words, full stops and every sort of white space,
// half of them with hardly a full stop, for sentences of several machine words.
func texts() gopter.Gen {
	odd := []string{"  ", "\t", " . ", ".", "..", "\u3000", "\n", "\u200b", "\xff", "\xe3", "\xe2\x80"}
	return gopter.CombineGens(tokens(), gen.SliceOfN(200, gen.IntRange(0, 999)), gen.Bool()).Map(func(v []any) string {
		rare := 995
		if v[2].(bool) {
			rare = 600
		}
		var b strings.Builder
		for i, w := range v[0].([]string) {
			b.WriteString(w)
			if x := v[1].([]int)[i]; x < rare {
				b.WriteByte(' ')
			} else {
				b.WriteString(odd[(x+i)%len(odd)])
			}
		}
		return b.String()
	})
}

// lcsTable is the recurrence itself.
func lcsTable(x, y []string) [][]int {
	t := make([][]int, len(x)+1)
	t[0] = make([]int, len(y)+1)
	for i := range x {
		t[i+1] = make([]int, len(y)+1)
		for j := range y {
			if x[i] == y[j] {
				t[i+1][j+1] = t[i][j] + 1
			} else {
				t[i+1][j+1] = max(t[i][j+1], t[i+1][j])
			}
		}
	}
	return t
}

// plainUnion is UnionLCS as its definition reads, with the recursion of the
// reference package. It returns the score and the deepest nesting.
func plainUnion(ref, hyp string) (Score, int, error) {
	split := func(text string) (s [][]string) {
		for piece := range strings.SplitSeq(text, ".") {
			if piece == "" {
				continue
			}
			words := py.AppendFields(nil, piece)
			if len(words) == 0 {
				words = []string{""}
			}
			s = append(s, words)
		}
		return s
	}
	distinct := func(s [][]string) int {
		set := map[string]bool{}
		for _, words := range s {
			for _, w := range words {
				set[w] = true
			}
		}
		return len(set)
	}
	rs, hs := split(ref), split(hyp)
	if len(rs) == 0 || len(hs) == 0 {
		return Score{}, 0, ErrEmpty
	}
	union, deepest := map[string]bool{}, 0
	for _, x := range rs {
		for _, y := range hs {
			t := lcsTable(x, y)
			var back func(i, j, depth int)
			back = func(i, j, depth int) {
				deepest = max(deepest, depth)
				switch {
				case i == 0 || j == 0:
				case x[i-1] == y[j-1]:
					union[x[i-1]] = true
					back(i-1, j-1, depth+1)
				case t[i-1][j] > t[i][j-1]:
					back(i-1, j, depth+1)
				default:
					back(i, j-1, depth+1)
				}
			}
			back(len(x), len(y), 1)
		}
	}
	p := float64(len(union)) / float64(distinct(hs))
	r := float64(len(union)) / float64(distinct(rs))
	return Score{p, r, 2.0 * (float64(p*r) / (p + r + 1e-8))}, deepest, nil
}

// plainLSum is LSum as its definition reads.
func plainLSum(ref, hyp string) Score {
	split := func(text string) (s [][]string, n int, count map[string]int) {
		count = map[string]int{}
		for line := range strings.SplitSeq(text, "\n") {
			words := Tokenize(nil, line, false)
			s = append(s, words)
			n += len(words)
			for _, w := range words {
				count[w]++
			}
		}
		return s, n, count
	}
	rs, m, _ := split(ref)
	hs, n, left := split(hyp)
	hits := 0
	for _, x := range rs {
		hit := make([]bool, len(x))
		for _, y := range hs {
			t := lcsTable(x, y)
			for i, j := len(x), len(y); i > 0 && j > 0; {
				switch {
				case x[i-1] == y[j-1]:
					hit[i-1] = true
					i, j = i-1, j-1
				case t[i][j-1] > t[i-1][j]:
					j--
				default:
					i--
				}
			}
		}
		for i, w := range x {
			if hit[i] && left[w] > 0 {
				left[w]--
				hits++
			}
		}
	}
	return ratioScore(hits, m, n)
}

func plainN(ref, hyp []string, n int) Score {
	count := map[string]int{}
	for i := 0; i+n <= len(ref); i++ {
		count[strings.Join(ref[i:i+n], " ")]++
	}
	matched := 0
	for i := 0; i+n <= len(hyp); i++ {
		if g := strings.Join(hyp[i:i+n], " "); count[g] > 0 {
			count[g]--
			matched++
		}
	}
	return ratioScore(matched, len(ref)-n+1, len(hyp)-n+1)
}

func unionLaw(ref, hyp string) error {
	want, depth, wantErr := plainUnion(ref, hyp)
	got, err := UnionLCS(ref, hyp, UnionOptions{})
	if got != want || err != wantErr {
		return fmt.Errorf("UnionLCS %v %v, want %v %v", got, err, want, wantErr)
	}
	if err != nil {
		return nil
	}
	if _, err := UnionLCS(ref, hyp, UnionOptions{Recursion: depth}); err != nil {
		return fmt.Errorf("recursion %d: %v", depth, err)
	}
	if _, err := UnionLCS(ref, hyp, UnionOptions{Recursion: depth - 1}); depth > 1 && err != ErrRecursion {
		return fmt.Errorf("recursion %d: %v", depth-1, err)
	}
	return nil
}

func holds(err error) *gopter.PropResult {
	if err != nil {
		return &gopter.PropResult{Status: gopter.PropFalse, Labels: []string{err.Error()}}
	}
	return gopter.NewPropResult(true, "")
}

func inRange(s Score) error {
	for _, x := range []float64{s.Precision, s.Recall, s.F1} {
		if !(x >= 0 && x <= 1) {
			return fmt.Errorf("%v outside [0, 1]", s)
		}
	}
	return nil
}

func TestLaws(t *testing.T) {
	p := laws(t, 300)
	p.Property("L is the recurrence", prop.ForAll(func(x, y []string) *gopter.PropResult {
		table := lcsTable(x, y)
		want := ratioScore(table[len(x)][len(y)], len(x), len(y))
		got := L(x, y)
		if got != want {
			return holds(fmt.Errorf("L %v, want %v", got, want))
		}
		return holds(inRange(got))
	}, tokens(), tokens()))
	p.Property("N counts n-grams", prop.ForAll(func(x, y []string, n int) *gopter.PropResult {
		got, want := N(x, y, n), plainN(x, y, n)
		if got != want {
			return holds(fmt.Errorf("N %v, want %v", got, want))
		}
		return holds(inRange(got))
	}, tokens(), tokens(), gen.IntRange(1, 9)))
	p.Property("swapping the sides swaps precision and recall", prop.ForAll(func(x, y []string, n int) *gopter.PropResult {
		swap := func(s Score) Score { return Score{s.Recall, s.Precision, s.F1} }
		if a, b := L(x, y), L(y, x); swap(a) != b {
			return holds(fmt.Errorf("L %v and %v", a, b))
		}
		if a, b := N(x, y, n), N(y, x, n); swap(a) != b {
			return holds(fmt.Errorf("N %v and %v", a, b))
		}
		return holds(nil)
	}, tokens(), tokens(), gen.IntRange(1, 4)))
	p.Property("a sequence matches itself", prop.ForAll(func(x []string) *gopter.PropResult {
		one := Score{1, 1, 1}
		text := strings.Join(x, " ")
		if len(x) > 0 && (L(x, x) != one || N(x, x, 1) != one || LSum(text, text, true) != one) {
			return holds(errors.New("a perfect score is not 1"))
		}
		if s, err := UnionLCS(text, text, UnionOptions{}); len(x) > 0 && (err != nil || s.Precision != 1 || s.Recall != 1) {
			return holds(fmt.Errorf("UnionLCS %v %v", s, err))
		}
		return holds(nil)
	}, tokens()))
	p.Property("UnionLCS is the recursion", prop.ForAll(func(ref, hyp string) *gopter.PropResult {
		return holds(unionLaw(ref, hyp))
	}, texts(), texts()))
	p.Property("UnionLCS is in range", prop.ForAll(func(ref, hyp string) *gopter.PropResult {
		s, _ := UnionLCS(ref, hyp, UnionOptions{})
		return holds(inRange(s))
	}, gen.AnyString(), gen.AnyString()))
	p.Property("LSum is the back-trace", prop.ForAll(func(ref, hyp string) *gopter.PropResult {
		ref, hyp = strings.ReplaceAll(ref, ".", "\n"), strings.ReplaceAll(hyp, ".", "\n")
		if got, want := LSum(ref, hyp, false), plainLSum(ref, hyp); got != want {
			return holds(fmt.Errorf("LSum %v, want %v", got, want))
		}
		return holds(inRange(LSum(ref, hyp, true)))
	}, texts(), texts()))
	p.Property("stemming never lengthens and keeps letters and digits", prop.ForAll(func(ref string) *gopter.PropResult {
		for _, w := range Tokenize(nil, ref, false) {
			s := Stem(w)
			if len(s) > len(w) || len(s) == 0 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
				return holds(fmt.Errorf("Stem(%q) = %q", w, s))
			}
		}
		return holds(nil)
	}, gen.AnyString()))
	p.TestingRun(t)
}

// TestLawsInBlocks repeats the laws of the back-trace with tables that are
// computed block by block.
func TestLawsInBlocks(t *testing.T) {
	setMaxLog(t, 3)
	p := laws(t, 200)
	p.Property("UnionLCS is the recursion", prop.ForAll(func(ref, hyp string) *gopter.PropResult {
		return holds(unionLaw(ref, hyp))
	}, texts(), texts()))
	p.Property("LSum is the back-trace", prop.ForAll(func(ref, hyp string) *gopter.PropResult {
		ref, hyp = strings.ReplaceAll(ref, ".", "\n"), strings.ReplaceAll(hyp, ".", "\n")
		if got, want := LSum(ref, hyp, false), plainLSum(ref, hyp); got != want {
			return holds(fmt.Errorf("LSum %v, want %v", got, want))
		}
		return holds(nil)
	}, texts(), texts()))
	p.TestingRun(t)
}
