package serve

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// advantage answers POST /v1/advantage: the columns of a batch.
func (s *Server) advantage(w http.ResponseWriter, r *http.Request) {
	a, err := readAdvantages(bodyOf(r))
	var values []float64
	var name string
	if err == nil {
		values, name, err = s.service.Advantage(r.Context(), a)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	out := getBuffer()
	defer putBuffer(out)
	b := append((*out)[:0], `{"estimator":`...)
	b = py.AppendJSONString(b, name)
	b = append(b, `,"advantages":[`...)
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = rollout.AppendNumber(b, v)
	}
	b = append(b, `]}`...)
	*out = b
	s.reply(w, b)
}

func readAdvantages(data []byte) (*service.Advantages, error) {
	list, err := members(text(data))
	if err != nil {
		return nil, err
	}
	var a service.Advantages
	for _, m := range list {
		if m.raw == "null" {
			continue
		}
		switch m.key {
		case "estimator":
			a.Estimator, err = str(m.key, m.raw)
		case "rewards":
			a.Rewards, err = column(m.key, m.raw, numberOrNull)
		case "groups":
			var keys []string
			if keys, err = column(m.key, m.raw, groupKey); err == nil {
				a.Groups = numbered(keys)
			}
		case "tasks":
			a.Tasks, err = column(m.key, m.raw, taskName)
		case "lengths":
			a.Lengths, err = column(m.key, m.raw, tokens)
		case "baselines":
			a.Baselines, err = column(m.key, m.raw, numberOrNull)
		case "components":
			a.Names, a.Components, err = components(m.raw)
		default:
			err = badItem(-1, "%s: there is no such member: use estimator, rewards, groups, tasks, lengths, baselines or components", strconv.Quote(m.key))
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case a.Rewards == nil:
		return nil, badItem(-1, "rewards: missing: give one number or null per row")
	case a.Groups == nil:
		return nil, badItem(-1, "groups: missing: give one string or number per row, the same for the responses to one prompt")
	}
	return &a, nil
}

// column reads a list of which every element is read by read. It is never nil.
func column[T any](name, raw string, read func(py.Value) (T, string)) ([]T, error) {
	items, err := elements(name, raw)
	if err != nil {
		return nil, err
	}
	list := make([]T, len(items))
	for i, item := range items {
		v, err := parse(name, item)
		if err != nil {
			return nil, at(err, i)
		}
		var todo string
		if list[i], todo = read(v); todo != "" {
			return nil, badItem(i, "%s: %s: %s", name, v.Kind().InJSON(), todo)
		}
	}
	return list, nil
}

// at is err with the number of the item.
func at(err error, item int) error {
	var e *wire.Error
	if !errors.As(err, &e) {
		return err
	}
	return &wire.Error{Code: e.Code, Item: item, Msg: e.Msg}
}

func numberOrNull(v py.Value) (float64, string) {
	switch v.Kind() {
	case py.Null:
		return math.NaN(), ""
	case py.Int, py.Float:
		return v.Float(), ""
	}
	return 0, "give a number, or null where there is none"
}

// groupKey is the same for equal JSON values, as for golongrl-score: for "a" and
// "\u0061", for 7 and 7.0, but not for 7 and "7".
func groupKey(v py.Value) (string, string) {
	switch v.Kind() {
	case py.String:
		return `"` + v.Str(), ""
	case py.Bool:
		return v.Raw(), ""
	case py.Int:
		return v.IntText(), "" // of any size
	case py.Float:
		switch x := v.Float(); {
		case math.IsNaN(x) || math.IsInf(x, 0):
		case x == math.Trunc(x):
			return strconv.FormatFloat(x+0, 'f', 0, 64), ""
		default:
			return strconv.FormatFloat(x, 'g', -1, 64), ""
		}
	}
	return "", "give a string, a finite number or a bool"
}

func taskName(v py.Value) (string, string) {
	if v.Kind() != py.String {
		return "", "give a string"
	}
	return strings.Clone(v.Str()), ""
}

func tokens(v py.Value) (int, string) {
	f := v.Float()
	if v.Kind() != py.Int && v.Kind() != py.Float || f != math.Trunc(f) || f < 0 || f > math.MaxUint32 {
		return 0, "give the length in tokens as a whole number"
	}
	return int(f), ""
}

// numbered gives equal keys equal numbers, counted from 0 in order of appearance.
func numbered(keys []string) []uint32 {
	ids := map[string]uint32{}
	out := make([]uint32, len(keys))
	for i, k := range keys {
		id, ok := ids[k]
		if !ok {
			id = uint32(len(ids))
			ids[k] = id
		}
		out[i] = id
	}
	return out
}

func components(raw string) (names []string, lists [][]float64, err error) {
	if raw[0] != '{' {
		return nil, nil, badItem(-1, "components: give an object of lists")
	}
	list, err := members(raw)
	for _, m := range list {
		if err != nil {
			break
		}
		var v []float64
		v, err = column("component "+m.key, m.raw, numberOrNull)
		names, lists = append(names, strings.Clone(m.key)), append(lists, v)
	}
	return names, lists, err
}
