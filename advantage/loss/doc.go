// Package loss computes what a policy is trained with, token by token: clipped
// surrogates, rollout corrections and KL penalties, with their gradients with
// respect to the log-probabilities of the sampled tokens.
//
// It works on plain slices and knows no tensors: a trainer hands over the
// log-probabilities, gets back the loss and its gradient, and multiplies the
// latter into its own backward pass.
package loss
