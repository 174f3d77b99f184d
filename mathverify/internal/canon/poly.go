package canon

import "slices"

// A term is a monomial with a non-zero coefficient.
type term struct {
	m mono
	c num
}

// A poly is a Laurent polynomial: terms in ascending order of their monomials,
// each monomial once. It is immutable; nil is 0.
type poly []term

func constant(c num) poly {
	if c.isZero() {
		return nil
	}
	return poly{{c: c}}
}

// rational returns the value of a poly without generators.
func (p poly) rational() (num, bool) {
	switch {
	case len(p) == 0:
		return zero, true
	case len(p) == 1 && p[0].m.isOne():
		return p[0].c, true
	}
	return num{}, false
}

func (p poly) equal(q poly) bool {
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		if p[i].m != q[i].m || !p[i].c.equal(q[i].c) {
			return false
		}
	}
	return true
}

func (p poly) scale(c num) poly {
	if c.isOne() || len(p) == 0 {
		return p
	}
	if c.isZero() {
		return nil
	}
	z := make(poly, len(p))
	for i, t := range p {
		z[i] = term{t.m, t.c.mul(c)}
	}
	return z
}

// shift returns p·m, with relations applied.
func (f *field) shift(p poly, m mono) poly {
	if m.isOne() {
		return p
	}
	z := make(poly, len(p))
	for i, t := range p {
		z[i] = f.product(t, term{m, one})
	}
	return f.collect(z)
}

func (f *field) add(p, q poly) poly {
	if len(p) == 0 {
		return q
	}
	if len(q) == 0 {
		return p
	}
	f.work(2 * (len(p) + len(q)))
	z := make(poly, 0, len(p)+len(q))
	i, j := 0, 0
	for i < len(p) && j < len(q) {
		switch c := p[i].m.compare(&q[j].m); {
		case c < 0:
			z = append(z, p[i])
			i++
		case c > 0:
			z = append(z, q[j])
			j++
		default:
			if s := p[i].c.add(q[j].c); !s.isZero() {
				z = append(z, term{p[i].m, f.checked(s)})
			}
			i++
			j++
		}
	}
	z = append(z, p[i:]...)
	return append(z, q[j:]...)
}

func (f *field) sub(p, q poly) poly { return f.add(p, q.scale(intNum(-1))) }

func (f *field) mul(p, q poly) poly {
	if len(p) == 0 || len(q) == 0 {
		return nil
	}
	if c, ok := p.rational(); ok {
		return f.scaled(q, c)
	}
	if c, ok := q.rational(); ok {
		return f.scaled(p, c)
	}
	n := len(p) * len(q)
	f.work((12 + 4*len(f.pure)) * n)
	if n > maxProducts {
		f.giveUp()
	}
	z := make(poly, 0, n)
	for i := range p {
		for j := range q {
			z = append(z, f.product(p[i], q[j]))
		}
	}
	return f.collect(z)
}

func (f *field) scaled(p poly, c num) poly {
	f.work(2 * len(p) * c.words())
	p = p.scale(c)
	for _, t := range p {
		f.checked(t.c)
	}
	return p
}

// collect sorts terms and adds up equal monomials, in place.
func (f *field) collect(z poly) poly {
	f.work(30 * len(z))
	if len(z) > 1 {
		slices.SortFunc(z, func(a, b term) int { return a.m.compare(&b.m) })
	}
	out := z[:0]
	for _, t := range z {
		if k := len(out) - 1; k >= 0 && out[k].m == t.m {
			out[k].c = f.checked(out[k].c.add(t.c))
			if out[k].c.isZero() {
				out = out[:k]
			}
			continue
		}
		if !t.c.isZero() {
			out = append(out, t)
		}
	}
	return out
}

// product multiplies two terms and applies the relations g^n = c·m that hold
// for single generators, so that every monomial has one spelling.
func (f *field) product(a, b term) term {
	m, ok := a.m.times(b.m)
	if !ok {
		f.giveUp()
	}
	t := term{m, a.c.mul(b.c)}
	if t.c.r != nil {
		f.checked(t.c)
	}
	// Later generators are replaced by earlier ones.
	for k := len(f.pure) - 1; k >= 0; k-- {
		g := f.pure[k]
		r := &f.gens[g].rel
		e := t.m.exp(g)
		if uint(e) < uint(r.n) {
			continue
		}
		q := e / r.n
		if e%r.n < 0 {
			q--
		}
		t.m.set(g, e-q*r.n)
		if !r.c.isOne() {
			if r.c.bits()*abs(q) > maxBits {
				f.giveUp()
			}
			t.c = f.checked(t.c.mul(r.c.pow(q)))
		}
		if !r.m.isOne() {
			s, ok := r.m.power(q)
			if ok {
				t.m, ok = t.m.times(s)
			}
			if !ok {
				f.giveUp()
			}
		}
	}
	return t
}

// pow returns p^k for k ≥ 0. The number of terms is bounded beforehand.
func (f *field) pow(p poly, k int) poly {
	switch {
	case k == 0:
		return constant(one)
	case k == 1 || len(p) == 0:
		return p
	case len(p) == 1:
		return poly{f.termPow(p[0], k)}
	}
	if !fewTerms(len(p), k) {
		f.giveUp()
	}
	z := p
	for range k - 1 {
		z = f.mul(z, p)
	}
	return z
}

// fewTerms reports whether the k-th power of n terms, C(n+k-1, k) before like
// terms are collected, may be written out.
func fewTerms(n, k int) bool {
	if k > maxPower {
		return false
	}
	c := 1
	for i := 1; i < n; i++ {
		if c = c * (k + i) / i; c > maxTerms {
			return false
		}
	}
	return true
}

// termPow returns t^k for any integer k.
func (f *field) termPow(t term, k int) term {
	if t.c.bits() > 1 && t.c.bits()*abs(k) > maxBits {
		f.giveUp()
	}
	f.work(1 + t.c.bits()*abs(k)/64)
	m, ok := t.m.power(k)
	if !ok {
		f.giveUp()
	}
	return f.product(term{m, t.c.pow(k)}, term{c: one})
}

// content returns the positive rational and the monomial that divide all terms
// of p ≠ 0, and what is left: its coefficients are integers without a common
// factor, its exponents in the given generators start at 0.
func (f *field) content(p poly, gens []int) (c num, m mono, rest poly) {
	g := p[0].c.abs()
	for _, t := range p[1:] {
		g = gcdNum(g, t.c)
	}
	for _, k := range gens {
		e := p[0].m.exp(k)
		for _, t := range p[1:] {
			e = min(e, t.m.exp(k))
		}
		m.set(k, e)
	}
	inv, ok := m.power(-1)
	if !ok {
		f.giveUp()
	}
	rest = f.scaled(p, g.inv())
	if !inv.isOne() {
		rest = f.shift(rest, inv)
	}
	return g, m, rest
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}
