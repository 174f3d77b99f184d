package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/golongrl/golongrl/mathverify"
	"github.com/golongrl/golongrl/serve/wire"
)

// VerifyOptions are the options of one call to verify, with their names in JSON.
// The zero value is the strict preset; see [mathverify.Options].
type VerifyOptions struct {
	Preset        string  `json:"preset,omitempty"`
	RelTol        float64 `json:"rel_tol,omitempty"`
	LogBase       string  `json:"log_base,omitempty"` // any, e or 10
	DecimalComma  bool    `json:"decimal_comma,omitempty"`
	IgnoreUnits   bool    `json:"ignore_units,omitempty"`
	IgnorePercent bool    `json:"ignore_percent,omitempty"`
	FoldCase      bool    `json:"fold_case,omitempty"`
	OrderedLists  bool    `json:"ordered_lists,omitempty"`
	TupleAsSet    bool    `json:"tuple_as_set,omitempty"`
	AnyValue      bool    `json:"any_value,omitempty"`
}

// ParseVerifyOptions reads options from a JSON object; "" has none. Names that
// there are not are errors.
func ParseVerifyOptions(text string) (VerifyOptions, error) {
	var o VerifyOptions
	if strings.TrimSpace(text) == "" {
		return o, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return o, bad("options: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return o, bad("options: text behind the object")
	}
	return o, nil
}

// Rules returns the rules that o means. The error is a *wire.Error.
func (o VerifyOptions) Rules() (mathverify.Options, error) {
	m := mathverify.Options{
		RelTol: o.RelTol, DecimalComma: o.DecimalComma, IgnoreUnits: o.IgnoreUnits, IgnorePercent: o.IgnorePercent,
		FoldCase: o.FoldCase, OrderedLists: o.OrderedLists, TupleAsSet: o.TupleAsSet, AnyValue: o.AnyValue,
	}
	if o.Preset != "" {
		p, err := mathverify.ParsePreset(o.Preset)
		if err != nil {
			return m, bad("preset %q: use one of %s", o.Preset, strings.Join(mathverify.Presets(), ", "))
		}
		m.Preset = p
	}
	switch o.LogBase {
	case "", "any":
	case "e":
		m.LogBase = mathverify.BaseE
	case "10":
		m.LogBase = mathverify.Base10
	default:
		return m, bad("log_base %q: use any, e or 10", o.LogBase)
	}
	if err := m.Validate(); err != nil {
		return m, bad("%s", strings.TrimPrefix(err.Error(), "mathverify: "))
	}
	return m, nil
}

// A Pair is a response and the gold answer to compare it with.
type Pair struct{ Gold, Response string }

// Verify compares pairs, in order. A verdict that a defect of the comparison
// made impossible has an Err. The error is a *wire.Error if the options or a pair
// are wrong, or that of ctx.
func (s *Service) Verify(ctx context.Context, o VerifyOptions, pairs []Pair) ([]Verified, error) {
	rules, err := o.Rules()
	if err != nil {
		return nil, err
	}
	out := make([]Verified, len(pairs))
	return out, s.verify(ctx, rules, pairs, out, 0)
}

// verify fills the start of out. Errors name pair i first+i.
func (s *Service) verify(ctx context.Context, rules mathverify.Options, pairs []Pair, out []Verified, first int) error {
	for i, p := range pairs {
		msg := ""
		switch {
		case strings.TrimSpace(p.Gold) == "":
			msg = "gold is blank: give the answer to compare with"
		case !valid(p.Gold):
			msg = "gold: " + notUTF8
		case !valid(p.Response):
			msg = "response: " + notUTF8
		default:
			continue
		}
		return &wire.Error{Code: wire.CodeBadItem, Item: first + i, Msg: msg}
	}
	// A verdict costs far more than its text is long.
	size := func(i int) int { return 1<<12 + len(pairs[i].Response) }
	return s.each(ctx, len(pairs), size, func(i int) { out[i] = check(ctx, rules, pairs[i]) })
}

// A Verified is a report, or why there is none.
type Verified struct {
	Report mathverify.Report
	Err    error
}

func check(ctx context.Context, rules mathverify.Options, p Pair) (v Verified) {
	defer func() {
		if x := recover(); x != nil {
			v = Verified{Err: fmt.Errorf("internal error: %v: please report it with this pair", x)}
		}
	}()
	v.Report, v.Err = rules.Check(ctx, p.Gold, p.Response)
	return v
}

// statusName is the name of st in answers: found, no_answer or bad_answer, the
// last two as the statuses of scores.
func statusName(st mathverify.Status) string { return strings.ReplaceAll(st.String(), " ", "_") }
