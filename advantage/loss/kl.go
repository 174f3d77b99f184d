package loss

import (
	"fmt"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/internal/portable"
)

// A KLKind is an estimator of the divergence of the policy from the reference
// model for a sampled token. With d = logp - logp_ref:
//
//	k1   d             gradient 1
//	k2   d²/2          gradient d
//	k3   e^-d - 1 + d  gradient 1 - e^-d
//	abs  |d|           gradient the sign of d, 0 at 0
//
// For k3, -d is clamped to ±20 and the value to 10; beyond either the gradient is
// 0, at them that of the inside. The forms with + have the value of their kind
// and the gradient of k2, whose expectation is the gradient of the divergence;
// those of k1 and k3 have another one.
//
// Source: Schulman, "Approximating KL Divergence", 2020; verl, kl_penalty and
// kl_penalty_forward.
type KLKind uint8

// The kinds. The default is K3.
const (
	K3 KLKind = iota
	K1
	K2
	KLAbs
	K3Plus
	K1Plus
	K2Plus
	KLAbsPlus
)

var klNames = []string{"k3", "k1", "k2", "abs", "k3+", "k1+", "k2+", "abs+"}

func (k KLKind) String() string {
	if int(k) < len(klNames) {
		return klNames[k]
	}
	return fmt.Sprintf("KLKind(%d)", k)
}

// ParseKLKind reads k1, k2, k3 or abs, with + for the straight-through form, or
// one of verl's names kl, mse and low_var_kl for the first three.
func ParseKLKind(text string) (KLKind, error) {
	base, plus := strings.CutSuffix(text, "+")
	switch base { // verl's other names
	case "kl":
		base = "k1"
	case "mse":
		base = "k2"
	case "low_var_kl":
		base = "k3"
	}
	if plus {
		base += "+"
	}
	if i := slices.Index(klNames, base); i >= 0 {
		return KLKind(i), nil
	}
	return 0, fmt.Errorf("loss: unknown kind of KL %q; known are %s", text, strings.Join(klNames, " "))
}

// KL is a penalty for the distance from the reference model: the aggregated
// estimates times Coef are added to the loss. The zero value is none.
type KL struct {
	Kind KLKind
	Coef float64
}

// Token returns the estimate for a token and its derivative with respect to logp.
// The estimate of k2 overflows for differences beyond 1e154.
func (k KLKind) Token(logp, ref float64) (value, grad float64) {
	d := logp - ref
	switch k {
	case K1, K1Plus:
		value, grad = d, 1
	case K2, K2Plus:
		value, grad = float64(0.5*float64(d*d)), d
	case KLAbs, KLAbsPlus:
		value, grad = d, 1
		if d <= 0 {
			value, grad = -d, -1
		}
		if d == 0 {
			value, grad = 0, 0
		}
	default:
		value, grad = k3(d)
	}
	if k >= K3Plus {
		grad = d
	}
	return value, grad
}

// k3 is e^-d - 1 + d.
func k3(d float64) (value, grad float64) {
	x := min(max(-d, -maxLogRatio), maxLogRatio)
	if -0.25 < x && x < 0.25 {
		// The terms of the difference cancel; its series does not. What is left out
		// is below 2^-60 of the sum.
		p := 0.0
		for k := 16; k >= 2; k-- {
			p = (1 + float64(p*x)) / float64(k)
		}
		value = float64(float64(x*x) * p)
		return value, -(x + value)
	}
	e := portable.Exp(x)
	value, grad = (e-x)-1, 1-e
	if x != -d {
		grad = 0
	}
	const most = 10
	if value > most {
		return most, 0
	}
	return value, grad
}
