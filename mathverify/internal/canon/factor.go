package canon

import (
	"math"
	"math/cmplx"
	"slices"
)

// rationalRoots returns the rational roots of Σ c[k]·x^k, each once, in
// ascending order. Floating point only proposes: with integer coefficients the
// leading one times a rational root is an integer, and every proposal is
// checked exactly. It may miss roots that are too large or too close to others
// for floating point.
func (f *field) rationalRoots(c []num) []num {
	var roots []num
	for len(c) > 0 && c[len(c)-1].isZero() {
		c = c[:len(c)-1]
	}
	if len(c) > 1 && c[0].isZero() {
		roots = append(roots, zero)
		for c[0].isZero() {
			c = c[1:]
		}
	}
	if len(c) < 2 || len(c) > 40 {
		return roots
	}
	g := c[0]
	for _, x := range c {
		g = gcdNum(g, x)
	}
	lead := c[len(c)-1].mul(g.inv())
	for _, z := range f.approxRoots(c) {
		if math.Abs(imag(z)) > 1e-3*(1+cmplx.Abs(z)) {
			continue
		}
		k := math.Round(lead.float() * real(z))
		if math.IsNaN(k) || math.Abs(k) > 1<<52 {
			continue
		}
		r := intNum(int64(k)).mul(lead.inv())
		if horner(c, r).isZero() && !hasNum(roots, r) {
			roots = append(roots, r)
		}
	}
	for i := range roots {
		for j := i; j > 0 && roots[j].sub(roots[j-1]).sign() < 0; j-- {
			roots[j], roots[j-1] = roots[j-1], roots[j]
		}
	}
	return roots
}

func hasNum(all []num, x num) bool {
	for _, y := range all {
		if x.equal(y) {
			return true
		}
	}
	return false
}

func horner(c []num, x num) num {
	z := zero
	for k := len(c) - 1; k >= 0; k-- {
		z = z.mul(x).add(c[k])
	}
	return z
}

// approxRoots finds all complex roots at once.
//
// Source: Durand, Solutions numériques des équations algébriques, 1960;
// Kerner, Numer. Math. 8, 1966.
func (f *field) approxRoots(c []num) []complex128 {
	n := len(c) - 1
	a := make([]complex128, n+1)
	lead := c[n].float()
	radius := 0.0
	for k := range a {
		a[k] = complex(c[k].float()/lead, 0)
		if k < n {
			radius = max(radius, 2*math.Pow(cmplx.Abs(a[k]), 1/float64(n-k)))
		}
	}
	z := make([]complex128, n)
	for k := range z {
		z[k] = cmplx.Rect(radius*0.7, 2*math.Pi*float64(k)/float64(n)+0.4)
	}
	for range 60 {
		f.bud.Use(int64(n * n))
		moved := 0.0
		for i := range z {
			p, q := complex(1, 0), complex(1, 0)
			for k := n - 1; k >= 0; k-- {
				p = p*z[i] + a[k]
			}
			for j := range z {
				if j != i {
					q *= z[i] - z[j]
				}
			}
			if q != 0 {
				d := p / q
				z[i] -= d
				moved = max(moved, cmplx.Abs(d)/(cmplx.Abs(z[i])+1e-300))
			}
		}
		if moved < 1e-14 {
			break
		}
	}
	return z
}

// squareFree returns c over the greatest common divisor with its derivative.
func (f *field) squareFree(c []num) []num {
	if len(c) < 3 {
		return c
	}
	d := make([]num, len(c)-1)
	for k := 1; k < len(c); k++ {
		d[k-1] = c[k].mul(intNum(int64(k)))
	}
	a, b := c, d
	for len(b) > 0 {
		_, r := f.quoRem(a, b)
		a, b = b, r
	}
	if len(a) <= 1 {
		return c
	}
	q, _ := f.quoRem(c, a)
	return q
}

// quoRem divides polynomials; the divisor's last coefficient is not 0. The
// remainder is primitive up to its sign, which keeps it short.
func (f *field) quoRem(a, b []num) (q, r []num) {
	r = slices.Clone(a)
	lead := b[len(b)-1].inv()
	if len(a) >= len(b) {
		q = make([]num, len(a)-len(b)+1)
	}
	for k := len(a) - len(b); k >= 0; k-- {
		c := r[k+len(b)-1].mul(lead)
		q[k] = c
		for j, x := range b {
			r[k+j] = f.checked(r[k+j].sub(c.mul(x)))
		}
		f.work(8 * len(b))
	}
	if len(r) >= len(b) {
		r = r[:len(b)-1]
	}
	for len(r) > 0 && r[len(r)-1].isZero() {
		r = r[:len(r)-1]
	}
	if len(r) > 0 {
		g := r[0]
		for _, x := range r {
			g = gcdNum(g, x)
		}
		g = g.inv()
		for i := range r {
			r[i] = r[i].mul(g)
		}
	}
	return q, r
}
