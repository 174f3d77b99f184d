package random_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/trainer/random"
)

// The numbers of a stream are a function of its key and their place.
func ExampleNewKey() {
	k := random.NewKey(1, 40, 17, 3) // seed, step, prompt, sample
	fmt.Println(k.Float64(5) == random.NewKey(1, 40, 17, 3).Float64(5), k == random.NewKey(1, 40, 3, 17))
	// Output: true false
}

// TestGolden: streams are part of what a resumed run relies on.
func TestGolden(t *testing.T) {
	k := random.NewKey(1, 2, 3)
	if got, want := [3]uint64{uint64(k), k.Uint64(0), k.Uint64(1)}, [3]uint64{0xd56d0264932a233f, 0x5bc581b04a97c4df, 0x9c4d6541405d32d6}; got != want {
		t.Errorf("the streams have changed: %#x", got)
	}
}

// TestUniform: the first numbers of neighbouring keys, and the numbers of one key,
// are uniform, by chi-square over 64 cells, and neighbours are uncorrelated.
func TestUniform(t *testing.T) {
	const n, cells = 1 << 16, 64
	for name, draw := range map[string]func(i int) float64{
		"one key":      func(i int) float64 { return random.NewKey(7).Float64(uint64(i)) },
		"seeds":        func(i int) float64 { return random.NewKey(uint64(i)).Float64(0) },
		"last part":    func(i int) float64 { return random.NewKey(1, 2, uint64(i)).Float64(3) },
		"middle part":  func(i int) float64 { return random.NewKey(1, uint64(i), 2).Float64(3) },
		"normal, as u": func(i int) float64 { return 0.5 * math.Erfc(-random.NewKey(9).Normal(uint64(i))/math.Sqrt2) },
	} {
		var count [cells]float64
		var product, last float64
		for i := range n {
			u := draw(i)
			if !(u >= 0 && u < 1) {
				t.Fatalf("%s: %v", name, u)
			}
			count[int(u*cells)]++
			product += (u - 0.5) * (last - 0.5)
			last = u
		}
		var chi float64
		for _, c := range count {
			chi += (c - n/cells) * (c - n/cells) / (n / cells)
		}
		if chi > 110 { // 1 in 4,000 for 63 degrees of freedom
			t.Errorf("%s: chi-square %.1f", name, chi)
		}
		if r := product / n * 12; math.Abs(r) > 4/math.Sqrt(n) {
			t.Errorf("%s: correlation %.4f of neighbours", name, r)
		}
	}
}

func TestPermAndIntN(t *testing.T) {
	var first [5]int
	for k := range 5000 {
		p := random.NewKey(uint64(k)).Perm(5)
		first[p[0]]++
		if s := slices.Sorted(slices.Values(p)); !slices.Equal(s, []int{0, 1, 2, 3, 4}) {
			t.Fatalf("%v is no permutation", p)
		}
		if n := random.NewKey(uint64(k)).IntN(3, 7); n < 0 || n > 6 {
			t.Fatalf("IntN gives %d", n)
		}
	}
	for i, n := range first {
		if n < 850 || n > 1150 {
			t.Errorf("%d comes first %d times of 5000", i, n)
		}
	}
	if len(random.Key(1).Perm(0)) != 0 {
		t.Error("a permutation of nothing")
	}
	defer func() {
		if recover() == nil {
			t.Error("IntN of 0 does not panic")
		}
	}()
	random.Key(1).IntN(0, 0)
}

// TestKeysOfRun: samples of a run, and of runs beside it, share neither key nor
// stretch of stream.
func TestKeysOfRun(t *testing.T) {
	seen := map[random.Key]bool{}
	var keys []random.Key
	add := func(parts ...uint64) {
		k := random.NewKey(parts...)
		if seen[k] {
			t.Errorf("the key of %v comes twice", parts)
		}
		seen[k] = true
		keys = append(keys, k)
	}
	for seed := range uint64(2) {
		for kind := range uint64(4) {
			add(seed, kind)
			for prompt := range uint64(300) {
				add(seed, kind, prompt)
				for sample := range uint64(16) {
					add(seed, kind, prompt, sample)
				}
			}
		}
	}
	// Number i of a stream is a function of key + (i+1) gamma, so that two streams
	// overlap where their keys differ by a small multiple of gamma.
	const gamma = 0x9e3779b97f4a7c15
	inverse := uint64(1) // by Newton's method modulo 2^64
	for range 6 {
		inverse *= 2 - gamma*inverse
	}
	place := make([]uint64, 4000)
	for i := range place {
		place[i] = uint64(keys[i*len(keys)/len(place)]) * inverse
	}
	slices.Sort(place)
	for i, p := range place {
		if next := place[(i+1)%len(place)]; next-p < 1<<20 {
			t.Errorf("two streams are %d numbers apart", next-p)
		}
	}
}

// TestNeighbours: what neighbours draw is uncorrelated, also along diagonals.
func TestNeighbours(t *testing.T) {
	const n = 1 << 16
	for name, draw := range map[string]func(i uint64) (float64, float64){
		"samples": func(i uint64) (float64, float64) {
			return random.NewKey(1, 2, i/8, i%8).Float64(0), random.NewKey(1, 2, i/8, i%8+1).Float64(0)
		},
		"prompts": func(i uint64) (float64, float64) {
			return random.NewKey(1, 2, i, 0).Float64(0), random.NewKey(1, 2, i+1, 0).Float64(0)
		},
		"training and evaluation": func(i uint64) (float64, float64) {
			return random.NewKey(1, 2, i, 0).Float64(0), random.NewKey(1, 3, i, 0).Float64(0)
		},
		"tokens of two samples": func(i uint64) (float64, float64) {
			return random.NewKey(1, 2, i/16, 0).Float64(i % 16), random.NewKey(1, 2, i/16, 1).Float64(i%16 + 1)
		},
		"prompt and sample exchanged": func(i uint64) (float64, float64) {
			return random.NewKey(1, 2, i, i+1).Float64(0), random.NewKey(1, 2, i+1, i).Float64(0)
		},
	} {
		var r float64
		for i := range uint64(n) {
			x, y := draw(i)
			r += 12 * (x - 0.5) * (y - 0.5) / n
		}
		if math.Abs(r) > 4/math.Sqrt(n) {
			t.Errorf("%s: correlation %.4f", name, r)
		}
	}
}

// TestPermUniform: all 120 permutations of 5 are equally likely, by chi-square.
func TestPermUniform(t *testing.T) {
	const each = 250
	count := map[[5]int]int{}
	for i := range uint64(120 * each) {
		count[[5]int(random.NewKey(1, 1, 0, i).Perm(5))]++
	}
	var chi float64
	for _, n := range count {
		chi += float64((n-each)*(n-each)) / each
	}
	if len(count) != 120 || chi > 180 { // 1 in 4,000 for 119 degrees of freedom
		t.Errorf("%d permutations, chi-square %.1f", len(count), chi)
	}
}
