//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golongrl/golongrl/internal/py"
)

const goodRow = `{"id":%d,"task":"em","response":"a","reference":"a"}` + "\n"

// status waits for a process, at most as long as no correct run needs.
func status(t *testing.T, c *exec.Cmd) int {
	t.Helper()
	timer := time.AfterFunc(30*time.Second, func() { c.Process.Kill() })
	defer timer.Stop()
	err := c.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode()
}

// wholeRows checks that out is nothing but complete rows.
func wholeRows(t *testing.T, out []byte) (n int) {
	t.Helper()
	if len(out) > 0 && out[len(out)-1] != '\n' {
		t.Errorf("the output ends in the middle of a row: %q", out[max(0, len(out)-80):])
	}
	for line := range bytes.Lines(out) {
		v, err := py.Parse(string(line))
		if id, _ := v.Get("id"); err != nil || id.IntText() != fmt.Sprint(n) {
			t.Fatalf("row %d is %q", n, line)
		}
		n++
	}
	return n
}

// start runs the command with a pipe as standard input.
func start(t *testing.T, args ...string) (c *exec.Cmd, in io.WriteCloser, out *bufio.Reader, stderr *bytes.Buffer) {
	t.Helper()
	c = command(args...)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	pipe, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr = new(bytes.Buffer)
	c.Stderr = stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, in, bufio.NewReader(pipe), stderr
}

// TestPrompt writes one row at a time and waits for its result: no result may
// be held back while the input makes us wait.
func TestPrompt(t *testing.T) {
	for _, workers := range []string{"1", "4"} {
		c, in, out, _ := start(t, "score", "--workers", workers)
		timer := time.AfterFunc(30*time.Second, func() { c.Process.Kill() })
		for i := range 20 {
			fmt.Fprintf(in, goodRow, i)
			line, err := out.ReadString('\n')
			if err != nil || !strings.HasPrefix(line, fmt.Sprintf(`{"id":%d,`, i)) {
				t.Fatalf("%s workers: row %d: %q, %v", workers, i, line, err)
			}
		}
		timer.Stop()
		in.Close()
		if got := status(t, c); got != 0 {
			t.Errorf("%s workers: exit status %d", workers, got)
		}
	}
}

// TestSignal interrupts the command while it waits for input, and while it has
// more than enough of it.
func TestSignal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, workers := range []string{"1", "4"} {
			for _, flood := range []bool{false, true} {
				c, in, out, stderr := start(t, "score", "--workers", workers)
				for i := range 10 {
					fmt.Fprintf(in, goodRow, i)
				}
				if flood {
					go func() {
						for i := 10; ; i++ {
							if _, err := fmt.Fprintf(in, goodRow, i); err != nil {
								return
							}
						}
					}()
				}
				var got []byte
				for range 10 { // it runs
					line, err := out.ReadBytes('\n')
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, line...)
				}
				if err := c.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
				rest, err := io.ReadAll(out)
				if err != nil {
					t.Fatal(err)
				}
				n := wholeRows(t, append(got, rest...))
				if code := status(t, c); code != 128+int(sig) {
					t.Errorf("%v, %s workers, flood %v: exit status %d", sig, workers, flood, code)
				}
				if n < 10 || !flood && n != 10 {
					t.Errorf("%v, %s workers, flood %v: %d rows", sig, workers, flood, n)
				}
				if want := fmt.Sprintf("%v: stopped after %d rows\n", sig, n); !strings.HasSuffix(stderr.String(), want) {
					t.Errorf("%v, %s workers, flood %v: %d rows, message %q", sig, workers, flood, n, stderr)
				}
			}
		}
	}
}

// TestSignalOut interrupts a run with --out: the file of that name is as it
// was, and no other is left.
func TestSignalOut(t *testing.T) {
	for _, before := range []string{"", "old\n"} {
		dir := t.TempDir()
		name := filepath.Join(dir, "scores.jsonl")
		if before != "" {
			if err := os.WriteFile(name, []byte(before), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		c, in, _, stderr := start(t, "score", "--out", name)
		for i := range 100 {
			fmt.Fprintf(in, goodRow, i)
		}
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) { // it runs
			files, _ := filepath.Glob(filepath.Join(dir, ".scores.jsonl.*"))
			if len(files) == 1 {
				if info, err := os.Stat(files[0]); err == nil && info.Size() > 0 {
					break
				}
			}
			if time.Now().After(deadline) {
				t.Fatal("no temporary file")
			}
		}
		c.Process.Signal(syscall.SIGINT)
		if code := status(t, c); code != 130 {
			t.Errorf("exit status %d", code)
		}
		if text := stderr.String(); !strings.HasPrefix(text, "golongrl-score: interrupt: stopped after ") || !strings.HasSuffix(text, "; nothing was written to "+name+"\n") {
			t.Errorf("message %q", stderr)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if before == "" && len(entries) != 0 || before != "" && len(entries) != 1 {
			t.Errorf("left: %v", entries)
		}
		if data, _ := os.ReadFile(name); string(data) != before {
			t.Errorf("the file is %q, was %q", data, before)
		}
	}
}

// TestPipe closes the reading end of standard output, as head does: the command
// ends quietly and at once, though more input could come.
func TestPipe(t *testing.T) {
	for _, workers := range []string{"1", "4"} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		c := command("score", "--workers", workers)
		c.Stdout = w
		var stderr bytes.Buffer
		c.Stderr = &stderr
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		w.Close()
		fmt.Fprintf(in, goodRow, 0)
		if _, err := bufio.NewReader(r).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		r.Close()
		fmt.Fprintf(in, goodRow, 1)
		if code := status(t, c); code != 141 {
			t.Errorf("%s workers: exit status %d", workers, code)
		}
		if stderr.Len() > 0 {
			t.Errorf("%s workers: message %q", workers, &stderr)
		}
	}
}

// TestHead does the same in a shell.
func TestHead(t *testing.T) {
	name := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(name, []byte(strings.Repeat(fmt.Sprintf(goodRow, 0), 50_000)), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sh", "-c", `"$0" score "$1" | head -n 1`, os.Args[0], name)
	c.Env = append(os.Environ(), asMain+"=1")
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	if n := wholeRows(t, stdout.Bytes()); n != 1 || stderr.Len() > 0 {
		t.Errorf("%d rows, message %q", n, &stderr)
	}
}

// TestFull writes to a device without room.
func TestFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	c := command("score")
	c.Stdin = strings.NewReader(fmt.Sprintf(goodRow, 0))
	c.Stdout = full
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if code := status(t, c); code != 1 {
		t.Errorf("exit status %d", code)
	}
	if want := "golongrl-score: standard output: write "; !strings.HasPrefix(stderr.String(), want) || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("message %q", &stderr)
	}
}

// TestMemory reads a line of 1 GB with a limit of 1 MiB and many ordinary ones,
// in little memory.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a gigabyte")
	}
	c, in, out, _ := start(t, "score", "--max-line", "1MiB", "--workers", "2", "--quiet")
	go func() {
		defer in.Close()
		w := bufio.NewWriterSize(in, 1<<16)
		fmt.Fprintf(w, goodRow, 0)
		io.WriteString(w, `{"id":1,"response":"`)
		part := strings.Repeat("x", 1<<20)
		for range 1 << 10 {
			io.WriteString(w, part)
		}
		io.WriteString(w, "\"}\n")
		for i := 2; i < 20_000; i++ {
			fmt.Fprintf(w, `{"id":%d,"task":"em","response":"%s","reference":"a"}`+"\n", i, part[:4000])
		}
		w.Flush()
	}()
	n, failed := 0, 0
	for {
		line, err := out.ReadString('\n')
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, `"score":null`) {
			failed++
			if want := `stdin:2: longer than 1048576 bytes: raise the limit (--max-line)`; !strings.Contains(line, want) {
				t.Errorf("got %s", line)
			}
		}
		n++
	}
	if code := status(t, c); code != 1 {
		t.Errorf("exit status %d", code)
	}
	if n != 20_000 || failed != 1 {
		t.Errorf("%d rows, %d without a score", n, failed)
	}
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Skip("no resource usage")
	}
	const limit = 200
	mb := int64(usage.Maxrss) >> 10 // in KiB on Linux
	t.Logf("peak memory %d MB", mb)
	if runtime.GOOS == "linux" && mb > limit && !raceEnabled {
		t.Errorf("peak memory %d MB, more than %d", mb, limit)
	}
}
