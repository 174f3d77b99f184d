package kernels

// Features names the instruction set of the float32 kernels, for logs: "AVX2+FMA"
// (amd64 with both, and an operating system that saves the wide registers) or
// "portable" (plain Go). float64 is plain Go on every machine.
//
// The environment variable GOLONGRL_CPU=portable, read once when the program
// starts, chooses plain Go on a machine that has more: results then equal those
// of a machine that does not. Other values change nothing.
func Features() string {
	if hasAVX2 {
		return "AVX2+FMA"
	}
	return "portable"
}
