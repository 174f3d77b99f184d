package cudnn

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRoundLength(t *testing.T) {
	for _, c := range []struct{ n, want int }{
		{1, 256}, {256, 256}, {257, 512}, {1025, 2048}, {32768, 32768},
		{32769, 40960}, {40961, 49152}, {50000, 57344}, {57345, 65536}, {65536, 65536}, {163840, 163840}, {163841, 196608},
	} {
		if got := roundLength(c.n); got != c.want {
			t.Errorf("%d tokens: %d, want %d", c.n, got, c.want)
		}
	}
}

func TestGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		start := []int{r.IntN(10)}
		for range r.IntN(40) {
			n := r.IntN(3000)
			if r.IntN(5) == 0 {
				n = 0
			}
			start = append(start, start[len(start)-1]+n)
		}
		var want, got [][2]int
		for s := 1; s < len(start); s++ {
			if start[s] > start[s-1] {
				want = append(want, [2]int{start[s-1], start[s] - start[s-1]})
			}
		}
		for _, g := range groups(start) {
			if len(g.begin) == 0 || len(g.begin) > g.batch || len(g.begin) != len(g.tokens) || !slices.IsSorted(g.begin) {
				t.Fatalf("%v: group %+v", start, g)
			}
			if g.batch*g.length > together && g.batch > 1 || g.batch > 4*len(g.begin) {
				t.Errorf("%v: batch %d of length %d for %d sequences", start, g.batch, g.length, len(g.begin))
			}
			for i, n := range g.tokens {
				if int(n) > g.length || g.length > shortest && 2*int(n) <= g.length {
					t.Errorf("%d tokens in length %d", n, g.length)
				}
				got = append(got, [2]int{int(g.begin[i]), int(n)})
			}
		}
		slices.SortFunc(got, func(a, b [2]int) int { return a[0] - b[0] })
		if !slices.Equal(got, want) {
			t.Fatalf("%v: groups of %v", start, got)
		}
	}
}

func TestTables(t *testing.T) {
	all := groups([]int{5, 305, 315, 615, 915})
	if len(all) != 2 || all[0].batch != 4 || all[0].length != 512 {
		t.Fatalf("%+v", all)
	}
	shape := Shape{Heads: 2, LDQ: 3, LDK: 5, LDV: 7, LDOut: 11}
	x := tabulate(all, shape.rowDistances(false))
	for i, c := range []map[Role][]int32{
		{Len: {300, 300, 300, 0}, OffQ: {15, 945, 1845, 2745, 2745}, OffLSE: {10, 630, 1230, 1830, 1830}, OffOut: {55, 3465, 6765, 10065, 10065}},
		{Len: {10}, OffK: {1525, 1575}, OffV: {2135, 2205}},
	} {
		for r, want := range c {
			at, ok := x.at[i][r]
			if !ok || at%4 != 0 || !slices.Equal(x.data[at:at+len(want)], want) {
				t.Errorf("group %d, table %d at %d: want %v in %v", i, r, at, want, x.data)
			}
		}
		if _, ok := x.at[i][OffDQ]; ok {
			t.Error("a table for a gradient in the forward pass")
		}
	}
}

func TestWorthwhile(t *testing.T) {
	for _, c := range []struct {
		start []int
		want  bool
	}{
		{nil, false}, {[]int{0}, false}, {[]int{0, 0}, false}, {[]int{0, 1023}, false}, {[]int{0, 1024}, true},
		{[]int{0, 500, 1000, 1500}, false}, {[]int{0, 100, 200, 8200}, true},
	} {
		if got := worthwhile(c.start, 1024); got != c.want {
			t.Errorf("%v: %v", c.start, got)
		}
	}
}
