package rollouts

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
)

// A Rollout is a sample with what became of it: a line of a file of rollouts.
type Rollout struct {
	Step, Batch int // of the request
	Prompt      *Prompt
	Sample      Sample

	Result    scoring.Result
	Reward    float64 // NaN: none
	Advantage float64 // NaN: none
}

// AppendJSON appends r as a line of JSON without a newline. It has the row's own
// fields, so that golongrl-score gives it the reward that training gave it, and
//
//	id             of the prompt
//	group          STEP.BATCH.PROMPT, equal for the samples of a prompt
//	step, batch    of the request
//	prompt_index   of the request's prompts; sample: of the prompt's samples
//	version        of the policy that sampled
//	response       the text; length: its tokens
//	tokens         as they were sampled; logprobs: as the engine gave them
//	stopped        whether it ended by itself
//	reward         missing if there is none, as is advantage
//	status         of the judgement; error: why there is no score
//	prompt_tokens  what the policy saw, if prompts is set
//
// Floats are as short as they can be to be read back as the same 32 or 64 bits. It
// is an error if r has no response or a log-probability is not finite.
func (r *Rollout) AppendJSON(dst []byte, prompts bool) ([]byte, error) {
	s := &r.Sample
	switch {
	case s.Err != nil:
		return dst, fmt.Errorf("rollouts: prompt %s, sample %d has no response: %w", r.Prompt.ID, s.Index, s.Err)
	case s.LogP != nil && len(s.LogP) != len(s.Tokens):
		return dst, fmt.Errorf("rollouts: prompt %s, sample %d has %d tokens and %d log-probabilities", r.Prompt.ID, s.Index, len(s.Tokens), len(s.LogP))
	}
	dst = append(dst, `{"id":`...)
	dst = append(dst, r.Prompt.ID...)
	dst = append(dst, `,"group":"`...)
	dst = fmt.Appendf(dst, `%d.%d.%d","step":%d,"batch":%d,"prompt_index":%d,"sample":%d,"version":%d`, r.Step, r.Batch, s.Prompt, r.Step, r.Batch, s.Prompt, s.Index, s.Version)
	fields := r.Prompt.Fields
	if fields == "" {
		var err error
		if fields, err = recordFields(&r.Prompt.Record); err != nil {
			return dst, err
		}
	}
	if inner := strings.TrimSuffix(strings.TrimPrefix(fields, "{"), "}"); inner != "" {
		dst = append(append(dst, ','), inner...)
	}
	number := func(name string, v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			dst = append(append(append(dst, `,"`...), name...), `":`...)
			dst = strconv.AppendFloat(dst, v, 'g', -1, 64)
		}
	}
	number("reward", r.Reward)
	number("advantage", r.Advantage)
	dst = fmt.Appendf(dst, `,"status":"%s","stopped":%t,"length":%d,"response":`, r.Result.Status, s.Stopped, len(s.Tokens))
	dst = py.AppendJSONString(dst, s.Text)
	if r.Result.Err != nil {
		dst = py.AppendJSONString(append(dst, `,"error":`...), r.Result.Err.Error())
	}
	dst = appendTokens(append(dst, `,"tokens":`...), s.Tokens)
	if s.LogP != nil {
		dst = append(dst, `,"logprobs":[`...)
		for i, lp := range s.LogP {
			if f := float64(lp); math.IsNaN(f) || math.IsInf(f, 0) {
				return dst, fmt.Errorf("rollouts: prompt %s, sample %d: log-probability %v of token %d cannot be written", r.Prompt.ID, s.Index, lp, i)
			}
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendFloat(dst, float64(lp), 'g', -1, 32)
		}
		dst = append(dst, ']')
	}
	if prompts {
		dst = appendTokens(append(dst, `,"prompt_tokens":`...), r.Prompt.Tokens)
	}
	return append(dst, '}'), nil
}

func appendTokens(dst []byte, tokens []int32) []byte {
	dst = append(dst, '[')
	for i, t := range tokens {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, int64(t), 10)
	}
	return append(dst, ']')
}

// recordFields returns the fields of the simple schema that are read as rec.
func recordFields(rec *scoring.Record) (string, error) {
	dst := []byte{'{'}
	text := func(name, value string) {
		if value == "" {
			return
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = py.AppendJSONString(append(append(append(dst, '"'), name...), `":`...), value)
	}
	text("metric", rec.Metric)
	text("task", rec.Task)
	text("lang", rec.Lang)
	member := func(name string) {
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), name...), `":`...)
	}
	if rec.HasPrefix {
		member("random_string_to_prepend")
		dst = py.AppendJSONString(dst, rec.Prefix)
	}
	if rec.Gold.Exists() {
		gold, err := rec.Gold.MarshalJSON()
		if err != nil {
			return "", err
		}
		member("reference")
		dst = append(dst, gold...)
	}
	return string(append(dst, '}')), nil
}

// A Writer writes files of rollouts that [NewReplay] and golongrl-score read.
type Writer struct {
	// Prompts says that the tokens of prompts are written too, with the first of
	// the samples of a prompt that come together. Without them a recording is
	// replayed to the prompts of its data set alone.
	Prompts bool

	w     io.Writer
	buf   []byte
	group [3]int // step, batch and prompt of the last line
	begun bool
}

// NewWriter returns a writer of lines to w. Every line is one call of w.Write.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes a rollout. One without a response is left out.
func (w *Writer) Write(r *Rollout) error {
	if r.Sample.Err != nil {
		return nil
	}
	group := [3]int{r.Step, r.Batch, r.Sample.Prompt}
	first := !w.begun || group != w.group
	var err error
	if w.buf, err = r.AppendJSON(w.buf[:0], w.Prompts && first); err != nil {
		return err
	}
	w.group, w.begun = group, true
	w.buf = append(w.buf, '\n')
	n, err := w.w.Write(w.buf)
	if err == nil && n < len(w.buf) {
		err = errors.New("rollouts: " + io.ErrShortWrite.Error())
	}
	return err
}
