// Package dl finds and opens libraries of NVIDIA when a program runs, so that it
// starts without them and works with several versions.
package dl

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Variable is the environment variable with the folders that are searched first.
const Variable = "GOLONGRL_CUDA_LIBS"

// Candidates returns what to try to open, in order, for a library such as
// "libcublasLt" of one of some major versions, the first preferred: in each folder
// of GOLONGRL_CUDA_LIBS; by name alone, which the loader searches; in the folders of
// toolkits and of the system; in those of Python packages. Names without a folder
// are there whether they exist or not, others exist.
func Candidates(stem string, majors ...int) []string {
	var out []string
	add := func(folders []string) {
		for _, folder := range folders {
			for _, major := range majors {
				path := filepath.Join(folder, fmt.Sprintf("%s.so.%d", stem, major))
				if info, err := os.Stat(path); err == nil && !info.IsDir() && !slices.Contains(out, path) {
					out = append(out, path)
				}
			}
		}
	}
	add(filepath.SplitList(os.Getenv(Variable)))
	for _, major := range majors {
		out = append(out, fmt.Sprintf("%s.so.%d", stem, major))
	}
	add(toolkits())
	add(pythons())
	return out
}

func toolkits() []string {
	return glob("/usr/local/cuda*/lib64", "/usr/local/cuda*/targets/*/lib", "/opt/cuda/lib64",
		"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
}

// pythons returns the folders of NVIDIA's Python packages: of the environment that
// is active, of each python3 on the path, and of the usual places. No Python runs.
func pythons() []string {
	var prefixes []string
	add := func(p string) {
		if p != "" && !slices.Contains(prefixes, p) {
			prefixes = append(prefixes, p)
		}
	}
	add(os.Getenv("VIRTUAL_ENV"))
	add(os.Getenv("CONDA_PREFIX"))
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		program := filepath.Join(folder, "python3")
		if _, err := os.Stat(program); folder == "" || err != nil {
			continue
		}
		add(filepath.Dir(filepath.Clean(folder)))
		if real, err := filepath.EvalSymlinks(program); err == nil {
			add(filepath.Dir(filepath.Dir(real)))
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		add(filepath.Join(home, ".local"))
	}
	for _, p := range []string{"/usr/local", "/usr", "/opt/conda"} {
		add(p)
	}
	var folders []string
	for _, p := range prefixes {
		for _, lib := range []string{"lib", "lib64"} {
			for _, packages := range []string{"site-packages", "dist-packages"} {
				folders = append(folders, glob(filepath.Join(quote(p), lib, "python3*", packages, "nvidia", "*", "lib"))...)
			}
		}
	}
	return folders
}

// quote keeps the letters of a folder's name from being patterns.
func quote(folder string) string {
	var out []rune
	for _, r := range folder {
		if slices.Contains([]rune(`*?[\`), r) {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}

// glob returns what matches, the last name of a pattern first: newer versions sort
// behind older ones.
func glob(patterns ...string) []string {
	var out []string
	for _, p := range patterns {
		found, err := filepath.Glob(p)
		if err != nil {
			continue // a folder that cannot be written as a pattern
		}
		slices.Reverse(found)
		out = append(out, found...)
	}
	return out
}
