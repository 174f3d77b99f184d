package loss

import (
	"slices"
	"strings"

	"github.com/golongrl/golongrl/internal/spelling"
)

// A Surrogate is the loss of a token as a function of its log-probability, its
// importance ratio and its advantage. The types of this package that implement it
// are plain values: comparable, immutable in use, safe for concurrent use.
type Surrogate interface {
	// Check reports what is wrong with the settings, or which slice of b is
	// missing. It is called once before the sequences of b.
	Check(b *Batch) error

	// Sequence writes, for every token of sequence s, its loss and the derivative
	// of the loss of the sequence with respect to its log-probability. loss and
	// grad have one element per token of the sequence. Nothing may be written for
	// masked tokens, whose values must not be read.
	//
	// Log-probabilities and advantages of valid tokens are finite. Results that
	// leave the range of float64 are the caller's business.
	Sequence(loss, grad []float64, b *Batch, s int) Tally

	// String is the canonical spelling; [ParseSurrogate] reads it back.
	String() string
}

// A Tally counts what a surrogate did to the valid tokens of a sequence.
type Tally struct {
	Clipped int     // the loss is that of a clipped ratio
	Lower   int     // the loss is bounded by the dual clip
	Dropped int     // the gradient is removed for another reason than clipping
	Ratio   float64 // sum of the importance ratios
}

// SurrogateInfo describes a surrogate for listings and help texts.
type SurrogateInfo struct {
	Name, Formula string
	Options       []OptionInfo
}

// OptionInfo describes one option of a surrogate.
type OptionInfo struct{ Name, Default, Help string }

type entry struct {
	name, formula string
	fresh         func() (func() Surrogate, []spelling.Option)
}

func declare[E Surrogate, P interface {
	*E
	options() []spelling.Option
}](name, formula string) entry {
	return entry{name, formula, func() (func() Surrogate, []spelling.Option) {
		e := new(E)
		opts := P(e).options()
		return func() Surrogate { return *e }, spelling.Reset(name, opts)
	}}
}

func spell[E any, P interface {
	*E
	options() []spelling.Option
}](name string, e E) string {
	return spelling.Write(name, P(&e).options())
}

// catalogue lists the surrogates in the order of the documentation. It is filled
// at start, since erc looks its base up in it.
var catalogue []entry

func init() {
	catalogue = []entry{
		declare[PPO]("ppo", "max(-A r, -A clip(r)), at most -A c if A < 0"),
		declare[REINFORCE]("reinforce", "-A logp"),
		declare[GSPO]("gspo", "max(-A s, -A clip(s)), s = exp(mean of log r over the sequence)"),
		declare[CISPO]("cispo", "-sg(clip(r)) A logp"),
		declare[GPPO]("gppo", "as ppo, with gradient where it clips"),
		declare[CEGPPO]("ce_gppo", "as gppo, with the clipped parts times beta1 and beta2"),
		declare[ASPO]("aspo", "-A / r if A > 0, clipped"),
		declare[SAPO]("sapo", "-A sigmoid(tau (r - 1)) 4 / tau"),
		declare[ERC]("erc", "the base, without gradient where the entropy changed too much"),
	}
}

// Surrogates lists the names that [ParseSurrogate] knows.
func Surrogates() []string {
	var names []string
	for _, e := range catalogue {
		names = append(names, e.name)
	}
	return names
}

func lookup(name string) *entry {
	i := slices.IndexFunc(catalogue, func(e entry) bool { return e.name == name })
	if i < 0 {
		return nil
	}
	return &catalogue[i]
}

// DescribeSurrogate returns what there is to know about a surrogate. It reports
// whether there is one of that name.
func DescribeSurrogate(name string) (SurrogateInfo, bool) {
	e := lookup(name)
	if e == nil {
		return SurrogateInfo{}, false
	}
	info := SurrogateInfo{Name: e.name, Formula: e.formula}
	_, opts := e.fresh()
	for _, o := range opts {
		info.Options = append(info.Options, OptionInfo{o.Name, o.Default, o.Help})
	}
	return info, true
}

// ParseSurrogate reads the spelling of a surrogate: its name, and options in
// parentheses where they differ from their defaults ([DescribeSurrogate]), as in
//
//	ppo
//	ppo(clip_low=0.2,clip_high=0.28,clip_c=3)
//	erc(base=gppo(clip_c=10),lower=0.95,upper=1.05)
//
// Errors are of type [*SpellingError].
func ParseSurrogate(text string) (Surrogate, error) {
	s, err := parseSurrogate(text)
	if err != nil {
		return nil, public(err)
	}
	return s, nil
}

// MustParseSurrogate is like [ParseSurrogate] but panics on errors. It is meant
// for spellings that are written in the program.
func MustParseSurrogate(text string) Surrogate {
	s, err := ParseSurrogate(text)
	if err != nil {
		panic(err)
	}
	return s
}

// parseSurrogate is ParseSurrogate with errors of package spelling.
func parseSurrogate(text string) (Surrogate, error) {
	p := &spelling.Parser{Text: text}
	name, at := p.Word()
	if name == "" {
		return nil, p.Fail(at, "expected the name of a surrogate: %s", strings.Join(Surrogates(), " "))
	}
	e := lookup(name)
	if e == nil {
		return nil, p.Fail(at, "unknown surrogate %q%s; known are %s", name, spelling.DidYouMean(name, Surrogates()), strings.Join(Surrogates(), " "))
	}
	args, err := p.Arguments()
	if err != nil {
		return nil, err
	}
	if err := p.End("surrogate"); err != nil {
		return nil, err
	}
	done, opts := e.fresh()
	if err := p.Apply(name, opts, args); err != nil {
		return nil, err
	}
	return done(), nil
}
