// Package otherside runs the Python side of the timing programs as a child that
// answers each line of JSON with another. What goes wrong ends the program.
package otherside

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"
	"os/exec"
	"slices"
)

// A Side is a running child.
type Side struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// Start starts a program. env is added to the environment.
func Start(env []string, name string, args ...string) *Side {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	Check(err)
	out, err := cmd.StdoutPipe()
	Check(err)
	Check(cmd.Start())
	return &Side{cmd, in, bufio.NewReaderSize(out, 1<<20)}
}

// Ask sends a question as a line of JSON and reads the reply.
func (s *Side) Ask(question, reply any) {
	line, err := json.Marshal(question)
	Check(err)
	_, err = s.in.Write(append(line, '\n'))
	Check(err)
	s.Hear(reply)
}

// Hear reads a line of JSON that the child says by itself.
func (s *Side) Hear(reply any) {
	text, err := s.out.ReadBytes('\n')
	Check(err)
	Check(json.Unmarshal(text, reply))
}

// Close waits for the child to end.
func (s *Side) Close() {
	Check(s.in.Close())
	Check(s.cmd.Wait())
}

// Check ends the program if err is not nil.
func Check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Median sorts v and returns its upper median.
func Median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
