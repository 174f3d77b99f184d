package loss

import (
	"math"
	"strings"

	"github.com/golongrl/golongrl/internal/spelling"
)

// formNames are the names of the forms in spellings.
var formNames = []string{"none", "is", "tis", "icepop", "seq_mask_tis"}

var levelNames = []string{"token", "sequence", "geometric"}

// Corrections spell these bounds and levels out only where they differ.
func (c *Correction) defaults() (level string, lower, upper float64) {
	switch c.Form {
	case FormTIS:
		return "token", 0, 2
	case FormIcePop:
		return "token", 0.5, 5
	case FormSequenceMask:
		return "geometric", 0.5, 5
	}
	return "token", 0, 0
}

// options binds the options that the form reads.
func (c *Correction) options() []spelling.Option {
	const top = math.MaxFloat64
	level, lower, upper := c.defaults()
	opts := []spelling.Option{
		spelling.Float("veto", &c.Veto, 0, 0, top, "a token whose ratio is below it spoils its sequence; 0 is no veto"),
		spelling.Flag("veto_mask", &c.VetoMask, false, "vetoed sequences leave the loss, denominator included, instead of getting weight 0"),
		spelling.Flag("unclamped", &c.Unclamped, false, "leave log-ratios beyond ±20 as they are"),
		spelling.Float("eps", &c.Eps, 0, 0, top, "added to the number of tokens in means over a sequence and in normalize"),
		{Name: "reject", Default: "none", Help: "bounds that tokens and sequences must keep to stay in the loss: token_ratio:0.5_5+seq_max_k2:42.4",
			Get: c.Reject.String,
			Set: func(s string) (err error) { c.Reject, err = parseRejections(s); return err }},
	}
	if c.Form == FormNone {
		return opts
	}
	at := spelling.Choice("level", &c.Level, levelNames, "what a weight is the ratio of: the token, its sequence, or the geometric mean over the sequence")
	at.Default = level
	opts = append(opts, at, spelling.Flag("normalize", &c.Normalize, false, "divide the weights by their mean"))
	if c.Form == FormIS {
		return opts
	}
	return append(opts,
		spelling.Float("lower", &c.Lower, lower, 0, top, "lower bound of the ratio; 0 is none"),
		spelling.Float("upper", &c.Upper, upper, 0, top, "upper bound of the ratio; 0 is none"))
}

// String is the canonical spelling of c with the options that its form reads;
// [ParseCorrection] reads it back.
func (c Correction) String() string {
	name := "none"
	if int(c.Form) < len(formNames) {
		name = formNames[c.Form]
	}
	return spelling.Write(name, c.options())
}

// ParseCorrection reads the spelling of a correction, which is a form with
// options in parentheses:
//
//	none                                 every weight 1
//	is(level=token)                      importance weights as they are
//	tis(level=token,lower=0,upper=2)     clamped to the bounds
//	icepop(level=token,lower=0.5,upper=5)  0 outside the bounds
//	seq_mask_tis(level=geometric,lower=0.5,upper=5)
//	                                     weights of tokens, 0 in sequences outside the bounds
//
// with the defaults shown. All take
//
//	veto=0, veto_mask=false, reject=none, unclamped=false, eps=0
//
// and all but none take normalize=false. A level is token, sequence or geometric.
// The option reject lists bounds of statistics ([Statistic]), joined by +:
// lower_upper, or the upper bound alone, whose reciprocal is the lower one where
// the statistic has a lower bound. See [Correction] for the meaning of all.
//
// Errors are of type [*SpellingError].
func ParseCorrection(text string) (Correction, error) {
	p := &spelling.Parser{Text: text}
	name, at := p.Word()
	var c Correction
	known := false
	for i, n := range formNames {
		if n == name {
			c.Form, known = Form(i), true
		}
	}
	if !known {
		return Correction{}, public(p.Fail(at, "unknown correction %q%s; known are %s", name, spelling.DidYouMean(name, formNames), strings.Join(formNames, " ")))
	}
	args, err := p.Arguments()
	if err == nil {
		err = p.End("correction")
	}
	if err == nil {
		err = p.Apply(name, spelling.Reset(name, c.options()), args)
	}
	if err == nil {
		if bad := c.check(); bad != nil {
			err = p.Fail(at, "%s", strings.TrimPrefix(bad.Error(), "loss: correction: "))
		}
	}
	if err != nil {
		return Correction{}, public(err)
	}
	return c, nil
}

// MustParseCorrection is like [ParseCorrection] but panics on errors. It is meant
// for spellings that are written in the program.
func MustParseCorrection(text string) Correction {
	c, err := ParseCorrection(text)
	if err != nil {
		panic(err)
	}
	return c
}
