package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// terminal opens a pseudo-terminal: what is written to tty comes out of screen.
func terminal(t *testing.T) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { screen.Close() })
	var locked, number int32
	for _, call := range []struct {
		request uintptr
		arg     *int32
	}{{syscall.TIOCSPTLCK, &locked}, {syscall.TIOCGPTN, &number}} {
		_, _, e := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), call.request, uintptr(unsafe.Pointer(call.arg)))
		if e != 0 {
			t.Skip(e)
		}
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	return screen, tty
}

// TestTerminal runs the command with standard error on a terminal: there is a
// bar, then the table. With --quiet there is neither.
func TestTerminal(t *testing.T) {
	name := t.TempDir() + "/rows.jsonl"
	if err := os.WriteFile(name, []byte(strings.Repeat(fmt.Sprintf(goodRow, 0), 50_000)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, quiet := range []bool{false, true} {
		screen, tty := terminal(t)
		args := []string{"score", name}
		if quiet {
			args = append(args, "--quiet")
		}
		c := command(args...)
		var stdout bytes.Buffer
		c.Stdout, c.Stderr = &stdout, tty
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		tty.Close()
		shown, _ := io.ReadAll(screen) // ends with an error when nobody has the terminal
		if code := status(t, c); code != 0 {
			t.Errorf("exit status %d", code)
		}
		if n := bytes.Count(stdout.Bytes(), []byte("\n")); n != 50_000 {
			t.Errorf("%d rows", n)
		}
		bar, table := bytes.Contains(shown, []byte("%")) && bytes.Contains(shown, []byte("\r")), bytes.Contains(shown, []byte("50000 rows in "))
		if quiet && len(shown) > 0 || !quiet && (!bar || !table) {
			t.Errorf("quiet %v: the terminal shows %q", quiet, shown)
		}
		if !quiet && !bytes.Contains(shown, []byte("MB/s")) && !bytes.Contains(shown, []byte("/s)")) {
			t.Errorf("the bar shows no speed: %q", shown)
		}
	}
}
