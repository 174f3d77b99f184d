// Eight ones and eight zeros: a load 4r bytes before the middle is the mask of a
// tail of r elements.
DATA tails<>+0x00(SB)/8, $0xffffffffffffffff
DATA tails<>+0x08(SB)/8, $0xffffffffffffffff
DATA tails<>+0x10(SB)/8, $0xffffffffffffffff
DATA tails<>+0x18(SB)/8, $0xffffffffffffffff
DATA tails<>+0x20(SB)/8, $0
DATA tails<>+0x28(SB)/8, $0
DATA tails<>+0x30(SB)/8, $0
DATA tails<>+0x38(SB)/8, $0
GLOBL tails<>(SB), RODATA|NOPTR, $64

// MASK sets y to the mask of n elements, 0 to 7, and spoils n and t.
#define MASK(n, t, y) \
	LEAQ tails<>+32(SB), t; \
	SHLQ $2, n;             \
	SUBQ n, t;              \
	VMOVDQU (t), y

// SUM8 adds the elements of y, whose lower half is x, into x, and spoils t.
#define SUM8(y, x, t) \
	VEXTRACTF128 $1, y, t; \
	VADDPS t, x, x;        \
	VMOVHLPS x, x, t;      \
	VADDPS t, x, x;        \
	VMOVSHDUP x, t;        \
	VADDSS t, x, x
