package ops

import (
	"fmt"
	"testing"
)

// Shared memory has 32 banks of 4 bytes. Accesses of 16 bytes are done for 8 lanes
// at a time, of 4 bytes for 32; they take one turn if no two lanes want different
// words of a bank. What follows is the address arithmetic of gemm_bf16.cuh,
// gemm_bf16.cu and gemm_f32.cu, lane by lane.

// oneTurn fails unless accesses of size bytes at these addresses take one turn
// for every 128 bytes.
func oneTurn(t *testing.T, what string, at []int, size int) {
	t.Helper()
	lanes := 128 / size
	for first := 0; first < len(at); first += lanes {
		words := map[int]int{} // by bank
		for _, a := range at[first : first+lanes] {
			if a%size != 0 {
				t.Fatalf("%s: address %d is not a multiple of %d", what, a, size)
			}
			for w := a / 4; w < (a+size)/4; w++ {
				if other, ok := words[w%32]; ok && other != w {
					t.Fatalf("%s: words %d and %d of bank %d in one access", what, other, w, w%32)
				}
				words[w%32] = w
			}
		}
	}
}

// swizzle is gemm_swizzle.
func swizzle(chunks, row, chunk int) int {
	switch {
	case chunks >= 8:
		return chunk ^ row%8
	case chunks == 4:
		return chunk ^ row/2%4
	}
	return chunk ^ row/4%2
}

// A panel is Panel.
type panel struct {
	extent, depth, threads int
	alongK                 bool
}

func (p panel) chunks() int {
	if p.alongK {
		return p.depth / 8
	}
	return p.extent / 8
}

// place is where chunk c of row r of the panel is.
func (p panel) place(r, c int) int { return r*p.chunks()*16 + swizzle(p.chunks(), r, c)*16 }

// lane is Panel::lane and load what Panel::load adds to it.
func (p panel) lane(lane, i0, upperI, upperK int) int {
	if p.alongK {
		return p.place(i0+upperI*8+lane%8, upperK)
	}
	return p.place(upperK*8+lane%8, i0/8+upperI)
}

func (p panel) load(at, j, kk int) int {
	pitch := p.chunks() * 16
	if p.alongK {
		return (at ^ kk*32) + j*16*pitch
	}
	return (at ^ j*32) + kk*16*pitch
}

func TestGemmPanelBanks(t *testing.T) {
	for _, tile := range []struct{ m, n, depth, wm, wn, stages int }{
		{128, 256, 32, 64, 64, 4}, {128, 128, 32, 64, 64, 4}, {64, 64, 64, 32, 32, 4}, {32, 32, 64, 32, 16, 6},
	} {
		threads := tile.m / tile.wm * (tile.n / tile.wn) * 32
		found := false
		for _, g := range gemmTiles[1] {
			if g.m == tile.m && g.n == tile.n {
				found = true
				if shared := tile.stages * (tile.m + tile.n) * tile.depth * 2; g.threads != threads || g.shared != shared {
					t.Errorf("%s: %d threads, %d bytes, want %d, %d", g.name, g.threads, g.shared, threads, shared)
				}
			}
		}
		if !found {
			t.Errorf("no tile of %dx%d", tile.m, tile.n)
		}
		for _, alongK := range []bool{false, true} {
			for _, isA := range []bool{false, true} {
				p, warp := panel{tile.n, tile.depth, threads, alongK}, tile.wn
				if isA {
					p, warp = panel{tile.m, tile.depth, threads, alongK}, tile.wm
				}
				t.Run(fmt.Sprintf("%dx%d/alongK=%v/A=%v", tile.m, tile.n, alongK, isA), func(t *testing.T) {
					testPanel(t, p, warp, isA)
				})
			}
		}
		testExchange(t, tile.wm, tile.wn)
	}
}

// testPanel checks copies to a panel and what a warp loads of it: that lanes find
// the rows that mma wants, and the banks.
func testPanel(t *testing.T, p panel, warp int, isA bool) {
	rows := p.depth
	if p.alongK {
		rows = p.extent
	}
	jump := p.threads / p.chunks()
	for c := 0; c < rows; c += jump {
		var at []int
		for thread := range p.threads {
			row, chunk := thread/p.chunks(), thread%p.chunks()
			a := p.place(row, chunk) + c*p.chunks()*16
			if want := p.place(row+c, chunk); a != want {
				t.Fatalf("copy of chunk %d of row %d to %d, want %d", chunk, row+c, a, want)
			}
			at = append(at, a)
		}
		oneTurn(t, "copy", at, 16)
	}
	for i0 := 0; i0 < p.extent; i0 += warp {
		for j := range warp / 16 {
			for kk := range p.depth / 16 {
				var at []int
				for lane := range 32 {
					upperI, upperK := lane/16, lane/8%2
					if isA {
						upperI, upperK = lane/8%2, lane/16
					}
					a := p.load(p.lane(lane, i0, upperI, upperK), j, kk)
					i, k := i0+16*j+8*upperI, 16*kk+8*upperK // of the matrix
					want := p.place(k+lane%8, i/8)
					if p.alongK {
						want = p.place(i+lane%8, k/8)
					}
					if a != want {
						t.Fatalf("lane %d loads from %d, want %d", lane, a, want)
					}
					at = append(at, a)
				}
				oneTurn(t, "ldmatrix", at, 16)
			}
		}
	}
}

// testExchange checks how a warp exchanges its part of C.
func testExchange(t *testing.T, wm, wn int) {
	chunks := wn / 8
	for row := 0; row < wm; row += 8 {
		for j := range chunks {
			var at []int
			for lane := range 32 {
				r := row + lane/4
				at = append(at, r*wn*2+swizzle(chunks, r, j)*16+lane%4*4)
			}
			oneTurn(t, "exchange, writing", at, 4)
		}
	}
	for row := 0; row < wm; row += 32 / chunks {
		var at []int
		for lane := range 32 {
			r := row + lane/chunks
			at = append(at, r*wn*2+swizzle(chunks, r, lane%chunks)*16)
		}
		oneTurn(t, "exchange, reading", at, 16)
	}
}

func TestGemmStripBanks(t *testing.T) {
	const depth = 8
	for _, tile := range []struct{ extent, quads, threads int }{{128, 2, 256}, {32, 1, 64}} {
		place := func(k, i int) int { return 4 * (k*tile.extent + (i ^ k/4%2*16)) }
		for warp := range tile.threads / 32 {
			for e := range 4 {
				var at []int
				for lane := range 32 {
					thread := warp*32 + lane
					at = append(at, place(thread%2*4, thread/2)+4*e*tile.extent)
				}
				oneTurn(t, "put along k", at, 4)
			}
			var put []int
			for lane := range 32 {
				thread := warp*32 + lane
				put = append(put, place(thread/(tile.extent/4), thread%(tile.extent/4)*4))
			}
			oneTurn(t, "put across k", put, 16)

			wide := tile.extent / 4 / tile.quads
			for k := range depth {
				for q := range tile.quads {
					var a, b []int
					for lane := range 32 {
						y, x := (warp/(wide/8)*4+lane/8)*4, (warp%(wide/8)*8+lane%8)*4
						a = append(a, place(k, y+q*(tile.extent/tile.quads)))
						b = append(b, place(k, x+q*(tile.extent/tile.quads)))
					}
					oneTurn(t, "A", a, 16)
					oneTurn(t, "B", b, 16)
				}
			}
		}
	}
}
