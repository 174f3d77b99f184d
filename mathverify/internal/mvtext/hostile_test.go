package mvtext

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"
)

var hostileSize = flag.Int("hostile", 20_000, "bytes of the hostile texts")

// TestHostile prints the slowest of the hostile texts. It only fails on times
// far beyond what even a slow machine takes for linear work.
func TestHostile(t *testing.T) {
	type timing struct {
		name string
		d    time.Duration
	}
	var all []timing
	measure := func(name, text string) {
		for what, f := range map[string]func(){
			"candidates": func() { first(text, Default()) },
			"targets":    func() { first(text, allTargets()) },
			"normalize":  func() { NormalizeLatex(text, DefaultNormalization()) },
			"unclosed":   func() { NormalizeLatex(text+"}", DefaultNormalization()) },
		} {
			least := time.Hour
			for range 2 {
				start := time.Now()
				f()
				least = min(least, time.Since(start))
			}
			all = append(all, timing{what + " " + name, least})
		}
	}
	n := *hostileSize
	for i, p := range hostile {
		measure(fmt.Sprintf("%q", p), fill(p, n))
		for _, step := range []int{7, 31} {
			q := hostile[(i*step+3)%len(hostile)]
			measure(fmt.Sprintf("answer %q %q", p, q), "answer: final answer is "+fill(p, n/2)+fill(q, n/2)+" =")
		}
	}
	slices.SortFunc(all, func(a, b timing) int { return int(b.d - a.d) })
	for _, x := range all[:12] {
		t.Log(x.d, x.name)
	}
	if all[0].d > 20*time.Second {
		t.Error("not linear")
	}
}
