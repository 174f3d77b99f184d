package shim

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// TestRaces wants every kernel of races.cu to be reported, with the lines that are
// marked there, if and only if it is told to be wrong.
func TestRaces(t *testing.T) {
	source, err := os.ReadFile("testdata/races.cu")
	if err != nil {
		t.Fatal(err)
	}
	kernel := regexp.MustCompile(`^KERNEL\((race_\w+), (\d+),`)
	marked := map[string]map[string]bool{} // lines of a kernel
	threads := map[string]int{}
	var names []string
	for i, line := range strings.Split(string(source), "\n") {
		if m := kernel.FindStringSubmatch(line); m != nil {
			names = append(names, m[1])
			marked[m[1]] = map[string]bool{}
			threads[m[1]], _ = strconv.Atoi(m[2])
		}
		if strings.HasSuffix(line, "// R") {
			marked[names[len(names)-1]][strconv.Itoa(i+1)] = true
		}
	}

	// The right ones all in one process, in an order that shares stacks; then each of
	// the wrong ones, of which the device dies.
	o := Options{Races: true, Order: Shuffled, Seed: 1, only: []string{"testdata/races.cu"}}
	start := func() (bench, uint64) {
		b := open(t, o)
		return b, uint64(b.alloc(1 << 12))
	}
	b, p := start()
	for range 2 {
		b.launch("fault_stuck", 3, 64, 0, gpu.Int(1), p)
		if err := b.Sync(); err == nil || !strings.Contains(err.Error(), "deadlock") {
			t.Fatalf("fault_stuck: %v", err)
		}
		for _, k := range names {
			b.launch(k, 3, threads[k], 0, gpu.Int(0), p)
			if err := b.Sync(); err != nil {
				t.Fatalf("%s is right: %v", k, err)
			}
		}
	}
	want := regexp.MustCompile(`kernel (\w+), block \(\d, 0, 0\): a race: no barrier is between (?:atomic )?(?:read|write) of \d+ bytes by thread (\d+) at races.cu:(\d+) and the earlier (?:atomic )?(?:read|write) of \d+ bytes by thread (\d+) at races.cu:(\d+)$`)
	for i, k := range names {
		if i > 0 {
			b, p = start()
		}
		b.launch(k, 3, threads[k], 0, gpu.Int(1), p)
		err := b.Sync()
		if err == nil {
			t.Errorf("%s: the race was not seen", k)
			continue
		}
		m := want.FindStringSubmatch(err.Error())
		if m == nil || m[1] != k || m[2] == m[4] || !marked[k][m[3]] || !marked[k][m[5]] {
			t.Errorf("%s: %v", k, err)
		}
		if again := b.Sync(); again == nil {
			t.Errorf("%s: the device lives", k)
		}
	}
}
