package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the one under load.
type server struct {
	http string // base of its URLs
	unix string // path of its socket; "": none
	pid  int    // 0: not ours
	cmd  *exec.Cmd
	dir  string
}

// startServer starts program, which is built if it is "".
func startServer(ctx context.Context, program string) (_ *server, err error) {
	dir, err := os.MkdirTemp("", "serveload")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, unix: filepath.Join(dir, "s")}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	if program == "" {
		program = filepath.Join(dir, "golongrl-score")
		build := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/golongrl/golongrl/cmd/golongrl-score")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return nil, fmt.Errorf("building golongrl-score: %w", err)
		}
	}
	s.cmd = exec.Command(program, "serve", "--addr", "127.0.0.1:0", "--unix", s.unix, "--log-level", "warn")
	s.cmd.Stderr = os.Stderr
	s.cmd.Env = append(os.Environ(), "GOLONGRL_TOKEN=")
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.pid = s.cmd.Process.Pid
	lines := bufio.NewScanner(out)
	for range 2 {
		if !lines.Scan() {
			return nil, fmt.Errorf("%s says nothing of where it listens", program)
		}
		where, ok := strings.CutPrefix(lines.Text(), "listening on ")
		switch {
		case !ok:
			return nil, fmt.Errorf("%s says %q", program, lines.Text())
		case strings.HasPrefix(where, "http"):
			s.http = where
		}
	}
	if s.http == "" {
		return nil, errors.New("the server listens on no address")
	}
	return s, nil
}

// stop ends the server if it is ours.
func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Signal(syscall.SIGTERM)
		kill := time.AfterFunc(12*time.Second, func() { s.cmd.Process.Kill() })
		s.cmd.Wait()
		kill.Stop()
	}
	os.RemoveAll(s.dir)
}

// cpu returns the seconds of CPU time that the server has used, 0 if it is not
// known.
func (s *server) cpu() float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid))
	_, rest, ok := strings.Cut(string(data), ") ")
	f := strings.Fields(rest)
	if err != nil || !ok || len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return (user + system) / 100 // clock ticks, a hundred a second on all Linux machines
}

// rss returns the bytes of memory that the server takes, and has taken at most.
func (s *server) rss() (now, peak int64) {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		kb, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "VmRSS:":
			now = kb << 10
		case "VmHWM:":
			peak = kb << 10
		}
	}
	return now, peak
}
