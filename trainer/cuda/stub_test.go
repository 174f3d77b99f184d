//go:build !cuda || !cgo

package cuda

import (
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend/backendtest"
	"github.com/golongrl/golongrl/trainer/model"
)

func TestWithoutCUDA(t *testing.T) {
	p, err := New(backendtest.Configs()[0], Options{})
	if p != nil || err == nil || !strings.Contains(err.Error(), "-tags cuda") {
		t.Errorf("%v, %v", p, err)
	}
	if _, err := New(model.Config{}, Options{}); err == nil || strings.Contains(err.Error(), "-tags cuda") {
		t.Errorf("a shape that is none: %v", err)
	}
}
