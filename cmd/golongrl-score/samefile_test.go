package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadingItsOwnOutput: rows appended to the file that is being read would
// be read in turn, for ever.
func TestReadingItsOwnOutput(t *testing.T) {
	name := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(name, []byte("{}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	in := &input{names: []string{name}, stdout: out}
	if _, err := in.check(); err == nil || !strings.Contains(err.Error(), "is read and, as standard output, written") {
		t.Errorf("error is %v", err)
	}
	other, err := os.Create(filepath.Join(t.TempDir(), "out.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	in.stdout = other
	if _, err := in.check(); err != nil {
		t.Error(err)
	}
}
