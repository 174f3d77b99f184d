package shim

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ErrNoRaces is what Open returns for Options.Races where g++ has no
// ThreadSanitizer, or programs made with it do not run.
var ErrNoRaces = errors.New("shim: races are found with g++ -fsanitize=thread, which does not work here")

// tryRaces makes and runs an empty program as races are found with.
func (b *build) tryRaces() error {
	source := filepath.Join(b.cache, "empty.cc")
	if err := os.WriteFile(source, []byte("int main() {}\n"), 0o666); err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	program := b.named("empty", source)
	err := b.make(program, func(to string) []string {
		return slices.Concat(b.flags, b.sanitize, []string{source, "-o", to})
	})
	if err != nil {
		return fmt.Errorf("%w: install libtsan: %w", ErrNoRaces, err)
	}
	if out, err := exec.Command(program).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %w; if it is about the layout of memory, `setarch -R go test` may help\n%s", ErrNoRaces, err, first(string(out), 5))
	}
	return nil
}

var (
	raceAccess = regexp.MustCompile(`(?m)^  (Previous )?((?i:atomic )?(?i:read|write)) of size (\d+) at \S+ by (main thread|thread T\d+).*\n((?:    .*\n)*)`)
	raceThread = regexp.MustCompile(`(?m)^  Thread (T\d+) '(\d+)'`)
	racePlace  = regexp.MustCompile(`([^/\s]+\.cuh?:\d+)`)
	raceKernel = regexp.MustCompile(`shim: in (kernel \S+, block \(\d+, \d+, \d+\))`)
)

// race says what ThreadSanitizer's report of a race says of a kernel, "" if there is
// none. Places are lines of .cu files, and of what these include, innermost first.
func race(report string) string {
	_, report, found := strings.Cut(report, "WARNING: ThreadSanitizer: data race")
	kernel := raceKernel.FindStringSubmatch(report)
	if !found || kernel == nil {
		return ""
	}
	name := map[string]string{}
	for _, m := range raceThread.FindAllStringSubmatch(report, -1) {
		name["thread "+m[1]] = "thread " + m[2]
	}
	var sides []string
	for _, m := range raceAccess.FindAllStringSubmatch(report, 2) {
		who := m[4]
		if n := name[who]; n != "" {
			who = n
		}
		where := strings.Join(racePlace.FindAllString(m[5], -1), " in ")
		if where == "" {
			where = "a line that is not known any more"
		}
		sides = append(sides, fmt.Sprintf("%s of %s bytes by %s at %s", strings.ToLower(m[2]), m[3], who, where))
	}
	return fmt.Sprintf("%s: a race: no barrier is between %s", kernel[1], strings.Join(sides, " and the earlier "))
}
