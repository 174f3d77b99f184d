package advantage

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// An option binds a name of a spelling to a field of an estimator.
type option struct {
	name, def, help string
	get             func() string
	set             func(string) error
}

// float is an option with lo <= value <= hi.
func float(name string, p *float64, def, lo, hi float64, help string) option {
	return option{name, formatFloat(def), help,
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

// integer is an option with lo <= value <= hi.
func integer(name string, p *int, def, lo, hi int, help string) option {
	return option{name, strconv.Itoa(def), help,
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

func flag(name string, p *bool, def bool, help string) option {
	return option{name, strconv.FormatBool(def), help,
		func() string { return strconv.FormatBool(*p) },
		func(s string) error {
			if s != "true" && s != "false" {
				return fmt.Errorf("expected true or false")
			}
			*p = s == "true"
			return nil
		}}
}

// choice is an option whose values are the words, in the order of the constants
// of T from 0. The first is the default.
func choice[T ~uint8](name string, p *T, words []string, help string) option {
	return option{name, words[0], help,
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

// nested is an option that is an estimator itself.
func nested(name string, p *Estimator, def, help string) option {
	return option{name, def, help,
		func() string { return (*p).String() },
		func(s string) (err error) {
			*p, err = Parse(s)
			return err
		}}
}
