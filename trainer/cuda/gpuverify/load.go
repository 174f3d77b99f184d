package main

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/kernels"
)

// load is the stage of what is there: driver, device, libraries, kernels.
func (v *verifier) load(opening time.Duration) []work {
	return []work{
		{"open", 0, func(p *Piece) error {
			d := v.dev.Info()
			p.add("opening, with the compilation of all kernels", opening.Seconds(), "s")
			p.add("compute capability", float64(d.Major)+float64(d.Minor)/10, "")
			p.add("multiprocessors", float64(d.SMs), "")
			p.add("memory", float64(d.Memory)/(1<<30), "GiB")
			p.add("free", float64(d.Free)/(1<<30), "GiB")
			p.note("%s, driver for CUDA %s", d.Name, d.Driver)
			for _, l := range d.Libraries {
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
			return nil
		}},
		{"copies", 0, func(p *Piece) error { return v.entered(v.copies) }},
	}
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
