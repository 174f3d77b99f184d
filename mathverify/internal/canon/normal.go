package canon

// normal applies the relations as far as that leaves the value as it is, and
// cancels what is seen to cancel.
func (f *field) normal(a frac) frac {
	for g := len(f.gens) - 1; g >= 0; g-- {
		if r := f.gens[g].rel; r.f != nil && len(r.f.den) == 0 && !hasNegative(a.num, g) {
			a.num = f.substitute(a.num, g, r)
		}
	}
	a.num = f.reduceUnity(a.num)
	if len(a.den) == 0 {
		return a
	}
	if len(a.num) == 0 {
		return frac{}
	}
	return f.cancel(a)
}

func hasNegative(p poly, g int) bool {
	for _, t := range p {
		if t.m.exp(g) < 0 {
			return true
		}
	}
	return false
}
