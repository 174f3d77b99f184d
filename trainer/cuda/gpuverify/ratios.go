package main

import (
	"fmt"
	"io"
	"strings"
)

// ratios prints how the updates compare: the time of PyTorch divided by ours, the
// mean of ours before and behind it.
func ratios(w io.Writer, r *Report) {
	seen := map[string]bool{}
	first := true
	for _, p := range r.Pieces {
		size, how, ok := strings.Cut(p.Name, ", ")
		if p.Stage != stageBench || !ok || !strings.HasPrefix(how, "PyTorch") || seen[p.Name] {
			continue
		}
		seen[p.Name] = true
		theirs, ok1 := p.value("ms")
		a, ok2 := r.piece(stageBench, size+", golongrl").value("ms")
		z, ok3 := r.piece(stageBench, size+", golongrl again").value("ms")
		if !ok3 {
			z, ok3 = a, ok2
		}
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		if first {
			fmt.Fprint(w, "\n| update, tokens | against | time ratio (above 1: golongrl is faster) | memory ratio |\n|---|---|---|---|\n")
			first = false
		}
		memory := "—"
		theirPeak, ok1 := p.value("peak memory")
		peak, ok2 := r.piece(stageBench, size+", golongrl").value("peak memory")
		if ok1 && ok2 {
			memory = fmt.Sprintf("%.2f", theirPeak/peak)
		}
		fmt.Fprintf(w, "| %s | %s | %.2f | %s |\n", strings.TrimPrefix(size, "update "), how, theirs/((a+z)/2), memory)
	}
}
