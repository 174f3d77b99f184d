package loss

import (
	"errors"

	"github.com/golongrl/golongrl/internal/spelling"
)

// A SpellingError reports a surrogate or a correction that cannot be understood.
// Its message shows the place with a caret.
type SpellingError struct {
	Text   string
	Offset int // in bytes
	Msg    string
}

func (e *SpellingError) Error() string { return (*spelling.Error)(e).Error() }

// public turns errors of package spelling into those of this package.
func public(err error) error {
	var bad *spelling.Error
	if errors.As(err, &bad) {
		return (*SpellingError)(bad)
	}
	return err
}
