package main

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// A meter counts the memory that a policy takes.
type meter struct {
	gpu.Device
	sizes     map[gpu.Ptr]int64
	now, peak int64
}

// metered returns a device that counts, with the libraries of d.
func metered(d gpu.Device) (gpu.Device, *meter) {
	m := &meter{Device: d, sizes: map[gpu.Ptr]int64{}}
	products, ok := d.(gpu.Multiplier)
	attention, both := d.(gpu.Attender)
	switch {
	case ok && both:
		return struct {
			*meter
			gpu.Multiplier
			gpu.Attender
		}{m, products, attention}, m
	case ok:
		return struct {
			*meter
			gpu.Multiplier
		}{m, products}, m
	case both:
		return struct {
			*meter
			gpu.Attender
		}{m, attention}, m
	}
	return m, m
}

// Notes returns those of the device, if it has any.
func (m *meter) Notes() []string {
	if d, ok := m.Device.(interface{ Notes() []string }); ok {
		return d.Notes()
	}
	return nil
}

// Alloc implements gpu.Device.
func (m *meter) Alloc(bytes int64) (gpu.Ptr, error) {
	p, err := m.Device.Alloc(bytes)
	if err == nil {
		m.sizes[p] = bytes
		m.now += bytes
		m.peak = max(m.peak, m.now)
	}
	return p, err
}

// Free implements gpu.Device.
func (m *meter) Free(p gpu.Ptr) error {
	m.now -= m.sizes[p]
	delete(m.sizes, p)
	return m.Device.Free(p)
}
