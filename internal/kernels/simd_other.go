//go:build !amd64

package kernels

const noAssembly = "kernels: no assembly on this architecture"

func dotAVX2(x, y *float32, n int) float32                                    { panic(noAssembly) }
func addAVX2(dst, x *float32, n int)                                          { panic(noAssembly) }
func sumSquaresAVX2(x *float32, n int) float64                                { panic(noAssembly) }
func maxAVX2(x *float32, n int) float32                                       { panic(noAssembly) }
func adamwAVX2(w, m, v, dw *float32, n int, c *[8]float32)                    { panic(noAssembly) }
func rmsNormAVX2(y, x, w, rstd *float32, count, d, ldy, ldx int, eps float64) { panic(noAssembly) }
func rmsNormGradAVX2(dx, dw, dy, x, w, rstd *float32, count, d, lddx, lddy, ldx, add int) {
	panic(noAssembly)
}
func ropeAVX2(x, cos, sin *float32, heads, d, half int, flip uint32)  { panic(noAssembly) }
func expAVX2(dst, src *float32, n int, scale, shift float32) float32  { panic(noAssembly) }
func swigluAVX2(y, gate, up *float32, n int)                          { panic(noAssembly) }
func swigluGradAVX2(dgate, dup, y, dy, gate, up *float32, n int)      { panic(noAssembly) }
func softmaxAVX2(x *float32, n int, c *[4]float32) (sum, dot float64) { panic(noAssembly) }
func softmaxGradAVX2(x *float32, n int, c *[7]float32)                { panic(noAssembly) }
