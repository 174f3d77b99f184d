#include "textflag.h"
#include "simd_amd64.h"

// CONST8 is eight times the same float32; v is two of them.
#define CONST8(name, v) \
	DATA name<>+0x00(SB)/8, $v; \
	DATA name<>+0x08(SB)/8, $v; \
	DATA name<>+0x10(SB)/8, $v; \
	DATA name<>+0x18(SB)/8, $v; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

CONST8(expLog2e, 0x3fb8aa3b3fb8aa3b) // log2 e
CONST8(expLn2Hi, 0x3f3172183f317218) // ln 2
CONST8(expLn2Lo, 0xb102e308b102e308) // the rest of it
CONST8(expC2, 0x3efffffe3efffffe)
CONST8(expC3, 0x3e2aaa493e2aaa49)
CONST8(expC4, 0x3d2aac793d2aac79)
CONST8(expC5, 0x3c091d103c091d10)
CONST8(expC6, 0x3ab511e73ab511e7)
CONST8(expOne, 0x3f8000003f800000)
CONST8(expLow, 0xc2aeac4fc2aeac4f) // the smallest argument with a normal result
CONST8(expHigh, 0x42b1721742b17217) // the largest argument with a finite one
CONST8(expInf, 0x7f8000007f800000)
CONST8(expSign, 0x8000000080000000)
CONST8(logitLow, 0xff7fffffff7fffff) // the smallest finite number
CONST8(logpLow, 0xc3480000c3480000)  // -200

// exp(x) = 2^n exp(r) with n = round(x/ln 2) and |r| <= ln 2/2, where
// exp(r) = 1 + r + r² q(r). The coefficients of q, of degree 4, are the minimax
// ones of the relative error, 4e-9. r is exact but for its last rounding, since
// the fused product n ln 2 cancels all upper bits of x.

// REDUCE splits x into n (integers) and r, and spoils p. x stays.
#define REDUCE(x, n, r, p) \
	VMULPS expLog2e<>(SB), x, n;       \
	VCVTPS2DQ n, n;                    \
	VCVTDQ2PS n, p;                    \
	VMOVAPS x, r;                      \
	VFNMADD231PS expLn2Hi<>(SB), p, r; \
	VFNMADD231PS expLn2Lo<>(SB), p, r

// RAISE sets p to 2^n exp(r), to 0 where x is below and to +Inf where it is above
// the range of normal results; NaN stays NaN. It spoils n. 2^n is added to the
// exponent, so that no power of its own has to be representable.
#define RAISE(x, n, r, p) \
	VMOVUPS expC6<>(SB), p;               \
	VFMADD213PS expC5<>(SB), r, p;        \
	VFMADD213PS expC4<>(SB), r, p;        \
	VFMADD213PS expC3<>(SB), r, p;        \
	VFMADD213PS expC2<>(SB), r, p;        \
	VFMADD213PS expOne<>(SB), r, p;       \
	VFMADD213PS expOne<>(SB), r, p;       \
	VPSLLD $23, n, n;                     \
	VPADDD n, p, p;                       \
	VCMPPS $0x11, expLow<>(SB), x, n;     \
	VANDNPS p, n, p;                      \
	VCMPPS $0x1e, expHigh<>(SB), x, n;    \
	VBLENDVPS n, expInf<>(SB), p, p

// func expAVX2(dst, src *float32, n int, scale, shift float32) float32
TEXT ·expAVX2(SB), NOSPLIT, $0-36
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTSS scale+24(FP), Y15
	VBROADCASTSS shift+28(FP), Y14
	VXORPS Y13, Y13, Y13
	SUBQ $8, CX
	JLT expTail

exp8:
	VMOVUPS (SI), Y0
	VFMSUB213PS Y14, Y15, Y0
	REDUCE(Y0, Y1, Y2, Y3)
	RAISE(Y0, Y1, Y2, Y3)
	VMOVUPS Y3, (DI)
	VADDPS Y3, Y13, Y13
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JGE exp8

expTail:
	ADDQ $8, CX
	JEQ expDone
	MASK(CX, R8, Y12)
	VMASKMOVPS (SI), Y12, Y0
	VFMSUB213PS Y14, Y15, Y0
	REDUCE(Y0, Y1, Y2, Y3)
	RAISE(Y0, Y1, Y2, Y3)
	VMASKMOVPS Y3, Y12, (DI)
	VANDPS Y12, Y3, Y3
	VADDPS Y3, Y13, Y13

expDone:
	SUM8(Y13, X13, X1)
	VMOVSS X13, ret+32(FP)
	VZEROUPPER
	RET

// SIGMOID sets p to 1/(1 + exp(-x)). x stays; a, n and r are spoilt.
#define SIGMOID(x, a, n, r, p) \
	VXORPS expSign<>(SB), x, a; \
	REDUCE(a, n, r, p);         \
	RAISE(a, n, r, p);          \
	VMOVUPS expOne<>(SB), a;    \
	VADDPS a, p, p;             \
	VDIVPS p, a, p

// func swigluAVX2(y, gate, up *float32, n int)
TEXT ·swigluAVX2(SB), NOSPLIT, $0-32
	MOVQ y+0(FP), DI
	MOVQ gate+8(FP), SI
	MOVQ up+16(FP), DX
	MOVQ n+24(FP), CX
	SUBQ $8, CX
	JLT swigluTail

swiglu8:
	VMOVUPS (SI), Y0
	SIGMOID(Y0, Y1, Y2, Y3, Y4)
	VMULPS Y4, Y0, Y0
	VMULPS (DX), Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DX
	ADDQ $32, DI
	SUBQ $8, CX
	JGE swiglu8

swigluTail:
	ADDQ $8, CX
	JEQ swigluDone
	MASK(CX, R8, Y15)
	VMASKMOVPS (SI), Y15, Y0
	VMASKMOVPS (DX), Y15, Y5
	SIGMOID(Y0, Y1, Y2, Y3, Y4)
	VMULPS Y4, Y0, Y0
	VMULPS Y5, Y0, Y0
	VMASKMOVPS Y0, Y15, (DI)

swigluDone:
	VZEROUPPER
	RET

// SWIGLUGRAD computes from the gate Y0, up Y1 and dy Y2: y Y5, dup Y6, dgate Y7.
#define SWIGLUGRAD \
	SIGMOID(Y0, Y3, Y5, Y6, Y4); \
	VMULPS Y4, Y0, Y3;           \
	VMULPS Y1, Y3, Y5;           \
	VMULPS Y3, Y2, Y6;           \
	VMULPS Y1, Y2, Y2;           \
	VMOVUPS expOne<>(SB), Y7;    \
	VSUBPS Y4, Y7, Y7;           \
	VFMADD213PS Y4, Y3, Y7;      \
	VMULPS Y2, Y7, Y7

// func swigluGradAVX2(dgate, dup, y, dy, gate, up *float32, n int)
//
// y may be nil.
TEXT ·swigluGradAVX2(SB), NOSPLIT, $0-56
	MOVQ dgate+0(FP), DI
	MOVQ dup+8(FP), R8
	MOVQ y+16(FP), R9
	MOVQ dy+24(FP), R10
	MOVQ gate+32(FP), SI
	MOVQ up+40(FP), DX
	MOVQ n+48(FP), CX
	XORQ AX, AX
	SUBQ $8, CX
	JLT swigradTail

swigrad8:
	VMOVUPS (SI)(AX*4), Y0
	VMOVUPS (DX)(AX*4), Y1
	VMOVUPS (R10)(AX*4), Y2
	SWIGLUGRAD
	TESTQ R9, R9
	JEQ swigradStore
	VMOVUPS Y5, (R9)(AX*4)

swigradStore:
	VMOVUPS Y6, (R8)(AX*4)
	VMOVUPS Y7, (DI)(AX*4)
	ADDQ $8, AX
	SUBQ $8, CX
	JGE swigrad8

swigradTail:
	ADDQ $8, CX
	JEQ swigradDone
	MASK(CX, R11, Y15)
	VMASKMOVPS (SI)(AX*4), Y15, Y0
	VMASKMOVPS (DX)(AX*4), Y15, Y1
	VMASKMOVPS (R10)(AX*4), Y15, Y2
	SWIGLUGRAD
	TESTQ R9, R9
	JEQ swigradTailStore
	VMASKMOVPS Y5, Y15, (R9)(AX*4)

swigradTailStore:
	VMASKMOVPS Y6, Y15, (R8)(AX*4)
	VMASKMOVPS Y7, Y15, (DI)(AX*4)

swigradDone:
	VZEROUPPER
	RET

// SOFTMAX computes from the logits Y0, of which the maximum is Y15, the argument
// z Y1 and p = exp(z) Y3. u = logit - max is kept from below Y14, so that -Inf has
// a finite z; the part of scale u that does not fit into z is added behind the
// reduction of z.
#define SOFTMAX \
	VSUBPS Y15, Y0, Y0;       \
	VMAXPS Y0, Y14, Y0;       \
	VMULPS Y13, Y0, Y1;       \
	VMOVAPS Y1, Y5;           \
	VFMSUB231PS Y13, Y0, Y5;  \
	VFMADD231PS Y12, Y0, Y5;  \
	REDUCE(Y1, Y2, Y4, Y3);   \
	VADDPS Y5, Y4, Y4;        \
	RAISE(Y1, Y2, Y4, Y3)

// SOFTSUM adds p to Y8 and Y9 and p z to Y10 and Y11, in float64.
#define SOFTSUM \
	VEXTRACTF128 $1, Y3, X5;  \
	VEXTRACTF128 $1, Y1, X6;  \
	VCVTPS2PD X3, Y3;         \
	VCVTPS2PD X1, Y1;         \
	VCVTPS2PD X5, Y5;         \
	VCVTPS2PD X6, Y6;         \
	VADDPD Y3, Y8, Y8;        \
	VADDPD Y5, Y9, Y9;        \
	VFMADD231PD Y1, Y3, Y10;  \
	VFMADD231PD Y6, Y5, Y11

// func softmaxAVX2(x *float32, n int, c *[4]float32) (sum, dot float64)
//
// c is the maximum, the lower bound of x - maximum, and the scale in two parts.
TEXT ·softmaxAVX2(SB), NOSPLIT, $0-40
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ c+16(FP), BX
	VBROADCASTSS 0(BX), Y15
	VBROADCASTSS 4(BX), Y14
	VBROADCASTSS 8(BX), Y13
	VBROADCASTSS 12(BX), Y12
	VXORPD Y8, Y8, Y8
	VXORPD Y9, Y9, Y9
	VXORPD Y10, Y10, Y10
	VXORPD Y11, Y11, Y11
	SUBQ $8, CX
	JLT softmaxTail

softmax8:
	VMOVUPS (SI), Y0
	SOFTMAX
	SOFTSUM
	ADDQ $32, SI
	SUBQ $8, CX
	JGE softmax8

softmaxTail:
	ADDQ $8, CX
	JEQ softmaxDone
	MASK(CX, R8, Y7)
	VMASKMOVPS (SI), Y7, Y0
	SOFTMAX
	VANDPS Y7, Y3, Y3
	VANDPS Y7, Y1, Y1
	SOFTSUM

softmaxDone:
	VADDPD Y9, Y8, Y8
	VADDPD Y11, Y10, Y10
	VEXTRACTF128 $1, Y8, X0
	VEXTRACTF128 $1, Y10, X1
	VADDPD X0, X8, X0
	VADDPD X1, X10, X1
	VUNPCKHPD X0, X0, X2
	VUNPCKHPD X1, X1, X3
	VADDSD X2, X0, X0
	VADDSD X3, X1, X1
	VMOVSD X0, sum+24(FP)
	VMOVSD X1, dot+32(FP)
	VZEROUPPER
	RET

// SOFTGRAD replaces the logits Y0 by (a + b (z + h)) exp(z), z = scale x - lse,
// with the constants scale Y14 and Y13, lse Y12 and Y11, a Y10, b Y9, h Y8. Bounds
// keep z finite where x is not.
#define SOFTGRAD \
	VMOVUPS logitLow<>(SB), Y1; \
	VMAXPS Y0, Y1, Y0;          \
	VMOVAPS Y0, Y1;             \
	VFMSUB213PS Y12, Y14, Y1;   \
	VFMSUB213PS Y11, Y13, Y0;   \
	VADDPS Y0, Y1, Y0;          \
	VMOVUPS logpLow<>(SB), Y1;  \
	VMAXPS Y0, Y1, Y0;          \
	REDUCE(Y0, Y1, Y2, Y3);     \
	RAISE(Y0, Y1, Y2, Y3);      \
	VADDPS Y8, Y0, Y0;          \
	VFMADD213PS Y10, Y9, Y0;    \
	VMULPS Y3, Y0, Y0

// func softmaxGradAVX2(x *float32, n int, c *[7]float32)
TEXT ·softmaxGradAVX2(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ c+16(FP), BX
	VBROADCASTSS 0(BX), Y14
	VBROADCASTSS 4(BX), Y13
	VBROADCASTSS 8(BX), Y12
	VBROADCASTSS 12(BX), Y11
	VBROADCASTSS 16(BX), Y10
	VBROADCASTSS 20(BX), Y9
	VBROADCASTSS 24(BX), Y8
	SUBQ $8, CX
	JLT softgradTail

softgrad8:
	VMOVUPS (SI), Y0
	SOFTGRAD
	VMOVUPS Y0, (SI)
	ADDQ $32, SI
	SUBQ $8, CX
	JGE softgrad8

softgradTail:
	ADDQ $8, CX
	JEQ softgradDone
	MASK(CX, R8, Y7)
	VMASKMOVPS (SI), Y7, Y0
	SOFTGRAD
	VMASKMOVPS Y0, Y7, (SI)

softgradDone:
	VZEROUPPER
	RET
