package advantage

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"
)

func TestHADW(t *testing.T) {
	const eps = 1e-6
	up, down := 1.5*math.Exp(0.25), 1.5*math.Exp(-0.25)
	tests := []struct {
		name, spec, groups string
		rewards, want      []float64
	}{
		// Means 0.25 and 0.75 beside the batch's 0.5: rare outcomes gain.
		{"batch", "ha_dw", "aaaabbbb", []float64{1, 0, 0, 0, 1, 1, 1, 0}, []float64{
			0.75 / (0.5 + eps) * up, -0.25 / (0.5 + eps) * down, -0.25 / (0.5 + eps) * down, -0.25 / (0.5 + eps) * down,
			0.25 / (0.5 + eps) * down, 0.25 / (0.5 + eps) * down, 0.25 / (0.5 + eps) * down, -0.75 / (0.5 + eps) * up}},
		{"anchor", "ha_dw(anchor=0.75,eps=0,lambda=1)", "aabb", []float64{1, 0, 3, 1}, []float64{
			math.Sqrt(0.5) * math.Exp(0.25), -math.Sqrt(0.5) * math.Exp(-0.25), math.Sqrt(0.5) * math.Exp(-1.25), -math.Sqrt(0.5) * math.Exp(1.25)}},
		{"anchor 0", "ha_dw(anchor=0,eps=0)", "aa", []float64{1, -1}, []float64{1.5 * math.Sqrt(0.5), -1.5 * math.Sqrt(0.5)}},
		{"paper without scale", "ha_dw(anchor=0.25,scale=false)", "aa", []float64{1, 0}, []float64{0.5 * down, -0.5 * up}},
		{"code without scale", "ha_dw(anchor=0.25,form=code,scale=false)", "aa", []float64{1, 0}, []float64{0.5, -0.5}},
		{"constant groups count in the anchor", "ha_dw(eps=0,lambda=1)", "aabb", []float64{1, 0, 0, 0}, []float64{
			math.Sqrt(0.5) * math.Exp(-0.25), -math.Sqrt(0.5) * math.Exp(0.25), 0, 0}},
		{"unless dropped", "ha_dw(drop_constant=true,eps=0,lambda=1)", "aabb", []float64{1, 0, 0, 0}, []float64{math.Sqrt(0.5), -math.Sqrt(0.5), 0, 0}},
		{"single", "ha_dw(eps=0,lambda=1)", "aba", []float64{1, 7, 0}, []float64{math.Sqrt(0.5), 0, -math.Sqrt(0.5)}},
		{"single as coded", "ha_dw(eps=0,lambda=1,single=reference)", "abac", []float64{1, 0.5, 0, 0.5}, []float64{math.Sqrt(0.5), 0.5 * math.Exp(0.5), -math.Sqrt(0.5), 0.5 * math.Exp(0.5)}},
		{"every rollout counts once in the anchor", "ha_dw(eps=0,lambda=1)", "aabbbb", []float64{1, 0, 1, 1, 1, 1}, []float64{
			math.Sqrt(0.5) * math.Exp(1./3), -math.Sqrt(0.5) * math.Exp(-1./3), 0, 0, 0, 0}},
		{"all constant", "ha_dw(drop_constant=true)", "aab", []float64{1, 1, 2}, []float64{0, 0, 0}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			b := lettered(t, c.groups, "", c.rewards...)
			if got := advantages(t, c.spec, b); !allNear(got, c.want, 1e-14) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			inPlace := slices.Clone(c.rewards)
			b.Rewards = inPlace
			if err := MustParse(c.spec).Advantages(inPlace, b); err != nil || !allNear(inPlace, c.want, 1e-14) {
				t.Errorf("in place: got %v, %v, want %v", inPlace, err, c.want)
			}
		})
	}
}

// TestHADWRange: means far from 0 keep the digits of their differences, and what
// leaves the range of float64 is an error.
func TestHADWRange(t *testing.T) {
	const far = 1 << 20
	want := advantages(t, "ha_dw", lettered(t, "aaabb", "", 1, 0, 0.25, 1, 0.25))
	if got := advantages(t, "ha_dw", lettered(t, "aaabb", "", far+1, far, far+0.25, far+1, far+0.25)); !allNear(got, want, 1e-14) {
		t.Errorf("far from 0: %v, want %v", got, want)
	}
	// The weight of negative advantages is beyond the range; 0 under it stays 0.
	dst := make([]float64, 3)
	b := lettered(t, "aaa", "", 3000, 2000, 4000)
	var row *RowError
	if err := MustParse("ha_dw(anchor=0)").Advantages(dst, b); !errors.As(err, &row) || row.Row != 1 {
		t.Errorf("error %v, want one of row 1", err)
	}
	for _, e := range []HADW{{Fixed: true, Anchor: math.NaN(), Lambda: 1}, {Lambda: math.Inf(1)}} {
		if err := e.Advantages(dst, b); err == nil || errors.As(err, &row) {
			t.Errorf("%+v: %v", e, err)
		}
	}
	tiny := lettered(t, "aaaa", "", 1e-200, 0, 0, 1e-200)
	inPlace := &Batch{Index: tiny.Index, Rewards: slices.Clone(tiny.Rewards)}
	if err := MustParse("ha_dw(anchor=0,eps=0)").Advantages(inPlace.Rewards, inPlace); err != nil || !allNear(inPlace.Rewards, advantages(t, "ha_dw(anchor=0,eps=0)", tiny), 0) {
		t.Errorf("tiny rewards in place: %v, %v", inPlace.Rewards, err)
	}
}

func TestHADWSpelling(t *testing.T) {
	for spec, want := range map[string]string{
		"ha_dw(anchor=batch,form=paper,lambda=1.5)": "ha_dw",
		"ha_dw(anchor=0.50)":                        "ha_dw(anchor=0.5)",
		"ha_dw(anchor=0)":                           "ha_dw(anchor=0)",
		"ha_dw(anchor=-1e3, form=code)":             "ha_dw(anchor=-1000,form=code)",
	} {
		e := MustParse(spec)
		if e.Needs() != 0 || e.String() != want || MustParse(want) != e {
			t.Errorf("%s is spelled %s, want %s", spec, e, want)
		}
	}
	for _, spec := range []string{"ha_dw(anchor=mean)", "ha_dw(anchor=NaN)", "ha_dw(anchor=inf)", "ha_dw(form=verl)", "ha_dw(lambda=-1)"} {
		if e, err := Parse(spec); err == nil {
			t.Errorf("%s is understood as %v", spec, e)
		}
	}
}

func TestHADWLaws(t *testing.T) {
	statefulLaw(t, "the weight is lambda exp(∓(mu-C))", func(seed uint64) bool {
		b := randomBatch(seed)
		got, base := advantages(t, "ha_dw(anchor=0.4,lambda=1.3)", b), advantages(t, "grpo", b)
		for k := range b.Index.Groups() {
			var mu float64
			for j := range b.Index.Size(k) {
				mu += b.Rewards[b.Index.Row(k, j)] / float64(b.Index.Size(k))
			}
			for j := range b.Index.Size(k) {
				i := b.Index.Row(k, j)
				sign := 0.0
				if base[i] != 0 {
					sign = math.Copysign(1, base[i])
				}
				want := base[i] * 1.3 * math.Exp(-sign*(mu-0.4))
				if math.Abs(got[i]-want) > 1e-13*math.Abs(want) {
					return false
				}
			}
		}
		return true
	})
	statefulLaw(t, "code without scale is dr_grpo", func(seed uint64) bool {
		b := randomBatch(seed)
		return allNear(advantages(t, "ha_dw(form=code,scale=false)", b), advantages(t, "dr_grpo", b), 0)
	})
	statefulLaw(t, "with the mean of the batch as anchor, batch and number agree", func(seed uint64) bool {
		b := randomBatch(seed)
		var sum, n float64
		for k := range b.Index.Groups() {
			if b.Index.Size(k) > 1 {
				for j := range b.Index.Size(k) {
					sum += b.Rewards[b.Index.Row(k, j)]
					n++
				}
			}
		}
		e := MustParse("ha_dw").(HADW)
		if e.Fixed = true; n > 0 {
			e.Anchor = sum / n
		}
		got := make([]float64, len(b.Rewards))
		return e.Advantages(got, b) == nil && allNear(got, advantages(t, "ha_dw", b), 1e-13)
	})
}

// TestHADWHistoryPaper follows equations (8) to (12) by hand.
func TestHADWHistoryPaper(t *testing.T) {
	h := HADWHistory{Estimator: MustParse("ha_dw(lambda=1.3)").(HADW), Window: 2, Eta: 2}
	steps := []struct{ y, anchor float64 }{
		{0.5, 0.5},  // compared with itself; belief 0.5
		{0.7, 0.5},  // belief (0.5 + 0.7)/2 = 0.6
		{0.3, 0.6},  // sigma of 0.5 and 0.6 is 0.05, eta 0.1: 0.9 0.6 + 0.1 0.3 = 0.57
		{1, 0.57},   // sigma of 0.6 and 0.57 is 0.015, eta 0.03: 0.97 0.57 + 0.03 = 0.5829
		{0, 0.5829}, // sigma 0.00645, eta 0.0129: 0.9871 0.5829 = 0.57538059
		{0.5, 0.57538059},
	}
	for i, s := range steps {
		e, err := h.Step([]float64{s.y - 0.25, s.y, s.y + 0.25})
		if err != nil || !e.Fixed || math.Abs(e.Anchor-s.anchor) > 1e-14 {
			t.Fatalf("batch %d: anchor %v, %v, want %v", i, e.Anchor, err, s.anchor)
		}
		if e.Lambda != 1.3 || h.Estimator.Fixed {
			t.Fatalf("batch %d: estimator %v, of the history %v", i, e, h.Estimator)
		}
	}
	// A large eta is cut at 1: the belief is then the last mean.
	h = HADWHistory{Estimator: h.Estimator, Window: 2, Eta: 1000, State: HADWState{Batches: 2, Recent: []float64{0.2, 0.4}}}
	if e, err := h.Step([]float64{1, 0.5}); err != nil || e.Anchor != 0.4 || h.State.Recent[1] != 0.75 {
		t.Errorf("anchor %v, state %v, %v", e.Anchor, h.State, err)
	}
	// Equal beliefs stand still, as published.
	h.State = HADWState{Batches: 7, Recent: []float64{0.5, 0.5}}
	for range 3 {
		if e, err := h.Step([]float64{1, 1}); err != nil || e.Anchor != 0.5 {
			t.Errorf("anchor %v, %v", e.Anchor, err)
		}
	}
}

func TestHADWHistoryCode(t *testing.T) {
	h := HADWHistory{Estimator: MustParse("ha_dw(form=code)").(HADW), Window: 3}
	for i, s := range []struct{ y, anchor float64 }{{0.5, 0.5}, {1, 0.75}, {0, 0.5}, {0.5, 0.5}, {0.25, 0.25}} {
		if e, err := h.Step([]float64{s.y, s.y}); err != nil || math.Abs(e.Anchor-s.anchor) > 1e-15 {
			t.Errorf("batch %d: anchor %v, %v, want %v", i, e.Anchor, err, s.anchor)
		}
	}
	if want := (HADWState{Batches: 5, Recent: []float64{0, 0.5, 0.25}}); !reflect.DeepEqual(h.State, want) {
		t.Errorf("state %v, want %v", h.State, want)
	}
}

// TestHADWHistoryResume: a run that goes on from JSON is the run without a break,
// and a state kept aside is not changed by later steps.
func TestHADWHistoryResume(t *testing.T) {
	for _, spec := range []string{"ha_dw", "ha_dw(form=code)"} {
		e := MustParse(spec).(HADW)
		whole := HADWHistory{Estimator: e, Window: 4, Eta: 1.5}
		parts := whole
		for i := range 20 {
			rewards := []float64{float64(i%7) / 7, float64(i%3) / 3, 1 / float64(i+1)}
			kept := whole.State
			before := slices.Clone(kept.Recent)
			text, err := json.Marshal(parts)
			if err != nil {
				t.Fatal(err)
			}
			parts = HADWHistory{}
			if err := json.Unmarshal(text, &parts); err != nil {
				t.Fatal(err)
			}
			a, err1 := whole.Step(rewards)
			b, err2 := parts.Step(rewards)
			if err1 != nil || err2 != nil || a != b || !reflect.DeepEqual(whole, parts) {
				t.Fatalf("%s, batch %d: %v, %v and %v, %v", spec, i, a, err1, b, err2)
			}
			if !slices.Equal(kept.Recent, before) {
				t.Fatalf("%s, batch %d: the state kept aside was changed", spec, i)
			}
		}
	}
}

func TestHADWHistoryErrors(t *testing.T) {
	paper, code := HADW{}, HADW{Form: HADWCode}
	good := []float64{0, 1}
	for _, c := range []struct {
		name    string
		h       HADWHistory
		rewards []float64
	}{
		{"no rewards", HADWHistory{Estimator: paper, Window: 2, Eta: 1}, nil},
		{"NaN", HADWHistory{Estimator: code, Window: 1}, []float64{1, math.NaN()}},
		{"infinite", HADWHistory{Estimator: code, Window: 1}, []float64{math.Inf(1)}},
		{"paper's window", HADWHistory{Estimator: paper, Window: 1, Eta: 1}, good},
		{"eta 0", HADWHistory{Estimator: paper, Window: 2}, good},
		{"eta NaN", HADWHistory{Estimator: paper, Window: 2, Eta: math.NaN()}, good},
		{"code's window", HADWHistory{Estimator: code}, good},
		{"window changed", HADWHistory{Estimator: code, Window: 3, State: HADWState{Batches: 9, Recent: []float64{0, 1}}}, good},
		{"more than batches", HADWHistory{Estimator: code, Window: 3, State: HADWState{Recent: []float64{0, 1}}}, good},
		{"NaN in the state", HADWHistory{Estimator: code, Window: 3, State: HADWState{Batches: 1, Recent: []float64{math.NaN()}}}, good},
	} {
		before := c.h.State.Batches
		if _, err := c.h.Step(c.rewards); err == nil || c.h.State.Batches != before {
			t.Errorf("%s: error %v, state %v", c.name, err, c.h.State)
		}
	}
	h := HADWHistory{Estimator: code, Window: 1}
	if e, err := h.Step([]float64{math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64}); err != nil || !(math.Abs(e.Anchor/math.MaxFloat64-1./3) < 1e-15) {
		t.Errorf("huge rewards: %v, %v", e.Anchor, err)
	}
}
