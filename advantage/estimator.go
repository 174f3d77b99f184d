package advantage

import (
	"fmt"
	"slices"
	"strings"
)

// An Estimator computes advantages. The types of this package that implement it
// are plain values: comparable, immutable in use, safe for concurrent use.
type Estimator interface {
	// Advantages writes the advantage of every row of b to dst, which has as
	// many elements as b has rows and may be b.Rewards itself.
	//
	// On error the contents of dst are undefined. Errors that concern a row are
	// of type [*RowError]. Slices of different lengths panic.
	Advantages(dst []float64, b *Batch) error

	// Needs is the sum of the fields that the estimator reads.
	Needs() Field

	// String is the canonical spelling; [Parse] reads it back.
	String() string
}

// Single says what a prompt with one rollout is worth. Its group has no
// variance, and formulas with n-1 are undefined.
type Single uint8

const (
	// SingleZero gives advantage 0 and leaves the row out of all statistics.
	SingleZero Single = iota
	// SingleReference does what verl and the released code do: the group has
	// mean 0 and standard deviation 1, both of which count.
	SingleReference
)

// Rules say which groups take part.
type Rules struct {
	Single Single
	// DropConstant removes groups of equal rewards before anything is computed,
	// as dynamic sampling does. Their advantage is 0 in any case; what changes
	// are the statistics over tasks and batches. Groups of one row stay.
	DropConstant bool
}

func (r *Rules) options() []option {
	return []option{
		flag("drop_constant", &r.DropConstant, false, "leave groups of equal rewards out of all statistics"),
		choice("single", &r.Single, []string{"zero", "reference"}, "a prompt with one rollout: advantage 0 and not counted, or mean 0 and deviation 1 as released"),
	}
}

// Info describes an estimator for listings and help texts.
type Info struct {
	Name    string
	Formula string
	Options []OptionInfo
}

// OptionInfo describes one option of an estimator.
type OptionInfo struct{ Name, Default, Help string }

type entry struct {
	name, formula string
	// fresh is a new value with the defaults of the options, to which the
	// options are bound.
	fresh func() (func() Estimator, []option)
}

func declare[E Estimator, P interface {
	*E
	options() []option
}](name, formula string) entry {
	return entry{name, formula, func() (func() Estimator, []option) {
		e := new(E)
		opts := P(e).options()
		slices.SortFunc(opts, func(a, b option) int { return strings.Compare(a.name, b.name) })
		for _, o := range opts {
			if err := o.set(o.def); err != nil {
				panic("advantage: " + name + ": default of " + o.name + ": " + err.Error())
			}
		}
		return func() Estimator { return *e }, opts
	}}
}

func lookup(name string) *entry {
	for i := range catalogue {
		if catalogue[i].name == name {
			return &catalogue[i]
		}
	}
	return nil
}

// Names lists the estimators that [Parse] knows, in the order of the
// documentation.
func Names() []string {
	var names []string
	for _, e := range catalogue {
		names = append(names, e.name)
	}
	return names
}

// Describe returns what there is to know about an estimator. It reports whether
// there is one of that name.
func Describe(name string) (Info, bool) {
	e := lookup(name)
	if e == nil {
		return Info{}, false
	}
	info := Info{Name: e.name, Formula: e.formula}
	_, opts := e.fresh()
	for _, o := range opts {
		info.Options = append(info.Options, OptionInfo{o.name, o.def, o.help})
	}
	return info, true
}

// Parse reads a spelling:
//
//	spelling = name [ "(" [ option { "," option } ] ")" ]
//	option   = key "=" value
//
// A value is a number, a word, true, false, or a spelling again where the option
// is an estimator, as in f_grpo(base=grpo(eps=0.0001),gamma=0.5). Options left
// out have the defaults that [Describe] lists. The option stack=NAME gives all
// options that are not written the values they have in that training stack
// ([Conventions]): grpo(stack=trl) is grpo(eps=0.0001).
//
// Errors are of type [*SpellingError].
func Parse(spelling string) (Estimator, error) {
	p := &parser{text: spelling}
	e, err := p.estimator()
	if err != nil {
		return nil, err
	}
	if p.spaces(); p.at < len(p.text) {
		return nil, p.fail(p.at, "nothing may follow the estimator")
	}
	return e, nil
}

// MustParse is like [Parse] but panics on errors. It is meant for spellings that
// are written in the program.
func MustParse(spelling string) Estimator {
	e, err := Parse(spelling)
	if err != nil {
		panic(err)
	}
	return e
}

// spell writes name with the options that differ from their defaults, sorted.
func spell[E any, P interface {
	*E
	options() []option
}](name string, e E) string {
	opts := P(&e).options()
	slices.SortFunc(opts, func(a, b option) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	b.WriteString(name)
	sep := byte('(')
	for _, o := range opts {
		if v := o.get(); v != o.def {
			b.WriteByte(sep)
			fmt.Fprintf(&b, "%s=%s", o.name, v)
			sep = ','
		}
	}
	if sep == ',' {
		b.WriteByte(')')
	}
	return b.String()
}
