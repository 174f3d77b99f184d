package watch

import "errors"

// Multi returns an Observer that tells all of them, in order. An error of one keeps
// no other from being told; errors are joined. Nil observers are left out. What it
// returns has a method Sync() error, which syncs those of them that have one.
func Multi(observers ...Observer) Observer {
	var m multi
	for _, o := range observers {
		if o != nil {
			m = append(m, o)
		}
	}
	return m
}

type multi []Observer

func (m multi) Step(s *Step) error {
	var errs []error
	for _, o := range m {
		if err := o.Step(s); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (m multi) Close() error {
	var errs []error
	for _, o := range m {
		if err := o.Close(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (m multi) Sync() error {
	var errs []error
	for _, o := range m {
		if s, ok := o.(interface{ Sync() error }); ok {
			errs = append(errs, s.Sync())
		}
	}
	return errors.Join(errs...)
}
