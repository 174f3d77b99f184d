package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/golongrl/golongrl/advantage/loss"
	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/internal/spelling"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// lossReader evaluates lines of the loss command. Its memory is used again from
// line to line.
type lossReader struct {
	batch         loss.Batch
	columns       [7][]float64
	grad, weights []float64
	line          int
}

func (r *lossReader) bad(field, format string, args ...any) error {
	return &rollout.FieldError{Line: r.line, Field: field, Msg: fmt.Sprintf(format, args...)}
}

// evaluate appends the result of a line.
func (r *lossReader) evaluate(dst []byte, l *rollout.Line) ([]byte, error) {
	if l.Err != nil {
		return dst, l.Err
	}
	r.line = l.N
	src := unsafe.String(unsafe.SliceData(l.Data), len(l.Data))
	v, err := py.Parse(src)
	if err != nil || v.Kind() != py.Dict || !utf8.Valid(l.Data) {
		// The reader of rollouts knows how to say what is wrong.
		return dst, rollout.Decode(nil, *l, nil)[0].Err
	}
	if err := r.keys(src, v); err != nil {
		return dst, err
	}
	c, err := r.config(v)
	if err != nil {
		return dst, err
	}
	if err := r.tokens(v, c.Rollout != loss.Correction{}); err != nil {
		return dst, err
	}
	b := &r.batch
	r.grad = resized(r.grad, b.Tokens())
	r.weights = resized(r.weights, b.Tokens())
	res, err := c.Eval(r.grad, r.weights, b)
	if err != nil {
		var t *loss.TokenError
		if errors.As(err, &t) {
			return dst, r.bad(fmt.Sprintf("%s[%d][%d]", t.Field, t.Sequence, t.Token), "%s", t.Msg)
		}
		field := "config"
		for _, lack := range []struct {
			err   error
			field string
		}{{loss.ErrNoEntropy, "entropy, entropy_old"}, {loss.ErrNoBonus, "entropy"}, {loss.ErrNoReference, "logp_ref"}, {loss.ErrNoGroups, "groups"}} {
			if err == lack.err {
				field = lack.field
			}
		}
		return dst, r.bad(field, "%s", strings.TrimPrefix(err.Error(), "loss: "))
	}
	number := func(key string, x float64) {
		dst = append(append(append(dst, `,"`...), key...), `":`...)
		dst = rollout.AppendNumber(dst, x)
	}
	dst = rollout.AppendNumber(append(dst, `{"loss":`...), res.Loss)
	dst = r.appendRows(append(dst, `,"grad_logp":`...), r.grad)
	dst = r.appendRows(append(dst, `,"is_weights":`...), r.weights)
	number("frac_clipped", res.Clipped)
	number("frac_clipped_lower", res.ClippedLower)
	number("n_tokens", float64(res.Tokens))
	if b.LogPRef != nil {
		number("kl", res.KL)
	}
	if b.Entropy != nil {
		number("entropy", res.Entropy)
	}
	return append(dst, '}', '\n'), nil
}

// keys refuses what would be ignored though it was meant to count: keys that come
// twice, and settings outside config. Other fields may stand there.
func (r *lossReader) keys(src string, v py.Value) error {
	if key, twice := repeated(src, v); twice {
		return r.bad(printable(key, 60), "given twice: give it once")
	}
	if cfg, _ := v.Get("config"); cfg.Kind() == py.Dict {
		if key, twice := repeated(objectOf(src, "config"), cfg); twice {
			return r.bad("config."+printable(key, 60), "given twice: give it once")
		}
	}
	for _, p := range v.Pairs() {
		switch {
		case p.Key == "rollout_is" || strings.HasPrefix(p.Key, "clip_"):
			return r.bad(printable(p.Key, 60), "belongs into config")
		case p.Key != "config" && spelling.DidYouMean(p.Key, []string{"config"}) != "":
			return r.bad(printable(p.Key, 60), "unknown field, did you mean config?")
		}
	}
	return nil
}

func resized(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}

// appendRows appends the values of tokens, a list per sequence.
func (r *lossReader) appendRows(dst []byte, x []float64) []byte {
	dst = append(dst, '[')
	for s := range r.batch.Sequences() {
		if s > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		for t := r.batch.Start[s]; t < r.batch.Start[s+1]; t++ {
			if t > r.batch.Start[s] {
				dst = append(dst, ',')
			}
			dst = rollout.AppendNumber(dst, x[t])
		}
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

// tokens reads the values of tokens into the batch.
func (r *lossReader) tokens(v py.Value, corrected bool) error {
	b := &r.batch
	*b = loss.Batch{Start: append(b.Start[:0], 0), Mask: b.Mask[:0]}
	logp, err := r.list(v, "logp")
	if err != nil {
		return err
	}
	b.LogP = r.columns[0][:0]
	for s, row := range logp.Items() {
		if b.LogP, err = r.row(b.LogP, "logp", s, row, -1); err != nil {
			return err
		}
		b.Start = append(b.Start, len(b.LogP))
	}
	r.columns[0] = b.LogP
	for i, c := range []struct {
		name string
		to   *[]float64
		need bool
	}{
		{"logp_old", &b.LogPOld, true}, {"advantages", &b.Advantages, true}, {"logp_rollout", &b.LogPRollout, corrected},
		{"logp_ref", &b.LogPRef, false}, {"entropy", &b.Entropy, false}, {"entropy_old", &b.EntropyOld, false},
	} {
		if given, _ := v.Get(c.name); !c.need && (!given.Exists() || given.Kind() == py.Null) {
			continue
		}
		if r.columns[i+1], err = r.column(r.columns[i+1][:0], v, c.name); err != nil {
			return err
		}
		if *c.to = r.columns[i+1]; *c.to == nil {
			*c.to = []float64{} // of no tokens
		}
	}
	if err := r.mask(v); err != nil {
		return err
	}
	return r.groups(v)
}

// list is a field that must be a list of rows, one per sequence.
func (r *lossReader) list(v py.Value, field string) (py.Value, error) {
	x, ok := v.Get(field)
	switch {
	case !ok:
		return x, r.bad(field, "missing: give a list of rows, one per sequence")
	case x.Kind() != py.List:
		return x, r.bad(field, "%s: give a list of rows, one per sequence", x.Kind().InJSON())
	case field != "logp" && x.Len() != r.batch.Sequences():
		return x, r.bad(field, "has %s, but logp has %s: give one per sequence", count(int64(x.Len()), "row"), count(int64(r.batch.Sequences()), "row"))
	}
	return x, nil
}

// rowOf is the items of a row, which must be n; -1 is any number.
func (r *lossReader) rowOf(field string, s int, row py.Value, n int) ([]py.Value, error) {
	name := fmt.Sprintf("%s[%d]", field, s)
	if row.Kind() != py.List {
		return nil, r.bad(name, "%s: give a list, the values of the tokens of a sequence", row.Kind().InJSON())
	}
	if items := row.Items(); n < 0 || len(items) == n {
		return items, nil
	}
	return nil, r.bad(name, "has %s, but logp[%d] has %s: rows of a sequence are equally long", count(int64(row.Len()), "token"), s, count(int64(n), "token"))
}

// row appends a row of n numbers.
func (r *lossReader) row(dst []float64, field string, s int, row py.Value, n int) ([]float64, error) {
	items, err := r.rowOf(field, s, row, n)
	if err != nil {
		return dst, err
	}
	for t, item := range items {
		x, err := r.finite(item, func() string { return fmt.Sprintf("%s[%d][%d]", field, s, t) })
		if err != nil {
			return dst, err
		}
		dst = append(dst, x)
	}
	return dst, nil
}

// finite is a number that is finite.
func (r *lossReader) finite(v py.Value, field func() string) (float64, error) {
	if k := v.Kind(); k != py.Int && k != py.Float {
		return 0, r.bad(field(), "%s: give a number", v.Kind().InJSON())
	}
	x := v.Float()
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, r.bad(field(), "%s is no finite number: give one; write 0 for a token that has none, and mask it", printable(v.Raw(), 40))
	}
	return x, nil
}

// column reads a field with one number per token. Advantages may have one per
// sequence.
func (r *lossReader) column(dst []float64, v py.Value, field string) ([]float64, error) {
	rows, err := r.list(v, field)
	if err != nil {
		return dst, err
	}
	for s, row := range rows.Items() {
		n := r.batch.Start[s+1] - r.batch.Start[s]
		if k := row.Kind(); field == "advantages" && (k == py.Int || k == py.Float) {
			x, err := r.finite(row, func() string { return fmt.Sprintf("%s[%d]", field, s) })
			if err != nil {
				return dst, err
			}
			for range n {
				dst = append(dst, x)
			}
			continue
		}
		if dst, err = r.row(dst, field, s, row, n); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func (r *lossReader) mask(v py.Value) error {
	rows, err := r.list(v, "mask")
	if err != nil {
		return err
	}
	b := &r.batch
	for s, row := range rows.Items() {
		items, err := r.rowOf("mask", s, row, b.Start[s+1]-b.Start[s])
		if err != nil {
			return err
		}
		for t, item := range items {
			on := item.Bool()
			if item.Kind() != py.Bool {
				x := item.Float()
				if k := item.Kind(); k != py.Int && k != py.Float || x != 0 && x != 1 {
					return r.bad(fmt.Sprintf("mask[%d][%d]", s, t), "%s: give 0 or 1, or a bool", printable(item.Raw(), 40))
				}
				on = x == 1
			}
			b.Mask = append(b.Mask, on)
		}
	}
	return nil
}

// groups reads the numbers of sequences of the groups.
func (r *lossReader) groups(v py.Value) error {
	list, ok := v.Get("groups")
	if !ok || list.Kind() == py.Null {
		return nil
	}
	if list.Kind() != py.List {
		return r.bad("groups", "%s: give a list, the number of sequences of every group", list.Kind().InJSON())
	}
	sum := 0
	for i, item := range list.Items() {
		n, err := strconv.Atoi(item.IntText())
		if err != nil || n < 1 || n > r.batch.Sequences() {
			return r.bad(fmt.Sprintf("groups[%d]", i), "%s: give the number of sequences of the group, at least 1 and at most all", printable(item.Raw(), 40))
		}
		sum += n
		r.batch.Groups = append(r.batch.Groups, n)
	}
	if sum != r.batch.Sequences() {
		return r.bad("groups", "add up to %s, but there are %d", count(int64(sum), "sequence"), r.batch.Sequences())
	}
	return nil
}

var configKeys = []string{"clip_low", "clip_high", "clip_c", "rollout_is", "loss", "aggregation", "kl", "kl_coef", "entropy_coef"}

// config reads what the loss is.
func (r *lossReader) config(v py.Value) (c loss.Config, err error) {
	ppo := loss.MustParseSurrogate("ppo").(loss.PPO)
	c.Surrogate = ppo
	cfg, ok := v.Get("config")
	if !ok || cfg.Kind() == py.Null {
		return c, nil
	}
	if cfg.Kind() != py.Dict {
		return c, r.bad("config", "%s: give an object", cfg.Kind().InJSON())
	}
	clips, named := "", false
	for _, p := range cfg.Pairs() {
		field := "config." + p.Key
		switch p.Key {
		case "clip_low":
			clips, err = field, r.bound(&ppo.ClipLow, p.Val, field, "0")
		case "clip_high":
			clips, err = field, r.bound(&ppo.ClipHigh, p.Val, field, "0")
		case "clip_c":
			clips, err = field, r.bound(&ppo.ClipC, p.Val, field, "0, which is no dual clip,")
			if err == nil && ppo.ClipC > 0 && ppo.ClipC <= 1 {
				err = r.bad(field, "%v: give a number above 1, or 0 for no dual clip", ppo.ClipC)
			}
		case "rollout_is":
			c.Rollout, err = r.correction(p.Val)
		case "loss":
			named = p.Val.Kind() != py.Null
			err = r.spelled(p.Val, field, func(s string) (err error) {
				c.Surrogate, err = loss.ParseSurrogate(s)
				return err
			})
		case "aggregation":
			err = r.spelled(p.Val, field, func(s string) (err error) {
				c.Aggregation, err = loss.ParseAggregation(s)
				return err
			})
		case "kl":
			err = r.spelled(p.Val, field, func(s string) (err error) {
				c.KL.Kind, err = loss.ParseKLKind(s)
				return err
			})
		case "kl_coef":
			c.KL.Coef, err = r.finite(p.Val, func() string { return field })
		case "entropy_coef":
			c.EntropyCoef, err = r.finite(p.Val, func() string { return field })
		default:
			err = r.bad("config", "has no key %s%s; it has %s", quoted(p.Key), spelling.DidYouMean(p.Key, configKeys), strings.Join(configKeys, " "))
		}
		if err != nil {
			return c, err
		}
	}
	if !named {
		c.Surrogate = ppo
	} else if clips != "" {
		return c, r.bad(clips, "given beside config.loss: write it into the spelling of the loss")
	}
	return c, nil
}

// bound reads a number from 0 on.
func (r *lossReader) bound(to *float64, v py.Value, field, least string) error {
	x, err := r.finite(v, func() string { return field })
	if err == nil && x < 0 {
		err = r.bad(field, "%v: give a number from %s on", x, least)
	}
	*to = x + 0 // -0 is 0
	return err
}

// spelled reads a string that parse understands; null is the default.
func (r *lossReader) spelled(v py.Value, field string, parse func(string) error) error {
	switch v.Kind() {
	case py.Null:
		return nil
	case py.String:
		if err := parse(v.Str()); err != nil {
			return r.bad(field, "%s", strings.TrimPrefix(err.Error(), "loss: "))
		}
		return nil
	}
	return r.bad(field, "%s: give a string", v.Kind().InJSON())
}

// correction reads rollout_is.
func (r *lossReader) correction(v py.Value) (c loss.Correction, err error) {
	const field = "config.rollout_is"
	if v.Kind() != py.Dict {
		if v.Kind() != py.Null && v.Kind() != py.String {
			return c, r.bad(field, "%s: give null or an object with lower, upper and veto", v.Kind().InJSON())
		}
		err = r.spelled(v, field, func(s string) (err error) {
			c, err = loss.ParseCorrection(s)
			return err
		})
		return c, err
	}
	c.Form = loss.FormIcePop
	keys := []string{"lower", "upper", "veto"}
	for _, p := range v.Pairs() {
		var to *float64
		switch p.Key {
		case "lower":
			to = &c.Lower
		case "upper":
			to = &c.Upper
		case "veto":
			to = &c.Veto
		default:
			return c, r.bad(field, "has no key %s%s; it has %s", quoted(p.Key), spelling.DidYouMean(p.Key, keys), strings.Join(keys, " "))
		}
		if p.Val.Kind() == py.Null {
			continue // no bound
		}
		if err := r.bound(to, p.Val, field+"."+p.Key, "0"); err != nil {
			return c, err
		}
		if p.Key == "upper" && *to == 0 {
			return c, r.bad(field+".upper", "0: give a number above 0, or null for no bound")
		}
	}
	if c.Upper != 0 && c.Lower > c.Upper {
		return c, r.bad(field, "the lower bound %v is above the upper bound %v", c.Lower, c.Upper)
	}
	return c, nil
}
