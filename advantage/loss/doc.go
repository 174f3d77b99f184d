// Package loss computes what a policy is trained with, token by token: clipped
// surrogates, rollout corrections and KL penalties, with their gradients with
// respect to the log-probabilities of the sampled tokens.
//
// It works on plain slices and knows no tensors: a trainer hands over the
// log-probabilities, gets back the loss and its gradient, and multiplies the
// latter into its own backward pass.
//
//	c := loss.Config{Rollout: loss.MustParseCorrection("icepop(veto=0.0001)")}
//	r, err := c.Eval(grad, nil, &loss.Batch{Start: start, LogP: logp, LogPOld: old, LogPRollout: rollout, Advantages: a, Mask: mask})
//
// A [Config] is made of a [Surrogate], the loss of a token; a [Correction] for
// the difference between trainer and inference engine; an [Aggregation]; a [KL]
// penalty and an entropy bonus. Its zero value is the loss of the GoLongRL recipe
// without correction.
//
// Notation of the doc comments: r is the importance ratio
// exp(clamp(logp - logp_old, -20, 20)), A the advantage, sg(x) the value of x as
// a constant for the gradient, and clip(x) what lies between the bounds.
//
// # Rules that all losses share
//
// Losses are minimised. The gradient at kinks is that of torch: a clamp passes
// it on at its bounds and not beyond, and where the two sides of a maximum or
// minimum are equal, each gets half of it.
//
// Masked tokens are never read, have gradient 0 and weight 0, and count in no
// denominator. Means divide by the number of tokens or sequences itself; verl
// adds 1e-8 to some of these numbers, which shows in the ninth digit.
//
// Finite input never gives NaN. What leaves the range of float64 is an error that
// names the token.
package loss
