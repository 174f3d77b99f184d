package rollouts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/trainer/internal/rowfile"
)

// An Encoder makes tokens of text. Special tokens that stand in the text are
// tokens; none is added.
type Encoder interface{ Encode(text string) []int32 }

// ReplayOptions say how recorded rollouts are read.
type ReplayOptions struct {
	// Encoder, if it is set, makes tokens of texts where a row has none: of response
	// and of prompt, if that is a text. Such a sample has no log-probabilities; the
	// policy's own stand in for them, so that no mismatch can be corrected. Without
	// an Encoder a row without tokens is an error.
	Encoder Encoder

	// Stop, with Encoder, ends responses that are encoded: its first token is
	// appended unless the row says "stopped": false.
	Stop []int32

	// Vocab is the size of the policy's vocabulary.
	Vocab int

	// Layout names fields of another layout; see [rollout.Options].
	Layout rollout.Layout

	// NeedsReference is as in [rollout.Options].
	NeedsReference func(*scoring.Record) bool

	// Lost says that what is missing of a recorded step had failed when it was
	// recorded: it comes with Sample.Err, and samples keep their numbers. Only
	// recordings of the request's own step and batch are looked at. Responses
	// without tokens are taken for what they are, and are no error.
	Lost bool
}

// A Replay is a source of recorded rollouts.
//
// Rows with the same group are samples of one prompt. What Generate returns for a
// prompt is recorded under the prompt's id: the group of the request's step and
// batch if there is one, else the groups of that id in turn, step by step. A prompt
// that is not recorded, or with fewer samples than are asked for, is an error; of
// more samples the first count.
type Replay struct {
	path    string
	lost    bool
	groups  []*group
	byID    map[string][]*group
	prompts []*Prompt
}

type group struct {
	prompt  *Prompt
	step    int // -1: not recorded
	batch   int
	place   int // among the request's prompts, -1: not recorded
	samples []Sample
	lines   []int
}

// NewReplay reads recorded rollouts, as [Writer] writes them, from JSON Lines,
// plain or packed with gzip or zstd, or from Parquet. A row is one of
// scoring/rollout with
//
//	tokens         the response, as token ids
//	logprobs       their log-probabilities, by the engine that sampled them
//	prompt_tokens  what the policy saw; needed only for [Replay.Prompts]
//	stopped        whether it ended by itself; missing: true
//	step, batch, prompt_index, sample, version   of the request; may be missing
//
// Everything is held in memory. Errors name file, line and field.
func NewReplay(path string, o ReplayOptions) (*Replay, error) {
	if o.Vocab < 1 {
		panic("rollouts: NewReplay needs the size of the vocabulary")
	}
	r := &Replay{path: path, lost: o.Lost, byID: map[string][]*group{}}
	rr := replayReader{o: o, r: r, byKey: map[string]*group{}}
	rr.rows = rollout.Options{Layout: o.Layout, NeedsReference: o.NeedsReference}
	for line := range rowfile.Lines(path, 0) {
		if err := rr.line(line); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if len(r.groups) == 0 {
		return nil, fmt.Errorf("%s: no rollouts: give a file with rows", path)
	}
	for _, g := range r.groups {
		if err := g.order(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		r.byID[g.prompt.ID] = append(r.byID[g.prompt.ID], g)
	}
	return r, nil
}

type replayReader struct {
	o     ReplayOptions
	rows  rollout.Options
	r     *Replay
	byKey map[string]*group
}

func (rr *replayReader) line(line rollout.Line) error {
	for _, row := range rollout.Decode(nil, line, &rr.rows) {
		if row.Err != nil {
			return row.Err
		}
		v, err := py.Parse(string(line.Data))
		if err != nil {
			return err // Decode has read it, so there is none
		}
		f := fields{v: v, line: row.Line, vocab: rr.o.Vocab}
		rr.row(&f, &row)
		if f.err != nil {
			return f.err
		}
	}
	return nil
}

// row adds a row to its group.
func (rr *replayReader) row(f *fields, row *rollout.Row) {
	g := rr.byKey[row.Group]
	prompt := f.tokens("prompt_tokens", false)
	if g == nil {
		rec := row.Record
		rec.Response, rec.Length, rec.HasLength = "", 0, false
		g = &group{
			prompt: &Prompt{Index: len(rr.r.groups), ID: row.ID, Tokens: prompt, Task: row.TaskKey, Record: rec},
			step:   f.int("step", -1), batch: f.int("batch", -1), place: f.int("prompt_index", -1),
		}
		if text, _ := f.v.Get("prompt"); text.Kind() == py.String {
			g.prompt.Text = strings.Clone(text.Str())
			if rr.o.Encoder != nil && prompt == nil {
				g.prompt.Tokens = rr.o.Encoder.Encode(g.prompt.Text)
			}
		}
		rr.byKey[row.Group] = g
		rr.r.groups = append(rr.r.groups, g)
	}
	switch {
	case g.prompt.ID != row.ID:
		f.fail("id", fmt.Sprintf("%s, but the group %s has samples of %s: a group has one prompt", row.ID, row.Group, g.prompt.ID))
	case prompt != nil && g.prompt.Tokens == nil: // the lines come in another order
		g.prompt.Tokens = prompt
	case prompt != nil && !slices.Equal(prompt, g.prompt.Tokens):
		f.fail("prompt_tokens", "not those of the group's other samples: a group has one prompt")
	}
	s := Sample{Text: strings.Clone(row.Record.Response), Stopped: f.bool("stopped", true), Version: f.int("version", 0)}
	// Without a number, the place among the samples.
	s.Index = f.int("sample", len(g.samples))
	if row.Sample > 0 || f.has("responses") {
		s.Index = row.Sample
	}
	s.Tokens = f.tokens("tokens", rr.o.Lost)
	switch {
	case s.Tokens != nil && row.Sample > 0:
		f.fail("tokens", "given beside several responses: write one row per response")
	case s.Tokens != nil:
		s.LogP = f.logprobs("logprobs", len(s.Tokens))
	case rr.o.Encoder == nil:
		f.fail("tokens", "missing: give the token ids that were sampled, or let the text be encoded (tokenize), without the engine's log-probabilities")
	default:
		s.Tokens = slices.Clone(rr.o.Encoder.Encode(s.Text))
		if s.Stopped && len(rr.o.Stop) > 0 {
			s.Tokens = append(s.Tokens, rr.o.Stop[0])
		}
		if len(s.Tokens) == 0 {
			f.fail("response", "empty: there are no tokens to learn from; take the row out")
		}
	}
	g.samples, g.lines = append(g.samples, s), append(g.lines, row.Line)
}

// order puts samples in the order of their numbers.
func (g *group) order() error {
	byIndex := make([]int, len(g.samples))
	for i := range byIndex {
		byIndex[i] = i
	}
	slices.SortStableFunc(byIndex, func(a, b int) int { return g.samples[a].Index - g.samples[b].Index })
	samples := make([]Sample, len(byIndex))
	for i, at := range byIndex {
		samples[i] = g.samples[at]
		if i > 0 && samples[i].Index == samples[i-1].Index {
			return &rollout.FieldError{Line: g.lines[at], Field: "sample", Msg: fmt.Sprintf("%d, as in line %d of the same group: number the samples of a prompt, and give each generation a group of its own", samples[i].Index, g.lines[byIndex[i-1]])}
		}
	}
	g.samples = samples
	return nil
}

// Prompts returns the recorded prompts, one per group, as a data set for which the
// replay is the source. It is an error if the recording does not say what the
// policy saw.
func (r *Replay) Prompts() ([]*Prompt, error) {
	if r.prompts == nil {
		for _, g := range r.groups {
			if len(g.prompt.Tokens) == 0 {
				return nil, fmt.Errorf("%s: line %d: prompt_tokens: missing: record them, or take the prompts from their data set", r.path, g.lines[0])
			}
			r.prompts = append(r.prompts, g.prompt)
		}
	}
	return r.prompts, nil
}

// Samples returns how many samples every prompt has at least.
func (r *Replay) Samples() int {
	n := math.MaxInt
	for _, g := range r.groups {
		n = min(n, len(g.samples))
	}
	return n
}

// Generate returns what was recorded.
func (r *Replay) Generate(ctx context.Context, req *Request, done func(Sample)) error {
	if err := req.check(0); err != nil {
		return err
	}
	found := make([]*group, len(req.Prompts))
	var errs []error
	for i, p := range req.Prompts {
		g, err := r.find(req, i, p)
		if err == nil && g != nil && len(g.prompt.Tokens) > 0 && !slices.Equal(g.prompt.Tokens, p.Tokens) {
			err = fmt.Errorf("%s: prompt %s was recorded with other tokens: use the same chat template and tokenizer", r.path, p.ID)
		}
		if err == nil && !r.lost && len(g.samples) < req.N {
			err = fmt.Errorf("%s: line %d: prompt %s has %d recorded samples where %d are asked for: lower n", r.path, g.lines[0], p.ID, len(g.samples), req.N)
		}
		if err != nil {
			if errs = append(errs, err); len(errs) == 5 {
				break
			}
		}
		found[i] = g
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for i, g := range found {
		if err := ctx.Err(); err != nil {
			return err
		}
		for j := range req.N {
			var s Sample
			if r.lost {
				s = g.numbered(j)
			} else {
				s = g.samples[j]
			}
			s.Prompt, s.Index = i, j
			done(s)
		}
	}
	return nil
}

var errLost = errors.New("rollouts: not recorded: it had failed")

// numbered returns the sample of a number, or one that says that it was lost.
func (g *group) numbered(n int) Sample {
	if g != nil {
		for _, s := range g.samples {
			if s.Index == n {
				return s
			}
		}
	}
	return Sample{Err: errLost}
}

// find returns the group of a prompt; nil if it may be lost.
func (r *Replay) find(req *Request, place int, p *Prompt) (*group, error) {
	if p.Index >= 0 && p.Index < len(r.groups) && r.groups[p.Index].prompt == p {
		return r.groups[p.Index], nil
	}
	gs := r.byID[p.ID]
	if r.lost {
		for _, g := range gs {
			if g.step == req.Step && g.batch == req.Batch && g.place == place {
				return g, nil
			}
		}
		return nil, nil
	}
	if len(gs) == 0 {
		return nil, fmt.Errorf("%s: prompt %s is not recorded: replay to the data that it was recorded from", r.path, p.ID)
	}
	var same *group
	for _, g := range gs {
		if g.step == req.Step && g.batch == req.Batch {
			if g.place == place {
				return g, nil
			}
			if same == nil {
				same = g
			}
		}
	}
	if same != nil {
		return same, nil
	}
	return gs[max(req.Step, 0)%len(gs)], nil
}

// Publish does nothing: what is recorded stays off-policy.
func (r *Replay) Publish(context.Context, int, func(string) error) error { return nil }

// String returns "replay of" and the file.
func (r *Replay) String() string { return "replay of " + r.path }

// fields reads what scoring/rollout does not know of. The first error counts.
type fields struct {
	v     py.Value
	line  int
	vocab int
	err   error
}

func (f *fields) fail(field, msg string) {
	if f.err == nil {
		f.err = &rollout.FieldError{Line: f.line, Field: field, Msg: msg}
	}
}

// get returns a field that is there and not null.
func (f *fields) get(name string) (py.Value, bool) {
	v, ok := f.v.Get(name)
	return v, ok && v.Kind() != py.Null
}

func (f *fields) has(name string) bool {
	_, ok := f.get(name)
	return ok
}

func (f *fields) bool(name string, missing bool) bool {
	v, ok := f.get(name)
	if !ok {
		return missing
	}
	if v.Kind() != py.Bool {
		f.fail(name, v.Kind().InJSON()+": give true or false")
	}
	return v.Bool()
}

func (f *fields) int(name string, missing int) int {
	v, ok := f.get(name)
	if !ok {
		return missing
	}
	n, err := strconv.ParseInt(v.Raw(), 10, 32)
	if v.Kind() != py.Int || err != nil || n < 0 {
		f.fail(name, "give a whole number from 0 to 2147483647")
	}
	return int(n)
}

func (f *fields) list(name string) []py.Value {
	v, ok := f.get(name)
	if ok && v.Kind() != py.List {
		f.fail(name, v.Kind().InJSON()+": give a list")
		return nil
	}
	return v.Items()
}

// tokens returns nil if the field is not there.
func (f *fields) tokens(name string, empty bool) []int32 {
	if !f.has(name) {
		return nil
	}
	list := f.list(name)
	if len(list) == 0 && !empty {
		f.fail(name, "an empty list: give at least one token, or take the row out")
		return nil
	}
	out := make([]int32, len(list))
	for i, v := range list {
		n, err := strconv.ParseInt(v.Raw(), 10, 32)
		if v.Kind() != py.Int || err != nil || n < 0 || n >= int64(f.vocab) {
			f.fail(fmt.Sprintf("%s[%d]", name, i), fmt.Sprintf("%s: give a token id from 0 to %d, the end of the policy's vocabulary", shown(v), f.vocab-1))
			return nil
		}
		out[i] = int32(n)
	}
	return out
}

// logprobs returns n log-probabilities, or nil if there are none.
func (f *fields) logprobs(name string, n int) []float32 {
	if !f.has(name) {
		return nil
	}
	list := f.list(name)
	if f.err == nil && len(list) != n {
		f.fail(name, fmt.Sprintf("%d of them for %d tokens: give one per token", len(list), n))
	}
	if f.err != nil {
		return nil
	}
	out := make([]float32, n)
	for i, v := range list {
		// As 32 bits at once: by way of 64 they could be rounded twice.
		lp, err := strconv.ParseFloat(v.Raw(), 32)
		if v.Kind() != py.Float && v.Kind() != py.Int || err != nil || !(lp < 1e-3) || math.IsInf(lp, 0) {
			f.fail(fmt.Sprintf("%s[%d]", name, i), shown(v)+": give a log-probability, which is finite and at most 0")
			return nil
		}
		out[i] = float32(lp)
	}
	return out
}

// shown is a value for an error, a number as it stands there.
func shown(v py.Value) string {
	if raw := v.Raw(); (v.Kind() == py.Int || v.Kind() == py.Float) && len(raw) < 40 {
		return raw
	}
	return v.Kind().InJSON()
}
