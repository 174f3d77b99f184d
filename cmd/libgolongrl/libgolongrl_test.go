package main

import (
	"bytes"
	"context"
	"encoding/binary"
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

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// TestLibrary builds the library and runs the C programs of testdata on it.
func TestLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a library")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the C programs are for Linux")
	}
	env := func(name string) string {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	cc := strings.Fields(env("CC"))
	if _, err := exec.LookPath(cc[0]); err != nil || env("CGO_ENABLED") != "1" {
		t.Skip("no C compiler: the C library has not been tested")
	}
	dir := t.TempDir()
	library := filepath.Join(dir, "libgolongrl.so")
	command(t, "go", "build", "-tags", "libgolongrl", "-buildmode=c-shared", "-ldflags", "-s -w", "-o", library, ".")
	for _, name := range []string{"example", "check", "late"} {
		command(t, cc[0], append(cc[1:], "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread", "-I", ".", "-o", filepath.Join(dir, name),
			filepath.Join("testdata", name+".c"), "-Wl,--as-needed", library, "-ldl", "-Wl,-rpath,"+dir)...)
	}
	t.Run("example", func(t *testing.T) {
		want, err := os.ReadFile("testdata/example.txt")
		if err != nil {
			t.Fatal(err)
		}
		if got := command(t, filepath.Join(dir, "example")); got != string(want) {
			t.Errorf("it prints\n%s\nnot\n%s", got, want)
		}
	})
	check := filepath.Join(dir, "check")
	for _, name := range []string{"errors", "buffers", "memory", "texts", "threads", "forks"} {
		t.Run(name, func(t *testing.T) {
			if got := command(t, check, name); got != "ok\n" {
				t.Error(got)
			}
		})
	}
	t.Run("call", func(t *testing.T) { testCall(t, check) })
	t.Run("score", func(t *testing.T) { testScore(t, check) })
	t.Run("workers", func(t *testing.T) {
		// A wish above what there is, and one that is none, change nothing.
		for wish, want := range map[string]int{"1": 1, "1,4": 1, "100000": runtime.NumCPU(), "x": runtime.NumCPU()} {
			c := exec.Command(check, "workers")
			c.Env = append(os.Environ(), "GOLONGRL_WORKERS=", "GOMAXPROCS="+strconv.Itoa(runtime.NumCPU()), "OMP_NUM_THREADS="+wish)
			if out, err := c.CombinedOutput(); err != nil || string(out) != fmt.Sprintf("%d\nok\n", want) {
				t.Errorf("OMP_NUM_THREADS=%s: %s, %v; want %d", wish, out, err, want)
			}
		}
	})
	t.Run("late", func(t *testing.T) {
		if got := command(t, filepath.Join(dir, "late"), library); got != "version 1 workers 1\n" {
			t.Error(got)
		}
	})
	t.Run("C++", func(t *testing.T) {
		cxx := strings.Fields(env("CXX"))
		if _, err := exec.LookPath(cxx[0]); err != nil {
			t.Skip("no C++ compiler")
		}
		command(t, cxx[0], append(cxx[1:], "-x", "c++", "-std=c++11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I", ".", "testdata/example.c")...)
	})
}

func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// rows are responses with a reference or a row; nil is none of it.
func rows(t *testing.T) [][3]*string {
	s := func(s string) *string { return &s }
	rows := [][3]*string{
		{s("the cat"), s("a cat sat"), nil},
		{s(""), s(""), nil},
		{s("\x00\x01é\xed\xa0\x80 漢字 😀"), s("\xed\xa0\x80 漢字"), nil},
		{s("\xff"), s("a"), nil},
		{s("no reference"), nil, nil},
		{s("[\"a\", \"b\"]"), nil, s(`{"metric":"iou","reference":["a","c"]}`)},
		{s("x"), nil, s(`{"metric":`)},
		{s(`\boxed{0.5}`), nil, s(`{"data_source":"math","reward_model":{"ground_truth":"1/2"},"extra_info":{"index":3}}`)},
		{s(strings.Repeat("long text ", 1e4)), s(strings.Repeat("text long ", 1e4)), nil},
	}
	examples, err := os.ReadFile("../../examples/rollouts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(examples) {
		rows = append(rows, [3]*string{s("The answer is <answer>2, 3</answer> \\boxed{\\frac{1}{2}}"), nil, s(string(bytes.TrimSpace(line)))})
	}
	return rows
}

// message asks for the scores of rows, with an explanation.
func message(rows [][3]*string) []byte {
	m := wire.AppendHeader(nil, wire.OpScore, 77)
	m = wire.AppendField(m, wire.TagMetric, "token_f1")
	m = append(wire.AppendField(m, wire.TagExplain, ""), 0)
	m = wire.AppendU32(m, uint32(len(rows)))
	for _, row := range rows {
		for i, tag := range []byte{wire.TagResponse, wire.TagReference, wire.TagRow} {
			if row[i] != nil {
				m = wire.AppendField(m, tag, *row[i])
			}
		}
		m = append(m, 0)
	}
	return m
}

// testCall compares golongrl_call with the service, bit for bit.
func testCall(t *testing.T, check string) {
	s := newService(t)
	messages := map[string][]byte{"score": message(rows(t)), "cut": message(rows(t))[:100], "empty": nil}

	verify := wire.AppendHeader(nil, wire.OpVerify, 1)
	verify = append(wire.AppendField(verify, wire.TagOptions, `{"rel_tol":0.1}`), 0)
	verify = wire.AppendU32(verify, 2)
	for _, text := range []string{"1/2", `\boxed{0.51}`, "x^2-1", "(x-1)(x+1)"} {
		verify = wire.AppendText(verify, text)
	}
	messages["verify"] = verify

	adv := wire.AppendHeader(nil, wire.OpAdvantage, 2)
	adv = wire.AppendF64s(adv, wire.TagRewards, []float64{1, 0, 0.3, math.NaN(), 0.1})
	adv = wire.AppendU32s(adv, wire.TagGroups, []uint32{0, 0, 1, 1, 1})
	adv = wire.AppendU32s(adv, wire.TagTasks, []uint32{0, 0, 1, 1, 1})
	adv = wire.AppendField(adv, wire.TagNames, string(wire.AppendText(wire.AppendText(nil, "math"), "qa")))
	messages["advantage"] = append(adv, 0)

	for name, m := range messages {
		in, out := filepath.Join(t.TempDir(), "in"), filepath.Join(t.TempDir(), "out")
		if err := os.WriteFile(in, m, 0o600); err != nil {
			t.Fatal(err)
		}
		command(t, check, "call", in, out)
		got, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		want := s.Call(context.Background(), nil, m)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the library says\n%q\nnot\n%q", name, got, want)
		}
		if failed := want[0] == byte(wire.OpError); failed != (name == "cut" || name == "empty") {
			t.Errorf("%s: %q", name, want)
		}
	}
}

// testScore compares golongrl_score with the service, bit for bit.
func testScore(t *testing.T, check string) {
	var in []byte
	for _, row := range rows(t) {
		for _, field := range row {
			if field == nil {
				in = wire.AppendU32(in, math.MaxUint32)
			} else {
				in = wire.AppendText(in, *field)
			}
		}
	}
	inFile, outFile := filepath.Join(t.TempDir(), "in"), filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(inFile, in, 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, check, "score", inFile, outFile)
	got, err := os.ReadFile(outFile)
	if err != nil {
		t.Fatal(err)
	}
	r := wire.NewReader(newService(t).Call(context.Background(), nil, message(rows(t))))
	r.Header()
	scored := 0
	var want []byte
	for range r.U32() {
		v := r.F64()
		if !math.IsNaN(v) {
			scored++
		}
		want = append(wire.AppendF64(want, v), r.U8())
		fields := map[byte]string{}
		for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
			fields[tag] = text
		}
		for _, tag := range []byte{wire.TagJudgedBy, wire.TagTaskName, wire.TagError, wire.TagDetail} {
			if text, ok := fields[tag]; ok {
				want = wire.AppendText(want, text)
			} else {
				want = binary.LittleEndian.AppendUint32(want, math.MaxUint32)
			}
		}
	}
	if r.Err() != nil || scored < 10 {
		t.Fatal(r.Err(), scored)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the library says\n%q\nnot\n%q", got, want)
	}
}

func newService(t *testing.T) *service.Service {
	s, err := service.New(service.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestHeader holds the numbers of golongrl.h to those of the packages.
func TestHeader(t *testing.T) {
	header, err := os.ReadFile("golongrl.h")
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^ +GOLONGRL_([A-Z_]+) = (-?\d+)`).FindAllSubmatch(header, -1) {
		n, err := strconv.Atoi(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		numbers[string(m[1])] = n
	}
	want := map[string]int{
		"DIFFERENT": int(wire.Different), "EQUAL": int(wire.Equal), "NOT_DECIDED": int(wire.Undecided),
		"OK": 0, "FORKED": -1, "NOT_FOUND": -404,
		"BAD_REQUEST": -wire.CodeBadRequest, "BAD_ITEM": -wire.CodeBadItem, "TOO_LARGE": -wire.CodeTooLarge, "INTERNAL": -wire.CodeInternal,
	}
	for i, s := range scoring.Statuses() {
		want[strings.ToUpper(s.String())] = i
	}
	if len(numbers) != len(want) {
		t.Errorf("the header has %d numbers, not %d: %v", len(numbers), len(want), numbers)
	}
	for name, n := range want {
		if got, ok := numbers[name]; !ok || got != n {
			t.Errorf("GOLONGRL_%s is %d, not %d", name, got, n)
		}
	}
}
