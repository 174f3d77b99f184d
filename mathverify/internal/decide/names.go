package decide

// The rules that Compare names. A value compared by package scalar carries the
// name of the rule there.
const (
	ruleIdentical   = "identical"
	ruleBudget      = "budget"
	ruleDepth       = "depth"
	ruleSize        = "size"
	ruleKinds       = "kinds"        // answers of kinds that never mean the same
	ruleOpaque      = "opaque"       // a form that no rule understands
	ruleText        = "text"         // words by spelling
	ruleSynonym     = "synonym"      // words by meaning: DNE, does not exist
	ruleCase        = "case"         // short words or abbreviations that differ in case
	ruleSpacing     = "spacing"      // words that differ in spaces only
	ruleAbsent      = "absent"       // several ways to say that there is nothing
	ruleNumeral     = "numeral"      // a number in words
	ruleTextValue   = "text value"   // words against a value
	ruleLetters     = "letters"      // a run of letters: a product or a word
	ruleChoice      = "choice"       // the letter of a choice
	ruleUnit        = "unit"         // quantities by their units
	ruleOneUnit     = "one unit"     // a unit on one side only
	rulePercent     = "percent"      // option IgnorePercent
	ruleDegree      = "degree"       // a degree sign on one side only
	ruleList        = "list"         // multisets
	ruleSet         = "set"          // sets
	ruleSingleton   = "singleton"    // a set of one element and the element
	rulePlusMinus   = "plus-minus"   // ± stands for both values
	ruleComma       = "comma"        // a decimal comma
	ruleTuple       = "tuple"        // points item by item
	ruleBrackets    = "brackets"     // tuples in other brackets
	ruleVector      = "vector"       // a column matrix and a point
	ruleInterval    = "interval"     // sets of reals
	ruleLines       = "lines"        // values on lines of their own
	ruleMatrix      = "matrix"       // entry by entry
	ruleRatio       = "ratio"        // up to a factor
	ruleClock       = "clock"        // times of day
	ruleCongruence  = "congruence"   // residue and modulus
	ruleVariable    = "variable"     // names on the left of an equation
	ruleIsolated    = "isolated"     // x = 5 and 5
	ruleChain       = "chain"        // a chain of equalities that does not hold
	ruleApprox      = "approx"       // an approximation that is none
	ruleEquation    = "equation"     // equations up to a factor
	ruleWitness     = "witness"      // a point on one curve, not on the other
	ruleInequality  = "inequality"   // inequalities up to direction and factor
	ruleSolution    = "solution set" // a relation and the set of its solutions
	ruleSystem      = "system"       // several relations
	ruleAssignments = "assignments"  // x = 1, y = 2 and (1, 2)
	ruleFamily      = "family"       // solutions with an integer parameter
	ruleConstant    = "constant"     // antiderivatives
	rulePiecewise   = "piecewise"    // region by region
)
