package scalar

// The rules that decide. A verdict comes with one of them.
const (
	RuleSame      = "same expression"            // written alike
	RuleRational  = "exact rational"             // both sides computed exactly
	RuleCanonical = "canonical form"             // both sides have one normal form
	RuleInterval  = "interval evaluation"        // the values lie apart
	RulePoint     = "values at a point"          // the values lie apart for some values of the variables
	RuleModular   = "modular identity test"      // rational functions, random points modulo random primes
	RuleBound     = "separation bound"           // algebraic numbers nearer than they can be without being equal
	RuleIdentity  = "random identity test"       // exact agreement at random points
	RuleInfinity  = "infinity"                   // one side is ±∞
	RuleTolerance = "relative tolerance"         // within, or beyond, Options.RelTol
	RuleLog       = "base of the logarithm"      // the readings of a bare log disagree
	RuleDomain    = "domains differ"             // equal where both are real, but not on one domain
	RuleUndefined = "undefined expression"       // a side has no value
	RuleBudget    = "budget"                     // the steps ran out
	RuleOpaque    = "no rule for the expression" // a construction that nothing here computes
	RuleUnproved  = "no difference, no proof"    // the sides agree as far as they were computed
)
