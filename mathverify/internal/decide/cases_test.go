package decide

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/scalar"
	"github.com/golongrl/golongrl/mathverify/internal/syntax"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A testCase is a block of a case file:
//
//	# why
//	gold: 1,2
//	answer: 2,1
//	verdict: equal
//	rule: list              (optional)
//	options: TupleAsSet     (optional, separated by spaces)
//
// Blocks are separated by empty lines. \n in a gold or answer is written as ⏎.
type testCase struct {
	where, gold, answer, verdict, rule string
	o                                  Options
}

func readCases(name, text string) ([]testCase, error) {
	var out []testCase
	var c testCase
	flush := func() error {
		if c.where == "" {
			return nil
		}
		if c.verdict == "" {
			return fmt.Errorf("%s: a case without a verdict", c.where)
		}
		out = append(out, c)
		c = testCase{}
		return nil
	}
	for i, line := range strings.Split(text+"\n", "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			if err := flush(); err != nil {
				return nil, err
			}
			continue
		}
		if line[0] == '#' {
			continue
		}
		key, v, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%s:%d: no colon", name, i+1)
		}
		v = strings.ReplaceAll(strings.TrimSpace(v), "⏎", "\n")
		if c.where == "" {
			c.where = fmt.Sprintf("%s:%d", name, i+1)
		}
		switch key {
		case "gold":
			c.gold = v
		case "answer":
			c.answer = v
		case "verdict":
			if v != "equal" && v != "different" && v != "undecided" {
				return nil, fmt.Errorf("%s:%d: verdict %q", name, i+1, v)
			}
			c.verdict = v
		case "rule":
			c.rule = v
		case "options":
			for _, o := range strings.Fields(v) {
				if !setOption(&c.o, o) {
					return nil, fmt.Errorf("%s:%d: no option %q", name, i+1, o)
				}
			}
		default:
			return nil, fmt.Errorf("%s:%d: no key %q", name, i+1, key)
		}
	}
	return out, flush()
}

func setOption(o *Options, name string) bool {
	switch name {
	case "FoldCase":
		o.FoldCase = true
	case "IgnoreUnits":
		o.IgnoreUnits = true
	case "IgnorePercent":
		o.IgnorePercent = true
	case "OrderedLists":
		o.OrderedLists = true
	case "TupleAsSet":
		o.TupleAsSet = true
	case "RenameVariables":
		o.RenameVariables = true
	case "NoSolutionSets":
		o.NoSolutionSets = true
	case "DropNames":
		o.DropNames = true
	case "MergeLists":
		o.MergeLists = true
	case "LogBase=e":
		o.Scalar.LogBase = scalar.E
	case "LogBase=10":
		o.Scalar.LogBase = scalar.Ten
	case "RelTol=0.01":
		o.Scalar.RelTol = 0.01
	default:
		return false
	}
	return true
}

func parse(s string) (*tree.Node, error) {
	return syntax.Parse(s, syntax.Options{}, budget.Of(steps))
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no case files", err)
	}
	n := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all, err := readCases(filepath.Base(f), string(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			n++
			a, err := parse(c.gold)
			if err != nil {
				t.Errorf("%s: gold %q: %v", c.where, c.gold, err)
				continue
			}
			b, err := parse(c.answer)
			if err != nil {
				t.Errorf("%s: answer %q: %v", c.where, c.answer, err)
				continue
			}
			v, rule := Compare(a, b, c.o, budget.Of(steps))
			w, rule2 := Compare(b, a, c.o, budget.Of(steps))
			if v.String() != c.verdict || c.rule != "" && rule != c.rule {
				t.Errorf("%s: %q, %q: %v by %s, want %s %s\n\t%s\n\t%s", c.where, c.gold, c.answer, v, rule, c.verdict, c.rule, dump(a), dump(b))
			}
			if v != w {
				t.Errorf("%s: %q, %q: %v by %s, swapped %v by %s", c.where, c.gold, c.answer, v, rule, w, rule2)
			}
		}
	}
	t.Logf("%d cases", n)
}
