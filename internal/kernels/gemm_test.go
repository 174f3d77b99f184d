package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// A multiply is a way to compute a product.
type multiply[T Float] func(p *Pool, ta, tb bool, m, n, k int, a []T, lda int, b []T, ldb int, add bool, c []T, ldc int)

// fma32 is x y + z in float32 with one rounding: the product is exact in float64,
// and the sum is rounded to odd, which a second rounding does not spoil.
func fma32(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	s := p + float64(z)
	v := s - p
	lost := (p - (s - v)) + (float64(z) - v)
	if bits := math.Float64bits(s); lost != 0 && bits&1 == 0 {
		if (lost > 0) == (s > 0) {
			s = math.Float64frombits(bits + 1)
		} else {
			s = math.Float64frombits(bits - 1)
		}
	}
	return float32(s)
}

func TestFMA32(t *testing.T) {
	const e = 1.0 / (1 << 23)
	tests := []struct{ x, y, z, want float32 }{
		{3, 4, 5, 17},
		{1 + e, 1 - e, -1, -e * e},                    // two roundings give 0
		{1 + e, 1 + e, 0, 1 + 2*e},                    // e² is below half a unit
		{1, 1, e / 2, 1},                              // a tie goes to the even one
		{1 + e, 1 + e, e / 2, 1 + 3*e},                // e² decides what was a tie
		{e * e, e * e, 1 + e, 1 + e},                  // far below
		{1 << 12, 1 << 12, -1.0 / (1 << 60), 1 << 24}, // float64 alone would lose it
	}
	for _, c := range tests {
		if got := fma32(c.x, c.y, c.z); got != c.want {
			t.Errorf("%g*%g + %g = %g, want %g", c.x, c.y, c.z, got, c.want)
		}
	}
}

func madd[T Float](x, y, z T) T { return T(x*y) + z }

// matrix returns random elements in rows of ld, with NaN in the gaps: whoever
// reads them shows it.
func matrix[T Float](r *rand.Rand, rows, cols, ld int) []T {
	x := make([]T, (rows-1)*ld+cols)
	for i := range x {
		x[i] = T(math.NaN())
		if i%ld < cols {
			x[i] = T(r.NormFloat64())
		}
	}
	return x
}

// A problem is one product with its operands.
type problem[T Float] struct {
	ta, tb, add   bool
	m, n, k       int
	a, b, c       []T
	lda, ldb, ldc int
}

func (q *problem[T]) String() string {
	return fmt.Sprintf("ta %v, tb %v, add %v, m %d, n %d, k %d, ld %d %d %d", q.ta, q.tb, q.add, q.m, q.n, q.k, q.lda, q.ldb, q.ldc)
}

func newProblem[T Float](r *rand.Rand, ta, tb, add bool, m, n, k int) *problem[T] {
	q := &problem[T]{ta: ta, tb: tb, add: add, m: m, n: n, k: k}
	side := func(t bool, rows, cols int) ([]T, int) {
		if t {
			rows, cols = cols, rows
		}
		ld := cols + r.IntN(2)*r.IntN(20)
		return matrix[T](r, rows, cols, ld), ld
	}
	q.a, q.lda = side(ta, m, k)
	q.b, q.ldb = side(tb, k, n)
	q.c, q.ldc = side(false, m, n)
	return q
}

// operands returns row i of op(A) and column j of op(B): where they begin and the
// distance of their elements.
func (q *problem[T]) operands(i, j int) (a []T, as int, b []T, bs int) {
	if q.ta {
		a, as = q.a[i:], q.lda
	} else {
		a, as = q.a[i*q.lda:], 1
	}
	if q.tb {
		b, bs = q.b[j*q.ldb:], 1
	} else {
		b, bs = q.b[j:], q.ldb
	}
	return a, as, b, bs
}

// inOrder is element (i, j) by the order that the documentation of Gemm gives.
func (q *problem[T]) inOrder(i, j int, fma func(x, y, z T) T) T {
	a, as, b, bs := q.operands(i, j)
	var s T
	if q.add {
		s = q.c[i*q.ldc+j]
	}
	for l0 := 0; l0 < q.k; l0 += 256 {
		var piece T
		for l := l0; l < min(l0+256, q.k); l++ {
			piece = fma(a[l*as], b[l*bs], piece)
		}
		s += piece
	}
	return s
}

// checkOrder compares with the documented order bit by bit, in some rows and a
// column, then everything with a run on many workers, and looks whether anything
// but C changed.
func checkOrder[T Float](t *testing.T, r *rand.Rand, p *Pool, q *problem[T], mul multiply[T], fma func(x, y, z T) T) {
	t.Helper()
	a, b, c := slices.Clone(q.a), slices.Clone(q.b), slices.Clone(q.c)
	mul(nil, q.ta, q.tb, q.m, q.n, q.k, a, q.lda, b, q.ldb, q.add, c, q.ldc)
	compare := func(i, j int) {
		if got, want := c[i*q.ldc+j], q.inOrder(i, j, fma); got != want {
			t.Fatalf("%v: element (%d, %d) is %g, in order it is %g", q, i, j, got, want)
		}
	}
	for _, i := range []int{0, q.m - 1, r.IntN(q.m), r.IntN(q.m)} {
		for j := range q.n {
			compare(i, j)
		}
	}
	j := r.IntN(q.n)
	for i := range q.m {
		compare(i, j)
	}
	shared := slices.Clone(q.c)
	mul(p, q.ta, q.tb, q.m, q.n, q.k, a, q.lda, b, q.ldb, q.add, shared, q.ldc)
	if !same(shared, c) {
		t.Fatalf("%v: %d workers change the result", q, p.Workers())
	}
	for i := range c {
		if i%q.ldc >= q.n {
			c[i] = q.c[i]
		}
	}
	if !same(shared, c) || !same(a, q.a) || !same(b, q.b) {
		t.Fatalf("%v: something beside C changed", q)
	}
}

// same compares bit patterns, but for those of NaN.
func same[T Float](x, y []T) bool {
	return slices.EqualFunc(x, y, func(v, w T) bool {
		return math.Float64bits(float64(v)) == math.Float64bits(float64(w)) || v != v && w != w
	})
}

func testOrder[T Float](t *testing.T, mul multiply[T], fma func(x, y, z T) T, big [][3]int) {
	pool := NewPool(3)
	defer pool.Close()
	// Sizes around every edge of tiles, pieces and blocks.
	sizes := [][3]int{
		{1, 1, 1}, {1, 16, 7}, {2, 8, 8}, {3, 17, 9}, {4, 24, 255}, {5, 15, 256}, {6, 32, 257}, {7, 9, 64}, {12, 16, 65}, {13, 40, 512},
		{192, 16, 3}, {193, 33, 100}, {400, 9, 40}, {64, 65, 66}, {66, 1, 30}, {100, 48, 520},
	}
	n := 128
	if testing.Short() {
		n = len(sizes)
		big = nil
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		s := [3]int{1 + r.IntN(80), 1 + r.IntN(80), 1 + r.IntN(80)}
		if i < 4*len(sizes) {
			s = sizes[i%len(sizes)]
		}
		tr := i + i/len(sizes)
		checkOrder(t, r, pool, newProblem[T](r, tr&1 > 0, tr&2 > 0, r.IntN(2) > 0, s[0], s[1], s[2]), mul, fma)
	}
	for i, s := range big {
		checkOrder(t, r, pool, newProblem[T](r, i != 1, i == 1, i == 2, s[0], s[1], s[2]), mul, fma)
	}
}

// The order of every sum is the documented one, for every size, position, edge,
// leading dimension and number of workers.
func TestGemmOrder(t *testing.T) {
	if hasAVX2 {
		t.Run("float32", func(t *testing.T) {
			// More than one block in every direction.
			testOrder(t, Gemm[float32], fma32, [][3]int{{400, 9, 2100}, {7, 530, 2050}, {200, 528, 2049}})
		})
	}
	t.Run("float32 portable", func(t *testing.T) { testOrder(t, gemmPortable[float32], madd[float32], nil) })
	t.Run("float64", func(t *testing.T) { testOrder(t, Gemm[float64], madd[float64], nil) })
}

// The error of a sum of k products is at most about k units in the last place of
// the sum of their sizes. Source: Higham, Accuracy and Stability of Numerical
// Algorithms, 2nd edition, section 3.5.
func TestGemmError(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, s := range [][3]int{{5, 7, 3}, {31, 37, 41}, {20, 33, 700}} {
		for tr := range 4 {
			q := newProblem[float32](r, tr&1 > 0, tr&2 > 0, false, s[0], s[1], s[2])
			Gemm(nil, q.ta, q.tb, q.m, q.n, q.k, q.a, q.lda, q.b, q.ldb, false, q.c, q.ldc)
			for i := range q.m {
				for j := range q.n {
					var sum, size float64
					a, as, b, bs := q.operands(i, j)
					for l := range q.k {
						x := float64(a[l*as]) * float64(b[l*bs])
						sum += x
						size += math.Abs(x)
					}
					if d := math.Abs(float64(q.c[i*q.ldc+j]) - sum); !(d <= float64(q.k+1)/(1<<24)*size) {
						t.Fatalf("%v: element (%d, %d) is off by %g", q, i, j, d)
					}
				}
			}
		}
	}
}

func TestGemmByHand(t *testing.T) {
	a, b := []float32{1, 2, 3, 4, 5, 6}, []float32{7, 8, 9, 10, 11, 12}
	tests := []struct {
		ta, tb, add bool
		want        [4]float32
	}{
		{false, false, false, [4]float32{58, 64, 139, 154}},
		{true, false, false, [4]float32{89, 98, 116, 128}},
		{false, true, false, [4]float32{50, 68, 122, 167}},
		{true, true, false, [4]float32{76, 103, 100, 136}},
		{false, false, true, [4]float32{1058, 64, 139, 154}},
	}
	for _, c := range tests {
		lda, ldb := 3, 2
		if c.ta {
			lda = 2
		}
		if c.tb {
			ldb = 3
		}
		got := [4]float32{1000}
		Gemm(nil, c.ta, c.tb, 2, 2, 3, a, lda, b, ldb, c.add, got[:], 2)
		if got != c.want {
			t.Errorf("ta %v, tb %v, add %v: %v, want %v", c.ta, c.tb, c.add, got, c.want)
		}
	}
}

func testSpecial[T Float](t *testing.T, mul multiply[T]) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	// Row 1 of A holds the special value, and B is 0 but for column 2 of ones.
	for _, special := range []T{inf, -inf, nan} {
		const m, n, k = 9, 21, 5
		a, b, c := make([]T, m*k), make([]T, k*n), make([]T, m*n)
		a[k] = special
		for l := range k {
			b[l*n+2] = 1
		}
		mul(nil, false, false, m, n, k, a, k, b, n, false, c, n)
		for i, v := range c {
			switch row, col := i/n, i%n; {
			case row != 1:
				if v != 0 {
					t.Errorf("%g reached element (%d, %d): %g", special, row, col, v)
				}
			case col == 2:
				if v != special && special == special || v == v && special != special {
					t.Errorf("%g became %g", special, v)
				}
			case v == v:
				t.Errorf("%g times 0 is %g in column %d", special, v, col)
			}
		}
	}
}

func TestGemmSpecialValues(t *testing.T) {
	testSpecial(t, Gemm[float32])
	testSpecial(t, Gemm[float64])
	testSpecial(t, gemmPortable[float32])
}

func TestGemmEmpty(t *testing.T) {
	c := []float32{1, 2, 3, 4}
	Gemm(nil, false, false, 2, 0, 3, make([]float32, 6), 3, nil, 0, false, nil, 0)
	Gemm(nil, false, false, 0, 2, 3, nil, 3, make([]float32, 6), 2, false, nil, 2)
	Gemm[float32](nil, false, false, 2, 1, 0, nil, 0, nil, 1, true, c, 2)
	if c[0] != 1 || c[2] != 3 {
		t.Errorf("nothing was added, and C is %v", c)
	}
	Gemm[float32](nil, false, false, 2, 1, 0, nil, 0, nil, 1, false, c, 2)
	if c[0] != 0 || c[1] != 2 || c[2] != 0 || c[3] != 4 {
		t.Errorf("an empty sum gave %v", c)
	}
}

func TestGemmProgrammerErrors(t *testing.T) {
	x := make([]float32, 6)
	for name, f := range map[string]func(){
		"negative m": func() { Gemm(nil, false, false, -1, 2, 3, x, 3, x, 2, false, x, 2) },
		"short a":    func() { Gemm(nil, false, false, 2, 2, 3, x[:5], 3, x, 2, false, x, 2) },
		"lda of a":   func() { Gemm(nil, false, false, 2, 2, 3, x, 2, x, 2, false, x, 2) },
		"short aT":   func() { Gemm(nil, true, false, 2, 2, 3, x[:5], 2, x, 2, false, x, 2) },
		"short b":    func() { Gemm(nil, false, false, 2, 2, 3, x, 3, x[:5], 2, false, x, 2) },
		"short bT":   func() { Gemm(nil, false, true, 2, 2, 3, x, 3, x[:5], 3, false, x, 2) },
		"ldb":        func() { Gemm(nil, false, true, 2, 2, 3, x, 3, x, 2, false, x, 2) },
		"short c":    func() { Gemm(nil, false, false, 2, 2, 3, x, 3, x, 2, false, x[:3], 2) },
		"ldc":        func() { Gemm(nil, false, false, 2, 2, 3, x, 3, x, 2, false, x, 1) },
		"k 0, no c":  func() { Gemm(nil, false, false, 2, 2, 0, x, 3, x, 2, false, nil, 2) },
	} {
		func() {
			defer func() {
				if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "kernels: ") {
					t.Errorf("%s: %v", name, r)
				}
			}()
			f()
		}()
	}
}

// The variable GOLONGRL_CPU is read when a program starts: the test starts itself.
func TestFeatures(t *testing.T) {
	if want := map[bool]string{true: "AVX2+FMA", false: "portable"}[hasAVX2]; Features() != want {
		t.Fatalf("Features is %q, want %q", Features(), want)
	}
	if os.Getenv("GOLONGRL_CPU") == "portable" {
		if Features() != "portable" {
			t.Fatal("GOLONGRL_CPU=portable was not heard")
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(self, "-test.run=^TestFeatures$")
	cmd.Env = append(os.Environ(), "GOLONGRL_CPU=portable")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func BenchmarkGemm(b *testing.B) {
	tests := []struct {
		name    string
		ta, tb  bool
		m, n, k int
	}{
		{"square", false, false, 512, 512, 512},
		{"square", false, false, 1024, 1024, 1024},
		{"forward", false, true, 2048, 288, 96},
		{"forward", false, true, 2048, 96, 256},
		{"backward", false, false, 2048, 96, 512},
		{"weights", true, false, 288, 96, 2048},
		{"weights", true, false, 512, 96, 16384},
		{"scores", false, true, 64, 64, 32},
		{"values", false, false, 64, 32, 64},
		{"keys", true, false, 64, 32, 64},
		{"tiny", false, false, 8, 8, 8},
		{"decode", false, true, 1, 288, 96},
		{"decode", false, true, 8, 288, 96},
		{"decode", false, true, 32, 288, 96},
		{"decode", false, true, 288, 288, 96},
	}
	for _, c := range tests {
		benchmarkGemm[float32](b, c.name, c.ta, c.tb, c.m, c.n, c.k)
	}
	benchmarkGemm[float64](b, "float64", false, true, 256, 256, 256)
}

func benchmarkGemm[T Float](b *testing.B, name string, ta, tb bool, m, n, k int) {
	b.Run(fmt.Sprintf("%s/%dx%dx%d", name, m, n, k), func(b *testing.B) {
		r := rand.New(rand.NewPCG(5, 6))
		lda, ldb := k, n
		if ta {
			lda = m
		}
		if tb {
			ldb = k
		}
		x, y, z := matrix[T](r, m, k, k), matrix[T](r, k, n, n), make([]T, m*n)
		b.SetBytes(int64(unsafe.Sizeof(z[0])) * int64(m*n+m*k+k*n))
		for b.Loop() {
			Gemm(nil, ta, tb, m, n, k, x, lda, y, ldb, false, z, n)
		}
		b.ReportMetric(2*float64(m)*float64(n)*float64(k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
	})
}
