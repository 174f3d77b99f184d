package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// The routes of OpenRLHF and slime know a response and a label, and answer with
// numbers. This file has what they share: how a label says what to judge by, and
// which results are answers and which are errors.

// rowKeys are the members of which a JSON object must have one to be a row. An
// object without any is a reference answer, such as the table of iou.
var rowKeys = [...]string{"reference", "ground_truth", "reward_model", "metric", "task", "data_source"}

// labelRow sets row, but for the response, from a label. options say how rows
// without responses are read. A label is
//
//   - a row in the schema of golongrl-score: a JSON object with one of rowKeys, or
//     a string that is such an object's text;
//   - or else the reference answer for the server's own metric. A string is a text
//     even if it reads as JSON; null and no label at all are no answer, which is
//     enough for metrics that need none.
func labelRow(row *rollout.Row, i int, label py.Value, options *rollout.Options) error {
	*row = rollout.Row{Line: i + 1}
	text, object := label.Raw(), label
	if label.Kind() == py.String {
		var err error
		text = strings.TrimSpace(label.Str())
		object = py.Value{}
		if strings.HasPrefix(text, "{") {
			object, err = py.Parse(text)
		}
		if err != nil && (strings.HasPrefix(text, `{"`) || strings.HasPrefix(text, "{'")) {
			// It is meant as JSON and is cut off, or is Python's str(dict).
			return fmt.Errorf(`label: begins like a JSON object but is none (%v): write labels with json.dumps; if this is the answer itself, give {"reference":"…"}`, err)
		}
		if object.Kind() != py.Dict {
			row.Record.Gold = scoring.Text(label.Str())
			return nil
		}
	}
	for _, key := range rowKeys {
		if _, ok := object.Get(key); ok {
			decoded := rollout.Decode(nil, rollout.Line{N: i + 1, Data: []byte(text)}, options)
			*row = decoded[0]
			return row.Err
		}
	}
	if label.Kind() == py.String {
		row.Record.Gold = scoring.Text(label.Str())
	} else if label.Exists() && label.Kind() != py.Null {
		row.Record.Gold = scoring.GoldValue(label)
	}
	return nil
}

// endTokens are the special tokens with which models end their turn. Hosts that
// decode with the special tokens kept leave them behind the response.
//
// Source: tokenizer_config.json and generation_config.json of Qwen, Llama,
// DeepSeek, Mistral, Gemma, Phi, GLM, gpt-oss, Kimi and MiniMax.
var endTokens = [...]string{
	"<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "<|eom_id|>", "<｜end▁of▁sentence｜>", "</s>",
	"<end_of_turn>", "<eos>", "<|end|>", "<|return|>", "<|user|>", "<|observation|>", "[EOS]", "[e~[",
}

// withoutEnd returns response without the end tokens at its end, and without the
// white space before and between them. What has no end token is as it was.
func withoutEnd(response string) string {
next:
	for {
		text := strings.TrimRight(response, " \t\r\n")
		for _, token := range endTokens {
			if rest, ok := strings.CutSuffix(text, token); ok {
				response = rest
				continue next
			}
		}
		return response
	}
}

// chunk is how many rows are held at a time, so that a million tiny items need
// no more memory than their text.
const chunk = 1024

// judge scores n items that item describes and calls done for each, in order. The
// first item that cannot be judged ends it with a *wire.Error.
func (s *Server) judge(ctx context.Context, n int, item func(i int) (response string, label py.Value, err error), done func(*scoring.Result)) error {
	options, err := s.service.RowOptions(service.ScoreOptions{})
	if err != nil {
		return err
	}
	options.Prompts = true
	rows := make([]rollout.Row, 0, min(n, chunk))
	for first := 0; first < n; first += chunk {
		rows = rows[:min(n-first, chunk)]
		for k := range rows {
			response, label, err := item(first + k)
			if err == nil {
				err = labelRow(&rows[k], first+k, label, options)
			}
			var bad *wire.Error
			switch rec := &rows[k].Record; {
			case errors.As(err, &bad):
				return at(err, first+k)
			case err != nil:
				return badItem(first+k, "%s", rollout.ErrorText(err))
			case s.config.Service.Metric == "" && rec.Metric == "" && rec.Task == "" && rec.TaskErr == nil:
				return badItem(first+k, `label: names no metric and the server has none of its own: start it with --metric, or give labels such as {"metric":"math_verify","reference":"2"}`)
			}
			rows[k].Record.Response = withoutEnd(response)
		}
		results, err := s.service.Score(ctx, service.ScoreOptions{}, rows)
		if err != nil {
			return err
		}
		for k := range results {
			r := &results[k]
			if code := unusable(r); code != 0 {
				return &wire.Error{Code: code, Item: first + k, Msg: rollout.ErrorText(r.Err)}
			}
			s.metrics.item(r.Task, r.Metric, r.Status.String())
			done(r)
		}
	}
	return nil
}

// unusable returns the status code for a result that is no answer, else 0: the
// label's fault is 422, ours is 503, which says that another try may help.
// Undecided and OverBudget are answers, whatever these have for a score.
func unusable(r *scoring.Result) int {
	switch {
	case r.Scored() || r.Status == scoring.Undecided || r.Status == scoring.OverBudget:
		return 0
	case errors.Is(r.Err, rollout.ErrInternal), errors.Is(r.Err, context.Canceled), errors.Is(r.Err, context.DeadlineExceeded):
		return wire.CodeClosing
	}
	return wire.CodeBadItem
}

// reward is the number for a result.
func (s *Server) reward(r *scoring.Result) float64 {
	if !r.Scored() {
		return s.config.Unscored
	}
	return r.Value
}

// appendFloat appends v with a point or an exponent. Python reads 1 as an int, of
// which torch makes a tensor that has no mean.
func appendFloat(dst []byte, v float64) []byte {
	n := len(dst)
	dst = rollout.AppendNumber(dst, v)
	for _, c := range dst[n:] {
		if c == '.' || c == 'e' {
			return dst
		}
	}
	return append(dst, ".0"...)
}
