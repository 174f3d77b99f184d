package golongrl

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the output of the commands into README.md")

// TestREADME runs the commands of the README's console blocks and compares what
// they print with what the README shows. Times are compared as "some time".
func TestREADME(t *testing.T) {
	if runtime.GOOS == "windows" || testing.Short() {
		t.Skip("needs a POSIX shell, and time to build")
	}
	bin := filepath.Join(t.TempDir(), "golongrl-score")
	if out, err := exec.Command("go", "build", "-o", bin, "./cmd/golongrl-score").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	block := regexp.MustCompile("(?s)```console\n(.*?)```")
	fresh := block.ReplaceAllFunc(readme, func(b []byte) []byte {
		var out bytes.Buffer
		out.WriteString("```console\n")
		for line := range strings.Lines(string(block.FindSubmatch(b)[1])) {
			command, ok := strings.CutPrefix(line, "$ ")
			if !ok {
				continue
			}
			commands++
			out.WriteString(line)
			// The built command instead of go run, whose own messages differ.
			sh := exec.Command("sh", "-c", strings.ReplaceAll(command, "go run ./cmd/golongrl-score", bin))
			var stderr bytes.Buffer // behind stdout, whichever comes first
			sh.Stdout, sh.Stderr = &out, &stderr
			if err := sh.Run(); err != nil && !strings.Contains(command, "fromat") {
				t.Errorf("%s: %v\n%s", command, err, stderr.Bytes())
			}
			out.Write(stderr.Bytes())
		}
		out.WriteString("```")
		return out.Bytes()
	})
	if commands < 5 {
		t.Fatalf("only %d commands found", commands)
	}
	if *update {
		if err := os.WriteFile("README.md", fresh, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	times := regexp.MustCompile(` *[0-9][0-9.,]*(ns|µs|ms|s| rows/s)\b`)
	spaces := regexp.MustCompile(` +`) // the width of a column follows its times
	masked := func(b []byte) string { return spaces.ReplaceAllString(times.ReplaceAllString(string(b), " TIME"), " ") }
	want, got := masked(readme), masked(fresh)
	if want != got {
		t.Errorf("the README does not show what its commands print; run go test . -run README -update\n%s", firstDifference(want, got))
	}
	if !strings.Contains(string(readme), `"status":"judged"`) {
		t.Error("the README shows no result")
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "README: " + w[i] + "\nnow:    " + g[i]
		}
	}
	return "one ends before the other"
}
