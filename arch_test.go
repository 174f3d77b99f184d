package golongrl

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/golongrl/golongrl"

// A room is what one kind of package may import beside the standard library,
// golang.org/x/text and the packages of internal.
type room struct {
	prefix string   // of the package path inside the module; the longest match counts
	ours   []string // packages of this module; trainer, benchmarks (for those in it) and mathverify/internal are meant with all below them
	theirs []string // modules
}

// rooms are ordered from the ground floor up. Data flows one way: record,
// extract, metric, reward, group, advantage, update.
var rooms = []room{
	{"internal", nil, nil},
	{"rouge", nil, nil},
	{"ndcg", nil, nil},
	{"iou", nil, nil},
	{"mathverify", []string{"mathverify/internal"}, nil},
	{"mathverify/internal", []string{"mathverify/internal"}, nil},
	{"advantage", nil, nil},
	{"scoring", []string{"rouge", "ndcg", "iou", "mathverify", "evalrules"}, []string{"github.com/expr-lang/expr", "github.com/sergi/go-diff"}},
	{"scoring/rollout", []string{"scoring"}, []string{"github.com/tidwall/gjson"}},
	{"scoring/parquet", []string{"scoring", "scoring/rollout"}, []string{"github.com/parquet-go/parquet-go"}},
	{"trainer", []string{"scoring", "advantage", "advantage/loss", "trainer"}, nil},
	{"trainer/random", nil, nil},
	{"trainer/safetensors", nil, nil},
	{"trainer/model", []string{"trainer/safetensors"}, nil},
	{"trainer/backend", []string{"trainer/model", "trainer/random", "trainer/backend"}, nil},
	{"trainer/cpu", []string{"trainer/backend", "trainer/model", "trainer/random"}, nil},
	{"trainer/checkpoint", []string{"trainer/backend", "trainer/model", "trainer/safetensors"}, nil},
	{"trainer/internal/rowfile", []string{"scoring/parquet", "scoring/rollout"}, []string{"github.com/klauspost/compress"}},
	{"trainer/rollouts", []string{"scoring", "scoring/rollout", "trainer/backend", "trainer/random", "trainer/internal/rowfile"}, nil},
	{"trainer/dataset", []string{"scoring", "scoring/rollout", "trainer/rollouts", "trainer/internal/rowfile"}, nil},
	{"trainer/watch", []string{"scoring"}, nil},
	{"trainer/cuda", []string{"trainer"}, []string{"gorgonia.org/cu"}},
	{"trainer/cuda/kernels", nil, nil},
	{"trainer/cuda/internal", []string{"trainer"}, nil},
	{"trainer/cuda/gpuverify", []string{"trainer"}, nil},
	{"serve/wire", nil, nil},
	{"serve/service", []string{"scoring", "scoring/rollout", "mathverify", "advantage", "serve/wire"}, nil},
	{"serve", []string{"scoring", "scoring/rollout", "serve/wire", "serve/service"}, []string{"github.com/prometheus", "github.com/tidwall/gjson"}},
	{"evalrules", nil, nil},
	{"benchmarks", []string{"scoring", "mathverify", "advantage", "evalrules", "benchmarks"}, nil},
	{"benchmarks/trainspeed", []string{"trainer", "benchmarks/internal/otherside"}, nil},
	{"benchmarks/serveload", []string{"serve/wire", "serve/service", "scoring", "benchmarks/internal/otherside"}, nil},
	{"benchmarks/rows", []string{"scoring/rollout", "scoring/parquet"}, nil},
	{"benchmarks/chat", nil, []string{"github.com/openai/openai-go"}},
	{"benchmarks/store", nil, nil},
	{"benchmarks/bfcl", []string{"benchmarks/chat"}, nil},
	{"benchmarks/published", nil, nil},
	{"benchmarks/report", []string{"benchmarks", "benchmarks/published"}, []string{"github.com/go-analyze/charts"}},
	{"fuzz", []string{"*"}, nil},
	{"examples", []string{"scoring", "advantage", "trainer"}, nil},
	{"cmd", []string{"*"}, []string{"*"}},
}

// TestImportRules holds every package to its room, so that the promises of the
// README about dependencies cannot rot.
func TestImportRules(t *testing.T) {
	packages := 0
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && p != ".") {
			if d != nil && d.IsDir() && err == nil {
				return filepath.SkipDir
			}
			return err
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		packages++
		pkg := path.Dir(filepath.ToSlash(p))
		for _, imp := range f.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			if why := forbidden(pkg, name); why != "" {
				t.Errorf("%s imports %s: %s", p, name, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if packages < 20 {
		t.Errorf("only %d files looked at", packages)
	}
}

func forbidden(pkg, imp string) string {
	if name, ok := strings.CutPrefix(imp, module+"/"); ok {
		for _, top := range []string{"cmd", "benchmarks", "fuzz", "examples"} {
			if below(name, top) && !below(pkg, top) && !(top == "benchmarks" && below(pkg, "cmd")) {
				return top + " is no library for other packages"
			}
		}
		if name == "internal/mathpairs" && !below(pkg, "benchmarks") && !below(pkg, "fuzz") {
			return "cases with known verdicts are for tests and timings"
		}
		if below(name, "internal") {
			if below(pkg, "internal") {
				return "internal packages import nothing of ours"
			}
			return ""
		}
		r := roomOf(pkg)
		if r == nil {
			return "the package has no room in this test; give it one"
		}
		if slices.Contains(r.ours, "*") || slices.Contains(r.ours, name) || slices.ContainsFunc(r.ours, func(o string) bool {
			return (o == "trainer" || o == "benchmarks" && r.prefix == o || o == "mathverify/internal") && below(name, o)
		}) {
			return ""
		}
		return "data flows one way"
	}
	if first, _, _ := strings.Cut(imp, "/"); !strings.Contains(first, ".") || below(imp, "golang.org/x/text") {
		return ""
	}
	if r := roomOf(pkg); r != nil {
		for _, m := range r.theirs {
			if m == "*" && !below(imp, "gorgonia.org/cu") && !below(imp, "github.com/parquet-go") && !below(imp, "github.com/expr-lang") || below(imp, m) {
				return ""
			}
		}
	}
	return "this dependency is confined to other packages"
}

func roomOf(pkg string) (best *room) {
	for i := range rooms {
		if below(pkg, rooms[i].prefix) && (best == nil || len(rooms[i].prefix) > len(best.prefix)) {
			best = &rooms[i]
		}
	}
	return best
}

func below(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

// TestImportRulesCanFail shows that the test above would notice.
func TestImportRulesCanFail(t *testing.T) {
	for _, c := range []struct{ pkg, imp string }{
		{"rouge", module + "/ndcg"}, {"rouge", "github.com/tidwall/gjson"}, {"scoring", module + "/trainer"},
		{"scoring", "github.com/spf13/cobra"}, {"internal/py", module + "/internal/jieba"}, {"trainer", "gorgonia.org/cu"},
		{"trainer/cuda/internal/engine", "gorgonia.org/cu"}, {"trainer/cuda/gpuverify", "gorgonia.org/cu"},
		{"cmd/x", "gorgonia.org/cu"}, {"scoring", module + "/cmd/golongrl-score"}, {"scoring/rollout", "github.com/parquet-go/parquet-go"},
		{"newroom", module + "/scoring"}, {"mathverify", module + "/scoring"}, {"mathverify/internal/tree", module + "/mathverify"},
		{"mathverify/internal/tree", "github.com/tidwall/gjson"}, {"internal/mathpairs", module + "/mathverify"}, {"mathverify", module + "/internal/mathpairs"},
		{"scoring", module + "/mathverify/internal/tree"},
	} {
		if forbidden(c.pkg, c.imp) == "" {
			t.Errorf("%s may import %s", c.pkg, c.imp)
		}
	}
	for _, c := range []struct{ pkg, imp string }{
		{"rouge", "strings"}, {"rouge", module + "/internal/py"}, {"scoring", module + "/rouge"}, {"scoring/parquet", "github.com/parquet-go/parquet-go"},
		{"cmd/golongrl-score", "github.com/spf13/cobra"}, {"cmd/golongrl-score", module + "/scoring/parquet"}, {"internal/py", "golang.org/x/text/cases"},
		{"mathverify", module + "/mathverify/internal/tree"}, {"mathverify/internal/decide", module + "/mathverify/internal/tree"}, {"mathverify/internal/graders", module + "/internal/py"},
		{"benchmarks/mathspeed", module + "/internal/mathpairs"}, {"fuzz", module + "/internal/mathpairs"},
	} {
		if why := forbidden(c.pkg, c.imp); why != "" {
			t.Errorf("%s may not import %s: %s", c.pkg, c.imp, why)
		}
	}
}
