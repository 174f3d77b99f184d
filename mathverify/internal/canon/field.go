package canon

import (
	"math"
	"math/cmplx"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Limits of one question. What would exceed them is answered with Unknown.
const (
	maxBits     = 1 << 16 // of a coefficient
	maxTerms    = 4096    // of a power that is written out
	maxPower    = 512     // exponent of a sum that is written out
	maxProducts = 1 << 16 // terms of one product before like terms are collected
	maxDepth    = 300     // of the tree
	maxTreeSize = 1 << 14 // of a part that is compared as written
	maxRestarts = 8
	maxUnity    = 1 << 11                     // order of the roots of unity
	maxIndex    = 1 << 24                     // of a radical; each prime power in it is at most maxExp
	maxNumer    = min(math.MaxInt, 1<<41) / 2 // of an exponent over that index; an int may have 32 bits
)

// kind tells what a generator stands for.
type kind uint8

const (
	kSymbol   kind = iota // a variable, name
	kPi                   // π
	kI                    // i, unless there are other roots of unity
	kZeta                 // exp(2πi/n), n = field.unity
	kRoot                 // positive root of a number or of a generator: base^(1/n)
	kRadicand             // args[0], as the base of radicals
	kAbs                  // |args[0]|
	kExp                  // exp(args[0]); e itself is exp(1)
	kLn                   // ln(args[0])
	kAtan                 // arctan(args[0])
	kAsin                 // arcsin(args[0])
	kFact                 // args[0]!
	kPower                // p^65536, for powers of numbers too long to write out
	kOpaque               // name(args), known only by its name and arguments
	kTree                 // node, known only by how it was written
)

// A relation says g^n = c·m (pure) or g^n = f of earlier generators.
type relation struct {
	n int
	c num
	m mono
	f *frac
}

// A gen is a generator: an object in which expressions are rational functions.
type gen struct {
	kind     kind
	name     string
	args     []frac
	p        num // kRoot, kPower: the number, if base < 0
	base     int // kRoot: the generator below the root, or -1
	n        int // kRoot: the index
	node     *tree.Node
	rel      relation   // rel.n == 0: none
	deps     uint32     // generators it is made of, itself included
	val      complex128 // of a constant
	known    bool       // val is good to a relative error of 1e-12
	complex  bool       // not real for real variables
	positive bool       // > 0 wherever it is defined, up to single points
}

// A field holds the generators of one question.
type field struct {
	bud    *budget.Budget
	opt    Options
	gens   []gen
	pure   []int  // generators with a pure relation, ascending
	vars   uint32 // symbols and what else may vary or is not understood
	unity  int    // order of the roots of unity, 0 while i is enough
	ints   []string
	depth  int
	real   bool // a step was taken that holds for real values only
	domain uint32
}

// giveUp and restart unwind a question; see attempt.
type (
	giveUp  struct{}
	restart struct{ unity int }
)

func (f *field) giveUp() { panic(giveUp{}) }

// work charges n tenths of a step and a little for the call.
func (f *field) work(n int) { f.bud.Use(int64(n)/4 + 1) }

// checked charges for a long coefficient and returns it.
func (f *field) checked(c num) num {
	if c.r != nil {
		w := c.words()
		if c.r.IsInt() {
			f.bud.Use(int64(30 + w + w*w/64))
		} else {
			f.bud.Use(int64(60 + w*w/4)) // lowest terms take a greatest common divisor
		}
		if w > maxBits/32 {
			f.giveUp()
		}
	}
	return c
}

// attempt calls ask with a fresh field until it ends without a restart.
// It reports false when ask gave up.
func attempt(o Options, b *budget.Budget, ints []string, ask func(*field)) (done bool) {
	unity := 0
	for range maxRestarts {
		f := &field{bud: b, opt: o, unity: unity, ints: ints}
		next, ok := f.try(ask)
		if ok || next == 0 {
			return ok
		}
		unity = next
	}
	return false
}

func (f *field) try(ask func(*field)) (unity int, ok bool) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case giveUp:
			ok = false
		case restart:
			unity, ok = r.unity, false
		default:
			panic(r)
		}
	}()
	ask(f)
	return 0, true
}

// newGen adds a generator. Its deps and value follow from its arguments when
// it has any.
func (f *field) newGen(g gen) int {
	id := len(f.gens)
	if id == maxGens {
		f.giveUp()
	}
	g.deps |= 1 << id
	for _, a := range g.args {
		g.deps |= f.deps(a)
	}
	if g.rel.n > 0 && g.rel.f == nil {
		f.pure = append(f.pure, id)
	}
	f.gens = append(f.gens, g)
	return id
}

// deps returns the generators in a.
func (f *field) deps(a frac) (set uint32) {
	set = f.polyDeps(a.num)
	for _, d := range a.den {
		set |= f.polyDeps(d.p)
	}
	return set
}

func (f *field) polyDeps(p poly) (set uint32) {
	f.work(len(p) * len(f.gens))
	for _, t := range p {
		if t.m.isOne() {
			continue
		}
		for g := range f.gens {
			if t.m.exp(g) != 0 {
				set |= f.gens[g].deps
			}
		}
	}
	return set
}

// isConst reports that no variable and nothing unknown is in a.
func (f *field) isConst(a frac) bool { return f.deps(a)&f.vars == 0 }

// isReal reports that a is real for real variables.
func (f *field) isReal(a frac) bool {
	set := f.deps(a)
	for g := range f.gens {
		if set&(1<<g) != 0 && f.gens[g].complex {
			return false
		}
	}
	return true
}

func (f *field) symbol(name string) int {
	for g := range f.gens {
		if f.gens[g].kind == kSymbol && f.gens[g].name == name {
			return g
		}
	}
	id := f.newGen(gen{kind: kSymbol, name: name})
	f.vars |= 1 << id
	return id
}

func (f *field) isIntSymbol(name string) bool {
	for _, s := range f.ints {
		if s == name {
			return true
		}
	}
	return false
}

func (f *field) pi() int {
	for g := range f.gens {
		if f.gens[g].kind == kPi {
			return g
		}
	}
	return f.newGen(gen{kind: kPi, val: math.Pi, known: true, positive: true})
}

// value evaluates a constant. ok says that no more than the part tol of the
// size of its terms is left after cancellation, so that its sign is known for
// tol = 1e-6, and its relative error is below 1e-11 for tol = 1e-3: values of
// generators are that good and rounding adds 1e-14.
func (f *field) value(a frac, tol float64) (v complex128, ok bool) {
	v, ok = f.polyValue(a.num, tol)
	if !ok {
		return 0, false
	}
	for _, d := range a.den {
		x, good := f.polyValue(d.p, tol)
		if !good {
			return 0, false
		}
		v /= cmplx.Pow(x, complex(float64(d.k), 0))
	}
	return v, !cmplx.IsNaN(v) && !cmplx.IsInf(v) && cmplx.Abs(v) > 1e-200
}

func (f *field) polyValue(p poly, tol float64) (v complex128, ok bool) {
	size := 0.0
	f.work(len(p) * (4 + len(f.gens)))
	for _, t := range p {
		x := complex(t.c.float(), 0)
		for g := range f.gens {
			if e := t.m.exp(g); e != 0 {
				if !f.gens[g].known || abs(e) > 100 {
					return 0, false
				}
				x *= cmplx.Pow(f.gens[g].val, complex(float64(e), 0))
			}
		}
		v += x
		size += cmplx.Abs(x)
	}
	return v, cmplx.Abs(v) > size*tol && size < 1e200
}

// sign returns the sign of a real constant, 0 if it cannot be told. A value
// that is not real has no sign.
func (f *field) sign(a frac) int {
	if c, ok := a.rational(); ok {
		return c.sign()
	}
	if !f.isConst(a) {
		return 0
	}
	v, ok := f.value(a, 1e-6)
	if !ok || math.Abs(imag(v)) > 1e-10*cmplx.Abs(v) {
		return 0
	}
	if !f.realValued(a) {
		return 0
	}
	if real(v) > 0 {
		return 1
	}
	return -1
}

// enter and leave bound the depth of functions that call each other.
func (f *field) enter() {
	if f.depth++; f.depth > maxDepth {
		f.giveUp()
	}
	f.bud.Use(5)
}

func (f *field) leave() { f.depth-- }
