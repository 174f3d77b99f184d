package ball

// Complex is the rectangle of all re + i im with re in Re and im in Im. The zero
// value is the exact number 0.
//
// An imaginary part that is exactly zero stays so under every operation that
// maps the reals to the reals, and such operations cost about what they cost on
// Re alone.
//
// Multivalued functions are the principal branches. On a branch cut that lies on
// an axis, the exact zero part decides as a positive zero would: the logarithm
// of the exact number -1 is iπ.
type Complex struct{ Re, Im Real }

// FromReal returns x + 0i.
func FromReal(x Real) Complex { return Complex{Re: x} }

// I returns the imaginary unit.
func I() Complex { return Complex{Im: FromInt64(1)} }

// IsReal reports whether the imaginary part is the exact number 0.
func (a Complex) IsReal() bool { return a.Im.IsZero() }

// IsZero reports whether a is the exact number 0.
func (a Complex) IsZero() bool { return a.Re.IsZero() && a.Im.IsZero() }

// IsExact reports whether a is a single number.
func (a Complex) IsExact() bool { return a.Re.IsExact() && a.Im.IsExact() }

// IsUnbounded reports whether a part of a is the whole line.
func (a Complex) IsUnbounded() bool { return a.Re.IsUnbounded() || a.Im.IsUnbounded() }

// ContainsZero reports whether 0 may lie in a. False is a proof.
func (a Complex) ContainsZero() bool { return a.Re.ContainsZero() && a.Im.ContainsZero() }

// Overlaps reports whether a and b may have a number in common. False is a
// proof that the numbers they stand for differ.
func (a Complex) Overlaps(b Complex) bool { return a.Re.Overlaps(b.Re) && a.Im.Overlaps(b.Im) }

// MaxAbsLog2 returns an e with |z| < 2^e for all z in a: math.MinInt32 if a is
// the exact number 0 and math.MaxInt32 if it is unbounded.
func (a Complex) MaxAbsLog2() int {
	if a.IsReal() {
		return a.Re.MaxAbsLog2()
	}
	return Real{rad: absUp(a)}.MaxAbsLog2()
}

// MinAbsLog2 returns an e with |z| >= 2^e for all z in a, and false if a may
// contain 0.
func (a Complex) MinAbsLog2() (int, bool) {
	e, ok := a.Re.MinAbsLog2()
	if f, ok2 := a.Im.MinAbsLog2(); ok2 && (!ok || f > e) {
		return f, true
	}
	return e, ok
}

// RadExp returns the larger of the two parts' RadExp.
func (a Complex) RadExp() int { return max(a.Re.RadExp(), a.Im.RadExp()) }

// absUp returns an upper bound of |z|.
func absUp(a Complex) mag {
	x, y := a.Re.maxAbs(), a.Im.maxAbs()
	if y.isZero() {
		return x
	}
	return x.mul(x).add(y.mul(y)).sqrtUp()
}

// Neg returns -a.
func (a Complex) Neg() Complex { return Complex{a.Re.Neg(), a.Im.Neg()} }

// Conj returns the complex conjugates.
func (a Complex) Conj() Complex { return Complex{a.Re, a.Im.Neg()} }

// MulI returns i a.
func (a Complex) MulI() Complex { return Complex{a.Im.Neg(), a.Re} }

// divI returns -i a, which is a/i.
func (a Complex) divI() Complex { return Complex{a.Im, a.Re.Neg()} }

// Scale2 returns a*2^k exactly.
func (a Complex) Scale2(k int) Complex { return Complex{Scale2(a.Re, k), Scale2(a.Im, k)} }

// Add returns a ball that contains x+y for all x in a and y in b.
func (a Complex) Add(b Complex, prec uint) Complex {
	p := clampPrec(prec)
	z := Complex{Re: addReal(a.Re, b.Re, p)}
	if !a.IsReal() || !b.IsReal() {
		z.Im = addReal(a.Im, b.Im, p)
	}
	return z
}

// Sub returns a ball that contains x-y for all x in a and y in b.
func (a Complex) Sub(b Complex, prec uint) Complex { return a.Add(b.Neg(), prec) }

// Mul returns a ball that contains x*y for all x in a and y in b.
func (a Complex) Mul(b Complex, prec uint) Complex {
	p := clampPrec(prec)
	switch {
	case a.IsReal() && b.IsReal():
		return Complex{Re: mulReal(a.Re, b.Re, p)}
	case a.IsReal():
		return Complex{mulReal(a.Re, b.Re, p), mulReal(a.Re, b.Im, p)}
	case b.IsReal():
		return Complex{mulReal(a.Re, b.Re, p), mulReal(a.Im, b.Re, p)}
	}
	return Complex{
		addReal(mulReal(a.Re, b.Re, p+2), mulReal(a.Im, b.Im, p+2).Neg(), p),
		addReal(mulReal(a.Re, b.Im, p+2), mulReal(a.Im, b.Re, p+2), p),
	}
}

// sqr returns a*a.
func (a Complex) sqr(p int) Complex {
	if a.IsReal() {
		return Complex{Re: Sqr(a.Re, uint(p))}
	}
	return Complex{
		// (x+y)(x-y) keeps what x^2 - y^2 would cancel.
		mulReal(addReal(a.Re, a.Im, p+2), addReal(a.Re, a.Im.Neg(), p+2), p),
		scale2(mulReal(a.Re, a.Im, p), 1),
	}
}

// norm2 returns |a|^2.
func (a Complex) norm2(p int) Real {
	return addReal(Sqr(a.Re, uint(p)), Sqr(a.Im, uint(p)), p)
}

// Div returns a ball that contains x/y for all x in a and y in b, and false if
// b may contain 0 or is so wide that |b|^2 cannot be told from 0.
func (a Complex) Div(b Complex, prec uint) (Complex, bool) {
	p := clampPrec(prec)
	if b.ContainsZero() {
		return undefined()
	}
	if b.IsReal() {
		z := Complex{}
		z.Re, _ = divReal(a.Re, b.Re, p)
		if !a.IsReal() {
			z.Im, _ = divReal(a.Im, b.Re, p)
		}
		return z, true
	}
	n := a.Mul(b.Conj(), uint(p+4))
	d := b.norm2(p + 4)
	re, ok1 := divReal(n.Re, d, p)
	im, ok2 := divReal(n.Im, d, p)
	return Complex{re, im}, ok1 && ok2
}

// Abs returns a ball that contains |z| for all z in a.
func (a Complex) Abs(prec uint) Real {
	p := clampPrec(prec)
	switch {
	case a.IsReal():
		return a.Re.Abs()
	case a.Re.IsZero():
		return a.Im.Abs()
	case a.IsUnbounded():
		return unbounded()
	}
	z, ok := sqrtReal(a.norm2(p+4), p)
	if !ok {
		// The lower end of the sum of squares fell below zero by rounding.
		return Real{rad: absUp(a)}.Abs()
	}
	return z
}

// Arg returns a ball that contains the argument in (-π, π] of every number in
// a, and false if a may contain 0 or points on both sides of the negative axis.
func (a Complex) Arg(prec uint) (Real, bool) { return Atan2(a.Im, a.Re, prec) }

// Sqrt returns a ball that contains the principal square root of every number
// in a. It returns false if a may contain points on both sides of the negative
// axis but not 0; around 0 the ball covers both branches.
func (a Complex) Sqrt(prec uint) (Complex, bool) {
	p := clampPrec(prec)
	if a.IsUnbounded() {
		return undefined()
	}
	if a.IsReal() {
		if s, certain := a.Re.Sign(); certain && s < 0 {
			im, ok := sqrtReal(a.Re.Neg(), p)
			return Complex{Im: im}, ok
		}
		if re, ok := sqrtReal(a.Re, p); ok {
			return Complex{Re: re}, true
		}
	}
	if a.ContainsZero() {
		m := absUp(a).sqrtUp()
		return Complex{Real{rad: m}.Abs(), Real{rad: m}}, true
	}
	// With t = sqrt((|z| + |x|)/2) the root is t + i y/(2t) on the right and
	// |y|/(2t) ± i t on the left.
	left := a.Re.man.Sign() < 0
	sy, sure := a.Im.Sign()
	if left && !sure {
		return undefined()
	}
	re := a.Re
	if left {
		re = re.Neg()
	}
	t, ok := sqrtReal(scale2(addReal(a.Abs(uint(p+6)), re, p+6), -1), p+4)
	if !ok {
		return undefined()
	}
	u, ok := divReal(scale2(a.Im, -1), t, p)
	if !ok {
		return undefined()
	}
	t = t.round(p, true)
	switch {
	case !left:
		return Complex{t, u}, true
	case sy < 0:
		return Complex{u.Neg(), t.Neg()}, true
	}
	return Complex{u, t}, true
}

// Exp returns a ball that contains e^z for all z in a.
func (a Complex) Exp(prec uint) Complex {
	p := clampPrec(prec)
	if a.IsReal() {
		return Complex{Re: expReal(a.Re, p)}
	}
	s, c := sincosReal(a.Im, p+4)
	if a.Re.IsZero() {
		return Complex{c, s}
	}
	e := expReal(a.Re, p+4)
	return Complex{mulReal(e, c, p), mulReal(e, s, p)}
}

// Log returns a ball that contains the principal logarithm of every number in
// a, with imaginary part in (-π, π]. It returns false if a may contain 0 or
// points on both sides of the negative axis.
func (a Complex) Log(prec uint) (Complex, bool) {
	p := clampPrec(prec)
	if s, certain := a.Re.Sign(); a.IsReal() && certain && s > 0 {
		re, ok := logReal(a.Re, p)
		return Complex{Re: re}, ok
	}
	im, ok := a.Arg(prec)
	if !ok {
		return undefined()
	}
	var re Real
	switch {
	case a.IsReal():
		re, ok = logReal(a.Re.Neg(), p)
	case a.Re.IsZero():
		re, ok = logReal(a.Im.Abs(), p)
	default:
		// Exact squares, up to a bound, keep what log cancels near |z| = 1.
		re, ok = logReal(a.norm2(2*p+8), p)
		re = scale2(re, -1)
	}
	return Complex{re, im}, ok
}
