package golongrl

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestEverythingHasAnExample holds the promise that every exported function of
// the library is shown by an Example that is run: one of its own, or one that
// calls it.
func TestEverythingHasAnExample(t *testing.T) {
	// What takes values of an internal package, for readers of records inside
	// this module, cannot be shown to a user.
	internal := map[string]bool{"scoring.GoldValue": true, "scoring.Released": true, "iou.ReferenceData": true, "iou.ReferenceKey": true}
	functions := 0
	for _, dir := range []string{
		"scoring", "scoring/rollout", "scoring/parquet", "serve", "serve/service", "serve/wire", "rouge", "ndcg", "iou", "mathverify", "evalrules",
		"benchmarks", "benchmarks/rows", "benchmarks/chat", "benchmarks/fakeserver", "benchmarks/store", "benchmarks/runner", "benchmarks/report", "benchmarks/published", "benchmarks/bfcl",
		"trainer", "trainer/random", "trainer/model", "trainer/safetensors", "trainer/backend", "trainer/backend/backendtest", "trainer/cpu", "trainer/checkpoint",
		"trainer/rollouts", "trainer/dataset", "trainer/watch", "trainer/demo",
	} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		var exported []string
		shown := map[string]bool{}
		for _, file := range files {
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			test := strings.HasSuffix(file, "_test.go")
			for _, decl := range f.Decls {
				d, ok := decl.(*ast.FuncDecl)
				if !ok || d.Recv != nil {
					continue
				}
				name, example := strings.CutPrefix(d.Name.Name, "Example")
				if !test && d.Name.IsExported() {
					exported = append(exported, name)
				}
				if !test || !example {
					continue
				}
				name, _, _ = strings.Cut(name, "_")
				shown[name] = true
				ast.Inspect(d, func(n ast.Node) bool {
					if s, ok := n.(*ast.SelectorExpr); ok {
						shown[s.Sel.Name] = true
					}
					return true
				})
			}
		}
		for _, name := range exported {
			functions++
			if !shown[name] && !internal[filepath.Base(dir)+"."+name] {
				t.Errorf("%s.%s has no Example", dir, name)
			}
		}
	}
	if functions < 30 {
		t.Errorf("only %d functions looked at", functions)
	}
}
