#include "textflag.h"
#include "simd_amd64.h"

DATA one<>+0(SB)/8, $0x3ff0000000000000
GLOBL one<>(SB), RODATA|NOPTR, $8

// func rmsNormAVX2(y, x, w, rstd *float32, count, d, ldy, ldx int, eps float64)
//
// count vectors of d elements, whose beginnings are ldy and ldx elements apart.
TEXT ·rmsNormAVX2(SB), NOSPLIT, $0-72
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ w+16(FP), DX
	MOVQ rstd+24(FP), R8
	MOVQ count+32(FP), CX
	MOVQ d+40(FP), BX
	MOVQ ldy+48(FP), R9
	MOVQ ldx+56(FP), R10
	VMOVSD eps+64(FP), X10
	VCVTSI2SDQ BX, X11, X11
	VMOVSD one<>(SB), X12
	SHLQ $2, R9
	SHLQ $2, R10
	MOVQ BX, AX
	ANDQ $7, AX
	MASK(AX, R11, Y15)
	MOVQ BX, R12 // where the tail begins
	ANDQ $~7, R12
	TESTQ CX, CX
	JEQ normDone

normVector:
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	XORQ AX, AX
	MOVQ BX, R11
	SUBQ $16, R11
	JLT norm8

norm16:
	VMOVUPS 0(SI)(AX*4), Y2
	VMOVUPS 32(SI)(AX*4), Y3
	VFMADD231PS Y2, Y2, Y0
	VFMADD231PS Y3, Y3, Y1
	ADDQ $16, AX
	CMPQ AX, R11
	JLE norm16

norm8:
	VADDPS Y1, Y0, Y0
	CMPQ AX, R12
	JGE normTail
	VMOVUPS (SI)(AX*4), Y2
	VFMADD231PS Y2, Y2, Y0
	ADDQ $8, AX

normTail:
	CMPQ AX, BX
	JGE normRoot
	VMASKMOVPS (SI)(AX*4), Y15, Y2
	VFMADD231PS Y2, Y2, Y0

normRoot:
	SUM8(Y0, X0, X1)
	VCVTSS2SD X0, X0, X0
	VDIVSD X11, X0, X0
	VADDSD X10, X0, X0
	VSQRTSD X0, X0, X0
	VDIVSD X0, X12, X0
	VCVTSD2SS X0, X0, X0
	TESTQ R8, R8
	JEQ normScale
	VMOVSS X0, (R8)
	ADDQ $4, R8

normScale:
	VBROADCASTSS X0, Y0
	XORQ AX, AX
	TESTQ R12, R12
	JEQ normScaleTail

normScale8:
	VMULPS (SI)(AX*4), Y0, Y1
	VMULPS (DX)(AX*4), Y1, Y1
	VMOVUPS Y1, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, R12
	JLT normScale8

normScaleTail:
	CMPQ AX, BX
	JGE normNext
	VMASKMOVPS (SI)(AX*4), Y15, Y1
	VMASKMOVPS (DX)(AX*4), Y15, Y2
	VMULPS Y1, Y0, Y1
	VMULPS Y2, Y1, Y1
	VMASKMOVPS Y1, Y15, (DI)(AX*4)

normNext:
	ADDQ R9, DI
	ADDQ R10, SI
	DECQ CX
	JNE normVector

normDone:
	VZEROUPPER
	RET

// func rmsNormGradAVX2(dx, dw, dy, x, w, rstd *float32, count, d, lddx, lddy, ldx, add int)
//
// First s = sum of w x dy, and dw; then, with k = s rstd²/d,
// dx = rstd (w dy - k x).
TEXT ·rmsNormGradAVX2(SB), NOSPLIT, $0-96
	MOVQ dx+0(FP), DI
	MOVQ dw+8(FP), R8
	MOVQ dy+16(FP), R9
	MOVQ x+24(FP), SI
	MOVQ w+32(FP), DX
	MOVQ rstd+40(FP), R10
	MOVQ count+48(FP), CX
	MOVQ d+56(FP), BX
	MOVQ BX, AX
	ANDQ $7, AX
	MASK(AX, R11, Y15)
	VCVTSI2SSQ BX, X14, X14
	MOVQ BX, R12
	ANDQ $~7, R12
	TESTQ CX, CX
	JEQ gradDone

gradVector:
	VBROADCASTSS (R10), Y0 // rstd
	VXORPS Y1, Y1, Y1      // s
	XORQ AX, AX
	TESTQ R12, R12
	JEQ gradTail

grad8:
	VMOVUPS (R9)(AX*4), Y2
	VMULPS (SI)(AX*4), Y2, Y2
	VFMADD231PS (DX)(AX*4), Y2, Y1
	VMOVUPS (R8)(AX*4), Y3
	VFMADD231PS Y0, Y2, Y3
	VMOVUPS Y3, (R8)(AX*4)
	ADDQ $8, AX
	CMPQ AX, R12
	JLT grad8

gradTail:
	CMPQ AX, BX
	JGE gradMean
	VMASKMOVPS (R9)(AX*4), Y15, Y2
	VMASKMOVPS (SI)(AX*4), Y15, Y4
	VMASKMOVPS (DX)(AX*4), Y15, Y5
	VMASKMOVPS (R8)(AX*4), Y15, Y3
	VMULPS Y4, Y2, Y2
	VFMADD231PS Y5, Y2, Y1
	VFMADD231PS Y0, Y2, Y3
	VMASKMOVPS Y3, Y15, (R8)(AX*4)

gradMean:
	SUM8(Y1, X1, X2)
	VMULSS X0, X0, X2
	VDIVSS X14, X2, X2
	VMULSS X2, X1, X1
	VBROADCASTSS X1, Y1 // k
	XORQ AX, AX
	MOVQ add+88(FP), R11
	TESTQ R12, R12
	JEQ gradOutTail
	TESTQ R11, R11
	JNE gradAdd8

gradOut8:
	VMOVUPS (R9)(AX*4), Y2
	VMULPS (DX)(AX*4), Y2, Y2
	VFNMADD231PS (SI)(AX*4), Y1, Y2
	VMULPS Y0, Y2, Y2
	VMOVUPS Y2, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, R12
	JLT gradOut8
	JMP gradOutTail

gradAdd8:
	VMOVUPS (R9)(AX*4), Y2
	VMULPS (DX)(AX*4), Y2, Y2
	VFNMADD231PS (SI)(AX*4), Y1, Y2
	VMOVUPS (DI)(AX*4), Y3
	VFMADD231PS Y0, Y2, Y3
	VMOVUPS Y3, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, R12
	JLT gradAdd8

gradOutTail:
	CMPQ AX, BX
	JGE gradNext
	VMASKMOVPS (R9)(AX*4), Y15, Y2
	VMASKMOVPS (DX)(AX*4), Y15, Y4
	VMASKMOVPS (SI)(AX*4), Y15, Y5
	VMULPS Y4, Y2, Y2
	VFNMADD231PS Y5, Y1, Y2
	VMULPS Y0, Y2, Y3
	TESTQ R11, R11
	JEQ gradOutStore
	VMASKMOVPS (DI)(AX*4), Y15, Y3
	VFMADD231PS Y0, Y2, Y3

gradOutStore:
	VMASKMOVPS Y3, Y15, (DI)(AX*4)

gradNext:
	ADDQ $4, R10
	MOVQ lddx+64(FP), AX
	LEAQ (DI)(AX*4), DI
	MOVQ lddy+72(FP), AX
	LEAQ (R9)(AX*4), R9
	MOVQ ldx+80(FP), AX
	LEAQ (SI)(AX*4), SI
	DECQ CX
	JNE gradVector

gradDone:
	VZEROUPPER
	RET

// func ropeAVX2(x, cos, sin *float32, heads, d, half int, flip uint32)
//
// flip is xored into sin: the sign bit turns the other way round. Halves of 12 or
// 20 are common and masked stores slow, so tails have a step of 4.
TEXT ·ropeAVX2(SB), NOSPLIT, $0-52
	MOVQ x+0(FP), SI
	MOVQ cos+8(FP), R8
	MOVQ sin+16(FP), R9
	MOVQ heads+24(FP), CX
	MOVQ d+32(FP), DX
	MOVQ half+40(FP), BX
	VBROADCASTSS flip+48(FP), Y14
	SHLQ $2, DX
	LEAQ (SI)(BX*4), DI
	MOVQ BX, AX
	ANDQ $3, AX
	MASK(AX, R11, Y15)
	MOVQ BX, R12
	ANDQ $~7, R12
	TESTQ CX, CX
	JEQ ropeDone

ropeHead:
	XORQ AX, AX
	TESTQ R12, R12
	JEQ ropeTail

rope8:
	VMOVUPS (R8)(AX*4), Y0
	VXORPS (R9)(AX*4), Y14, Y1
	VMOVUPS (SI)(AX*4), Y2
	VMOVUPS (DI)(AX*4), Y3
	VMULPS Y1, Y3, Y4
	VMULPS Y1, Y2, Y5
	VFMSUB231PS Y0, Y2, Y4
	VFMADD231PS Y0, Y3, Y5
	VMOVUPS Y4, (SI)(AX*4)
	VMOVUPS Y5, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, R12
	JLT rope8

ropeTail:
	TESTQ $4, BX
	JEQ ropeTail4
	VMOVUPS (R8)(AX*4), X0
	VXORPS (R9)(AX*4), X14, X1
	VMOVUPS (SI)(AX*4), X2
	VMOVUPS (DI)(AX*4), X3
	VMULPS X1, X3, X4
	VMULPS X1, X2, X5
	VFMSUB231PS X0, X2, X4
	VFMADD231PS X0, X3, X5
	VMOVUPS X4, (SI)(AX*4)
	VMOVUPS X5, (DI)(AX*4)
	ADDQ $4, AX

ropeTail4:
	CMPQ AX, BX
	JGE ropeNext
	VMASKMOVPS (R8)(AX*4), Y15, Y0
	VMASKMOVPS (R9)(AX*4), Y15, Y1
	VXORPS Y1, Y14, Y1
	VMASKMOVPS (SI)(AX*4), Y15, Y2
	VMASKMOVPS (DI)(AX*4), Y15, Y3
	VMULPS Y1, Y3, Y4
	VMULPS Y1, Y2, Y5
	VFMSUB231PS Y0, Y2, Y4
	VFMADD231PS Y0, Y3, Y5
	VMASKMOVPS Y4, Y15, (SI)(AX*4)
	VMASKMOVPS Y5, Y15, (DI)(AX*4)

ropeNext:
	ADDQ DX, SI
	ADDQ DX, DI
	DECQ CX
	JNE ropeHead

ropeDone:
	VZEROUPPER
	RET
