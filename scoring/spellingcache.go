package scoring

import (
	"strings"
	"sync"
	"sync/atomic"
)

// spellingCache remembers what spellings mean. It takes a bounded number of
// them, so that a file of ever new spellings fills no memory: those behind the
// bound are read anew each time. The zero value is empty and ready.
type spellingCache struct {
	metrics, composites sync.Map // spellingKey -> Metric
	nm, nc              atomic.Int64
}

type spellingKey struct {
	profile Profile
	text    string
}

// A compiled expression is larger than a metric.
const (
	maxCachedMetrics    = 4096
	maxCachedComposites = 256
)

func (c *spellingCache) load(p Profile, text string) (Metric, bool) {
	key := spellingKey{p, text}
	m, ok := c.metrics.Load(key)
	if !ok {
		m, ok = c.composites.Load(key)
	}
	if !ok {
		return nil, false
	}
	return m.(Metric), true
}

func (c *spellingCache) store(p Profile, text string, m Metric) {
	to, n, limit := &c.metrics, &c.nm, int64(maxCachedMetrics)
	if isComposite(m) {
		to, n, limit = &c.composites, &c.nc, maxCachedComposites
	} else if len(text) > 256 {
		return // padding
	}
	if n.Load() >= limit {
		return
	}
	// The text may share memory with a line that is about to be reused.
	if _, had := to.LoadOrStore(spellingKey{p, strings.Clone(text)}, m); !had {
		n.Add(1)
	}
}
