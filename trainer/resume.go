package trainer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// saved is trainer.json of a checkpoint.
type saved struct {
	Config Config `json:"config"`
	State  State  `json:"state"`

	// Data is a digest of the training prompts, in order.
	Data string `json:"data"`

	// What else decides the numbers.
	Also also `json:"also"`

	// Signature is that of the backend: where it differs, so may the last bits.
	Signature string `json:"signature"`
}

// also is what decides the numbers beside configuration and data.
type also struct {
	Stop        []int32           `json:"stop_tokens"`
	Reference   string            `json:"reference_policy"` // digest of its weights
	Fingerprint map[string]string `json:"fingerprint"`
}

// free are the settings that a resumed run may have otherwise: they say when it
// ends and looks around, and change no update.
var free = []string{"steps", "epochs", "save_freq", "test_freq", "val_n", "val_sampling"}

func (t *Trainer) checkpoints() string { return filepath.Join(t.o.Dir, "checkpoints") }

// Save writes a checkpoint. Without a folder it does nothing.
func (t *Trainer) Save() error {
	if t.o.Dir == "" {
		return nil
	}
	for _, o := range t.o.Observers {
		// No checkpoint is ahead of its metrics.
		if s, ok := o.(interface{ Sync() error }); ok {
			if err := s.Sync(); err != nil {
				return fmt.Errorf("trainer: %w", err)
			}
		}
	}
	_, err := checkpoint.Save(t.checkpoints(), t.state.Step, t.o.KeepCheckpoints, func(w *checkpoint.Writer) error {
		if err := checkpoint.SavePolicy(w, t.o.Policy, t.o.Files); err != nil {
			return err
		}
		return w.JSON("trainer.json", saved{t.cfg, t.state, t.digest(), t.also(), t.o.Policy.Info().Signature})
	})
	if err != nil {
		return fmt.Errorf("trainer: checkpoint of update %d: %w", t.state.Step, err)
	}
	state := t.state
	t.saved = &state
	return nil
}

// Resume continues from the newest whole checkpoint in the trainer's folder, or
// from step 0 if there is none yet, and says whether there was one. What was
// recorded of later updates is taken back: observers must have been opened for
// the step that State tells, and rollouts of later updates are deleted, but those
// of the next update of a source that cannot be asked again, which are used.
//
// Errors: a damaged checkpoint with no older one, and one of another shape,
// configuration or data ([*checkpoint.MismatchError]).
func (t *Trainer) Resume() (bool, error) {
	if t.o.Dir == "" {
		return false, errors.New("trainer: there is no folder to resume from")
	}
	c, err := checkpoint.Open(t.checkpoints())
	if errors.Is(err, checkpoint.ErrNone) {
		return false, t.takeBack(0)
	}
	if err != nil {
		return false, fmt.Errorf("trainer: %w", err)
	}
	for _, n := range c.Notes {
		t.o.Note(n)
	}
	var s saved
	if err := c.JSON("trainer.json", &s); err != nil {
		return false, fmt.Errorf("trainer: %w", err)
	}
	if err := checkpoint.Compare(c.Dir, s.Config, t.cfg, free...); err != nil {
		return false, fmt.Errorf("trainer: %w", err)
	}
	if err := checkpoint.Compare(c.Dir, s.Also, t.also()); err != nil {
		return false, fmt.Errorf("trainer: %w", err)
	}
	if s.Data != t.digest() {
		return false, fmt.Errorf("trainer: %s was trained on other prompts: give the same data in the same order, or begin in another folder", c.Dir)
	}
	if sig := t.o.Policy.Info().Signature; s.Signature != sig {
		t.o.Note(fmt.Sprintf("the checkpoint was made by %q and this is %q: the run goes on, but not with the same bits", s.Signature, sig))
	}
	if err := checkpoint.LoadPolicy(c, t.o.Policy); err != nil {
		return false, fmt.Errorf("trainer: %w", err)
	}
	t.state, t.saved = s.State, &s.State
	if _, err := checkpoint.Rewind(t.checkpoints(), c.Step); err != nil {
		return false, fmt.Errorf("trainer: %w", err)
	}
	return true, t.takeBack(c.Step)
}

// takeBack deletes what was recorded of updates after step, and keeps the
// rollouts of the next one for a source that cannot repeat them.
func (t *Trainer) takeBack(step int) error {
	entries, err := os.ReadDir(filepath.Join(t.o.Dir, "rollouts"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("trainer: %w", err)
	}
	for _, e := range entries {
		var n int
		name := filepath.Join(t.o.Dir, "rollouts", e.Name())
		if strings.HasPrefix(e.Name(), ".step-") && strings.HasSuffix(e.Name(), ".tmp") { // of a process that was killed
			if err := os.Remove(name); err != nil {
				return fmt.Errorf("trainer: %w", err)
			}
			continue
		}
		if _, err := fmt.Sscanf(e.Name(), "step-%d.jsonl", &n); err != nil || !strings.HasSuffix(e.Name(), ".jsonl") || n <= step {
			continue
		}
		if n == step+1 && t.o.Unrepeatable {
			r, err := rollouts.NewReplay(name, rollouts.ReplayOptions{
				Vocab: t.o.Policy.Config().Vocab, Lost: true,
				NeedsReference: func(*scoring.Record) bool { return false }, // the prompts at hand judge
			})
			if err == nil {
				t.recorded = r
				continue
			}
			t.o.Note(fmt.Sprintf("the recorded rollouts of update %d cannot be used and are asked for again: %v", n, err))
		}
		if err := os.Remove(name); err != nil {
			return fmt.Errorf("trainer: %w", err)
		}
	}
	return nil
}

func (t *Trainer) also() also {
	a := also{Stop: t.o.Stop, Fingerprint: t.o.Fingerprint, Reference: t.reference}
	if t.o.Reference != nil && t.reference == "" {
		h := sha256.New()
		for i, x := range t.o.Reference.Config().Tensors() {
			v := make([]float32, x.Len())
			if err := t.o.Reference.Read(backend.Weights, i, v); err != nil {
				return a // a device that is lost says so when it computes
			}
			binary.Write(h, binary.LittleEndian, v)
		}
		t.reference = hex.EncodeToString(h.Sum(nil))
		a.Reference = t.reference
	}
	return a
}

// digest tells training data apart.
func (t *Trainer) digest() string {
	if t.data == "" {
		h := sha256.New()
		var b []byte
		for _, p := range t.o.Train {
			r := &p.Record
			b = fmt.Appendf(b[:0], "%s %q %q %q %q %q %t %q %d ", p.ID, p.Task, r.Metric, r.Gold.String(), r.Lang, r.Prefix, r.HasPrefix, p.Fields, len(p.Tokens))
			for _, token := range p.Tokens {
				b = binary.LittleEndian.AppendUint32(b, uint32(token))
			}
			h.Write(b)
		}
		t.data = hex.EncodeToString(h.Sum(nil))
	}
	return t.data
}
