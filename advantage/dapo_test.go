package advantage

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestDynamicSample(t *testing.T) {
	const T, F = true, false
	tests := []struct {
		name, groups string
		rewards      []float64
		keep         []bool
		prompts      int
	}{
		{"all of a prompt or none", "aabb", []float64{1, 0, 1, 1}, []bool{T, T, F, F}, 1},
		{"any constant", "aaabbbccc", []float64{0.1, 0.1, 0.1, 0.4, 0.4, 0.4, 0, 0, 0}, make([]bool, 9), 0},
		{"one unit in the last place", "aa", []float64{0.1, math.Nextafter(0.1, 1)}, []bool{T, T}, 1},
		{"0 and -0", "aa", []float64{0, math.Copysign(0, -1)}, []bool{F, F}, 0},
		{"single", "abb", []float64{0.5, 1, 1}, []bool{T, F, F}, 1},
		{"apart", "abcabc", []float64{1, 1, 0, 1, 0, 0}, []bool{F, T, F, F, T, F}, 1},
		{"nothing", "", nil, nil, 0},
	}
	for _, c := range tests {
		keep := make([]bool, len(c.rewards))
		for i := range keep {
			keep[i] = i%2 == 0
		}
		n, err := DynamicSample(keep, lettered(t, c.groups, "", c.rewards...))
		if err != nil || n != c.prompts || !slices.Equal(keep, c.keep) {
			t.Errorf("%s: %v, %d prompts, %v; want %v, %d", c.name, keep, n, err, c.keep, c.prompts)
		}
	}
	var row *RowError
	if _, err := DynamicSample(make([]bool, 2), lettered(t, "aa", "", 1, math.NaN())); !errors.As(err, &row) || row.Row != 1 {
		t.Errorf("NaN: %v", err)
	}
	mustPanic(t, "lengths", func() { DynamicSample(make([]bool, 1), lettered(t, "aa", "", 1, 0)) })
	mustPanic(t, "no index", func() { DynamicSample(nil, &Batch{}) })
	b := nine(64, 16, true)
	keep := make([]bool, len(b.Rewards))
	if n := testing.AllocsPerRun(10, func() { DynamicSample(keep, b) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestDynamicSampling(t *testing.T) {
	s := DynamicSampling{Prompts: 3, MaxBatches: 3}
	keep := make([]bool, 6)
	one := lettered(t, "aabbcc", "", 1, 0, 0, 0, 1, 1)
	full, err := s.Add(keep, one)
	if want := (DynamicSampling{Prompts: 3, MaxBatches: 3, Batches: 1, Kept: 1, Constant: 2}); full || err != nil || s != want {
		t.Fatalf("first batch: %v, %v, %+v", full, err, s)
	}
	half := s
	// Four useful prompts, room for two: the first two in order of first rows.
	four := lettered(t, "dcbaab", "", 1, 1, 0, 0, 1, 1)
	full, err = s.Add(keep, four)
	if want := (DynamicSampling{Prompts: 3, MaxBatches: 3, Batches: 2, Kept: 3, Surplus: 2}); !full || err != nil || s.Kept != want.Kept || s.Surplus != want.Surplus {
		t.Fatalf("second batch: %v, %v, %+v", full, err, s)
	}
	if want := []bool{true, true, false, false, false, false}; !slices.Equal(keep, want) {
		t.Errorf("kept %v, want %v", keep, want)
	}
	mustPanic(t, "a batch too many", func() { s.Add(keep, one) })
	if s.Reset(); s != (DynamicSampling{Prompts: 3, MaxBatches: 3}) {
		t.Errorf("after Reset: %+v", s)
	}

	// The same from the middle, with too little: an error after batch 3.
	s = half
	if full, err = s.Add(keep, one); full || err != nil {
		t.Fatalf("%v, %v", full, err)
	}
	var bad *RowError
	broken := lettered(t, "aabbcc", "", 1, 0, 0, 0, 1, math.Inf(1))
	if before := s; true {
		if _, err = s.Add(keep, broken); !errors.As(err, &bad) || s != before {
			t.Errorf("broken batch: %v, %+v", err, s)
		}
	}
	var few *SamplingError
	none := lettered(t, "aabbcc", "", 1, 1, 0, 0, 1, 1)
	if full, err = s.Add(keep, none); full || !errors.As(err, &few) || *few != (SamplingError{Batches: 3, Kept: 2, Prompts: 3}) {
		t.Errorf("last batch: %v, %v", full, err)
	}
	// The last batch may also be the one that is enough.
	s = DynamicSampling{Prompts: 1, MaxBatches: 1}
	if full, err = s.Add(keep, one); !full || err != nil {
		t.Errorf("%v, %v", full, err)
	}
	// No limit.
	s = DynamicSampling{Prompts: 1}
	for range 100 {
		if full, err = s.Add(keep, none); full || err != nil {
			t.Fatalf("%v, %v", full, err)
		}
	}
}

// TestDynamicSamplingRecipe: with groups of equal size that lie together, the rows
// are those of the recipe, which concatenates all that is useful and cuts it off.
func TestDynamicSamplingRecipe(t *testing.T) {
	statefulLaw(t, "recipe", func(seed uint64) bool {
		rng := rand.New(rand.NewPCG(seed, 4))
		n, wanted := 1+rng.IntN(4), 1+rng.IntN(12)
		var recipe, ours []float64
		s := DynamicSampling{Prompts: wanted}
		for prompts, full := 0, false; !full; {
			sizes := make([]int, 1+rng.IntN(6))
			var rewards []float64
			for k := range sizes {
				sizes[k] = n
				group := make([]float64, n)
				for j := range group {
					group[j] = float64(rng.IntN(2)) + float64(len(recipe))*1e-3
				}
				rewards = append(rewards, group...)
				if n == 1 || slices.Max(group) != slices.Min(group) {
					recipe = append(recipe, group...)
					prompts++
				}
			}
			ix, _ := NewIndexSizes(sizes, nil)
			keep := make([]bool, len(rewards))
			var err error
			if full, err = s.Add(keep, &Batch{Index: ix, Rewards: rewards}); err != nil || full != (prompts >= wanted) {
				return false
			}
			for i, k := range keep {
				if k {
					ours = append(ours, rewards[i])
				}
			}
			if s.Kept+s.Surplus != prompts {
				return false
			}
		}
		return slices.Equal(ours, recipe[:wanted*n])
	})
}

func TestOverlong(t *testing.T) {
	lengths := []int{0, 80, 81, 90, 99, 100, 101, 200}
	got := make([]float64, len(lengths))
	SoftOverlong(got, lengths, 100, 20)
	if want := []float64{0, 0, -0.05, -0.5, -0.95, -1, -1, -1}; !slices.Equal(got, want) {
		t.Errorf("soft: %v, want %v", got, want)
	}
	OverlongPenalty(got, lengths, 100, 20, 1)
	if want := []float64{0, 0, -0.05, -0.5, -0.95, -1, -1.05, -6}; !slices.Equal(got, want) {
		t.Errorf("verl: %v, want %v", got, want)
	}
	OverlongPenalty(got, lengths, 100, 20, 0)
	for i, v := range got {
		if v != 0 || math.Signbit(v) {
			t.Errorf("factor 0, length %d: %v", lengths[i], v)
		}
	}
	SoftOverlong(got, lengths, 100, 0)
	if want := []float64{0, 0, 0, 0, 0, 0, -1, -1}; !slices.Equal(got, want) {
		t.Errorf("no cache: %v, want %v", got, want)
	}
	for name, f := range map[string]func(){
		"lengths":         func() { SoftOverlong(got[:1], lengths, 100, 20) },
		"cache < 0":       func() { SoftOverlong(got, lengths, 100, -1) },
		"cache > max":     func() { SoftOverlong(got, lengths, 100, 101) },
		"buffer 0":        func() { OverlongPenalty(got, lengths, 100, 0, 1) },
		"buffer > max":    func() { OverlongPenalty(got, lengths, 100, 101, 1) },
		"factor < 0":      func() { OverlongPenalty(got, lengths, 100, 20, -1) },
		"factor NaN":      func() { OverlongPenalty(got, lengths, 100, 20, math.NaN()) },
		"factor infinite": func() { OverlongPenalty(got, lengths, 100, 20, math.Inf(1)) },
	} {
		mustPanic(t, name, f)
	}
}

func BenchmarkDynamicSample(b *testing.B) {
	batch := nine(512, 16, false)
	keep := make([]bool, len(batch.Rewards))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DynamicSample(keep, batch); err != nil {
			b.Fatal(err)
		}
	}
}
