package ball

// Sinh returns a ball that contains the hyperbolic sine of every number in a.
func (a Complex) Sinh(prec uint) Complex {
	z := a.MulI().Sin(prec) // sinh z = -i sin iz
	return z.divI()
}

// Cosh returns a ball that contains the hyperbolic cosine of every number in a.
func (a Complex) Cosh(prec uint) Complex { return a.MulI().Cos(prec) }

// Tanh returns a ball that contains the hyperbolic tangent of every number in
// a, and false if a may contain a pole.
func (a Complex) Tanh(prec uint) (Complex, bool) {
	z, ok := a.MulI().Tan(prec)
	return z.divI(), ok
}

// Sin returns a ball that contains the sine of every number in a.
//
//	sin(x+iy) = sin x cosh y + i cos x sinh y
func (a Complex) Sin(prec uint) Complex {
	p := clampPrec(prec)
	if a.IsReal() {
		s, _ := sincosReal(a.Re, p)
		return Complex{Re: s}
	}
	if a.Re.IsZero() {
		sh, _ := sinhCosh(a.Im, p)
		return Complex{Im: sh}
	}
	s, c := sincosReal(a.Re, p+4)
	sh, ch := sinhCosh(a.Im, p+4)
	return Complex{mulReal(s, ch, p), mulReal(c, sh, p)}
}

// Cos returns a ball that contains the cosine of every number in a.
//
//	cos(x+iy) = cos x cosh y - i sin x sinh y
func (a Complex) Cos(prec uint) Complex {
	p := clampPrec(prec)
	if a.IsReal() {
		_, c := sincosReal(a.Re, p)
		return Complex{Re: c}
	}
	if a.Re.IsZero() {
		_, ch := sinhCosh(a.Im, p)
		return Complex{Re: ch}
	}
	s, c := sincosReal(a.Re, p+4)
	sh, ch := sinhCosh(a.Im, p+4)
	return Complex{mulReal(c, ch, p), mulReal(s, sh, p).Neg()}
}

// Tan returns a ball that contains the tangent of every number in a, and false
// if a may contain a pole.
//
//	tan(x+iy) = (sin x cos x + i sinh y cosh y) / (cos^2 x + sinh^2 y)
func (a Complex) Tan(prec uint) (Complex, bool) {
	p := clampPrec(prec)
	if a.IsReal() {
		t, ok := Tan(a.Re, prec)
		return Complex{Re: t}, ok
	}
	if a.Re.IsZero() {
		return Complex{Im: Tanh(a.Im, prec)}, true
	}
	if y, ok := a.Im.MinAbsLog2(); ok && y > 20 {
		// |tan z ∓ i| <= 4 e^(-2|y|), which is below 2^(-2^21).
		r := magPow2(-1 << 21)
		im := FromInt64(int64(a.Im.man.Sign()))
		im.rad = r
		return Complex{Real{rad: r}, im}, true
	}
	s, c := sincosReal(a.Re, p+6)
	sh, ch := sinhCosh(a.Im, p+6)
	d := addReal(Sqr(c, uint(p+6)), Sqr(sh, uint(p+6)), p+6)
	re, ok1 := divReal(mulReal(s, c, p+6), d, p)
	im, ok2 := divReal(mulReal(sh, ch, p+6), d, p)
	return Complex{re, im}, ok1 && ok2
}

// undefined is what a function returns with false.
func undefined() (Complex, bool) { return Complex{unbounded(), unbounded()}, false }

// Asin returns a ball that contains the principal arc sine of every number in
// a, and false if a branch is not determined. That includes real numbers beyond
// ±1, on which conventions differ.
//
//	asin z = -i log(iz + sqrt(1 - z^2))
func (a Complex) Asin(prec uint) (Complex, bool) {
	switch {
	case a.IsReal():
		re, ok := Asin(a.Re, prec)
		return Complex{Re: re}, ok
	case a.Re.IsZero():
		return Complex{Im: Asinh(a.Im, prec)}, true
	}
	r, ok := a.rootOneMinusSqr(prec + 16)
	if !ok {
		return undefined()
	}
	// Below the real axis iz and the root both point to the right; above it they
	// may cancel, and asin z = -asin(-z) leads below.
	w := a
	flip := a.Im.man.Sign() > 0
	if flip {
		w = a.Neg()
	}
	l, ok := w.MulI().Add(r, prec+16).Log(prec)
	if !ok {
		return undefined()
	}
	if l = l.divI(); flip {
		l = l.Neg()
	}
	return l, true
}

// rootOneMinusSqr returns sqrt(1 - a^2).
func (a Complex) rootOneMinusSqr(prec uint) (Complex, bool) {
	one := FromReal(FromInt64(1))
	return one.Sub(a, prec).Mul(one.Add(a, prec), prec).Sqrt(prec)
}

// Acos returns a ball that contains the principal arc cosine of every number in
// a, and false where Asin does.
//
//	acos z = π/2 - asin z
func (a Complex) Acos(prec uint) (Complex, bool) {
	if a.IsReal() {
		re, ok := Acos(a.Re, prec)
		return Complex{Re: re}, ok
	}
	z, ok := a.Asin(prec + 4)
	return FromReal(scale2(Pi(prec+4), -1)).Sub(z, prec), ok
}

// Atan returns a ball that contains the principal arc tangent of every number
// in a, and false if a may contain ±i or a number on the branch cuts, the
// imaginary axis beyond ±i, on which conventions differ.
//
//	atan z = (log(1 + iz) - log(1 - iz)) / 2i
func (a Complex) Atan(prec uint) (Complex, bool) {
	switch {
	case a.IsReal():
		return Complex{Re: Atan(a.Re, prec)}, true
	case a.Re.IsZero():
		im, ok := Atanh(a.Im, prec)
		return Complex{Im: im}, ok
	}
	one := FromReal(FromInt64(1))
	iz := a.MulI()
	u, ok1 := one.Add(iz, prec+16).Log(prec + 8)
	v, ok2 := one.Sub(iz, prec+16).Log(prec + 8)
	return u.Sub(v, prec).divI().Scale2(-1), ok1 && ok2
}

// Asinh returns a ball that contains the principal inverse hyperbolic sine of
// every number in a, and false if a branch is not determined.
func (a Complex) Asinh(prec uint) (Complex, bool) {
	if a.IsReal() {
		return Complex{Re: Asinh(a.Re, prec)}, true
	}
	z, ok := a.MulI().Asin(prec)
	return z.divI(), ok
}

// Acosh returns a ball that contains the principal inverse hyperbolic cosine of
// every number in a, and false if a branch is not determined.
//
//	acosh z = log(z + sqrt(z+1) sqrt(z-1))
func (a Complex) Acosh(prec uint) (Complex, bool) {
	if a.IsReal() {
		if re, ok := Acosh(a.Re, prec); ok {
			return Complex{Re: re}, true
		}
	}
	one := FromReal(FromInt64(1))
	u, ok1 := a.Add(one, prec+16).Sqrt(prec + 16)
	v, ok2 := a.Sub(one, prec+16).Sqrt(prec + 16)
	if !ok1 || !ok2 {
		return undefined()
	}
	return a.Add(u.Mul(v, prec+16), prec+16).Log(prec)
}

// Atanh returns a ball that contains the principal inverse hyperbolic tangent
// of every number in a, and false if a may contain ±1 or a number on the branch
// cuts, the real axis beyond ±1, on which conventions differ.
//
//	atanh z = (log(1 + z) - log(1 - z)) / 2
func (a Complex) Atanh(prec uint) (Complex, bool) {
	switch {
	case a.IsReal():
		re, ok := Atanh(a.Re, prec)
		return Complex{Re: re}, ok
	case a.Re.IsZero():
		return Complex{Im: Atan(a.Im, prec)}, true
	}
	one := FromReal(FromInt64(1))
	u, ok1 := one.Add(a, prec+16).Log(prec + 8)
	v, ok2 := one.Sub(a, prec+16).Log(prec + 8)
	return u.Sub(v, prec).Scale2(-1), ok1 && ok2
}
