//go:build cuda && cgo

package cuda

import (
	"errors"
	"unsafe"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"gorgonia.org/cu"
)

func pointer(b []byte) unsafe.Pointer { return unsafe.Pointer(&b[0]) }

// A staging is pinned memory in segments, each with an event that has passed when
// the device is done with it.
type staging struct {
	bytes  []byte
	events []cu.Event
}

func newStaging(segments, size int) (s staging, err error) {
	if s.bytes, err = allocPinned(segments * size); err != nil {
		return s, err
	}
	for range segments {
		e, err := cu.MakeEvent(cu.DisableTiming)
		if err != nil {
			return s, errors.Join(failed(err, "make an event"), s.free())
		}
		s.events = append(s.events, e)
	}
	return s, nil
}

// segment returns the bytes of segment i.
func (s *staging) segment(i int) []byte {
	size := len(s.bytes) / len(s.events)
	return s.bytes[i*size:][:size:size]
}

func (s *staging) free() error {
	err := freePinned(s.bytes)
	for i := range s.events {
		err = errors.Join(err, failed(cu.DestroyEvent(&s.events[i]), "free an event"))
	}
	*s = staging{}
	return err
}

// ringSegments of ringSegment bytes are what may be on its way to the device while
// the host goes on: many small tables, or a large tensor being copied into one
// segment while the device reads another.
const (
	ringSegments = 8
	ringSegment  = 4 << 20
)

// A ring is where uploads are put until the device has read them.
type ring struct {
	staging
	at   int // segment in use
	used int // bytes of it
}

func newRing() (*ring, error) {
	s, err := newStaging(ringSegments, ringSegment)
	return &ring{staging: s}, err
}

// next returns room for up to n bytes, to be copied from on stream before the next
// call. It waits where the device has not read what is there.
func (r *ring) next(n int, stream cu.Stream) ([]byte, error) {
	if r.used == ringSegment {
		// The event passes behind the copies of the segment, and waiting for one that
		// was never recorded returns at once.
		if err := r.events[r.at].Record(stream); err != nil {
			return nil, err
		}
		r.at, r.used = (r.at+1)%ringSegments, 0
		if err := r.events[r.at].Synchronize(); err != nil {
			return nil, err
		}
	}
	n = min(n, ringSegment-r.used)
	piece := r.segment(r.at)[r.used:][:n]
	r.used += n
	return piece, nil
}

// halvesSize is the size of each half.
const halvesSize = 4 << 20

// A halves is where downloads arrive: one half is copied to where it should go while
// the device fills the other.
type halves struct{ staging }

func newHalves() (*halves, error) {
	s, err := newStaging(2, halvesSize)
	return &halves{s}, err
}

// fetch copies from the device. Both halves are free when it begins and when it
// returns, with an error too.
func (h *halves) fetch(dst []byte, src gpu.Ptr, stream cu.Stream) (err error) {
	defer func() {
		if err != nil {
			stream.Synchronize()
		}
	}()
	if len(dst) == 0 {
		return stream.Synchronize()
	}
	var waiting []byte // where what is on its way belongs
	for i := 0; len(dst) > 0 || len(waiting) > 0; i++ {
		n := min(len(dst), halvesSize)
		if n > 0 {
			if err := cu.MemcpyDtoHAsync(pointer(h.segment(i%2)), cu.DevicePtr(src), int64(n), stream); err != nil {
				return err
			}
			if err := h.events[i%2].Record(stream); err != nil {
				return err
			}
		}
		if len(waiting) > 0 {
			if err := h.events[1-i%2].Synchronize(); err != nil {
				return err
			}
			copy(waiting, h.segment(1-i%2))
		}
		waiting, dst, src = dst[:n], dst[n:], src+gpu.Ptr(n)
	}
	return nil
}
