package train

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/golongrl/golongrl/trainer/demo"
)

var update = flag.Bool("update", false, "write what scripts compare with")

// asMain makes the test binary be the command; see command.
const asMain = "GOLONGRL_TRAIN_TEST_MAIN"

// fakeWorker is set where there are workers.
var fakeWorker func()

func TestMain(m *testing.M) {
	demoDefaults = smallDemo
	switch os.Getenv(asMain) {
	case "":
	case "worker":
		fakeWorker()
	case "parent": // of a worker
		os.Setenv(asMain, "worker")
		Main()
	case "signals":
		patience = 0
		ctx := new(program).interruptible()
		os.Stdout.WriteString("ready\n")
		<-ctx.Done()
		time.Sleep(time.Minute) // longer than the test's patience
	default:
		Main()
	}
	testscript.Main(m, map[string]func(){"golongrl-train": func() { Main() }})
}

// smallDemo learns nothing and takes a moment.
func smallDemo() demo.Settings {
	s := demo.Default()
	s.Model.Hidden, s.Model.Layers, s.Model.Heads, s.Model.KVHeads, s.Model.MLP = 16, 1, 2, 1, 16
	s.WarmupSteps, s.WarmupBatch, s.Pool, s.HeldOut, s.HeldOutSamples = 3, 36, 8, 2, 2
	s.Train.Steps, s.Train.TrainBatch, s.Train.GenBatch, s.Train.Samples = 2, 18, 18, 4
	return s
}

// command is a process of its own that runs main.
func command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asMain+"=1")
	return c
}

// call runs the command in this process.
func call(args ...string) (status int, stdout, stderr string) {
	return callWith(context.Background(), args...)
}

func callWith(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = execute(ctx, args, &out, &err)
	return status, out.String(), err.String()
}

func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	p := &program{args: args}
	return p.run(ctx, stdout, stderr)
}

// mustCall runs the command in this process and wants it to succeed.
func mustCall(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	status, stdout, stderr := call(args...)
	if status != 0 {
		t.Fatalf("%q: status %d\n%s%s", args, status, stdout, stderr)
	}
	return stdout, stderr
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", "atexit_sleep_ms=0") // not a second for each command, with -race
			return writeModel(filepath.Join(e.WorkDir, "model"), nil)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"train": runTrainer, "edit": edit},
	})
}

// runTrainer is "train STATUS ARG…": it runs the command and checks its status.
func runTrainer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: train STATUS ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("golongrl-train", args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// edit is "edit FILE OLD NEW": it replaces a text that must be there.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	old := ts.ReadFile(args[0])
	if !strings.Contains(old, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(old, args[1], args[2])), 0o666))
}

// tree is what is in a folder, by name, but for what differs from run to run.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, p)
		switch {
		case d.IsDir() && d.Name() == tensorBoardName:
			return filepath.SkipDir
		case d.IsDir(), name == timingsName, name == reportName:
			return nil
		}
		text, err := os.ReadFile(p)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sameTree wants the same files in two folders.
func sameTree(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s differs: %d bytes, want %d", name, len(got[name]), len(text))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is left over", name)
		}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func contains(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%s lacks %q:\n%s", what, p, text)
		}
	}
}
