package train

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/golongrl/golongrl/internal/filelock"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/watch"
)

// The files and folders of a run.
const (
	metricsName     = "metrics.jsonl"
	timingsName     = "timings.jsonl"
	tensorBoardName = "tensorboard"
	checkpointsName = "checkpoints"
	rolloutsName    = "rollouts"
	reportName      = "report.html"
)

// take makes a folder if it is not there, and keeps it for this process. free
// gives it back; a folder that take made and that is still empty goes away.
func take(dir string) (free func(), err error) {
	if dir == "" {
		return nil, usage("--out is empty: give a folder")
	}
	_, err = os.Stat(dir)
	made := errors.Is(err, os.ErrNotExist)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("the folder for results: %w", err)
	}
	unlock, err := filelock.Dir(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder for results: %w", err)
	}
	return func() {
		unlock()
		if made {
			os.Remove(dir) // fails if there is anything in it
		}
	}, nil
}

// holdsRun reports whether there is a run in a folder.
func holdsRun(dir string) (bool, error) {
	if _, err := os.Stat(filepath.Join(dir, metricsName)); err == nil {
		return true, nil
	}
	steps, err := checkpoint.Steps(filepath.Join(dir, checkpointsName))
	return len(steps) > 0, err
}

// lost refuses to begin a run anew whose checkpoints were there once: one that
// has a report, or metrics behind the update of the first checkpoint. It changes
// nothing.
func lost(cfg fileConfig) error {
	dir := filepath.Join(cfg.Out, checkpointsName)
	if steps, err := checkpoint.Steps(dir); err != nil || len(steps) > 0 {
		return err
	}
	past, err := watch.ReadSteps(filepath.Join(cfg.Out, metricsName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(past) == 0 {
		return nil
	}
	_, err = os.Stat(filepath.Join(cfg.Out, reportName))
	// Metrics of an update come before its checkpoint, those of the next one behind it.
	if last := lastStep(past); err == nil || cfg.Train.SaveEvery > 0 && last > cfg.Train.SaveEvery {
		return fmt.Errorf("the checkpoints of this run are gone: %s ends with update %d, and there is none in %s: put them back, or begin in another folder with --out", metricsName, last, dir)
	}
	return nil
}

// lastStep is the update that metrics end with, 0 if there is none.
func lastStep(past []watch.Step) int {
	if len(past) == 0 {
		return 0
	}
	return past[len(past)-1].Step
}

// writeReport writes report.html into a folder and returns its path.
func writeReport(dir string, r watch.Report) (string, error) {
	path := filepath.Join(dir, reportName)
	return path, checkpoint.AtomicFile(path, func(w io.Writer) error { return watch.WriteReport(w, r) })
}

// demoName is the file by which a folder of the demo is known.
const demoName = "demo.json"

// fresh takes away what an earlier demo left in a folder. A folder with anything
// else in it is not touched: that of a real run looks almost the same.
func fresh(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	ours := map[string]bool{
		demoName: true, metricsName: true, timingsName: true, tensorBoardName: true, reportName: true, checkpointsName: true, rolloutsName: true,
	}
	demo := false
	var old []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, filelock.Name):
			continue
		case !ours[name] && !strings.HasPrefix(name, "failed-step-"):
			return usage("%s holds %s, which is not of a demo: give another folder with --out", dir, name)
		}
		demo = demo || name == demoName
		old = append(old, name)
	}
	if len(old) > 0 && !demo {
		return usage("%s holds a run and not a demo: give another folder with --out", dir)
	}
	for _, name := range old {
		if name == demoName { // last, so that a folder that is half empty is still a demo's
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if !demo {
		return nil
	}
	return os.Remove(filepath.Join(dir, demoName))
}
