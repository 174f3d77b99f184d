package serve

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	p := pace{grace: 10 * time.Second, rate: 1 << 20}
	for n, want := range map[int64]time.Duration{0: 10 * time.Second, 1 << 20: 11 * time.Second, 64 << 20: 74 * time.Second, 1 << 32: 4106 * time.Second} {
		if got := p.allow(n); got < want-want/100 || got > want+want/100 {
			t.Errorf("%d bytes: %v, want %v", n, got, want)
		}
	}
}
