package cudnn

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNumbers compares the numbers of abi.h with those of a genuine header, whose
// folder GOLONGRL_CUDNN_INCLUDE names. CUDA's headers must be found too.
func TestNumbers(t *testing.T) {
	include := os.Getenv("GOLONGRL_CUDNN_INCLUDE")
	if include == "" {
		t.Skip("GOLONGRL_CUDNN_INCLUDE names no folder with cudnn_graph.h")
	}
	ours, err := os.ReadFile("abi.h")
	if err != nil {
		t.Fatal(err)
	}
	var c strings.Builder
	n := 0
	c.WriteString("#include <cudnn_graph.h>\n")
	for _, m := range regexp.MustCompile(`\bcd_([A-Z]\w+) = (\d+)`).FindAllStringSubmatch(string(ours), -1) {
		fmt.Fprintf(&c, "_Static_assert((int)CUDNN_%s == %s, \"CUDNN_%s\");\n", m[1], m[2], m[1])
		n++
	}
	if n < 90 {
		t.Fatalf("%d numbers found in abi.h", n)
	}
	c.WriteString("_Static_assert(sizeof(cudnnDataType_t) == 4 && sizeof(cudnnBackendHeurMode_t) == 4, \"enums\");\n")
	file := filepath.Join(t.TempDir(), "numbers.c")
	if err := os.WriteFile(file, []byte(c.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-w", "-fsyntax-only", "-I", include, file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
