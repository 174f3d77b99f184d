package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/mathverify"
	"github.com/golongrl/golongrl/serve/wire"
)

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
	text := *e
	text.Msg = strings.ToValidUTF8(e.Msg, "\uFFFD") // it may quote the message
	return wire.AppendError(dst[:n], id, &text)
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
		if r.Len() > 0 {
			r.Text() // a token: who checks tokens has done so
		}
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
	rules, err := o.Rules()
	if err != nil {
		return dst, err
	}
	n := r.Count(2 * 4)
	start := len(dst)
	dst = wire.AppendU32(dst, uint32(n))
	pairs := make([]Pair, min(n, block))
	verdicts := make([]Verified, len(pairs))
	for done := 0; done < n; done += len(pairs) {
		pairs = pairs[:min(n-done, len(pairs))]
		for i := range pairs {
			pairs[i] = Pair{r.Text(), r.Text()}
		}
		if r.Err() != nil {
			return dst, nil
		}
		if err := s.verify(ctx, rules, pairs, verdicts, done); err != nil {
			return dst, err
		}
		for i := range pairs {
			dst = appendVerdict(dst, &verdicts[i])
		}
		if len(dst)-start > s.largest {
			return dst, s.tooLarge()
		}
	}
	r.End()
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
		dst = wire.AppendField(dst, wire.TagNoAnswer, statusName(side.Status))
	}
	return append(dst, 0)
}

func (s *Service) callAdvantage(ctx context.Context, dst []byte, r *wire.Reader) ([]byte, error) {
	a, err := readBatch(r)
	if r.Err() != nil || err != nil {
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
	if tasks != nil && r.Err() == nil {
		a.Tasks = make([]string, len(tasks))
		for i, t := range tasks {
			if int64(t) >= int64(len(names)) {
				return nil, &wire.Error{Code: wire.CodeBadItem, Item: i, Msg: fmt.Sprintf("task: number %d of %d names", t, len(names))}
			}
			a.Tasks[i] = names[t]
		}
	}
	return &a, nil
}
