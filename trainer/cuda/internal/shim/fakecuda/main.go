// Fakecuda makes FOLDER/libcuda.so.1, a driver whose device is this CPU, for
// scripts/cuda-test-fake:
//
//	go run ./trainer/cuda/internal/shim/fakecuda FOLDER
package main

import (
	"fmt"
	"os"

	"github.com/golongrl/golongrl/trainer/cuda/internal/shim"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: fakecuda FOLDER")
		os.Exit(2)
	}
	if err := shim.BuildDriver(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
