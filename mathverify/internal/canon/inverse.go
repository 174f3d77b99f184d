package canon

import (
	"math"
)

// arctan returns arctan b, as a rational multiple of π where it is one.
func (f *field) arctan(b frac) frac {
	if len(b.num) == 0 {
		return frac{}
	}
	if v, ok := f.realValue(b); ok {
		if r, ok := f.angleNear(math.Atan(v)); ok {
			cos, sin := f.cosSin(r)
			if len(cos.num) > 0 && f.equal(f.mulFrac(b, cos), sin) {
				return r
			}
		}
	}
	return f.oddGen(kAtan, b, math.Atan)
}

// arcsin returns arcsin b in the same way.
func (f *field) arcsin(b frac) frac {
	if len(b.num) == 0 {
		return frac{}
	}
	if v, ok := f.realValue(b); ok {
		if math.Abs(v) > 1+1e-9 {
			f.giveUp()
		}
		v = max(-1, min(1, v))
		if r, ok := f.angleNear(math.Asin(v)); ok {
			if _, sin := f.cosSin(r); f.equal(b, sin) {
				return r
			}
		}
	}
	return f.oddGen(kAsin, b, math.Asin)
}

func (f *field) arccos(b frac) frac {
	return f.subFrac(f.scaleFrac(f.genFrac(f.pi(), 1), half), f.arcsin(b))
}

// realValue returns the value of a real constant.
func (f *field) realValue(b frac) (float64, bool) {
	v, ok := f.constValue(b)
	return real(v), ok && f.realValued(b)
}

// angleNear returns the rational multiple of π near v with denominator 12, 5,
// 7, 8, 10, 24 or the like: a guess that the caller proves.
func (f *field) angleNear(v float64) (frac, bool) {
	for _, d := range []float64{12, 60, 24, 7, 9} {
		k := math.Round(v / math.Pi * d)
		if math.Abs(k*math.Pi/d-v) < 1e-9 {
			return f.scaleFrac(f.genFrac(f.pi(), 1), fraction(int64(k), int64(d))), true
		}
	}
	return frac{}, false
}

// oddGen returns the generator of an odd function of b.
func (f *field) oddGen(k kind, b frac, eval func(float64) float64) frac {
	if b.num[len(b.num)-1].c.sign() < 0 {
		return f.neg(f.oddGen(k, f.neg(b), eval))
	}
	for g := range f.gens {
		if f.gens[g].kind != k {
			continue
		}
		if f.equal(f.gens[g].args[0], b) {
			return f.genFrac(g, 1)
		}
		if f.equal(f.gens[g].args[0], f.neg(b)) {
			return f.neg(f.genFrac(g, 1))
		}
	}
	x := gen{kind: k, args: []frac{b}, complex: !f.realValued(b)}
	if v, ok := f.realValue(b); ok {
		x.val, x.known = complex(eval(v), 0), math.Abs(eval(v)) > 1e-3
		if k == kAsin && math.Abs(v) > 0.999 {
			x.known = false // the slope there magnifies the error
		}
	}
	g := f.newGen(x)
	f.setVars(g)
	return f.genFrac(g, 1)
}

// arsinh, arcosh and artanh by their logarithms.
func (f *field) arsinh(b frac) frac {
	return f.ln(f.addFrac(b, f.root(f.addFrac(f.powFrac(b, 2), intFrac(1)), 1, 2)), false)
}

func (f *field) arcosh(b frac) frac {
	return f.ln(f.addFrac(b, f.root(f.addFrac(f.powFrac(b, 2), intFrac(-1)), 1, 2)), false)
}

func (f *field) artanh(b frac) frac {
	return f.scaleFrac(f.ln(f.divFrac(f.addFrac(intFrac(1), b), f.subFrac(intFrac(1), b)), false), half)
}
