package mathverify

import (
	"context"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/decide"
	"github.com/golongrl/golongrl/mathverify/internal/scalar"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A Report tells how a verdict came about.
type Report struct {
	Verdict Verdict
	Rule    string // the rule that decided
	Gold    Side
	Answer  Side
}

// A Side is one of the two answers of a Report.
type Side struct {
	Extraction
	Parsed Expr  // how the answer was read; the zero Expr where no rule needed it
	Err    error // why it could not be read
}

// Match reports whether a response gives the gold answer, by the strict rules:
// it finds the final answer as [Extract] does and compares it as [Verify] does.
// Undecided is no match; use [Options.Check] to tell them apart.
func Match(gold, response string) bool {
	r, err := Options{}.Check(context.Background(), gold, response)
	return err == nil && r.Verdict == Equal
}

// Check finds the final answer of a response and compares it with the gold
// answer, which may itself stand in a box, in delimiters or behind "the answer
// is". A response without an answer is Different, with the status that says why.
// The error is that of [Options.Validate] or of the context; a verdict does not
// depend on time or load.
func (o Options) Check(ctx context.Context, gold, response string) (Report, error) {
	if err := o.Validate(); err != nil {
		return Report{}, err
	}
	if o.Preset != Strict {
		return o.grade(ctx, gold, response)
	}
	r := Report{Gold: Side{Extraction: goldAnswer(gold)}, Answer: Side{Extraction: Extract(response)}}
	if o.AnyValue && (r.Answer.Status == NoAnswer || r.Answer.Status == Found && wordy(r.Answer.Extraction)) {
		if e, ok := lastValue(response); ok {
			r.Answer.Extraction = e
		}
	}
	if r.Answer.Status != Found {
		r.Verdict, r.Rule = Different, r.Answer.Status.String()
		return r, ctx.Err()
	}
	err := o.compare(ctx, &r)
	return r, err
}

// wordy reports an answer that nothing marks and that is no mathematics.
func wordy(e Extraction) bool {
	if e.Rule == fromBox || e.Rule == fromTag || strings.HasPrefix(e.Answer, "$") || !strings.Contains(strings.TrimSpace(e.Answer), " ") {
		return false
	}
	x, err := Parse(e.Answer)
	return err != nil || x.n.Op == tree.Text
}

// goldAnswer returns the answer that a gold text gives: what stands in its box
// or tag or behind its "answer is", the whole text otherwise.
func goldAnswer(gold string) Extraction {
	switch e := Extract(gold); {
	case e.Status == Found && e.Rule != fromEnd:
		return e
	}
	return Extraction{Status: Found, Answer: strings.TrimSpace(gold), Rule: fromText}
}

// Verify compares an answer with the gold answer under the strict rules and
// names the rule that decided. It is Equal for any two answers that are written
// alike and not empty, and it is symmetric.
//
// Numbers, words, and lists and lines of them are compared by spelling; anything
// else is parsed as [Parse] does, and compared by what it means:
//
//   - Expressions are equal when their difference is proven to be zero: by exact
//     arithmetic with rationals, radicals, roots of unity and polynomials, by a
//     separation bound for algebraic numbers, or by randomised identity testing
//     with an error of at most 2^-60. They differ when interval arithmetic
//     separates them. Variables are real; expressions that agree only where both
//     are defined are undecided when the domains differ by more than points.
//   - n% is n/100; i is the imaginary unit; odd roots of negative numbers are
//     real; \log without a base is natural or decimal, whichever fits, but the
//     same on both sides. Decimals are exact.
//   - Sets are compared as sets, lists as multisets, tuples, matrices and lines in
//     order. (1,2) is a point, and an open interval where the other side is one.
//   - A relation equals the set of its solutions: x=5 is 5, x^2=4 is x=±2,
//     x>5 is (5,∞), 2x=4 is x=2. An equation in several variables is no number,
//     and a chain of equations counts only if all of its parts agree.
//   - Quantities are converted within their kind; a textual unit on one side only
//     is accepted. Bare letters are no units.
//
// The work is bounded by steps, so that the verdict depends on nothing but the
// two texts; what takes more is Undecided.
func Verify(gold, answer string) (Verdict, string) {
	v, rule, _ := Options{}.Verify(context.Background(), gold, answer)
	return v, rule
}

// Verify compares an answer with the gold answer under the options, as the
// function [Verify] does under the strict preset. The error is that of
// [Options.Validate] or of the context.
func (o Options) Verify(ctx context.Context, gold, answer string) (Verdict, string, error) {
	if err := o.Validate(); err != nil {
		return Undecided, "", err
	}
	if o.Preset != Strict {
		return o.gradeAnswer(ctx, gold, answer)
	}
	r := Report{}
	r.Gold.Answer, r.Answer.Answer = gold, answer
	err := o.compare(ctx, &r)
	return r.Verdict, r.Rule, err
}

// compare fills in the verdict on the two answers of a report.
func (o Options) compare(ctx context.Context, r *Report) error {
	if !o.refined() {
		var final bool
		if r.Verdict, r.Rule, final = spelling(r.Gold.Answer, r.Answer.Answer); final {
			return ctx.Err()
		}
	}
	rule := r.Rule
	steps := o.Steps
	if steps == 0 {
		steps = defaultSteps
	}
	b := budget.New(ctx, steps)
	err := b.Run(func() { o.decide(r, b) })
	if err == budget.ErrSteps {
		r.Verdict, r.Rule, err = Undecided, ruleBudget, nil
	}
	switch {
	case r.Verdict == Equal:
	case rule == ruleName:
		r.Verdict, r.Rule = Different, ruleText // a letter and words that do not name it
	case r.Verdict == Different && (rule == ruleSign || rule == ruleNumeral && (r.Gold.Parsed.isText() || r.Answer.Parsed.isText())):
		// (5.2) may be a negative amount, and words may spell a number.
		r.Verdict, r.Rule = Undecided, rule
	}
	return err
}

// spelling compares two answers as they are written. It is final unless the
// meaning may say more.
func spelling(gold, answer string) (v Verdict, rule string, final bool) {
	v, rule = verifyText(gold, answer)
	switch {
	case v == Equal && factorials(gold) != factorials(answer):
		return Undecided, ruleSymbolic, false // n! and n!! are no words
	case rule == ruleEmpty, rule == ruleBullets, rule == ruleComma && pairOfRound(clean(gold)) != pairOfRound(clean(answer)):
		return v, rule, true
	}
	return v, rule, v != Undecided
}

// factorials counts the exclamation marks of a text that do not end a word of
// three letters or more.
func factorials(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] == '!' && !(i >= 3 && isLetter(s[i-1]) && isLetter(s[i-2]) && isLetter(s[i-3])) && !strings.HasPrefix(s[max(0, i-1):], `\!`) {
			n++
		}
	}
	return n
}

// decide parses both answers and compares what they mean.
func (o Options) decide(r *Report, b *budget.Budget) {
	r.Gold.Parsed, r.Gold.Err = read(r.Gold.Answer, o, b)
	r.Answer.Parsed, r.Answer.Err = read(r.Answer.Answer, o, b)
	if r.Gold.Err != nil || r.Answer.Err != nil {
		if o.refined() {
			r.Verdict, r.Rule = verifyText(r.Gold.Answer, r.Answer.Answer)
		}
		switch {
		case r.Gold.Err == ErrTooLong || r.Answer.Err == ErrTooLong:
			r.Rule = ruleBudget
		case r.Rule == "" || r.Rule == ruleSymbolic:
			r.Rule = ruleUnread
		}
		return
	}
	gold, answer := r.Gold.Parsed.n, r.Answer.Parsed.n
	if o.LastEquation {
		gold, answer = lastSides(gold, answer)
	}
	v, rule := decide.Compare(gold, answer, o.rules(), b)
	r.Verdict, r.Rule = Verdict(v), rule
}

// lastSides takes the last exact side of an equation for its value where the
// gold answer is none; where it is one as well, both keep their ends.
func lastSides(gold, answer *tree.Node) (*tree.Node, *tree.Node) {
	first, last, ok := ends(answer)
	if !ok {
		return gold, answer
	}
	if f, l, ok := ends(gold); ok {
		if f.Op != tree.Symbol || first.Op != tree.Symbol {
			return gold, answer
		}
		eq := []tree.Rel{tree.Eq}
		return tree.ChainOf(eq, f, l), tree.ChainOf(eq, first, last)
	}
	return gold, last
}

// ends returns the first side of a chain of equalities, and the last one before
// any approximation.
func ends(n *tree.Node) (first, last *tree.Node, ok bool) {
	if n.Op != tree.Chain || n.Rels[0] != tree.Eq {
		return nil, nil, false
	}
	k := 0
	for k < len(n.Rels) && n.Rels[k] == tree.Eq {
		k++
	}
	for _, r := range n.Rels[k:] {
		if r != tree.Approx {
			return nil, nil, false
		}
	}
	return n.Args[0], n.Args[k], true
}

func read(s string, o Options, b *budget.Budget) (Expr, error) {
	n, err := parse(s, o, b)
	return Expr{n}, err
}

// rules returns the options of the comparison.
func (o Options) rules() decide.Options {
	return decide.Options{
		Scalar:          scalar.Options{LogBase: scalar.LogBase(o.LogBase), RelTol: o.RelTol, FoldCase: o.FoldCase},
		FoldCase:        o.FoldCase,
		IgnoreUnits:     o.IgnoreUnits,
		IgnorePercent:   o.IgnorePercent,
		OrderedLists:    o.OrderedLists,
		TupleAsSet:      o.TupleAsSet,
		RenameVariables: o.RenameVariables,
		NoSolutionSets:  o.NoSolutionSets,
		DropNames:       o.DropNames,
		MergeLists:      o.MergeLists,
	}
}
