package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/kernels"
)

// load is the stage of what is there: driver, device, libraries, kernels.
func (v *verifier) load(opening time.Duration) []work {
	return []work{
		{"open", 0, func(p *Piece) error {
			d := v.dev.Info()
			p.add("opening", opening.Seconds(), "s")
			p.add("compute capability", float64(d.Major)+float64(d.Minor)/10, "")
			p.add("multiprocessors", float64(d.SMs), "")
			p.add("memory", float64(d.Memory)/(1<<30), "GiB")
			p.add("free", float64(d.Free)/(1<<30), "GiB")
			p.note("%s, driver for CUDA %s", d.Name, d.Driver)
			for _, l := range slices.Concat(d.Libraries, d.Notes) {
				p.note("%s", l)
			}
			return nil
		}},
		{"modules", 0, func(p *Piece) error {
			ms, err := kernels.For(max(v.dev.Info().Major, 8), v.dev.Info().Minor)
			if err != nil {
				return err
			}
			n, size := 0, 0
			for _, m := range ms {
				n += len(m.Kernels)
				size += len(m.PTX)
			}
			p.add("modules", float64(len(ms)), "")
			p.add("kernels", float64(n), "")
			p.add("PTX", float64(size)/1024, "KiB")
			return v.compile(p)
		}},
		{"copies", 0, func(p *Piece) error { return v.entered(v.copies) }},
	}
}

// compile has the device compile every module, if it can be told to, and keeps how
// long each takes. It is little where the driver has compiled the same before.
func (v *verifier) compile(p *Piece) error {
	d, ok := v.dev.(interface {
		LoadAll(done func(module string, took time.Duration)) error
	})
	if !ok {
		return nil
	}
	return v.entered(func() error {
		var all time.Duration
		err := d.LoadAll(func(module string, took time.Duration) {
			p.add("compiling "+module, took.Seconds(), "s")
			all += took
		})
		p.add("compiling all", all.Seconds(), "s")
		return err
	})
}

// copies sends bytes there and back.
func (v *verifier) copies() error {
	const n = 1<<20 + 3
	src, dst := make([]byte, n), make([]byte, n)
	for i := range src {
		src[i] = byte(i*i>>3 + i)
	}
	a, err := v.dev.Alloc(n)
	if err != nil {
		return err
	}
	defer v.dev.Free(a)
	b, err := v.dev.Alloc(n)
	if err != nil {
		return err
	}
	defer v.dev.Free(b)
	if err := v.dev.Upload(a, src); err != nil {
		return err
	}
	if err := v.dev.Copy(b, a, n); err != nil {
		return err
	}
	if err := v.dev.Fill(b+5, 7, 9); err != nil {
		return err
	}
	if err := v.dev.Download(dst, b); err != nil {
		return err
	}
	copy(src[5:], bytes.Repeat([]byte{7}, 9))
	if !bytes.Equal(src, dst) {
		return fmt.Errorf("%d bytes come back changed", n)
	}
	return nil
}

// kernels is the stage of every kernel against plain Go.
func (v *verifier) kernels() []work {
	var all []work
	for _, c := range v.sizes.cases {
		all = append(all, work{c.Name, 0, func(p *Piece) error {
			return v.entered(func() error {
				worst, err := c.Run(v.dev)
				p.add("worst", worst, "")
				return errors.Join(err, v.dev.Sync())
			})
		}})
	}
	return all
}
