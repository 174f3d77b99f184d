package rollout

import (
	"strconv"

	"github.com/golongrl/golongrl/internal/py"
)

// A FieldError says what is wrong with a line or with one field of it, and
// what to do.
type FieldError struct {
	Line  int    // counted from 1
	Field string // such as "reward_model.ground_truth"; "" for the whole line
	Msg   string
	Err   error // the cause, if reading failed
}

// Error returns "line 3: response: missing: …".
func (e *FieldError) Error() string { return "line " + strconv.Itoa(e.Line) + ": " + e.Text() }

// Text returns the message without the line.
func (e *FieldError) Text() string {
	if e.Field == "" {
		return e.Msg
	}
	return e.Field + ": " + e.Msg
}

// Unwrap returns the cause, if there is one.
func (e *FieldError) Unwrap() error { return e.Err }

// kindName names what a field holds.
func kindName(v py.Value) string {
	if v.Kind() == py.Float {
		if _, ok := scalar(v); !ok {
			return "not a finite number"
		}
	}
	return v.Kind().InJSON()
}
