package cudnn

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// refusal returns why the library is not asked for attention, or "".
func refusal(info gpu.Info, a gpu.Attend, grad bool) string {
	widest := 128
	if info.Major == 9 {
		widest = 256
	}
	switch {
	case a.Type != gpu.BF16:
		return fmt.Sprintf("attention in %v", a.Type)
	case info.Major != 9 && info.Major != 10:
		return fmt.Sprintf("compute capability %d.%d, where packed sequences are slow or missing", info.Major, info.Minor)
	case info.Major == 10 && a.KV < 8:
		return fmt.Sprintf("%d heads of keys on compute capability 10, where fewer than 8 gave wrong numbers", a.KV)
	case a.D%8 != 0 || a.D > widest:
		return fmt.Sprintf("heads of %d elements; multiples of 8 up to %d are taken", a.D, widest)
	}
	rows := []gpu.Rows{a.Q, a.K, a.V, a.Out}
	if grad {
		rows = append(rows, a.DOut, a.DQ, a.DK, a.DV)
	}
	for _, r := range rows {
		if r.Ptr%alignment != 0 || r.LD*2%alignment != 0 {
			return fmt.Sprintf("rows that do not begin at multiples of %d bytes", alignment)
		}
		if len(a.Start) > 0 && a.Start[len(a.Start)-1] > math.MaxInt32/r.LD {
			return fmt.Sprintf("matrices of more than %d elements", math.MaxInt32)
		}
	}
	if a.LSE%alignment != 0 {
		return fmt.Sprintf("a log-sum-exp that does not begin at a multiple of %d bytes", alignment)
	}
	return ""
}
