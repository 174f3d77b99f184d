package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// buildHash tells programs apart: that of this one and of its PyTorch side.
var buildHash = sync.OnceValues(func() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, name := range []string{exe, script()} {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) && name != exe {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
})

// resume returns the report to go on with: that in a file if it is of this build,
// else a new one, and what there is to say of the old one.
func resume(file, build string) (r *Report, note string, err error) {
	r, err = read(file)
	if err != nil {
		return nil, "", err
	}
	if r != nil && r.Build == build {
		return r, "", nil
	}
	if r != nil {
		if note, err = aside(file, fmt.Sprintf("another build (%.12s, this is %.12s)", r.Build, build)); err != nil {
			return nil, "", err
		}
	}
	return begin(build), note, nil
}

func begin(build string) *Report {
	return &Report{Build: build, Begun: time.Now().UTC().Truncate(time.Second), Host: host()}
}

// onDevice returns the report to go on with on a device: r, unless it is of
// another device, driver or set of libraries.
func (r *Report) onDevice(file string, info gpu.Info) (next *Report, note string, err error) {
	old, now := r.Device, info
	old.Free, now.Free, old.Notes, now.Notes = 0, 0, nil, nil
	if len(r.Pieces) > 0 && !reflect.DeepEqual(old, now) {
		if note, err = aside(file, fmt.Sprintf("another device, driver or libraries (%s)", differences(old, now))); err != nil {
			return nil, "", err
		}
		r = begin(r.Build)
	}
	r.Device = info
	return r, note, nil
}

// differences names the fields of two devices that are not equal.
func differences(old, now gpu.Info) string {
	var out []string
	a, b := reflect.ValueOf(old), reflect.ValueOf(now)
	for i := range a.NumField() {
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); !reflect.DeepEqual(x, y) {
			out = append(out, fmt.Sprintf("%s %v, now %v", a.Type().Field(i).Name, x, y))
		}
	}
	return strings.Join(out, "; ")
}

// aside gives a file of results another name, so that nothing measured is lost.
func aside(file, of string) (note string, err error) {
	ending := filepath.Ext(file)
	for i := 1; ; i++ {
		kept := fmt.Sprintf("%s-%d%s", strings.TrimSuffix(file, ending), i, ending)
		if _, err := os.Lstat(kept); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if err := os.Rename(file, kept); err != nil {
			return "", err
		}
		return fmt.Sprintf("%s was of %s: it is kept as %s, and all begins anew", file, of, kept), nil
	}
}
