package spelling

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// An Option binds a name of a spelling to a field of a value.
type Option struct {
	Name, Default, Help string
	Get                 func() string
	Set                 func(string) error
}

// Float is an option with lo <= value <= hi.
func Float(name string, p *float64, def, lo, hi float64, help string) Option {
	return Option{name, formatFloat(def), help,
		func() string { return formatFloat(*p) },
		func(s string) error {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil || math.IsNaN(v) || v < lo || v > hi || math.IsInf(v, 0) || strings.ContainsAny(s, "xX_") {
				switch {
				case math.IsInf(lo, -1) && math.IsInf(hi, 1):
					return fmt.Errorf("expected a number")
				case math.IsInf(hi, 1):
					return fmt.Errorf("expected a number not below %v", lo)
				}
				return fmt.Errorf("expected a number from %v to %v", lo, hi)
			}
			*p = v + 0 // -0 is 0
			return nil
		}}
}

func formatFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Integer is an option with lo <= value <= hi.
func Integer(name string, p *int, def, lo, hi int, help string) Option {
	return Option{name, strconv.Itoa(def), help,
		func() string { return strconv.Itoa(*p) },
		func(s string) error {
			v, err := strconv.Atoi(s)
			if err != nil || v < lo || v > hi {
				return fmt.Errorf("expected a whole number from %d to %d", lo, hi)
			}
			*p = v
			return nil
		}}
}

// Flag is an option that is true or false.
func Flag(name string, p *bool, def bool, help string) Option {
	return Option{name, strconv.FormatBool(def), help,
		func() string { return strconv.FormatBool(*p) },
		func(s string) error {
			if s != "true" && s != "false" {
				return fmt.Errorf("expected true or false")
			}
			*p = s == "true"
			return nil
		}}
}

// Choice is an option whose values are the words, in the order of the constants
// of T from 0. The first is the default.
func Choice[T ~uint8](name string, p *T, words []string, help string) Option {
	return Option{name, words[0], help,
		func() string { return words[*p] },
		func(s string) error {
			i := slices.Index(words, s)
			if i < 0 {
				return fmt.Errorf("expected %s", strings.Join(words, " or "))
			}
			*p = T(i)
			return nil
		}}
}

// Reset sorts the options by name and sets all to their defaults. A default that
// cannot be set is a mistake in the program and panics.
func Reset(name string, opts []Option) []Option {
	byName(opts)
	for _, o := range opts {
		if err := o.Set(o.Default); err != nil {
			panic("spelling: " + name + ": default of " + o.Name + ": " + err.Error())
		}
	}
	return opts
}

// Write is name with the options that differ from their defaults, sorted.
func Write(name string, opts []Option) string {
	byName(opts)
	var b strings.Builder
	b.WriteString(name)
	sep := byte('(')
	for _, o := range opts {
		if v := o.Get(); v != o.Default {
			b.WriteByte(sep)
			fmt.Fprintf(&b, "%s=%s", o.Name, v)
			sep = ','
		}
	}
	if sep == ',' {
		b.WriteByte(')')
	}
	return b.String()
}

func byName(opts []Option) {
	slices.SortFunc(opts, func(a, b Option) int { return strings.Compare(a.Name, b.Name) })
}
