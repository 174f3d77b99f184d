package checkpoint

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// childVar makes the test binary save to the root that it names.
const childVar = "CHECKPOINT_TEST_SAVE_TO"

func TestMain(m *testing.M) {
	if root := os.Getenv(childVar); root != "" {
		saveForever(root)
		return
	}
	os.Exit(m.Run())
}

// saveForever goes on from the last checkpoint, saves each step, some of them
// twice, and prints a step once Save has returned.
func saveForever(root string) {
	step := 0
	if c, err := Open(root); err == nil {
		step = c.Step + 1
	}
	fmt.Println("open")
	for ; ; step++ {
		for range 1 + step%2 {
			if _, err := Save(root, step, 1, content(step)); err != nil {
				fmt.Println("error", err)
				os.Exit(1)
			}
		}
		os.Stdout.WriteString("did " + strconv.Itoa(step) + "\n")
	}
}

// TestKill kills a process that saves, at random moments, and then opens what is
// there: the last step that was reported or a later one, whole, though only one
// checkpoint is kept.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	root := t.TempDir()
	kills := 15
	if testing.Short() {
		kills = 4
	}
	rng := rand.New(rand.NewPCG(1, 2))
	last, torn := -1, 0
	for k := range kills {
		c := exec.Command(self)
		c.Env = append(os.Environ(), childVar+"="+root)
		c.Stderr = os.Stderr
		pipe, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Process.Kill() }) // if the test fails
		sc := bufio.NewScanner(pipe)
		if !sc.Scan() || sc.Text() != "open" {
			t.Fatalf("child says %q", sc.Text())
		}
		// The kill comes at some moment after some step, and not after some time,
		// so that it comes in the middle of a save on slow machines, too.
		after, seen := 1+rng.IntN(2), 0
		for sc.Scan() {
			digits, ok := strings.CutPrefix(sc.Text(), "did ")
			step, err := strconv.Atoi(digits)
			if !ok || err != nil {
				t.Fatalf("child says %q", sc.Text())
			}
			last = step
			if seen++; seen == after {
				time.AfterFunc(time.Duration(rng.IntN(12_000))*time.Microsecond, func() { c.Process.Kill() })
			}
		}
		io.Copy(io.Discard, pipe)
		c.Wait()
		for _, name := range names(t, root) {
			if strings.HasPrefix(name, ".") {
				torn++
				break
			}
		}
		now, err := Open(root)
		if err != nil {
			t.Fatal(err)
		}
		if now.Step < last || now.Step > last+1 {
			t.Fatalf("after kill %d there is step %d, but %d was reported", k+1, now.Step, last)
		}
		wantOpen(t, root, now.Step, 0)
		last = now.Step // the next child goes on from it, reported or not
	}
	t.Log("step", last, "after", kills, "kills,", torn, "of them in the middle of a save")
	if torn == 0 && !testing.Short() {
		t.Error("no kill came in the middle of a save")
	}
	mustSave(t, root, last+2, 1)
	if got := names(t, root); len(got) != 1 {
		t.Errorf("left over: %q", got)
	}
}
