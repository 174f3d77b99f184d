package advantage

import "github.com/golongrl/golongrl/internal/spelling"

// An option binds a name of a spelling to a field of an estimator.
type option = spelling.Option

func float(name string, p *float64, def, lo, hi float64, help string) option {
	return spelling.Float(name, p, def, lo, hi, help)
}

func integer(name string, p *int, def, lo, hi int, help string) option {
	return spelling.Integer(name, p, def, lo, hi, help)
}

func flag(name string, p *bool, def bool, help string) option {
	return spelling.Flag(name, p, def, help)
}

func choice[T ~uint8](name string, p *T, words []string, help string) option {
	return spelling.Choice(name, p, words, help)
}

// nested is an option that is an estimator itself.
func nested(name string, p *Estimator, def, help string) option {
	return option{Name: name, Default: def, Help: help,
		Get: func() string { return (*p).String() },
		Set: func(s string) (err error) {
			*p, err = parse(s)
			return err
		}}
}
