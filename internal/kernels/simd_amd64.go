package kernels

// The functions below need AVX2 and FMA. Pointers may be nil where n is 0; n is not
// negative. A tail of fewer elements than a register has goes through the same
// instructions as the rest, behind a mask, so that no element's value depends on
// its place.

//go:noescape
func dotAVX2(x, y *float32, n int) float32

//go:noescape
func addAVX2(dst, x *float32, n int)

//go:noescape
func sumSquaresAVX2(x *float32, n int) float64

//go:noescape
func maxAVX2(x *float32, n int) float32

//go:noescape
func adamwAVX2(w, m, v, dw *float32, n int, c *[8]float32)

//go:noescape
func rmsNormAVX2(y, x, w, rstd *float32, count, d, ldy, ldx int, eps float64)

//go:noescape
func rmsNormGradAVX2(dx, dw, dy, x, w, rstd *float32, count, d, lddx, lddy, ldx, add int)

//go:noescape
func ropeAVX2(x, cos, sin *float32, heads, d, half int, flip uint32)

//go:noescape
func expAVX2(dst, src *float32, n int, scale, shift float32) float32

//go:noescape
func swigluAVX2(y, gate, up *float32, n int)

//go:noescape
func swigluGradAVX2(dgate, dup, y, dy, gate, up *float32, n int)

//go:noescape
func softmaxAVX2(x *float32, n int, c *[4]float32) (sum, dot float64)

//go:noescape
func softmaxGradAVX2(x *float32, n int, c *[7]float32)
