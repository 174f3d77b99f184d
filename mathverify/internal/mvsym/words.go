package mvsym

import "strings"

// fixed holds every token with a fixed spelling, maxWord the length of the
// longest one per first byte, accents the commands that take a braced text.
var (
	fixed   = map[string]kind{}
	maxWord [256]int
	accents = map[string]bool{}
)

func init() {
	for _, w := range words {
		for _, text := range strings.Fields(w.texts) {
			fixed[text] = w.kind
			maxWord[text[0]] = max(maxWord[text[0]], len(text))
		}
	}
	for _, a := range strings.Fields(accentNames) {
		accents[a] = true
	}
}

const accentNames = `acute bar overline breve check widecheck dot ddot grave hat tilde widetilde vec
	overrightarrow bm boldsymbol text textit textbf textnormal mathbb mathbin mathbf mathcal mathclap
	mathclose mathellipsis mathfrak mathinner mathit mathnormal mathop mathopen mathord mathpunct mathrel
	mathring mathrlap mathrm mathscr mathsf mathsterling mathtt mbox`

var words = []struct {
	kind  kind
	texts string
}{
	{kSkip, `\, \thinspace \: \medspace \; \thickspace \quad \qquad \! \negthinspace \negmedspace \negthickspace \$
		\vrule \vcenter \vbox \vskip \vspace \hfil`},
	{kAdd, `+ ∔ ⊕ ⊞`},
	{kSub, `- − ∸`},
	{kMul, `* × ⋅ ⋄ ⊡ ∗ ⋆ ∘ ∙ ⊗ ⊠ ⋈ ⋉ ⋊ \times \cdot`},
	{kDiv, `/ ÷ ∕ \over \div`},
	{kMod, `\mod`},
	{kLParen, `(`}, {kRParen, `)`},
	{kLParenVisual, `\(`}, {kRParenVisual, `\)`},
	{kLGroup, `\lgroup`}, {kRGroup, `\rgroup`},
	{kLBrace, `{`}, {kRBrace, `}`},
	{kLBraceVisual, `\{`}, {kRBraceVisual, `\}`},
	{kLBraceCmd, `\lbrace`}, {kRBraceCmd, `\rbrace`},
	{kLBracket, `[`}, {kRBracket, `]`},
	{kLBrack, `\lbrack`}, {kRBrack, `\rbrack`},
	{kPhantom, `\phantom`}, {kBoxed, `\boxed`},
	{kBar, `|`}, {kLVert, `\lvert`}, {kRVert, `\rvert`}, {kVert, `\vert`}, {kNorm, `\|`},
	{kLAngle, `\langle`}, {kRAngle, `\rangle`},
	{kLFloor, `\lfloor`}, {kRFloor, `\rfloor`}, {kLCeil, `\lceil`}, {kRCeil, `\rceil`},
	{kNever, `\llcorner \lrcorner \ulcorner \urcorner \mathit \xrightarrow \xRightarrow <-> <=> \leftrightarrow \Leftrightarrow
		matrix pmatrix bmatrix vmatrix \variable`},
	{kLim, `\lim`}, {kApproach, `\to \rightarrow \Rightarrow \longrightarrow \Longrightarrow`},
	{kInt, `\int`}, {kSum, `\sum`}, {kProd, `\prod`},
	{kFunc, `\log \ln \exp \sin \cos \tan \csc \sec \cot \arcsin \arccos \arctan \arccsc \arcsec \arccot \sinh \cosh \tanh
		\arsinh \arcosh \artanh \arcsinh \arccosh \arctanh \floor \ceil \det`},
	{kFuncMany, `\gcd \lcm \max \min`},
	{kName, `arsinh arcosh artanh arcsinh arccosh arctanh floor ceil eye rank trace tr rref nullspace eig eigen diagonalize
		norm eigenvals eigenvalues eigenvects eigenvectors svd SVD cols rows`},
	{kNameMany, `gcd lcm zeros ones diag hstack vstack orth ortho orthogonal orthogonalize`},
	{kSqrt, `\sqrt`}, {kFrac, `\frac \dfrac \tfrac \cfrac`},
	{kBinom, `\binom \tbinom \dbinom`}, {kChoose, `\choose`}, {kOperator, `\operatorname`},
	{kMatStart, `\begin{matrix} \begin{pmatrix} \begin{bmatrix}`}, {kMatEnd, `\end{matrix} \end{pmatrix} \end{bmatrix}`},
	{kArrEnd, `\end{array}`}, {kDetStart, `\begin{vmatrix}`}, {kDetEnd, `\end{vmatrix}`},
	{kCol, `&`}, {kRow, `\\`},
	{kUnder, `_`}, {kCaret, `^`}, {kColon, `:`}, {kSemicolon, `;`}, {kComma, `,`},
	{kExpE, `\exponentialE`},
	{kIn, `\in`}, {kNotIn, `\notin ∉`},
	{kAssign, `= ≡ ≣ ≟ ≎ ≏ ≐ ≑ ≒ ≓ ≔ ≕ ≖ ≗`}, {kEqual, `== \equiv`},
	{kApprox, `~= ≈ ≊ ≋ ≃ ≅ \approx`},
	{kLT, `< ≪ ≺ ⋖ \lt`}, {kLE, `\leq \le \leqslant ≤ ≦ ≲ ≾ <=`},
	{kGT, `> ≫ ≻ ⋗ \gt`}, {kGE, `\geq \ge \geqslant ≥ ≧ ≳ ≿ >=`},
	{kNE, `!= !== \ne \neq \not\equiv ≠ ≁ ≄ ≇ ≉ ≢`}, {kBang, `!`},
	{kGreek, `\alpha α \char"000391 \char000391 \beta β \char"000392 \char000392 \gamma γ \Gamma Γ \delta δ \Delta Δ \epsilon ε
		\char"000190 \char000190 \varepsilon ϵ \zeta ζ \char"000396 \char000396 \eta η \char"000397 \char000397 \theta θ \Theta Θ
		\vartheta ϑ \iota ι \char"000399 \char000399 \kappa κ \char"00039A \char00039A \lambda λ \Lambda Λ \mu μ \char"00039C
		\char00039C \nu ν \char"00039D \char00039D \xi ξ \Xi Ξ \omicron ο \char"00039F \char00039F \pi π \Pi Π \varpi ϖ \rho ρ
		\char"0003A1 \char0003A1 \varrho ϱ \sigma σ \Sigma Σ \varsigma ς \tau τ \char"0003A4 \char0003A4 \upsilon υ \Upsilon Υ
		\phi φ \Phi Φ \varphi ϕ \chi χ \char"0003A7 \char0003A7 \psi ψ \Psi Ψ \omega ω \Omega Ω`},
	{kOther, `\Bbbk \wp \nabla \bigstar \angle \nexists \diagdown \measuredangle \eth ℵ ℶ ℷ ℸ \diagup \sphericalangle \clubsuit
		\varnothing \Diamond \complement \diamondsuit \imath \Finv \triangledown \heartsuit \jmath \Game \triangle \spadesuit \ell
		\hbar \vartriangle \hslash \blacklozenge \lozenge \blacksquare \mho \blacktriangle \sharp \prime \Im \flat \square
		\backprime \Re \natural \surd \circledS`},
	{kSymbol, `\partial \infty \$\infty`},
	{kSet, `\mathbb{N} ℕ \mathbb{Z} ℤ \mathbb{Q} ℚ \mathbb{R} ℝ \mathbb{C} ℂ \mathbb{P} ℙ`},
	{kUnion, `\cup ∪`}, {kInter, `\cap ∩`}, {kSetMinus, `\setminus ∖`}, {kPlusMinus, `\pm ± ∓ \mp`},
	{kEmptySet, `\emptyset ∅ \{\} \lbrace\rbrace`},
	{kSupset, `\supseteq ⊇`}, {kSubset, `\subseteq ⊆`},
	{kTranspose, `^T ^{T} '`},
	{kDegree, `^\circ ^\degree ^\circle ^° ^{\circ} ^{\degree} ^{\circle} ^{°}`},
}
