package backend

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/random"
)

// Init writes random weights to p and zeros to its moments and gradient: 1 for
// weights of norms, normal deviates of standard deviation std (0.02 in Qwen3) for
// all other tensors. Numbers are a function of key and the tensor's index, so
// that every backend starts alike.
func Init(p Policy, key random.Key, std float64) error {
	if !(std >= 0) || math.IsInf(std, 1) {
		return fmt.Errorf("backend: initial standard deviation %v", std)
	}
	for i, t := range p.Config().Tensors() {
		v := make([]float32, t.Len())
		for _, kind := range []State{Gradient, Moment1, Moment2} {
			if err := p.Write(kind, i, v); err != nil {
				return err
			}
		}
		k := random.NewKey(uint64(key), uint64(i))
		for j := range v {
			if t.Norm {
				v[j] = 1
			} else {
				v[j] = float32(std * k.Normal(uint64(j)))
			}
		}
		if err := p.Write(Weights, i, v); err != nil {
			return err
		}
	}
	return nil
}
