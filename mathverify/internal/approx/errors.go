package approx

import "errors"

// Errors of evaluation. They say why there is no value.
var (
	ErrUndefined   = errors.New("approx: undefined")             // 1/0, ln 0, 0^0: certain
	ErrUnsupported = errors.New("approx: not a number")          // a symbol without a value, a text, an integral
	ErrTooBig      = errors.New("approx: too big")               // beyond the size guards
	ErrUncertain   = errors.New("approx: not decided by bounds") // a bound straddles a pole, a cut or a step
)
