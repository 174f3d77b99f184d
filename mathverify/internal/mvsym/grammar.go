package mvsym

// rule names a rule of the grammar.
type rule uint8

const (
	rToken rule = iota
	rMath
	rSetAssign   // x = 1,2 or x in 1,2: one value, several elements
	rSetElements // elements with commas and semicolons
	rSetRelation // sets joined by subset signs
	rSetPrimary  // x in A, x = A, A
	rMinus       // set difference
	rUnion
	rInter
	rSetGroup
	rSetAtom
	rInterval
	rLiteral
	rTuple
	rFinite
	rSemi
	rComma
	rElement
	rSemiPlain // the same without relations
	rCommaPlain
	rElementPlain
	rPlusMinus
	rRelation
	rEquality
	rAdd
	rMul
	rMulPlain // the argument of a function without parentheses
	rUnary
	rUnaryPlain
	rPostfix
	rPostfixPlain
	rPostfixOp
	rEvalAt
	rEvalSub
	rEvalSup
	rPow
	rPowPlain
	rComp
	rCompPlain
	rGroup // brackets around one expression
	rNormGroup
	rAbs
	rDot
	rFloorGroup
	rCeilGroup
	rAtom
	rAtomExpr
	rAtomBase // an atom that may be the name of a function
	rAtomList
	rNumber
	rFrac
	rBinom
	rMatrix
	rDet
	rMatrixRow
	rFunc // f(x) of one argument
	rFuncMany
	rCall
	rInt
	rSqrt
	rSeries // sum and product
	rLimit
	rExp
	rArgs
	rCallArgs
	rManyArgs
	rSub
	rSup
	ruleCount
)

func class(ks ...kind) *pattern {
	var t tokens
	for _, k := range ks {
		t[k>>6] |= 1 << (k & 63)
	}
	return &pattern{op: 't', class: t, first: t}
}

func ref(r rule) *pattern { return &pattern{op: 'r', rule: r} }

func seq(subs ...*pattern) *pattern { return &pattern{op: '.', subs: subs} }

func alt(subs ...*pattern) *pattern { return &pattern{op: '|', subs: subs} }

func many(subs ...*pattern) *pattern { return &pattern{op: '*', subs: []*pattern{seq(subs...)}} }

func opt(subs ...*pattern) *pattern { return &pattern{op: '?', subs: []*pattern{seq(subs...)}} }

// around is an expression between two tokens.
func around(open kind, close kind) *pattern {
	return seq(class(open), ref(rAdd), class(close))
}

// braced is a pattern in braces.
func braced(p *pattern) *pattern { return seq(class(kLBrace), p, class(kRBrace)) }

// chain is p joined by tokens: p (op p)*, read from the left.
func chain(p *pattern, ops ...kind) *pattern { return seq(p, many(class(ops...), p)) }

var grammar [ruleCount]*pattern

func init() {
	sub, sup := ref(rSub), ref(rSup)
	bounds := alt(seq(sub, sup), seq(sup, sub))
	// Either index, in either order, or none.
	indices := alt(seq(opt(sub), opt(sup)), seq(opt(sup), opt(sub)))
	expr := ref(rAdd)
	name := class(kLetter, kGreek, kOther, kAccent)
	upper := seq(class(kCaret), alt(ref(rAtom), braced(expr)), opt(sub))
	shared := []*pattern{ref(rGroup), seq(class(kPhantom, kBoxed), braced(expr)), ref(rNormGroup), ref(rAbs), ref(rDot), ref(rFloorGroup), ref(rCeilGroup)}
	tail := []*pattern{ref(rAtom), ref(rFrac), ref(rBinom), ref(rMatrix), ref(rDet)}
	funcs := alt(ref(rFunc), ref(rFuncMany), ref(rCall), ref(rInt), ref(rSqrt), ref(rSeries), ref(rLimit), ref(rExp))
	rows := seq(chain(ref(rMatrixRow), kRow), opt(class(kRow)))
	equation := braced(alt(expr, ref(rEquality)))

	grammar = [ruleCount]*pattern{
		rToken:        class(kEOF),
		rMath:         alt(ref(rSetAssign), ref(rSetElements), ref(rSetRelation)),
		rSetAssign:    seq(ref(rAtomList), class(kIn, kAssign), ref(rSemiPlain)),
		rSetElements:  ref(rSemi),
		rSetRelation:  chain(ref(rSetPrimary), kSubset, kSupset),
		rSetPrimary:   alt(seq(ref(rAtomList), class(kIn, kNotIn, kAssign), ref(rSetRelation)), ref(rMinus)),
		rMinus:        chain(ref(rUnion), kSetMinus),
		rUnion:        chain(ref(rInter), kUnion),
		rInter:        chain(ref(rSetGroup), kInter),
		rSetGroup:     alt(seq(class(kLParen), ref(rMinus), class(kRParen)), ref(rSetAtom)),
		rSetAtom:      alt(ref(rInterval), ref(rLiteral), ref(rTuple), ref(rFinite)),
		rInterval:     seq(class(kLBracket, kLParen, kLParenVisual, kLBrack, kLGroup), expr, class(kComma), expr, class(kRBracket, kRParen, kRParenVisual, kRBrack, kRGroup)),
		rLiteral:      alt(class(kSet, kEmptySet), seq(class(kLBrace), class(kRBrace))),
		rTuple:        alt(seq(class(kLParen), ref(rSemi), class(kRParen)), seq(class(kLParenVisual), ref(rSemi), class(kRParenVisual)), seq(class(kLBracket), ref(rSemi), class(kRBracket))),
		rFinite:       alt(braced(ref(rSemi)), seq(class(kLBraceVisual), ref(rSemi), class(kRBraceVisual)), seq(class(kBoxed), braced(ref(rSemi)))),
		rSemi:         chain(ref(rComma), kSemicolon),
		rComma:        chain(ref(rElement), kComma),
		rElement:      alt(ref(rPlusMinus), ref(rSetAtom), ref(rRelation)),
		rSemiPlain:    chain(ref(rCommaPlain), kSemicolon),
		rCommaPlain:   chain(ref(rElementPlain), kComma),
		rElementPlain: alt(ref(rPlusMinus), ref(rSetAtom), expr),
		rPlusMinus:    seq(opt(expr), class(kPlusMinus), expr),
		rRelation:     chain(expr, kIn, kAssign, kEqual, kApprox, kLT, kLE, kGT, kGE, kNE),
		rEquality:     seq(expr, class(kEqual, kAssign), expr),

		rAdd:          chain(ref(rMul), kAdd, kSub),
		rMul:          chain(ref(rUnary), kMul, kDiv, kColon, kMod),
		rMulPlain:     chain(ref(rUnaryPlain), kMul, kDiv, kColon, kMod),
		rUnary:        alt(seq(class(kAdd, kSub), ref(rUnary)), seq(ref(rPostfix), many(ref(rPostfix)))),
		rUnaryPlain:   alt(seq(class(kAdd, kSub), ref(rUnaryPlain)), seq(ref(rPostfix), many(ref(rPostfixPlain)))),
		rPostfix:      seq(ref(rPow), many(ref(rPostfixOp))),
		rPostfixPlain: seq(ref(rPowPlain), many(ref(rPostfixOp))),
		rPostfixOp:    alt(class(kBang), ref(rEvalAt), class(kTranspose, kDegree)),
		rEvalAt:       seq(class(kBar), alt(ref(rEvalSup), ref(rEvalSub), seq(ref(rEvalSup), ref(rEvalSub)))),
		rEvalSub:      seq(class(kUnder), equation),
		rEvalSup:      seq(class(kCaret), equation),
		rPow:          seq(ref(rComp), many(upper)),
		rPowPlain:     seq(ref(rCompPlain), many(upper)),
		rComp:         alt(append(append(append([]*pattern{}, shared...), funcs), tail...)...),
		rCompPlain:    alt(append(append([]*pattern{}, shared...), tail...)...),
		rGroup: alt(around(kLParen, kRParen), around(kLGroup, kRGroup), around(kLBrace, kRBrace), around(kLBracket, kRBracket),
			around(kLBraceVisual, kRBraceVisual), around(kLBraceCmd, kRBraceCmd), around(kLBrack, kRBrack)),
		rNormGroup:  around(kNorm, kNorm),
		rAbs:        alt(around(kBar, kBar), around(kLVert, kRVert), around(kVert, kVert)),
		rDot:        around(kLAngle, kRAngle),
		rFloorGroup: around(kLFloor, kRFloor),
		rCeilGroup:  around(kLCeil, kRCeil),
		rAtom:       alt(ref(rAtomExpr), class(kSymbol), ref(rNumber), class(kPercent, kENotation, kBigE, kDiff)),
		rAtomExpr:   seq(name, &pattern{op: '?', subs: []*pattern{alt(seq(sup, sub), seq(sub, sup), sub, sup)}}),
		rAtomBase:   seq(name, opt(sub)),
		rAtomList:   alt(seq(class(kLParen), chain(ref(rAtomExpr), kComma), class(kRParen)), ref(rAtomExpr)),
		rNumber:     seq(class(kNumber), opt(sub)),
		rFrac:       seq(class(kFrac), braced(expr), braced(expr)),
		rBinom:      alt(braced(seq(expr, class(kChoose), expr)), seq(class(kBinom), braced(expr), braced(expr))),
		rMatrix:     alt(seq(class(kMatStart), rows, class(kMatEnd)), seq(class(kArrStart), rows, class(kArrEnd))),
		rDet:        seq(class(kDetStart), rows, class(kDetEnd)),
		rMatrixRow:  chain(expr, kCol),

		rFunc:     seq(alt(class(kFunc), seq(class(kOperator), braced(class(kName)))), indices, alt(around(kLParen, kRParen), ref(rMulPlain))),
		rFuncMany: seq(alt(class(kFuncMany), seq(class(kOperator), braced(class(kNameMany)))), indices, alt(seq(class(kLParen), ref(rManyArgs), class(kRParen)), ref(rMulPlain))),
		rCall: seq(ref(rAtomBase), opt(sup), alt(
			seq(class(kLParen), ref(rCallArgs), class(kRParen)), seq(class(kLBracket), ref(rCallArgs), class(kRBracket)),
			braced(seq(class(kLParen), ref(rCallArgs), class(kRParen))), braced(seq(class(kLBracket), ref(rCallArgs), class(kRBracket))))),
		rInt: seq(class(kInt), &pattern{op: '?', subs: []*pattern{alt(bounds,
			seq(class(kUnder), class(kLBrace), class(kRBrace), class(kCaret), class(kLBrace), class(kRBrace)),
			seq(class(kCaret), class(kLBrace), class(kRBrace), class(kUnder), class(kLBrace), class(kRBrace)))}},
			alt(seq(opt(expr), class(kDiff)), ref(rFrac), expr)),
		rSqrt:   seq(class(kSqrt), opt(around(kLBracket, kRBracket)), braced(expr)),
		rSeries: seq(class(kSum, kProd), alt(seq(class(kUnder), braced(ref(rEquality)), sup), seq(sup, class(kUnder), braced(ref(rEquality)))), ref(rMul)),
		rLimit: seq(class(kLim), class(kUnder), class(kLBrace), class(kLetter, kGreek, kOther), class(kApproach), expr,
			opt(class(kCaret), braced(class(kAdd, kSub))), class(kRBrace), ref(rMul)),
		rExp:      seq(class(kExpE), opt(sup)),
		rArgs:     alt(seq(expr, class(kComma), ref(rArgs)), expr),
		rCallArgs: alt(ref(rAtom), seq(expr, class(kComma)), seq(expr, class(kComma), ref(rArgs))),
		rManyArgs: alt(expr, seq(expr, class(kComma), ref(rManyArgs))),
		rSub:      seq(class(kUnder), alt(ref(rAtom), braced(alt(expr, ref(rArgs))))),
		rSup:      seq(class(kCaret), alt(ref(rAtom), braced(expr))),
	}
	findFirsts()
}

// findFirsts fills in first and empty of every pattern.
func findFirsts() {
	for changed := true; changed; {
		changed = false
		for _, p := range grammar {
			before, empty := p.first, p.empty
			p.look()
			changed = changed || before != p.first || empty != p.empty
		}
	}
}

func (p *pattern) look() {
	for _, s := range p.subs {
		s.look()
	}
	switch p.op {
	case 'r':
		p.first, p.empty = grammar[p.rule].first, grammar[p.rule].empty
	case '.':
		p.first, p.empty = tokens{}, true
		for _, s := range p.subs {
			if p.empty {
				p.first = p.first.or(s.first)
			}
			p.empty = p.empty && s.empty
		}
	case '|':
		p.first, p.empty = tokens{}, false
		for _, s := range p.subs {
			p.first = p.first.or(s.first)
			p.empty = p.empty || s.empty
		}
	case '*', '?':
		p.first, p.empty = p.subs[0].first, true
	}
}
