package mvtext

// Target is one kind of thing to look for in a text.
type Target uint8

// The targets. The zero Target ends a list of targets.
const (
	NoTarget     Target = iota
	LatexTarget         // LaTeX in math environments, boxes, bare fractions
	ExprTarget          // numbers and plain arithmetic
	StringTarget        // given strings, choice letters by default
)

// BoxMode says what becomes of \boxed{…} in [NormalizeLatex].
type BoxMode uint8

// The box modes.
const (
	BoxAll  BoxMode = iota // the contents of all boxes, joined by commas
	BoxLast                // the last box and those close enough before it
	BoxNone                // boxes stay as they are
)

// Normalization selects the groups of rewriting steps in [NormalizeLatex].
// The zero value applies BoxAll and nothing else.
type Normalization struct {
	BasicLatex         bool // fonts, delimiters, synonyms
	Units              bool // drop a trailing text or unit word
	MalformedOperators bool // \frac12, sqrt(2), a/b
	Nits               bool // .5 and 0.5
	Equations          bool // keep the last side of a chain; deprecated in the reference
	Boxed              BoxMode
}

// LatexConfig configures the LaTeX target.
type LatexConfig struct {
	Unanchored    bool // also match without "answer" before
	BoxedPriority int  // 0 is tried first; negative switches the box patterns off
	Normalization Normalization
}

// ExprConfig configures the target of plain numbers and arithmetic.
type ExprConfig struct {
	Unanchored bool
}

// StringConfig configures the target of literal strings.
type StringConfig struct {
	// Strings holds the strings, separated by newlines, so that the struct
	// stays comparable. Empty strings among them are ignored.
	Strings    string
	Unanchored bool
	Lowercase  bool // the parsed value is lower-cased, the fallback is not
}

// Config says what [Candidates] looks for.
type Config struct {
	Targets    [3]Target // in order of preference among equal matches
	Latex      LatexConfig
	Expr       ExprConfig
	String     StringConfig
	FirstMatch bool // extraction_mode="first_match": only the first match is tried
}

// DefaultNormalization returns the rewriting steps of the LaTeX target.
func DefaultNormalization() Normalization {
	return Normalization{BasicLatex: true, Units: true, MalformedOperators: true, Nits: true, Boxed: BoxAll}
}

// Default returns the configuration of the reference's parse function: LaTeX,
// then plain expressions. The settings of the string target are filled in, so
// that only Targets needs to change to use it.
func Default() Config {
	return Config{
		Targets: [3]Target{LatexTarget, ExprTarget},
		Latex:   LatexConfig{Unanchored: true, BoxedPriority: 50, Normalization: DefaultNormalization()},
		Expr:    ExprConfig{Unanchored: true},
		String:  StringConfig{Strings: "A\nB\nC\nD", Unanchored: true, Lowercase: true},
	}
}
