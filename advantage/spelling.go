package advantage

import (
	"strings"

	"github.com/golongrl/golongrl/internal/spelling"
)

// A SpellingError reports an estimator that cannot be understood. Its message
// shows the place with a caret.
type SpellingError struct {
	Text   string
	Offset int // in bytes
	Msg    string
}

func (e *SpellingError) Error() string { return (*spelling.Error)(e).Error() }

// parse is Parse with errors of package spelling.
func parse(text string) (Estimator, error) {
	p := &spelling.Parser{Text: text}
	name, nameAt := p.Word()
	if name == "" {
		return nil, p.Fail(nameAt, "expected the name of an estimator")
	}
	e := lookup(name)
	if e == nil {
		return nil, p.Fail(nameAt, "unknown estimator %q%s; known are %s", name, spelling.DidYouMean(name, Names()), strings.Join(Names(), " "))
	}
	args, err := p.Arguments()
	if err != nil {
		return nil, err
	}
	if err := p.End("estimator"); err != nil {
		return nil, err
	}
	done, opts := e.fresh()
	if err := setStack(p, name, opts, args); err != nil {
		return nil, err
	}
	if err := p.Apply(name, opts, args, "stack"); err != nil {
		return nil, err
	}
	return done(), nil
}

// setStack sets the options that the named stack has otherwise, if one is named.
func setStack(p *spelling.Parser, name string, opts []option, args []spelling.Argument) error {
	for _, a := range args {
		if a.Key != "stack" {
			continue
		}
		preset, err := presetOf(a.Value, name)
		if err != nil {
			return p.Fail(a.Place, "%s", err)
		}
		inner := &spelling.Parser{Text: preset}
		inner.Word()
		pre, err := inner.Arguments()
		if err == nil {
			err = inner.Apply(name, opts, pre)
		}
		if err != nil {
			panic("advantage: preset " + preset + ": " + err.Error())
		}
	}
	return nil
}
