// Package checkpoint keeps the state of a training run on disk so that a run
// that is killed at any moment goes on from its last whole checkpoint.
//
// A root folder holds a folder for each checkpoint:
//
//	step-000120/
//	  manifest.json                names, sizes and SHA-256 of all other files
//	  policy/                      a model that transformers and vLLM open
//	    config.json
//	    model.safetensors          float32, so that nothing is lost
//	  optimizer.safetensors        the moments of AdamW
//	  trainer.json                 whatever else the trainer needs
//
// [Save] writes into a folder with another name, brings every file to the disk,
// and then renames it: a folder step-N is whole or was damaged later, which
// [Open] finds out by the manifest.
//
// One process at a time saves to a root; any number may read.
package checkpoint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// ErrNone is a root folder without checkpoints.
var ErrNone = errors.New("checkpoint: no checkpoint")

// A DamageError is a checkpoint that is not as it was written.
type DamageError struct {
	Dir    string
	File   string // "" if it is about the folder
	Reason string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("checkpoint: %s is damaged: %s", filepath.Join(e.Dir, filepath.FromSlash(e.File)), e.Reason)
}

// Names in a root. A checkpoint that is being written begins with writing, one
// that gives way to another of the same step with replaced, one that is being
// deleted with writing, too: its files are not whole.
const (
	stepPrefix = "step-"
	writing    = ".writing-"
	replaced   = ".replaced-"
	setAside   = "aside-"
)

func stepName(step int) string { return fmt.Sprintf("%s%06d", stepPrefix, step) }

// parseStep is the inverse of stepName.
func parseStep(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, stepPrefix)
	if !ok {
		return 0, false
	}
	step, err := strconv.Atoi(digits)
	return step, err == nil && step >= 0 && stepName(step) == name
}

// A place is a folder with a checkpoint.
type place struct {
	step int
	name string
}

// places lists the checkpoints of a root, newest first. One that gave way to
// another of its step counts if the other has not come.
func places(root string) ([]place, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	byStep := map[int]string{}
	for _, e := range entries {
		name := e.Name()
		if step, ok := parseStep(name); ok {
			byStep[step] = name
		} else if step, ok := parseStep(strings.TrimPrefix(name, replaced)); ok {
			if _, there := byStep[step]; !there {
				byStep[step] = name
			}
		}
	}
	ps := make([]place, 0, len(byStep))
	for step, name := range byStep {
		ps = append(ps, place{step, name})
	}
	slices.SortFunc(ps, func(a, b place) int { return b.step - a.step })
	return ps, nil
}

// Steps lists the steps of a root's checkpoints, newest first, without looking
// into them. A root that does not exist has none.
func Steps(root string) ([]int, error) {
	ps, err := places(root)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	steps := make([]int, len(ps))
	for i, p := range ps {
		steps[i] = p.step
	}
	return steps, nil
}

// full reports a disk or a quota that is used up.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
