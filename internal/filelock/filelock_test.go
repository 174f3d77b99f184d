package filelock

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// child is a folder that this process takes and keeps, as another process does.
const child = "GOLONGRL_TEST_LOCK"

func TestMain(m *testing.M) {
	if dir := os.Getenv(child); dir != "" {
		if _, err := Dir(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("taken")
		os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	open := func() *os.File {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	f := open()
	unlock, err := File(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := File(open()); !errors.Is(err, ErrLocked) {
		t.Errorf("a second taker: %v", err)
	}
	unlock()
	f.Close()
	g := open()
	unlock, err = File(g)
	if err != nil {
		t.Fatalf("when it is given back: %v", err)
	}
	unlock()
	g.Close()
}

func TestDir(t *testing.T) {
	dir := t.TempDir()
	unlock, err := Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%s is in use by another run: wait for its end, or give another folder (process %d on ", dir, os.Getpid())
	if _, err := Dir(dir); !errors.Is(err, ErrLocked) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("a second taker: %v; want %q", err, want)
	}
	unlock()
	unlock()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 && runtime.GOOS != "windows" {
		t.Errorf("left over: %v, %v", left, err)
	}
	if unlock, err = Dir(dir); err != nil {
		t.Fatalf("when it is given back: %v", err)
	}
	unlock()
	if _, err := Dir(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestHolder: what a file says of its holder comes into a message as a line of
// text, whatever it is.
func TestHolder(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"\nx":                          "",
		"process 1 on h\nmore":         " (process 1 on h)",
		"\x1b[2J\xff":                  " (?[2J\ufffd)",
		strings.Repeat("x", 300) + "y": " (" + strings.Repeat("x", 200) + ")",
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := holder(f); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		f.Close()
	}
}

// TestKill: the lock of a process is gone with it, even by signal 9.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), child+"="+dir)
	if _, err := c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "taken\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := Dir(dir); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("(process %d on ", c.Process.Pid)) {
		t.Errorf("while it lives: %v", err)
	}
	c.Process.Kill()
	c.Wait()
	unlock, err := Dir(dir)
	if err != nil {
		t.Fatalf("when it is dead: %v", err)
	}
	unlock()
}

// TestConcurrent: of many that take a folder again and again, one at a time has
// it, although the file goes away with every end.
func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	var holders, taken atomic.Int32
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				unlock, err := Dir(dir)
				if errors.Is(err, ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d have the folder", n)
				}
				taken.Add(1)
				holders.Add(-1)
				unlock()
			}
		})
	}
	wg.Wait()
	if taken.Load() < 10 {
		t.Errorf("taken only %d times", taken.Load())
	}
}
