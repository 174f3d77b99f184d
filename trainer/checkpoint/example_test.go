package checkpoint_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/checkpoint"
)

func ExampleSave() {
	root, _ := os.MkdirTemp("", "run")
	defer os.RemoveAll(root)
	for step := 10; step <= 40; step += 10 {
		_, err := checkpoint.Save(root, step, 2, func(w *checkpoint.Writer) error {
			return w.JSON("trainer.json", map[string]int{"cursor": 128 * step})
		})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	// Something happens to the last one.
	os.Truncate(filepath.Join(root, "step-000040", "trainer.json"), 3)

	c, err := checkpoint.Open(root)
	if err != nil {
		fmt.Println(err)
		return
	}
	var v map[string]int
	err = c.JSON("trainer.json", &v)
	fmt.Println(c.Step, v["cursor"], len(c.Notes), "note", err)

	aside, err := checkpoint.Rewind(root, c.Step)
	fmt.Println(filepath.Base(aside[0]), err)
	steps, err := checkpoint.Steps(root)
	fmt.Println(steps, err, checkpoint.Clean(root))
	// Output:
	// 30 3840 1 note <nil>
	// aside-step-000040 <nil>
	// [30] <nil> <nil>
}

func ExampleSavePolicy() {
	// A trainer has two functions like these.
	save := func(root string, step int, p backend.Policy, state any) error {
		_, err := checkpoint.Save(root, step, 3, func(w *checkpoint.Writer) error {
			if err := checkpoint.SavePolicy(w, p, checkpoint.PolicyFiles{}); err != nil {
				return err
			}
			return w.JSON("trainer.json", state)
		})
		return err
	}
	resume := func(root string, p backend.Policy, state any) error {
		c, err := checkpoint.Open(root)
		if err != nil {
			return err
		}
		for _, note := range c.Notes {
			fmt.Fprintln(os.Stderr, note)
		}
		if err := c.JSON("trainer.json", state); err != nil {
			return err
		}
		return checkpoint.LoadPolicy(c, p)
	}
	_, _ = save, resume
}

func ExampleCompare() {
	type config struct {
		LR    float64 `json:"lr"`
		Batch int     `json:"batch"`
		Steps int     `json:"steps"`
	}
	err := checkpoint.Compare("runs/a/step-000100", config{1e-3, 128, 100}, config{2e-3, 128, 500}, "steps")
	fmt.Println(err)
	// Output:
	// checkpoint: runs/a/step-000100 has another configuration: lr is 0.001 and should be 0.002; use the configuration it was saved with, or start anew in another folder
}

func ExampleAtomicFile() {
	dir, _ := os.MkdirTemp("", "report")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "report.html")
	err := checkpoint.AtomicFile(path, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, "<p>done")
		return err
	})
	b, _ := os.ReadFile(path)
	fmt.Print(err, " ", string(b))
	// Output:
	// <nil> <p>done
}
