package kernels

import "os"

// hasAVX2 says that the assembly may run.
var hasAVX2 = detectAVX2() && os.Getenv("GOLONGRL_CPU") != "portable"

// detectAVX2 looks for AVX2 and FMA, and for an operating system that keeps the
// upper halves of the registers over a context switch.
//
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume
// 1, sections 14.5.3 and 14.7.1.
func detectAVX2() bool {
	const (
		fma     = 1 << 12 // leaf 1, ecx
		osxsave = 1 << 27
		avx     = 1 << 28
		avx2    = 1 << 5 // leaf 7, ebx
		xmmYmm  = 1<<1 | 1<<2
	)
	if leaves, _, _, _ := cpuid(0, 0); leaves < 7 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&(fma|osxsave|avx) != fma|osxsave|avx {
		return false
	}
	if lo, _ := xgetbv(); lo&xmmYmm != xmmYmm {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}

//go:noescape
func cpuid(leaf, sub uint32) (a, b, c, d uint32)

//go:noescape
func xgetbv() (lo, hi uint32)
