package golongrl

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/watch"
)

// TestTrainerDoc holds the table of metrics in docs/trainer.md to watch.Names.
func TestTrainerDoc(t *testing.T) {
	const name = "docs/trainer.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const from, to = "-run TrainerDoc -update -->\n", "<!-- end -->"
	before, rest, ok := strings.Cut(string(text), from)
	_, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("%s has no part between %q and %q", name, from, to)
	}
	var b strings.Builder
	b.WriteString("| metric | meaning | in the reference |\n|---|---|---|\n")
	for _, n := range watch.Names() {
		meaning := n.Meaning
		if n.Timing {
			meaning += " (timings.jsonl)"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", n.Name, meaning, n.Origin)
	}
	fresh := before + from + b.String() + to + after
	if *update {
		if err := os.WriteFile(name, []byte(fresh), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if fresh != string(text) {
		t.Errorf("%s is out of date; run go test . -run TrainerDoc -update\n%s", name, firstDifference(string(text), fresh))
	}
}
