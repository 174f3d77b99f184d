//go:build unix

package dataset_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/golongrl/golongrl/trainer/dataset"
)

// TestPipe: a pipe is refused, and not waited for.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.jsonl")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	_, err := dataset.Load(path, dataset.Options{Encoder: runes{}})
	if err == nil || err.Error() != path+": no regular file, but a pipe or a device: give a file on disk" {
		t.Error(err)
	}
	if _, err = dataset.OpenTokenizer(path); err == nil || !strings.HasPrefix(err.Error(), "dataset: "+path+": no regular file") {
		t.Error(err)
	}
}
