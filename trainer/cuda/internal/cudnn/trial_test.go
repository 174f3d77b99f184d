package cudnn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestTrialGradient compares the trial's gradient with differences of its output.
func TestTrialGradient(t *testing.T) {
	start, shape := []int{2, 7, 11}, testShape(4, 2, 3)
	p := newTrial(rand.New(rand.NewPCG(5, 6)), start, shape)
	loss := func() (sum float64) {
		n := newTrial(rand.New(rand.NewPCG(5, 6)), []int{0}, shape)
		n.start, n.q, n.k, n.v, n.dout = start, p.q, p.k, p.v, p.dout
		n.compute()
		for i := range n.out {
			sum += n.out[i] * n.dout[i]
		}
		return sum
	}
	for _, c := range []struct {
		name    string
		x, grad []float64
	}{{"queries", p.q, p.dq}, {"keys", p.k, p.dk}, {"values", p.v, p.dv}} {
		for i := range c.x {
			const h = 1e-5
			was := c.x[i]
			c.x[i] = was + h
			up := loss()
			c.x[i] = was - h
			down := loss()
			c.x[i] = was
			if d := (up - down) / (2 * h); !(math.Abs(d-c.grad[i]) < 1e-8) {
				t.Errorf("%s, element %d: %v, by differences %v", c.name, i, c.grad[i], d)
			}
		}
	}
}

func TestJudge(t *testing.T) {
	p := newTrial(rand.New(rand.NewPCG(7, 8)), []int{2, 9, 20}, testShape(4, 2, 8))
	for _, m := range p.pieces() {
		if !m.result {
			continue
		}
		n := 20 + 3
		right := func() []float64 {
			x := decode(m, encode(m, n))
			for i := range x {
				if row, col := i/m.ld, i%m.ld; row >= 2 && row < 20 && col < m.width {
					x[i] = m.data[row*m.width+col]
				}
			}
			return x
		}
		if why := p.judge(m, right(), math.IsNaN); why != "" {
			t.Errorf("right numbers: %s", why)
		}
		for name, spoil := range map[string]func(x []float64){
			"none":           func(x []float64) { copy(x, decode(m, encode(m, n))) },
			"a NaN":          func(x []float64) { x[5*m.ld] = math.NaN() },
			"before":         func(x []float64) { x[m.ld] = 0 },
			"behind":         func(x []float64) { x[20*m.ld] = 0 },
			"of another row": func(x []float64) { copy(x[2*m.ld:19*m.ld], x[3*m.ld:20*m.ld]) },
			"one":            func(x []float64) { x[5*m.ld] += 3 },
			"scaled": func(x []float64) {
				for i := range x {
					x[i] *= 1.05
				}
			},
		} {
			x := right()
			spoil(x)
			if p.judge(m, x, math.IsNaN) == "" {
				t.Errorf("%s: wrong numbers pass: %s", results[m.role], name)
			}
		}
	}
}

func TestEncode(t *testing.T) {
	m := piece{role: Q, data: []float64{1, -0.5, 2, 0.0078125}, width: 2, ld: 3}
	x := decode(m, encode(m, 3))
	for i, want := range []float64{1, -0.5, math.NaN(), 2, 0.0078125, math.NaN(), math.NaN(), math.NaN(), math.NaN()} {
		if x[i] != want && !(math.IsNaN(want) && math.IsNaN(x[i])) {
			t.Errorf("element %d: %v, want %v", i, x[i], want)
		}
	}
	if len(x) != 9 {
		t.Errorf("%d elements", len(x))
	}
}
