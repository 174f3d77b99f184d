package advantage

import (
	"errors"

	"github.com/golongrl/golongrl/internal/spelling"
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
		dropOption(&r.DropConstant),
		choice("single", &r.Single, []string{"zero", "reference"}, "a prompt with one rollout: advantage 0 and not counted, or mean 0 and deviation 1 as released"),
	}
}

func dropOption(p *bool) option {
	return flag("drop_constant", p, false, "leave groups of equal rewards out of all statistics")
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
		return func() Estimator { return *e }, spelling.Reset(name, opts)
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
		info.Options = append(info.Options, OptionInfo{o.Name, o.Default, o.Help})
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
func Parse(text string) (Estimator, error) {
	e, err := parse(text)
	var bad *spelling.Error
	if errors.As(err, &bad) {
		return nil, (*SpellingError)(bad)
	}
	return e, err
}

// MustParse is like [Parse] but panics on errors. It is meant for spellings that
// are written in the program.
func MustParse(text string) Estimator {
	e, err := Parse(text)
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
	return spelling.Write(name, P(&e).options())
}
