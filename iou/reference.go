package iou

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/golongrl/golongrl/internal/py"
)

// ErrReference is wrapped by every error of [Reference].
var ErrReference = errors.New("iou: the reference raises an exception")

// Reference returns the released GoLongRL table reward for two JSON texts: the
// gold table and the part of the response that should hold the predicted one.
//
// The rows are the "data" of each object. A row that is a list is keyed by the
// tuple of the Python str() of its cells, any other row by its own str();
// column names are ignored, the order of cells and the spelling of numbers
// count (1 and "1" are equal, 1.0 and 1 are not). The score is that of [Rows].
//
//   - A gold text that is not JSON scores 0.
//   - A gold value that is not an object, or that lacks "data", is an empty
//     table.
//   - A prediction that is not JSON, or not an object, or that lacks "data", is
//     an empty table; if its "data" is not a list the score is 0.
//   - Gold "data" may be a string (its characters are the rows) or an object
//     (its keys are).
//   - Two empty tables score 0.
//
// Reference returns an error wrapping [ErrReference] where the reference raises
// an exception that nothing catches: JSON nested too deep, an integer of more
// than 4,300 digits, or gold "data" that is null, a number or a boolean while
// the prediction is sound.
//
// Source: GoLongRL, reward_score/multitableqa.py, under Python 3.11.
func Reference(gold, pred string) (float64, error) {
	goldRows, err := parseReference(gold)
	if err != nil {
		if errors.Is(err, errNotJSON) {
			return 0, nil
		}
		return 0, fmt.Errorf("%w: gold table: %w", ErrReference, err)
	}
	predRows, err := parseReference(pred)
	if err != nil && !errors.Is(err, errNotJSON) {
		return 0, fmt.Errorf("%w: predicted table: %w", ErrReference, err)
	}
	return ReferenceData(goldRows, predRows)
}

var errNotJSON = errors.New("not JSON")

// parseReference returns the "data" member of a JSON object. The zero Value
// stands for an empty table.
func parseReference(src string) (py.Value, error) {
	v, err := py.Parse(src)
	if err != nil {
		var limit *py.LimitError
		if errors.As(err, &limit) {
			return py.Value{}, err
		}
		return py.Value{}, errNotJSON
	}
	if v.Kind() != py.Dict {
		return py.Value{}, nil
	}
	data, _ := v.Get("data")
	return data, nil
}

// ReferenceData returns the released reward for two parsed "data" members. The
// zero Value stands for a table without one. It fails as [Reference] does when
// gold cannot be iterated over.
func ReferenceData(gold, pred py.Value) (float64, error) {
	if pred.Exists() && pred.Kind() != py.List {
		return 0, nil
	}
	var keys keyList
	switch gold.Kind() {
	case py.Invalid:
	case py.List:
		for _, row := range gold.Items() {
			keys.add(row)
		}
	case py.Dict:
		for _, p := range gold.Pairs() {
			keys.addText(p.Key)
		}
	case py.String:
		for s := gold.Str(); s != ""; {
			_, n := py.DecodeRune(s)
			keys.addText(s[:n])
			s = s[n:]
		}
	default:
		return 0, fmt.Errorf("%w: gold data is not a list", ErrReference)
	}
	n := len(keys.ends)
	for _, row := range pred.Items() {
		keys.add(row)
	}
	all := keys.strings()
	return Rows(all[:n], all[n:]), nil
}

// ReferenceKey appends to dst the key by which the released reward compares
// rows: the tuple of the str() of the cells of a list, the str() of any other
// value. Two rows have equal keys exactly when Python finds their keys equal;
// lengths are written before cells, so no cell text can imitate another row.
func ReferenceKey(dst []byte, row py.Value) []byte {
	if row.Kind() != py.List {
		return py.AppendStr(append(dst, textKey), row)
	}
	dst = append(dst, listKey)
	for _, cell := range row.Items() {
		at := len(dst)
		dst = py.AppendStr(append(dst, noLength[:]...), cell)
		putLength(dst, at)
	}
	return dst
}

const (
	textKey = 't'
	listKey = 'l'
)

// noLength is room for the length of what follows; putLength fills it in.
var noLength [8]byte

func putLength(dst []byte, at int) {
	binary.LittleEndian.PutUint64(dst[at:], uint64(len(dst)-at-len(noLength)))
}

// keyList collects keys in one buffer.
type keyList struct {
	buf  []byte
	ends []int
}

func (k *keyList) add(row py.Value) {
	k.buf = ReferenceKey(k.buf, row)
	k.ends = append(k.ends, len(k.buf))
}

// addText adds the key of a row that is the string s.
func (k *keyList) addText(s string) {
	k.buf = append(append(k.buf, textKey), s...)
	k.ends = append(k.ends, len(k.buf))
}

// strings returns the keys as views of one string.
func (k *keyList) strings() []string { return cut(k.buf, k.ends) }
