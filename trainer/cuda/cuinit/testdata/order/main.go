//go:build cuda && cgo

// Command order ends before main where there is no GPU.
package main

import (
	"fmt"

	"gorgonia.org/cu"

	_ "github.com/golongrl/golongrl/trainer/cuda/cuinit"
)

func main() { fmt.Println(cu.Version()) }
