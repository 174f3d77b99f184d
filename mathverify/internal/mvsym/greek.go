package mvsym

import "strings"

// greekLetters gives the letters and commands that become a name. The two
// curly forms of epsilon and phi have the command of the other.
var greekLetters = map[string]string{}

func init() {
	const names = `alpha α beta β gamma γ Gamma Γ delta δ Delta Δ epsilon ε varepsilon ϵ zeta ζ eta η theta θ Theta Θ vartheta ϑ
		iota ι kappa κ lambda λ Lambda Λ mu μ nu ν xi ξ Xi Ξ omicron ο pi π Pi Π varpi ϖ rho ρ varrho ϱ sigma σ Sigma Σ varsigma ς
		tau τ upsilon υ Upsilon Υ phi φ Phi Φ varphi ϕ chi χ psi ψ Psi Ψ omega ω Omega Ω`
	fields := strings.Fields(names)
	for i := 0; i < len(fields); i += 2 {
		greekLetters[`\`+fields[i]] = fields[i]
		greekLetters[fields[i+1]] = fields[i]
	}
	const codes = `391 alpha 392 beta 190 epsilon 396 zeta 397 eta 399 iota 39A kappa 39C mu 39D nu 39F omicron 3A1 rho 3A4 tau 3A7 chi`
	fields = strings.Fields(codes)
	for i := 0; i < len(fields); i += 2 {
		greekLetters[`\char000`+fields[i]] = fields[i+1]
	}
}

func greekName(text string) (string, bool) {
	name, ok := greekLetters[text]
	return name, ok
}
