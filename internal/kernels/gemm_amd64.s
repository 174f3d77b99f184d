#include "textflag.h"

// The column kernels compute rows by 16 (or 8) elements of C. Each element is
// one chain of fused multiply-adds over k that begins at 0, whatever the number
// of rows: the macros differ in how many chains run side by side, and nothing
// else.
//
// Registers: SI and DI are A at rows 0 and 3 of the panel, R8 the distance of
// rows of A and R9 of its columns, BX is B and R10 the distance of its rows, DX
// is C and R11 the distance of its rows, all in bytes; CX counts k. R12 is the
// number of rows left, R13 the panel of A.

#define ROW(addr, t, acc0, acc1) \
	VBROADCASTSS addr, t      \
	VFMADD231PS  t, Y0, acc0  \
	VFMADD231PS  t, Y1, acc1

#define LOADB \
	VMOVUPS (BX), Y0   \
	VMOVUPS 32(BX), Y1 \
	ADDQ    R10, BX

#define ROW8(addr, t, acc) \
	VBROADCASTSS addr, t    \
	VFMADD231PS  t, Y0, acc

#define LOADB8 \
	VMOVUPS (BX), Y0 \
	ADDQ    R10, BX

#define STEP1 LOADB; ROW((SI), Y2, Y4, Y5)
#define STEP2 STEP1; ROW((SI)(R8*1), Y3, Y6, Y7)
#define STEP3 STEP2; ROW((SI)(R8*2), Y2, Y8, Y9)
#define STEP4 STEP3; ROW((DI), Y3, Y10, Y11)
#define STEP5 STEP4; ROW((DI)(R8*1), Y2, Y12, Y13)
#define STEP6 STEP5; ROW((DI)(R8*2), Y3, Y14, Y15)

#define HALF1 LOADB8; ROW8((SI), Y2, Y4)
#define HALF2 HALF1; ROW8((SI)(R8*1), Y3, Y6)
#define HALF3 HALF2; ROW8((SI)(R8*2), Y2, Y8)
#define HALF4 HALF3; ROW8((DI), Y3, Y10)
#define HALF5 HALF4; ROW8((DI)(R8*1), Y2, Y12)
#define HALF6 HALF5; ROW8((DI)(R8*2), Y3, Y14)

#define NEXT \
	ADDQ R9, SI \
	ADDQ R9, DI

#define CLEAR \
	VXORPS Y4, Y4, Y4    \
	VXORPS Y5, Y5, Y5    \
	VXORPS Y6, Y6, Y6    \
	VXORPS Y7, Y7, Y7    \
	VXORPS Y8, Y8, Y8    \
	VXORPS Y9, Y9, Y9    \
	VXORPS Y10, Y10, Y10 \
	VXORPS Y11, Y11, Y11 \
	VXORPS Y12, Y12, Y12 \
	VXORPS Y13, Y13, Y13 \
	VXORPS Y14, Y14, Y14 \
	VXORPS Y15, Y15, Y15

// BEGIN points at a panel.
#define BEGIN \
	MOVQ R13, SI          \
	LEAQ (R13)(R8*2), DI  \
	ADDQ R8, DI           \
	MOVQ b+48(FP), BX     \
	MOVQ k+8(FP), CX      \
	CLEAR

// TOUCH6 asks for the rows of C early.
#define TOUCH6 \
	PREFETCHT0 (DX)         \
	PREFETCHT0 (DX)(R11*1)  \
	PREFETCHT0 (DX)(R11*2)  \
	PREFETCHT0 (AX)         \
	PREFETCHT0 (AX)(R11*1)  \
	PREFETCHT0 (AX)(R11*2)

#define PUT(acc0, acc1, addr, addr32) \
	VMOVUPS acc0, addr   \
	VMOVUPS acc1, addr32

#define SUM(acc0, acc1, addr, addr32) \
	VADDPS addr, acc0, acc0   \
	VADDPS addr32, acc1, acc1

#define EACH1(OP) OP(Y4, Y5, (DX), 32(DX))
#define EACH2(OP) EACH1(OP); OP(Y6, Y7, (DX)(R11*1), 32(DX)(R11*1))
#define EACH3(OP) EACH2(OP); OP(Y8, Y9, (DX)(R11*2), 32(DX)(R11*2))
#define EACH4(OP) EACH3(OP); OP(Y10, Y11, (AX), 32(AX))
#define EACH5(OP) EACH4(OP); OP(Y12, Y13, (AX)(R11*1), 32(AX)(R11*1))
#define EACH6(OP) EACH5(OP); OP(Y14, Y15, (AX)(R11*2), 32(AX)(R11*2))

#define PUT8(acc0, acc1, addr, addr32) VMOVUPS acc0, addr
#define SUM8(acc0, acc1, addr, addr32) VADDPS addr, acc0, acc0

#define ARGS \
	MOVQ rows+0(FP), R12 \
	MOVQ a+16(FP), R13   \
	MOVQ as+24(FP), R8   \
	MOVQ al+32(FP), R9   \
	MOVQ bl+56(FP), R10  \
	MOVQ c+64(FP), DX    \
	MOVQ ldc+72(FP), R11 \
	LEAQ (DX)(R11*2), AX \
	ADDQ R11, AX

// TAIL is the kernel for the last 1 to 5 rows.
#define TAIL(loop, store, STEP, EACH, SUMOP, PUTOP) \
	BEGIN                    \
loop:                        \
	STEP                     \
	NEXT                     \
	DECQ CX                  \
	JNE  loop                \
	CMPB add+80(FP), $0      \
	JEQ  store               \
	EACH(SUMOP)              \
store:                       \
	EACH(PUTOP)              \
	VZEROUPPER               \
	RET

// func column16(rows, k int, a *float32, as, al, ap int, b *float32, bl int, c *float32, ldc int, add bool)
TEXT ·column16(SB), NOSPLIT, $0-81
	ARGS
	SUBQ $6, R12
	JLT  rest

panel:
	BEGIN
	TOUCH6
	SUBQ $4, CX
	JLT  odd

four:
	STEP6
	NEXT
	STEP6
	NEXT
	STEP6
	NEXT
	STEP6
	NEXT
	SUBQ $4, CX
	JGE  four

odd:
	ADDQ $4, CX
	JEQ  done

one:
	STEP6
	NEXT
	DECQ CX
	JNE  one

done:
	CMPB add+80(FP), $0
	JEQ  store
	EACH6(SUM)

store:
	EACH6(PUT)
	ADDQ ap+40(FP), R13
	LEAQ (AX)(R11*2), DX
	ADDQ R11, DX
	LEAQ (DX)(R11*2), AX
	ADDQ R11, AX
	SUBQ $6, R12
	JGE  panel

rest:
	ADDQ $6, R12
	JEQ  end
	CMPQ R12, $2
	JLT  row1
	JEQ  row2
	CMPQ R12, $4
	JLT  row3
	JEQ  row4
	TAIL(loop5, store5, STEP5, EACH5, SUM, PUT)
row4:
	TAIL(loop4, store4, STEP4, EACH4, SUM, PUT)
row3:
	TAIL(loop3, store3, STEP3, EACH3, SUM, PUT)
row2:
	TAIL(loop2, store2, STEP2, EACH2, SUM, PUT)
row1:
	TAIL(loop1, store1, STEP1, EACH1, SUM, PUT)
end:
	VZEROUPPER
	RET

// func column8(rows, k int, a *float32, as, al, ap int, b *float32, bl int, c *float32, ldc int, add bool)
TEXT ·column8(SB), NOSPLIT, $0-81
	ARGS
	SUBQ $6, R12
	JLT  rest

panel:
	BEGIN

one:
	HALF6
	NEXT
	DECQ CX
	JNE  one
	CMPB add+80(FP), $0
	JEQ  store
	EACH6(SUM8)

store:
	EACH6(PUT8)
	ADDQ ap+40(FP), R13
	LEAQ (AX)(R11*2), DX
	ADDQ R11, DX
	LEAQ (DX)(R11*2), AX
	ADDQ R11, AX
	SUBQ $6, R12
	JGE  panel

rest:
	ADDQ $6, R12
	JEQ  end
	CMPQ R12, $2
	JLT  row1
	JEQ  row2
	CMPQ R12, $4
	JLT  row3
	JEQ  row4
	TAIL(loop5, store5, HALF5, EACH5, SUM8, PUT8)
row4:
	TAIL(loop4, store4, HALF4, EACH4, SUM8, PUT8)
row3:
	TAIL(loop3, store3, HALF3, EACH3, SUM8, PUT8)
row2:
	TAIL(loop2, store2, HALF2, EACH2, SUM8, PUT8)
row1:
	TAIL(loop1, store1, HALF1, EACH1, SUM8, PUT8)
end:
	VZEROUPPER
	RET

// func transpose8(blocks int, dst *float32, ldd int, src *float32, lds int)
//
// Eight rows of src become eight columns of dst, in blocks of 8 columns of src.
TEXT ·transpose8(SB), NOSPLIT, $0-40
	MOVQ blocks+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ ldd+16(FP), R9
	MOVQ src+24(FP), SI
	MOVQ lds+32(FP), R8
	LEAQ (R8)(R8*2), R10 // 3 rows of src
	LEAQ (R9)(R9*2), R11 // 3 rows of dst
	TESTQ CX, CX
	JEQ  end

block:
	LEAQ (SI)(R8*4), BX
	LEAQ (DI)(R9*4), DX

	// Rows r and r+4 share a register: columns 0-3 in Y0-Y3, 4-7 in Y4-Y7.
	VMOVUPS     (SI), X0
	VMOVUPS     (SI)(R8*1), X1
	VMOVUPS     (SI)(R8*2), X2
	VMOVUPS     (SI)(R10*1), X3
	VINSERTF128 $1, (BX), Y0, Y0
	VINSERTF128 $1, (BX)(R8*1), Y1, Y1
	VINSERTF128 $1, (BX)(R8*2), Y2, Y2
	VINSERTF128 $1, (BX)(R10*1), Y3, Y3
	VMOVUPS     16(SI), X4
	VMOVUPS     16(SI)(R8*1), X5
	VMOVUPS     16(SI)(R8*2), X6
	VMOVUPS     16(SI)(R10*1), X7
	VINSERTF128 $1, 16(BX), Y4, Y4
	VINSERTF128 $1, 16(BX)(R8*1), Y5, Y5
	VINSERTF128 $1, 16(BX)(R8*2), Y6, Y6
	VINSERTF128 $1, 16(BX)(R10*1), Y7, Y7

	VUNPCKLPS Y1, Y0, Y8
	VUNPCKHPS Y1, Y0, Y9
	VUNPCKLPS Y3, Y2, Y10
	VUNPCKHPS Y3, Y2, Y11
	VUNPCKLPD Y10, Y8, Y0
	VUNPCKHPD Y10, Y8, Y1
	VUNPCKLPD Y11, Y9, Y2
	VUNPCKHPD Y11, Y9, Y3
	VMOVUPS   Y0, (DI)
	VMOVUPS   Y1, (DI)(R9*1)
	VMOVUPS   Y2, (DI)(R9*2)
	VMOVUPS   Y3, (DI)(R11*1)

	VUNPCKLPS Y5, Y4, Y8
	VUNPCKHPS Y5, Y4, Y9
	VUNPCKLPS Y7, Y6, Y10
	VUNPCKHPS Y7, Y6, Y11
	VUNPCKLPD Y10, Y8, Y4
	VUNPCKHPD Y10, Y8, Y5
	VUNPCKLPD Y11, Y9, Y6
	VUNPCKHPD Y11, Y9, Y7
	VMOVUPS   Y4, (DX)
	VMOVUPS   Y5, (DX)(R9*1)
	VMOVUPS   Y6, (DX)(R9*2)
	VMOVUPS   Y7, (DX)(R11*1)

	ADDQ $32, SI
	LEAQ (DI)(R9*8), DI
	DECQ CX
	JNE  block

end:
	VZEROUPPER
	RET

// func copy16(rows int, dst, src *float32, ld int)
TEXT ·copy16(SB), NOSPLIT, $0-32
	MOVQ rows+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ src+16(FP), SI
	MOVQ ld+24(FP), R8

row:
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	ADDQ    R8, SI
	ADDQ    $64, DI
	DECQ    CX
	JNE     row
	VZEROUPPER
	RET

// func copy6(rows int, dst, src *float32, ld int)
TEXT ·copy6(SB), NOSPLIT, $0-32
	MOVQ rows+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ src+16(FP), SI
	MOVQ ld+24(FP), R8

row:
	VMOVUPS (SI), X0
	VMOVSD  16(SI), X1
	VMOVUPS X0, (DI)
	VMOVSD  X1, 16(DI)
	ADDQ    R8, SI
	ADDQ    $24, DI
	DECQ    CX
	JNE     row
	RET
