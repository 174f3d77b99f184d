package library

import (
	"sync"
	"unicode/utf8"
)

// Cut returns s, or the longest beginning of it that is whole characters and
// not above n bytes.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Buffers lend byte slices. The zero value is ready; any number of goroutines
// may use it.
type Buffers struct{ pool sync.Pool }

// maxBuffer bounds what is kept, so that one great message is not for ever.
const maxBuffer = 1 << 20

// Get returns an empty slice, which may have room.
func (b *Buffers) Get() []byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return (*p)[:0]
	}
	return nil
}

// Put takes a slice back, which nobody may use any more.
func (b *Buffers) Put(p []byte) {
	if cap(p) > 0 && cap(p) <= maxBuffer {
		b.pool.Put(&p)
	}
}
