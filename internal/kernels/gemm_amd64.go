package kernels

import "sync"

// Tiles of C are 6 by 16: twelve registers of sums, which keep both fused
// multiply-add units of a core busy, and four for the factors.
const (
	tileM = 6
	tileN = 16

	chunkM   = 192     // rows of A that stay in the second-level cache while panels of B pass
	superK   = 1024    // k that is packed at a time
	packed   = 1 << 19 // elements of a packed operand
	directB  = 12      // rows of A up to which B is read where it is
	directA  = 64      // k up to which a transposed A is read where it is
	parallel = 1 << 18 // products that are worth waking the workers
)

// A product32 is one call of Gemm, and the memory that it needs.
//
// The product is cut into blocks that are done one after the other: superK of k,
// and so many columns of B and rows of a transposed A that their packed copies
// stay small. A block is done in two steps, each on all workers: operands are
// packed, then pieces of C are computed. A packed B consists of panels of 16
// columns, a packed A of panels of 6 rows, both cut at multiples of pieceK and
// with k as the slow dimension.
type product32 struct {
	ta, tb, add   bool
	m, n, k       int
	a, b, c       []float32
	lda, ldb, ldc int

	i0, i1, j0, j1, k0, k1 int // the block

	rows, cols, colPieces int // size of a piece of C, in rows and in panels; pieces side by side
	packA, packB          bool
	panelsA, panelsB      int
	bufA, bufB            []float32
	own                   scratch32
	pack, compute         func(lo, hi int) // methods, bound once
}

// A scratch32 is what one worker needs.
type scratch32 struct {
	panel [pieceK * tileN]float32
	edge  [chunkM * tileN]float32
}

var products32 = sync.Pool{New: func() any {
	g := new(product32)
	g.pack, g.compute = g.packUnits, g.computePieces
	return g
}}

var scratches32 = sync.Pool{New: func() any { return new(scratch32) }}

func gemmAVX2(p *Pool, ta, tb bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	g := products32.Get().(*product32)
	g.ta, g.tb, g.add = ta, tb, add
	g.m, g.n, g.k = m, n, k
	g.a, g.lda, g.b, g.ldb, g.c, g.ldc = a, lda, b, ldb, c, ldc
	if p.Workers() == 1 || m*n*k < parallel {
		p = nil
	}
	g.run(p)
	g.a, g.b, g.c = nil, nil, nil
	products32.Put(g)
}

func (g *product32) run(p *Pool) {
	stepK := min(g.k, superK)
	stepN := min(g.n, packed/stepK/tileN*tileN)
	stepM := g.m
	g.packA = g.ta && g.k > directA
	if g.packA {
		stepM = min(g.m, packed/stepK/chunkM*chunkM)
	}
	for g.k0 = 0; g.k0 < g.k; g.k0 = g.k1 {
		g.k1 = min(g.k0+stepK, g.k)
		for g.j0 = 0; g.j0 < g.n; g.j0 = g.j1 {
			g.j1 = min(g.j0+stepN, g.n)
			for g.i0 = 0; g.i0 < g.m; g.i0 = g.i1 {
				g.i1 = min(g.i0+stepM, g.m)
				g.block(p)
			}
		}
	}
}

// block chooses the pieces. No choice changes a result.
func (g *product32) block(p *Pool) {
	m, n := g.i1-g.i0, g.j1-g.j0
	g.panelsA, g.panelsB = (m+tileM-1)/tileM, (n+tileN-1)/tileN
	g.rows, g.cols, g.colPieces = min(m, chunkM), g.panelsB, 1
	if w := p.Workers(); w > 1 {
		want := 3 * w
		if down := (want + g.panelsB - 1) / g.panelsB; down > 1 {
			g.rows = min(g.rows, ((m+down-1)/down+tileM-1)/tileM*tileM)
		}
		if down := (m + g.rows - 1) / g.rows; down < want {
			side := min((want+down-1)/down, g.panelsB)
			g.cols = (g.panelsB + side - 1) / side
			g.colPieces = (g.panelsB + g.cols - 1) / g.cols
		}
	}
	down := (m + g.rows - 1) / g.rows
	// A panel of B that one piece alone reads is packed by that piece, when it
	// needs it.
	g.packB = down > 1
	if g.packB || g.packA {
		steps := (g.k1 - g.k0 + pieceK - 1) / pieceK
		units := 0
		if g.packA {
			g.bufA = grow(g.bufA, steps*g.panelsA*pieceK*tileM)
			units += steps * g.panelsA
		}
		if g.packB {
			g.bufB = grow(g.bufB, steps*g.panelsB*pieceK*tileN)
			units += steps * g.panelsB
		}
		p.For(units, 4, g.pack)
	}
	if p == nil {
		for i := range down {
			g.piece(i*g.rows, 0, &g.own)
		}
		return
	}
	p.For(down*g.colPieces, 1, g.compute)
}

func grow(x []float32, n int) []float32 {
	if cap(x) < n {
		return make([]float32, n)
	}
	return x[:n]
}

// packUnits packs panels: those of A first, in both cases piece of k after piece.
func (g *product32) packUnits(lo, hi int) {
	first := 0
	if g.packA {
		first = (g.k1 - g.k0 + pieceK - 1) / pieceK * g.panelsA
	}
	for u := lo; u < hi; u++ {
		if u < first {
			l := g.k0 + u/g.panelsA*pieceK
			i := g.i0 + u%g.panelsA*tileM
			packRows(g.bufA[u*pieceK*tileM:], g.a[l*g.lda+i:], g.lda, min(pieceK, g.k1-l), min(tileM, g.i1-i))
			continue
		}
		v := u - first
		l := g.k0 + v/g.panelsB*pieceK
		j := g.j0 + v%g.panelsB*tileN
		g.packPanel(g.bufB[v*pieceK*tileN:][:pieceK*tileN], l, min(pieceK, g.k1-l), j, min(tileN, g.j1-j))
	}
}

func (g *product32) computePieces(lo, hi int) {
	s := scratches32.Get().(*scratch32)
	for u := lo; u < hi; u++ {
		g.piece(u/g.colPieces*g.rows, u%g.colPieces*g.cols, s)
	}
	scratches32.Put(s)
}

// piece computes the piece of C that begins at row r and panel q of the block.
func (g *product32) piece(r, q int, s *scratch32) {
	m := min(g.rows, g.i1-g.i0-r)
	i := g.i0 + r
	for l := g.k0; l < g.k1; l += pieceK {
		k := min(pieceK, g.k1-l)
		step := (l - g.k0) / pieceK
		add := g.add || l > 0
		var a *float32
		var as, al, ap int
		switch {
		case g.packA:
			a, as, al, ap = &g.bufA[(step*g.panelsA+r/tileM)*pieceK*tileM], 4, 4*tileM, 4*pieceK*tileM
		case g.ta:
			a, as, al, ap = &g.a[l*g.lda+i], 4, 4*g.lda, 4*tileM
		default:
			a, as, al, ap = &g.a[i*g.lda+l], 4*g.lda, 4, 4*tileM*g.lda
		}
		for v := q; v < min(q+g.cols, g.panelsB); v++ {
			j := g.j0 + v*tileN
			n := min(tileN, g.j1-j)
			b, bl := &s.panel[0], 4*tileN
			switch {
			case g.packB:
				b = &g.bufB[(step*g.panelsB+v)*pieceK*tileN]
			case !g.tb && m <= directB && (n == tileN || n == tileN/2):
				b, bl = &g.b[l*g.ldb+j], 4*g.ldb
			default:
				g.packPanel(s.panel[:], l, k, j, n)
			}
			switch c := &g.c[i*g.ldc+j]; {
			case n == tileN:
				column16(m, k, a, as, al, ap, b, bl, c, 4*g.ldc, add)
			case n == tileN/2:
				column8(m, k, a, as, al, ap, b, bl, c, 4*g.ldc, add)
			default:
				if e := &s.edge[0]; n < tileN/2 {
					column8(m, k, a, as, al, ap, b, bl, e, 4*tileN, false)
				} else {
					column16(m, k, a, as, al, ap, b, bl, e, 4*tileN, false)
				}
				for r := range m {
					row := g.c[(i+r)*g.ldc+j:][:n]
					sums := s.edge[r*tileN:][:n]
					if !add {
						copy(row, sums)
						continue
					}
					for x, sum := range sums {
						row[x] += sum
					}
				}
			}
		}
	}
}

// packPanel packs rows l to l+k and columns j to j+n of op(B); columns up to 16
// become 0.
func (g *product32) packPanel(dst []float32, l, k, j, n int) {
	if !g.tb {
		packColumns(dst, g.b[l*g.ldb+j:], g.ldb, k, n)
		return
	}
	if n < tileN {
		clear(dst[:k*tileN])
	}
	full := k &^ 7
	j8 := 0
	for ; j8+8 <= n; j8 += 8 {
		if full > 0 {
			transpose8(full/8, &dst[j8], 4*tileN, &g.b[(j+j8)*g.ldb+l], 4*g.ldb)
		}
		for x := j8; x < j8+8; x++ {
			for y, v := range g.b[(j+x)*g.ldb+l+full:][:k-full] {
				dst[(full+y)*tileN+x] = v
			}
		}
	}
	for x := j8; x < n; x++ {
		for y, v := range g.b[(j+x)*g.ldb+l:][:k] {
			dst[y*tileN+x] = v
		}
	}
}

// packColumns copies k rows of n elements into rows of 16, the rest 0.
func packColumns(dst, src []float32, ld, k, n int) {
	if n == tileN {
		copy16(k, &dst[0], &src[0], 4*ld)
		return
	}
	for l := range k {
		d := dst[l*tileN:][:tileN]
		copy(d, src[l*ld:][:n])
		clear(d[n:])
	}
}

// packRows copies k rows of n elements into rows of 6.
func packRows(dst, src []float32, ld, k, n int) {
	if n == tileM {
		copy6(k, &dst[0], &src[0], 4*ld)
		return
	}
	for l := range k {
		copy(dst[l*tileM:][:n], src[l*ld:])
	}
}

//go:noescape
func column16(rows, k int, a *float32, as, al, ap int, b *float32, bl int, c *float32, ldc int, add bool)

//go:noescape
func column8(rows, k int, a *float32, as, al, ap int, b *float32, bl int, c *float32, ldc int, add bool)

//go:noescape
func transpose8(blocks int, dst *float32, ldd int, src *float32, lds int)

//go:noescape
func copy16(rows int, dst, src *float32, ld int)

//go:noescape
func copy6(rows int, dst, src *float32, ld int)
