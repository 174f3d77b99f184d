package golongrl

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
)

const algorithms = "docs/algorithms.md"

func readAlgorithms(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(algorithms)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// finish compares what docs/algorithms.md says with what it has to say, or writes
// the latter with -update.
func finish(t *testing.T, text, fresh string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(algorithms, []byte(fresh), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if text != fresh {
		t.Errorf("%s is out of date; look at the difference, then run go test . -run Algorithms -update\n%s", algorithms, firstDifference(text, fresh))
	}
}

// TestAlgorithmsNames: there is a section for every estimator, in the order of
// the catalogue, with its formula, and with all defaults.
func TestAlgorithmsNames(t *testing.T) {
	text := readAlgorithms(t)
	heading := regexp.MustCompile("(?m)^### `([a-z_]+)`$")
	var got []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		got = append(got, m[1])
	}
	if want := advantage.Names(); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("sections\n%v\nestimators\n%v", got, want)
	}
	sections := heading.Split(text, -1)[1:]
	defaults := regexp.MustCompile("Defaults: `[^`]*`")
	fresh := text
	for i, name := range got {
		info, ok := advantage.Describe(name)
		if !ok {
			continue
		}
		var options []string
		for _, o := range info.Options {
			options = append(options, o.Name+"="+o.Default)
		}
		section, _, _ := strings.Cut(sections[i], "\n## ")
		if n := len(defaults.FindAllString(section, -1)); n != 1 {
			t.Errorf("%s: %d lists of defaults", name, n)
			continue
		}
		now := "Defaults: `" + name + "(" + strings.Join(options, ",") + ")`"
		if len(options) == 0 {
			now = "Defaults: `" + name + "`"
		}
		fresh = strings.Replace(fresh, section, defaults.ReplaceAllLiteralString(section, now), 1)
	}
	finish(t, text, fresh)
}

// TestAlgorithmsConventions: the table of stacks is that of the package.
func TestAlgorithmsConventions(t *testing.T) {
	text := readAlgorithms(t)
	head, rest, ok := strings.Cut(text, "<!-- conventions -->\n")
	_, tail, ok2 := strings.Cut(rest, "<!-- end -->")
	if !ok || !ok2 {
		t.Fatal("no table of conventions")
	}
	var b strings.Builder
	b.WriteString("| stack | name there | setting | spelling here |\n|---|---|---|---|\n")
	for _, c := range advantage.Conventions() {
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", c.Stack, c.Name, strings.ReplaceAll(c.Setting, "|", `\|`), c.Estimator)
	}
	finish(t, text, head+"<!-- conventions -->\n"+b.String()+"<!-- end -->"+tail)
}

// TestAlgorithmsWorked computes the blocks marked "advantage". Their lines are
//
//	TASK/GROUP  reward …
//	lengths     length …            of all rows before
//	greedy      reward …            of all rows before
//	part NAME   component …         of all rows before
//	ESTIMATOR   advantage … | advantage …
//
// with a bar between groups. Advantages are shown with three decimals.
func TestAlgorithmsWorked(t *testing.T) {
	text := readAlgorithms(t)
	block := regexp.MustCompile("(?s)```advantage\n(.*?)```")
	blocks, lines := 0, 0
	fresh := block.ReplaceAllStringFunc(text, func(s string) string {
		blocks++
		out, n, err := workedBlock(block.FindStringSubmatch(s)[1])
		if err != nil {
			t.Errorf("%v in\n%s", err, s)
			return s
		}
		lines += n
		return "```advantage\n" + out + "```"
	})
	if blocks < 12 || lines < 38 {
		t.Errorf("only %d blocks with %d estimators", blocks, lines)
	}
	finish(t, text, fresh)
}

func workedBlock(s string) (string, int, error) {
	var b advantage.Batch
	var groups, tasks []string
	var out strings.Builder
	computed := 0
	for line := range strings.Lines(s) {
		fields := strings.Fields(line)
		if len(fields) < 1 {
			out.WriteString(line)
			continue
		}
		key := fields[0]
		values := fields[1:]
		if key == "part" && len(fields) > 1 {
			values = fields[2:]
		}
		var numbers []float64
		task, _, isGroup := strings.Cut(key, "/")
		if isGroup || key == "lengths" || key == "greedy" || key == "part" {
			for _, f := range values {
				if f == "|" {
					continue
				}
				v, err := strconv.ParseFloat(f, 64)
				if err != nil {
					return "", 0, err
				}
				numbers = append(numbers, v)
			}
			out.WriteString(line)
		}
		switch {
		case isGroup:
			for _, v := range numbers {
				groups, tasks = append(groups, key), append(tasks, task)
				b.Rewards = append(b.Rewards, v)
			}
		case key == "lengths":
			for _, v := range numbers {
				b.Lengths = append(b.Lengths, int(v))
			}
		case key == "greedy":
			b.Baselines = numbers
		case key == "part":
			b.Names, b.Components = append(b.Names, fields[1]), append(b.Components, numbers)
		default:
			est, err := advantage.Parse(key)
			if err != nil {
				return "", 0, err
			}
			if b.Index, err = advantage.NewIndex(groups, tasks); err != nil {
				return "", 0, err
			}
			a := make([]float64, len(b.Rewards))
			if err := est.Advantages(a, &b); err != nil {
				return "", 0, err
			}
			fmt.Fprintf(&out, "%-*s", max(36, len(key)+2), key)
			for i, v := range a {
				switch {
				case i > 0 && groups[i] != groups[i-1]:
					out.WriteString(" | ")
				case i > 0:
					out.WriteByte(' ')
				}
				out.WriteString(strconv.FormatFloat(math.Round(v*1000)/1000+0, 'f', -1, 64))
			}
			out.WriteByte('\n')
			computed++
		}
	}
	if computed == 0 {
		return "", 0, errors.New("nothing computed")
	}
	return out.String(), computed, nil
}

// TestAlgorithmsDifferences: the table of differences has its 25 rows.
func TestAlgorithmsDifferences(t *testing.T) {
	text := readAlgorithms(t)
	for i := 1; i <= 25; i++ {
		if n := strings.Count(text, fmt.Sprintf("\n| %d | ", i)); n != 1 {
			t.Errorf("%d rows with number %d", n, i)
		}
	}
}

// TestAlgorithmsCommands runs the commands of the console blocks.
func TestAlgorithmsCommands(t *testing.T) {
	if runtime.GOOS == "windows" || testing.Short() {
		t.Skip("needs a POSIX shell, and time to build")
	}
	bin := filepath.Join(t.TempDir(), "golongrl-score")
	if out, err := exec.Command("go", "build", "-o", bin, "./cmd/golongrl-score").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := readAlgorithms(t)
	commands := 0
	block := regexp.MustCompile("(?s)```console\n(.*?)```")
	fresh := block.ReplaceAllStringFunc(text, func(s string) string {
		var out bytes.Buffer
		out.WriteString("```console\n")
		for line := range strings.Lines(block.FindStringSubmatch(s)[1]) {
			command, ok := strings.CutPrefix(line, "$ ")
			if !ok {
				continue
			}
			commands++
			out.WriteString(line)
			sh := exec.Command("sh", "-c", strings.ReplaceAll(command, "golongrl-score", bin))
			var stderr bytes.Buffer // behind stdout, whichever comes first
			sh.Stdout, sh.Stderr = &out, &stderr
			if err := sh.Run(); err != nil {
				t.Errorf("%s: %v\n%s", command, err, stderr.Bytes())
			}
			out.Write(stderr.Bytes())
		}
		out.WriteString("```")
		return out.String()
	})
	if commands < 4 {
		t.Errorf("only %d commands found", commands)
	}
	finish(t, text, fresh)
}
