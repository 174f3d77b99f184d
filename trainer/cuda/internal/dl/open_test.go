//go:build cuda && cgo

package dl

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	l, err := Open("libm.so.6")
	if err != nil {
		t.Skip("no libm.so.6 to open: ", err)
	}
	defer l.Close()
	s, err := l.Symbols("cos", "sin")
	if err != nil || len(s) != 2 || s[0] == nil || s[0] == s[1] {
		t.Errorf("%v, %v", s, err)
	}
	if !filepath.IsAbs(l.Path) || !strings.Contains(filepath.Base(l.Path), "libm") {
		t.Errorf("found at %q", l.Path)
	}
	if _, err := l.Symbols("cos", "cosmos"); err == nil || !strings.Contains(err.Error(), "cosmos") {
		t.Errorf("error %v", err)
	}
	if _, err := Open("libnone.so.0"); err == nil || !strings.Contains(err.Error(), "libnone.so.0") {
		t.Errorf("error %v", err)
	}
}
