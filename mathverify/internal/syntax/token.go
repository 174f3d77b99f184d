package syntax

import "github.com/golongrl/golongrl/mathverify/internal/tree"

// kind is the kind of a token.
type kind uint8

const (
	tEOF      kind = iota
	tNum           // digits, with a point or thousands separators perhaps
	tWord          // a run of ASCII letters
	tSym           // a symbol by name: Greek letters
	tConst         // a constant by name
	tCmd           // any other command; s is its name
	tText          // \text{...} or "..."; s is the content
	tPlus          // +
	tMinus         // -
	tTimes         // explicit product
	tSlash         // division sign
	tCaret         // ^
	tSup           // Unicode superscripts; s is what they stand for
	tSub           // Unicode subscripts
	tUnder         // _
	tPrime         // '
	tBang          // !
	tPercent       // %
	tDegree        // °
	tLParen        // (
	tRParen        // )
	tLBrack        // [
	tRBrack        // ]
	tLBrace        // { that groups
	tRBrace        // }
	tLSet          // \{
	tRSet          // \}
	tLAngle        // ⟨
	tRAngle        // ⟩
	tBar           // |
	tLBar          // \left|
	tRBar          // \right|
	tDBar          // \|
	tMid           // \mid
	tLNull         // \left.
	tRNull         // \right.
	tLFloor        // ⌊
	tRFloor        // ⌋
	tLCeil         // ⌈
	tRCeil         // ⌉
	tComma         // ,
	tSemi          // ;
	tColon         // :
	tAmp           // &
	tBreak         // \\ or the end of a line
	tRel           // a relation, in rel
	tCup           // ∪
	tCap           // ∩
	tSetMinus      // ∖
	tPM            // ±
	tMP            // ∓
	tNot           // ¬
	tAnd           // ∧, "and"
	tOr            // ∨, "or"
	tEllipsis      // ...
	tRoot          // √; s is the index, "2" for a square root
	tMoney         // a currency sign; s is its code
	tFrac          // ½; s is "1/2"
	tSetName       // ℝ; s is the name
	tDot           // a full stop
	tBad           // anything else
)

// A token is a piece of the text; s is set as its kind says.
type token struct {
	kind       kind
	space      bool // white space stood before it
	part       bool // what is left of a word whose first letters are used
	sep        bool // tNum: it has thousands separators
	rel        tree.Rel
	start, end int
	s          string
}
