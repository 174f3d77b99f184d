package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/golongrl/golongrl/mathverify"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/serve/wire"
)

func clone(s string) string { return strings.Clone(s) }

// Call answers a message of package wire and appends the answer, which is one of
// wire.OpError if the call failed. It never panics. The message must not change
// while Call runs; nothing of it is kept.
func (s *Service) Call(ctx context.Context, dst, message []byte) []byte {
	n := len(dst)
	r := wire.NewReader(message)
	op, id := r.Header()
	out, err := s.call(ctx, wire.AppendHeader(dst, op, id), op, r)
	if err == nil && r.Err() != nil {
		err = &wire.Error{Code: wire.CodeBadRequest, Item: -1, Msg: r.Err().Error()}
	}
	if err == nil {
		return out
	}
	var e *wire.Error
	switch {
	case errors.As(err, &e):
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		e = &wire.Error{Code: wire.CodeClosing, Item: -1, Msg: "stopped before the answer was ready: ask again"}
	default:
		e = &wire.Error{Code: wire.CodeInternal, Item: -1, Msg: err.Error()}
	}
	return wire.AppendError(dst[:n], id, e)
}

func (s *Service) call(ctx context.Context, dst []byte, op wire.Op, r *wire.Reader) (_ []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("internal error: %v: please report it", v)
		}
	}()
	if r.Err() != nil {
		return dst, nil
	}
	switch op {
	case wire.OpHello:
		r.Text() // who checks tokens has done so
		r.End()
		hello, err := json.Marshal(map[string]any{"version": Version(), "pid": os.Getpid()})
		return append(dst, hello...), err
	case wire.OpScore:
		return s.callScore(ctx, dst, r)
	case wire.OpVerify:
		return s.callVerify(ctx, dst, r)
	case wire.OpAdvantage:
		return s.callAdvantage(ctx, dst, r)
	case wire.OpRegistry:
		r.End()
		return append(dst, s.RegistryJSON()...), nil
	}
	return dst, &wire.Error{Code: wire.CodeBadRequest, Item: -1, Msg: fmt.Sprintf("operation %d is unknown: the client is newer than this program", op)}
}

func (s *Service) callScore(ctx context.Context, dst []byte, r *wire.Reader) ([]byte, error) {
	var o ScoreOptions
	for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
		switch tag {
		case wire.TagMetric:
			o.Metric = text
		case wire.TagProfile:
			o.Profile = text
		case wire.TagForce:
			o.Force = true
		case wire.TagExplain:
			o.Explain = true
		default:
			unknown(r, tag)
		}
	}
	rows := make([]rollout.Row, r.Count(1))
	for i := range rows {
		readItem(r, &rows[i], i)
	}
	r.End()
	if r.Err() != nil {
		return dst, nil
	}
	results, err := s.Score(ctx, o, rows)
	if err != nil {
		return dst, err
	}
	dst = wire.AppendU32(dst, uint32(len(results)))
	for i := range results {
		dst = appendResult(dst, &results[i], o.Explain)
	}
	return dst, nil
}

func unknown(r *wire.Reader, tag byte) {
	r.Fail("field %q is unknown here: the client is newer than this program", tag)
}

// readItem reads one item. What is wrong with its values is the error of its row;
// what is wrong with the message is the error of r.
func readItem(r *wire.Reader, row *rollout.Row, i int) {
	*row = rollout.Row{Line: i + 1}
	var response, json string
	var hasResponse, hasJSON, hasOther bool
	rec := &row.Record
	for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
		switch tag {
		case wire.TagResponse:
			response, hasResponse = text, true
			continue
		case wire.TagRow:
			json, hasJSON = text, true
			continue
		case wire.TagReference:
			rec.Gold = scoring.Text(text)
			if !valid(text) && row.Err == nil {
				row.Err = fieldError(row, "reference", "not UTF-8")
			}
		case wire.TagJSON:
			gold, err := scoring.JSON(text)
			if err != nil && row.Err == nil {
				row.Err = fieldError(row, "reference", err.Error())
			}
			rec.Gold = gold
		case wire.TagTask:
			rec.Task = clone(text)
		case wire.TagItem:
			rec.Metric = clone(text)
		case wire.TagLang:
			rec.Lang = clone(text)
		case wire.TagLength:
			v, err := wire.F64s(text)
			if err != nil || len(v) != 1 || math.IsNaN(v[0]) || math.IsInf(v[0], 0) {
				row.Err = fieldError(row, "length", "not a finite number")
				break
			}
			rec.Length, rec.HasLength = v[0], true
		case wire.TagPrefix:
			rec.Prefix, rec.HasPrefix = text, true
		default:
			unknown(r, tag)
		}
		hasOther = true
	}
	switch {
	case r.Err() != nil:
		return
	case !hasResponse:
		r.Fail("item %d: no response", i)
	case hasJSON && hasOther:
		r.Fail("item %d: a row and fields beside it: give one of them", i)
	case hasJSON:
		decoded := rollout.Decode(nil, rollout.Line{N: i + 1, Data: []byte(json)}, &rollout.Options{Prompts: true})
		*row = decoded[0]
	}
	if !valid(response) && row.Err == nil {
		row.Err = fieldError(row, "response", "not UTF-8")
	}
	row.Record.Response = response
}

func fieldError(row *rollout.Row, field, msg string) error {
	return &rollout.FieldError{Line: row.Line, Field: field, Msg: msg}
}

// valid reports whether s is UTF-8, lone surrogates of three bytes allowed.
func valid(s string) bool {
	for !utf8.ValidString(s) {
		i := 0
		for i < len(s) {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			i += n
		}
		if len(s)-i < 3 || s[i] != 0xED || s[i+1]&0xE0 != 0xA0 || s[i+2]&0xC0 != 0x80 {
			return false
		}
		s = s[i+3:]
	}
	return true
}

func appendResult(dst []byte, res *scoring.Result, explain bool) []byte {
	dst = wire.AppendF64(dst, res.Value)
	dst = append(dst, byte(res.Status))
	if res.Metric != "" {
		dst = wire.AppendField(dst, wire.TagJudgedBy, res.Metric)
	}
	if res.Task != "" {
		dst = wire.AppendField(dst, wire.TagTaskName, res.Task)
	}
	if res.Err != nil {
		dst = wire.AppendField(dst, wire.TagError, rollout.ErrorText(res.Err))
	}
	if explain {
		detail := append(rollout.AppendDetail([]byte{'{'}, res), '}')
		dst = wire.AppendField(dst, wire.TagDetail, string(detail))
	}
	return append(dst, 0)
}

func (s *Service) callVerify(ctx context.Context, dst []byte, r *wire.Reader) ([]byte, error) {
	var o VerifyOptions
	var err error
	for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
		if tag != wire.TagOptions {
			unknown(r, tag)
			break
		}
		if o, err = ParseVerifyOptions(text); err != nil {
			return dst, err
		}
	}
	pairs := make([]Pair, r.Count(8))
	for i := range pairs {
		pairs[i] = Pair{r.Text(), r.Text()}
	}
	r.End()
	if r.Err() != nil {
		return dst, nil
	}
	verdicts, err := s.Verify(ctx, o, pairs)
	if err != nil {
		return dst, err
	}
	dst = wire.AppendU32(dst, uint32(len(verdicts)))
	for i := range verdicts {
		dst = appendVerdict(dst, &verdicts[i])
	}
	return dst, nil
}

func appendVerdict(dst []byte, v *Verified) []byte {
	verdict := wire.Undecided
	switch v.Report.Verdict {
	case mathverify.Equal:
		verdict = wire.Equal
	case mathverify.Different:
		verdict = wire.Different
	}
	dst = append(dst, verdict)
	if v.Err != nil {
		return append(wire.AppendField(dst, wire.TagError, v.Err.Error()), 0)
	}
	dst = wire.AppendField(dst, wire.TagRule, v.Report.Rule)
	if v.Report.Gold.Status == mathverify.Found {
		dst = wire.AppendField(dst, wire.TagGold, v.Report.Gold.Answer)
	}
	if side := v.Report.Answer; side.Status == mathverify.Found {
		dst = wire.AppendField(dst, wire.TagAnswer, side.Answer)
	} else {
		dst = wire.AppendField(dst, wire.TagNoAnswer, side.Status.String())
	}
	return append(dst, 0)
}

func (s *Service) callAdvantage(ctx context.Context, dst []byte, r *wire.Reader) ([]byte, error) {
	a, err := readBatch(r)
	if err != nil || r.Err() != nil {
		return dst, err
	}
	values, name, err := s.Advantage(ctx, a)
	if err != nil {
		return dst, err
	}
	dst = wire.AppendField(dst, wire.TagEstimator, name)
	dst = wire.AppendF64s(dst, wire.TagValues, values)
	return append(dst, 0), nil
}

func readBatch(r *wire.Reader) (*Advantages, error) {
	var a Advantages
	var tasks []uint32
	var names []string
	for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
		var err error
		switch tag {
		case wire.TagEstimator:
			a.Estimator = text
		case wire.TagRewards:
			a.Rewards, err = wire.F64s(text)
		case wire.TagGroups:
			a.Groups, err = wire.U32s(text)
		case wire.TagTasks:
			tasks, err = wire.U32s(text)
		case wire.TagNames:
			for list := wire.NewReader([]byte(text)); list.Len() > 0 && err == nil; {
				names = append(names, list.Text())
				err = list.Err()
			}
		case wire.TagLengths:
			var v []uint32
			v, err = wire.U32s(text)
			a.Lengths = make([]int, len(v))
			for i, n := range v {
				a.Lengths[i] = int(n)
			}
		case wire.TagBaselines:
			a.Baselines, err = wire.F64s(text)
		case wire.TagComponent:
			part := wire.NewReader([]byte(text))
			name := part.Text()
			var v []float64
			if err = part.Err(); err == nil {
				v, err = wire.F64s(text[len(text)-part.Len():])
			}
			a.Names, a.Components = append(a.Names, name), append(a.Components, v)
		default:
			unknown(r, tag)
		}
		if err != nil {
			return nil, &wire.Error{Code: wire.CodeBadRequest, Item: -1, Msg: "field " + strconv.QuoteRune(rune(tag)) + ": " + err.Error()}
		}
	}
	r.End()
	if tasks != nil {
		a.Tasks = make([]string, len(tasks))
		for i, t := range tasks {
			if int(t) >= len(names) {
				return nil, &wire.Error{Code: wire.CodeBadItem, Item: i, Msg: fmt.Sprintf("task: number %d of %d names", t, len(names))}
			}
			a.Tasks[i] = names[t]
		}
	}
	return &a, nil
}
